package recurrence

import (
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// detail reads one more part of the rule.
func (p *textParser) detail() bool {
	if p.searching && p.endsHere() {
		return false
	}
	for _, step := range []func() bool{
		p.dayParts, p.bareHour, p.edgeOfUnit, p.onDays, p.inPeriod, p.monthsAlone, p.daysAlone, p.atTimes, p.countingOnly, p.onlySome, p.weeksFrom,
		p.skipPhrase, p.until, p.times, p.exceptDays, p.exceptMonths,
	} {
		if p.afterComma(step) {
			return true
		}
	}
	return false
}

// endsHere reports whether no word of a recurrence follows.
func (p *textParser) endsHere() bool {
	if p.at == len(p.tokens) {
		return true
	}
	next := p.tokens[p.at]
	return next.Class == words.Word && !p.locale.Opens(next)
}

// monthsAlone reads months without a preposition, as in "3rd wed jan".
func (p *textParser) monthsAlone() bool { return p.d.open && p.months() }

// daysAlone reads "every 2 weeks mondays" and "every 2 weeks mon wed".
func (p *textParser) daysAlone() bool {
	p.d.countWeeks()
	return p.d.rule.Freq == Weekly &&
		(p.try(p.eachDays) || len(p.d.rule.ByDay) == 0 && p.weekdays() && (p.closed() || len(p.d.rule.ByDay) > 1))
}

// countWeeks makes weeks of days that are whole weeks, as in "every 14 days tuesdays".
func (d *draft) countWeeks() {
	const week = 7
	if d.rule.Freq == Daily && d.rule.Interval%week == 0 && !d.rule.StepByDay {
		d.rule.Freq, d.rule.Interval = Weekly, d.rule.Interval/week
	}
}

func (p *textParser) onDays() bool {
	if !p.skip(words.On) {
		return false
	}
	p.daysOfMonths()
	return p.try(func() bool { return p.d.rule.Freq == Yearly && len(p.d.rule.ByMonth) == 0 && p.yearDayList() }) ||
		p.try(p.ordinalDays) ||
		p.try(func() bool { p.skip(words.The); return p.weekdays() }) ||
		p.try(p.eachDays) ||
		p.try(func() bool {
			p.skip(words.The)
			return (p.d.rule.Freq == Monthly || p.d.ofMonth) && p.dayNumbers() && p.closed()
		})
}

// inPeriod reads "in march", "in week 20 and 30".
func (p *textParser) inPeriod() bool {
	if !p.skip(words.In) {
		return false
	}
	if p.try(p.months) {
		return true
	}
	unit, ok := p.take(words.Unit)
	if !ok {
		return false
	}
	target := map[int]*[]int{
		words.Week: &p.d.rule.ByWeekNo, words.Hour: &p.d.rule.ByHour,
		words.Minute: &p.d.rule.ByMinute, words.Second: &p.d.rule.BySecond,
	}[unit]
	return target != nil && p.list(func() bool {
		sign := 1
		if p.mark("-") {
			sign = -1
		}
		n, ok := p.number()
		if ok {
			*target = append(*target, sign*n)
		}
		return ok
	})
}

func (p *textParser) countingOnly() bool {
	p.d.rule.StepByDay = p.skip(words.CountingOnly) && p.weekdays()
	return p.d.rule.StepByDay
}

// onlySome reads "but only the 1st and last", which is BYSETPOS.
func (p *textParser) onlySome() bool {
	return p.skip(words.Only) && p.list(func() bool {
		n, ok := p.ordinal()
		if ok {
			p.d.rule.BySetPos = append(p.d.rule.BySetPos, n)
		}
		return ok
	})
}

func (p *textParser) weeksFrom() bool {
	if !p.skip(words.WeeksFrom) {
		return false
	}
	day, ok := p.take(words.Weekday)
	p.d.rule.WeekStart = Weekday(day)
	return ok
}

func (p *textParser) skipPhrase() bool {
	switch {
	case p.skip(words.IfExists):
		p.d.rule.Skip = SkipUnset
	case p.skip(words.OnlyIfExists):
		p.d.rule.Skip = SkipOmit
	case p.skip(words.OrNext):
		p.d.rule.Skip = SkipForward
	default:
		return false
	}
	return true
}

// exceptDays reads "except mondays and weekends": the rule keeps the other
// weekdays. It says nothing where the rule has no days to choose from.
func (p *textParser) exceptDays() bool {
	r := &p.d.rule
	kept := r.ByDay
	isPlain := func(d Day) bool { return d.Ordinal == 0 }
	if len(kept) == 0 && (r.Freq <= Daily || len(p.d.days) > 0) {
		for day := Monday; day <= Sunday; day++ {
			kept = append(kept, Day{Weekday: day})
		}
	}
	if len(kept) == 0 || !slices.ContainsFunc(kept, isPlain) || !p.skip(words.Except) {
		return false
	}
	begin, parts := p.at, len(p.d.dayParts)
	r.ByDay = nil
	ok := p.list(func() bool {
		p.skip(words.The)
		return p.wholeWeekend() || p.try(p.eachDay) || p.weekdayRange()
	})
	dropped := r.ByDay
	r.ByDay = slices.DeleteFunc(slices.Clone(kept), func(d Day) bool { return slices.Contains(dropped, d) })
	if ok && len(r.ByDay) == 0 {
		p.reject(begin, "no day is left")
	}
	if r.Freq == Daily && r.Interval == 1 && len(p.d.days) == 0 {
		r.Freq = Weekly // as "every monday and tuesday"
	}
	return len(r.ByDay) > 0 && ok && len(p.d.dayParts) == parts
}

// exceptMonths reads "except in july and august", but no date such as july 4.
func (p *textParser) exceptMonths() bool {
	r := &p.d.rule
	if r.Freq == Yearly || !p.skip(words.Except) {
		return false
	}
	p.skip(words.In)
	kept := r.ByMonth
	if len(kept) == 0 {
		kept = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	}
	r.ByMonth = nil
	begin := p.at
	if !p.months() || p.at < len(p.tokens) && p.tokens[p.at].Class == words.Digits {
		return false
	}
	dropped := r.ByMonth
	r.ByMonth = slices.DeleteFunc(slices.Clone(kept), func(month int) bool { return slices.Contains(dropped, month) })
	if len(r.ByMonth) == 0 {
		p.reject(begin, "no month is left")
	}
	return len(r.ByMonth) > 0
}

// atTimes reads "at 9", "at 9:00 and 17:30", "5pm"; without "at" the time must
// look like one.
func (p *textParser) atTimes() bool {
	bare := p.skip(words.At)
	item := func() bool {
		time, ok := p.timeOfDay(bare)
		if ok {
			p.d.times = append(p.d.times, time)
		}
		return ok
	}
	if !p.try(item) {
		return false
	}
	for p.try(func() bool {
		bare = p.separates() && (p.skip(words.At) || bare) // "8am 8pm" needs no comma
		return item()
	}) {
		continue
	}
	return true
}

// bareHour reads the hour at the end of "every friday 8" and "weekdays 9".
func (p *textParser) bareHour() bool {
	if p.at == 0 || len(p.d.times) > 0 {
		return false
	}
	isDay := false
	for _, reading := range p.locale.Readings(p.tokens[p.at-1 : p.at]) {
		isDay = isDay || slices.Contains([]words.Kind{words.Weekday, words.EachWeekday, words.Workday, words.DayPart}, reading.Kind)
	}
	time, ok := p.timeOfDay(true)
	p.d.times = append(p.d.times, time)
	return isDay && ok && time.spoken && time.open && p.closed()
}

// clockTime is a time of day as it was said.
type clockTime struct {
	second int
	// open is set when it does not say which half of the day it is in.
	open bool
	// spoken is set for an hour such as "at 5" or "half past 8", but not for 5:00.
	spoken bool
	// wholeDay is set for an hour that only a clock of 24 hours shows, and for a word
	// such as Uhr.
	wholeDay bool
}

// whenUp is the second of the day that t means when no part of the day is named: in
// that of the occasion, or when people are up. -1 is no occasion.
func (t clockTime) whenUp(occasion int) int {
	const noon, waking = secondsPerDay / 2, 7 * 3600
	afternoon := t.second < waking
	if occasion >= 0 {
		afternoon = occasion >= noon
	}
	if t.spoken && t.open && t.second < noon && afternoon {
		return t.second + noon
	}
	return t.second
}

// near is the second of the day that t means beside a part of the day: of the
// two times that a clock without am and pm shows, the one that is nearer.
func (t clockTime) near(part int) int {
	const halfDay = secondsPerDay / 2
	distance := func(second int) int {
		apart := floorMod(second-part, secondsPerDay)
		return min(apart, secondsPerDay-apart)
	}
	if other := (t.second + halfDay) % secondsPerDay; t.open && distance(other) < distance(t.second) {
		return other
	}
	return t.second
}

// timeOfDay reads a clock time: "9:30", "9pm", "830pm", "half past 8", "noon"; bare
// allows an hour alone.
func (p *textParser) timeOfDay(bare bool) (found clockTime, ok bool) {
	if minutes, ok := p.take(words.Clock); ok {
		return clockTime{second: minutes * 60}, true
	}
	if p.try(func() bool { found, ok = p.nearHour(); return ok }) {
		return found, true
	}
	if p.try(func() bool { found, ok = p.joinedTime(); return ok }) {
		return found, true
	}
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) > 2 {
		p.expect("9:00")
		return clockTime{}, false
	}
	before := p.at
	fields := []int{0, 0, 0}
	fields[0], _ = parseDigits(p.tokens[p.at].Text)
	open := isOpen(fields[0]) && p.tokens[p.at].Text[0] != '0'
	p.at++
	colon := p.minutesAfter(":", &fields[1])
	if colon {
		p.minutesAfter(":", &fields[2])
	}
	dot := !colon && p.minutesAfter(".", &fields[1])
	half, meridiem := p.take(words.Meridiem)
	hours, oclock := 0, false
	if !meridiem {
		hours, oclock = p.take(words.Oclock)
	}
	if oclock && !colon && !dot {
		p.minutesBehind(&fields[1])
	}
	if meridiem {
		if !isOpen(fields[0]) {
			return clockTime{}, false
		}
		fields[0], open = fields[0]%12+half, false
	}
	if fields[0] > 23 || fields[1] > 59 || fields[2] > 59 {
		p.reject(before, "there is no such time of day")
		return clockTime{}, false
	}
	if !bare && !colon && !meridiem && !oclock {
		return clockTime{}, false
	}
	return clockTime{
		second:   fields[0]*3600 + fields[1]*60 + fields[2],
		open:     open,
		spoken:   !colon && !dot && (!oclock || hours > 0),
		wholeDay: oclock && hours == 0 || !meridiem && !isOpen(fields[0]),
	}, true
}

