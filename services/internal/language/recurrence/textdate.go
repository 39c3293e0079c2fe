package recurrence

import (
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
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
		second, ok := p.timeOfDay(p.skip(words.At))
		if ok {
			due.Time = formatClock(second)
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
	if _, err := zoneOf(name); err != nil {
		return ""
	}
	for p.at < len(p.tokens) && p.tokens[p.at].From < from+length {
		p.at++
	}
	return name
}

func (p *textParser) date(base int) (day int, ok bool) {
	for _, step := range []func(base int) (int, bool){
		p.isoDate, p.namedDate, p.dayOfWeek, p.relativeDay, p.endOfPeriod, p.nextPeriod, p.inUnits,
	} {
		before := p.at
		if day, ok = step(base); ok && day <= int(lastWall/secondsPerDay) {
			return day, true
		}
		p.at = before
	}
	p.expect("date")
	return 0, false
}

// isoDate reads 2026-12-01.
func (p *textParser) isoDate(int) (int, bool) {
	if p.at+5 > len(p.tokens) {
		return 0, false
	}
	t := p.tokens[p.at : p.at+5]
	if len(t[0].Text) != 4 || len(t[2].Text) != 2 || len(t[4].Text) != 2 || t[1].Text != "-" || t[3].Text != "-" {
		return 0, false
	}
	p.at += 5
	return dayOfDigits(t[0].Text, t[2].Text, t[4].Text)
}

// namedDate reads "31 jan", "jan 31st 2027" or "june", which is its first day.
func (p *textParser) namedDate(base int) (int, bool) {
	named, ok := p.yearDay()
	if !ok {
		return 0, false
	}
	if year, ok := p.year(); ok {
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

// dayOfWeek reads a weekday: the next one after base, not base itself.
func (p *textParser) dayOfWeek(base int) (int, bool) {
	p.skip(words.Next)
	weekday, ok := p.take(words.Weekday)
	return base + 1 + floorMod(weekday-int(weekdayOf(base+1)), 7), ok
}

func (p *textParser) relativeDay(int) (int, bool) {
	days, ok := p.take(words.Today)
	return p.today + days, ok
}

// endOfPeriod reads "end of june", "end of the month".
func (p *textParser) endOfPeriod(base int) (int, bool) {
	if !p.skip(words.End) {
		return 0, false
	}
	if month, ok := p.take(words.Month); ok {
		year, hasYear := p.year()
		if !hasYear {
			first, ok := comingDay(base, yearDay{month, 1})
			if now, current, _ := dateOf(base); current == month {
				return dayOf(now, month, daysInMonth(now, month)), true
			}
			if !ok {
				return 0, false
			}
			year, _, _ = dateOf(first)
		}
		return dayOf(year, month, daysInMonth(year, month)), true
	}
	p.skip(words.The)
	unit, ok := p.take(words.Unit)
	year, month, _ := dateOf(p.today)
	switch unit {
	case words.Week:
		return p.today + int(Sunday-weekdayOf(p.today)), ok
	case words.MonthUnit:
		return dayOf(year, month, daysInMonth(year, month)), ok
	case words.Year:
		return dayOf(year, 12, 31), ok
	}
	return 0, false
}

// nextPeriod reads "next week", "next month": the first day of it.
func (p *textParser) nextPeriod(int) (int, bool) {
	if !p.skip(words.Next) {
		return 0, false
	}
	unit, ok := p.take(words.Unit)
	year, month, _ := dateOf(p.today)
	switch unit {
	case words.Week:
		return p.today + 7 - int(weekdayOf(p.today)), ok
	case words.MonthUnit:
		return dayOf(year, month, daysInMonth(year, month)) + 1, ok
	case words.Year:
		return dayOf(year+1, 1, 1), ok
	}
	return 0, false
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
