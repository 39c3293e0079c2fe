package lang

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

type datesInput struct {
	preview.Moment
	Text string     `json:"text"`
	Lean dates.Lean `json:"lean"`
}

type datesAnswer struct {
	Results []dates.Result `json:"results"`
}

func datesCommand() *cobra.Command {
	return definition[datesInput]{
		use:   "dates [text]",
		short: "Find the dates, times and durations in a text",
		long: "Finds dates, times, ranges and durations in a text and prints each with its byte offsets. \"to\" is the last day\n" +
			"of a range of dates and the end of a range of times.\n\n" +
			"Fields of --batch: text, now, zone, locale, week-start, lean.",
		example: "  todoplatform lang dates 'call mum next friday 9am' --zone Europe/Berlin\n" +
			"  todoplatform lang dates 'from 3 to 5pm on 12/1' --locale en-GB --now 2026-11-22T09:00:00Z\n" +
			`  echo '{"text":"friday","lean":"past"}' | todoplatform lang dates --batch`,
		flags: func(flags *pflag.FlagSet, in *datesInput) {
			momentFlags(flags, &in.Moment)
			flags.StringVar((*string)(&in.Lean), "lean", string(dates.LeanFuture), "where dates lie that the text leaves open: future or past")
		},
		argument: func(in *datesInput, text string) { in.Text = text },
		run:      findDates,
	}.command()
}

func findDates(in datesInput) (any, error) {
	now, locale, weekStart, err := in.Read(time.Now())
	if err != nil {
		return nil, err
	}
	if in.Lean != "" && in.Lean != dates.LeanFuture && in.Lean != dates.LeanPast {
		return nil, &preview.Fault{Message: fmt.Sprintf("lean %q is not known", in.Lean), Expected: "future, past"}
	}
	if len(in.Text) > dates.MaxText {
		return nil, tooLong(dates.MaxText)
	}
	answer := datesAnswer{Results: dates.Find(in.Text, dates.Options{Now: now, Locale: locale, WeekStart: weekStart, Lean: in.Lean})}
	if answer.Results == nil {
		answer.Results = []dates.Result{}
	}
	return answer, nil
}

// tooLong says that the text of a command ends after a number of bytes.
func tooLong(most int) *preview.Fault {
	return &preview.Fault{Message: fmt.Sprintf("the text is longer than %d bytes", most), Position: &most}
}
