package recurrence

import (
	"errors"
	"strings"
	"testing"
)

func TestParsePrintsCanonically(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a value alone", "FREQ=DAILY", "FREQ=DAILY"},
		{"a line", "RRULE:FREQ=DAILY", "FREQ=DAILY"},
		{"lower case", "freq=weekly;byday=mo,tu", "FREQ=WEEKLY;BYDAY=MO,TU"},
		{"any order of parts", "BYDAY=MO;INTERVAL=2;FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"},
		{"sorted lists without duplicates", "FREQ=MONTHLY;BYMONTHDAY=31,-1,+2,2", "FREQ=MONTHLY;BYMONTHDAY=-1,2,31"},
		{"defaults are left out", "FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY"},
		{"leading zeros", "FREQ=YEARLY;BYMONTH=01;BYDAY=+02MO", "FREQ=YEARLY;BYMONTH=1;BYDAY=2MO"},
		{"SKIP that matters", "FREQ=MONTHLY;RSCALE=gregorian;SKIP=backward", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD"},
		{"SKIP=OMIT is kept", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT"},
		{"SKIP that cannot matter", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=28", "FREQ=MONTHLY;BYMONTHDAY=28"},
		{"UNTIL as a date", "FREQ=DAILY;UNTIL=20261201", "FREQ=DAILY;UNTIL=20261201"},
		{"UNTIL in UTC", "FREQ=DAILY;UNTIL=20261201T093000Z", "FREQ=DAILY;UNTIL=20261201T093000Z"},
		{
			"lines with every kind of date", "DTSTART;TZID=Europe/Berlin:20261122T090000\r\nRRULE:FREQ=DAILY\r\n" +
				"RDATE:20261201T090000Z,20261202T090000Z\r\nEXDATE;VALUE=DATE-TIME;TZID=Europe/Berlin:20261123T090000\r\n",
			"DTSTART;TZID=Europe/Berlin:20261122T090000\nRRULE:FREQ=DAILY\n" +
				"RDATE:20261201T090000Z,20261202T090000Z\nEXDATE;TZID=Europe/Berlin:20261123T090000",
		},
		{"floating and UTC dates keep apart", "RDATE:20261201T090000,20261202T090000Z", "RDATE:20261201T090000\nRDATE:20261202T090000Z"},
		{"folded lines", "RRULE:FREQ=WEEKLY;BY\r\n DAY=MO,\n\tTU", "FREQ=WEEKLY;BYDAY=MO,TU"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := mustParse(t, test.text).String()
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if again := mustParse(t, got).String(); again != got {
				t.Errorf("%q is read back as %q", got, again)
			}
		})
	}
}

func TestParseNamesTheFault(t *testing.T) {
	tests := []struct {
		text     string
		part     string
		position int
	}{
		{"", "", 0},
		{"INTERVAL=2", "FREQ", 10},
		{"FREQ=SOMETIMES", "FREQ", 5},
		{"FREQ=DAILY;", "", 11},
		{"FREQ=DAILY;;COUNT=1", "", 11},
		{"FREQ=DAILY;COLOUR=RED", "COLOUR", 11},
		{"FREQ=DAILY;COUNT", "COUNT", 16},
		{"FREQ=DAILY;COUNT=", "COUNT", 17},
		{"FREQ=DAILY;COUNT=0", "COUNT", 17},
		{"FREQ=DAILY;COUNT=-1", "COUNT", 17},
		{"FREQ=DAILY;COUNT=9999999999999999999", "COUNT", 17},
		{"FREQ=DAILY;INTERVAL=1.5", "INTERVAL", 20},
		{"FREQ=DAILY;FREQ=DAILY", "FREQ", 11},
		{"FREQ=DAILY;COUNT=2;UNTIL=20261201", "UNTIL", 19},
		{"FREQ=DAILY;UNTIL=20260230", "UNTIL", 17},
		{"FREQ=DAILY;UNTIL=20261201T090000", "UNTIL", 17},
		{"FREQ=DAILY;BYMONTH=1,13", "BYMONTH", 21},
		{"FREQ=DAILY;BYMONTH=-1", "BYMONTH", 19},
		{"FREQ=DAILY;BYMONTH=5L", "BYMONTH", 19},
		{"FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY", 24},
		{"FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY", 26},
		{"FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY", 24},
		{"FREQ=MONTHLY;BYMONTHDAY=--1", "BYMONTHDAY", 24},
		{"FREQ=DAILY;BYHOUR=24", "BYHOUR", 18},
		{"FREQ=DAILY;BYSECOND=61", "BYSECOND", 20},
		{"FREQ=WEEKLY;BYDAY=MO,XX", "BYDAY", 21},
		{"FREQ=MONTHLY;BYDAY=0MO", "BYDAY", 19},
		{"FREQ=MONTHLY;BYDAY=54MO", "BYDAY", 19},
		{"FREQ=WEEKLY;BYDAY=1MO", "BYDAY", 12},
		{"FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "BYDAY", 23},
		{"FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO", 13},
		{"FREQ=MONTHLY;BYYEARDAY=3", "BYYEARDAY", 13},
		{"FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY", 12},
		{"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS", 13},
		{"FREQ=MONTHLY;SKIP=BACKWARD", "SKIP", 13},
		{"FREQ=MONTHLY;RSCALE=HEBREW", "RSCALE", 20},
		{"FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY", "X-STEP", 22},
		{"FREQ = DAILY", "FREQ ", 0},
		{"RRULE;X=1:FREQ=DAILY", "RRULE", 6},
		{"EXRULE:FREQ=DAILY", "EXRULE", 0},
		{"RRULE:FREQ=DAILY\nRDATE:20261301", "RDATE", 23},
		{"RRULE:FREQ=DAILY\nRDATE;VALUE=PERIOD:x", "RDATE", 23},
		{"RRULE:FREQ=DAILY\nEXDATE;TZID=Nowhere:20261201T090000", "EXDATE", 24},
		{"RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20261201T090000Z", "EXDATE", 43},
		{"RRULE:FREQ=DAILY\nEXDATE:20261201", "EXDATE", 24},
		{"DTSTART:20261122T090000", "DTSTART", 8},
		{"RRULE:FREQ=WEEKLY;BY\r\n DAY=MO,XX", "BYDAY", 30},
		{strings.Repeat("A", MaxText+1), "", MaxText},
	}
	for _, test := range tests {
		t.Run(test.text[:min(len(test.text), 60)], func(t *testing.T) {
			_, err := Parse(test.text)
			var fault *Error
			if !errors.As(err, &fault) || fault.Position != test.position || fault.Part != test.part {
				t.Errorf("got %v, want a fault of %q at %d", err, test.part, test.position)
			}
		})
	}
}
