package realtimesync

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// consumer brings events from Kafka to the sockets of this replica. An event for
// which no socket is open is done: whoever connects later reads the change feed.
type consumer struct {
	hub *hub
}

// taskUpdate handles an event of task-updates.
func (c *consumer) taskUpdate(ctx context.Context, event events.Event) error {
	if !c.hub.online(event.UserID) {
		return nil
	}
	f, err := changeFrame(event.Data, true)
	if err != nil {
		return err
	}
	f.cause = trace.Parent(ctx)
	c.hub.deliver(event.UserID, f)
	return nil
}

// reminder handles an event of reminders.
func (c *consumer) reminder(ctx context.Context, event events.Event) error {
	if !c.hub.online(event.UserID) {
		return nil
	}
	f, err := reminderFrame(event)
	if err != nil {
		return err
	}
	f.cause = trace.Parent(ctx)
	c.hub.deliver(event.UserID, f)
	return nil
}