// joinedTime reads "830pm", hours and minutes without a mark between them.
func (p *textParser) joinedTime() (clockTime, bool) {
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) < 3 || len(p.tokens[p.at].Text) > 4 {
		return clockTime{}, false
	}
	n, _ := parseDigits(p.tokens[p.at].Text)
	p.at++
	half, ok := p.take(words.Meridiem)
	return clockTime{second: (n/100%12+half)*3600 + n%100*60}, ok && isOpen(n/100) && n%100 < 60
}

// isOpen reports whether an hour may be meant in either half of the day.
func isOpen(hour int) bool { return hour >= 1 && hour <= 12 }

// nearHour reads "half past 8", "quarter to nine".
func (p *textParser) nearHour() (clockTime, bool) {
	minutes, ok := p.take(words.NearHour)
	if !ok {
		return clockTime{}, false
	}
	hour, ok := p.number()
	if !ok || hour > 23 {
		return clockTime{}, false
	}
	open := isOpen(hour)
	if half, ok := p.take(words.Meridiem); ok && open {
		hour, open = hour%12+half, false
	}
	p.skip(words.Oclock)
	return clockTime{second: floorMod(hour*3600+minutes*60, secondsPerDay), open: open, spoken: true, wholeDay: !isOpen(hour)}, true
}

