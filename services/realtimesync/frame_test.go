package realtimesync

import (
	"encoding/json"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

func TestChangeFrameHoldsTheChangeAsItCame(t *testing.T) {
	for name, change := range map[string]string{
		"what is needed first": `{"id":"s1","seq":7,"at":"2026-11-22T09:00:00Z","type":"session.ended","before":{"a":"<ü>","seq":1}}`,
		"the end of a token":   `{"type":"token.revoked","id":"s1","seq":7,"at":"2026-11-22T09:00:00Z"}`,
		"what is needed last":  `{"before": {"id": "other", "seq": 1}, "by": null, "type": "session.ended", "at": "2026-11-22T09:00:00Z", "seq": 7, "id": "s1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := changeFrame(json.RawMessage(change), true)
			if err != nil {
				t.Fatal(err)
			}
			if f.kind != kindChange || f.seq != 7 || f.ended != "s1" || !f.live || f.committed.IsZero() {
				t.Errorf("frame %+v", f)
			}
			decoded, err := protocol.DecodeServerFrame(f.encoded)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := decoded.(protocol.Change); !ok || got.Type != "change" || got.Seq != 7 || string(got.Change) != change {
				t.Errorf("a client reads %+v", decoded)
			}
		})
	}
}

func TestChangeFrameRefusesWhatIsNoChange(t *testing.T) {
	for _, change := range []string{``, `null`, `[7]`, `{}`, `{"seq":0}`, `{"seq":"one"}`, `{"before":{"seq":7}}`} {
		if _, err := changeFrame(json.RawMessage(change), true); failure.KindOf(err) != failure.Invalid {
			t.Errorf("%s: error %v, want that it is invalid", change, err)
		}
	}
}
