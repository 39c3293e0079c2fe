package recurrence

import (
	"errors"
	"fmt"
	"time"
)

// Anchor says from where the next occurrence counts.
type Anchor string

// The anchors. The empty one means AnchorSchedule.
const (
	// AnchorSchedule keeps the phase of the series, however late a task is done.
	AnchorSchedule Anchor = "schedule"
	// AnchorCompletion starts anew on the day on which the task was done.
	AnchorCompletion Anchor = "completion"
)

// Check says what is wrong with a, or nil.
func (a Anchor) Check() error {
	switch a {
	case "", AnchorSchedule, AnchorCompletion:
		return nil
	}
	return fmt.Errorf("the anchor %s is neither %q nor %q", quoted(string(a)), AnchorSchedule, AnchorCompletion)
}

// Completion is a task of a series that was done.
type Completion struct {
	// Start is the due of the first task of the series; the phase, the day of
	// the month and COUNT hang on it. Zero means Due.
	Start Due
	// Index is how many tasks of the series came before this one. COUNT needs it
	// with AnchorCompletion; with AnchorSchedule it is counted on the calendar.
	Index int
	// Due is when the task was due; it may have been moved off the grid.
	Due Due
	// Done is when it was done.
	Done time.Time
	// Zone is the user's; with a due that is a date it tells the date of Done.
	Zone *time.Location
}

// Next gives the due of the task after one that was done. ok is false when the
// series has ended.
//
// With AnchorSchedule that is the first occurrence strictly after both the due
// and the completion. With AnchorCompletion the rule starts anew on the local
// date of the completion, at the same time of day, and the first occurrence
// after that start and the completion counts; rules shorter than a day start
// anew at the completion itself.
//
// The set is taken as [Set.Clamped] and [Set.Fit] for the kind of the due, so a
// due that gained or lost its time goes on.
func Next(set Set, anchor Anchor, c Completion) (next Due, ok bool, err error) {
	if err := anchor.Check(); err != nil {
		return Due{}, false, err
	}
	if c.Done.IsZero() {
		return Due{}, false, errors.New("the time of the completion is missing")
	}
	if err := c.Due.Check(); err != nil {
		return Due{}, false, fmt.Errorf("due: %w", err)
	}
	done, err := c.Due.sameKind(c.Done, c.Zone)
	if err != nil {
		return Due{}, false, err
	}
	start := c.Start
	if start.IsZero() {
		start = c.Due
	}
	start = start.like(c.Due)
	set = set.Clamped()
	after := []Due{c.Due, done}
	if anchor == AnchorCompletion {
		set = set.dropSpent(c.Index + 1)
		if len(set.Rules)+len(set.RDates) == 0 {
			return Due{}, false, nil
		}
		restart := done
		if !set.isSubDaily() {
			restart = Due{Date: done.Date, Time: start.Time, Zone: start.Zone}
		}
		start, after = restart, []Due{done, restart}
	}
	fitted, err := set.Fit(start, c.Zone)
	if err != nil {
		return Due{}, false, err
	}
	series, err := fitted.Series(start)
	if err != nil {
		return Due{}, false, err
	}
	latest := firstWall
	for _, due := range after {
		instant, err := series.instant(due)
		if err != nil {
			return Due{}, false, err
		}
		latest = max(latest, instant)
	}
	return series.firstAfter(latest)
}

// sameKind writes an instant as a due of the same kind and zone as d.
func (d Due) sameKind(instant time.Time, zone *time.Location) (Due, error) {
	if d.HasTime() {
		return DueAt(instant, d.Zone)
	}
	if zone == nil {
		return Due{}, errors.New("the user's zone is missing; a due that is a date needs it")
	}
	return DueOn(instant, zone), nil
}

// like turns d into the kind of another due: a date loses its time, a date
// takes the other's time, a time takes its zone.
func (d Due) like(other Due) Due {
	switch {
	case !other.HasTime():
		return Due{Date: d.Date}
	case d.HasTime():
		return Due{Date: d.Date, Time: d.Time, Zone: other.Zone}
	default:
		return Due{Date: d.Date, Time: other.Time, Zone: other.Zone}
	}
}

// dropSpent removes the rules whose COUNT tasks used up, and COUNT from the
// others: a series that starts anew with each task cannot count them itself.
func (s Set) dropSpent(tasks int) Set {
	s = s.Clone()
	kept := s.Rules[:0]
	for _, rule := range s.Rules {
		if rule.Count == 0 || rule.Count > tasks {
			rule.Count = 0
			kept = append(kept, rule)
		}
	}
	s.Rules = kept
	return s
}

func (s Set) isSubDaily() bool {
	for _, rule := range s.Rules {
		if rule.Freq < Daily {
			return true
		}
	}
	return false
}
