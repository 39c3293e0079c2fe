package recurrence

import "slices"

// maxOrdinal is the highest number of a weekday in a year.
const maxOrdinal = 53

// calendar picks the days that the day parts of a rule name: BYMONTH, BYWEEKNO,
// BYYEARDAY, BYMONTHDAY and BYDAY, with SKIP, in the order of RFC 7529 section
// 4.1. The first part present expands, the later ones limit.
type calendar struct {
	rule    *Rule
	months  []int  // those of BYMONTH, or all
	inMonth []bool // by month
	plain   []bool // by weekday: named without a number
	// numbered says by weekday which of the year or month are named, from the 53rd
	// last one to the 53rd; hasNumbered whether any is.
	numbered    [7][2*maxOrdinal + 1]bool
	hasNumbered bool
	// perYear makes the numbers in BYDAY count in the year instead of the month.
	perYear bool
}

func newCalendar(r *Rule) calendar {
	c := calendar{rule: r, months: r.ByMonth, inMonth: make([]bool, 13), plain: make([]bool, 7)}
	if len(c.months) == 0 {
		c.months = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		c.perYear = r.Freq == Yearly
	}
	for _, month := range c.months {
		c.inMonth[month] = true
	}
	for _, day := range r.ByDay {
		if day.Ordinal == 0 {
			c.plain[day.Weekday] = true
		} else {
			c.numbered[day.Weekday][day.Ordinal+maxOrdinal] = true
			c.hasNumbered = true
		}
	}
	return c
}

// limits reports whether the rule leaves out any day at all.
func (c *calendar) limits() bool {
	r := c.rule
	return len(r.ByMonth)+len(r.ByWeekNo)+len(r.ByYearDay)+len(r.ByMonthDay)+len(r.ByDay) > 0
}

// limitsWeekdays reports whether BYDAY is all that leaves out days.
func (c *calendar) limitsWeekdays() bool {
	r := c.rule
	return len(r.ByDay) > 0 && !c.hasNumbered && len(r.ByMonth)+len(r.ByWeekNo)+len(r.ByYearDay)+len(r.ByMonthDay) == 0
}

// year appends the days of a year in order, each once; with BYWEEKNO that is the
// year of the week numbers. SKIP may move a day to the year before or after.
func (c *calendar) year(year int, days []int) []int {
	switch {
	case len(c.rule.ByWeekNo) == 0:
		days = c.calendarYear(year, days)
	case len(c.rule.ByYearDay)+len(c.rule.ByMonthDay) == 0:
		days = c.fromWeeks(year, days)
	default:
		days = c.weekYear(year, days)
	}
	return sorted(days)
}

// calendarYear appends the days from January to December.
func (c *calendar) calendarYear(year int, days []int) []int {
	if len(c.rule.ByYearDay) > 0 {
		return c.fromYearDays(year, days)
	}
	for _, month := range c.months {
		days = c.appendMonth(year, month, days)
	}
	return days
}

// weekYear appends the days that other parts name and that lie in the named weeks
// of a year: its first days may be the last of the calendar year before, its last
// ones the first of the next.
func (c *calendar) weekYear(year int, days []int) []int {
	from, to := firstWeek(year, c.rule.WeekStart), firstWeek(year+1, c.rule.WeekStart)
	for near := year - 1; near <= year+1; near++ {
		for _, day := range c.calendarYear(near, nil) {
			if from <= day && day < to {
				days = append(days, day)
			}
		}
	}
	return days
}

// month appends the days of a month in order, each once.
func (c *calendar) month(year, month int, days []int) []int {
	if !c.inMonth[month] {
		return days
	}
	return sorted(c.appendMonth(year, month, days))
}

// week appends the days of the week that begins on a day.
func (c *calendar) week(first int, days []int) []int {
	for day := first; day < first+7; day++ {
		if _, month, _ := dateOf(day); c.inMonth[month] && c.plain[weekdayOf(day)] {
			days = append(days, day)
		}
	}
	return days
}

