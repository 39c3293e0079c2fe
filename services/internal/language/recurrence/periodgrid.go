package recurrence

import (
	"slices"
	"sort"
)

// periodGrid serves WEEKLY, MONTHLY and YEARLY: each period is a set of days
// times a set of clock times.
type periodGrid struct {
	*plan
	*work
	// byWeeks is set when years are those of week numbers, of whole weeks each.
	byWeeks  bool
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
	blocks [kinds]*block
}

// kinds is more than kindOf tells apart.
const kinds = 13 * 14

// block is what one period holds, ascending.
type block struct {
	// from is the day from which days and picks count: the first of the period.
	from  int
	days  []int
	clock []int
	// picks replaces days and clock when BYSETPOS chose from them.
	picks    []int64
	isPicked bool
}

func newPeriodGrid(p *plan, w *work) *periodGrid {
	g := &periodGrid{plan: p, work: w, interval: p.rule.Interval, byWeeks: len(p.rule.ByWeekNo) > 0, number: -1 << 62}
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
	if g.byWeeks {
		return weekYearOf(day, g.rule.WeekStart)
	}
	year, month, _ := dateOf(day)
	if g.rule.Freq == Monthly {
		return year*12 + month - 1
	}
	return year
}

// weekZero is the day on which the week number 0 begins.
func (g *periodGrid) weekZero() int { return mondayZero + int(g.rule.WeekStart) }

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
		if g.byWeeks {
			return firstWeek(number, g.rule.WeekStart), firstWeek(number+1, g.rule.WeekStart)
		}
		return dayOf(number, 1, 1), dayOf(number+1, 1, 1)
	}
}

func (g *periodGrid) ceil(wall int64) (int64, bool) {
	wall = max(wall, g.start)
	number := g.onGrid(g.numberOf(min(wall, lastWall)))
	for step := 0; step <= g.cycle && number <= g.last && !g.isSpent(); step++ {
		if g.size(number) > 0 {
			b := g.block(number)
			if i := b.search(wall); i < b.len() {
				found := b.at(i)
				return found, found <= lastWall
			}
		}
		number += g.interval
	}
	return 0, false
}

func (g *periodGrid) floor(wall int64) (int64, bool) {
	wall = min(wall, lastWall)
	if wall < g.start {
		return 0, false
	}
	number := g.onGrid(g.numberOf(wall))
	if g.spills {
		number += g.interval
	}
	for step := 0; step <= g.cycle+1 && number >= g.first && !g.isSpent(); step++ {
		if g.size(number) > 0 {
			b := g.block(number)
			if i := b.search(wall + 1); i > 0 {
				found := b.at(i - 1)
				return found, found >= g.start
			}
		}
		number -= g.interval
	}
	return 0, false
}

func (g *periodGrid) periods() (first, step, most int) {
	days := map[Frequency]int{Weekly: 7, Monthly: 31, Yearly: 53 * 7}[g.rule.Freq]
	most = days * len(g.clock)
	if n := len(g.rule.BySetPos); n > 0 {
		most = min(most, n)
	}
	if g.spills {
		most *= 2
	}
	return g.first, g.interval, most
}

func (g *periodGrid) periodOf(wall int64) int {
	number := g.numberOf(wall)
	if g.spills {
		number++
	}
	return g.onGrid(number)
}

func (g *periodGrid) size(number int) int {
	g.spend(1)
	return g.expanded(number).len()
}

func (g *periodGrid) before(number int, wall int64) int { return g.block(number).search(wall) }

func (g *periodGrid) at(number, i int) int64 { return g.block(number).at(i) }

// kindOf gives the same number to periods that hold the same days, counted from
// their first: what decides is the calendar in them and, for SKIP and the number
// of the week, right beside them.
func (g *periodGrid) kindOf(number int) int {
	switch g.rule.Freq {
	case Weekly:
		if len(g.rule.ByMonth) == 0 {
			return 0
		}
		year, month, dayOfMonth := dateOf(g.weekZero() + 7*number)
		return month*7 + min(daysInMonth(year, month)-dayOfMonth, 6)
	case Monthly:
		year, month := floorDiv(number, 12), floorMod(number, 12)+1
		if !g.spills && !g.calendar.inMonth[month] {
			return 0
		}
		weekday := 0
		if len(g.rule.ByDay) > 0 {
			weekday = int(weekdayOf(dayOf(year, month, 1)))
		}
		if !g.spills {
			return (daysInMonth(year, month)-27)*7 + weekday
		}
		if isLeap(year) {
			weekday += 7
		}
		return month*14 + weekday
	default:
		kind := yearKind(number)
		for i, near := range []int{number - 1, number + 1} {
			if isLeap(near) {
				kind += 14 * (i + 1)
			}
		}
		return kind
	}
}

// onGrid is the last period at or before number that INTERVAL reaches.
func (g *periodGrid) onGrid(number int) int {
	return number - floorMod(number-g.first, g.interval)
}

// block gives the occurrences of a period.
func (g *periodGrid) block(number int) block {
	if g.number != number {
		g.number, g.cached = number, *g.expanded(number)
		g.cached.from, _ = g.bounds(number)
	}
	return g.cached
}

// expanded is a period of the same kind, of which each is expanded once.
func (g *periodGrid) expanded(number int) *block {
	kind := g.kindOf(number)
	if g.blocks[kind] == nil {
		b := g.expand(number)
		g.blocks[kind] = &b
	}
	return g.blocks[kind]
}

// expand finds what a period holds. With INTERVAL=1 what SKIP moves into a
// neighbour is handed out with that neighbour, so that blocks stay in order; with
// a longer interval the neighbours are not on the grid.
func (g *periodGrid) expand(number int) block {
	from, to := g.bounds(number)
	g.spend(to - from)
	if !g.spills || g.interval > 1 {
		return g.raw(number, from)
	}
	length := to - from
	merged := block{clock: g.clock, isPicked: len(g.rule.BySetPos) > 0}
	for near := number - 1; near <= number+1; near++ {
		b := g.raw(near, from)
		for _, day := range b.days {
			if 0 <= day && day < length {
				merged.days = append(merged.days, day)
			}
		}
		for _, wall := range b.picks {
			if 0 <= wall && wall < int64(length)*secondsPerDay {
				merged.picks = append(merged.picks, wall)
			}
		}
	}
	merged.days = sorted(merged.days)
	slices.Sort(merged.picks)
	merged.picks = slices.Compact(merged.picks)
	return merged
}

// raw is a period by itself, counted from a day.
func (g *periodGrid) raw(number, from int) block {
	var days []int
	switch g.rule.Freq {
	case Weekly:
		days = g.calendar.week(g.weekZero()+7*number, days)
	case Monthly:
		days = g.calendar.month(floorDiv(number, 12), floorMod(number, 12)+1, days)
	default:
		days = g.calendar.year(number, days)
	}
	b := block{days: relative(days, from), clock: g.clock}
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
	from := int64(b.from) * secondsPerDay
	if b.isPicked {
		return from + b.picks[i]
	}
	return from + int64(b.days[i/len(b.clock)])*secondsPerDay + int64(b.clock[i%len(b.clock)])
}

// search gives the place of the first occurrence at or after a wall time.
func (b block) search(wall int64) int {
	return sort.Search(b.len(), func(i int) bool { return b.at(i) >= wall })
}
