package dates

import (
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// datePart reads a date or a period, and the small words before it.
func (p *parser) datePart(m *moment) bool {
	if p.is(words.InDayPart) {
		return false // the German "am Morgen" is not tomorrow
	}
	if p.say(m, p.shifted) || p.say(m, p.inPeriod) {
		return true
	}
	led := p.lead()
	if minutes, ok := p.take(words.Tonight); ok {
		m.dayPart, m.hasPart, m.tonight = minutes, true, true
		m.days, m.hasDate = oneDay(p.today), true
		return true
	}
	for _, step := range []func(led words.Kind) (days, bool){
		p.isoDate, p.numericDate, p.relativeDay, p.edgeOfPeriod, p.ordinalOf, p.namedDate, p.dayOfMonth, p.weekday, p.modified,
	} {
		before := p.at
		found, ok := step(led)
		if ok && inCalendar(found.first) && inCalendar(found.last) {
			m.days, m.hasDate = found, true
			return true
		}
		p.at = before
	}
	return false
}

// lead takes a word that introduces a date and gives its kind, "" when a name can
// follow it as well: "for June" is as often for a person.
func (p *parser) lead() words.Kind {
	for _, kind := range []words.Kind{words.By, words.On, words.At} {
		if p.skip(kind) {
			return kind
		}
	}
	p.skip(words.For)
	return ""
}

// inPeriod reads "in june", "in the next week".
func (p *parser) inPeriod(m *moment) bool {
	if !p.skip(words.In) {
		return false
	}
	before := p.at
	found, _, ok := p.monthAlone()
	if !ok {
		p.at = before
		found, ok = p.modified(words.In)
	}
	m.days, m.hasDate = found, ok
	return ok && inCalendar(found.first) && inCalendar(found.last)
}

// isoDate reads 2026-12-01, 2026/12/1 and 2026.12.01; the time of an RFC 3339 date-time
// follows as a part of its own.
func (p *parser) isoDate(words.Kind) (days, bool) {
	year, length, ok := p.digits(4)
	if !ok || length != 4 {
		return days{}, false
	}
	separator := p.separator()
	month, length1, ok1 := p.gluedDigits(2)
	ok = p.glued(separator)
	day, length2, ok2 := p.gluedDigits(2)
	if !ok || !ok1 || !ok2 || separator == "." && length1+length2 != 4 { // 2026.1.2 is a version
		return days{}, false
	}
	found, ok := validDay(year, month, day)
	return oneDay(found), ok
}

// separator takes the mark between the numbers of a date.
func (p *parser) separator() string {
	for _, mark := range []string{"-", "/", "."} {
		if p.glued(mark) {
			return mark
		}
	}
	return ""
}

// numericDate reads 12/1, 12/1/2026, 12-1-2026 and 12/1/26 by the order of the locale,
// and dates with dots.
func (p *parser) numericDate(led words.Kind) (days, bool) {
	before := p.at
	first, _, ok1 := p.digits(2)
	separator := p.separator()
	if separator == "." {
		p.at = before
		return p.dottedDate(led)
	}
	second, _, ok2 := p.gluedDigits(2)
	if !ok1 || !ok2 {
		return days{}, false
	}
	month, day := second, first
	if p.locale.MonthFirst {
		month, day = first, second
	}
	if month > 12 {
		month, day = day, month
	}
	if !p.glued(separator) {
		isFraction := p.is(words.Of) // as in 2/3 of the flour
		found, ok := p.dateIn(0, false, month, day, day)
		return found, ok && separator == "/" && !isFraction
	}
	year, ok := p.gluedYear()
	if !ok || separator == "-" && !p.fourDigits() {
		return days{}, false
	}
	return p.dateIn(year, true, month, day, day)
}

// fourDigits reports whether the year that was just read has all its digits.
func (p *parser) fourDigits() bool { return len(p.tokens[p.at-1].Text) == 4 }

// dottedDate reads 1.12.2026; where a dot makes a number an ordinal also 1.12.26,
// 1.12., "am 1.12" and 1.-3.12.
func (p *parser) dottedDate(led words.Kind) (days, bool) {
	first, _, ok := p.digits(2)
	if !ok || !p.glued(".") {
		return days{}, false
	}
	ordinals := p.locale.IsOrdinalSuffix(p.tokens[p.at-1])
	last := first
	if ordinals {
		p.try(func() bool {
			if !p.skip(words.To) {
				return false
			}
			n, _, ok := p.digits(2)
			if ok = ok && p.glued("."); ok {
				last = n
			}
			return ok
		})
	}
	month, _, ok := p.digits(2)
	if !ok || !ordinals && !p.tokens[p.at-1].Glued {
		return days{}, false
	}
	if !p.glued(".") {
		found, ok := p.dateIn(0, false, month, first, last)
		return found, ok && ordinals && led == words.On && p.isComplete() // else an amount
	}
	year := 0
	hasYear := p.try(func() bool {
		n, ok := p.gluedYear()
		year = n
		return ok && (ordinals || p.fourDigits())
	})
	if hasYear && month > 12 && p.fourDigits() && first == last {
		month, first, last = first, month, month
	}
	switch {
	case !hasYear && !ordinals:
		return days{}, false
	case !hasYear:
		year, hasYear = p.year()
	}
	return p.dateIn(year, hasYear, month, first, last)
}

// gluedYear reads the four or two digits of a year.
func (p *parser) gluedYear() (int, bool) {
	n, length, _ := p.gluedDigits(4)
	if length == 2 {
		n = p.century(n)
	}
	return n, length == 4 || length == 2
}

// century puts a year of two digits between 69 years ago and 30 years ahead.
func (p *parser) century(year int) int {
	now := p.options.Now.Year()
	return now - 69 + floorMod(year-(now-69), 100)
}

// dateIn is the days of a month in a year, or the nearest ones.
func (p *parser) dateIn(year int, hasYear bool, month, first, last int) (days, bool) {
	of := func(year int) (days, bool) {
		from, ok1 := validDay(year, month, first)
		to, ok2 := validDay(year, month, last)
		return days{from, to}, ok1 && ok2 && from <= to
	}
	if hasYear {
		return of(year)
	}
	return p.nearest(of)
}

func (p *parser) relativeDay(words.Kind) (days, bool) {
	n, ok := p.take(words.Today)
	day := p.existing(p.today+n, n)
	if moved, ok := p.movedFrom(day); ok {
		day = moved
	}
	return oneDay(day), ok
}

// movedFrom reads what may follow a day: "friday in two weeks".
func (p *parser) movedFrom(day int) (int, bool) {
	ok := p.try(func() bool {
		back := p.skip(words.AgoBefore)
		if !back && !p.skip(words.In) {
			return false
		}
		a, ok := p.amount()
		if !ok || a.exact() {
			return false
		}
		if back {
			a = a.negative()
		}
		day = p.existing(a.move(day), a.days+a.months)
		return true
	})
	return day, ok
}

// existing moves a day on that the zone left out, such as 30 December 2011 in
// Samoa, in the direction of the count.
func (p *parser) existing(day, direction int) int {
	if direction == 0 {
		return day
	}
	year, month, dayOfMonth := civilOf(day)
	if time.Date(year, time.Month(month), dayOfMonth, 12, 0, 0, 0, p.options.Now.Location()).Day() == dayOfMonth {
		return day
	}
	if direction < 0 {
		return day - 1
	}
	return day + 1
}

// edgeOfPeriod reads "end of month", "the start of next week", "eom".
func (p *parser) edgeOfPeriod(led words.Kind) (days, bool) {
	weak := p.is(words.Weak)
	if unit, ok := p.take(words.EndOfUnit); ok {
		found, ok := p.endsIn(unit)
		return oneDay(found.last), ok && (!weak || led != "" || p.standsAlone())
	}
	begin := p.skip(words.Begin)
	if !begin && !p.skip(words.End) {
		return days{}, false
	}
	found, ok := p.wholePeriod()
	if begin {
		return oneDay(found.first), ok
	}
	return oneDay(found.last), ok
}

// endsIn is the period at whose end a word such as "eom" stands: the one that follows, as in
// "eod friday" and "eom december", or that of today.
func (p *parser) endsIn(unit int) (days, bool) {
	var found days
	if p.try(func() bool {
		var ok bool
		if unit == words.Day {
			found, ok = p.namedDay()
		} else {
			found, ok = p.wholePeriod()
		}
		return ok
	}) {
		return found, true
	}
	return p.period(unit, p.today, 0)
}

// namedDay reads the day of "the end of the day tomorrow".
func (p *parser) namedDay() (days, bool) {
	var m moment
	if p.peeking || !p.onlyDate(&m) {
		return days{}, false
	}
	return m.days, true
}

// wholePeriod reads "june 2027", "the month", "next quarter", "2027".
func (p *parser) wholePeriod() (days, bool) {
	before := p.at
	if found, _, ok := p.monthAlone(); ok {
		return found, true
	}
	p.at = before
	if year, ok := p.year(); ok {
		return days{dayOf(year, 1, 1), dayOf(year, 12, 31)}, true
	}
	p.skip(words.The)
	moved, _ := p.direction()
	if unit, ok := p.take(words.Unit); ok && moved == 0 && unit == words.Day {
		return p.endsIn(words.Day)
	} else if ok {
		return p.period(unit, p.today, moved)
	}
	if p.skip(words.Weekend) {
		return weekend(p.today, moved), true
	}
	return days{}, false
}

// direction reads this (0), next (1), the one after it (2) or last (-1).
func (p *parser) direction() (moved int, ok bool) {
	switch {
	case p.skip(words.This):
		return 0, true
	case p.skip(words.Next), p.skip(words.Coming):
		return 1, true
	case p.skip(words.NextButOne):
		return 2, true
	case p.skip(words.Previous):
		return -1, true
	}
	return 0, false
}

// monthAlone reads "june" or "june 2027".
func (p *parser) monthAlone() (found days, hasYear, ok bool) {
	month, ok := p.take(words.Month)
	if !ok {
		return days{}, false, false
	}
	of := func(year int) (days, bool) {
		first, ok := validDay(year, month, 1)
		return days{first, first + daysIn(year, month) - 1}, ok
	}
	if year, ok := p.year(); ok {
		found, ok = of(year)
		return found, true, ok
	}
	found, ok = p.nearest(of)
	return found, false, ok
}

// year reads four digits that do not go on as a time or a date, or "next year".
func (p *parser) year() (int, bool) {
	year, _, _ := civilOf(p.today)
	if p.try(func() bool {
		p.skip(words.Of)
		moved, ok := p.direction()
		year += moved
		unit, _ := p.take(words.Unit)
		return ok && unit == words.Year
	}) {
		return year, true
	}
	ok := p.try(func() bool {
		p.mark(",")
		n, length, ok := p.digits(4)
		next, more := p.peek(0)
		year = n
		return ok && length == 4 && n >= minYear && (!more || !next.Glued || next.Class == words.Mark)
	})
	return year, ok
}

// namedDate reads "3 march", "the 3rd of march 2027", "mar 3-5", "june 2027".
func (p *parser) namedDate(led words.Kind) (days, bool) {
	begin := p.at
	if found, ok := p.dayThenMonth(); ok {
		return found, true
	}
	p.at = begin
	if found, ok := p.monthThenDay(); ok {
		return found, true
	}
	p.at = begin
	month := p.at
	found, hasYear, ok := p.monthAlone()
	// A bare month is as often a name or a verb.
	alone := p.at == len(p.tokens) && month == 0
	afterNumber := month > 0 && p.tokens[month-1].Class == words.Digits // as in 31 april
	return found, ok && !afterNumber && (hasYear || alone || led != "" && p.isComplete())
}

func (p *parser) dayThenMonth() (days, bool) {
	p.skip(words.The)
	first, ok := p.dayNumber()
	if !ok {
		return days{}, false
	}
	last := first
	p.try(func() bool {
		n, ok := p.toDay()
		if ok {
			last = n
		}
		return ok
	})
	separator := ""
	if !p.skip(words.Of) {
		separator = p.separator()
	}
	month, ok := p.take(words.Month)
	if !ok {
		return days{}, false
	}
	year, hasYear := p.year()
	if !hasYear && separator != "" {
		hasYear = p.try(func() bool { // as in 9-jan-2027
			n, ok := 0, p.glued(separator)
			if ok {
				n, ok = p.gluedYear()
			}
			year = n
			return ok
		})
	}
	return p.dateIn(year, hasYear, month, first, last)
}

func (p *parser) monthThenDay() (days, bool) {
	month, ok := p.take(words.Month)
	if !ok {
		return days{}, false
	}
	p.skip(words.The)
	first, ok := p.dayNumber()
	if !ok {
		return days{}, false
	}
	last := first
	p.try(func() bool {
		n, ok := p.toDay()
		if ok {
			last = n
		}
		return ok
	})
	year, hasYear := p.year()
	return p.dateIn(year, hasYear, month, first, last)
}

// toDay reads the end of a range of days, but no time and no month.
func (p *parser) toDay() (int, bool) {
	if !p.skip(words.To) && (!p.between || !p.skip(words.And)) {
		return 0, false
	}
	p.skip(words.The)
	return p.dayNumber()
}

// dayNumber reads "3" or "3rd", but no time.
func (p *parser) dayNumber() (int, bool) {
	n, ok := p.ordinal()
	if !ok {
		if n, _, ok = p.digits(2); !ok {
			return 0, false
		}
		next, more := p.peek(0)
		if more && next.Glued && (next.Class == words.Word || next.Text == ":") {
			if !p.is(words.Month) {
				return 0, false
			}
		}
		if p.is(words.Meridiem) {
			return 0, false
		}
	}
	return n, n >= 1 && n <= 31
}

// dayOfMonth reads "the 15th", "on the 15th", the nearest month that has it, and
// "15th of next month".
func (p *parser) dayOfMonth(led words.Kind) (days, bool) {
	bare := !p.behind(words.Numbered) && !p.behindApostrophe()
	the := p.skip(words.The)
	next, _ := p.peek(0)
	inWords := next.Class == words.Word // "the second book" is no date
	day, ok := p.ordinal()
	if !ok || day > 31 {
		return days{}, false
	}
	var month days
	if p.try(func() bool {
		whole, ok := p.ofMonth()
		month = whole
		return ok
	}) {
		found := month.first + day - 1
		return oneDay(found), found <= month.last
	}
	named := led == words.On || led == words.By
	bare = bare && p.tokens[p.at-1].Class == words.Word && p.standsAlone() // a full stop may end a sentence
	if the && !inWords && p.rangeFollows() {
		return p.nearestDay(day, anyWeekday)
	}
	if !named && (inWords || !the && !bare) || !p.isComplete() && (inWords || led != words.On || !p.opensText()) {
		return days{}, false
	}
	return p.nearestDay(day, anyWeekday)
}

// behindApostrophe reports whether what comes next is somebody's, such as Ana's 30th.
func (p *parser) behindApostrophe() bool {
	return p.at > 0 && strings.ContainsAny(p.tokens[p.at-1].Text, "'’")
}

// ofMonth reads "of the month", "of next month", "next month".
func (p *parser) ofMonth() (days, bool) {
	if !p.skip(words.Of) && !p.is(words.This) && !p.is(words.Next) {
		return days{}, false
	}
	whole, ok := p.wholePeriod()
	const longestMonth = 31
	return whole, ok && whole.last-whole.first < longestMonth && whole.last-whole.first > 7
}

// anyWeekday is that of a day of which no weekday is said.
const anyWeekday = -1

// nearestDay is the nearest such day of a month that has it, on a weekday.
func (p *parser) nearestDay(day, weekday int) (days, bool) {
	year, month, _ := civilOf(p.base)
	step := 1
	if p.past() {
		step = -1
	}
	const mostMonths = 48 // until a day such as the 31st is each weekday
	for i := 0; i <= mostMonths; i++ {
		y, m, _ := civilOf(addMonths(dayOf(year, month, 1), i*step))
		found, ok := validDay(y, m, day)
		if ok && (found-p.base)*step >= 0 && (weekday == anyWeekday || weekdayOf(found) == weekday) {
			return oneDay(found), true
		}
	}
	return days{}, false
}

// ordinalOf reads "first monday of june", "last day of next month".
func (p *parser) ordinalOf(words.Kind) (days, bool) {
	p.skip(words.The)
	n, ok := p.ordinal()
	if !ok {
		if !p.skip(words.Previous) && !p.skip(words.Last) {
			return days{}, false
		}
		n = -1
	}
	weekday, isWeekday := p.take(words.Weekday)
	if !isWeekday {
		if unit, ok := p.take(words.Unit); !ok || unit != words.Day {
			return days{}, false
		}
	}
	if !p.skip(words.Of) && !p.skip(words.In) {
		return days{}, false
	}
	whole, ok := p.wholePeriod()
	if !ok {
		return days{}, false
	}
	found := whole.first + n - 1
	switch {
	case isWeekday && n < 0:
		found = whole.last - floorMod(weekdayOf(whole.last)-weekday, 7)
	case isWeekday:
		found = whole.first + floorMod(weekday-weekdayOf(whole.first), 7) + 7*(n-1)
	case n < 0:
		found = whole.last
	}
	return oneDay(found), found >= whole.first && found <= whole.last
}

// weekday reads "friday", "friday, 3 march", "friday next week".
func (p *parser) weekday(led words.Kind) (days, bool) {
	begin := p.at
	weekday, ok := p.take(words.Weekday)
	if !ok || p.is(words.AfterNext) {
		return days{}, false
	}
	if found, ok := p.afterWeekday(weekday); ok {
		return found, true
	}
	if moved, ok := p.movedFrom(p.modifiedWeekday(weekday, 0)); ok {
		return oneDay(moved), true
	}
	p.at = begin
	if _, ok := p.weekdayWord(led); !ok {
		return days{}, false
	}
	return oneDay(p.weekdayFrom(weekday, p.base)), true
}

// weekdayWord reads a word for a weekday, but not one that is another word as often, as in
// "he sat down".
func (p *parser) weekdayWord(led words.Kind) (int, bool) {
	_, weak := p.find(words.Weak)
	weekday, length := p.find(words.Weekday)
	p.at += length
	if weak != length || length == 0 || led != "" || p.ending || p.is(words.DayPart) || p.is(words.Weekday) || p.standsAlone() {
		return weekday, length > 0
	}
	if _, and := p.find(words.And); and > 0 && p.at+and < len(p.tokens) && p.isAt(p.at+and, words.Weekday) {
		return weekday, true // as in sat and sun
	}
	next, more := p.peek(0)
	return weekday, more && next.Glued && (p.is(words.To) || next.Text == "/")
}

// afterWeekday reads the date or the week that a weekday belongs to.
func (p *parser) afterWeekday(weekday int) (days, bool) {
	var found days
	ok := p.try(func() bool {
		p.mark(",")
		onDay := func(words.Kind) (days, bool) { return p.dayOn(weekday) }
		for _, step := range []func(words.Kind) (days, bool){p.isoDate, p.numericDate, p.namedDate, onDay, p.dayOfMonth} {
			before := p.at
			led := words.Kind("")
			if p.skip(words.The) {
				led = words.On
			}
			date, ok := step(led)
			if ok && !date.isRange() {
				found = date
				return true
			}
			p.at = before
		}
		return false
	}) || p.try(func() bool {
		p.skip(words.The)
		moved, ok := p.direction()
		if unit, _ := p.take(words.Unit); !ok || unit != words.Week {
			return false
		}
		week, ok := p.period(words.Week, p.today, moved)
		found = oneDay(dayInWeek(week, weekday))
		return ok
	})
	return found, ok
}

// dayOn reads the day of a month that is on a weekday: "friday the 13th".
func (p *parser) dayOn(weekday int) (days, bool) {
	next, _ := p.peek(0)
	day, ok := p.ordinal()
	if !ok || next.Class != words.Digits || !p.isComplete() {
		return days{}, false
	}
	return p.nearestDay(day, weekday)
}

func dayInWeek(week days, weekday int) int {
	return week.first + floorMod(weekday-weekdayOf(week.first), 7)
}

// modified reads "next friday", "this week", "last month", "next june".
func (p *parser) modified(led words.Kind) (days, bool) {
	p.skip(words.The)
	if led != "" && p.skip(words.Weekend) {
		return weekend(p.today, 0), true
	}
	coming := p.is(words.Coming)
	moved, ok := p.direction()
	if !ok {
		return p.afterNext()
	}
	if weekday, ok := p.take(words.Weekday); ok {
		if coming {
			return oneDay(p.weekdayFrom(weekday, p.today)), true
		}
		return oneDay(p.modifiedWeekday(weekday, moved)), true
	}
	if month, ok := p.take(words.Month); ok {
		return p.modifiedMonth(month, moved), true
	}
	if p.skip(words.Weekend) {
		if coming {
			moved = 0
		}
		return weekend(p.today, moved), true
	}
	if p.skip(words.Workday) {
		return oneDay(p.workday(moved)), moved == 1 || moved == -1
	}
	if moved != 0 && p.numberNext() {
		return p.severalDays(moved)
	}
	unit, ok := p.take(words.Unit)
	if !ok || unit < words.Day {
		return days{}, false
	}
	found, ok := p.period(unit, p.today, moved)
	if ok && unit == words.MonthUnit {
		p.try(func() bool { return p.dayOfPeriod(&found) })
	}
	return found, ok
}

// afterNext reads "week after next", "friday after next".
func (p *parser) afterNext() (days, bool) {
	weekday, isWeekday := p.take(words.Weekday)
	unit := words.Week
	if !isWeekday {
		unit, _ = p.take(words.Unit)
	}
	if unit < words.Day || !p.skip(words.AfterNext) {
		return days{}, false
	}
	found, ok := p.period(unit, p.today, 2)
	if isWeekday {
		found = oneDay(dayInWeek(found, weekday))
	}
	return found, ok
}

// dayOfPeriod reads the day of a month that was named before it: "next month on the 15th".
func (p *parser) dayOfPeriod(month *days) bool {
	p.skip(words.On)
	p.skip(words.The)
	next, _ := p.peek(0)
	n, ok := p.ordinal()
	if !ok || next.Class != words.Digits || month.first+n-1 > month.last {
		return false
	}
	*month = oneDay(month.first + n - 1)
	return true
}

// severalDays reads "7 days" after next or last, today included.
func (p *parser) severalDays(moved int) (days, bool) {
	a, ok := p.amount()
	switch {
	case !ok || a.exact():
		return days{}, false
	case moved == 1:
		return days{p.today, a.move(p.today) - 1}, true
	default:
		return days{a.negative().move(p.today) + 1, p.today}, moved == -1
	}
}

// modifiedWeekday: this one is the nearest from today on, the next one lies in
// the week after this, the last one before today.
func (p *parser) modifiedWeekday(weekday, moved int) int {
	switch {
	case moved == 0:
		return p.today + floorMod(weekday-weekdayOf(p.today), 7)
	case moved > 0:
		week, _ := p.period(words.Week, p.today, moved)
		return dayInWeek(week, weekday)
	default:
		return p.today - 7 + floorMod(weekday-weekdayOf(p.today), 7)
	}
}

// modifiedMonth: this june is this year's, the next one begins after today, the
// last one has ended.
func (p *parser) modifiedMonth(month, moved int) days {
	year, current, _ := civilOf(p.today)
	switch {
	case moved > 0 && month <= current:
		year += moved
	case moved > 0:
		year += moved - 1
	case moved < 0 && month >= current:
		year--
	}
	first := dayOf(year, month, 1)
	return days{first, first + daysIn(year, month) - 1}
}

// workday is the next workday after today, or the last one before.
func (p *parser) workday(step int) int {
	day := p.today + step
	for weekdayOf(day) > 4 {
		day += step
	}
	return day
}

// shifted reads "in 2 weeks", "3 days ago", "a week from friday", "in 20 minutes",
// and the German "vor 3 Tagen".
func (p *parser) shifted(m *moment) bool {
	back := p.skip(words.AgoBefore)
	in := !back && p.skip(words.In)
	a, ok := p.amount()
	if !ok && !back && !in {
		a, ok = p.unitFrom()
	}
	if !ok {
		return false
	}
	base := p.today
	switch {
	case back, p.skip(words.Ago):
		a = a.negative()
	case p.skip(words.FromNow), in:
	default:
		sign := p.skip(words.Before)
		if !sign && !p.skip(words.After) {
			return false
		}
		if sign {
			a = a.negative()
		}
		var from moment
		if p.peeking || a.exact() || !p.onlyDate(&from) {
			return false
		}
		base = from.days.first
	}
	if a.exact() {
		m.shift = a.from(p.options.Now)
		year := m.shift.Year()
		return year >= minYear && year <= maxYear
	}
	day := a.move(base)
	if !inCalendar(day) {
		return false
	}
	m.days, m.hasDate = oneDay(p.existing(day, day-base)), true
	if in {
		p.say(m, func(m *moment) bool { return p.dayAfter(a, m) })
	}
	return true
}

// dayAfter reads the day that is meant some weeks or months ahead: "in 2 weeks on saturday",
// "in 2 months on the 15th".
func (p *parser) dayAfter(a amount, m *moment) bool {
	if a.months > 0 && a.days == 0 {
		month, _ := p.period(words.MonthUnit, m.days.first, 0)
		ok := p.dayOfPeriod(&month)
		m.days = month
		return ok
	}
	led := words.Kind("")
	if p.skip(words.On) {
		led = words.On
	}
	weekday, ok := p.weekdayWord(led)
	m.days = oneDay(p.modifiedWeekday(weekday, 0) + a.days)
	return ok && a.months == 0 && a.days%7 == 0
}

// unitFrom reads the unit of "the day after friday".
func (p *parser) unitFrom() (amount, bool) {
	p.skip(words.The)
	unit, ok := p.take(words.Unit)
	return times(1, unit), ok && unit >= words.Day && (p.is(words.Before) || p.is(words.After))
}

// onlyDate reads the date from which an amount counts.
func (p *parser) onlyDate(m *moment) bool {
	p.peeking = true // one amount does not count from another one
	defer func() { p.peeking = false }()
	return p.datePart(m) && m.hasDate && !m.tonight
}
