package lang

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

type filterInput struct {
	preview.Moment
	Text string `json:"text"`
}

type filterAnswer struct {
	Canonical string        `json:"canonical"`
	AST       filter.Filter `json:"ast"`
	SQL       string        `json:"sql"`
	Params    []any         `json:"params"`
}

func filterCommand() *cobra.Command {
	return definition[filterInput]{
		use:   "filter [filter]",
		short: "Read a filter and print its tree and SQL",
		long: "Reads a filter such as \"(today | overdue) & !@waiting\" and prints it canonically, as a syntax tree and as a\n" +
			"condition of PostgreSQL on the table task with its parameters.\n\n" +
			"Fields of --batch: text, now, zone, locale, week-start.",
		example: "  todoplatform lang filter '(today | overdue) & !@waiting' --zone Europe/Berlin\n" +
			"  todoplatform lang filter 'created < 7 days ago' --now 2026-11-22T09:00:00Z\n" +
			`  echo '{"text":"search: milk, p1"}' | todoplatform lang filter --batch`,
		flags:    func(flags *pflag.FlagSet, in *filterInput) { momentFlags(flags, &in.Moment) },
		argument: func(in *filterInput, text string) { in.Text = text },
		run:      readFilter,
	}.command()
}

func readFilter(in filterInput) (any, error) {
	now, locale, weekStart, err := in.Read(time.Now())
	if err != nil {
		return nil, err
	}
	options := filter.Options{Now: now, Locale: locale, WeekStart: weekStart}
	read, err := filter.Parse(in.Text, options)
	if err != nil {
		return nil, err
	}
	query, err := read.Bind(options)
	if err != nil {
		return nil, err
	}
	answer := filterAnswer{Canonical: read.String(), AST: read, Params: []any{}}
	sql, params := query.SQL(filter.TaskTable, 1)
	answer.SQL, answer.Params = sql, append(answer.Params, params...)
	return answer, nil
}
