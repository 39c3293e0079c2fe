package notification

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

// consumer keeps the reminders in step with the tasks. It does not wait for the scheduler:
// setting alarms is the armer's, so that a scheduler that is down holds up no event.
type consumer struct {
	reminders reminderStore
	now       func() time.Time
	metrics   *metrics
	onApplied func(set int) // called after a change, with the number of reminders that got a new time
}

// handle applies one event of the topic task-events. Repeated and overtaken events change nothing.
func (c *consumer) handle(ctx context.Context, event events.Event) error {
	var change events.Change
	if err := event.DataInto(&change); err != nil {
		return err
	}
	if change.TaskID == "" {
		return nil // about the user: no reminder depends on it
	}
	state, err := stateOf(change, c.now())
	if err != nil {
		return err
	}
	result, err := c.reminders.apply(ctx, state)
	if err != nil {
		return err
	}
	if result.Stale {
		c.metrics.changes.WithLabelValues(changeStale).Inc()
		return nil
	}
	c.metrics.changes.WithLabelValues(changeApplied).Inc()
	c.onApplied(result.Set)
	return nil
}

// stateOf returns what change makes of its task's reminders.
func stateOf(change events.Change, now time.Time) (taskState, error) {
	state := taskState{UserID: change.UserID, TaskID: change.TaskID, Seq: change.Seq, Earliest: earliest(change.At), Now: now}
	task := change.After
	if change.Type == events.TypeTaskDeleted {
		task = nil
	}
	all, err := firings(task, change.Zone)
	if err != nil {
		return taskState{}, err
	}
	state.Firings = all
	if task != nil {
		state.Title, state.Due = task.Title, task.Due
	}
	return state, nil
}
