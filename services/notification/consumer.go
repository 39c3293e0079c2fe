package notification

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/catchup"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// consumer keeps the reminders in step with the tasks. It does not wait for the scheduler:
// setting alarms is the armer's, so that a scheduler that is down holds up no event.
type consumer struct {
	reminders reminderStore
	notices   noticeStore
	givenUp   givenUpStore
	mail      bool // whether mail goes out
	people    *people
	webhooks  *forwarder
	todoAPI   calls.Invoker
	now       func() time.Time
	metrics   *metrics
	onApplied func(set int) // called after a change, with the number of reminders that got a new time
	onNotice  func()        // called after a notice was set up
}

// handle takes one event of the topic task-events, and before it the changes that are
// missing. Repeated and overtaken events change nothing.
func (c *consumer) handle(ctx context.Context, event events.Event) error {
	change, err := events.DecodeChange(event.Data)
	if err != nil {
		return err
	}
	if change.Type == events.TypeAccountDeleted { // whatever is missing before it
		return c.people.depart(ctx, change.UserID, c.now())
	}
	known, err := c.people.get(ctx, change.UserID)
	if err != nil || known.Departed {
		return err
	}
	if change.Seq > known.Seq+1 {
		return c.catchUp(ctx, change.UserID, change.Seq)
	}
	return c.take(ctx, change)
}

// take handles a change of which all predecessors are handled.
func (c *consumer) take(ctx context.Context, change events.Change) error {
	if err := c.apply(ctx, change); err != nil {
		return err
	}
	c.people.handled(change.UserID, change.Seq)
	return nil
}

// takeOrPass handles a change of the feed, and passes over one that nobody can handle: what
// follows it must not wait for ever.
func (c *consumer) takeOrPass(ctx context.Context, change events.Change) error {
	err := c.take(ctx, change)
	if failure.KindOf(err) != failure.Invalid {
		return err
	}
	c.metrics.changes.WithLabelValues(changeInvalid).Inc()
	slog.ErrorContext(ctx, "change passed over: it cannot be handled", "event", change.EventID, "user", change.UserID, "seq", change.Seq, "error", err)
	c.people.handled(change.UserID, change.Seq)
	return nil
}

// catchUp handles what is missing of a user's changes, up to head at least.
func (c *consumer) catchUp(ctx context.Context, user string, head int64) error {
	known, err := c.people.get(ctx, user)
	if err != nil || known.Departed {
		return err
	}
	return catchup.Read(ctx, c.todoAPI, user, known.Seq, head,
		func(ctx context.Context, upTo int64) error { return c.startAnew(ctx, user, upTo) },
		func(ctx context.Context, changes []json.RawMessage) error {
			for _, encoded := range changes {
				change, err := events.DecodeChange(encoded)
				if err != nil {
					return err
				}
				if change.Type == events.TypeAccountDeleted {
					return c.people.depart(ctx, user, c.now())
				}
				if err := c.takeOrPass(ctx, change); err != nil {
					return err
				}
			}
			c.metrics.changes.WithLabelValues(changeRefilled).Add(float64(len(changes)))
			return nil
		})
}

// startAnew makes all there is of a user what todo-api says now, in place of the changes up to a
// seq, which are forgotten. Those after it are handled one by one.
func (c *consumer) startAnew(ctx context.Context, user string, upTo int64) error {
	if err := c.webhooks.learn(ctx, user); err != nil {
		return err
	}
	if err := c.resync(ctx, user); err != nil {
		return err
	}
	c.people.handled(user, upTo)
	return nil
}

// apply sends one change to the webhooks that are for it, and makes the reminders what it says.
// What concerns neither costs no call.
func (c *consumer) apply(ctx context.Context, change events.Change) error {
	if change.Entity == events.EntityWebhook {
		if err := c.webhooks.learn(ctx, change.UserID); err != nil {
			return err
		}
	}
	if err := c.webhooks.forward(ctx, change); err != nil {
		return err
	}
	switch change.Entity {
	case events.EntityTask:
		return c.applyTask(ctx, change)
	case events.EntityProject:
		return c.applyProject(ctx, change)
	case events.EntitySettings:
		return c.applySettings(ctx, change)
	case events.EntityAccount:
		return c.applyAccount(ctx, change)
	}
	return nil
}

// mailable are the changes after which an address that was refused may be another, or be mended.
var mailable = []string{events.TypeAccountVerified, events.TypeEmailChanged}

