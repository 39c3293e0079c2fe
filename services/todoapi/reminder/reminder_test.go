package reminder

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestWhenAReminderComesAgain(t *testing.T) {
	now := time.Date(2026, 3, 28, 20, 0, 0, 123_456_789, time.UTC)
	of := todo.Settings{Zone: "Europe/Berlin", DayStart: "08:30"}
	for answer, want := range map[Answer]string{
		TenMinutes: "2026-03-28T20:10:00.123Z",
		Hour:       "2026-03-28T21:00:00.123Z",
		Tomorrow:   "2026-03-29T06:30:00Z", // the night has an hour less
	} {
		if got := (opened{settings: of, now: now}).until(answer).Format(time.RFC3339Nano); got != want {
			t.Errorf("%s: %s, want %s", answer, got, want)
		}
	}
	evening := time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC) // the 25th in Berlin, whose night had an hour more
	if got := (opened{settings: of, now: evening}).until(Tomorrow).Format(time.RFC3339); got != "2026-10-26T07:30:00Z" {
		t.Errorf("after the change back: %s", got)
	}
}

func TestWhatALinkIsAbout(t *testing.T) {
	due, other := &todo.Due{Date: "2026-12-01"}, &todo.Due{Date: "2026-12-02"}
	daily, now := &todo.Recurrence{Rule: "FREQ=DAILY"}, time.Now()
	for name, c := range map[string]struct {
		task *todo.Task
		due  *todo.Due
		want State
	}{
		"an open task":                            {&todo.Task{Due: due}, due, Open},
		"one that was put off since":              {&todo.Task{Due: other}, due, Open},
		"one that is done":                        {&todo.Task{CompletedAt: &now}, nil, Completed},
		"one that is gone":                        {nil, due, Deleted},
		"this time of one that repeats":           {&todo.Task{Due: &todo.Due{Date: "2026-12-01"}, Recurrence: daily}, due, Open},
		"this time of it, done":                   {&todo.Task{Due: due, Recurrence: daily, CompletedAt: &now}, due, Completed},
		"another time of one that repeats":        {&todo.Task{Due: other, Recurrence: daily}, due, Past},
		"one that repeats now and did not before": {&todo.Task{Due: other, Recurrence: daily}, nil, Open},
	} {
		if got := (opened{ReminderLink: auth.ReminderLink{Due: c.due}, task: c.task}).state(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
