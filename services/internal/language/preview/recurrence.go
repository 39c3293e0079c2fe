package preview

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// RecurrenceRequest asks what a recurrence means, written as a rule or in words.
type RecurrenceRequest struct {
	Moment
	Rule   string            `json:"rule,omitempty" maxLength:"500" example:"FREQ=WEEKLY;BYDAY=MO" doc:"RFC 5545: the value of an RRULE, or lines of RRULE, RDATE and EXDATE"`
	Text   string            `json:"text,omitempty" maxLength:"500" example:"every 2nd tuesday until june" doc:"Words, in place of rule"`
	Anchor recurrence.Anchor `json:"anchor,omitempty" enum:"schedule,completion" doc:"From what the next occurrence of a rule is reckoned, schedule when absent; words say it themselves"`
	Start  string            `json:"start,omitempty" maxLength:"40" example:"2026-11-26T09:00:00" doc:"First date or local time; a rule needs it, words begin where they say or on the nearest day that they name"`
	RDate  List              `json:"rdate,omitempty" maxItems:"100" doc:"Further occurrences"`
	EXDate List              `json:"exdate,omitempty" maxItems:"100" doc:"Exceptions"`
	After  string            `json:"after,omitempty" maxLength:"40" doc:"List only what comes after this date or local time"`
	Before string            `json:"before,omitempty" maxLength:"40" doc:"List only what comes before this date or local time"`
	// OfTask reads a rule as recurrence.Next follows it for a task: clamped, and
	// fitted to the kind of the start. Otherwise a rule means what RFC 5545 says.
	OfTask bool `json:"-"`
}

// RecurrenceAnswer says what a recurrence means.
type RecurrenceAnswer struct {
	Rule        string            `json:"rule" doc:"Canonical rule, as a task stores it"`
	Anchor      recurrence.Anchor `json:"anchor" enum:"schedule,completion"`
	Text        string            `json:"text" doc:"The rule as a sentence"`
	Occurrences []string          `json:"occurrences" doc:"Dates, or times with the offset of the zone (RFC 3339)"`
	More        bool              `json:"more" doc:"Whether there are more occurrences than are listed"`
}

// Answer lists at most count occurrences, and gives the due with which the recurrence
// begins. clock is the present, for a request that does not name it.
func (r RecurrenceRequest) Answer(count int, clock time.Time) (RecurrenceAnswer, recurrence.Due, error) {
	locale, err := r.words()
	if err != nil {
		return RecurrenceAnswer{}, recurrence.Due{}, err
	}
	said, err := r.read(clock)
	if err != nil {
		return RecurrenceAnswer{}, recurrence.Due{}, err
	}
	series, err := said.set.Series(said.start)
	if err != nil {
		whole := faultIn(r.field(), err)
		whole.Position = nil // of the rule and its start together
		return RecurrenceAnswer{}, recurrence.Due{}, whole
	}
	dues, err := r.between(series)
	if err != nil {
		return RecurrenceAnswer{}, recurrence.Due{}, err
	}
	answer := RecurrenceAnswer{
		Rule: said.rule.String(), Anchor: said.anchor, Text: recurrence.Text(said.sentence, said.anchor, locale),
	}
	if answer.Occurrences, answer.More, err = list(dues, count); err != nil {
		return RecurrenceAnswer{}, recurrence.Due{}, faultIn(r.field(), err)
	}
	return answer, said.start, nil
}

// field is the one that says the recurrence.
func (r *RecurrenceRequest) field() string {
	if r.Text != "" {
		return "text"
	}
	return "rule"
}

// list writes at most count dues, and whether there are more.
func list(dues iter.Seq2[recurrence.Due, error], count int) (occurrences []string, more bool, err error) {
	occurrences = []string{}
	for due, err := range dues {
		if err != nil {
			return nil, false, err
		}
		if len(occurrences) == count {
			return occurrences, true, nil
		}
		occurrence, err := formatDue(due)
		if err != nil {
			return nil, false, err
		}
		occurrences = append(occurrences, occurrence)
	}
	return occurrences, false, nil
}

// said is a recurrence that was read: the rule as its sentence says it, as it is
// printed (an end in words is then in UTC), and as it is followed, with the dates
// given beside it.
type said struct {
	sentence, rule, set recurrence.Set
	start               recurrence.Due
	anchor              recurrence.Anchor
}

func (r *RecurrenceRequest) read(clock time.Time) (said, error) {
	zone, err := r.location()
	if err != nil {
		return said{}, err
	}
	s, err := r.readRule(zone, clock)
	if err != nil {
		return said{}, err
	}
	s.set = s.set.Clone()
	for _, extra := range []struct {
		field string
		texts List
		to    *[]recurrence.Due
	}{{"rdate", r.RDate, &s.set.RDates}, {"exdate", r.EXDate, &s.set.EXDates}} {
		for _, text := range extra.texts {
			due, err := parseDue(extra.field, strings.TrimSpace(text), zone)
			if err != nil {
				return said{}, err
			}
			*extra.to = append(*extra.to, due)
		}
	}
	return s, nil
}

