package task

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// maxReminders is also in the schemas of Draft and Patch.
const maxReminders = 20

// Snooze makes the command that has t remind once more at until, this time alone where it repeats.
// Moments that are past at now never come again, and go. One without room is failure.Conflict.
func Snooze(t todo.Task, until, now time.Time) (command.Command, error) {
	var left []todo.Reminder
	for _, reminder := range t.Reminders {
		if reminder.At == nil || reminder.At.After(now) {
			left = append(left, reminder)
		}
	}
	if len(left) == maxReminders {
		return command.Command{}, failure.New(failure.Conflict, "the task has %d reminders ahead, as many as it can have", maxReminders)
	}
	patch := Patch{Reminders: document.Set(append(left, todo.Reminder{At: &until}))}
	if t.Recurrence != nil {
		return UpdateOccurrence(t.ID, t.Version, patch)
	}
	return Update(t.ID, t.Version, patch)
}
