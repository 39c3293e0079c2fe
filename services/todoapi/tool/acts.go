package tool

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// plain returns the method of an act without fields on each task; whole says whether subtasks go along.
func (s *Set) plain(ctx context.Context, call Call, name string, which Which, whole bool) (Touched, error) {
	return s.act(ctx, call, which, whole, []any{name, which}, func(t todo.Task) ([]command.Command, error) {
		return []command.Command{command.On(name, command.Target{ID: t.ID})}, nil
	})
}

// Complete completes tasks.
func (s *Set) Complete(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.plain(ctx, call, task.CommandComplete, which, false)
}

// Reopen takes back the completion of tasks.
func (s *Set) Reopen(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.plain(ctx, call, task.CommandReopen, which, false)
}

// Delete deletes tasks with their subtasks.
func (s *Set) Delete(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.plain(ctx, call, task.CommandDelete, which, true)
}

// Pause has recurring tasks wait.
func (s *Set) Pause(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.plain(ctx, call, task.CommandPause, which, false)
}

// Skip makes of recurring tasks their next occurrence.
func (s *Set) Skip(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.reckoned(ctx, call, which, s.Tasks.Skipping)
}

// Resume goes on with recurring tasks that wait.
func (s *Set) Resume(ctx context.Context, call Call, which Which) (Touched, error) {
	return s.reckoned(ctx, call, which, s.Tasks.Resuming)
}

// reckoned applies commands that have to be reckoned from each task as it is. One that changes in
// between is failure.VersionMismatch: nothing is done.
func (s *Set) reckoned(ctx context.Context, call Call, which Which, reckon task.Reckoner) (Touched, error) {
	return s.act(ctx, call, which, false, which, func(t todo.Task) ([]command.Command, error) {
		c, err := reckon(ctx, call.Caller, command.Target{ID: t.ID})
		return []command.Command{c}, err
	})
}

// RemindInput says when to remind of which tasks.
type RemindInput struct {
	Which
	At            *time.Time `json:"at,omitempty" doc:"Moment; instead of minutesBefore"`
	MinutesBefore *int       `json:"minutesBefore,omitempty" minimum:"0" maximum:"527040" doc:"Minutes before the due of each task"`
}

// Remind adds a reminder to tasks; to this occurrence alone where it is at a moment.
func (s *Set) Remind(ctx context.Context, call Call, input RemindInput) (Touched, error) {
	if (input.At == nil) == (input.MinutesBefore == nil) {
		return Touched{}, failure.InvalidField("at", "name either at or minutesBefore")
	}
	return s.act(ctx, call, input.Which, false, input, func(t todo.Task) ([]command.Command, error) {
		return remind(t, append(t.Reminders, todo.Reminder{At: input.At, MinutesBefore: input.MinutesBefore}))
	})
}

// SnoozeInput says until when to be left alone with which tasks.
type SnoozeInput struct {
	Which
	Until time.Time `json:"until"`
}

// Snooze reminds of tasks again at a moment; reminders at moments that are past go.
func (s *Set) Snooze(ctx context.Context, call Call, input SnoozeInput) (Touched, error) {
	now := s.Now()
	return s.act(ctx, call, input.Which, false, input, func(t todo.Task) ([]command.Command, error) {
		reminders := []todo.Reminder{}
		for _, r := range t.Reminders {
			if r.At == nil || r.At.After(now) {
				reminders = append(reminders, r)
			}
		}
		return remind(t, append(reminders, todo.Reminder{At: &input.Until}))
	})
}

// remind makes the command that gives a task reminders; the last one is new. One at a moment is no
// matter of the occurrences that follow.
func remind(t todo.Task, reminders []todo.Reminder) ([]command.Command, error) {
	update := task.Update
	if t.Recurrence != nil && reminders[len(reminders)-1].At != nil {
		update = task.UpdateOccurrence
	}
	c, err := update(t.ID, 0, task.Patch{Reminders: document.Set(reminders)})
	return []command.Command{c}, err
}

// UndoInput names an act.
type UndoInput struct {
	Group string `json:"group" format:"uuid" doc:"Of the act, as its answer says"`
}

// Undone says what was taken back.
type Undone struct {
	Changes int    `json:"changes" doc:"How many objects are again what they were"`
	Group   string `json:"group" doc:"Of the undoing, which can be undone too"`
}

// Undo takes back an act.
func (s *Set) Undo(ctx context.Context, call Call, input UndoInput) (Undone, error) {
	if call.DryRun {
		return Undone{}, nil
	}
	made, err := s.Commands.Undo(ctx, call.Caller, call.Key, input.Group)
	if err != nil {
		return Undone{}, err
	}
	undone, err := made.Object.Value()
	return Undone{undone.Changes, made.Group}, failure.Wrap(failure.Internal, err, "read what was taken back")
}
