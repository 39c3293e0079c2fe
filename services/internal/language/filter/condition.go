package filter

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// condition is a bound filter, in its two forms. The SQL is one operand: it has
// parentheses where it needs them, and it is never null.
type condition interface {
	match(t *Task, zone *time.Location) bool
	write(w *sqlWriter)
	bounds() Bounds
}

// bind makes the conditions of a filter.
func (f Filter) bind(o Options) (condition, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	switch f.Kind {
	case List, Or, And, Not:
		return f.bindParts(o)
	case Due, Deadline, Start, Created, Completed:
		return f.bindComparison(o)
	case Overdue:
		now := &boundary{o.Now.Format(time.DateOnly), o.Now}
		return combined{"AND", []condition{negation{present{isCompleted}}, due{span{to: now}}}}, nil
	case NextDays:
		return o.nextDays(f.Number)
	case Priority:
		return priority(f.Number), nil
	case Tag:
		return newTagged(f.Name), nil
	case Project:
		return newWithin(ofProject, o.Projects, f.Name, func(path []string) []string { return path[len(path)-1:] }), nil
	case ProjectTree:
		return newWithin(ofProject, o.Projects, f.Name, func(path []string) []string { return path }), nil
	case Section:
		return newWithin(ofSection, o.Sections, f.Name, func(path []string) []string { return path }), nil
	case Search:
		return contains{f.Text, upper(f.Text)}, nil
	}
	if simple, ok := flags[f.Kind]; ok {
		return simple, nil
	}
	return nil, fmt.Errorf("a filter cannot be of the kind %q", f.Kind)
}

// check refuses values that Parse would not give, for trees that were stored.
func (f Filter) check() error {
	switch f.Kind {
	case Tag, Project, ProjectTree, Section, Search:
		text := f.Name + f.Text
		if text == "" {
			return fmt.Errorf("a filter of the kind %q needs a name or text", f.Kind)
		}
		return checkText(text)
	case Priority:
		if f.Number < 1 || f.Number > lowestPriority {
			return fmt.Errorf("there is no priority %d", f.Number)
		}
	case NextDays:
		if f.Number < 1 || f.Number > maxDays {
			return fmt.Errorf("the next days can be 1 to %d, not %d", maxDays, f.Number)
		}
	case Or, And, List:
		if len(f.Of) == 0 {
			return fmt.Errorf("a filter of the kind %q needs parts", f.Kind)
		}
	case Not:
		if len(f.Of) != 1 {
			return fmt.Errorf("a filter of the kind %q needs one part, not %d", f.Kind, len(f.Of))
		}
	}
	return nil
}

// flags are the conditions that need nothing but the task.
var flags = map[Kind]condition{
	All:        always{},
	NoDate:     negation{present{hasDue}},
	NoDeadline: negation{present{hasDeadline}},
	NoTags:     negation{present{hasTags}},
	Recurring:  present{isRecurring},
	Paused:     present{isPaused},
	Subtask:    present{isSubtask},
	Reminders:  present{hasReminders},
}

func (f Filter) bindParts(o Options) (condition, error) {
	parts := make([]condition, len(f.Of))
	for i, part := range f.Of {
		var err error
		if parts[i], err = part.bind(o); err != nil {
			return nil, err
		}
	}
	switch f.Kind {
	case Not:
		return negation{parts[0]}, nil
	case And:
		return combined{"AND", parts}, nil
	default:
		return combined{"OR", parts}, nil
	}
}

func (f Filter) bindComparison(o Options) (condition, error) {
	if f.Kind == Completed && f.Date == "" {
		return present{isCompleted}, nil
	}
	meaning, err := o.interval(f.Kind, f.Date)
	if err != nil {
		return nil, err
	}
	if meaning.length == 0 || meaning.length != len(f.Date) {
		return nil, fmt.Errorf("%q is no date", f.Date)
	}
	var when span
	switch f.Operator {
	case On:
		when.from, when.to = &meaning.from, &meaning.to
	case Before:
		when.to = &meaning.from
	case Until:
		when.to = &meaning.to
	case After:
		when.from = &meaning.to
	case From:
		when.from = &meaning.from
	default:
		return nil, fmt.Errorf("a date cannot be compared by %q", f.Operator)
	}
	switch f.Kind {
	case Created:
		return happened{created, when}, nil
	case Completed:
		return happened{completed, when}, nil
	case Deadline:
		return onDay{deadline, when}, nil
	case Start:
		return onDay{start, when}, nil
	default:
		return due{when}, nil
	}
}

// nextDays is what is due today or within the days that follow, so many in all.
func (o Options) nextDays(count int) (condition, error) {
	today := o.Now.Format(time.DateOnly)
	from, err := o.day(today, 0)
	if err != nil {
		return nil, err
	}
	to, err := o.day(today, count)
	return due{span{&from, &to}}, err
}

