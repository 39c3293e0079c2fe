package recurrence

import (
	"math/bits"
	"slices"
	"sort"
)

// unitGrid serves DAILY, HOURLY, MINUTELY and SECONDLY: every INTERVAL-th unit
// of time, of which parts may rule out days, hours, minutes and seconds.
type unitGrid struct {
	*plan
	unit     int // seconds in a unit
	perDay   int // units in a day
	interval int
	first    int // the number of the start's unit, counted from 1970
	filtered bool
	masked   bool
	hours    uint64 // the hours that pass, as bits; likewise the next two
	minutes  uint64
	seconds  uint64
	// cycle is the number of days after which everything repeats.
	cycle    int
	steps    stepper
	year     int // of days
	days     []int
	firstDay int
	lastDay  int
}

func newUnitGrid(p *plan) *unitGrid {
	r := &p.rule
	g := &unitGrid{
		plan: p, interval: r.Interval, filtered: p.calendar.limits(), year: minYear - 1,
		hours: fullMask(24), minutes: fullMask(60), seconds: fullMask(60),
		firstDay: int(floorDiv(p.start, secondsPerDay)), lastDay: int(floorDiv(lastWall, secondsPerDay)),
	}
	switch r.Freq {
	case Secondly:
		g.unit = 1
		g.seconds = maskOf(r.BySecond, g.seconds)
		g.minutes = maskOf(r.ByMinute, g.minutes)
		g.hours = maskOf(r.ByHour, g.hours)
	case Minutely:
		g.unit = 60
		g.minutes = maskOf(r.ByMinute, g.minutes)
		g.hours = maskOf(r.ByHour, g.hours)
	case Hourly:
		g.unit = 3600
		g.hours = maskOf(r.ByHour, g.hours)
	default:
		g.unit = secondsPerDay
	}
	g.masked = g.hours != fullMask(24) || g.minutes != fullMask(60) || g.seconds != fullMask(60)
	g.perDay = secondsPerDay / g.unit
	g.first = int(floorDiv(p.start, int64(g.unit)))
	period := g.interval / gcd(g.perDay, g.interval)
	if r.StepByDay {
		g.steps = newStepper(p, g.firstDay)
		g.interval = 1
		period = 7 * r.Interval
	}
	g.cycle = daysPerCycle / gcd(daysPerCycle, period) * period
	return g
}

// possible reports whether clock and interval can meet on any day.
func (g *unitGrid) possible() bool {
	if len(g.clock) == 0 {
		return false
	}
	// Over the days the interval reaches every unit of its residue class modulo
	// this divisor, and no other.
	step := gcd(g.perDay, g.interval)
	_, ok := g.unitFrom(0, floorMod(g.first, step), step)
	return ok
}

func (g *unitGrid) ceil(wall int64) (int64, bool) {
	wall = max(wall, g.start)
	if g.never || wall > g.end {
		return 0, false
	}
	day := int(floorDiv(wall, secondsPerDay))
	second := int(wall - int64(day)*secondsPerDay)
	limit := min(g.lastDay, day+g.cycle)
	for {
		next, ok := g.dayFrom(day, limit)
		if !ok {
			return 0, false
		}
		if next > day {
			second = 0
		}
		if found, ok := g.timeFrom(next, second); ok {
			wall = int64(next)*secondsPerDay + int64(found)
			return wall, wall <= g.end
		}
		day, second = next+1, 0
	}
}

func (g *unitGrid) floor(wall int64) (int64, bool) {
	wall = min(wall, g.end)
	if g.never || wall < g.start {
		return 0, false
	}
	day := int(floorDiv(wall, secondsPerDay))
	second := int(wall - int64(day)*secondsPerDay)
	limit := max(g.firstDay, day-g.cycle)
	for {
		previous, ok := g.dayUpTo(day, limit)
		if !ok {
			return 0, false
		}
		if previous < day {
			second = secondsPerDay - 1
		}
		if found, ok := g.timeUpTo(previous, second); ok {
			wall = int64(previous)*secondsPerDay + int64(found)
			return wall, wall >= g.start
		}
		day, second = previous-1, secondsPerDay-1
	}
}

