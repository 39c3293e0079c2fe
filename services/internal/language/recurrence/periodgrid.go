package recurrence

import (
	"slices"
	"sort"
)

// periodGrid serves WEEKLY, MONTHLY and YEARLY: each period is a set of days
// times a set of clock times.
type periodGrid struct {
	*plan
	first    int // the number of the start's period
	last     int // the number of the last period
	interval int
	// cycle is the number of steps after which the calendar repeats: where that
	// many periods in a row are empty, all that follow are.
	cycle int
	// spills is set when SKIP may move a day into the period before or after.
	spills bool
	cached block
	number int // of the cached period
	days   [3][]int
}

// block is what one period holds, ascending.
type block struct {
	days  []int
	clock []int
	// picks replaces days and clock when BYSETPOS chose from them.
	picks    []int64
	isPicked bool
}

func newPeriodGrid(p *plan) *periodGrid {
	g := &periodGrid{plan: p, interval: p.rule.Interval, number: -1 << 62}
	g.first = g.numberOf(p.start)
	g.last = g.numberOf(lastWall)
	periods := map[Frequency]int{Weekly: daysPerCycle / 7, Monthly: 400 * 12, Yearly: 400}[p.rule.Freq]
	g.cycle = periods / gcd(periods, g.interval)
	g.spills = p.rule.canMissDays() && (p.rule.Skip == SkipForward || p.rule.Skip == SkipBackward)
	return g
}

// numberOf numbers the period of a wall time.
func (g *periodGrid) numberOf(wall int64) int {
	day := int(floorDiv(wall, secondsPerDay))
	if g.rule.Freq == Weekly {
		return floorDiv(day-g.weekZero(), 7)
	}
	year, month, _ := dateOf(day)
	if g.rule.Freq == Monthly {
		return year*12 + month - 1
	}
	return year
}

// weekZero is the day on which the week number 0 begins; 1970-01-05 was a Monday.
func (g *periodGrid) weekZero() int { return 4 + int(g.rule.WeekStart) }

// bounds are the first day of a period and that of the next.
func (g *periodGrid) bounds(number int) (from, to int) {
	switch g.rule.Freq {
	case Weekly:
		from = g.weekZero() + 7*number
		return from, from + 7
	case Monthly:
		year, month := floorDiv(number, 12), floorMod(number, 12)+1
		from = dayOf(year, month, 1)
		return from, from + daysInMonth(year, month)
	default:
		return dayOf(number, 1, 1), dayOf(number+1, 1, 1)
	}
}

func (g *periodGrid) ceil(wall int64) (int64, bool) {
	wall = max(wall, g.start)
	number := g.onGrid(g.numberOf(min(wall, lastWall)))
	for step := 0; step <= g.cycle && number <= g.last; step++ {
		b := g.block(number)
		if i := b.search(wall); i < b.len() {
			found := b.at(i)
			return found, found <= g.end
		}
		number += g.interval
	}
	return 0, false
}

func (g *periodGrid) floor(wall int64) (int64, bool) {
	wall = min(wall, g.end)
	if wall < g.start {
		return 0, false
	}
	number := g.onGrid(g.numberOf(wall))
	if g.spills {
		number += g.interval
	}
	for step := 0; step <= g.cycle+1 && number >= g.first; step++ {
		b := g.block(number)
		if i := b.search(wall + 1); i > 0 {
			found := b.at(i - 1)
			return found, found >= g.start
		}
		number -= g.interval
	}
	return 0, false
}

func (g *periodGrid) nth(n int) (int64, bool) {
	number := g.first
	for empty := 0; empty <= g.cycle && number <= g.last; number += g.interval {
		b := g.block(number)
		skipped := b.search(g.start)
		size := b.len() - skipped
		if n <= size {
			return b.at(skipped + n - 1), true
		}
		n -= size
		empty++
		if size > 0 {
			empty = 0
		}
		if number > g.first && g.isUniform() {
			steps := min((n-1)/size, (g.last-number)/g.interval)
			n -= steps * size
			number += steps * g.interval
		}
	}
	return 0, false
}

// isUniform reports whether every whole period holds the same number.
func (g *periodGrid) isUniform() bool {
	return g.rule.Freq == Weekly && len(g.rule.ByMonth) == 0 && g.cached.len() > 0
}

// onGrid is the last period at or before number that INTERVAL reaches.
func (g *periodGrid) onGrid(number int) int {
	return number - floorMod(number-g.first, g.interval)
}

// block gives the occurrences of a period. With INTERVAL=1 what SKIP moves into
// a neighbour is handed out with that neighbour, so that blocks stay in order;
// with a longer interval the neighbours are not on the grid.
func (g *periodGrid) block(number int) block {
	if g.number == number {
		return g.cached
	}
	g.number = number
	if !g.spills || g.interval > 1 {
		g.cached = g.raw(number, 1)
		return g.cached
	}
	from, to := g.bounds(number)
	merged := block{clock: g.clock, isPicked: len(g.rule.BySetPos) > 0}
	for i, near := range []int{number - 1, number, number + 1} {
		b := g.raw(near, i)
		for _, day := range b.days {
			if from <= day && day < to {
				merged.days = append(merged.days, day)
			}
		}
		for _, wall := range b.picks {
			if int64(from)*secondsPerDay <= wall && wall < int64(to)*secondsPerDay {
				merged.picks = append(merged.picks, wall)
			}
		}
	}
	merged.days = sorted(merged.days)
	slices.Sort(merged.picks)
	merged.picks = slices.Compact(merged.picks)
	g.cached = merged
	return merged
}

// raw expands one period; buffer names the memory to use for its days.
func (g *periodGrid) raw(number, buffer int) block {
	days := g.days[buffer][:0]
	switch g.rule.Freq {
	case Weekly:
		days = g.calendar.week(g.weekZero()+7*number, days)
	case Monthly:
		days = g.calendar.month(floorDiv(number, 12), floorMod(number, 12)+1, days)
	default:
		days = g.calendar.year(number, days)
	}
	g.days[buffer] = days
	b := block{days: days, clock: g.clock}
	if len(g.rule.BySetPos) > 0 {
		b = b.pick(g.rule.BySetPos)
	}
	return b
}

// pick applies BYSETPOS.
func (b block) pick(positions []int) block {
	picked := block{isPicked: true}
	for _, position := range positions {
		if i, ok := nth(position, b.len()); ok {
			picked.picks = append(picked.picks, b.at(i))
		}
	}
	slices.Sort(picked.picks)
	picked.picks = slices.Compact(picked.picks)
	return picked
}

func (b block) len() int {
	if b.isPicked {
		return len(b.picks)
	}
	return len(b.days) * len(b.clock)
}

func (b block) at(i int) int64 {
	if b.isPicked {
		return b.picks[i]
	}
	return int64(b.days[i/len(b.clock)])*secondsPerDay + int64(b.clock[i%len(b.clock)])
}

// search gives the place of the first occurrence at or after a wall time.
func (b block) search(wall int64) int {
	return sort.Search(b.len(), func(i int) bool { return b.at(i) >= wall })
}
