// Package notification reminds people of their tasks. Its rows in PostgreSQL are the
// truth; Dapr jobs only wake it on time, and a sweep finds what no job woke it for.
package notification

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/speech"
)

// grace is how long after its time a new reminder still goes out: the minute in which
// clocks show its time.
const grace = time.Minute

// Firing is one moment at which a task wants its owner reminded.
type Firing struct {
	ReminderID string    `json:"reminderId"`
	At         time.Time `json:"at"`
}

// habits are a user's zone, for due dates that name none, and when the user's days start
// (HH:MM), for reminders that count back from a date without a time.
type habits struct{ zone, dayStart string }

func paused(task *todo.Task) bool { return task.Recurrence != nil && task.Recurrence.Paused }

// firings returns when the reminders of a task fire, whether or not that is past. An open
// task has one firing a reminder; a completed, paused, deleted or absent one has none. A task whose
// data breaks the rules of the API is failure.Invalid.
func firings(task *todo.Task, of habits) ([]Firing, error) {
	if task == nil || task.CompletedAt != nil || paused(task) {
		return []Firing{}, nil
	}
	all := make([]Firing, 0, len(task.Reminders))
	for _, reminder := range task.Reminders {
		at, err := fireTime(reminder, task.Due, of)
		if err != nil {
			return nil, err
		}
		all = append(all, Firing{ReminderID: reminder.ID, At: at.UTC()})
	}
	return all, nil
}

// fireTime returns when one reminder fires: at its own moment, or some minutes of elapsed
// time before the due moment.
func fireTime(reminder todo.Reminder, due *todo.Due, of habits) (time.Time, error) {
	switch {
	case reminder.At != nil:
		return *reminder.At, nil
	case reminder.MinutesBefore == nil:
		return time.Time{}, failure.InvalidField("reminders", "reminder %s has neither at nor minutesBefore", reminder.ID)
	case due == nil:
		return time.Time{}, failure.InvalidField("reminders", "reminder %s counts back from a due date, but the task has none", reminder.ID)
	}
	wall, err := due.Wall(of.dayStart)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := due.Location(of.zone)
	if err != nil {
		return time.Time{}, err
	}
	return todo.Instant(wall, zone).Add(-time.Duration(*reminder.MinutesBefore) * time.Minute), nil
}

// earliest returns the first moment for which a change made at a given time still sets a
// reminder. What lies further back was past when the user chose it, and stays silent; so does what may
// have fired so long ago that it is forgotten.
func earliest(changedAt, now time.Time) time.Time {
	first, forgotten := changedAt.Add(-grace), now.Add(-retention)
	if first.Before(forgotten) {
		return forgotten
	}
	return first
}

// dueText says when a task is due, in the reader's words and zone, which it names. It is empty without a
// due date, or when its data cannot be read: that must not keep the reminder back.
func dueText(to speech.Speaker, due *todo.Due, userZone string) string {
	words, zone := dueWords(to, due, userZone)
	if zone == nil {
		return words
	}
	return words + " (" + zone.String() + ")"
}

// dueWords is dueText without the zone, which is nil for a whole day.
func dueWords(to speech.Speaker, due *todo.Due, userZone string) (string, *time.Location) {
	if due == nil {
		return "", nil
	}
	wall, err := due.Wall("00:00")
	if err != nil {
		return "", nil
	}
	if due.Time == "" {
		return to.Date(wall), nil
	}
	zone, err := due.Location(userZone)
	if err != nil {
		return "", nil
	}
	reader, err := todo.Due{}.Location(userZone)
	if err != nil {
		reader = zone
	}
	return to.Moment(todo.Instant(wall, zone).In(reader)), reader
}
