package recurrence

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

func TestEdits(t *testing.T) {
	tests := []struct {
		name string
		rule string
		edit func(Set) (Set, error)
		want string
	}{
		{"skip one date", "FREQ=DAILY", func(s Set) (Set, error) { return s.Without(dueOf("2026-11-24")), nil }, "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261124"},
		{"end on a date", "FREQ=DAILY;COUNT=5", func(s Set) (Set, error) { return s.EndOn(dueOf("2026-12-01")) }, "FREQ=DAILY;UNTIL=20261201"},
		{"end at a time", "FREQ=DAILY", func(s Set) (Set, error) { return s.EndOn(dueOf("2026-12-01 09:00 Europe/Berlin")) }, "FREQ=DAILY;UNTIL=20261201T080000Z"},
		{"the end drops later dates", "RRULE:FREQ=DAILY\nRDATE;VALUE=DATE:20261201,20261202", func(s Set) (Set, error) { return s.EndOn(dueOf("2026-12-01")) }, "RRULE:FREQ=DAILY;UNTIL=20261201\nRDATE;VALUE=DATE:20261201"},
		{"end after a number", "FREQ=DAILY;UNTIL=20261201", func(s Set) (Set, error) { return s.EndAfter(3) }, "FREQ=DAILY;COUNT=3"},
		{"a due gains a time", "FREQ=DAILY;UNTIL=20261201", func(s Set) (Set, error) { return s.Fit(dueOf("2026-11-22 09:00 America/New_York"), nil) }, "FREQ=DAILY;UNTIL=20261202T045959Z"},
		{"a due loses its time", "FREQ=DAILY;UNTIL=20261202T045959Z", func(s Set) (Set, error) {
			zone, err := zones.Load("America/New_York")
			if err != nil {
				return Set{}, err
			}
			return s.Fit(dueOf("2026-11-22"), zone)
		}, "FREQ=DAILY;UNTIL=20261201"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := mustParse(t, test.rule)
			got, err := test.edit(set)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if set.String() != mustParse(t, test.rule).String() {
				t.Error("the edit changed its argument")
			}
		})
	}
}

func TestSplitKeepsTheAnchorDay(t *testing.T) {
	set := mustParse(t, "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=5")
	before, after, err := set.Split(dueOf("2026-01-31"), dueOf("2026-02-28"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := before.String(), "DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;COUNT=1"; got == want {
		t.Errorf("SKIP is lost: %q", got)
	}
	want := "DTSTART;VALUE=DATE:20260228\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4;BYMONTHDAY=31"
	if after.String() != want {
		t.Errorf("got %q, want %q", after, want)
	}
	if _, _, err := set.Split(dueOf("2026-01-31"), dueOf("2026-02-27")); err == nil {
		t.Error("a date that is no occurrence is taken")
	}
}

func TestResume(t *testing.T) {
	tests := []struct {
		name   string
		rule   string
		anchor Anchor
		start  string
		due    string
		want   string
	}{
		{"a due still to come stays", "FREQ=WEEKLY", AnchorSchedule, "2026-11-01", "2026-11-29", "2026-11-29"},
		{"what fell into the pause is gone", "FREQ=WEEKLY", AnchorSchedule, "2026-10-07", "2026-10-14", "2026-11-25"},
		{"today counts", "FREQ=DAILY", AnchorSchedule, "2026-10-07", "2026-10-14", "2026-11-22"},
		{"completion begins today", "FREQ=DAILY;INTERVAL=5", AnchorCompletion, "2026-10-07", "2026-10-14", "2026-11-22"},
		{"a time that has passed today", "FREQ=DAILY", AnchorSchedule, "2026-10-07 09:00 UTC", "2026-10-14 09:00 UTC", "2026-11-23 09:00 UTC"},
		{"an ended series", "FREQ=DAILY;UNTIL=20261101", AnchorSchedule, "2026-10-07", "2026-10-14", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paused := Completion{Start: dueOf(test.start), Due: dueOf(test.due), Zone: time.UTC}
			got, ok, err := Resume(mustParse(t, test.rule), test.anchor, paused, sunday)
			if err != nil {
				t.Fatal(err)
			}
			if ok != (test.want != "") || (ok && got != dueOf(test.want)) {
				t.Errorf("got %v %v, want %v", got, ok, test.want)
			}
		})
	}
}
