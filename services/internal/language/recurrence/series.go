package recurrence

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Series is a recurrence set bound to its start. It does not change and may be
// used by several goroutines at once; each iteration has a state of its own.
type Series struct {
	start  Due
	zone   *time.Location // nil when the start is a date
	since  int64          // instant of the start
	plans  []*plan
	untils []int64 // by plan: instant of the last occurrence allowed
	extra  []int64 // instants of RDATE, ascending; the start when there is no rule
	except []int64 // instants of EXDATE, ascending
}

// Series binds s to the due of its first task. RDATE, EXDATE and UNTIL must be
// dates when the start is a date and times when it is a time, as RFC 5545
// demands; [Set.Fit] makes them so.
func (s Set) Series(start Due) (*Series, error) {
	wall, err := start.resolve()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	bound := &Series{start: start}
	if start.HasTime() {
		if bound.zone, err = zones.Load(start.Zone); err != nil {
			return nil, err
		}
	}
	for _, rule := range s.Rules {
		if err := bound.addRule(rule, wall); err != nil {
			return nil, err
		}
	}
	if bound.extra, err = bound.instants("RDATE", s.RDates); err != nil {
		return nil, err
	}
	if bound.except, err = bound.instants("EXDATE", s.EXDates); err != nil {
		return nil, err
	}
	if len(s.Rules) == 0 {
		bound.extra = append(bound.extra, bound.newTimeline().instant(wall))
		slices.Sort(bound.extra)
	}
	return bound, nil
}

func (s *Series) addRule(rule Rule, start int64) error {
	until := int64(math.MaxInt64)
	if !rule.Until.IsZero() {
		limit, err := s.instants("UNTIL", []Due{rule.Until})
		if err != nil {
			return err
		}
		until = limit[0]
	}
	p, err := newPlan(rule, start, !s.start.HasTime())
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule, err)
	}
	s.since = s.newTimeline().instant(start)
	s.plans = append(s.plans, p)
	s.untils = append(s.untils, until)
	return nil
}

// instants places dues of a part on the time line of the series, ascending.
func (s *Series) instants(part string, dues []Due) ([]int64, error) {
	list := make([]int64, 0, len(dues))
	for _, due := range dues {
		if due.HasTime() != s.start.HasTime() {
			kind := "a date"
			if s.start.HasTime() {
				kind = "a time"
			}
			return nil, &Error{Part: part, Message: fmt.Sprintf("%s must be %s because the start %s is one", due, kind, s.start)}
		}
		if due.HasTime() && due.Zone == "" {
			due.Zone = s.start.Zone
		}
		instant, err := s.instant(due)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		list = append(list, instant)
	}
	slices.Sort(list)
	return list, nil
}

// instant places any due on the time line of the series, on which a date is its
// first second; a date and a time compare in the zone of the time.
func (s *Series) instant(due Due) (int64, error) {
	wall, err := due.resolve()
	if err != nil {
		return 0, err
	}
	switch {
	case due.HasTime() && s.zone == nil:
		return floorDiv(wall, secondsPerDay) * secondsPerDay, nil
	case due.HasTime() && due.Zone != s.start.Zone:
		zone, err := zones.Load(due.Zone)
		return newTimeline(zone).instant(wall), err
	default:
		return s.newTimeline().instant(wall), nil
	}
}

func (s *Series) newTimeline() *timeline {
	return newTimeline(s.zone)
}

// Start is the due that s was bound to.
func (s *Series) Start() Due { return s.start }

// All yields every occurrence in order.
func (s *Series) All() iter.Seq[Due] {
	return s.forward(firstWall-2*secondsPerDay, math.MaxInt64)
}

// After yields the occurrences strictly after a due, in order.
func (s *Series) After(due Due) (iter.Seq[Due], error) {
	instant, err := s.instant(due)
	if err != nil {
		return nil, err
	}
	return s.forward(instant, math.MaxInt64), nil
}

// Before yields the occurrences strictly before a due, the latest first.
func (s *Series) Before(due Due) (iter.Seq[Due], error) {
	instant, err := s.instant(due)
	if err != nil {
		return nil, err
	}
	return s.backward(instant), nil
}

// Between yields the occurrences strictly after one due and strictly before
// another, in order.
func (s *Series) Between(after, before Due) (iter.Seq[Due], error) {
	from, err := s.instant(after)
	if err != nil {
		return nil, err
	}
	to, err := s.instant(before)
	if err != nil {
		return nil, err
	}
	return s.forward(from, to), nil
}

// forward yields what lies strictly between two instants.
func (s *Series) forward(after, before int64) iter.Seq[Due] {
	return func(yield func(Due) bool) {
		w := s.newWalk()
		w.seek(after)
		for {
			instant, ok := w.next()
			if !ok || instant >= before || !yield(w.due(instant)) {
				return
			}
		}
	}
}

func (s *Series) backward(before int64) iter.Seq[Due] {
	return func(yield func(Due) bool) {
		w := s.newWalk()
		w.seekBack(before)
		for {
			instant, ok := w.previous()
			if !ok || !yield(w.due(instant)) {
				return
			}
		}
	}
}