// combined is all (AND) or any (OR) of some conditions.
type combined struct {
	word  string
	parts []condition
}

func (c combined) match(t *Task, zone *time.Location) bool {
	decisive := c.word == "OR"
	for _, part := range c.parts {
		if part.match(t, zone) == decisive {
			return decisive
		}
	}
	return !decisive
}

func (c combined) write(w *sqlWriter) {
	w.add("(")
	for i, part := range c.parts {
		if i > 0 {
			w.add(" ", c.word, " ")
		}
		part.write(w)
	}
	w.add(")")
}

// negation is the opposite of a condition.
type negation struct{ of condition }

func (n negation) match(t *Task, zone *time.Location) bool { return !n.of.match(t, zone) }

func (n negation) write(w *sqlWriter) {
	w.add("NOT ")
	n.of.write(w)
}

// always holds.
type always struct{}

func (always) match(*Task, *time.Location) bool { return true }

func (always) write(w *sqlWriter) { w.add("true") }

// present is whether a task has something.
type present struct{ property *property }

// property is something that a task may have.
type property struct {
	has func(t *Task) bool
	sql func(s *Schema) string
}

var (
	hasDue       = &property{func(t *Task) bool { return !t.Due.IsZero() }, func(s *Schema) string { return "(" + s.DueDate + " IS NOT NULL)" }}
	hasDeadline  = &property{func(t *Task) bool { return t.Deadline != "" }, func(s *Schema) string { return "(" + s.Deadline + " IS NOT NULL)" }}
	hasTags      = &property{func(t *Task) bool { return len(t.Tags) > 0 }, func(s *Schema) string { return "(cardinality(" + s.Tags + ") > 0)" }}
	isCompleted  = &property{func(t *Task) bool { return !t.Completed.IsZero() }, func(s *Schema) string { return "(" + s.Completed + " IS NOT NULL)" }}
	isRecurring  = &property{func(t *Task) bool { return t.Rule != "" }, func(s *Schema) string { return "(" + s.Rule + " IS NOT NULL)" }}
	isPaused     = &property{func(t *Task) bool { return t.Paused }, func(s *Schema) string { return s.Paused }}
	isSubtask    = &property{func(t *Task) bool { return t.Parent != "" }, func(s *Schema) string { return "(" + s.Parent + " IS NOT NULL)" }}
	hasReminders = &property{func(t *Task) bool { return t.Reminders > 0 }, func(s *Schema) string { return "(jsonb_array_length(" + s.Reminders + ") > 0)" }}
)

func (p present) match(t *Task, _ *time.Location) bool { return p.property.has(t) }

func (p present) write(w *sqlWriter) { w.add(p.property.sql(&w.Schema)) }

// priority is that of a task.
type priority int

func (p priority) match(t *Task, _ *time.Location) bool { return t.Priority == int(p) }

func (p priority) write(w *sqlWriter) {
	w.add("(", w.Priority, " = ", w.param(int(p), "smallint"), ")")
}

// span is a stretch of time, without an end where a boundary is nil. At least one is
// set; from belongs to it and to does not.
type span struct{ from, to *boundary }

func (s span) hasDay(day string) bool {
	return (s.from == nil || day >= s.from.day) && (s.to == nil || day < s.to.day)
}

func (s span) hasInstant(at time.Time) bool {
	return (s.from == nil || !at.Before(s.from.instant)) && (s.to == nil || at.Before(s.to.instant))
}

func (s span) writeDay(w *sqlWriter, day string) {
	s.write(w, day, func(b *boundary) string { return w.param(b.day, "date") })
}

func (s span) writeInstant(w *sqlWriter, at string) {
	s.write(w, at, func(b *boundary) string { return w.param(b.instant.UTC().Format(time.RFC3339Nano), "timestamptz") })
}

func (s span) write(w *sqlWriter, what string, param func(*boundary) string) {
	if s.from != nil {
		w.add(what, " >= ", param(s.from))
	}
	if s.from != nil && s.to != nil {
		w.add(" AND ")
	}
	if s.to != nil {
		w.add(what, " < ", param(s.to))
	}
}

// due is what is due in a span. What is paused is not.
type due struct{ span }

func (d due) match(t *Task, zone *time.Location) bool {
	if t.Due.IsZero() || t.Paused {
		return false
	}
	if !t.Due.HasTime() {
		return d.hasDay(t.Due.Date)
	}
	instant, ok := t.instant(zone)
	return ok && d.hasInstant(instant)
}