func (g *unitGrid) nth(n int) (int64, bool) {
	switch {
	case !g.filtered && !g.masked:
		return g.nthUnruled(n)
	case g.rule.Freq == Daily:
		return g.nthDaily(n)
	}
	second := int(floorMod(g.start, secondsPerDay))
	counts := map[int]int{} // whole days by the phase of the interval in them
	for day := g.firstDay; ; day++ {
		next, ok := g.dayFrom(day, min(g.lastDay, day+g.cycle))
		if !ok {
			return 0, false
		}
		if next > g.firstDay {
			second = 0
		}
		day = next
		size, known := counts[g.phase(day)]
		if !known || second > 0 {
			size = g.count(day, second)
		}
		if second == 0 {
			counts[g.phase(day)] = size
		}
		if n <= size {
			return g.nthOfDay(day, second, n), true
		}
		n -= size
	}
}

// nthUnruled is nth where nothing but the interval decides.
func (g *unitGrid) nthUnruled(n int) (int64, bool) {
	skipped := sort.SearchInts(g.clock, int(g.start-int64(g.first)*int64(g.unit)))
	n += skipped - 1
	unit := int64(g.first) + int64(n/len(g.clock))*int64(g.interval)
	wall := unit*int64(g.unit) + int64(g.clock[n%len(g.clock)])
	return wall, wall <= lastWall
}

// nthDaily is nth for DAILY with parts that rule out days: it goes by years.
func (g *unitGrid) nthDaily(n int) (int64, bool) {
	n--
	last, _, _ := dateOf(g.lastDay)
	for year, _, _ := dateOf(g.firstDay); year <= last; year++ {
		days := g.daysOf(year)
		skipped := sort.SearchInts(days, g.firstDay) * len(g.clock)
		if i := skipped / len(g.clock); i < len(days) && days[i] == g.firstDay {
			skipped += sort.SearchInts(g.clock, int(floorMod(g.start, secondsPerDay)))
		}
		if n += skipped; n < len(days)*len(g.clock) {
			return int64(days[n/len(g.clock)])*secondsPerDay + int64(g.clock[n%len(g.clock)]), true
		}
		n -= len(days) * len(g.clock)
	}
	return 0, false
}

// count counts the occurrences of a day from a second on.
func (g *unitGrid) count(day, second int) int {
	count, phase := 0, g.phase(day)
	for unit, ok := g.unitFrom(second/g.unit, phase, g.interval); ok; unit, ok = g.unitFrom(unit+1, phase, g.interval) {
		if !g.masked && unit*g.unit >= second {
			return count + ((g.perDay-1-unit)/g.interval+1)*len(g.clock)
		}
		count += len(g.clock) - sort.SearchInts(g.clock, second-unit*g.unit)
	}
	return count
}

// nthOfDay gives the nth occurrence of a day from a second on; it exists.
func (g *unitGrid) nthOfDay(day, second, n int) int64 {
	for {
		found, _ := g.timeFrom(day, second)
		if n--; n == 0 {
			return int64(day)*secondsPerDay + int64(found)
		}
		second = found + 1
	}
}

// timeFrom gives the first occurrence of a day at or after a second of it.
func (g *unitGrid) timeFrom(day, second int) (int, bool) {
	phase := g.phase(day)
	unit, ok := g.unitFrom(second/g.unit, phase, g.interval)
	for ok {
		begin := unit * g.unit
		if i := sort.SearchInts(g.clock, second-begin); i < len(g.clock) {
			return begin + g.clock[i], true
		}
		unit, ok = g.unitFrom(unit+1, phase, g.interval)
	}
	return 0, false
}

// timeUpTo gives the last occurrence of a day at or before a second of it.
func (g *unitGrid) timeUpTo(day, second int) (int, bool) {
	phase := g.phase(day)
	unit, ok := g.unitUpTo(second/g.unit, phase, g.interval)
	for ok {
		begin := unit * g.unit
		if i := sort.SearchInts(g.clock, second-begin+1); i > 0 {
			return begin + g.clock[i-1], true
		}
		unit, ok = g.unitUpTo(unit-1, phase, g.interval)
	}
	return 0, false
}

// phase is what a unit's place in the day must be, modulo the interval.
func (g *unitGrid) phase(day int) int {
	return floorMod(g.first-day*g.perDay, g.interval)
}

// unitFrom gives the first unit of a day, from a place in it on, that lies on
// the interval and passes the masks. Where an hour or minute does not pass it
// goes on to the next one that does, so it takes few steps.
func (g *unitGrid) unitFrom(unit, phase, interval int) (int, bool) {
	for {
		unit += floorMod(phase-unit, interval)
		if unit >= g.perDay {
			return 0, false
		}
		if !g.masked {
			return unit, true
		}
		second := unit * g.unit
		hour, minute := second/3600, second/60%60
		switch {
		case g.hours>>hour&1 == 0:
			unit = nextBit(g.hours, hour) * 3600 / g.unit
		case g.minutes>>minute&1 == 0:
			unit = (hour*60 + min(nextBit(g.minutes, minute), 60)) * 60 / g.unit
		case g.seconds>>(second%60)&1 == 0:
			unit = (hour*60+minute)*60 + min(nextBit(g.seconds, second%60), 60)
		default:
			return unit, true
		}
	}
}

