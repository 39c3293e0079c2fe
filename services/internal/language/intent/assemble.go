package intent

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// draft is an intent in the making. What is said twice, or does not make sense in the talk, makes
// it fail.
type draft struct {
	Intent
	r *reader
	// conditions are those of the filter; every is set for all tasks.
	conditions []string
	every      bool
	polite     bool
}

// assemble makes an intent of what was said.
func (r *reader) assemble(facts []fact, polite bool) (Intent, bool) {
	d := &draft{r: r, polite: polite}
	for _, one := range facts {
		set, ok := setters[one.name]
		if !ok || !set(d, one.value) {
			return Intent{}, false
		}
	}
	return d.Intent, d.finish()
}

// setters say where a fact belongs. They report whether it makes sense there.
var setters map[string]func(d *draft, value any) bool

func init() {
	setters = map[string]func(d *draft, value any) bool{
		"verb": func(d *draft, v any) bool { return setText(&d.Verb, v) },

		"words":    func(d *draft, v any) bool { return setText(&d.Target.Words, v) },
		"filter":   (*draft).addCondition,
		"saved":    func(d *draft, v any) bool { return setText(&d.Target.Saved, v) },
		"every":    func(d *draft, v any) bool { return setFlag(&d.every, v) },
		"position": (*draft).addPosition,
		"leading":  func(d *draft, v any) bool { n, ok := v.(int); return ok && d.addPositions(1, n) },
		"trailing": func(d *draft, v any) bool {
			n, ok := v.(int)
			return ok && d.addPositions(d.r.options.Talk.Shown-n+1, d.r.options.Talk.Shown)
		},
		"begin": (*draft).addPosition,
		"through": func(d *draft, v any) bool {
			n, ok := v.(int)
			return ok && len(d.Target.Positions) == 1 && n > d.Target.Positions[0] && d.addPositions(d.Target.Positions[0]+1, n)
		},
		"those": (*draft).setThose,
		"rest": func(d *draft, v any) bool {
			return d.r.options.Talk.Shown > 0 && setFlag(&d.Target.Rest, v)
		},
		"first": func(d *draft, v any) bool { return setNumber(&d.Target.First, v) && d.Target.First > 0 },
		"done": func(d *draft, v any) bool {
			done, ok := v.(bool)
			same := d.Target.Done == nil || *d.Target.Done == done
			d.Target.Done = &done
			return ok && same
		},

		"any": func(*draft, any) bool { return true },

		"lines":    func(d *draft, v any) bool { return setText(&d.Lines, v) },
		"also":     func(d *draft, v any) bool { return setFlag(&d.Also, v) },
		"reminded": func(d *draft, v any) bool { return setFlag(&d.Reminded, v) },
		"text":     func(d *draft, v any) bool { return setText(&d.Text, v) },
		"nearest":  func(d *draft, v any) bool { return setText(&d.Nearest, v) },
		"days":     (*draft).setDays,
		"passed":   (*draft).setDays,
		"past":     func(d *draft, v any) bool { return setFlag(&d.Past, v) },

		"due":        (*draft).setDue,
		"whole":      func(d *draft, v any) bool { return setFlag(&d.Changes.Whole, v) },
		"nodue":      func(d *draft, v any) bool { return setFlag(&d.Changes.NoDue, v) },
		"later":      func(d *draft, v any) bool { return d.move(v, 1) },
		"earlier":    func(d *draft, v any) bool { return d.move(v, -1) },
		"priority":   (*draft).setPriority,
		"addtag":     func(d *draft, v any) bool { return addText(&d.Changes.AddTags, v) },
		"removetag":  func(d *draft, v any) bool { return addText(&d.Changes.RemoveTags, v) },
		"project":    func(d *draft, v any) bool { return setText(&d.Changes.Project, v) },
		"section":    func(d *draft, v any) bool { return setText(&d.Changes.Section, v) },
		"inbox":      func(d *draft, v any) bool { return setFlag(&d.Changes.Inbox, v) },
		"title":      func(d *draft, v any) bool { return setText(&d.Changes.Title, v) },
		"notes":      func(d *draft, v any) bool { return setText(&d.Changes.Notes, v) },
		"deadline":   func(d *draft, v any) bool { return setDay(&d.Changes.Deadline, v) },
		"nodeadline": func(d *draft, v any) bool { return setFlag(&d.Changes.NoDeadline, v) },
		"start":      func(d *draft, v any) bool { return setDay(&d.Changes.Start, v) },
		"duration": func(d *draft, v any) bool {
			a, ok := v.(amount)
			minutes, fixed := a.total()
			return ok && fixed && setNumber(&d.Changes.DurationMinutes, minutes)
		},
		"rule":   (*draft).setRule,
		"norule": func(d *draft, v any) bool { return setFlag(&d.Changes.NoRule, v) },

		"at": (*draft).remindAt,
		"in": func(d *draft, v any) bool {
			a, ok := v.(amount)
			return ok && d.remind(Reminder{Minutes: a.minutes})
		},
		"before": func(d *draft, v any) bool {
			a, ok := v.(amount)
			minutes, fixed := a.total()
			return ok && fixed && d.remind(Reminder{MinutesBefore: &minutes})
		},
		"ondue": func(d *draft, v any) bool {
			zero := 0
			return v == true && d.remind(Reminder{MinutesBefore: &zero})
		},
	}
}

