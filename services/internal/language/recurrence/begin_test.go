package recurrence

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

func TestBeginOnASkippedWallTime(t *testing.T) {
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 28, 10, 0, 0, 0, zone) // the day before clocks go forward
	for _, text := range []string{"every day at 2:30am", "every sunday at 2:30am", "every day at 2:30am starting tomorrow"} {
		phrase, err := ParseText(text, now, words.English())
		if err != nil {
			t.Fatal(err)
		}
		start, _, err := phrase.Begin(now, "Europe/Berlin")
		if want := (Due{Date: "2026-03-29", Time: "02:30", Zone: "Europe/Berlin"}); err != nil || start != want {
			t.Errorf("%q begins %v, %v; want %v", text, start, err, want)
		}
	}
}

func TestBegin(t *testing.T) {
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.November, 22, 10, 0, 0, 0, zone) // a Sunday
	at := func(date, clock string) Due { return Due{Date: date, Time: clock, Zone: "Europe/Berlin"} }
	tests := []struct {
		text string
		want []Due
	}{
		{"every day", []Due{{Date: "2026-11-22"}, {Date: "2026-11-23"}}},
		{"every day at 9", []Due{at("2026-11-23", "09:00"), at("2026-11-24", "09:00")}},
		{"every day at 11", []Due{at("2026-11-22", "11:00")}},
		{"every other monday", []Due{{Date: "2026-11-23"}, {Date: "2026-12-07"}}},
		{"every 3 workdays", []Due{{Date: "2026-11-23"}, {Date: "2026-11-26"}, {Date: "2026-12-01"}}},
		{"every mon, wed and fri at 9", []Due{at("2026-11-23", "09:00"), at("2026-11-25", "09:00"), at("2026-11-27", "09:00")}},
		{"every day at 9:00 and 17:30", []Due{at("2026-11-22", "17:30"), at("2026-11-23", "09:00"), at("2026-11-23", "17:30")}},
		{"every 2 hours", []Due{at("2026-11-22", "10:00"), at("2026-11-22", "12:00")}},
		{"every year on 29 feb", []Due{{Date: "2027-02-28"}, {Date: "2028-02-29"}, {Date: "2029-02-28"}}},
		{"last day of the month", []Due{{Date: "2026-11-30"}, {Date: "2026-12-31"}}},
		{"every month starting 31 jan until june", []Due{
			{Date: "2027-01-31"}, {Date: "2027-02-28"}, {Date: "2027-03-31"}, {Date: "2027-04-30"}, {Date: "2027-05-31"},
		}},
		{"every 2nd tuesday until june", []Due{
			{Date: "2026-12-08"}, {Date: "2027-01-12"}, {Date: "2027-02-09"}, {Date: "2027-03-09"}, {Date: "2027-04-13"}, {Date: "2027-05-11"},
		}},
		{"quarterly", []Due{{Date: "2026-11-22"}, {Date: "2027-02-22"}}},
		{"every day at 9 until tuesday", []Due{at("2026-11-23", "09:00"), at("2026-11-24", "09:00")}},
		{"daily for 3 times", []Due{{Date: "2026-11-22"}, {Date: "2026-11-23"}, {Date: "2026-11-24"}}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			phrase, err := ParseText(test.text, now, words.English())
			if err != nil {
				t.Fatal(err)
			}
			start, set, err := phrase.Begin(now, "Europe/Berlin")
			if err != nil {
				t.Fatal(err)
			}
			series, err := set.Series(start)
			if err != nil {
				t.Fatal(err)
			}
			if got := first(series.All(), len(test.want)); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	phrase, err := ParseText("every day until 1 january 2020", now, words.English())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := phrase.Begin(now, "Europe/Berlin"); !errors.Is(err, ErrNoOccurrence) {
		t.Errorf("got %v, want %v", err, ErrNoOccurrence)
	}
}