// unitUpTo is unitFrom backwards.
func (g *unitGrid) unitUpTo(unit, phase, interval int) (int, bool) {
	for {
		unit -= floorMod(unit-phase, interval)
		if unit < 0 {
			return 0, false
		}
		if !g.masked {
			return unit, true
		}
		second := unit * g.unit
		hour, minute := second/3600, second/60%60
		switch {
		case g.hours>>hour&1 == 0:
			unit = (previousBit(g.hours, hour)+1)*3600/g.unit - 1
		case g.minutes>>minute&1 == 0:
			unit = (hour*60+previousBit(g.minutes, minute)+1)*60/g.unit - 1
		case g.seconds>>(second%60)&1 == 0:
			unit = (hour*60+minute)*60 + previousBit(g.seconds, second%60)
		default:
			return unit, true
		}
	}
}

// dayFrom gives the first day at or after day, and not after limit, that passes
// and that the interval reaches.
func (g *unitGrid) dayFrom(day, limit int) (int, bool) {
	if !g.filtered {
		day += g.phase(day) / g.perDay
		return day, day <= limit
	}
	for year, _, _ := dateOf(min(day, limit)); ; year++ {
		days := g.daysOf(year)
		if i := sort.SearchInts(days, day); i < len(days) {
			return days[i], days[i] <= limit
		}
		if dayOf(year+1, 1, 1) > limit {
			return 0, false
		}
	}
}

// dayUpTo gives the last such day at or before day, and not before limit.
func (g *unitGrid) dayUpTo(day, limit int) (int, bool) {
	if !g.filtered {
		last := (day+1)*g.perDay - 1
		last -= floorMod(last-g.first, g.interval)
		day = floorDiv(last, g.perDay)
		return day, day >= limit
	}
	for year, _, _ := dateOf(max(day, limit)); ; year-- {
		days := g.daysOf(year)
		if i := sort.SearchInts(days, day+1); i > 0 {
			return days[i-1], days[i-1] >= limit
		}
		if dayOf(year, 1, 1) < limit {
			return 0, false
		}
	}
}

// daysOf gives the days of a year that pass and that the interval reaches.
func (g *unitGrid) daysOf(year int) []int {
	if g.year == year {
		return g.days
	}
	g.year = year
	g.days = g.calendar.year(year, g.days[:0])
	if g.interval > g.perDay || g.steps.interval > 1 {
		g.days = slices.DeleteFunc(g.days, func(day int) bool {
			return g.phase(day) >= g.perDay || !g.steps.reaches(day)
		})
	}
	return g.days
}

// stepper counts the days that BYDAY names, for X-STEP=BYDAY.
type stepper struct {
	interval int
	perWeek  int
	upTo     [7]int // by weekday: such days from Monday up to and including it
	first    int    // the number of the first one at or after the start
}

func newStepper(p *plan, start int) stepper {
	s := stepper{interval: p.rule.Interval}
	for weekday := range 7 {
		if p.calendar.plain[weekday] {
			s.perWeek++
		}
		s.upTo[weekday] = s.perWeek
	}
	s.first = s.number(start-1) + 1
	return s
}

// number counts the days up to and including day, from a fixed Monday.
func (s *stepper) number(day int) int {
	const monday = 4 // 1970-01-05
	return floorDiv(day-monday, 7)*s.perWeek + s.upTo[weekdayOf(day)]
}

func (s *stepper) reaches(day int) bool {
	return s.interval <= 1 || floorMod(s.number(day)-s.first, s.interval) == 0
}

func fullMask(n int) uint64 { return 1<<n - 1 }

// maskOf sets a bit for each number; an empty list rules nothing out.
func maskOf(list []int, otherwise uint64) uint64 {
	if len(list) == 0 {
		return otherwise
	}
	var mask uint64
	for _, n := range list {
		mask |= 1 << min(n, 59) // second 60 means 59
	}
	return mask
}

// nextBit is the lowest bit above i, or 64.
func nextBit(mask uint64, i int) int {
	return bits.TrailingZeros64(mask &^ (1<<(i+1) - 1))
}

// previousBit is the highest bit below i, or -1.
func previousBit(mask uint64, i int) int {
	return bits.Len64(mask&(1<<i-1)) - 1
}
