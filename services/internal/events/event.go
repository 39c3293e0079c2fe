// Package events defines what the services tell each other: CloudEvents 1.0 and
// the typed payloads inside them.
package events

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// ContentType is the media type of one whole CloudEvent in JSON (CloudEvents JSON
// format 1.0, section 3). Dapr keeps the id, source, type and time of such an
// event instead of wrapping it in one of its own.
const ContentType = "application/cloudevents+json"

// Event is one CloudEvent.
type Event struct {
	ID      string    // unique for ever; the same at each repetition, so consumers can tell one
	Source  string    // app id of the service that published it
	Type    string    // one of the Type constants
	Subject string    // id of what the event is about
	UserID  string    // whose data it is: CloudEvents extension "userid", and the Kafka key
	Time    time.Time // when it happened
	Data    json.RawMessage
	// TraceParent is the W3C trace context of what caused the event. It travels beside the event; the sidecar that
	// publishes the event adds the context of its own span.
	TraceParent string
}

// wire is the CloudEvents JSON format of an Event.
type wire struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject,omitempty"`
	UserID          string          `json:"userid,omitempty"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Data            json.RawMessage `json:"data"`
}

// Encode returns e in the CloudEvents JSON format.
func Encode(e Event) ([]byte, error) {
	encoded, err := json.Marshal(wire{
		SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject, UserID: e.UserID,
		Time: e.Time.UTC(), DataContentType: "application/json", Data: e.Data,
	})
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return encoded, nil
}

// Decode reads an event in the CloudEvents JSON format. What is not one is
// failure.Invalid: repeating it cannot help.
func Decode(encoded []byte) (Event, error) {
	var w wire
	if err := json.Unmarshal(encoded, &w); err != nil {
		return Event{}, failure.Wrap(failure.Invalid, err, "decode the event")
	}
	e := Event{ID: w.ID, Source: w.Source, Type: w.Type, Subject: w.Subject, UserID: w.UserID, Time: w.Time, Data: w.Data}
	return e, e.Validate()
}

// Validate reports the attribute that CloudEvents or the platform requires and e
// lacks, as failure.Invalid.
func (e Event) Validate() error {
	for _, required := range []struct{ name, value string }{
		{"id", e.ID}, {"source", e.Source}, {"type", e.Type}, {"userid", e.UserID},
	} {
		if required.value == "" {
			return failure.InvalidField(required.name, "an event needs this attribute")
		}
	}
	return nil
}

// DataInto decodes the payload into out. A payload that does not fit is failure.Invalid.
func (e Event) DataInto(out any) error {
	if err := json.Unmarshal(e.Data, out); err != nil {
		return failure.Wrap(failure.Invalid, err, "decode the data of event "+e.ID)
	}
	return nil
}
