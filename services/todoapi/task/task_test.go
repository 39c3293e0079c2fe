package task

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestCleanFillsIn(t *testing.T) {
	at := time.Date(2026, 12, 1, 10, 0, 0, 0, time.FixedZone("", 3600))
	d, err := Draft{
		Title:      "  Water plants ",
		Tags:       []string{" home "},
		Due:        &todo.Due{Date: "2026-12-01"},
		Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY"},
		Reminders:  []todo.Reminder{{At: &at}},
	}.Clean()
	if err != nil {
		t.Fatal(err)
	}
	if d.Title != "Water plants" || d.Priority != 4 || d.Tags[0] != "home" || d.Recurrence.Anchor != todo.AnchorSchedule {
		t.Errorf("got %+v", d)
	}
	if uuid.Validate(d.Reminders[0].ID) != nil || d.Reminders[0].At.Location() != time.UTC || !d.Reminders[0].At.Equal(at) {
		t.Errorf("got reminder %+v", d.Reminders[0])
	}
}

func TestCleanWritesRulesCanonically(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=DAILY":                                  "FREQ=DAILY",
		"RRULE:FREQ=DAILY":                            "FREQ=DAILY",
		"byday=we,MO;interval=1;FREQ=WEEKLY":          "FREQ=WEEKLY;BYDAY=MO,WE",
		"FREQ=MONTHLY":                                "FREQ=MONTHLY",
		"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD": "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD",
		"RRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\nEXDATE;VALUE=DATE:20261130": "RRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\nEXDATE;VALUE=DATE:20261130",
	} {
		d, err := Draft{Title: "a", Due: &todo.Due{Date: "2026-12-01"}, Recurrence: &todo.Recurrence{Rule: rule}}.Clean()
		if err != nil || d.Recurrence.Rule != want {
			t.Errorf("%q became %+v, %v; want %q", rule, d.Recurrence, err, want)
		}
	}
}

func TestCleanRefuses(t *testing.T) {
	due := &todo.Due{Date: "2026-12-01"}
	minutes, at := 5, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	far := at.AddDate(1000, 0, 0)
	id := uuid.NewString()
	longRule := strings.Repeat("RRULE:FREQ=DAILY\n", 30)
	tests := []struct {
		name, field string
		draft       Draft
	}{
		{"blank title", "title", Draft{Title: " \t"}},
		{"title of two lines", "title", Draft{Title: "a\nb"}},
		{"NUL in the title", "title", Draft{Title: "a\x00b"}},
		{"notes of too many bytes", "notes", Draft{Title: "a", Notes: strings.Repeat("é", 32769)}},
		{"NUL in the notes", "notes", Draft{Title: "a", Notes: "a\x00b"}},
		{"empty tag", "tags[1]", Draft{Title: "a", Tags: []string{"x", " "}}},
		{"long tag", "tags[0]", Draft{Title: "a", Tags: []string{strings.Repeat("x", 51)}}},
		{"tag repeated in another case", "tags[1]", Draft{Title: "a", Tags: []string{"Home", "hOME"}}},
		{"tag with a control character", "tags[0]", Draft{Title: "a", Tags: []string{"a\x1bb"}}},
		{"day that does not exist", "due.date", Draft{Title: "a", Due: &todo.Due{Date: "2026-02-30"}}},
		{"year far off", "due.date", Draft{Title: "a", Due: &todo.Due{Date: "9999-01-01"}}},
		{"hour that does not exist", "due.time", Draft{Title: "a", Due: &todo.Due{Date: "2026-12-01", Time: "24:00"}}},
		{"zone that does not exist", "due.zone", Draft{Title: "a", Due: &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Mars/Olympus"}}},
		{"recurrence without due", "recurrence", Draft{Title: "a", Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY"}}},
		{"rule that is none", "recurrence.rule", Draft{Title: "a", Due: due, Recurrence: &todo.Recurrence{Rule: "daily"}}},
		{"rule in seconds", "recurrence.rule", Draft{Title: "a", Due: due, Recurrence: &todo.Recurrence{Rule: "FREQ=SECONDLY;INTERVAL=90"}}},
		{"rule at a second", "recurrence.rule", Draft{Title: "a", Due: due, Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY;BYSECOND=30"}}},
		{"rule that its canonical form makes too long", "recurrence.rule", Draft{Title: "a", Due: due, Recurrence: &todo.Recurrence{Rule: longRule}}},
		{"rule with a start of its own", "recurrence.rule", Draft{Title: "a", Due: due, Recurrence: &todo.Recurrence{Rule: "DTSTART:20260101\nRRULE:FREQ=DAILY"}}},
		{"reminder without a moment", "reminders[0]", Draft{Title: "a", Reminders: []todo.Reminder{{}}}},
		{"reminder with two moments", "reminders[0]", Draft{Title: "a", Due: due, Reminders: []todo.Reminder{{At: &at, MinutesBefore: &minutes}}}},
		{"reminder before no due", "reminders[0].minutesBefore", Draft{Title: "a", Reminders: []todo.Reminder{{MinutesBefore: &minutes}}}},
		{"reminder far off", "reminders[0].at", Draft{Title: "a", Reminders: []todo.Reminder{{At: &far}}}},
		{"reminder twice", "reminders[1].id", Draft{Title: "a", Reminders: []todo.Reminder{{ID: id, At: &at}, {ID: id, At: &at}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.draft.Clean()
			if failure.KindOf(err) != failure.Invalid || failure.Public(err).Field != test.field {
				t.Fatalf("got %v, want invalid %s", err, test.field)
			}
		})
	}
}

func TestCursor(t *testing.T) {
	for _, due := range []string{"2026-12-01T09:00:00", noDue} {
		want := &position{Due: due, Priority: 2, ID: uuid.NewString()}
		text, err := want.cursor()
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseCursor(text)
		if err != nil || *got != *want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
	forged, err := (&position{Due: "'; DROP TABLE task", Priority: 1, ID: uuid.NewString()}).cursor()
	if err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{"?", "bm90aGluZw", forged} {
		if _, err := parseCursor(cursor); failure.KindOf(err) != failure.Invalid {
			t.Errorf("cursor %q: got %v, want invalid", cursor, err)
		}
	}
}