// firstAfter gives the first occurrence strictly after an instant.
func (s *Series) firstAfter(instant int64) (Due, bool) {
	for due := range s.forward(instant, math.MaxInt64) {
		return due, true
	}
	return Due{}, false
}

// walk merges what rules and RDATE yield and leaves out EXDATE.
type walk struct {
	series  *Series
	line    *timeline
	sources []source
	heads   []int64
	live    []bool
}

// source yields instants near any point.
type source interface {
	after(instant int64) (int64, bool)
	before(instant int64) (int64, bool)
}

func (s *Series) newWalk() *walk {
	w := &walk{series: s, line: s.newTimeline()}
	for i, p := range s.plans {
		w.sources = append(w.sources, &ruleSource{grid: p.grid(), line: s.newTimeline(), since: s.since, until: s.untils[i]})
	}
	if len(s.extra) > 0 {
		w.sources = append(w.sources, listSource(s.extra))
	}
	w.heads = make([]int64, len(w.sources))
	w.live = make([]bool, len(w.sources))
	return w
}

func (w *walk) seek(after int64) {
	for i, source := range w.sources {
		w.heads[i], w.live[i] = source.after(after)
	}
}

func (w *walk) seekBack(before int64) {
	for i, source := range w.sources {
		w.heads[i], w.live[i] = source.before(before)
	}
}

func (w *walk) next() (int64, bool) {
	for {
		instant, ok := w.extreme(func(a, b int64) bool { return a < b })
		if !ok {
			return 0, false
		}
		for i, source := range w.sources {
			if w.live[i] && w.heads[i] == instant {
				w.heads[i], w.live[i] = source.after(instant)
			}
		}
		if !w.series.isException(instant) {
			return instant, true
		}
	}
}

func (w *walk) previous() (int64, bool) {
	for {
		instant, ok := w.extreme(func(a, b int64) bool { return a > b })
		if !ok {
			return 0, false
		}
		for i, source := range w.sources {
			if w.live[i] && w.heads[i] == instant {
				w.heads[i], w.live[i] = source.before(instant)
			}
		}
		if !w.series.isException(instant) {
			return instant, true
		}
	}
}

// extreme gives the head that goes before all others.
func (w *walk) extreme(precedes func(a, b int64) bool) (best int64, ok bool) {
	for i, head := range w.heads {
		if w.live[i] && (!ok || precedes(head, best)) {
			best, ok = head, true
		}
	}
	return best, ok
}

func (w *walk) due(instant int64) Due {
	if w.series.zone == nil {
		return dueOfDay(int(floorDiv(instant, secondsPerDay)))
	}
	return dueOfWall(w.line.wall(instant), w.series.start.Zone)
}

func (s *Series) isException(instant int64) bool {
	_, found := slices.BinarySearch(s.except, instant)
	return found
}

// listSource yields a sorted list.
type listSource []int64

func (l listSource) after(instant int64) (int64, bool) {
	i, _ := slices.BinarySearch(l, instant+1)
	if i == len(l) {
		return 0, false
	}
	return l[i], true
}

func (l listSource) before(instant int64) (int64, bool) {
	i, _ := slices.BinarySearch(l, instant)
	if i == 0 {
		return 0, false
	}
	return l[i-1], true
}

// ruleSource places what a rule yields on the wall clock in a zone.
//
// In the stretch of time between two clock changes, wall times come from two
// places: the clock itself, and the gap that opened the stretch, which is read
// with the offset before it and so falls among the first of the others.
type ruleSource struct {
	grid  grid
	line  *timeline
	since int64 // a start in a gap comes after some of the wall times that follow it
	until int64
}

func (r *ruleSource) after(instant int64) (int64, bool) {
	for from := max(instant+1, r.since); from <= r.until; {
		s := r.line.span(from)
		from = max(from, s.from)
		wall, more := r.grid.ceil(max(from+s.offset, s.opens()))
		found := int64(math.MaxInt64)
		if more && wall < s.closes() {
			found = wall - s.offset
		}
		if s.offset > s.before {
			if skipped, ok := r.grid.ceil(from + s.before); ok && skipped < s.opens() {
				found = min(found, skipped-s.before)
			}
		}
		if found != math.MaxInt64 {
			return found, found <= r.until
		}
		if !more {
			return 0, false
		}
		from = max(s.to, r.line.span(r.line.instant(wall)).from)
	}
	return 0, false
}

func (r *ruleSource) before(instant int64) (int64, bool) {
	for to := min(instant-1, r.until); ; {
		s := r.line.span(to)
		to = min(to, s.to-1)
		found := int64(math.MinInt64)
		if wall, ok := r.grid.floor(to + s.offset); ok && wall >= s.opens() {
			found = wall - s.offset
		}
		if s.offset > s.before {
			skipped, ok := r.grid.floor(min(to+s.before, s.opens()-1))
			if ok && skipped >= s.from+s.before {
				found = max(found, skipped-s.before)
			}
		}
		if found != math.MinInt64 {
			return found, found >= r.since
		}
		// Everything before the wall time at which the stretch began.
		wall, more := r.grid.floor(s.from + s.before - 1)
		if !more {
			return 0, false
		}
		to = min(s.from-1, r.line.span(r.line.instant(wall)).to-1)
	}
}
