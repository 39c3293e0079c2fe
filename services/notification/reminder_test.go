package notification

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/speech"
)

func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

func before(minutes int) todo.Reminder {
	return todo.Reminder{ID: "r", MinutesBefore: &minutes}
}

func at(text string) todo.Reminder {
	when := moment(text)
	return todo.Reminder{ID: "r", At: &when}
}

func TestFireTime(t *testing.T) {
	const berlin = "Europe/Berlin"
	cases := []struct {
		name     string
		reminder todo.Reminder
		due      *todo.Due
		userZone string
		want     string
	}{
		{"a fixed moment needs no due", at("2026-12-01T09:00:00+01:00"), nil, berlin, "2026-12-01T08:00:00Z"},
		{"before a time in its own zone", before(30), &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Asia/Tokyo"}, berlin, "2026-11-30T23:30:00Z"},
		{"before a time in the user's zone", before(30), &todo.Due{Date: "2026-12-01", Time: "09:00"}, berlin, "2026-12-01T07:30:00Z"},
		{"at the due moment", before(0), &todo.Due{Date: "2026-12-01", Time: "09:00"}, berlin, "2026-12-01T08:00:00Z"},
		{"a date counts from nine in the morning", before(60), &todo.Due{Date: "2026-12-01"}, berlin, "2026-12-01T07:00:00Z"},
		{"a date in its own zone", before(0), &todo.Due{Date: "2026-12-01", Zone: "America/New_York"}, berlin, "2026-12-01T14:00:00Z"},
		{"due in the hour that is skipped", before(15), &todo.Due{Date: "2026-03-29", Time: "02:30"}, berlin, "2026-03-29T01:15:00Z"},
		{"due in the hour that comes twice", before(15), &todo.Due{Date: "2026-10-25", Time: "02:30"}, berlin, "2026-10-25T00:15:00Z"},
		{"a day before, over the change of clocks, is 24 hours", before(24 * 60), &todo.Due{Date: "2026-03-29", Time: "12:00"}, berlin, "2026-03-28T10:00:00Z"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			task := &todo.Task{Due: c.due, Reminders: []todo.Reminder{c.reminder}}
			got, err := firings(task, habits{c.userZone, "09:00"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Firing{{ReminderID: "r", At: moment(c.want)}}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAWholeDayCountsFromThePersonsStartOfTheDay(t *testing.T) {
	task := &todo.Task{Due: &todo.Due{Date: "2026-12-01"}, Reminders: []todo.Reminder{before(30)}}
	got, err := firings(task, habits{"Asia/Kolkata", "06:15"})
	if err != nil || len(got) != 1 || !got[0].At.Equal(moment("2026-12-01T00:15:00Z")) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWhoIsNotReminded(t *testing.T) {
	done := moment("2026-12-01T09:00:00Z")
	cases := []struct {
		name string
		task *todo.Task
	}{
		{"no task", nil},
		{"no reminders", &todo.Task{}},
		{"completed", &todo.Task{CompletedAt: &done, Reminders: []todo.Reminder{at("2026-12-02T09:00:00Z")}}},
		{"paused", &todo.Task{Recurrence: &todo.Recurrence{Paused: true}, Reminders: []todo.Reminder{at("2026-12-02T09:00:00Z")}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := firings(c.task, habits{"UTC", "09:00"})
			if err != nil || len(got) != 0 {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestTaskThatBreaksTheRulesIsInvalid(t *testing.T) {
	cases := []struct {
		name     string
		reminder todo.Reminder
		due      *todo.Due
	}{
		{"neither at nor minutesBefore", todo.Reminder{ID: "r"}, nil},
		{"counts back from nothing", before(5), nil},
		{"no such date", before(5), &todo.Due{Date: "2026-02-30"}},
		{"no such zone", before(5), &todo.Due{Date: "2026-02-28", Zone: "Mars/Olympus"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			task := &todo.Task{Due: c.due, Reminders: []todo.Reminder{c.reminder}}
			if _, err := firings(task, habits{"UTC", "09:00"}); failure.KindOf(err) != failure.Invalid {
				t.Errorf("got %v, want an invalid task", err)
			}
		})
	}
}

func TestDueInTheReadersWords(t *testing.T) {
	cases := []struct {
		name, zone, want string
		due              *todo.Due
	}{
		{"no due", "UTC", "", nil},
		{"a date", "UTC", "Tuesday, 1 December 2026", &todo.Due{Date: "2026-12-01"}},
		{"a time in the reader's zone", "Europe/Berlin", "Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)", &todo.Due{Date: "2026-12-01", Time: "09:00"}},
		{"a time elsewhere", "Europe/Berlin", "Tuesday, 1 December 2026 at 01:00 (Europe/Berlin)", &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Asia/Tokyo"}},
		{"a reader without a known zone", "", "Tuesday, 1 December 2026 at 09:00 (Asia/Tokyo)", &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Asia/Tokyo"}},
		{"a date that is none", "UTC", "", &todo.Due{Date: "someday"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := dueText(speech.To("en-GB"), c.due, c.zone); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
