package preview_test

import (
	"cmp"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// present is a Thursday.
var present = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

func TestTheRecurrenceOfATask(t *testing.T) {
	const zone = "Europe/Berlin"
	for name, test := range map[string]struct {
		rule, start string
		anchor      recurrence.Anchor
		text        string
		occurrences []string
	}{
		"moves to the end of a short month": {
			rule: "FREQ=MONTHLY", start: "2027-01-31", text: "every month",
			occurrences: []string{"2027-01-31", "2027-02-28", "2027-03-31"},
		},
		"leaves a day out where the rule says so": {
			rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", start: "2027-01-31", text: "every month only if the day exists",
			occurrences: []string{"2027-01-31", "2027-03-31", "2027-05-31"},
		},
		"ends with a day also when it has a time": {
			rule: "FREQ=DAILY;UNTIL=20261127", start: "2026-11-26T09:00", text: "every day until 27 November 2026",
			occurrences: []string{"2026-11-26T09:00:00+01:00", "2026-11-27T09:00:00+01:00"},
		},
		"has a sentence that ends with a day where the rule ends with its last second": {
			rule: "FREQ=DAILY;UNTIL=20261127T225959Z", start: "2026-11-26T09:00", text: "every day until 27 November 2026",
			occurrences: []string{"2026-11-26T09:00:00+01:00", "2026-11-27T09:00:00+01:00"},
		},
		"has a sentence that ends with a time where the rule does": {
			rule: "FREQ=DAILY;UNTIL=20261127T120000Z", start: "2026-11-26T09:00", text: "every day until 27 November 2026 at 12:00 UTC",
			occurrences: []string{"2026-11-26T09:00:00+01:00", "2026-11-27T09:00:00+01:00"},
		},
		"counts from completion": {
			rule: "FREQ=DAILY;INTERVAL=3", start: "2026-11-26", anchor: recurrence.AnchorCompletion, text: "every! 3 days",
			occurrences: []string{"2026-11-26", "2026-11-29", "2026-12-02"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := preview.RecurrenceRequest{
				Moment: preview.Moment{Zone: zone}, Rule: test.rule, Start: test.start, Anchor: test.anchor, OfTask: true,
			}
			answer, _, err := request.Answer(3, present)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Rule != test.rule || answer.Text != test.text || !reflect.DeepEqual(answer.Occurrences, test.occurrences) {
				t.Errorf("got %+v, want %q with %v", answer, test.text, test.occurrences)
			}
			if want := cmp.Or(test.anchor, recurrence.AnchorSchedule); answer.Anchor != want {
				t.Errorf("got anchor %q, want %q", answer.Anchor, want)
			}
		})
	}
}

// TestARuleOfAnotherCalendar is said in Berlin.
func TestARuleOfAnotherCalendar(t *testing.T) {
	for name, test := range map[string]struct{ rule, start, want, last string }{
		"a start that floats":         {"DTSTART:20261126T090000\nRRULE:FREQ=DAILY;COUNT=2", "", "DTSTART;TZID=Europe/Berlin:20261126T090000\nRRULE:FREQ=DAILY;COUNT=2", "2026-11-27T09:00:00+01:00"},
		"an end on a day":             {"FREQ=DAILY;UNTIL=20261127", "2026-11-26T09:00", "FREQ=DAILY;UNTIL=20261127T225959Z", "2026-11-27T09:00:00+01:00"},
		"an end at a local time":      {"FREQ=DAILY;UNTIL=20261127T090000", "2026-11-26T09:00", "FREQ=DAILY;UNTIL=20261127T080000Z", "2026-11-27T09:00:00+01:00"},
		"a zone of Windows":           {"DTSTART;TZID=Tokyo Standard Time:20261126T090000\nRRULE:FREQ=DAILY;COUNT=2", "", "DTSTART;TZID=Asia/Tokyo:20261126T090000\nRRULE:FREQ=DAILY;COUNT=2", "2026-11-27T09:00:00+09:00"},
		"an end at a time, of a date": {"FREQ=DAILY;UNTIL=20261126T230000Z", "2026-11-26", "FREQ=DAILY;UNTIL=20261127", "2026-11-27"},
	} {
		t.Run(name, func(t *testing.T) {
			request := preview.RecurrenceRequest{Moment: preview.Moment{Zone: "Europe/Berlin"}, Rule: test.rule, Start: test.start}
			answer, _, err := request.Answer(5, present)
			if err != nil {
				t.Fatal(err)
			}
			if last := answer.Occurrences[len(answer.Occurrences)-1]; answer.Rule != test.want || last != test.last || answer.More {
				t.Errorf("got %q to %s, want %q to %s", answer.Rule, last, test.want, test.last)
			}
		})
	}
}

// TestAStartKeepsItsWallTime is said the day before Berlin's clocks go forward.
func TestAStartKeepsItsWallTime(t *testing.T) {
	before := time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
	want := recurrence.Due{Date: "2026-03-29", Time: "02:30", Zone: "Europe/Berlin"}
	for name, request := range map[string]preview.RecurrenceRequest{
		"of words":                   {Text: "every sunday at 2:30am"},
		"of words with a start":      {Text: "every sunday at 2:30am", Start: "2026-03-29"},
		"of words with a local time": {Text: "every sunday", Start: "2026-03-29T02:30"},
		"of a rule":                  {Rule: "FREQ=WEEKLY", Start: "2026-03-29T02:30"},
	} {
		t.Run(name, func(t *testing.T) {
			request.Zone, request.OfTask = "Europe/Berlin", true
			answer, start, err := request.Answer(2, before)
			if err != nil {
				t.Fatal(err)
			}
			occurrences := []string{"2026-03-29T03:30:00+02:00", "2026-04-05T02:30:00+02:00"}
			if start.Time = start.Time[:len("15:04")]; start != want || !reflect.DeepEqual(answer.Occurrences, occurrences) {
				t.Errorf("got %v with %v, want %v with %v", start, answer.Occurrences, want, occurrences)
			}
		})
	}
}

func TestWordsSayWhereTheyBegin(t *testing.T) {
	for name, test := range map[string]struct {
		text, start string
		want        recurrence.Due
	}{
		"on the nearest day that they name":  {"every other monday", "", recurrence.Due{Date: "2026-11-30"}},
		"at the start that is given":         {"every monday", "2026-11-25", recurrence.Due{Date: "2026-11-25"}},
		"at the time of day that they name":  {"every day at 9", "2026-11-27", recurrence.Due{Date: "2026-11-27", Time: "09:00", Zone: "Europe/Berlin"}},
		"on the start that they name itself": {"every monday starting 1 dec", "2026-11-27", recurrence.Due{Date: "2026-12-07"}},
	} {
		t.Run(name, func(t *testing.T) {
			request := preview.RecurrenceRequest{Moment: preview.Moment{Zone: "Europe/Berlin"}, Text: test.text, Start: test.start}
			if _, got, err := request.Answer(1, present); err != nil || got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestFaultsNameTheField(t *testing.T) {
	for name, test := range map[string]struct {
		request  preview.RecurrenceRequest
		field    string
		position int // -1: none
	}{
		"rule":   {preview.RecurrenceRequest{Rule: "FREQ=DAILX", Start: "2026-11-26"}, "rule", 5},
		"words":  {preview.RecurrenceRequest{Text: "every froob"}, "text", 6},
		"anchor": {preview.RecurrenceRequest{Rule: "FREQ=DAILY", Start: "2026-11-26", Anchor: "moon"}, "anchor", -1},
		"start":  {preview.RecurrenceRequest{Rule: "FREQ=DAILY", Start: "soon"}, "start", -1},
		"too many rules": {
			preview.RecurrenceRequest{Rule: strings.Repeat("RRULE:FREQ=DAILY\n", recurrence.MaxRules+1), Start: "2026-11-26"},
			"rule", recurrence.MaxRules * len("RRULE:FREQ=DAILY\n"),
		},
		"too much work": {
			preview.RecurrenceRequest{
				Rule:  strings.Repeat("FREQ=SECONDLY;INTERVAL=4099;BYSECOND=1;BYMONTHDAY=1,2;COUNT=9000000\n", 3),
				Start: "0001-01-01T00:00", After: "9990-01-01",
			}, "rule", -1,
		},
		"no start":  {preview.RecurrenceRequest{Rule: "FREQ=DAILY"}, "start", -1},
		"exception": {preview.RecurrenceRequest{Rule: "FREQ=DAILY", Start: "2026-11-26", EXDate: preview.List{"never"}}, "exdate", -1},
		"after":     {preview.RecurrenceRequest{Rule: "FREQ=DAILY", Start: "2026-11-26", After: "later"}, "after", -1},
		"zone":      {preview.RecurrenceRequest{Moment: preview.Moment{Zone: "Mars"}, Text: "every day"}, "zone", -1},
		"locale":    {preview.RecurrenceRequest{Moment: preview.Moment{Locale: "tlh"}, Text: "every day"}, "locale", -1},
		"now":       {preview.RecurrenceRequest{Moment: preview.Moment{Now: "later"}, Text: "every day"}, "now", -1},
		"neither":   {preview.RecurrenceRequest{}, "", -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := test.request.Answer(1, present)
			fault, ok := errors.AsType[*preview.Fault](err)
			if !ok || fault.Field != test.field {
				t.Fatalf("got %#v, want a fault in %q", err, test.field)
			}
			position := -1
			if fault.Position != nil {
				position = *fault.Position
			}
			if position != test.position {
				t.Errorf("got position %d, want %d", position, test.position)
			}
		})
	}
}
