package dates

import "github.com/todoplatform/todoplatform/services/internal/language/words"

// moreOfDate reads what a text says about its date a second time: "tomorrow by the end of
// the day", "next year in march", "friday of next week". Two dates that do not meet, such
// as "in 2 months friday" and "tue/thu", are left alone together.
func (p *parser) moreOfDate(m *moment) bool {
	if !m.days.isRange() && p.endOfDay() {
		return true
	}
	if p.anotherWeekday(m) || p.is(words.To) || p.is(words.Until) {
		return false
	}
	touches := p.at == m.dateEnd
	begin := p.at
	second, ok := p.anotherDate()
	if !ok && p.skip(words.Of) {
		begin = p.at
		second, ok = p.anotherDate()
	}
	if !ok {
		return false
	}
	found, ok := p.meet(m, second, begin)
	if !ok {
		if touches {
			p.leaveAlone()
		}
		return false
	}
	m.days = found
	return true
}

// anotherDate reads a date that can say more about the one before it.
func (p *parser) anotherDate() (days, bool) {
	before := p.at
	var m moment
	if p.datePart(&m) && m.hasDate && !m.tonight {
		return m.days, true
	}
	p.at = before
	return days{}, false
}

// endOfDay reads "by the end of the day", which a day has anyway.
func (p *parser) endOfDay() bool {
	return p.try(func() bool {
		p.skip(words.By)
		unit, ok := p.take(words.EndOfUnit)
		if !ok && p.skip(words.End) {
			p.skip(words.The)
			unit, ok = p.take(words.Unit)
		}
		return ok && unit == words.Day
	})
}

// anotherWeekday looks whether a list of weekdays goes on, such as "tue/thu" and "sat or
// sun", which is no date.
func (p *parser) anotherWeekday(m *moment) bool {
	const comma = 1
	if p.at > m.dateEnd+comma || !p.isAt(m.dateEnd-1, words.Weekday) {
		return false
	}
	goesOn := p.try(func() bool {
		p.at = m.dateEnd
		if !p.skip(words.And) && !p.glued("/") && !p.glued("+") {
			return false
		}
		_, ok := p.weekdayWord("")
		return ok
	})
	if goesOn {
		p.leaveAlone()
	}
	return goesOn
}

// anotherTime looks whether a list of times goes on, such as "8am and 8pm" and "in the morning
// and evening", which is no time.
func (p *parser) anotherTime(m *moment) bool {
	if p.peeking || p.between || !m.onClock() || m.hasEnd || m.parts[len(m.parts)-1].Kind != PartTime {
		return false
	}
	before := p.at
	joined := p.skip(words.And) || p.glued("/")
	isPart := joined && (p.is(words.InDayPart) || p.is(words.DayPart))
	c, ok := p.clock(false)
	goesOn := isPart || ok && m.hasTime && (c.shown || joined && m.clock.spoken && !c.inWords && p.isComplete())
	p.at = before
	if goesOn {
		p.leaveAlone()
	}
	p.at = before
	return goesOn
}

// skipEvery leaves out days and times behind "every", which are those of a recurrence.
func (p *parser) skipEvery() {
	p.at++
	p.unread = 0
	p.leaveAlone()
}

// leaveAlone notes that nothing is to be understood up to the end of an expression.
func (p *parser) leaveAlone() {
	var rest moment
	for p.try(func() bool {
		if !p.skip(words.And) && !p.glued("/") {
			p.glued("+")
		}
		if p.skip(words.Weekday) {
			return true
		}
		p.peeking, rest = true, moment{}
		defer func() { p.peeking = false }()
		return p.part(&rest)
	}) {
		continue
	}
	p.unread = max(p.unread, p.at)
}

// meet gives the one of two dates that lies in the other one. Where they do not, one may be
// meant to be in the period that is the other: friday in next week. The second one began at
// a token and ends here.
func (p *parser) meet(m *moment, second days, begin int) (days, bool) {
	switch {
	case m.days.holds(second):
		return second, true
	case second.holds(m.days):
		return m.days, true
	case m.days.isRange():
		return p.dateWithin(m.days, begin, p.at)
	case second.isRange():
		return p.dateWithin(second, m.dateAt, m.dateEnd)
	}
	return days{}, false
}

func (d days) holds(other days) bool { return d.first <= other.first && other.last <= d.last }

// dateWithin reads the date between two tokens again, in a period.
func (p *parser) dateWithin(period days, begin, end int) (days, bool) {
	base := p.base
	p.base, p.within = period.first, true
	if period.holds(oneDay(p.today)) {
		p.base = p.today
	}
	found, ok := p.readAgain(begin, end)
	p.base, p.within = base, false
	return found, ok && period.holds(found)
}

// beginOf reads the begin of a range again, as the last one before its end: "28 dec to 3 jan
// 2028" and "thursday to friday next week" say once where they are.
func (p *parser) beginOf(said *phrase) days {
	base := p.base
	p.base, p.beginning = said.to.days.first, true
	found, ok := p.readAgain(said.from.dateAt, said.from.dateEnd)
	p.base, p.beginning = base, false
	if !ok || found.isRange() {
		return said.from.days
	}
	return found
}

// readAgain reads the date between two tokens and stays where it is.
func (p *parser) readAgain(begin, end int) (days, bool) {
	at := p.at
	defer func() { p.at = at }()
	p.at = begin
	var m moment
	ok := p.datePart(&m) && m.hasDate && p.at == end
	return m.days, ok
}
