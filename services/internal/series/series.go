// Package series reckons the occurrences of recurring tasks.
package series

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Next returns what follows a completed task of a series, or nil when its rule has run out.
// userZone is the zone of due dates that name none. A task whose recurrence cannot be followed
// is failure.Invalid.
func Next(task todo.Task, userZone string) (*calls.Occurrence, error) {
	switch {
	case task.Recurrence == nil:
		return nil, failure.InvalidField("recurrence", "task %s does not recur", task.ID)
	case task.Due == nil:
		return nil, failure.InvalidField("due", "recurring task %s has no due date", task.ID)
	case task.Series == nil:
		return nil, failure.InvalidField("series", "recurring task %s belongs to no series", task.ID)
	case task.CompletedAt == nil:
		return nil, failure.InvalidField("completedAt", "task %s is not completed", task.ID)
	}
	due, more, err := nextDue(task, userZone)
	if err != nil || !more {
		return nil, err
	}
	reminders, err := shiftReminders(usualReminders(task), *task.Due, due, userZone)
	if err != nil {
		return nil, err
	}
	return &calls.Occurrence{Due: due, Reminders: reminders}, nil
}

// Skip returns what follows an open task of a series that is left out, as if it had been
// completed just when it was due; nil when its rule has run out.
func Skip(task todo.Task, userZone string) (*calls.Occurrence, error) {
	if task.Due == nil {
		return nil, failure.InvalidField("due", "recurring task %s has no due date", task.ID)
	}
	zone, err := task.Due.Location(userZone)
	if err != nil {
		return nil, err
	}
	wall, err := task.Due.Wall("00:00")
	if err != nil {
		return nil, err
	}
	due := todo.Instant(wall, zone)
	task.CompletedAt = &due
	return Next(task, userZone)
}

// Resume returns what an open task of a series becomes that was paused until today (YYYY-MM-DD): its
// first occurrence that is not past; nil when it is due today or later. One that is reckoned from
// completion is due today. A task whose rule has run out meanwhile is failure.Conflict.
func Resume(task todo.Task, userZone, today string) (*calls.Occurrence, error) {
	if task.Due == nil || task.Due.Date >= today {
		return nil, nil
	}
	if task.Recurrence.Anchor == todo.AnchorCompletion {
		due := *task.Due
		due.Date = today
		reminders, err := shiftReminders(usualReminders(task), *task.Due, due, userZone)
		return &calls.Occurrence{Due: due, Reminders: reminders}, err
	}
	done, err := endOfDayBefore(today, *task.Due, userZone)
	if err != nil {
		return nil, err
	}
	task.CompletedAt = &done
	next, err := Next(task, userZone)
	if err == nil && next == nil {
		return nil, failure.New(failure.Conflict, "the task has repeated for the last time meanwhile; complete it, delete it, or give it another rule")
	}
	return next, err
}

// endOfDayBefore returns the last moment of the day before a day, where due is.
func endOfDayBefore(day string, due todo.Due, userZone string) (time.Time, error) {
	zone, err := due.Location(userZone)
	if err != nil {
		return time.Time{}, err
	}
	midnight, err := todo.Due{Date: day}.Wall("00:00")
	if err != nil {
		return time.Time{}, err
	}
	return todo.Instant(midnight, zone).Add(-time.Nanosecond), nil
}

// usualReminders are those of a series, whatever one occurrence has.
func usualReminders(task todo.Task) []todo.Reminder {
	if task.Usual != nil && task.Usual.Reminders != nil {
		return *task.Usual.Reminders
	}
	return task.Reminders
}

// Upcoming returns the dues that will follow that of an open task up to the end of a day
// (YYYY-MM-DD), in order, at most so many: those of an anchor at completion if each is done when
// it is due. There is none for a task whose recurrence cannot be followed.
func Upcoming(task todo.Task, userZone, lastDay string, most int) []todo.Due {
	var dues []todo.Due
	for len(dues) < most {
		next, err := Skip(task, userZone)
		if err != nil || next == nil || next.Due.Date > lastDay {
			return dues
		}
		dues = append(dues, next.Due)
		following := *task.Series
		following.Occurrence++
		task.Due, task.Series, task.Reminders = &next.Due, &following, nil
	}
	return dues
}

// nextDue asks the recurrence rule. The next due is of the same kind as the last one: a date
// stays a date, and one without a zone goes on following its owner's.
func nextDue(task todo.Task, userZone string) (due todo.Due, more bool, err error) {
	rule, err := recurrence.Parse(task.Recurrence.Rule)
	if err != nil {
		return todo.Due{}, false, failure.InvalidField("recurrence.rule", "%s", err)
	}
	zone, err := task.Due.Location(userZone)
	if err != nil {
		return todo.Due{}, false, err
	}
	next, more, err := recurrence.Next(rule, recurrence.Anchor(task.Recurrence.Anchor), recurrence.Completion{
		Start: inZone(task.Series.Start, zone),
		Index: int(task.Series.Occurrence),
		Due:   inZone(*task.Due, zone),
		Done:  *task.CompletedAt,
		Zone:  zone,
	})
	if err != nil {
		return todo.Due{}, false, failure.Wrap(failure.Invalid, err, "follow the recurrence of task "+task.ID)
	}
	return todo.Due{Date: next.Date, Time: next.Time, Zone: task.Due.Zone}, more, nil
}

// inZone writes a due as the recurrence rules want it: a time with its zone, a date without.
func inZone(due todo.Due, zone *time.Location) recurrence.Due {
	if due.Time == "" {
		return recurrence.Due{Date: due.Date}
	}
	return recurrence.Due{Date: due.Date, Time: due.Time, Zone: zone.String()}
}

// shiftReminders carries the reminders of one occurrence over to the next. Those that count
// back from due stay as they are; a fixed moment keeps its distance in days and clock time.
func shiftReminders(reminders []todo.Reminder, from, to todo.Due, userZone string) ([]todo.Reminder, error) {
	zone, err := from.Location(userZone)
	if err != nil {
		return nil, err
	}
	distance, err := wallDistance(from, to)
	if err != nil {
		return nil, err
	}
	shifted := make([]todo.Reminder, 0, len(reminders))
	for _, reminder := range reminders {
		if reminder.At != nil {
			at := todo.Instant(wallClock(reminder.At.In(zone)).Add(distance), zone).UTC()
			reminder.At = &at
		}
		shifted = append(shifted, reminder)
	}
	return shifted, nil
}

// wallDistance returns how far to lies after from on the wall: a day is always 24 hours.
func wallDistance(from, to todo.Due) (time.Duration, error) {
	first, err := from.Wall("00:00")
	if err != nil {
		return 0, err
	}
	second, err := to.Wall("00:00")
	if err != nil {
		return 0, err
	}
	return second.Sub(first), nil
}

// wallClock returns what clocks read at a moment, carried by a time in UTC.
func wallClock(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}