func setText[T ~string](field *T, value any) bool {
	text, ok := value.(string)
	if !ok || *field != "" {
		return false
	}
	*field = T(text)
	return text != ""
}

func addText(field *[]string, value any) bool {
	text, ok := value.(string)
	*field = append(*field, text)
	return ok && text != ""
}

func setFlag(field *bool, value any) bool {
	*field = true
	return value == true
}

func setNumber(field *int, value any) bool {
	number, ok := value.(int)
	isNew := *field == 0
	*field = number
	return ok && isNew
}

func setDay(field *string, value any) bool {
	m, ok := value.(moment)
	return ok && m.clock == "" && m.minutes == 0 && setText(field, m.date)
}

// mostConditions bounds the conditions of a filter that is said.
const mostConditions = 12

func (d *draft) addCondition(value any) bool {
	text, ok := value.(string)
	d.conditions = append(d.conditions, text)
	return ok && len(d.conditions) <= mostConditions
}

func (d *draft) addPosition(value any) bool {
	n, ok := value.(int)
	return ok && d.addPositions(n, n)
}

// addPositions adds places of the list that was shown; -1 is the last one.
func (d *draft) addPositions(from, to int) bool {
	shown := d.r.options.Talk.Shown
	if to > shown || from < 1 && from != -1 || from > to || shown == 0 {
		return false
	}
	for n := from; n <= to; n++ {
		if slices.Contains(d.Target.Positions, n) {
			return false
		}
		d.Target.Positions = append(d.Target.Positions, n)
	}
	return true
}

// setThose checks that a pronoun fits how many tasks were spoken of, or shown if none was.
func (d *draft) setThose(value any) bool {
	talk := d.r.options.Talk
	count := talk.Spoken
	if count == 0 {
		count = talk.Shown
	}
	fits := map[any]bool{"one": count == 1, "many": count > 1, "both": count == 2, "any": count > 0}[value]
	if talk.Asked == WhichTask {
		// Of what was asked all are meant, whatever was spoken of before.
		fits = value == "many" && talk.Shown > 1 || value == "both" && talk.Shown == 2
		return fits && d.addPositions(1, talk.Shown)
	}
	d.Target.Those = true
	return fits
}

func (d *draft) setDays(value any) bool {
	p, ok := value.(period)
	if !ok || d.Days != nil {
		return false
	}
	d.Days = &Days{From: p.from, Until: p.until}
	return true
}

func (d *draft) setDue(value any) bool {
	m, ok := value.(moment)
	c := &d.Changes
	if !ok || c.Date != "" || c.Time != "" {
		return false
	}
	c.Date, c.Time, c.Zone = m.date, m.clock, m.zone
	return m.minutes == 0 || setNumber(&c.DurationMinutes, m.minutes)
}

func (d *draft) move(value any, direction int) bool {
	a, ok := value.(amount)
	c := &d.Changes
	if !ok || c.Days != 0 || c.Months != 0 || c.Minutes != 0 {
		return false
	}
	c.Months, c.Days, c.Minutes = direction*a.months, direction*a.days, direction*a.minutes
	return true
}

func (d *draft) setPriority(value any) bool {
	if text, ok := value.(string); ok { // a template made it
		number, err := strconv.Atoi(text)
		return err == nil && setNumber(&d.Changes.Priority, number)
	}
	return setNumber(&d.Changes.Priority, value)
}

func (d *draft) setRule(value any) bool {
	said, ok := value.(repeat)
	if !ok || d.Changes.Rule != "" {
		return false
	}
	d.Changes.Rule, d.Changes.Anchor = said.rule, said.anchor
	if said.clock != "" {
		d.Changes.Time = said.clock[:len("15:04")]
	}
	return true
}

