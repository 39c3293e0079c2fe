package recurrence

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

func TestNext(t *testing.T) {
	berlin, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	date := func(date string) Due { return Due{Date: date} }
	at := func(date, clock string) Due { return Due{Date: date, Time: clock, Zone: "Europe/Berlin"} }
	tests := []struct {
		name   string
		rule   string
		anchor Anchor
		start  Due
		index  int
		due    Due
		done   string
		want   Due // zero: the series has ended
	}{
		{"daily, done on time", "FREQ=DAILY", "", date("2026-11-20"), 2, date("2026-11-22"), "2026-11-22T10:00:00+01:00", date("2026-11-23")},
		{"daily, done two days late, comes after today", "FREQ=DAILY", "", date("2026-11-20"), 0, date("2026-11-20"), "2026-11-22T10:00:00+01:00", date("2026-11-23")},
		{"the user's zone says which day it is", "FREQ=DAILY", "", date("2026-11-20"), 0, date("2026-11-20"), "2026-11-22T23:30:00Z", date("2026-11-24")},
		{"done before it was due", "FREQ=DAILY", "", date("2026-11-20"), 0, date("2026-11-20"), "2026-11-18T10:00:00+01:00", date("2026-11-21")},
		{"weekly keeps its weekday", "FREQ=WEEKLY", "", date("2026-08-31"), 0, date("2026-08-31"), "2026-09-15T10:00:00+02:00", date("2026-09-21")},
		{"every 2 weeks keeps its parity", "FREQ=WEEKLY;INTERVAL=2", "", date("2026-08-17"), 0, date("2026-08-17"), "2026-09-15T10:00:00+02:00", date("2026-09-28")},
		{"a postponed task goes back to the grid", "FREQ=WEEKLY", "", date("2026-08-31"), 0, date("2026-09-02"), "2026-09-01T10:00:00+02:00", date("2026-09-07")},
		{"31 January clamps", "FREQ=MONTHLY", "", date("2026-01-31"), 0, date("2026-01-31"), "2026-01-31T10:00:00+01:00", date("2026-02-28")},
		{"28 February does not drift", "FREQ=MONTHLY", "", date("2026-01-31"), 1, date("2026-02-28"), "2026-02-28T10:00:00+01:00", date("2026-03-31")},
		{"29 February clamps", "FREQ=YEARLY", "", date("2024-02-29"), 0, date("2024-02-29"), "2024-02-29T10:00:00+01:00", date("2025-02-28")},
		{"SKIP=OMIT says otherwise", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "", date("2026-01-31"), 0, date("2026-01-31"), "2026-01-31T10:00:00+01:00", date("2026-03-31")},
		{"time of day survives summer time", "FREQ=DAILY", "", at("2026-03-28", "09:00"), 0, at("2026-03-28", "09:00"), "2026-03-28T10:00:00+01:00", at("2026-03-29", "09:00")},
		{"a skipped wall time stays the due", "FREQ=DAILY", "", at("2026-03-28", "02:30"), 0, at("2026-03-28", "02:30"), "2026-03-28T10:00:00+01:00", at("2026-03-29", "02:30")},
		{"and the day after it is the same", "FREQ=DAILY", "", at("2026-03-28", "02:30"), 1, at("2026-03-29", "02:30"), "2026-03-29T04:00:00+02:00", at("2026-03-30", "02:30")},
		{"done before its instant, when clocks show more", "FREQ=DAILY", "", at("2026-03-28", "02:30"), 1, at("2026-03-29", "02:30"), "2026-03-29T03:10:00+02:00", at("2026-03-30", "02:30")},
		{"a series that begins with a skipped wall time", "FREQ=WEEKLY", "", at("2026-03-29", "02:30"), 0, at("2026-03-29", "02:30"), "2026-03-29T04:00:00+02:00", at("2026-04-05", "02:30")},
		{"a due that was stored as the clock showed it", "FREQ=DAILY", "", at("2026-03-28", "02:30"), 1, at("2026-03-29", "03:30"), "2026-03-29T04:00:00+02:00", at("2026-03-30", "02:30")},
		{"completion: a skipped wall time", "FREQ=DAILY", AnchorCompletion, at("2026-03-01", "02:30"), 0, at("2026-03-20", "02:30"), "2026-03-28T12:00:00+01:00", at("2026-03-29", "02:30")},
		{"completion on the day of the change", "FREQ=DAILY", AnchorCompletion, at("2026-03-01", "02:30"), 0, at("2026-03-20", "02:30"), "2026-03-29T12:00:00+02:00", at("2026-03-30", "02:30")},
		{"COUNT counts a skipped wall time", "FREQ=DAILY;COUNT=2", "", at("2026-03-28", "02:30"), 1, at("2026-03-29", "02:30"), "2026-03-29T12:00:00+02:00", Due{}},
		{"UNTIL includes the instant of a skipped wall time", "FREQ=DAILY;UNTIL=20260329T013000Z", "", at("2026-03-28", "02:30"), 0, at("2026-03-28", "02:30"), "2026-03-28T12:00:00+01:00", at("2026-03-29", "02:30")},
		{"UNTIL before that instant ends", "FREQ=DAILY;UNTIL=20260329T012959Z", "", at("2026-03-28", "02:30"), 0, at("2026-03-28", "02:30"), "2026-03-28T12:00:00+01:00", Due{}},
		{"done in the morning, due again in the evening", "FREQ=DAILY;BYHOUR=9,18", "", at("2026-11-20", "09:00"), 0, at("2026-11-20", "09:00"), "2026-11-20T09:30:00+01:00", at("2026-11-20", "18:00")},
		{"COUNT ends on the calendar", "FREQ=DAILY;COUNT=3", "", date("2026-11-20"), 2, date("2026-11-22"), "2026-11-22T10:00:00+01:00", Due{}},
		{"UNTIL is included", "FREQ=DAILY;UNTIL=20261123", "", date("2026-11-20"), 2, date("2026-11-22"), "2026-11-22T10:00:00+01:00", date("2026-11-23")},
		{"UNTIL ends", "FREQ=DAILY;UNTIL=20261122", "", date("2026-11-20"), 2, date("2026-11-22"), "2026-11-22T10:00:00+01:00", Due{}},
		{"an UNTIL that is a date fits a due with a time", "FREQ=DAILY;UNTIL=20261123", "", at("2026-11-20", "23:00"), 0, at("2026-11-22", "23:00"), "2026-11-22T23:10:00+01:00", at("2026-11-23", "23:00")},
		{"a due that gained a time", "FREQ=WEEKLY", "", date("2026-11-02"), 0, at("2026-11-16", "09:00"), "2026-11-16T10:00:00+01:00", at("2026-11-23", "09:00")},
		{"a skipped date", "FREQ=DAILY\nEXDATE;VALUE=DATE:20261123", "", date("2026-11-20"), 2, date("2026-11-22"), "2026-11-22T10:00:00+01:00", date("2026-11-24")},

		{"completion: 3 days from the day it was done", "FREQ=DAILY;INTERVAL=3", AnchorCompletion, date("2026-11-01"), 0, date("2026-11-01"), "2026-11-22T10:00:00+01:00", date("2026-11-25")},
		{"completion: the same time of day", "FREQ=DAILY", AnchorCompletion, at("2026-11-01", "09:00"), 0, at("2026-11-01", "09:00"), "2026-11-22T23:00:00+01:00", at("2026-11-23", "09:00")},
		{"completion in the early morning", "FREQ=DAILY", AnchorCompletion, at("2026-11-01", "09:00"), 0, at("2026-11-01", "09:00"), "2026-11-22T06:00:00+01:00", at("2026-11-23", "09:00")},
		{"completion: a month from the 31st clamps", "FREQ=MONTHLY", AnchorCompletion, date("2026-01-10"), 0, date("2026-01-10"), "2026-01-31T10:00:00+01:00", date("2026-02-28")},
		{"completion: the next of a weekday", "FREQ=WEEKLY;BYDAY=MO", AnchorCompletion, date("2026-11-02"), 0, date("2026-11-02"), "2026-11-25T10:00:00+01:00", date("2026-11-30")},
		{"completion: hours count from the minute", "FREQ=HOURLY;INTERVAL=3", AnchorCompletion, at("2026-11-22", "09:00"), 0, at("2026-11-22", "09:00"), "2026-11-22T10:20:00+01:00", at("2026-11-22", "13:20")},
		{"completion: COUNT by the number of tasks", "FREQ=DAILY;COUNT=3", AnchorCompletion, date("2026-11-01"), 1, date("2026-11-02"), "2026-11-22T10:00:00+01:00", date("2026-11-23")},
		{"completion: COUNT ends", "FREQ=DAILY;COUNT=3", AnchorCompletion, date("2026-11-01"), 2, date("2026-11-02"), "2026-11-22T10:00:00+01:00", Due{}},
		{"completion: UNTIL ends", "FREQ=DAILY;UNTIL=20261122", AnchorCompletion, date("2026-11-01"), 2, date("2026-11-02"), "2026-11-22T10:00:00+01:00", Due{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			done, err := time.Parse(time.RFC3339, test.done)
			if err != nil {
				t.Fatal(err)
			}
			set, err := Parse(test.rule)
			if err != nil {
				t.Fatal(err)
			}
			got, ok, err := Next(set, test.anchor, Completion{
				Start: test.start, Index: test.index, Due: test.due, Done: done, Zone: berlin,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want || ok == test.want.IsZero() {
				t.Errorf("got %v %v, want %v", got, ok, test.want)
			}
		})
	}
}
