package recurrence

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Without skips one occurrence: it becomes an EXDATE. COUNT still counts it.
func (s Set) Without(occurrence Due) Set {
	s = s.Clone()
	s.EXDates = append(s.EXDates, occurrence)
	return s
}

// EndOn ends the series with the last occurrence at or before a due, in place
// of any other end.
func (s Set) EndOn(last Due) (Set, error) {
	until := last
	if last.HasTime() {
		var err error
		if until, err = last.inUTC(); err != nil {
			return Set{}, fmt.Errorf("end: %w", err)
		}
	} else if err := last.Check(); err != nil {
		return Set{}, fmt.Errorf("end: %w", err)
	}
	s = s.Clone()
	for i := range s.Rules {
		s.Rules[i].Count, s.Rules[i].Until = 0, until
	}
	var err error
	s.RDates, err = keep(s.RDates, last, func(order int) bool { return order <= 0 })
	return s, err
}

// EndAfter ends the series after a number of occurrences, in place of any other
// end. The set must be one rule without RDATE.
func (s Set) EndAfter(count int) (Set, error) {
	if len(s.Rules) != 1 || len(s.RDates) > 0 {
		return Set{}, errors.New("only one rule without further dates can end after a number of times; end it on a date")
	}
	if count < 1 || count > maxNumber {
		return Set{}, fmt.Errorf("a series ends after 1 to %d times, not %d", maxNumber, count)
	}
	s = s.Clone()
	s.Rules[0].Count, s.Rules[0].Until = count, Due{}
	return s, nil
}

// Resume gives the due of the waiting task when a paused series goes on: the
// due it had, if that is still to come (a date: today counts); else the first
// occurrence from now on, by AnchorCompletion as if the series began now. Tasks
// that fell into the pause are gone; COUNT on the calendar has counted them.
func Resume(set Set, anchor Anchor, paused Completion, now time.Time) (due Due, ok bool, err error) {
	current, err := paused.Due.sameKind(now, paused.Zone)
	if err != nil {
		return Due{}, false, err
	}
	order, err := compare(paused.Due, current)
	if err != nil {
		return Due{}, false, err
	}
	if order >= 0 {
		return paused.Due, true, nil
	}
	if anchor == AnchorCompletion {
		start := paused.Due
		start.Date = current.Date
		return firstFrom(set.dropSpent(paused.Index), start, current, paused.Zone)
	}
	start := paused.Start
	if start.IsZero() {
		start = paused.Due
	}
	return firstFrom(set, start.like(paused.Due), current, paused.Zone)
}

// firstFrom gives the first occurrence at or after a due.
func firstFrom(set Set, start, from Due, zone *time.Location) (Due, bool, error) {
	if len(set.Rules)+len(set.RDates) == 0 {
		return Due{}, false, nil
	}
	fitted, err := set.Clamped().Fit(start, zone)
	if err != nil {
		return Due{}, false, err
	}
	series, err := fitted.Series(start)
	if err != nil {
		return Due{}, false, err
	}
	instant, err := series.instant(from)
	if err != nil {
		return Due{}, false, err
	}
	return series.firstAfter(instant - 1)
}