// applyAccount sets up the mails that a change of an account asks for. One of long ago, which
// comes when the feed is read anew, asks for nothing any more.
func (c *consumer) applyAccount(ctx context.Context, change events.Change) error {
	if slices.Contains(mailable, change.Type) {
		if err := c.givenUp.forgetRefusals(ctx, change.UserID); err != nil {
			return err
		}
	}
	kinds := noticesOf[change.Type]
	if len(kinds) == 0 || !c.mail || change.At.Before(c.now().Add(-giveUpAfter)) {
		return nil
	}
	for n, kind := range kinds {
		if err := c.notices.add(ctx, noticeID(change, n), change.UserID, kind, change.At); err != nil {
			return err
		}
	}
	c.onNotice()
	return nil
}

func (c *consumer) applyTask(ctx context.Context, change events.Change) error {
	before, after, err := events.States[todo.Task](change)
	if err != nil {
		return err
	}
	if !reminds(before) && !reminds(after) {
		c.metrics.changes.WithLabelValues(changeIrrelevant).Inc()
		return nil
	}
	known, err := c.people.get(ctx, change.UserID)
	if err != nil {
		return err
	}
	if known.ArchivedAsOf == nil || known.SettingsAsOf == nil {
		if err := c.resync(ctx, change.UserID); err != nil {
			return err
		}
	}
	state := taskState{UserID: change.UserID, TaskID: change.ID, Seq: change.Seq}
	return c.set(ctx, state, after, habits{change.Zone, known.DayStart}, change.At)
}

func reminds(task *todo.Task) bool { return task != nil && len(task.Reminders) > 0 }

// set makes the reminders of the task in state what task says; nil cancels them. What was
// past at the moment since is not set any more.
func (c *consumer) set(ctx context.Context, state taskState, task *todo.Task, of habits, since time.Time) error {
	state.Now = c.now()
	state.Earliest = earliest(since, state.Now)
	var err error
	if state.Firings, err = firings(task, of); err != nil {
		return err
	}
	if task != nil {
		state.Title, state.Due, state.ProjectID = task.Title, task.Due, task.ProjectID
		state.Notify, state.Priority = task.Notify, task.Priority
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

// applyProject asks anew which projects of a user are archived when one is, or is no longer. The
// projects below it come along one change each: the first answer holds them all.
func (c *consumer) applyProject(ctx context.Context, change events.Change) error {
	before, after, err := events.States[todo.Project](change)
	if err != nil {
		return err
	}
	if archived(before) == archived(after) {
		return nil
	}
	known, err := c.people.get(ctx, change.UserID)
	if err != nil || known.ArchivedAsOf != nil && *known.ArchivedAsOf >= change.Seq {
		return err
	}
	return c.resync(ctx, change.UserID)
}

func archived(project *todo.Project) bool { return project != nil && project.ArchivedAt != nil }

// applySettings notes what a user has chosen, and reckons the reminders anew if the zone or the start of
// the day changed.
func (c *consumer) applySettings(ctx context.Context, change events.Change) error {
	before, after, err := events.States[todo.Settings](change)
	if err != nil {
		return err
	}
	if before == nil || after == nil || before.Zone != after.Zone || before.DayStart != after.DayStart {
		return c.resync(ctx, change.UserID)
	}
	return c.people.chose(ctx, change.UserID, change.Seq, *after, c.now())
}

// resync makes all reminders of a user what the tasks say now, and notes which projects are archived.
func (c *consumer) resync(ctx context.Context, user string) error {
	request := calls.ListRemindingRequest{UserID: user}
	tasks := []string{}
	var hidden []string
	var head int64
	for {
		page, err := calls.ListReminding.Call(ctx, c.todoAPI, request)
		if failure.KindOf(err) == failure.NotFound { // the account was deleted: the change that says so comes
			return nil
		}
		if err != nil {
			return err
		}
		if head == 0 { // what changes between two pages comes as a change after this head
			head, hidden = page.Head, page.Archived
			if err := c.people.chose(ctx, user, head, page.Settings, c.now()); err != nil {
				return err
			}
		}
		for _, task := range page.Tasks {
			state := taskState{UserID: user, TaskID: task.ID, Seq: head}
			if err := c.set(ctx, state, &task, habits{page.Settings.Zone, page.Settings.DayStart}, task.UpdatedAt); err != nil {
				return err
			}
			tasks = append(tasks, task.ID)
		}
		if page.Next == "" {
			break
		}
		request.Cursor = page.Next
	}
	if err := c.reminders.cancelOthers(ctx, user, head, tasks, c.now()); err != nil {
		return err
	}
	// Last, because from then on all reminders have to know their projects.
	if hidden != nil {
		if err := c.people.hid(ctx, user, head, hidden); err != nil {
			return err
		}
	}
	c.metrics.changes.WithLabelValues(changeResynced).Inc()
	return nil
}