// minutesBehind reads the minutes after a word for the hour, as in "9 Uhr 30", but no
// second hour.
func (p *textParser) minutesBehind(minute *int) {
	p.try(func() bool {
		if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) != 2 {
			return false
		}
		n, _ := parseDigits(p.tokens[p.at].Text)
		p.at++
		if p.is(words.Oclock) {
			return false
		}
		*minute = n
		return true
	})
}

// minutesAfter reads a mark and two digits, without spaces.
func (p *textParser) minutesAfter(mark string, field *int) bool {
	if p.at+1 >= len(p.tokens) {
		return false
	}
	sign, digits := p.tokens[p.at], p.tokens[p.at+1]
	if sign.Text != mark || !sign.Glued || !digits.Glued || digits.Class != words.Digits || len(digits.Text) != 2 {
		return false
	}
	*field, _ = parseDigits(digits.Text)
	p.at += 2
	return true
}

// start reads where the series begins, perhaps after a comma.
func (p *textParser) start() bool { return p.afterComma(p.starting) }

// afterComma tries a step after a comma, and without.
func (p *textParser) afterComma(step func() bool) bool {
	return p.try(func() bool { return p.mark(",") && step() }) || p.try(step)
}

// starting reads "starting 31 jan", "starting tomorrow at 9", "starting at 8am".
func (p *textParser) starting() bool {
	if !p.skip(words.From) {
		return false
	}
	due, ok := p.dateOrTime(p.today)
	if !ok {
		time, ok := p.timeOfDay(false)
		p.d.times = append(p.d.times, time)
		return ok
	}
	if due.HasTime() && due.Zone == "" {
		second, _ := parseClock(due.Time)
		p.d.times = append(p.d.times, clockTime{second: second})
		due = Due{Date: due.Date}
	}
	p.phrase.Set.Start = due
	return true
}

