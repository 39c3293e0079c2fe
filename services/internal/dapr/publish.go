package dapr

import (
	"context"

	sdk "github.com/dapr/go-sdk/client"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// Publish sends batch to topic one event after the other, each only after the
// broker acknowledged the one before, so that no retry can reorder them. The Kafka
// key is the user id. It stops at the first failure and returns how many events,
// counted from the start, were acknowledged; the one after may or may not be on the
// topic. Each event has its own deadline.
func (c *Client) Publish(ctx context.Context, pubsub, topic string, batch []events.Event) (published int, err error) {
	for i, event := range batch {
		if err := c.publish(ctx, pubsub, topic, event); err != nil {
			return i, err
		}
	}
	return len(batch), nil
}

func (c *Client) publish(ctx context.Context, pubsub, topic string, event events.Event) error {
	encoded, err := events.Encode(event)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "publish to "+topic)
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	attributes := map[string]string{"partitionKey": event.UserID}
	if event.TraceParent != "" {
		ctx = trace.With(ctx, event.TraceParent)
		attributes[trace.Header] = event.TraceParent // of the record: sidecars do not look into the event
	}
	err = c.sdk.PublishEvent(ctx, pubsub, c.topicPrefix+topic, encoded,
		sdk.PublishEventWithContentType(events.ContentType), sdk.PublishEventWithMetadata(attributes))
	return failure.Wrap(failure.Unavailable, err, "publish to "+topic)
}
