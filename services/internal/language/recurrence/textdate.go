package recurrence

import (
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// dateOrTime reads a date, and a time and zone if they follow it. Dates without
// a year are the first at or after base.
func (p *textParser) dateOrTime(base int) (Due, bool) {
	day, ok := p.date(base)
	if !ok {
		return Due{}, false
	}
	due := dueOfDay(day)
	p.try(func() bool {
		time, ok := p.timeOfDay(p.skip(words.At))
		if ok {
			due.Time = formatClock(time.whenUp(-1))
			due.Zone = p.zoneName()
		}
		return ok
	})
	return due, true
}

// zoneName reads an IANA name, up to the next space or comma; "" when there is
// none.
func (p *textParser) zoneName() string {
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Word {
		return ""
	}
	from := p.tokens[p.at].From
	length := strings.IndexAny(p.text[from:], " \t\n,;")
	if length < 0 {
		length = len(p.text) - from
	}
	name := p.text[from : from+length]
	if _, err := zones.Load(name); err != nil {
		return ""
	}
	for p.at < len(p.tokens) && p.tokens[p.at].From < from+length {
		p.at++
	}
	return name
}

func (p *textParser) date(base int) (day int, ok bool) {
	for _, step := range []func(base int) (int, bool){
		p.isoDate, p.numericDate, p.namedDate, p.dayOfWeek, p.relativeDay, p.edgeOfPeriod, p.nextPeriod, p.inUnits,
	} {
		before := p.at
		if day, ok = step(base); ok && day <= int(lastWall/secondsPerDay) {
			return day, true
		}
		p.at = before
	}
	p.expect("2026-12-31")
	return 0, false
}

// isoDate reads 2026-12-01, 2026/12/1 and 2026.12.01.
func (p *textParser) isoDate(int) (int, bool) {
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) != 4 {
		return 0, false
	}
	year, _ := parseDigits(p.tokens[p.at].Text)
	p.at++
	mark := p.separator()
	if mark == "" {
		return 0, false
	}
	month, glued1, ok1 := p.shortNumber()
	ok := p.glued(mark)
	day, glued2, ok2 := p.shortNumber()
	if !ok || !ok1 || !ok2 || !glued1 || !glued2 || year < minYear || month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	return dayOfYear(year, yearDay{month, day})
}

// separator takes the mark between the numbers of a date.
func (p *textParser) separator() string {
	for _, mark := range []string{"-", "/", "."} {
		if p.glued(mark) {
			return mark
		}
	}
	return ""
}

// namedDate reads "31 jan", "jan 31st 2027" or "june", which is its first day.
func (p *textParser) namedDate(base int) (int, bool) {
	named, ok := p.yearDay()
	if !ok {
		return 0, false
	}
	year, ok := p.year()
	if !ok {
		ok = p.try(func() bool { // as in 9-jan-2027
			n, isYear := 0, p.separator() != ""
			if isYear {
				n, isYear = p.year()
			}
			year = n
			return isYear
		})
	}
	if ok {
		return dayOfYear(year, named)
	}
	return comingDay(base, named)
}

// year reads four digits, after a comma perhaps.
func (p *textParser) year() (int, bool) {
	year := 0
	ok := p.try(func() bool {
		p.mark(",")
		if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) != 4 {
			return false
		}
		year, _ = parseDigits(p.tokens[p.at].Text)
		p.at++
		return year >= minYear
	})
	return year, ok
}

func dayOfYear(year int, named yearDay) (int, bool) {
	if named.day > daysInMonth(year, named.month) {
		return 0, false
	}
	return dayOf(year, named.month, named.day), true
}

// comingDay is the first such day at or after base; a leap day may be eight
// years away.
func comingDay(base int, named yearDay) (int, bool) {
	first, _, _ := dateOf(base)
	for year := first; year <= first+8; year++ {
		if day, ok := dayOfYear(year, named); ok && day >= base {
			return day, true
		}
	}
	return 0, false
}

// numericDate reads 12/31/2027, 12-31-2027 and 31.12.2027, and the days of numericDay.
func (p *textParser) numericDate(base int) (int, bool) {
	named, mark, ok := p.numbersOfDay()
	if !ok {
		return 0, false
	}
	year := 0
	if p.try(func() bool {
		if !p.glued(mark) || p.at >= len(p.tokens) || !p.tokens[p.at].Glued {
			return false
		}
		year, ok = p.year()
		return ok
	}) {
		return dayOfYear(year, named)
	}
	if !p.endsDay(mark) {
		return 0, false
	}
	return comingDay(base, named)
}

// numericDay reads 12/31, and 31.12. where a full stop makes ordinals.
func (p *textParser) numericDay() (yearDay, bool) {
	named, mark, ok := p.numbersOfDay()
	return named, ok && p.endsDay(mark)
}

// numbersOfDay reads a month and a day by the order of the locale, or a day and a
// month with a full stop between them.
func (p *textParser) numbersOfDay() (named yearDay, mark string, ok bool) {
	month, _, ok := p.shortNumber()
	if !ok {
		return yearDay{}, "", false
	}
	if mark = p.separator(); mark == "" {
		return yearDay{}, "", false
	}
	dotted := mark == "."
	day, isGlued, ok := p.shortNumber()
	if !ok || !isGlued {
		return yearDay{}, "", false
	}
	if dotted || !p.locale.MonthFirst {
		month, day = day, month
	}
	if month > 12 {
		month, day = day, month
	}
	return yearDay{month, day}, mark, month >= 1 && month <= 12 && day >= 1
}

