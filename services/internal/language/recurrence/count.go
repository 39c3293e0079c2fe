package recurrence

import "math"

// counted ends a grid after COUNT occurrences. It counts by whole periods, only
// as far as it is asked, and not at all where COUNT cannot have been reached.
type counted struct {
	grid
	*work
	step, most int   // see grid.periods
	next       int   // the first period that is not counted
	left       int   // how many occurrences that and the following ones may hold
	end        int64 // wall of the last occurrence, once it is known
}

func newCounted(g grid, w *work, start int64, count int) *counted {
	first, step, most := g.periods()
	// Those of the first period that come before the start count along.
	return &counted{grid: g, work: w, step: step, most: most, next: first, left: count + g.before(first, start), end: math.MaxInt64}
}

func (c *counted) ceil(wall int64) (int64, bool) {
	if wall > c.end {
		return 0, false
	}
	found, ok := c.grid.ceil(wall)
	if !ok {
		return 0, false
	}
	c.countTo(found)
	return found, found <= c.end
}

func (c *counted) floor(wall int64) (int64, bool) {
	c.countTo(wall)
	return c.grid.floor(min(wall, c.end))
}

// countTo finds the end if it is not after a wall time.
func (c *counted) countTo(wall int64) {
	period := c.periodOf(wall)
	if c.end != math.MaxInt64 || (period-c.next)/c.step+1 <= (c.left-1)/c.most {
		return
	}
	for ; c.next <= period; c.next += c.step {
		size := c.size(c.next)
		if c.isSpent() {
			return
		}
		if size >= c.left {
			c.end = c.at(c.next, c.left-1)
			return
		}
		c.left -= size
	}
}

// rank is the number of occurrences before a wall time, without COUNT.
func rank(g grid, w *work, start, wall int64) int {
	first, step, _ := g.periods()
	last := g.periodOf(wall)
	sum := -g.before(first, start)
	for period := first; period <= last && !w.isSpent(); period += step {
		// What SKIP moves lies in a period beside its own.
		if period < last-2*step {
			sum += g.size(period)
		} else {
			sum += g.before(period, wall)
		}
	}
	return sum
}

// yearKind numbers the 14 years that differ: by their first weekday, and whether
// they are leap years.
func yearKind(year int) int {
	kind := int(weekdayOf(dayOf(year, 1, 1)))
	if isLeap(year) {
		kind += 7
	}
	return kind
}
