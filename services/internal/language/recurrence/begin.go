package recurrence

import (
	"errors"
	"time"
)

// ErrNoOccurrence says that a recurrence ends before it begins.
var ErrNoOccurrence = errors.New("the recurrence has no occurrence from its start on")

// Begin gives the first due of a phrase said at an instant by a user in an IANA
// zone, and the set to store with it. The first due is the nearest day from the
// named start, or from today, that the phrase names, whatever the interval:
// "every other monday" begins on the coming Monday. It is a date unless the
// phrase names a time of day or a period shorter than a day.
func (p Phrase) Begin(now time.Time, zone string) (start Due, set Set, err error) {
	today, err := DueAt(now, zone)
	if err != nil {
		return Due{}, Set{}, err
	}
	set = p.Set.Clamped()
	set.Start = Due{}
	candidate, from := p.candidate(today)
	if set, err = set.Fit(candidate, nil); err != nil {
		return Due{}, Set{}, err
	}
	nearest := set.Clone()
	for i := range nearest.Rules {
		nearest.Rules[i].Interval, nearest.Rules[i].StepByDay, nearest.Rules[i].Count = 1, false, 0
	}
	start, ok, err := firstFrom(nearest, candidate, from, nil)
	if err != nil {
		return Due{}, Set{}, err
	}
	if !ok {
		return Due{}, Set{}, ErrNoOccurrence
	}
	return start, set, nil
}

// candidate is where the search for the first due begins: the due from which
// missing parts are taken, and the earliest one that counts.
func (p Phrase) candidate(now Due) (start, from Due) {
	start = p.Set.Start
	if start.HasTime() {
		return start, start
	}
	if start.IsZero() {
		start.Date = now.Date
	}
	switch {
	case p.Time != "":
		start.Time = p.Time
	case p.Set.isSubDaily():
		start.Time = now.Time[:len("15:04")]
	case p.Set.namesHours():
		start.Time = "00:00"
	default:
		return start, start
	}
	start.Zone = now.Zone
	if order, err := compare(start, now); err == nil && order < 0 {
		return start, now
	}
	return start, start
}

// namesHours reports whether a rule names the times of day itself.
func (s Set) namesHours() bool {
	for _, rule := range s.Rules {
		if len(rule.ByHour)+len(rule.ByMinute)+len(rule.BySecond) > 0 {
			return true
		}
	}
	return false
}