// endsDay reads the full stop behind a month, as in 31.12.; nothing follows 12/31, and 12-31
// is no day.
func (p *textParser) endsDay(mark string) bool {
	return mark == "/" || mark == "." && p.at < len(p.tokens) && p.locale.IsOrdinalSuffix(p.tokens[p.at]) && p.glued(mark)
}

// shortNumber reads one or two digits.
func (p *textParser) shortNumber() (n int, isGlued, ok bool) {
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) > 2 {
		return 0, false, false
	}
	n, ok = parseDigits(p.tokens[p.at].Text)
	p.at++
	return n, p.tokens[p.at-1].Glued, ok
}

func (p *textParser) glued(mark string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at].Glued && p.mark(mark)
}

// dayOfWeek reads a weekday: alone it is the next one after base, with "coming"
// the one after today, with "this" today counts, and with "next" it lies in next
// week. "mondays" are no date.
func (p *textParser) dayOfWeek(base int) (int, bool) {
	if p.is(words.EachWeekday) {
		return 0, false
	}
	from := base + 1
	switch {
	case p.skip(words.Coming):
		from = p.today + 1
	case p.skip(words.This):
		from = p.today
	case p.skip(words.Next):
		from = p.today + 7 - int(weekdayOf(p.today))
	}
	weekday, ok := p.take(words.Weekday)
	return from + floorMod(weekday-int(weekdayOf(from)), 7), ok
}

func (p *textParser) relativeDay(int) (int, bool) {
	days, ok := p.take(words.Today)
	return p.today + days, ok
}

// edgeOfPeriod reads "end of june", "end of the month", "start of next year".
func (p *textParser) edgeOfPeriod(base int) (int, bool) {
	if unit, ok := p.take(words.EndOfUnit); ok {
		_, last, ok := p.periodOf(unit, 0)
		return last, ok
	}
	begins := p.skip(words.Begin)
	if !begins && !p.skip(words.End) {
		return 0, false
	}
	first, last, ok := p.month(base)
	if !ok {
		first, last, ok = p.period()
	}
	if begins {
		return first, ok
	}
	return last, ok
}

// month reads "june 2027", or "june", which is the one that has not ended.
func (p *textParser) month(base int) (first, last int, ok bool) {
	month, ok := p.take(words.Month)
	if !ok {
		return 0, 0, false
	}
	year, hasYear := p.year()
	if !hasYear {
		var current int
		if year, current, _ = dateOf(base); current > month {
			year++
		}
	}
	first = dayOf(year, month, 1)
	return first, first + daysInMonth(year, month) - 1, true
}

// nextPeriod reads "next week", "next month": the first day of it.
func (p *textParser) nextPeriod(int) (int, bool) {
	if !p.is(words.Next) {
		return 0, false
	}
	first, _, ok := p.period()
	return first, ok
}

// period reads "the month", "this month", "next month": its first and last day.
func (p *textParser) period() (first, last int, ok bool) {
	moved := 0
	if p.skip(words.Next) {
		moved = 1
	} else if !p.skip(words.This) {
		p.skip(words.The)
	}
	unit, ok := p.take(words.Unit)
	if !ok {
		return 0, 0, false
	}
	return p.periodOf(unit, moved)
}

// periodOf is the day, week, month, quarter or year of today, moved by some.
func (p *textParser) periodOf(unit, moved int) (first, last int, ok bool) {
	switch unit {
	case words.Day:
		return p.today + moved, p.today + moved, true
	case words.Week:
		first = p.today - int(weekdayOf(p.today)) + 7*moved
		return first, first + 6, true
	}
	months := map[int]int{words.MonthUnit: 1, words.Quarter: 3, words.Year: 12}[unit]
	if months == 0 {
		return 0, 0, false
	}
	year, month, _ := dateOf(p.today)
	at := year*12 + (month-1)/months*months + months*moved
	begin := func(at int) int { return dayOf(at/12, at%12+1, 1) }
	return begin(at), begin(at+months) - 1, true
}

// inUnits reads "in 3 weeks", or "3 weeks" after a word that holds the "in".
func (p *textParser) inUnits(int) (int, bool) {
	p.skip(words.In)
	n, ok := p.number()
	if !ok {
		return 0, false
	}
	unit, ok := p.take(words.Unit)
	if !ok {
		return 0, false
	}
	return addUnits(p.today, n, unit)
}

// addUnits goes on by units of a day or more; a month end clamps.
func addUnits(day, n, unit int) (int, bool) {
	const most = maxYear * 366
	if n > most {
		return 0, false
	}
	var months int
	switch unit {
	case words.Day:
		return day + n, true
	case words.Week:
		return day + 7*n, true
	case words.Fortnight:
		return day + 14*n, true
	case words.MonthUnit:
		months = n
	case words.Quarter:
		months = 3 * n
	case words.Year:
		months = 12 * n
	default:
		return 0, false
	}
	year, month, dayOfMonth := dateOf(day)
	total := year*12 + month - 1 + months
	year, month = total/12, total%12+1
	return dayOf(year, month, min(dayOfMonth, daysInMonth(year, month))), true
}