func (p *textParser) until() bool {
	if !p.skip(words.Until) {
		return false
	}
	base := p.today
	if start, ok := parseDate(p.phrase.Set.Start.Date); ok {
		base = start
	}
	due, ok := p.dateOrTime(base)
	if ok && due.HasTime() {
		if due.Zone == "" {
			due.Zone = p.zone
		}
		instant, err := due.Instant(nil)
		if err != nil {
			return false
		}
		if due, err = DueAt(instant, "UTC"); err != nil {
			return false
		}
	}
	p.d.rule.Until = due
	return ok
}

// times reads "for 10 times", "10 times", "for 3 weeks" or "for the next 3 weeks".
func (p *textParser) times() bool {
	hasFor := p.skip(words.For)
	if hasFor {
		p.skip(words.The)
		p.skip(words.Next)
	}
	n, ok := p.number()
	if !ok || n < 1 {
		return false
	}
	if p.skip(words.Times) {
		p.d.rule.Count = n
		return true
	}
	unit, ok := p.take(words.Unit)
	p.d.lasts, p.d.lastsUnit = n, unit
	return ok && (hasFor || p.skip(words.Lasting)) && unit >= words.Day
}

// dates reads "also on …" and "except on …".
func (p *textParser) dates() bool {
	read := func(target *[]Due) bool {
		return p.list(func() bool {
			due, ok := p.dateOrTime(p.today)
			if ok {
				*target = append(*target, due)
			}
			return ok
		})
	}
	step := func() bool {
		if p.skip(words.Also) {
			return read(&p.phrase.Set.RDates)
		}
		return p.skip(words.Except) && read(&p.phrase.Set.EXDates)
	}
	return p.afterComma(step)
}
