package recurrence

import (
	"cmp"
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
	untils []int64      // by plan: instant of the last occurrence allowed
	extra  []occurrence // RDATE, ascending; the start when there is no rule
	except []int64      // instants of EXDATE, ascending
}

// occurrence is a wall time of the calendar and the instant at which it comes. Where a
// clock change skips the wall time, the clock shows another one at that instant.
type occurrence struct{ instant, wall int64 }

// Series binds s to the due of its first task. RDATE, EXDATE and UNTIL must be
// dates when the start is a date and times when it is a time, as RFC 5545
// demands; [Set.Fit] makes them so.
func (s Set) Series(start Due) (*Series, error) {
	if fault := s.check(); fault != nil {
		return nil, fault
	}
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
	if bound.extra, err = bound.place("RDATE", s.RDates); err != nil {
		return nil, err
	}
	except, err := bound.place("EXDATE", s.EXDates)
	if err != nil {
		return nil, err
	}
	for _, one := range except {
		bound.except = append(bound.except, one.instant)
	}
	if len(s.Rules) == 0 {
		bound.extra = append(bound.extra, occurrence{bound.newTimeline().instant(wall), wall})
		slices.SortFunc(bound.extra, byInstant)
	}
	return bound, nil
}

func (s *Series) addRule(rule Rule, start int64) error {
	until := int64(math.MaxInt64)
	if !rule.Until.IsZero() {
		limit, err := s.place("UNTIL", []Due{rule.Until})
		if err != nil {
			return err
		}
		until = limit[0].instant
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

// place puts dues of a part on the time line of the series, ascending.
func (s *Series) place(part string, dues []Due) ([]occurrence, error) {
	list := make([]occurrence, 0, len(dues))
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
		list = append(list, occurrence{instant, s.wallOf(due, instant)})
	}
	slices.SortFunc(list, byInstant)
	return list, nil
}

func byInstant(a, b occurrence) int { return cmp.Compare(a.instant, b.instant) }

// wallOf is the wall time of a checked due in the zone of the series.
func (s *Series) wallOf(due Due, instant int64) int64 {
	if wall, err := due.wall(); err == nil && due.Zone == s.start.Zone {
		return wall
	}
	return s.newTimeline().wall(instant)
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

// All yields every occurrence in order. This and what follows end with an error, and
// without a due, when they run into [ErrTooMuchWork].
func (s *Series) All() iter.Seq2[Due, error] {
	return s.forward(firstWall-2*secondsPerDay, math.MaxInt64)
}

// After yields the occurrences strictly after a due, in order.
func (s *Series) After(due Due) (iter.Seq2[Due, error], error) {
	instant, err := s.instant(due)
	if err != nil {
		return nil, err
	}
	return s.forward(instant, math.MaxInt64), nil
}

// Before yields the occurrences strictly before a due, the latest first.
func (s *Series) Before(due Due) (iter.Seq2[Due, error], error) {
	instant, err := s.instant(due)
	if err != nil {
		return nil, err
	}
	return s.backward(instant), nil
}

// Between yields the occurrences strictly after one due and strictly before
// another, in order.
func (s *Series) Between(after, before Due) (iter.Seq2[Due, error], error) {
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
func (s *Series) forward(after, before int64) iter.Seq2[Due, error] {
	return func(yield func(Due, error) bool) {
		w := s.newWalk()
		w.seek(after)
		for found, ok := w.next(); ok && found.instant < before; found, ok = w.next() {
			if !yield(s.due(found), nil) {
				return
			}
		}
		w.fail(yield)
	}
}

func (s *Series) backward(before int64) iter.Seq2[Due, error] {
	return func(yield func(Due, error) bool) {
		w := s.newWalk()
		w.seekBack(before)
		for found, ok := w.previous(); ok; found, ok = w.previous() {
			if !yield(s.due(found), nil) {
				return
			}
		}
		w.fail(yield)
	}
}

// firstAfter gives the first occurrence strictly after an instant.
func (s *Series) firstAfter(instant int64) (due Due, ok bool, err error) {
	for due, err := range s.forward(instant, math.MaxInt64) {
		return due, err == nil, err
	}
	return Due{}, false, nil
}

// walk merges what rules and RDATE yield and leaves out EXDATE.
type walk struct {
	*work
	series  *Series
	sources []source
	heads   []occurrence
	live    []bool
}

// source yields what lies strictly after or before an instant.
type source interface {
	after(instant int64) (occurrence, bool)
	before(instant int64) (occurrence, bool)
}

func (s *Series) newWalk() *walk {
	w := &walk{work: newWork(), series: s}
	for i, p := range s.plans {
		w.sources = append(w.sources, &ruleSource{grid: p.grid(w.work), work: w.work, line: s.newTimeline(), since: s.since, until: s.untils[i]})
	}
	if len(s.extra) > 0 {
		w.sources = append(w.sources, listSource(s.extra))
	}
	w.heads = make([]occurrence, len(w.sources))
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

// fail tells of work that is spent.
func (w *walk) fail(yield func(Due, error) bool) {
	if err := w.err(); err != nil {
		yield(Due{}, err)
	}
}

func (w *walk) next() (occurrence, bool) {
	for !w.isSpent() {
		found, ok := w.extreme(func(a, b int64) bool { return a < b })
		if !ok {
			return occurrence{}, false
		}
		for i, source := range w.sources {
			if w.live[i] && w.heads[i].instant == found.instant {
				w.heads[i], w.live[i] = source.after(found.instant)
			}
		}
		if !w.series.isException(found.instant) {
			w.giveBack()
			return found, true
		}
	}
	return occurrence{}, false
}

func (w *walk) previous() (occurrence, bool) {
	for !w.isSpent() {
		found, ok := w.extreme(func(a, b int64) bool { return a > b })
		if !ok {
			return occurrence{}, false
		}
		for i, source := range w.sources {
			if w.live[i] && w.heads[i].instant == found.instant {
				w.heads[i], w.live[i] = source.before(found.instant)
			}
		}
		if !w.series.isException(found.instant) {
			w.giveBack()
			return found, true
		}
	}
	return occurrence{}, false
}

// extreme gives the head that goes before all others. Of those that fall together in a
// clock change it is the one that the clock shows: what is skipped has the lower wall time.
func (w *walk) extreme(precedes func(a, b int64) bool) (best occurrence, ok bool) {
	for i, head := range w.heads {
		switch {
		case !w.live[i]:
		case !ok || precedes(head.instant, best.instant) || head.instant == best.instant && head.wall > best.wall:
			best, ok = head, true
		}
	}
	return best, ok
}

// due is an occurrence as it is stored: its wall time, even where a clock change skips it.
func (s *Series) due(of occurrence) Due {
	if s.zone == nil {
		return dueOfDay(int(floorDiv(of.wall, secondsPerDay)))
	}
	return dueOfWall(of.wall, s.start.Zone)
}

func (s *Series) isException(instant int64) bool {
	_, found := slices.BinarySearch(s.except, instant)
	return found
}

// listSource yields a sorted list.
type listSource []occurrence

func (l listSource) after(instant int64) (occurrence, bool) {
	i, _ := slices.BinarySearchFunc(l, occurrence{instant: instant + 1}, byInstant)
	if i == len(l) {
		return occurrence{}, false
	}
	return l[i], true
}

func (l listSource) before(instant int64) (occurrence, bool) {
	i, _ := slices.BinarySearchFunc(l, occurrence{instant: instant}, byInstant)
	if i == 0 {
		return occurrence{}, false
	}
	return l[i-1], true
}

// ruleSource places what a rule yields on the wall clock in a zone.
//
// In the stretch of time between two clock changes, wall times come from two
// places: the clock itself, and the gap that opened the stretch, which is read
// with the offset before it and so falls among the first of the others.
type ruleSource struct {
	*work
	grid  grid
	line  *timeline
	since int64 // a start in a gap comes after some of the wall times that follow it
	until int64
}

func (r *ruleSource) after(instant int64) (occurrence, bool) {
	for from := max(instant+1, r.since); from <= r.until && !r.isSpent(); {
		r.spend(1)
		s := r.line.span(from)
		from = max(from, s.from)
		wall, more := r.grid.ceil(max(from+s.offset, s.opens()))
		found, ok := occurrence{wall - s.offset, wall}, more && wall < s.closes()
		if s.offset > s.before {
			skipped, more := r.grid.ceil(from + s.before)
			if more && skipped < s.opens() && (!ok || skipped-s.before < found.instant) {
				found, ok = occurrence{skipped - s.before, skipped}, true
			}
		}
		if ok {
			return found, found.instant <= r.until
		}
		if !more {
			return occurrence{}, false
		}
		from = max(s.to, r.line.span(r.line.instant(wall)).from)
	}
	return occurrence{}, false
}

func (r *ruleSource) before(instant int64) (occurrence, bool) {
	for to := min(instant-1, r.until); !r.isSpent(); {
		r.spend(1)
		s := r.line.span(to)
		to = min(to, s.to-1)
		wall, ok := r.grid.floor(to + s.offset)
		found, ok := occurrence{wall - s.offset, wall}, ok && wall >= s.opens()
		if s.offset > s.before {
			skipped, more := r.grid.floor(min(to+s.before, s.opens()-1))
			if more && skipped >= s.from+s.before && (!ok || skipped-s.before > found.instant) {
				found, ok = occurrence{skipped - s.before, skipped}, true
			}
		}
		if ok {
			return found, found.instant >= r.since
		}
		// Everything before the wall time at which the stretch began.
		wall, more := r.grid.floor(s.from + s.before - 1)
		if !more {
			return occurrence{}, false
		}
		to = min(s.from-1, r.line.span(r.line.instant(wall)).to-1)
	}
	return occurrence{}, false
}
