package lang

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

type filterInput struct {
	preview.Moment
	Text     string   `json:"text"`
	Projects []string `json:"projects"` // as placesOf reads them
	Sections []string `json:"sections"`
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
			"Places are known by name once they are given: --project and --section take an id and a path of names.\n\n" +
			"Fields of --batch: text, now, zone, locale, week-start, projects, sections.",
		example: "  todoplatform lang filter '(today | overdue) & !@waiting' --zone Europe/Berlin\n" +
			"  todoplatform lang filter 'created < 7 days ago' --now 2026-11-22T09:00:00Z\n" +
			"  todoplatform lang filter '#Office & p1' --project 0190d3f0-0000-7000-8000-00000000000a=Work/Office\n" +
			`  echo '{"text":"search: milk, p1"}' | todoplatform lang filter --batch`,
		flags: func(flags *pflag.FlagSet, in *filterInput) {
			momentFlags(flags, &in.Moment)
			flags.StringArrayVar(&in.Projects, "project", nil, "a project, id=name or id=outer/inner; may be repeated")
			flags.StringArrayVar(&in.Sections, "section", nil, "a section, id=name; may be repeated")
		},
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
	if options.Projects, err = placesOf(in.Projects); err != nil {
		return nil, err
	}
	if options.Sections, err = placesOf(in.Sections); err != nil {
		return nil, err
	}
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

// placesOf reads places such as id=outer/inner.
func placesOf(texts []string) ([]filter.Place, error) {
	places := make([]filter.Place, len(texts))
	for i, text := range texts {
		id, path, ok := strings.Cut(text, "=")
		if !ok || id == "" || path == "" {
			return nil, fmt.Errorf("%q is no place: write its id, = and its name, as in 7=Work/Office", text)
		}
		places[i] = filter.Place{ID: id, Path: strings.Split(path, "/")}
	}
	return places, nil
}
