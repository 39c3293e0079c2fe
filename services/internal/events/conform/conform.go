// Package conform holds events as they lie on the topics against what others read them by: CloudEvents
// 1.0 as its own library understands it, and the schema of their type. It is for tests.
package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/todoplatform/todoplatform/services/internal/events/schema"
)

// Check says what is wrong with the value of a record.
func Check(ctx context.Context, value []byte) error {
	var event cloudevents.Event
	if err := json.Unmarshal(value, &event); err != nil { // the structured mode
		return fmt.Errorf("decode the CloudEvent: %w", err)
	}
	if err := event.Validate(); err != nil {
		return fmt.Errorf("validate the CloudEvent: %w", err)
	}
	if err := survivesBinary(ctx, event); err != nil {
		return err
	}
	return Data(event.Type(), event.Data())
}

// survivesBinary carries an event over into the binary mode, where attributes are headers, and back.
func survivesBinary(ctx context.Context, event cloudevents.Event) error {
	request, err := cehttp.NewHTTPRequestFromEvent(ctx, "http://example.com", event)
	if err != nil {
		return fmt.Errorf("write the event in binary mode: %w", err)
	}
	again, err := cehttp.NewEventFromHTTPRequest(request)
	if err != nil {
		return fmt.Errorf("read the event in binary mode: %w", err)
	}
	if err := again.Validate(); err != nil {
		return fmt.Errorf("validate the event of the binary mode: %w", err)
	}
	if again.ID() != event.ID() || again.Source() != event.Source() || again.Type() != event.Type() || again.Subject() != event.Subject() ||
		!again.Time().Equal(event.Time()) || !maps.Equal(again.Extensions(), event.Extensions()) || !bytes.Equal(again.Data(), event.Data()) {
		return fmt.Errorf("binary mode makes %s of %s", again, event)
	}
	return nil
}

// Data says where the data of an event of a type do not fit its schema.
func Data(kind string, data []byte) error {
	text, err := schema.Files.ReadFile(kind + ".json")
	if err != nil {
		return fmt.Errorf("there is no schema of %s: %w", kind, err)
	}
	var described jsonschema.Schema
	if err := json.Unmarshal(text, &described); err != nil {
		return fmt.Errorf("decode the schema of %s: %w", kind, err)
	}
	resolved, err := described.Resolve(nil)
	if err != nil {
		return fmt.Errorf("resolve the schema of %s: %w", kind, err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return fmt.Errorf("decode the data of %s: %w", kind, err)
	}
	if err := resolved.Validate(value); err != nil {
		return fmt.Errorf("the data of %s do not fit their schema: %w", kind, err)
	}
	return nil
}
