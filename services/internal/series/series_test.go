package series

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func moment(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return &at
}

func recurring(rule, anchor string, due todo.Due, completed string, reminders ...todo.Reminder) todo.Task {
	return todo.Task{
		ID: "t", Due: &due, Recurrence: &todo.Recurrence{Rule: rule, Anchor: anchor}, Reminders: reminders,
		Series: &todo.Series{ID: "s", Start: due}, CompletedAt: moment(completed),
	}
}

func TestNext(t *testing.T) {
	const berlin, schedule, completion = "Europe/Berlin", todo.AnchorSchedule, todo.AnchorCompletion
	thirty := 30
	cases := []struct {
		name string
		task todo.Task
		zone string
		want *calls.Occurrence
	}{
		{
			"a date follows the schedule",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-12-01"}, "2026-12-01T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-12-02"}},
		},
		{
			"a late completion skips what is past in the user's zone",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-12-01"}, "2026-12-03T23:30:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-12-05"}},
		},
		{
			"from the day of completion",
			recurring("FREQ=WEEKLY", completion, todo.Due{Date: "2026-12-01"}, "2026-12-03T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-12-10"}},
		},
		{
			"a floating time stays floating",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-12-01", Time: "09:00"}, "2026-12-01T08:30:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-12-02", Time: "09:00"}},
		},
		{
			"a zone of its own wins over the user's",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Asia/Tokyo"}, "2026-12-01T00:30:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-12-02", Time: "09:00", Zone: "Asia/Tokyo"}},
		},
		{
			"the end of a month is kept",
			recurring("FREQ=MONTHLY", schedule, todo.Due{Date: "2027-01-31"}, "2027-01-31T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2027-02-28"}},
		},
		{
			"the rule has run out",
			recurring("FREQ=DAILY;UNTIL=20261201", schedule, todo.Due{Date: "2026-12-01"}, "2026-12-01T10:00:00Z"), berlin,
			nil,
		},
		{
			"a reminder before due needs no shift",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-12-01", Time: "09:00"}, "2026-12-01T08:30:00Z",
				todo.Reminder{ID: "r", MinutesBefore: &thirty}), berlin,
			&calls.Occurrence{
				Due:       todo.Due{Date: "2026-12-02", Time: "09:00"},
				Reminders: []todo.Reminder{{ID: "r", MinutesBefore: &thirty}},
			},
		},
		{
			"a fixed reminder keeps its clock time over the change to summer time",
			recurring("FREQ=WEEKLY", schedule, todo.Due{Date: "2026-03-26"}, "2026-03-26T10:00:00Z",
				todo.Reminder{ID: "r", At: moment("2026-03-25T17:00:00Z")}), berlin,
			&calls.Occurrence{
				Due:       todo.Due{Date: "2026-04-02"},
				Reminders: []todo.Reminder{{ID: "r", At: moment("2026-04-01T16:00:00Z")}},
			},
		},
		{
			"a time that the change to summer time skips stays",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-03-28", Time: "02:30"}, "2026-03-28T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-03-29", Time: "02:30"}},
		},
		{
			"and is the same the day after",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-03-29", Time: "02:30"}, "2026-03-29T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-03-30", Time: "02:30"}},
		},
		{
			"a midnight that is skipped stays",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-09-05", Time: "00:00", Zone: "America/Santiago"}, "2026-09-05T10:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-09-06", Time: "00:00", Zone: "America/Santiago"}},
		},
		{
			"a half hour that is skipped stays, from completion too",
			recurring("FREQ=DAILY", completion, todo.Due{Date: "2026-10-01", Time: "02:15", Zone: "Australia/Lord_Howe"}, "2026-10-02T20:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-10-04", Time: "02:15", Zone: "Australia/Lord_Howe"}},
		},
		{
			"an hour that comes twice stays",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-10-31", Time: "01:30", Zone: "America/New_York"}, "2026-10-31T12:00:00Z"), berlin,
			&calls.Occurrence{Due: todo.Due{Date: "2026-11-01", Time: "01:30", Zone: "America/New_York"}},
		},
		{
			"a fixed reminder that falls into the skipped hour comes an hour later by the clock",
			recurring("FREQ=DAILY", schedule, todo.Due{Date: "2026-03-28"}, "2026-03-28T10:00:00Z",
				todo.Reminder{ID: "r", At: moment("2026-03-28T01:30:00Z")}), berlin,
			&calls.Occurrence{
				Due:       todo.Due{Date: "2026-03-29"},
				Reminders: []todo.Reminder{{ID: "r", At: moment("2026-03-29T01:30:00Z")}},
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Next(c.task, c.zone)
			if err != nil {
				t.Fatal(err)
			}
			if c.want != nil && c.want.Reminders == nil {
				c.want.Reminders = []todo.Reminder{}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatCannotBeFollowedIsInvalid(t *testing.T) {
	date := todo.Due{Date: "2026-12-01"}
	cases := []struct {
		name  string
		spoil func(*todo.Task)
	}{
		{"no such rule", func(task *todo.Task) { task.Recurrence.Rule = "FREQ=SOMETIMES" }},
		{"no such anchor", func(task *todo.Task) { task.Recurrence.Anchor = "moon" }},
		{"no due", func(task *todo.Task) { task.Due = nil }},
		{"no series", func(task *todo.Task) { task.Series = nil }},
		{"not completed", func(task *todo.Task) { task.CompletedAt = nil }},
		{"no such zone", func(task *todo.Task) { task.Due.Zone = "Mars/Olympus" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			task := recurring("FREQ=DAILY", todo.AnchorSchedule, date, "2026-12-01T10:00:00Z")
			c.spoil(&task)
			if _, err := Next(task, "Europe/Berlin"); failure.KindOf(err) != failure.Invalid {
				t.Errorf("got %v, want an invalid task", err)
			}
		})
	}
}

func TestUpcoming(t *testing.T) {
	for name, c := range map[string]struct {
		rule, anchor string
		due          todo.Due
		most         int
		want         []todo.Due
	}{
		"days":               {"FREQ=WEEKLY;BYDAY=MO,FR", todo.AnchorSchedule, todo.Due{Date: "2026-11-27"}, 9, []todo.Due{{Date: "2026-11-30"}, {Date: "2026-12-04"}}},
		"times":              {"FREQ=DAILY;INTERVAL=5", todo.AnchorSchedule, todo.Due{Date: "2026-11-27", Time: "23:30"}, 9, []todo.Due{{Date: "2026-12-02", Time: "23:30"}}},
		"from completion":    {"FREQ=DAILY;INTERVAL=3", todo.AnchorCompletion, todo.Due{Date: "2026-11-27"}, 9, []todo.Due{{Date: "2026-11-30"}, {Date: "2026-12-03"}, {Date: "2026-12-06"}}},
		"so many":            {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-11-27"}, 2, []todo.Due{{Date: "2026-11-28"}, {Date: "2026-11-29"}}},
		"until it runs out":  {"FREQ=DAILY;COUNT=2", todo.AnchorSchedule, todo.Due{Date: "2026-11-27"}, 9, []todo.Due{{Date: "2026-11-28"}}},
		"none that is wrong": {"FREQ=NEVER", todo.AnchorSchedule, todo.Due{Date: "2026-11-27"}, 9, nil},
	} {
		t.Run(name, func(t *testing.T) {
			task := recurring(c.rule, c.anchor, c.due, "2026-11-27T10:00:00Z")
			task.CompletedAt = nil
			if diff := cmp.Diff(c.want, Upcoming(task, "America/New_York", "2026-12-06", c.most)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestResume(t *testing.T) {
	thirty := 30
	for name, c := range map[string]struct {
		rule, anchor string
		due          todo.Due
		want         *todo.Due // nil: it stays
	}{
		"due today":                    {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-11-27"}, nil},
		"due ahead":                    {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-12-01"}, nil},
		"the schedule has today":       {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-11-01", Time: "09:00"}, &todo.Due{Date: "2026-11-27", Time: "09:00"}},
		"the schedule goes on":         {"FREQ=WEEKLY", todo.AnchorSchedule, todo.Due{Date: "2026-11-02"}, &todo.Due{Date: "2026-11-30"}},
		"a zone of its own":            {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-11-01", Time: "23:00", Zone: "Asia/Tokyo"}, &todo.Due{Date: "2026-11-27", Time: "23:00", Zone: "Asia/Tokyo"}},
		"from completion at once":      {"FREQ=DAILY;INTERVAL=9", todo.AnchorCompletion, todo.Due{Date: "2026-11-01", Time: "09:00"}, &todo.Due{Date: "2026-11-27", Time: "09:00"}},
		"through the change of clocks": {"FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-10-01", Time: "02:30"}, &todo.Due{Date: "2026-11-27", Time: "02:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			task := recurring(c.rule, c.anchor, c.due, "2026-11-27T10:00:00Z", todo.Reminder{ID: "r", MinutesBefore: &thirty})
			task.CompletedAt = nil
			got, err := Resume(task, "Europe/Berlin", "2026-11-27")
			if err != nil {
				t.Fatal(err)
			}
			var want *calls.Occurrence
			if c.want != nil {
				want = &calls.Occurrence{Due: *c.want, Reminders: task.Reminders}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	over := recurring("FREQ=DAILY;COUNT=2", todo.AnchorSchedule, todo.Due{Date: "2026-11-01"}, "2026-11-27T10:00:00Z")
	if _, err := Resume(over, "Europe/Berlin", "2026-11-27"); failure.KindOf(err) != failure.Conflict {
		t.Errorf("a rule that has run out: got %v, want a conflict", err)
	}
}

func TestNextHasTheUsualReminders(t *testing.T) {
	ten, thirty := 10, 30
	task := recurring("FREQ=DAILY", todo.AnchorSchedule, todo.Due{Date: "2026-12-01"}, "2026-12-01T10:00:00Z", todo.Reminder{MinutesBefore: &ten})
	task.Usual = &todo.Usual{Reminders: &[]todo.Reminder{{MinutesBefore: &thirty}}}
	next, err := Next(task, "Europe/Berlin")
	if err != nil || len(next.Reminders) != 1 || *next.Reminders[0].MinutesBefore != thirty {
		t.Errorf("got %+v, %v", next, err)
	}
}
