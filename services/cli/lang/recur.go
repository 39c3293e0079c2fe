package lang

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

const (
	defaultCount = 50
	// maxCount keeps one answer small enough to print.
	maxCount = 10_000
)

type recurInput struct {
	preview.RecurrenceRequest
	Count int `json:"count"`
}

func recurCommand() *cobra.Command {
	return definition[recurInput]{
		use:   "recur [rule or words]",
		short: "Read a recurrence and list its occurrences",
		long: "Reads a recurrence, as RFC 5545 writes it (the value of RRULE, or lines of DTSTART, RRULE, RDATE and EXDATE)\n" +
			"or in words, and lists its occurrences from the start on.\n\n" +
			"Fields of --batch: rule or text, start, zone, rdate, exdate, after, before, count, anchor, now, locale.",
		example: "  todoplatform lang recur 'every 2nd tuesday until june' --now 2026-11-22T09:00:00Z\n" +
			"  todoplatform lang recur 'FREQ=DAILY;COUNT=3' --start 2026-11-22T09:00:00 --zone Europe/Berlin\n" +
			`  echo '{"rule":"FREQ=WEEKLY;BYDAY=MO","start":"2026-11-22","count":2}' | todoplatform lang recur --batch`,
		flags: func(flags *pflag.FlagSet, in *recurInput) {
			momentFlags(flags, &in.Moment)
			flags.StringVar(&in.Start, "start", "", "first date or local time (default: DTSTART, or what the words and --now give)")
			flags.StringSliceVar((*[]string)(&in.RDate), "rdate", nil, "extra occurrences, separated by commas")
			flags.StringSliceVar((*[]string)(&in.EXDate), "exdate", nil, "exceptions, separated by commas")
			flags.StringVar(&in.After, "after", "", "list only what comes after this date or local time")
			flags.StringVar(&in.Before, "before", "", "list only what comes before this date or local time")
			flags.StringVar((*string)(&in.Anchor), "anchor", "", "from what a rule counts on: schedule or completion (default: schedule; words say it themselves)")
			flags.IntVar(&in.Count, "count", defaultCount, "list at most so many")
		},
		argument: func(in *recurInput, text string) {
			if isRule(text) {
				in.Rule = text
			} else {
				in.Text = text
			}
		},
		run: recur,
	}.command()
}

// isRule tells RFC 5545 from words.
func isRule(text string) bool {
	upper := strings.ToUpper(strings.TrimSpace(text))
	for _, name := range []string{"RRULE", "DTSTART", "RDATE", "EXDATE"} {
		if strings.HasPrefix(upper, name) {
			return true
		}
	}
	return strings.Contains(upper, "=")
}

func recur(in recurInput) (any, error) {
	if in.Count < 0 || in.Count > maxCount {
		return nil, &preview.Fault{Field: "count", Message: fmt.Sprintf("count %d is not possible", in.Count), Expected: fmt.Sprintf("0 to %d", maxCount)}
	}
	answer, _, err := in.Answer(in.Count, time.Now())
	if err != nil {
		return nil, err
	}
	return answer, nil
}