func (r *RecurrenceRequest) readRule(zone *time.Location, clock time.Time) (said, error) {
	var start recurrence.Due
	if r.Start != "" {
		var err error
		if start, err = parseDue("start", r.Start, zone); err != nil {
			return said{}, err
		}
	}
	switch {
	case (r.Rule == "") == (r.Text == ""):
		return said{}, &Fault{Message: "there is no single recurrence to read", Expected: "either rule or text"}
	case r.Text != "":
		return r.readText(start, zone, clock)
	}
	if err := r.Anchor.Check(); err != nil {
		return said{}, faultIn("anchor", err)
	}
	set, err := recurrence.Import(r.Rule, zone.String())
	if err != nil {
		return said{}, faultIn("rule", err)
	}
	if start.IsZero() {
		start = set.Start
	}
	if start.IsZero() {
		return said{}, &Fault{Field: "start", Message: "the rule has no start", Expected: "start, or a line DTSTART in the rule"}
	}
	s := said{rule: set, set: set, start: start, anchor: anchorOr(r.Anchor)}
	if r.OfTask {
		s.set = set.Clamped()
	}
	if s.set, err = s.set.Fit(start, zone); err != nil {
		return said{}, faultIn("rule", err)
	}
	if !r.OfTask {
		s.rule = s.set
	}
	s.sentence, err = endingOnDays(s.set, start, zone)
	return s, err
}

// endingOnDays is a set as its sentence says it: with an end that is the last second of
// a day as that day.
func endingOnDays(set recurrence.Set, start recurrence.Due, zone *time.Location) (recurrence.Set, error) {
	days, err := set.Fit(recurrence.Due{Date: start.Date}, zone)
	if err != nil {
		return recurrence.Set{}, faultIn("rule", err)
	}
	again, err := days.Fit(start, zone)
	if err != nil {
		return recurrence.Set{}, faultIn("rule", err)
	}
	if again.String() != set.String() {
		return set, nil
	}
	return days, nil
}

// readText reads words. They may name a start or a time of day, which then counts
// rather than what was given beside them.
func (r *RecurrenceRequest) readText(start recurrence.Due, zone *time.Location, clock time.Time) (said, error) {
	now, err := r.textClock(start, zone, clock)
	if err != nil {
		return said{}, err
	}
	locale, err := r.words()
	if err != nil {
		return said{}, err
	}
	phrase, err := recurrence.ParseText(r.Text, now, locale)
	if err != nil {
		return said{}, faultIn("text", err)
	}
	s, err := place(phrase, start, now, zone)
	if err != nil {
		return said{}, faultIn("text", err)
	}
	s.set = s.rule
	return s, nil
}

// place gives a phrase its start.
func place(phrase recurrence.Phrase, start recurrence.Due, now time.Time, zone *time.Location) (s said, err error) {
	s = said{sentence: phrase.Set.Clamped(), anchor: anchorOr(phrase.Anchor)}
	s.sentence.Start = recurrence.Due{}
	if start.IsZero() || !phrase.Set.Start.IsZero() {
		s.start, s.rule, err = phrase.Begin(now, zone.String())
		if errors.Is(err, recurrence.ErrNoOccurrence) {
			err = &Fault{Field: "text", Message: err.Error(), Expected: "a recurrence that ends after it begins"}
		}
		return s, err
	}
	s.start = start
	switch {
	case phrase.Time != "":
		s.start.Time, s.start.Zone = phrase.Time, zone.String()
	case !start.HasTime() && namesTimes(phrase.Set):
		s.start.Time, s.start.Zone = "00:00", zone.String()
	}
	s.rule, err = s.sentence.Fit(s.start, zone)
	return s, err
}

// namesTimes reports whether a rule needs a start with a time.
func namesTimes(set recurrence.Set) bool {
	return slices.ContainsFunc(set.Rules, func(rule recurrence.Rule) bool {
		return rule.Freq < recurrence.Daily || len(rule.ByHour)+len(rule.ByMinute)+len(rule.BySecond) > 0
	})
}

// textClock is the moment from which dates in words lie ahead: now, or the start
// when now is not given.
func (r *RecurrenceRequest) textClock(start recurrence.Due, zone *time.Location, clock time.Time) (time.Time, error) {
	if r.Now == "" && !start.IsZero() {
		return start.Instant(zone)
	}
	return r.clock(clock)
}

func anchorOr(anchor recurrence.Anchor) recurrence.Anchor {
	if anchor == "" {
		return recurrence.AnchorSchedule
	}
	return anchor
}

// between lists what lies strictly between after and before, as far as they are given.
func (r *RecurrenceRequest) between(series *recurrence.Series) (iter.Seq2[recurrence.Due, error], error) {
	zone, err := r.location()
	if err != nil {
		return nil, err
	}
	dues := series.All()
	if r.After != "" {
		after, err := parseDue("after", r.After, zone)
		if err != nil {
			return nil, err
		}
		if series.Start().HasTime() && !after.HasTime() { // after a day is after its end
			after.Time, after.Zone = "23:59:59", zone.String()
		}
		if dues, err = series.After(after); err != nil {
			return nil, faultIn("after", err)
		}
	}
	if r.Before == "" {
		return dues, nil
	}
	before, err := parseDue("before", r.Before, zone)
	if err != nil {
		return nil, err
	}
	return until(dues, before, zone)
}

// until ends a sequence before a due.
func until(dues iter.Seq2[recurrence.Due, error], before recurrence.Due, zone *time.Location) (iter.Seq2[recurrence.Due, error], error) {
	end, err := before.Instant(zone)
	if err != nil {
		return nil, faultIn("before", err)
	}
	return func(yield func(recurrence.Due, error) bool) {
		for due, err := range dues {
			if err != nil {
				yield(due, err)
				return
			}
			at, err := due.Instant(zone)
			if err != nil || !at.Before(end) || !yield(due, nil) {
				return
			}
		}
	}, nil
}

// formatDue is a date, or RFC 3339 with the offset of the zone.
func formatDue(due recurrence.Due) (string, error) {
	if !due.HasTime() {
		return due.Date, nil
	}
	at, err := due.Instant(nil)
	if err != nil {
		return "", err
	}
	return at.Format(time.RFC3339), nil
}
