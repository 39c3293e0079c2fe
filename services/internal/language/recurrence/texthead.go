package recurrence

import (
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// head reads what stands first: the frequency, or the days that imply it.
func (p *textParser) head() bool {
	for _, step := range []func() bool{
		p.adverb, p.every, p.eachWeekday, p.daysOfEvery, p.edgeOfEvery, p.afterUnits, p.timesFirst, p.severalWeekdays,
	} {
		if p.try(step) {
			if p.d.rule.Skip == SkipUnset {
				// Days that a month does not have move to its last day, which is what
				// people mean; another wish can follow.
				p.d.rule.Skip = SkipBackward
			}
			return true
		}
	}
	return false
}

// opens reports whether a head of those that stand out in a text begins here. It is asked at
// each word of a text and looks the word up once.
func (p *textParser) opens() bool {
	on := 0
	for _, reading := range p.locale.Readings(p.tokens[p.at:]) {
		switch reading.Kind {
		case words.Adverb, words.Every, words.EachWeekday:
			return true
		case words.On:
			on = max(on, reading.Length)
		case words.Weekday:
			if p.opensList() {
				return true
			}
		}
	}
	return on > 0 && slices.ContainsFunc(p.locale.Readings(p.tokens[p.at+on:]), func(r words.Reading) bool {
		return r.Kind == words.Every || r.Kind == words.EachWeekday
	})
}

// opensList reports whether a list of weekdays that recurs begins here.
func (p *textParser) opensList() bool {
	before := p.textState
	defer func() { p.textState = before }()
	p.d = draft{}
	return !p.isInList() && p.severalWeekdays()
}

// isInList reports whether weekdays stand before as well, so that no list begins here.
func (p *textParser) isInList() bool {
	const farthest = 3 // a part of the day, a comma and "and"
	for i := p.at - 1; i >= 0 && i >= p.at-farthest; i-- {
		one := p.tokens[i : i+1]
		if _, length := p.locale.Match(one, words.Weekday); length > 0 {
			return true
		}
		_, joins := p.locale.Match(one, words.And)
		_, isPart := p.locale.Match(one, words.DayPart)
		if joins+isPart == 0 && one[0].Class != words.Mark {
			return false
		}
	}
	return false
}

// adverb reads "monthly" and the days that may follow at once: "monthly 1st
// friday", "yearly june 1".
func (p *textParser) adverb() bool {
	value, ok := p.take(words.Adverb)
	if !ok {
		return false
	}
	p.d.rule.Freq, p.d.rule.Interval = Frequency(value/100), value%100
	p.d.after = p.bang()
	p.try(func() bool { return p.d.rule.Freq == Weekly && p.weekdays() })
	p.try(func() bool { return p.d.rule.Freq == Monthly && p.ordinalDays() && p.closed() })
	p.try(func() bool { return p.d.rule.Freq == Yearly && p.yearDayList() })
	return true
}

func (p *textParser) every() bool {
	p.skip(words.On)
	if !p.skip(words.Every) {
		return false
	}
	p.d.after = p.bang()
	p.skip(words.The)
	for _, step := range []func() bool{
		p.otherUnit, p.yearDaysHead, p.fractionOfUnit, p.numberOfUnits, p.nthUnit, p.everyOrdinal, p.everyEdge, p.weekdayOnDay, p.oneUnit,
		p.weekdayHead, p.partOfDay, p.dayNumbersHead,
	} {
		if p.try(step) {
			return true
		}
	}
	return false
}

func (p *textParser) bang() bool {
	return p.at < len(p.tokens) && p.tokens[p.at].Glued && p.mark("!")
}

// otherUnit reads "other week" and "other monday"; where the same word is an
// ordinal, "of the month" or "of may" shows that it is meant.
func (p *textParser) otherUnit() bool {
	return p.skip(words.Other) && p.units(2) && !p.try(p.ofMonth) &&
		!p.try(func() bool { return p.skip(words.Of) && p.is(words.Month) })
}

// fractionOfUnit reads "half an hour" and "one and a half years", which are whole
// numbers of a smaller unit.
func (p *textParser) fractionOfUnit() bool {
	hundredths, ok := p.take(words.Fraction)
	if !ok {
		return false
	}
	unit, ok := p.take(words.Unit)
	smaller := map[int]struct{ unit, times int }{
		words.Minute: {words.Second, 60}, words.Hour: {words.Minute, 60}, words.Day: {words.Hour, 24}, words.Year: {words.MonthUnit, 12},
	}[unit]
	n := hundredths * smaller.times
	p.d.rule.Freq, p.d.rule.Interval = Frequency(smaller.unit), n/100
	return ok && n > 0 && n%100 == 0
}

func (p *textParser) numberOfUnits() bool {
	before := p.at
	n, ok := p.number()
	if !ok || !p.units(max(n, 1)) {
		return false
	}
	if n < 1 {
		p.reject(before, "an interval is at least 1")
	}
	return n >= 1
}

// afterUnits reads "after 3 days", which is every! 3 days.
func (p *textParser) afterUnits() bool {
	p.d.after = true
	return p.skip(words.After) && p.numberOfUnits()
}

// nthUnit reads "3rd day" as every 3 days, but not "3rd day of the month".
func (p *textParser) nthUnit() bool {
	n, ok := p.ordinal()
	return ok && n > 0 && p.unit(n) && !p.try(func() bool { return p.skip(words.Of) })
}

func (p *textParser) oneUnit() bool { return p.units(1) }

// units reads the unit or the weekdays that an interval counts.
func (p *textParser) units(n int) bool {
	if p.unit(n) {
		return true
	}
	p.d.rule.Interval = n
	if n > 1 && p.skip(words.Workday) {
		p.d.rule.Freq, p.d.rule.ByDay, p.d.rule.StepByDay = Daily, workdays(), true
		return true
	}
	p.d.rule.Freq = Weekly
	return p.weekdays()
}

func (p *textParser) unit(n int) bool {
	unit, ok := p.take(words.Unit)
	if !ok && p.at > 0 && p.at < len(p.tokens) && p.tokens[p.at].Glued && p.tokens[p.at-1].Class == words.Digits {
		unit, ok = p.take(words.ShortUnit) // as in 2h
	}
	p.d.rule.Freq, p.d.rule.Interval = Frequency(unit), n
	switch unit {
	case words.Quarter:
		p.d.rule.Freq, p.d.rule.Interval, p.d.ofQuarter = Monthly, n*3, n == 1
	case words.Fortnight:
		p.d.rule.Freq, p.d.rule.Interval = Weekly, n*2
	}
	return ok && p.d.rule.Interval <= maxNumber
}

func (p *textParser) weekdayHead() bool {
	p.d.rule.Freq = Weekly
	return p.weekdays()
}

func (p *textParser) partOfDay() bool {
	p.d.rule.Freq = Daily
	return p.dayParts()
}

// everyEdge reads "every end of month" and "every eom".
func (p *textParser) everyEdge() bool { return p.edge(true) }

// weekdayOnDay reads "every friday the 13th", a day of the month that is on a weekday.
func (p *textParser) weekdayOnDay() bool {
	weekday, ok := p.take(words.Weekday)
	p.skip(words.The)
	if !ok || p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits {
		return false
	}
	day, ok := p.ordinal()
	p.d.rule.Freq, p.d.rule.ByDay, p.d.days = Monthly, []Day{{Weekday: Weekday(weekday)}}, []int{day}
	return ok && p.closed()
}

// eachWeekday reads words such as "mondays", which need no "every". Where they are
// nouns, other words may be about them, as in "mondays are hard".
func (p *textParser) eachWeekday() bool {
	on := p.skip(words.On)
	isNoun := p.is(words.Weekday) || p.is(words.Workday) || p.is(words.Weekend)
	p.d.rule.Freq = Weekly
	if !p.eachDays() {
		return false
	}
	return on || !isNoun || p.at == len(p.tokens) || p.tokens[p.at].Class != words.Word || p.is(words.In) || p.closed()
}

// everyOrdinal reads "every 2nd tuesday", "every 15th" and "every first of the
// month"; a bare "every second" counts something else.
func (p *textParser) everyOrdinal() bool {
	inWords := p.at < len(p.tokens) && p.tokens[p.at].Class == words.Word
	return p.ordinalDays() && (!p.d.isBare || !inWords && p.closed())
}

// dayNumbersHead reads "every 15" and "every 1 and 15" as days of the month.
func (p *textParser) dayNumbersHead() bool {
	p.d.rule.Freq = Monthly
	return p.dayNumbers() && (p.try(p.ofMonth) || p.closed())
}

// daysOfEvery reads days before their period: "last day of the month", "1st of
// every month", "monday to friday every week".
func (p *textParser) daysOfEvery() bool {
	if !p.skip(words.On) {
		p.skip(words.By)
	}
	p.skip(words.The)
	return p.try(func() bool { return p.ordinalDays() && !p.d.isBare }) ||
		p.try(func() bool { p.d.rule.Freq = Monthly; return p.dayNumbers() && p.is(words.Of) && p.ofMonth() }) ||
		p.try(func() bool { return p.weekdayHead() && p.skip(words.Every) && p.unit(1) && p.d.rule.Freq == Weekly })
}

// timesFirst reads "at 9am every day".
func (p *textParser) timesFirst() bool {
	return p.atTimes() && (p.try(p.adverb) || p.try(p.every) || p.try(p.eachWeekday))
}

// closers may stand behind a bare number without a space.
const closers = ",;.:!?)\""

// closed reports whether a bare number ends here or goes on as a part of the
// sentence; before any other word it counts something, as in "every 5 pages".
func (p *textParser) closed() bool {
	if p.at == len(p.tokens) {
		return true
	}
	next := p.tokens[p.at]
	if next.Class == words.Mark {
		insideNumber := p.at+1 < len(p.tokens) && p.tokens[p.at+1].Glued
		return !next.Glued || strings.Contains(closers, next.Text) && !insideNumber
	}
	continues := []words.Kind{words.At, words.From, words.Until, words.Except}
	return !next.Glued && !p.is(words.To) && slices.ContainsFunc(continues, p.is)
}