// Split cuts a series before one of its occurrences, for a change of "this and
// following": before is the series up to it, after the series from it on, with
// its own start in after.Start. Both keep the phase, the day of the month and
// COUNT of the whole. Where an interval does not reach the occurrence, because
// another rule or an RDATE made it, the series cannot be split, nor one by
// minutes between the times that a clock change has just mixed.
func (s Set) Split(start, at Due) (before, after Set, err error) {
	series, err := s.Series(start)
	if err != nil {
		return Set{}, Set{}, err
	}
	instant, err := series.instant(at)
	if err != nil {
		return Set{}, Set{}, err
	}
	if due, ok, err := series.firstAfter(instant - 1); err != nil {
		return Set{}, Set{}, err
	} else if !ok || due != at {
		return Set{}, Set{}, fmt.Errorf("%s is not an occurrence of the series", at)
	}
	before, after = Set{Start: start}, Set{Start: at}
	w := newWork()
	for i, rule := range s.Rules {
		err := series.splitRule(w, i, rule, instant, &before, &after)
		if err = cmp.Or(w.err(), err); err != nil {
			return Set{}, Set{}, err
		}
	}
	for _, dates := range []struct{ from, before, after *[]Due }{
		{&s.RDates, &before.RDates, &after.RDates},
		{&s.EXDates, &before.EXDates, &after.EXDates},
	} {
		if *dates.before, err = keep(*dates.from, at, func(order int) bool { return order < 0 }); err != nil {
			return Set{}, Set{}, err
		}
		if *dates.after, err = keep(*dates.from, at, func(order int) bool { return order >= 0 }); err != nil {
			return Set{}, Set{}, err
		}
	}
	if len(s.Rules) > 0 && len(before.Rules) == 0 {
		// Without a rule the start is an occurrence, which it was not before.
		first, ok, err := series.firstAfter(firstWall - 2*secondsPerDay)
		if err != nil {
			return Set{}, Set{}, err
		}
		if !ok || first == at {
			return Set{}, after, nil
		}
		before.Start = first
	}
	return before, after, nil
}

// splitRule appends the halves of one rule; a half without occurrences is left
// out.
func (s *Series) splitRule(w *work, i int, rule Rule, instant int64, before, after *Set) error {
	p := s.plans[i]
	wall := s.nominal(p.grid(w), instant)
	done := p.rank(w, wall)
	if done > 0 {
		first := rule
		if first.Count > 0 {
			first.Count = done
		} else if s.untils[i] >= instant {
			until, err := s.untilBefore(instant)
			if err != nil {
				return err
			}
			first.Until = until
		}
		before.Rules = append(before.Rules, first)
	}
	if _, ok := p.grid(w).ceil(wall); !ok || s.untils[i] < instant {
		return nil
	}
	if skipped, ok := s.skippedAfter(p.grid(w), wall, instant); ok {
		return fmt.Errorf("the series cannot be split at %s: %s moves past it in a clock change", after.Start, skipped)
	}
	if !p.reaches(w, wall) {
		return fmt.Errorf("the series cannot be split at %s: the rule %s steps over it", after.Start, rule)
	}
	if rule.Count > 0 {
		rule.Count -= done
	}
	after.Rules = append(after.Rules, rule.pinned(p.start, wall))
	if s.zone != nil {
		after.Start = dueOfWall(wall, s.start.Zone)
	}
	return nil
}

// nominal is the wall time on the grid that comes to lie on an instant: not what
// the clock shows when the rule names a time that a clock change skipped.
func (s *Series) nominal(g grid, instant int64) int64 {
	stretch := s.newTimeline().span(instant)
	if wall := instant + stretch.before; wall < stretch.opens() {
		if found, ok := g.ceil(wall); ok && found == wall {
			return wall
		}
	}
	return instant + stretch.offset
}

// skippedAfter finds a wall time before the given one that a clock change moves
// behind the instant: a series that starts there would lose it.
func (s *Series) skippedAfter(g grid, wall, instant int64) (Due, bool) {
	stretch := s.newTimeline().span(instant)
	found, ok := g.ceil(instant + stretch.before + 1)
	return dueOfWall(found, s.start.Zone), ok && found < wall && found < stretch.opens()
}

// untilBefore is the UNTIL that leaves out an instant and what follows.
func (s *Series) untilBefore(instant int64) (Due, error) {
	if s.zone == nil {
		return dueOfDay(int(floorDiv(instant, secondsPerDay)) - 1), nil
	}
	return DueAt(time.Unix(instant-1, 0), "UTC")
}

// rank is the number of occurrences before a wall time.
func (p *plan) rank(w *work, wall int64) int {
	if p.never || wall <= p.start {
		return 0
	}
	done := rank(p.endless(w), w, p.start, wall)
	if p.rule.Count > 0 {
		return min(done, p.rule.Count)
	}
	return done
}

