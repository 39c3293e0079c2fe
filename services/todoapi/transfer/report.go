package transfer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxLines bounds the lines of a report.
const maxLines = 1000

// Outcome is what became of an object of a file.
type Outcome string

// The outcomes.
const (
	Added   Outcome = "added"
	There   Outcome = "there"
	LeftOut Outcome = "leftOut"
)

// Line says what became of one object of a file.
type Line struct {
	At      string  `json:"at" example:"tasks[3]" doc:"Where in the file it is: the member and number, from 0, or the line, from 1"`
	Kind    string  `json:"kind" enum:"settings,projects,sections,tags,filters,tasks,comments"`
	Name    string  `json:"name" doc:"What it is called, cut after 80 characters"`
	Outcome Outcome `json:"outcome" enum:"added,there,leftOut" doc:"there: it is there already, from this import or under its name"`
	Reason  string  `json:"reason,omitempty" doc:"Why it was left out, or what of it is other than in the file"`
}

// Count says what became of all objects of a kind.
type Count struct {
	Kind    string `json:"kind" enum:"settings,projects,sections,tags,filters,tasks,comments"`
	Added   int    `json:"added"`
	There   int    `json:"there" doc:"They are there already, from this import or under their names"`
	LeftOut int    `json:"leftOut"`
}

// Report says what became of a file.
type Report struct {
	ImportID  string   `json:"importId" format:"uuid" doc:"The same file under the same id goes on with an import that was interrupted; nothing becomes two"`
	Format    string   `json:"format" doc:"As what the file was read"`
	DryRun    bool     `json:"dryRun" doc:"Whether nothing was written, and outcomes say what would be"`
	Complete  bool     `json:"complete" doc:"Whether all of the file was gone through; otherwise send it again under the same id to go on"`
	Counts    []Count  `json:"counts"`
	Lines     []Line   `json:"lines" doc:"First those of objects that were left out or are other than in the file; at most 1,000"`
	MoreLines int      `json:"moreLines" doc:"How many lines there is no room for"`
	Notes     []string `json:"notes" doc:"What of the file as a whole was passed over"`
	Groups    []string `json:"groups" doc:"What was done, in order, to undo it: the last first"`
}

// ledger holds the lines of an import while it goes on.
type ledger struct{ lines []*Line }

// open makes the line of an object, which stands for one that is added until something else is said.
func (l *ledger) open(at, kind, name string) *Line {
	line := &Line{At: at, Kind: kind, Name: shortened(name), Outcome: Added}
	l.lines = append(l.lines, line)
	return line
}

func shortened(name string) string {
	const most = 80
	runes := 0
	for i := range name {
		if runes++; runes > most {
			return name[:i] + "…"
		}
	}
	return name
}

// refuse leaves an object out.
func (l *Line) refuse(reason string, args ...any) {
	l.Outcome, l.Reason = LeftOut, fmt.Sprintf(reason, args...)
}

// note says what of an object is other than in the file, as long as the line does not get too long.
func (l *Line) note(reason string, args ...any) {
	if len(l.Reason) > maxReason {
		return
	}
	if l.Reason != "" {
		l.Reason += "; "
	}
	l.Reason += fmt.Sprintf(reason, args...)
}

// faults returns the lines of what is left out.
func (l *ledger) faults() []*Line {
	var faults []*Line
	for _, line := range l.lines {
		if line.Outcome == LeftOut {
			faults = append(faults, line)
		}
	}
	return faults
}

// refusal says why nothing of a file is imported; nil when nothing is wrong with it.
func (l *ledger) refusal() error {
	faults := l.faults()
	if len(faults) == 0 {
		return nil
	}
	first := faults[0]
	message := fmt.Sprintf("%s %q: %s. Nothing was imported", first.At, first.Name, first.Reason)
	if more := len(faults) - 1; more > 0 {
		message = fmt.Sprintf("%s %q: %s; and %d more. Nothing was imported", first.At, first.Name, first.Reason, more)
	}
	return failure.New(failure.Invalid, "%s: mend the file, or have such things left out with each=true; dryRun=true lists them", message)
}

// into fills in the counts and lines of a report.
func (l *ledger) into(r *Report) {
	counts := map[string]*Count{}
	for _, kind := range kinds {
		counts[kind] = &Count{Kind: kind}
	}
	shown := make([]*Line, 0, min(len(l.lines), maxLines))
	for _, telling := range []bool{true, false} {
		for _, line := range l.lines {
			if telling != (line.Reason != "" || line.Outcome != Added) {
				continue
			}
			if len(shown) == maxLines {
				r.MoreLines++
				continue
			}
			shown = append(shown, line)
		}
	}
	for _, line := range l.lines {
		count := counts[line.Kind]
		switch line.Outcome {
		case Added:
			count.Added++
		case There:
			count.There++
		case LeftOut:
			count.LeftOut++
		}
	}
	slices.SortStableFunc(shown, func(a, b *Line) int { return cmp.Compare(weight(a), weight(b)) })
	r.Lines = make([]Line, 0, len(shown))
	for _, line := range shown {
		r.Lines = append(r.Lines, *line)
	}
	r.Counts = make([]Count, 0, len(kinds))
	for _, kind := range kinds {
		r.Counts = append(r.Counts, *counts[kind])
	}
}

// weight puts what people have to know first.
func weight(line *Line) int {
	switch {
	case line.Outcome == LeftOut:
		return 0
	case line.Reason != "":
		return 1
	}
	return 2
}

// inWords is a failure of one object as its line says it.
func inWords(err error) string {
	public := failure.Public(err)
	field := public.Field
	for _, prefix := range []string{"fields.", "fields"} {
		if len(field) >= len(prefix) && field[:len(prefix)] == prefix {
			field = field[len(prefix):]
			break
		}
	}
	if field == "" {
		return public.Message
	}
	return field + ": " + public.Message
}
