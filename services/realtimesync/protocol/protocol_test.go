package protocol

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestServerFramesAreReadAsWritten(t *testing.T) {
	frames := []any{
		NewWelcome(0),
		NewSnapshotRequired(7, "too many changes were missed"),
		NewChange(7, json.RawMessage(`{"seq":7}`)),
		NewReminder("reminder.sent", "e1", json.RawMessage(`{"title":"Water plants"}`)),
		NewHead(0),
	}
	for _, frame := range frames {
		encoded, err := json.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		if decoded, err := DecodeServerFrame(encoded); err != nil || !reflect.DeepEqual(decoded, frame) {
			t.Errorf("%s is read as %+v, error %v", encoded, decoded, err)
		}
	}
}

func TestFrameOfANewerServerIsPassedOver(t *testing.T) {
	if frame, err := DecodeServerFrame([]byte(`{"type":"presence","users":[]}`)); frame != nil || err != nil {
		t.Errorf("got %+v, error %v; want nothing", frame, err)
	}
}

func TestBrokenFrameIsAnError(t *testing.T) {
	for _, broken := range []string{``, `[]`, `{"type":"change","seq":"seven"}`} {
		if frame, err := DecodeServerFrame([]byte(broken)); err == nil {
			t.Errorf("%q is read as %+v", broken, frame)
		}
	}
}