func (c *calendar) fromYearDays(year int, days []int) []int {
	newYear, length := dayOf(year, 1, 1), daysInYear(year)
	for _, n := range c.rule.ByYearDay {
		day, ok := c.place(newYear, length, n)
		if !ok {
			continue
		}
		_, month, dayOfMonth := dateOf(day)
		if c.inMonth[month] && c.matchesMonthDay(dayOfMonth, daysInMonth(year, month)) && c.keeps(year, month, day) {
			days = append(days, day)
		}
	}
	return days
}

// fromWeeks appends the days of the named weeks, which SKIP moves as it moves days.
func (c *calendar) fromWeeks(year int, days []int) []int {
	first, weeks := firstWeek(year, c.rule.WeekStart), weeksInYear(year, c.rule.WeekStart)
	for _, n := range c.rule.ByWeekNo {
		if week, ok := c.place(0, weeks, n); ok {
			days = c.week(first+7*week, days)
		}
	}
	return days
}

func (c *calendar) appendMonth(year, month int, days []int) []int {
	first, length := dayOf(year, month, 1), daysInMonth(year, month)
	if len(c.rule.ByMonthDay) == 0 {
		for day := first; day < first+length; day++ {
			if c.keeps(year, month, day) {
				days = append(days, day)
			}
		}
		return days
	}
	for _, n := range c.rule.ByMonthDay {
		if day, ok := c.place(first, length, n); ok && c.keeps(year, month, day) {
			days = append(days, day)
		}
	}
	return days
}

// place is the nth day, 1 the first and -1 the last, of a month or year, or
// where SKIP moves it. It counts the weeks of a year, too.
func (c *calendar) place(first, length, n int) (place int, ok bool) {
	if offset, valid := nth(n, length); valid {
		return first + offset, true
	}
	switch {
	case c.rule.Skip == SkipBackward && n > 0:
		return first + length - 1, true
	case c.rule.Skip == SkipForward && n > 0:
		return first + length, true
	case c.rule.Skip == SkipBackward:
		return first - 1, true
	case c.rule.Skip == SkipForward:
		return first, true
	}
	return 0, false
}

// keeps applies the parts that limit once days are placed in their month.
func (c *calendar) keeps(year, month, day int) bool {
	return c.matchesDay(year, month, day) && (len(c.rule.ByWeekNo) == 0 || c.matchesWeek(day))
}

func (c *calendar) matchesDay(year, month, day int) bool {
	if len(c.rule.ByDay) == 0 || c.plain[weekdayOf(day)] {
		return true
	}
	if !c.hasNumbered {
		return false
	}
	first, length := dayOf(year, month, 1), daysInMonth(year, month)
	if c.perYear {
		first, length = dayOf(year, 1, 1), daysInYear(year)
	}
	offset := day - first
	numbered := &c.numbered[weekdayOf(day)]
	return numbered[maxOrdinal+offset/7+1] || numbered[maxOrdinal-(length-1-offset)/7-1]
}

func (c *calendar) matchesWeek(day int) bool {
	year := weekYearOf(day, c.rule.WeekStart)
	week := (day - firstWeek(year, c.rule.WeekStart)) / 7
	weeks := weeksInYear(year, c.rule.WeekStart)
	return slices.Contains(c.rule.ByWeekNo, week+1) || slices.Contains(c.rule.ByWeekNo, week-weeks)
}

func (c *calendar) matchesMonthDay(dayOfMonth, length int) bool {
	return len(c.rule.ByMonthDay) == 0 ||
		slices.Contains(c.rule.ByMonthDay, dayOfMonth) ||
		slices.Contains(c.rule.ByMonthDay, dayOfMonth-length-1)
}

// nth turns a position, 1 the first and -1 the last of length, into an offset.
func nth(n, length int) (offset int, ok bool) {
	offset = n - 1
	if n < 0 {
		offset = length + n
	}
	return offset, offset >= 0 && offset < length
}

// relative counts days from a first one; it changes and gives the list, never nil.
func relative(days []int, first int) []int {
	for i := range days {
		days[i] -= first
	}
	if days == nil {
		return []int{}
	}
	return days
}

func sorted(days []int) []int {
	if !slices.IsSorted(days) {
		slices.Sort(days)
	}
	return slices.Compact(days)
}
