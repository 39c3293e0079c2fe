package protocol

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestServerFramesAreReadAsWritten(t *testing.T) {
	frames := []any{
		NewWelcome(0),
		NewSnapshotRequired(7, "too many changes were missed"),
		NewChange(7, json.RawMessage(`{"seq":7}`)),
		NewReminder("reminder.sent", "e1", json.RawMessage(`{"title":"Water plants"}`)),
		NewHead(0),
		NewPresence([]Device{{ID: "s1", Name: "curl/8.1", Kind: "sse", Since: time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)}}),
		NewClose(CloseRestart, "the service restarts"),
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

func TestAnEncodedChangeIsReadAsOneThatWasMarshalled(t *testing.T) {
	change := json.RawMessage(`{"seq": 7, "title": "<ü>"}`)
	decoded, err := DecodeServerFrame(EncodeChange(7, change))
	if want := NewChange(7, change); err != nil || !reflect.DeepEqual(decoded, want) {
		t.Errorf("got %+v, %v, want %+v", decoded, err, want)
	}
}

func TestHelloIsRefusedInWordsOfOurOwn(t *testing.T) {
	for frame, want := range map[string]string{
		`hello`: `{"type":"hello"`,
		``:      `{"type":"hello"`,
		`[]`:    `{"type":"hello"`,
		"{\"type\":\"hello\",\"ticket\":\"\xff\"}": `{"type":"hello"`,
		`{"type":1}`:                                        `{"type":"hello"`,
		`{"type":"hello","ticket":7}`:                       `{"type":"hello"`,
		`{"type":"hello","resume":[]}`:                      `{"type":"hello"`,
		`{"type":"hi","ticket":"t"}`:                        "type hello",
		`{"type":"hello"}`:                                  "ticket",
		`{"type":"hello","ticket":"t","resume":{"seq":-1}}`: "resume.seq",
		`{"type":"hello","ticket":"t","resume":{"seq":99999999999999999999}}`: `{"type":"hello"`,
	} {
		_, err := DecodeHello([]byte(frame))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "json") || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: got %v, want %q in it", frame, err, want)
		}
	}
}

// A person should know within 20 seconds that nothing arrives any more, and one
// heartbeat that is late must not look like that.
func TestSilenceIsNoticedSoon(t *testing.T) {
	if Silence > 20*time.Second || Silence <= 2*Heartbeat || Heartbeat%time.Second != 0 {
		t.Errorf("silence counts after %s with a heartbeat each %s", Silence, Heartbeat)
	}
}

func TestFrameOfANewerServerIsPassedOver(t *testing.T) {
	if frame, err := DecodeServerFrame([]byte(`{"type":"weather","sky":"blue"}`)); frame != nil || err != nil {
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