// reaches reports whether INTERVAL still steps the same when counted from a
// wall time.
func (p *plan) reaches(w *work, wall int64) bool {
	switch g := p.endless(w).(type) {
	case *periodGrid:
		number := g.numberOf(wall)
		return g.onGrid(number) == number
	case *unitGrid:
		unit := int(floorDiv(wall, int64(g.unit)))
		return floorMod(unit-g.first, g.interval) == 0 && g.steps.reaches(int(floorDiv(wall, secondsPerDay)))
	}
	return false
}

// pinned is the rule for a new start: what it took from the old one and would
// now take from the new one is written out if it differs.
func (r Rule) pinned(oldStart, newStart int64) Rule {
	from, to := r, r
	from.complete(oldStart)
	to.complete(newStart)
	if !slices.Equal(from.ByMonth, to.ByMonth) || !slices.Equal(from.ByMonthDay, to.ByMonthDay) {
		r.ByMonth, r.ByMonthDay = from.ByMonth, from.ByMonthDay
	}
	if !slices.Equal(from.ByDay, to.ByDay) {
		r.ByDay = from.ByDay
	}
	if !slices.Equal(from.ByHour, to.ByHour) {
		r.ByHour = from.ByHour
	}
	if !slices.Equal(from.ByMinute, to.ByMinute) {
		r.ByMinute = from.ByMinute
	}
	if !slices.Equal(from.BySecond, to.BySecond) {
		r.BySecond = from.BySecond
	}
	return r
}

// keep selects dues by how they compare with another of the same kind.
func keep(dues []Due, with Due, wanted func(order int) bool) ([]Due, error) {
	var kept []Due
	for _, due := range dues {
		if due.HasTime() && due.Zone == "" {
			due.Zone = with.Zone
		}
		order, err := compare(due, with)
		if err != nil {
			return nil, err
		}
		if wanted(order) {
			kept = append(kept, due)
		}
	}
	return kept, nil
}

// compare orders two dues; a date is its first second in the zone of the other.
func compare(a, b Due) (int, error) {
	zone := time.UTC
	for _, due := range []Due{a, b} {
		if !due.HasTime() {
			continue
		}
		var err error
		if zone, err = zones.Load(due.Zone); err != nil {
			return 0, err
		}
	}
	first, err := a.Instant(zone)
	if err != nil {
		return 0, err
	}
	second, err := b.Instant(zone)
	if err != nil {
		return 0, err
	}
	return first.Compare(second), nil
}

// Fit is the set for a start of another kind, such as the due of a task that
// gained or lost its time. When the start is a date, UNTIL becomes the date it
// falls on in the user's zone (nil: UTC), and RDATE and EXDATE lose their time.
// When it is a time, an UNTIL that is a date becomes the last second of that day
// in the zone of the start, and RDATE and EXDATE take its time of day.
func (s Set) Fit(start Due, zone *time.Location) (Set, error) {
	s = s.Clone()
	for i, rule := range s.Rules {
		if rule.Until.IsZero() || rule.Until.HasTime() == start.HasTime() {
			continue
		}
		until, err := fitUntil(rule.Until, start, zone)
		if err != nil {
			return Set{}, fmt.Errorf("UNTIL: %w", err)
		}
		s.Rules[i].Until = until
	}
	for _, dues := range [][]Due{s.RDates, s.EXDates} {
		for i, due := range dues {
			if due.HasTime() != start.HasTime() {
				dues[i] = due.like(start)
			}
		}
	}
	return s, nil
}

func fitUntil(until, start Due, zone *time.Location) (Due, error) {
	if start.HasTime() {
		return Due{Date: until.Date, Time: "23:59:59", Zone: start.Zone}.inUTC()
	}
	instant, err := until.Instant(nil)
	if err != nil {
		return Due{}, err
	}
	wall := newTimeline(zone).wall(instant.Unix())
	return dueOfDay(int(floorDiv(min(max(wall, firstWall), lastWall), secondsPerDay))), nil
}
