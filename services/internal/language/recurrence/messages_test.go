package recurrence

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// ofTheCode is what only the code knows: Go's names and the texts of its libraries. A
// message is for people who wrote a recurrence.
var ofTheCode = []string{
	"recurrence.", "strconv", "time.", "time: ", "json", "zones.", "struct", "string", "int64", "interface", "func", "nil",
	"parsing", "unmarshal", "invalid syntax", "value out of range", "unknown time zone", "goroutine", "runtime", "%!", "0x", "m=+", "+0000",
}

// maxMessage is the length of a message that is still read: it shows a piece of the text
// and what could stand there.
const maxMessage = 600

// checkMessage proves that an error about some inputs says nothing of the code. What the
// inputs say themselves a message may repeat.
func checkMessage(t *testing.T, err error, inputs ...string) {
	t.Helper()
	message, own := err.Error(), ""
	for _, input := range inputs {
		own += strings.ToLower(input) + strconv.Quote(input)
	}
	for _, word := range ofTheCode {
		if strings.Contains(message, word) && !strings.Contains(own, word) {
			t.Errorf("%.100q: the message %q has %q", inputs, message, word)
		}
	}
	if len(message) > maxMessage {
		t.Errorf("%.100q: the message has %d bytes: %.200s", inputs, len(message), message)
	}
}

func TestMessagesSayNothingOfTheCode(t *testing.T) {
	long := strings.Repeat("9", 5000)
	texts := []string{
		"", " ", "x", "\x00", "\xff\xfe", "FREQ", "FREQ=", "=", ";", ":", "FREQ=DAILY;", "FREQ=DAILY;=", "RRULE:", "RRULE;X:", "\n\n",
		"FREQ=DAILY;INTERVAL=99999999999999999999", "FREQ=DAILY;INTERVAL=" + long, "FREQ=DAILY;INTERVAL=1e3", "FREQ=DAILY;INTERVAL=-1",
		"FREQ=DAILY;COUNT=" + long, "FREQ=DAILY;COUNT=½", "FREQ=DAILY;COUNT=\x00", "FREQ=" + long, long + "=1", long, "FREQ=DAILY;" + long + "=1",
		"FREQ=DAILY;UNTIL=" + long, "FREQ=DAILY;UNTIL=20269999", "FREQ=DAILY;UNTIL=20261201T256199Z", "FREQ=DAILY;UNTIL=2026-12-01",
		"FREQ=DAILY;UNTIL=20261201T090000", "FREQ=DAILY;BYHOUR=" + long, "FREQ=DAILY;BYHOUR=,", "FREQ=MONTHLY;BYDAY=" + long + "MO", "FREQ=MONTHLY;BYDAY=M",
		"FREQ=MONTHLY;BYDAY=99999999999999999999MO", "FREQ=DAILY;WKST=XX", "FREQ=MONTHLY;RSCALE=CHINESE", "FREQ=MONTHLY;SKIP=BACKWARD",
		"DTSTART:20261301T000000Z", "DTSTART:" + long, "DTSTART;TZID=Nowhere/" + long + ":20261201T090000", "DTSTART;TZID=:20261201T090000",
		"DTSTART;TZID=Local:20261201T090000", "DTSTART;TZID=../../etc/passwd:20261201T090000", "DTSTART;TZID=Europe/Berlin:20261201T090000Z",
		"DTSTART;VALUE=PERIOD:x", "DTSTART;VALUE=" + long + ":x", "DTSTART;" + long + "=x:x", "DTSTART;=:", "DTSTART;TZID=\":20261201T090000",
		"RDATE;VALUE=DATE:20260230", "EXDATE;TZID=Europe/Berlin;VALUE=DATE:20261201", "EXRULE:FREQ=DAILY", long + ":x", "VERSION:2.0",
		strings.Repeat("FREQ=DAILY\n", 600), strings.Repeat("A", MaxText+1),
	}
	starts := []Due{
		{}, {Date: "2026-02-30"}, {Date: long}, {Date: "2026-12-01", Time: long, Zone: "UTC"}, {Date: "2026-12-01", Time: "25:00", Zone: "UTC"},
		{Date: "2026-12-01", Time: "09:00"}, {Date: "2026-12-01", Zone: "UTC"}, {Date: "2026-12-01", Time: "09:00", Zone: "Mars/" + long},
		{Date: "2026-12-01", Time: "09:00", Zone: "Local"}, {Date: "99999-12-01"}, {Date: "2026-12-01"}, {Date: "2026-12-01", Time: "09:00", Zone: "UTC"},
	}
	var errs []error
	for _, text := range texts {
		for _, read := range []func() error{
			func() error { _, err := Parse(text); return err },
			func() error { _, err := Import(text, ""); return err },
			func() error { _, err := Import(text, "Europe/"+text); return err },
			func() error { _, err := ParseText(text, sunday, words.English()); return err },
			func() error { _, err := ParseText("every day "+text, sunday, germanWords(t)); return err },
			func() error { return Anchor(text).Check() },
			func() error { _, err := DueAt(sunday, text); return err },
		} {
			if err := read(); err != nil {
				errs = append(errs, err)
				checkMessage(t, err, text)
			}
		}
	}
	for _, start := range starts {
		for _, set := range []Set{
			mustParse(t, "FREQ=DAILY"), mustParse(t, "FREQ=HOURLY"), mustParse(t, "FREQ=DAILY;UNTIL=20270101"), mustParse(t, "FREQ=DAILY;UNTIL=20270101T000000Z"),
			mustParse(t, "RDATE;VALUE=DATE:20270101"), mustParse(t, "FREQ=DAILY\nEXDATE:20270101T000000Z"), mustParse(t, "RDATE:20270101T000000"),
			{Rules: []Rule{{}}}, {Rules: []Rule{{Freq: 99, Interval: -1, ByDay: []Day{{Ordinal: 99, Weekday: 99}}, Skip: 99}}},
			{Rules: []Rule{{Freq: Daily, Interval: 1, ByHour: []int{99}, Until: Due{Date: "x", Time: "y"}}}}, {RDates: starts},
		} {
			completion := Completion{Due: start, Done: sunday}
			for _, ask := range []func() error{
				func() error { _, err := set.Series(start); return err },
				func() error { _, err := set.Fit(start, nil); return err },
				func() error { _, err := set.EndOn(start); return err },
				func() error { _, err := set.EndAfter(-1); return err },
				func() error { _, _, err := set.Split(start, start); return err },
				func() error { _, _, err := Next(set, AnchorSchedule, completion); return err },
				func() error { _, _, err := Next(set, AnchorCompletion, completion); return err },
				func() error { _, _, err := Resume(set, AnchorSchedule, completion, sunday); return err },
				func() error { _, _, err := Phrase{Set: set}.Begin(sunday, start.Zone); return err },
				func() error { _, err := start.Instant(nil); return err },
			} {
				if err := ask(); err != nil {
					errs = append(errs, err)
					checkMessage(t, err)
				}
			}
		}
	}
	for _, year := range []int{-5, 0, 10000, 100000} {
		_, err := DueAt(time.Date(year, time.June, 1, 0, 0, 0, 0, time.UTC), "Europe/Berlin")
		if err == nil {
			t.Fatalf("the year %d is taken", year)
		}
		checkMessage(t, err)
	}
	checkMessage(t, ErrNoOccurrence)
	checkMessage(t, ErrTooMuchWork)
	if len(errs) < 500 {
		t.Errorf("only %d inputs are bad", len(errs))
	}
}
