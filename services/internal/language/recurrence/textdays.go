package recurrence

import (
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// list reads items separated by commas and ands. A separator with no item after
// it is left to what follows.
func (p *textParser) list(item func() bool) bool {
	if !p.try(item) {
		return false
	}
	for p.try(func() bool { return p.skip(words.And) && item() }) {
		continue
	}
	return true
}

// weekdays reads a list such as "mon-wed, fri", "mon wed fri" or "workdays".
func (p *textParser) weekdays() bool {
	if !p.weekdayRange() {
		return false
	}
	for p.try(func() bool { return p.separates() && p.nextWeekday() }) || p.try(p.weekdayRange) {
		continue
	}
	return true
}

// separates reads what stands between the items of a list, also a mark as in mon/wed/fri.
func (p *textParser) separates() bool {
	return p.skip(words.And) || p.glued("/") || p.glued("+")
}

// severalWeekdays reads a list of three weekdays or more, such as "mon wed fri", which recurs
// without a word that says so. Days in a row, such as "mon tue wed", are as often one event.
func (p *textParser) severalWeekdays() bool {
	if !p.weekdayHead() {
		return false
	}
	days := map[Weekday]bool{}
	for _, day := range p.d.rule.ByDay {
		days[day.Weekday] = true
	}
	begins := 0 // of runs of days
	for day := range days {
		if !days[(day+6)%7] {
			begins++
		}
	}
	return len(days) > 2 && begins > 1
}

func (p *textParser) nextWeekday() bool {
	p.skip(words.Every)
	return p.weekdayRange()
}

// weekdayRange reads one weekday or several in a row, and a part of the day.
func (p *textParser) weekdayRange() bool {
	switch {
	case p.skip(words.Workday):
		p.addWeekdays(int(Monday), int(Friday))
		return true
	case p.skip(words.Weekend):
		p.addWeekdays(int(Saturday), int(Saturday))
		return true
	}
	from, ok := p.take(words.Weekday)
	if !ok {
		return false
	}
	p.addWeekdays(from, p.rangeEnd(words.Weekday, from))
	p.try(p.dayPart)
	return true
}

// eachDays reads a list of words for each such weekday, such as "mondays and
// thursdays".
func (p *textParser) eachDays() bool {
	if !p.try(p.eachDay) {
		return false
	}
	for p.try(func() bool { return p.separates() && p.eachDay() }) {
		continue
	}
	return true
}

// eachDay reads "mondays", "mondays to fridays" or "weekdays", and a part of the day.
func (p *textParser) eachDay() bool {
	from, ok := p.take(words.EachWeekday)
	switch from {
	case words.EachWorkday:
		p.addWeekdays(int(Monday), int(Friday))
	case words.EachWeekend:
		p.addWeekdays(int(Saturday), int(Saturday))
	default:
		p.addWeekdays(from, p.rangeEnd(words.EachWeekday, from))
	}
	p.try(p.dayPart)
	return ok
}

// wholeWeekend reads a word for the weekend as its two days.
func (p *textParser) wholeWeekend() bool {
	isWeekend := p.skip(words.Weekend) || p.try(func() bool {
		value, ok := p.take(words.EachWeekday)
		return ok && value == words.EachWeekend
	})
	if isWeekend {
		p.addWeekdays(int(Saturday), int(Sunday))
	}
	return isWeekend
}

// rangeEnd reads "to friday"; without it the range ends where it begins.
func (p *textParser) rangeEnd(kind words.Kind, from int) (to int) {
	to = from
	p.try(func() bool {
		if !p.skip(words.To) {
			return false
		}
		end, ok := p.take(kind)
		if ok && end <= int(Sunday) {
			to = end
		}
		return ok
	})
	return to
}

// addWeekdays adds the days of a range, which may go over the end of the week.
func (p *textParser) addWeekdays(from, to int) {
	for day := from; ; day = (day + 1) % 7 {
		p.d.rule.ByDay = append(p.d.rule.ByDay, Day{Weekday: Weekday(day)})
		if day == to {
			return
		}
	}
}

func workdays() []Day {
	return []Day{{Weekday: Monday}, {Weekday: Tuesday}, {Weekday: Wednesday}, {Weekday: Thursday}, {Weekday: Friday}}
}

// dayParts reads "morning and evening".
func (p *textParser) dayParts() bool {
	return p.list(func() bool { p.skip(words.Every); return p.dayPart() })
}

// dayPart reads "morning" and "in the morning".
func (p *textParser) dayPart() bool {
	minutes, ok := p.take(words.InDayPart)
	if !ok {
		minutes, ok = p.take(words.DayPart)
	}
	if ok {
		p.d.dayParts = append(p.d.dayParts, minutes*60)
	}
	return ok
}

// ordinal reads "2nd", "second", "last" (-1) or "2nd last" (-2).
func (p *textParser) ordinal() (int, bool) {
	n := 0
	if p.at+1 < len(p.tokens) && p.tokens[p.at].Class == words.Digits && p.locale.IsOrdinalSuffix(p.tokens[p.at+1]) {
		number, ok := parseDigits(p.tokens[p.at].Text)
		if !ok || number < 1 || number > 366 {
			return 0, false
		}
		n = number
		p.at += 2
	} else if value, ok := p.take(words.Ordinal); ok {
		n = value
	}
	if place, ok := p.take(words.Last); ok {
		return -max(n, place, 1), true
	}
	return n, n > 0
}

// ordinalDays reads what ordinals can name: weekdays ("2nd tuesday"), workdays,
// days of the month, quarter or year. Where nothing said the frequency it is
// that of the period that follows, or monthly.
func (p *textParser) ordinalDays() bool {
	p.d.isBare = false
	fresh := p.d.rule.Freq == 0
	if !p.list(p.ordinalItem) {
		return false
	}
	if fresh {
		p.d.rule.Freq, p.d.open = Monthly, true
		if len(p.d.rule.ByYearDay) > 0 {
			p.d.rule.Freq, p.d.open = Yearly, false
		}
	}
	if p.ofPeriod() {
		p.d.isBare = false
	}
	// "last" alone is no day.
	return !p.d.isBare || slices.Min(p.d.days) > 0
}

// ordinalItem reads ordinals and the thing they count.
func (p *textParser) ordinalItem() bool {
	var numbers []int
	if !p.list(func() bool {
		p.skip(words.The)
		n, ok := p.ordinal()
		if ok {
			numbers = append(numbers, n)
		}
		return ok
	}) {
		return false
	}
	if day, ok := p.take(words.Weekday); ok {
		for _, n := range numbers {
			p.d.rule.ByDay = append(p.d.rule.ByDay, Day{Ordinal: n, Weekday: Weekday(day)})
		}
		return true
	}
	if p.skip(words.Workday) {
		p.d.rule.ByDay, p.d.rule.BySetPos = workdays(), append(p.d.rule.BySetPos, numbers...)
		return true
	}
	isDay := p.try(func() bool {
		unit, ok := p.take(words.Unit)
		return ok && unit == words.Day
	})
	if isDay && p.try(func() bool { return p.ofUnit(words.Year) }) {
		p.d.rule.ByYearDay = append(p.d.rule.ByYearDay, numbers...)
		return true
	}
	p.d.isBare = p.d.isBare || !isDay
	p.d.days = append(p.d.days, numbers...)
	return true
}

// dayNumbers reads days of the month without a sign that they are ordinals:
// "15", "1 and 15".
func (p *textParser) dayNumbers() bool {
	return p.list(func() bool {
		day, ok := p.dayNumber()
		if ok {
			p.d.days = append(p.d.days, day)
		}
		return ok
	})
}

// ofUnit reads "of the month", "of every year", "every year", "of every other month", and
// "of the month every month".
func (p *textParser) ofUnit(want int) bool {
	of, every, interval := p.skip(words.Of) || p.skip(words.In), false, 1
	if !p.skip(words.The) {
		if every = p.skip(words.Every); every {
			interval = p.interval()
		}
	}
	unit, ok := p.take(words.Unit)
	if !ok || unit != want || !of && !every {
		return false
	}
	p.d.rule.Interval = max(p.d.rule.Interval, interval)
	if !every {
		p.everyPeriod(want)
	}
	return interval == 1 || unit != words.Quarter
}

// interval reads what stands between "every" and its unit: "other", "2nd", "3".
func (p *textParser) interval() int {
	if p.skip(words.Other) {
		return 2
	}
	n := 1
	p.try(func() bool {
		found, ok := p.ordinal()
		if !ok {
			found, ok = p.number()
		}
		n = found
		return ok && n > 0
	})
	return max(n, 1)
}

// everyPeriod reads "every month" or "monthly" behind a day that is one of a month.
func (p *textParser) everyPeriod(want int) bool {
	return p.afterComma(func() bool {
		if adverb, ok := p.take(words.Adverb); ok {
			p.d.rule.Interval = adverb % 100
			return adverb/100 == want
		}
		if !p.skip(words.Every) {
			return false
		}
		interval := p.interval()
		unit, ok := p.take(words.Unit)
		p.d.rule.Interval = interval
		return ok && unit == want && (interval == 1 || unit != words.Quarter)
	})
}

func (p *textParser) ofMonth() bool { return p.ofUnit(words.MonthUnit) }

// ofPeriod reads what may follow ordinals: "of the month", "of march", "jan".
func (p *textParser) ofPeriod() bool {
	switch {
	case p.try(p.ofMonth):
		p.d.ofMonth = true
	case p.try(func() bool { return p.ofUnit(words.Quarter) }):
		p.d.ofQuarter = true
	case p.try(func() bool { return p.ofUnit(words.Year) }):
		if p.d.open {
			p.d.rule.Freq = Yearly
		}
	default:
		return p.try(func() bool {
			if p.skip(words.Of) {
				p.skip(words.Every)
			}
			return p.months()
		})
	}
	return true
}

// months reads a list of months; after a guess they make the rule yearly.
func (p *textParser) months() bool {
	ok := p.list(func() bool {
		month, ok := p.take(words.Month)
		if ok {
			p.d.rule.ByMonth = append(p.d.rule.ByMonth, month)
		}
		return ok
	})
	if ok && p.d.open {
		p.d.rule.Freq = Yearly
	}
	return ok
}

// daysOfMonths makes months that were said without a day, as in "every january", those of the
// days that follow.
func (p *textParser) daysOfMonths() {
	d := &p.d
	if d.rule.Freq != Yearly || d.wholeMonths == 0 || d.wholeMonths != len(d.yearDays) {
		return
	}
	for _, item := range d.yearDays {
		d.rule.ByMonth = append(d.rule.ByMonth, item.month)
	}
	d.yearDays, d.wholeMonths, d.ofMonth = nil, 0, true
}

func (p *textParser) yearDaysHead() bool {
	p.d.rule.Freq = Yearly
	return p.yearDayList()
}

// yearDayList reads "29 feb", "january" or "14 jan, 14 apr and 15 jun".
func (p *textParser) yearDayList() bool {
	p.skip(words.The)
	return p.list(func() bool {
		item, ok := p.yearDay()
		if ok {
			p.d.yearDays = append(p.d.yearDays, item)
		}
		return ok
	})
}

// yearDay reads a day of a month, in digits or before or after its name; a month
// alone is its first day.
func (p *textParser) yearDay() (yearDay, bool) {
	var found yearDay
	ok := p.try(func() bool {
		named, ok := p.numericDay()
		found = named
		return ok && (p.closed() || p.is(words.And))
	}) || p.try(func() bool {
		day, ok := p.dayNumber()
		if !ok {
			return false
		}
		if !p.skip(words.Of) {
			p.separator() // as in 9-jan
		}
		month, ok := p.take(words.Month)
		found = yearDay{month, day}
		return ok
	}) || p.try(func() bool {
		month, ok := p.take(words.Month)
		if !ok {
			return false
		}
		found = yearDay{month, 1}
		if !p.try(func() bool {
			p.skip(words.The)
			day, ok := p.dayNumber()
			if ok {
				found.day = day
			}
			return ok
		}) {
			p.d.wholeMonths++
		}
		return true
	})
	const leapYear = 4
	return found, ok && found.day >= 1 && found.day <= daysInMonth(leapYear, found.month)
}

// dayNumber reads "29" or "29th", but no year and no time of day.
func (p *textParser) dayNumber() (int, bool) {
	before := p.at
	if n, ok := p.ordinal(); ok {
		return n, n > 0 && n <= 31
	}
	p.at = before
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) > 2 {
		return 0, false
	}
	n, _ := parseDigits(p.tokens[p.at].Text)
	p.at++
	if p.at < len(p.tokens) && p.tokens[p.at].Glued && (p.tokens[p.at].Text == ":" || p.tokens[p.at].Class == words.Word) {
		return 0, false
	}
	return n, n >= 1 && n <= 31 && !p.is(words.Meridiem)
}
