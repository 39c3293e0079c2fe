package quickadd

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// times finds the recurrence, the due and the duration.
func (l *line) times() {
	found, repeats := l.findRecurrence()
	if repeats {
		if zone, end, ok := dates.ZoneAt(string(l.masked), found.End, l.dates()); ok && found.phrase.Time != "" {
			found.zone, found.End = zone, end
		}
		l.hide(found.Start, found.End)
	}
	when := l.findWhen(repeats && found.phrase.Time != "")
	if repeats && l.begin(found, when) {
		return
	}
	if when.hasDate || when.hasTime {
		due := when.due()
		l.task.Due = &due
	}
}

// foundRecurrence is a recurrence and where it stands.
type foundRecurrence struct {
	Range
	phrase recurrence.Phrase
	// start and set are how it begins where nothing else in the line tells.
	start recurrence.Due
	set   recurrence.Set
	zone  string // of its time
}

// begins notes how the phrase begins; ok is false when a task cannot have it.
func (f *foundRecurrence) begins(now time.Time) (ok bool) {
	var err error
	f.zone = now.Location().String()
	f.start, f.set, err = f.phrase.Begin(now, f.zone)
	return err == nil && !isSecondly(f.phrase)
}

// maxTries bounds the recurrences that are refused before the search ends.
const maxTries = 4

// findRecurrence finds the first recurrence that a task can have. One that is more
// than an adverb goes first: "weekly review every friday" is on Fridays.
func (l *line) findRecurrence() (found foundRecurrence, ok bool) {
	text := string(l.masked)
	from := 0
	for range maxTries {
		phrase, start, end, more := recurrence.FindText(text[from:], l.options.Now, l.options.Locale)
		if !more {
			break
		}
		one := foundRecurrence{Range: Range{from + start, from + end}, phrase: phrase}
		from += end
		if !one.begins(l.options.Now) {
			continue
		}
		if !l.is(words.Split(l.text[one.Start:one.End]), words.Adverb) {
			return one, true
		}
		if !ok {
			found, ok = one, true
		}
	}
	return found, ok
}

// is reports whether tokens begin with a word of a kind.
func (l *line) is(tokens []words.Token, kind words.Kind) bool {
	_, length := l.options.Locale.Match(tokens, kind)
	return length > 0
}

func (l *line) zone() string { return l.options.Now.Location().String() }

// isSecondly tells "every second page" from a task each second.
func isSecondly(phrase recurrence.Phrase) bool {
	for _, rule := range phrase.Set.Rules {
		if rule.Freq == recurrence.Secondly {
			return true
		}
	}
	return false
}

// begin gives the task the recurrence and its first due.
func (l *line) begin(found foundRecurrence, when when) bool {
	start, set := found.start, found.set
	if when.hasDate || when.hasTime || found.zone != l.zone() {
		phrase, zone := found.phrase, found.zone
		if when.hasDate && phrase.Set.Start.IsZero() {
			phrase.Set.Start.Date = when.date
		}
		if when.hasTime {
			phrase.Time, zone = when.clock, when.zone
		}
		var err error
		if start, set, err = phrase.Begin(l.options.Now, zone); err != nil {
			return false
		}
	}
	anchor := found.phrase.Anchor
	if anchor == "" {
		anchor = recurrence.AnchorSchedule
	}
	l.task.Due, l.task.Recurrence = &start, &Repeat{Rule: set.String(), Anchor: anchor}
	l.understood(Recurrence, found.Start, found.End)
	return true
}

// when collects what the phrases of a line say.
type when struct {
	date             string
	clock, zone      string
	hasDate, hasTime bool
}

func (w when) due() recurrence.Due {
	return recurrence.Due{Date: w.date, Time: w.clock, Zone: w.zone}
}

// findWhen takes the first date, time and duration. A time is left alone when the
// recurrence has one.
func (l *line) findWhen(timed bool) when {
	var w when
	for _, result := range dates.Find(string(l.masked), l.dates()) {
		if !l.takes(&w, result, timed) {
			continue
		}
		for _, part := range result.Parts {
			l.mark(Kind(part.Kind), part.Start, part.End)
		}
		l.leaveOut(result.Start, result.End)
	}
	return w
}

// takes adds a phrase if it says nothing twice and does not lie in the past.
func (l *line) takes(w *when, result dates.Result, timed bool) bool {
	if result.DurationSeconds > 0 && l.task.DurationSeconds > 0 {
		return false
	}
	if result.From != nil {
		named, onClock := result.Has(dates.PartDate), result.From.HasTime()
		if (named && w.hasDate) || (onClock && (w.hasTime || timed)) || !l.isAhead(result) {
			return false
		}
		if named || !w.hasDate {
			w.date = l.firstDay(result)
		}
		w.hasDate = w.hasDate || named
		if onClock {
			w.clock, w.zone, w.hasTime = result.From.Time, result.From.Zone, true
		}
	}
	if result.DurationSeconds > 0 {
		l.task.DurationSeconds = result.DurationSeconds
	}
	return true
}

// isAhead reports whether a phrase reaches today.
func (l *line) isAhead(result dates.Result) bool {
	last := result.From
	if result.To != nil {
		last = result.To
	}
	return last.Date >= l.today() || last.HasTime() && last.Zone != l.zone()
}

// firstDay is the day on which a phrase is due.
func (l *line) firstDay(result dates.Result) string {
	if result.To != nil && !result.From.HasTime() {
		return max(result.From.Date, l.today())
	}
	return result.From.Date
}

func (l *line) today() string { return recurrence.DueOn(l.options.Now, l.options.Now.Location()).Date }
