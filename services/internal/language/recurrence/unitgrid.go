package recurrence

import (
	"math/bits"
	"sort"
)

// unitGrid serves DAILY, HOURLY, MINUTELY and SECONDLY: every INTERVAL-th unit
// of time, of which parts may rule out days, hours, minutes and seconds.
type unitGrid struct {
	*plan
	*work
	unit     int // seconds in a unit
	perDay   int // units in a day
	interval int
	first    int // the number of the start's unit, counted from 1970
	filtered bool
	weekdays bool // nothing but weekdays is filtered
	masked   bool
	hours    uint64 // the hours that pass, as bits; likewise the next two
	minutes  uint64
	seconds  uint64
	// cycle is the number of days after which everything repeats.
	cycle    int
	steps    stepper
	meeting  *meeting // once it is needed
	scans    bool     // there is no such arithmetic
	year     int      // of days
	days     []int
	passing  [14][]int // by kind of year, from its first day
	firstDay int
	lastDay  int
	sizes    map[int]int // by kind of year
	places   int         // how many places the interval can have in a day
	perPlace []int       // one more than the occurrences of such a day, once known
}

func newUnitGrid(p *plan, w *work) *unitGrid {
	r := &p.rule
	g := &unitGrid{
		plan: p, work: w, interval: r.Interval, filtered: p.calendar.limits(), year: minYear - 1, sizes: map[int]int{},
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
	g.places = g.interval / gcd(g.perDay, g.interval)
	period := g.places
	g.weekdays = p.calendar.limitsWeekdays()
	switch {
	case r.StepByDay:
		g.steps = newStepper(p, g.firstDay, r.Interval)
		g.interval, g.places = 1, 1
		period = 7 * r.Interval
	case g.weekdays:
		g.steps = newStepper(p, g.firstDay, 1)
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
	if g.never || wall > lastWall {
		return 0, false
	}
	day := int(floorDiv(wall, secondsPerDay))
	second := int(wall - int64(day)*secondsPerDay)
	limit := min(g.lastDay, day+g.cycle)
	for tries := 0; !g.isSpent(); tries++ {
		if tries == maxTries && g.meets() {
			return g.meetFrom(day)
		}
		next, ok := g.dayFrom(day, limit)
		if !ok {
			return 0, false
		}
		if next > day {
			second = 0
		}
		if found, ok := g.timeFrom(next, second); ok {
			wall = int64(next)*secondsPerDay + int64(found)
			return wall, true
		}
		day, second = next+1, 0
	}
	return 0, false
}

func (g *unitGrid) floor(wall int64) (int64, bool) {
	wall = min(wall, lastWall)
	if g.never || wall < g.start {
		return 0, false
	}
	day := int(floorDiv(wall, secondsPerDay))
	second := int(wall - int64(day)*secondsPerDay)
	limit := max(g.firstDay, day-g.cycle)
	for tries := 0; !g.isSpent(); tries++ {
		if tries == maxTries && g.meets() {
			return g.meetUpTo(day)
		}
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
	return 0, false
}

// maxTries is how many days are looked at before arithmetic takes over.
const maxTries = 16

func (g *unitGrid) meets() bool {
	if g.meeting == nil && !g.scans {
		g.meeting = newMeeting(g)
		g.scans = g.meeting == nil
	}
	return g.meeting != nil
}

// meetFrom is ceil from the begin of a day.
func (g *unitGrid) meetFrom(day int) (int64, bool) {
	unit := day * g.perDay
	unit += floorMod(g.first-unit, g.interval)
	g.spend(len(g.meeting.passing))
	steps, ok := g.meeting.steps(unit, 1)
	wall := int64(unit+steps*g.interval)*int64(g.unit) + int64(g.clock[0])
	return wall, ok && wall <= lastWall
}

// meetUpTo is floor from the end of a day.
func (g *unitGrid) meetUpTo(day int) (int64, bool) {
	unit := (day+1)*g.perDay - 1
	unit -= floorMod(unit-g.first, g.interval)
	g.spend(len(g.meeting.passing))
	steps, ok := g.meeting.steps(unit, -1)
	wall := int64(unit-steps*g.interval)*int64(g.unit) + int64(g.clock[len(g.clock)-1])
	return wall, ok && wall >= g.start
}

// periods are years.
func (g *unitGrid) periods() (first, step, most int) {
	const longestYear = 366
	passing := bits.OnesCount64(g.hours) * bits.OnesCount64(g.minutes) * bits.OnesCount64(g.seconds) / g.unit
	most = min(longestYear*max(passing, 1), (longestYear*g.perDay-1)/g.interval+1)
	return g.periodOf(g.start), 1, most * len(g.clock)
}

func (g *unitGrid) periodOf(wall int64) int {
	year, _, _ := dateOf(int(floorDiv(wall, secondsPerDay)))
	return year
}

// size looks at one year of each kind; beside the calendar the place of the
// interval at its beginning decides.
func (g *unitGrid) size(year int) int {
	g.spend(1)
	first := dayOf(year, 1, 1)
	kind := daysInYear(year)
	if g.filtered {
		kind = yearKind(year)
	}
	kind += 1000 * (g.phase(first) + g.steps.place(first-1))
	size, known := g.sizes[kind]
	if !known {
		size = g.countDays(year, dayOf(year+1, 1, 1))
		g.sizes[kind] = size
	}
	return size
}

func (g *unitGrid) before(year int, wall int64) int {
	day := int(floorDiv(wall, secondsPerDay))
	if day < dayOf(year, 1, 1) {
		return 0
	}
	if day >= dayOf(year+1, 1, 1) {
		return g.size(year)
	}
	sum := g.countDays(year, day)
	if found, ok := g.dayFrom(day, day); ok && found == day {
		sum += g.countOn(day) - g.count(day, int(floorMod(wall, secondsPerDay)))
	}
	return sum
}

func (g *unitGrid) at(year, i int) int64 {
	for day := dayOf(year, 1, 1); ; day++ {
		day, _ = g.dayFrom(day, g.lastDay)
		size := g.countOn(day)
		if i < size {
			return g.atDay(day, i)
		}
		i -= size
	}
}

// countDays counts the occurrences of a year before a day of it or of the next.
func (g *unitGrid) countDays(year, to int) int {
	from := dayOf(year, 1, 1)
	if !g.filtered {
		if !g.masked {
			unitsBefore := func(day int) int { return floorDiv(day*g.perDay-1-g.first, g.interval) }
			return (unitsBefore(to) - unitsBefore(from)) * len(g.clock)
		}
		sum := 0
		for day := from; day < to && !g.isSpent(); day++ {
			sum += g.countOn(day)
		}
		return sum
	}
	evenly := g.perDay%g.interval == 0
	if evenly && g.weekdays {
		return g.steps.between(from, to) * g.countOn(from)
	}
	days := g.daysOf(year)
	days = days[:sort.SearchInts(days, to)]
	if evenly {
		return len(days) * g.countOn(from)
	}
	sum := 0
	for _, day := range days {
		if g.isSpent() {
			break
		}
		sum += g.countOn(day)
	}
	return sum
}

// countOn counts the occurrences of a day, once for each place of the interval in
// it unless there are many.
func (g *unitGrid) countOn(day int) int {
	const most = 4096
	g.spend(1)
	if g.places > most {
		return g.count(day, 0)
	}
	if g.perPlace == nil {
		g.perPlace = make([]int, g.places)
	}
	// All places in the day are apart by a multiple of interval / places.
	known := &g.perPlace[g.phase(day)*g.places/g.interval]
	if *known == 0 {
		*known = g.count(day, 0) + 1
	}
	return *known - 1
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

// atDay gives an occurrence of a day by its place, from 0; it exists.
func (g *unitGrid) atDay(day, i int) int64 {
	for second := 0; ; i-- {
		found, _ := g.timeFrom(day, second)
		if i == 0 {
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
		g.spend(1)
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
		g.spend(1)
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

// daysPerStep is how many days are copied in the time in which one is looked at.
const daysPerStep = 8

// daysOf gives the days of a year that pass and that the interval reaches. Which
// pass is looked up once for each kind of year.
func (g *unitGrid) daysOf(year int) []int {
	if g.year == year {
		return g.days
	}
	g.spend(1)
	g.year, g.days = year, g.days[:0]
	first, kind := dayOf(year, 1, 1), yearKind(year)
	if g.passing[kind] == nil {
		g.spend(daysInYear(year))
		g.passing[kind] = relative(g.calendar.year(year, nil), first)
	}
	stepped := g.interval > g.perDay || g.steps.interval > 1
	g.spend(len(g.passing[kind]) / daysPerStep)
	for _, day := range g.passing[kind] {
		day += first
		if !stepped || g.phase(day) < g.perDay && g.steps.reaches(day) {
			g.days = append(g.days, day)
		}
	}
	return g.days
}

// stepper counts the days that BYDAY names, and steps over them for X-STEP=BYDAY.
type stepper struct {
	interval int
	perWeek  int
	upTo     [7]int // by weekday: such days from Monday up to and including it
	first    int    // the number of the first one at or after the start
}

func newStepper(p *plan, start, interval int) stepper {
	s := stepper{interval: interval}
	for weekday := range 7 {
		if p.calendar.plain[weekday] {
			s.perWeek++
		}
		s.upTo[weekday] = s.perWeek
	}
	s.first = s.number(start-1) + 1
	return s
}

// mondayZero is the first Monday, 1970-01-05.
const mondayZero = 4

// number counts the days up to and including day, from a fixed Monday.
func (s *stepper) number(day int) int {
	return floorDiv(day-mondayZero, 7)*s.perWeek + s.upTo[weekdayOf(day)]
}

func (s *stepper) reaches(day int) bool { return s.place(day) == 0 }

// place is how far past the interval the count is with a day.
func (s *stepper) place(day int) int {
	if s.interval <= 1 {
		return 0
	}
	return floorMod(s.number(day)-s.first, s.interval)
}

// between counts the days reached from one day on and before another.
func (s *stepper) between(from, to int) int {
	reached := func(day int) int { return floorDiv(s.number(day)-s.first, s.interval) }
	return reached(to-1) - reached(from-1)
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