// remindAt is at a time, or at 9:00 on a day.
func (d *draft) remindAt(value any) bool {
	m, ok := value.(moment)
	if !ok || m.minutes != 0 {
		return false
	}
	if m.instant != "" {
		return d.remind(Reminder{At: m.instant})
	}
	due := recurrence.Due{Date: m.day, Time: "09:00", Zone: d.r.options.Now.Location().String()}
	instant, err := due.Instant(nil)
	return err == nil && d.remind(Reminder{At: instant.Format(time.RFC3339)})
}

func (d *draft) remind(reminder Reminder) bool {
	isNew := d.Reminder == nil
	d.Reminder = &reminder
	return isNew
}

// finish fits the parts together.
func (d *draft) finish() bool {
	return d.finishTarget() && d.finishDays() && d.isWhole() && (d.polite || !d.r.asks || d.Text != "" || !acts(d.Verb))
}

// finishTarget writes the filter and checks that the tasks are named in one way.
func (d *draft) finishTarget() bool {
	t := &d.Target
	if len(d.conditions) == 0 && d.every {
		if acts(d.Verb) {
			return false // of all tasks nobody changes anything by the way
		}
		d.conditions = []string{"all"}
	}
	if isQuestion := d.Verb == Find || d.Verb == Count; isQuestion && len(d.conditions) == 0 && t.Done != nil && t.Words == "" {
		d.conditions = []string{"all"} // that are open
	}
	t.Filter = strings.Join(d.conditions, " & ")
	if t.Filter != "" && !d.r.isFilter(t.Filter) {
		return false
	}
	named := 0
	for _, is := range []bool{len(t.Positions) > 0, t.Those, t.Rest, t.Filter != "", t.Saved != "", t.Words != ""} {
		if is {
			named++
		}
	}
	return named <= 1 && (d.Verb == Choose || !d.r.endsInDate(t.Words)) // "the one on friday"
}

func (r *reader) isFilter(text string) bool {
	_, err := filter.Parse(text, filter.Options{Now: r.options.Now, Locale: r.options.Locale, WeekStart: r.options.WeekStart})
	return err == nil
}

// endsInDate reports whether words end in a date or a time, which may be that of the task or when
// something is to be done.
func (r *reader) endsInDate(title string) bool {
	if title == "" {
		return false
	}
	for _, found := range dates.Find(title, r.dates(dates.LeanFuture)) {
		if found.End == len(title) && found.From != nil {
			return true
		}
	}
	return false
}

// finishDays takes today where no day was said, and days that are over as past.
func (d *draft) finishDays() bool {
	if d.Verb != Summarize && d.Verb != Free {
		return d.Days == nil
	}
	today := d.r.today()
	if d.Days == nil {
		d.Days = &Days{From: today, Until: today}
	}
	d.Past = d.Past || d.Verb == Summarize && d.Days.Until < today
	return d.Verb == Summarize || d.Days.Until >= today
}

// isWhole reports whether all is there that the verb needs.
func (d *draft) isWhole() bool {
	changed := d.Changes.any()
	switch d.Verb {
	case Add:
		return d.Lines != "" && !d.r.grammar.foreign[keyOf(strings.ToLower(d.Lines))] // "never forget it"
	case Find, Count, When, Did, Show, Complete, Reopen, Delete, Skip, Pause, Resume, Choose:
		return d.Target.Named() && !changed && d.Reminder == nil
	case Change:
		return d.Target.Named() && changed && d.Reminder == nil
	case Remind:
		return d.Target.Named() && !changed && d.Reminder != nil
	case Comment:
		return d.Target.Named() && !changed && d.Text != ""
	case AddProject:
		return d.Text != ""
	case Correct:
		return d.Target.Named() || changed || d.Reminder != nil
	}
	return d.Verb != ""
}

// any reports whether anything is to change.
func (c *Changes) any() bool {
	return c.Date != "" || c.Time != "" || c.Whole || c.NoDue || c.Days != 0 || c.Months != 0 || c.Minutes != 0 ||
		c.Priority != 0 || len(c.AddTags)+len(c.RemoveTags) > 0 || c.Project != "" || c.Section != "" || c.Inbox ||
		c.Title != "" || c.Notes != "" || c.Deadline != "" || c.NoDeadline || c.Start != "" || c.DurationMinutes != 0 ||
		c.Rule != "" || c.NoRule
}

// acts reports whether a verb changes anything.
func acts(verb Verb) bool {
	switch verb {
	case Add, Complete, Reopen, Delete, Change, Remind, Snooze, Skip, Pause, Resume, Comment, AddProject, Undo, Yes, Choose, Correct:
		return true
	}
	return false
}
