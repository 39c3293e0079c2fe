package recurrence

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// fuzzLimit bounds one input. It tells a walk through all time from slow
// machines; benchmarks tell the rest.
const fuzzLimit = 10 * time.Second

func FuzzParse(f *testing.F) {
	for _, bench := range benchmarkRules {
		f.Add(bench.rule)
	}
	f.Add("DTSTART;TZID=Europe/Berlin:20261122T090000\r\nRRULE:FREQ=DAILY\r\n ;COUNT=3\r\nEXDATE:20261123T080000Z")
	f.Add("FREQ=SECONDLY;INTERVAL=999999999;BYSECOND=60;BYSETPOS=-1;COUNT=1000000000")
	f.Add("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366,-366;BYDAY=53MO")
	f.Add(strings.Repeat("FREQ=DAILY;", 30))
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		set, err := Parse(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		printed := set.String()
		again, err := Parse(printed)
		if err != nil || again.String() != printed {
			t.Fatalf("%q is printed %q and read back as %q, %v", text, printed, again, err)
		}
		for _, start := range []Due{dueOf("2024-02-29"), dueOf("2026-03-29 02:30 Europe/Berlin")} {
			fitted, err := set.Fit(start, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			series, err := fitted.Series(start)
			if err != nil {
				continue
			}
			checkIteration(t, printed, series, 5)
		}
		if took := time.Since(begin); took > fuzzLimit {
			t.Fatalf("%q took %v", text, took)
		}
	})
}

func FuzzParseText(f *testing.F) {
	for _, text := range []string{
		"every 2nd tuesday until june", "every! 3 workdays for 10 times", "every mon-fri, starting tomorrow, at 9 and 17:30",
		"every year on 29 feb or the day after; except on 1 may 2027 at 09:00 Europe/Berlin", "water plants every 3 days #home",
		"jeden zweiten Dienstag im Monat, ab 1.2.2027, um halb acht", "alle! 3 Werktage außer freitags bis 31.12.",
		"the 2nd last day of the month", "every year in week 20 and -1 on monday with weeks from sunday",
	} {
		f.Add(text)
	}
	f.Add(strings.Repeat("every mon, ", 30))
	f.Add(strings.Repeat("every 1st and ", 30))
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		for _, locale := range words.All() {
			if phrase, from, to, ok := FindText(text, sunday, locale); ok {
				if from < 0 || to > len(text) || from >= to || phrase.Set.IsZero() {
					t.Fatalf("%q: %d to %d", text, from, to)
				}
			}
			phrase, err := ParseText(text, sunday, locale)
			if err != nil {
				checkFault(t, text, err)
			} else {
				phrase.Time = ""
				checkRoundTrips(t, phrase.Set, phrase.Anchor)
			}
		}
		if took := time.Since(begin); took > fuzzLimit {
			t.Fatalf("%q took %v", text, took)
		}
	})
}

// TestLongTextsAreBounded reads the longest texts of kinds that could make a
// parser go back again and again.
func TestLongTextsAreBounded(t *testing.T) {
	for _, piece := range []string{
		"every ", "mon wed fri ", "mon tue, ", "end of ", "9am 5pm ", "mon 9am and tue 10am ", "every day; ", "every mon, ", "mon, ", "every first and ", "first and ", "1st and ", "the ", "1 may ",
		"every day except on 1 may 2027, ", "also on 1 may 2027, ", "every 2 days for 3 ", ", and ", "RRULE:FREQ=DAILY\n",
		"jeden zweiten ", "alle zwei Wochen montags, ", "am 1. und ", "ab morgen ",
		"FREQ=DAILY;", "FREQ=MONTHLY;BYMONTHDAY=1,", "\r\n ", "é", "\xff",
	} {
		long := strings.Repeat(piece, MaxText/len(piece))
		for _, text := range []string{long, "every day " + long[10:], "every " + long[6:]} {
			begin := time.Now()
			for _, locale := range words.All() {
				_, _, _, _ = FindText(text, sunday, locale)
				if _, err := ParseText(text, sunday, locale); err != nil {
					checkFault(t, text, err)
				}
			}
			if _, err := Parse(text); err != nil {
				checkFault(t, text, err)
			}
			if took := time.Since(begin); took > fuzzLimit {
				t.Errorf("%d bytes of %q took %v", len(text), piece, took)
			}
		}
	}
}

func checkFault(t *testing.T, text string, err error) {
	t.Helper()
	var fault *Error
	if !errors.As(err, &fault) || fault.Position < 0 || fault.Position > len(text) || fault.Message == "" {
		t.Fatalf("%q: %v", text, err)
	}
	checkMessage(t, err, text)
}