// write reads the wall time of a due in its zone. When that time comes twice PostgreSQL
// takes the second, so the reading by the offset of six hours before counts where it
// gives the same wall time.
func (d due) write(w *sqlWriter) {
	w.add("(", w.DueDate, " IS NOT NULL AND NOT ", w.Paused, " AND CASE WHEN ", w.DueTime, " IS NULL THEN ")
	d.writeDay(w, w.DueDate)
	w.add(" ELSE (SELECT ")
	d.writeInstant(w, "due_at")
	w.add(" FROM (SELECT CASE WHEN early AT TIME ZONE zone = wall THEN early ELSE wall AT TIME ZONE zone END AS due_at",
		" FROM (SELECT wall, zone, (wall - interval '6 hours') AT TIME ZONE zone + interval '6 hours' AS early",
		" FROM (SELECT ", w.DueDate, " + ", w.DueTime, " AS wall, coalesce(", w.DueZone, ", ", w.param(w.zone, "text"), ") AS zone) AS due) AS reading) AS placed) END)")
}

// onDay is what has a day in a span.
type onDay struct {
	day *day
	span
}

// day is a date that a task may have.
type day struct {
	of  func(t *Task) string
	sql func(s *Schema) string
}

var (
	deadline = &day{func(t *Task) string { return t.Deadline }, func(s *Schema) string { return s.Deadline }}
	start    = &day{func(t *Task) string { return t.Start }, func(s *Schema) string { return s.Start }}
)

func (o onDay) match(t *Task, _ *time.Location) bool {
	day := o.day.of(t)
	return day != "" && o.hasDay(day)
}

func (o onDay) write(w *sqlWriter) {
	column := o.day.sql(&w.Schema)
	w.add("(", column, " IS NOT NULL AND ")
	o.writeDay(w, column)
	w.add(")")
}

// happened is what was done with a task in a span.
type happened struct {
	what *happening
	span
}

// happening is something with a point in time.
type happening struct {
	at  func(t *Task) time.Time
	sql func(s *Schema) string
}

var (
	created   = &happening{func(t *Task) time.Time { return t.Created }, func(s *Schema) string { return s.Created }}
	completed = &happening{func(t *Task) time.Time { return t.Completed }, func(s *Schema) string { return s.Completed }}
)

func (h happened) match(t *Task, _ *time.Location) bool {
	at := h.what.at(t)
	return !at.IsZero() && h.hasInstant(at)
}

func (h happened) write(w *sqlWriter) {
	column := h.what.sql(&w.Schema)
	w.add("(", column, " IS NOT NULL AND ")
	h.writeInstant(w, column)
	w.add(")")
}

// tagged is whether one of the tags of a task fits a pattern.
type tagged struct{ pattern, folded pattern }

func newTagged(name string) tagged {
	pattern := newPattern(name)
	return tagged{pattern, pattern.folded()}
}

func (n tagged) match(t *Task, _ *time.Location) bool {
	return slices.ContainsFunc(t.Tags, func(tag string) bool { return tag != "" && n.folded.matches(upper(tag)) })
}

func (n tagged) write(w *sqlWriter) {
	w.add("EXISTS (SELECT FROM unnest(", w.Tags, ") AS of (name) WHERE of.name <> '' AND ",
		sqlUpper("of.name"), " LIKE ", sqlUpper(w.param(n.pattern.like(), "text")), ")")
}

// within is whether a task is in one of some places.
type within struct {
	place *place
	ids   []string
}

// place is where a task may be.
type place struct {
	of  func(t *Task) string
	sql func(s *Schema) string
}

var (
	ofProject = &place{func(t *Task) string { return t.Project }, func(s *Schema) string { return s.Project }}
	ofSection = &place{func(t *Task) string { return t.Section }, func(s *Schema) string { return s.Section }}
)

// newWithin finds the places of which one of the names fits a pattern.
func newWithin(place *place, places []Place, name string, names func(path []string) []string) within {
	folded := newPattern(name).folded()
	found := within{place: place}
	for _, p := range places {
		if slices.ContainsFunc(names(p.Path), func(name string) bool { return folded.matches(upper(name)) }) {
			found.ids = append(found.ids, p.ID)
		}
	}
	return found
}

func (n within) match(t *Task, _ *time.Location) bool { return slices.Contains(n.ids, n.place.of(t)) }

func (n within) write(w *sqlWriter) {
	column := n.place.sql(&w.Schema)
	w.add("(", column, " IS NOT NULL AND ", column, " = ANY (", w.param("{"+strings.Join(n.ids, ",")+"}", "uuid[]"), "))")
}

// contains is whether a text stands in the title or the notes.
type contains struct{ text, folded string }

func (c contains) match(t *Task, _ *time.Location) bool {
	return strings.Contains(upper(t.Title), c.folded) || strings.Contains(upper(t.Notes), c.folded)
}

func (c contains) write(w *sqlWriter) {
	like := pattern{"", c.text, ""}.like()
	w.add("(", sqlUpper(w.Title), " LIKE ", sqlUpper(w.param(like, "text")),
		" OR ", sqlUpper(w.Notes), " LIKE ", sqlUpper(w.param(like, "text")), ")")
}

// sqlUpper is upper of an expression.
func sqlUpper(expression string) string { return "upper(" + expression + ` COLLATE "und-x-icu")` }
