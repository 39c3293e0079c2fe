package recurrence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Phrase is a recurrence as people say it.
type Phrase struct {
	// Set has its Start when the text names one ("starting 31 jan"): a date, or a
	// time if it gives a zone too.
	Set    Set
	Anchor Anchor
	// Time is the one time of day in the text, as in Due; "" when it names none
	// or several, which are in the rules.
	Time string
}

// ParseText reads a sentence such as "every 2nd tuesday until june". Dates
// without a year lie ahead of now, whose location is the user's zone. A word
// that does not fit is an *Error with its position and what could stand there.
func ParseText(text string, now time.Time, locale *words.Locale) (Phrase, error) {
	if len(text) > MaxText {
		return Phrase{}, &Error{Position: MaxText, Message: fmt.Sprintf("the text is longer than %d bytes", MaxText)}
	}
	p := newTextParser(text, now, locale)
	phrase, err := p.sentence()
	if err != nil {
		return Phrase{}, err
	}
	if p.at < len(p.tokens) {
		return Phrase{}, p.stopped
	}
	return phrase, nil
}

// FindText looks for the first recurrence in a longer text, such as the line
// "water plants every 3 days #home", and gives its byte offsets.
func FindText(text string, now time.Time, locale *words.Locale) (phrase Phrase, from, to int, ok bool) {
	if len(text) > MaxText {
		return Phrase{}, 0, 0, false
	}
	p := newTextParser(text, now, locale)
	for begin, token := range p.tokens {
		p.at = begin
		if token.Class != words.Word || (token.Glued && begin > 0) || !p.opens() {
			continue
		}
		phrase, err := p.sentence()
		if err == nil && p.at > begin && !p.splitsWord() {
			return phrase, token.From, p.tokens[p.at-1].To, true
		}
	}
	return Phrase{}, 0, 0, false
}

// textParser reads tokens from left to right. Its methods either take what they
// look for or leave the place as it was.
type textParser struct {
	text   string
	locale *words.Locale
	tokens []words.Token
	today  int // day
	zone   string
	textState
	// furthest is where the parser got stuck, expected what it looked for there,
	// and wrong what it found to be impossible.
	furthest int
	expected []string
	wrong    *Error
	// stopped says why the sentence ends where it does.
	stopped error
}

// textState is what a step that fails must leave alone.
type textState struct {
	at     int
	phrase Phrase
	d      draft
}

func newTextParser(text string, now time.Time, locale *words.Locale) *textParser {
	today, _ := parseDate(DueOn(now, now.Location()).Date)
	return &textParser{
		text: text, locale: locale, tokens: words.Split(text), today: today, zone: now.Location().String(),
	}
}

// sentence reads clauses separated by semicolons.
func (p *textParser) sentence() (Phrase, error) {
	p.phrase = Phrase{Anchor: AnchorSchedule}
	for first := true; ; first = false {
		separator := p.at
		if !first && !p.mark(";") {
			p.stopped = p.unexpected()
			return p.phrase, nil
		}
		if p.stopped = p.clause(); p.stopped != nil {
			if first {
				return Phrase{}, p.stopped
			}
			p.at = separator // a semicolon that belongs to the text around
			return p.phrase, nil
		}
	}
}

// clause reads one rule with all that follows it, or dates alone.
func (p *textParser) clause() error {
	p.d = draft{rule: Rule{Interval: 1}}
	if p.dates() || p.start() {
		for p.dates() || p.start() {
			continue
		}
		return nil
	}
	if !p.head() {
		return p.unexpected()
	}
	for p.detail() || p.start() || p.dates() {
		continue
	}
	return p.finish()
}

// draft is a rule in the making.
type draft struct {
	rule  Rule
	after bool // every!
	// open is set while the frequency is only a guess from the days: a month
	// that follows makes it yearly.
	open bool
	// yearDays of several months, such as "14 jan, 14 apr": rules of their own.
	yearDays []yearDay
	times    []int // seconds of the day
	// For "for 3 weeks": how many of which unit.
	lasts, lastsUnit int
}

// yearDay is a day of one month of the year.
type yearDay struct{ month, day int }

func (p *textParser) opens() bool {
	for _, kind := range []words.Kind{words.Every, words.Adverb} {
		if _, length := p.locale.Match(p.tokens[p.at:], kind); length > 0 {
			return true
		}
	}
	return false
}

// splitsWord reports whether the last token taken goes on without a space, so
// that the find would cut a word or an address.
func (p *textParser) splitsWord() bool {
	return p.at < len(p.tokens) && p.tokens[p.at].Glued && p.tokens[p.at].Class != words.Mark
}

// take accepts a word of a kind.
func (p *textParser) take(kind words.Kind) (value int, ok bool) {
	value, length := p.locale.Match(p.tokens[p.at:], kind)
	if length == 0 {
		p.expect(string(kind))
		return 0, false
	}
	p.at += length
	return value, true
}

func (p *textParser) skip(kind words.Kind) bool {
	_, ok := p.take(kind)
	return ok
}

func (p *textParser) mark(text string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at].Text == text {
		p.at++
		return true
	}
	p.expect(text)
	return false
}

// expect notes what could stand here, for the error.
func (p *textParser) expect(what string) {
	if p.at > p.furthest {
		p.furthest, p.expected, p.wrong = p.at, nil, nil
	}
	if p.at == p.furthest && !slices.Contains(p.expected, what) {
		p.expected = append(p.expected, what)
	}
}

// reject notes that what was read from a token on is impossible.
func (p *textParser) reject(from int, message string) {
	if p.at < p.furthest {
		return
	}
	p.furthest, p.expected = p.at, nil
	p.wrong = &Error{Position: p.tokens[from].From, Message: message}
}

func (p *textParser) unexpected() *Error {
	if p.wrong != nil {
		return p.wrong
	}
	position, message := len(p.text), "the text ends too early"
	if p.furthest < len(p.tokens) {
		token := p.tokens[p.furthest]
		position, message = token.From, fmt.Sprintf("%q does not fit here", p.text[token.From:token.To])
	}
	return &Error{Position: position, Message: message, Expected: strings.Join(p.expected, ", ")}
}

// try runs a step and goes back when it fails.
func (p *textParser) try(step func() bool) bool {
	before := p.textState
	if step() {
		return true
	}
	p.textState = before
	return false
}

// number reads digits or a word for a number.
func (p *textParser) number() (int, bool) {
	if p.at < len(p.tokens) && p.tokens[p.at].Class == words.Digits {
		n, ok := parseDigits(p.tokens[p.at].Text)
		if ok && n <= maxNumber {
			p.at++
			return n, true
		}
	}
	return p.take(words.Number)
}

// head reads what stands first: the frequency, or the days that imply it.
func (p *textParser) head() bool {
	if value, ok := p.take(words.Adverb); ok {
		p.d.rule.Freq, p.d.rule.Interval = Frequency(value/100), value%100
		p.d.after = p.bang()
		p.d.smooth()
		return true
	}
	if p.try(func() bool { return p.skip(words.Every) && p.everyWhat() }) {
		return true
	}
	// "last day of the month", without every.
	return p.try(func() bool {
		p.skip(words.The)
		return p.ordinalDays(true)
	})
}

func (p *textParser) bang() bool {
	return p.at < len(p.tokens) && p.tokens[p.at].Glued && p.mark("!")
}

func (p *textParser) everyWhat() bool {
	p.d.after = p.bang()
	p.skip(words.The)
	for _, step := range []func() bool{
		p.otherUnit, p.yearDayList, p.numberOfUnits, p.nthUnit, p.dayHead, p.oneUnit, p.weekdayHead, p.partOfDay,
	} {
		if p.try(step) {
			p.d.smooth()
			return true
		}
	}
	return false
}

// dayHead reads days of the month that stand for a frequency.
func (p *textParser) dayHead() bool { return p.ordinalDays(false) }

func (p *textParser) otherUnit() bool {
	return p.skip(words.Other) && p.units(2)
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
	p.d.rule.Freq, p.d.rule.Interval = Frequency(unit), n
	switch unit {
	case words.Quarter:
		p.d.rule.Freq, p.d.rule.Interval = Monthly, n*3
	case words.Fortnight:
		p.d.rule.Freq, p.d.rule.Interval = Weekly, n*2
	}
	return ok && p.d.rule.Interval <= maxNumber
}

func (p *textParser) weekdayHead() bool {
	p.d.rule.Freq, p.d.rule.Interval = Weekly, 1
	return p.weekdays()
}

func (p *textParser) partOfDay() bool {
	minutes, ok := p.take(words.DayPart)
	if ok {
		p.d.rule.Freq, p.d.rule.Interval = Daily, 1
		p.d.times = append(p.d.times, minutes*60)
	}
	return ok
}

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

// weekdays reads a list such as "mon-wed, fri" or "workdays".
func (p *textParser) weekdays() bool {
	return p.list(func() bool { return p.weekdayRange() })
}

func (p *textParser) weekdayRange() bool {
	if p.skip(words.Workday) {
		p.d.rule.ByDay = append(p.d.rule.ByDay, workdays()...)
		return true
	}
	if p.skip(words.Weekend) {
		p.d.rule.ByDay = append(p.d.rule.ByDay, Day{Weekday: Saturday})
		return true
	}
	from, ok := p.take(words.Weekday)
	if !ok {
		return false
	}
	to := from
	p.try(func() bool {
		if !p.skip(words.To) {
			return false
		}
		end, ok := p.take(words.Weekday)
		if ok {
			to = end
		}
		return ok
	})
	for day := from; ; day = (day + 1) % 7 {
		p.d.rule.ByDay = append(p.d.rule.ByDay, Day{Weekday: Weekday(day)})
		if day == to {
			break
		}
	}
	if minutes, ok := p.take(words.DayPart); ok {
		p.d.times = append(p.d.times, minutes*60)
	}
	return true
}

func workdays() []Day {
	return []Day{{Weekday: Monday}, {Weekday: Tuesday}, {Weekday: Wednesday}, {Weekday: Thursday}, {Weekday: Friday}}
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
	if p.skip(words.Last) {
		return -max(n, 1), true
	}
	return n, n > 0
}

// ordinalDays reads what ordinals can name: weekdays ("2nd tuesday"), workdays,
// days of the month or of the year. explicit wants more than a bare number.
func (p *textParser) ordinalDays(explicit bool) bool {
	wordsOnly := p.at < len(p.tokens) && p.tokens[p.at].Class == words.Word
	fresh := p.d.rule.Freq == 0
	ok := p.list(func() bool { return p.ordinalItem(explicit || (fresh && wordsOnly)) })
	if !ok {
		return false
	}
	if fresh {
		p.d.rule.Freq, p.d.rule.Interval = Monthly, 1
		p.d.open = true
		if len(p.d.rule.ByYearDay) > 0 {
			p.d.rule.Freq, p.d.open = Yearly, false
		}
	}
	return p.ofPeriod()
}

// ordinalItem reads ordinals and the thing they count.
func (p *textParser) ordinalItem(explicit bool) bool {
	p.skip(words.The)
	var numbers []int
	if !p.list(func() bool {
		n, ok := p.ordinal()
		numbers = append(numbers, n)
		return ok
	}) {
		return false
	}
	numbers = slices.DeleteFunc(numbers, func(n int) bool { return n == 0 })
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
	if !isDay && (explicit || slices.Min(numbers) < 0) {
		return false
	}
	p.d.rule.ByMonthDay = append(p.d.rule.ByMonthDay, numbers...)
	return true
}

// ofUnit reads "of the month", "of every year".
func (p *textParser) ofUnit(want int) bool {
	if !p.skip(words.Of) {
		return false
	}
	if !p.skip(words.The) {
		p.skip(words.Every)
	}
	unit, ok := p.take(words.Unit)
	return ok && unit == want
}

// ofPeriod reads what may follow ordinals: "of the month", "of march", "jan".
func (p *textParser) ofPeriod() bool {
	if p.try(func() bool { return p.ofUnit(words.MonthUnit) }) {
		return true
	}
	if p.try(func() bool { return p.ofUnit(words.Year) }) {
		if p.d.open {
			p.d.rule.Freq = Yearly
		}
		return true
	}
	p.try(func() bool {
		p.skip(words.Of)
		return p.months()
	})
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

// yearDayList reads "29 feb", "january" or "14 jan, 14 apr and 15 jun".
func (p *textParser) yearDayList() bool {
	ok := p.list(func() bool {
		item, ok := p.yearDay()
		if ok {
			p.d.yearDays = append(p.d.yearDays, item)
		}
		return ok
	})
	p.d.rule.Freq, p.d.rule.Interval = Yearly, 1
	return ok
}

// yearDay reads a day of a month, before or after its name; a month alone is its
// first day.
func (p *textParser) yearDay() (yearDay, bool) {
	var found yearDay
	ok := p.try(func() bool {
		day, ok := p.dayNumber()
		if !ok {
			return false
		}
		p.skip(words.Of)
		month, ok := p.take(words.Month)
		found = yearDay{month, day}
		return ok
	}) || p.try(func() bool {
		month, ok := p.take(words.Month)
		if !ok {
			return false
		}
		found = yearDay{month, 1}
		p.try(func() bool {
			p.skip(words.The)
			day, ok := p.dayNumber()
			if ok {
				found.day = day
			}
			return ok
		})
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
	return n, true
}

// smooth lets days that a month does not have move to its last day, which is
// what people mean; another wish can follow.
func (d *draft) smooth() {
	if d.rule.Skip == SkipUnset {
		d.rule.Skip = SkipBackward
	}
}

// detail reads one more part of the rule.
func (p *textParser) detail() bool {
	for _, step := range []func() bool{
		p.onDays, p.inPeriod, p.monthsAlone, p.atTimes, p.countingOnly, p.onlySome, p.weeksFrom, p.skipPhrase,
		p.until, p.times,
	} {
		if p.afterComma(step) {
			return true
		}
	}
	return false
}

// monthsAlone reads months without a preposition, as in "3rd wed jan".
func (p *textParser) monthsAlone() bool { return p.d.open && p.months() }

func (p *textParser) onDays() bool {
	if !p.skip(words.On) {
		return false
	}
	return p.try(func() bool { return p.d.rule.Freq == Yearly && p.onYearDay() }) ||
		p.try(func() bool { return p.ordinalDays(false) }) ||
		p.try(func() bool { p.skip(words.The); return p.weekdays() })
}

func (p *textParser) onYearDay() bool {
	p.skip(words.The)
	return p.list(func() bool {
		item, ok := p.yearDay()
		if ok {
			p.d.yearDays = append(p.d.yearDays, item)
		}
		return ok
	})
}

// inPeriod reads "in march", "in week 20 and 30", "in the morning".
func (p *textParser) inPeriod() bool {
	if !p.skip(words.In) {
		return false
	}
	if p.try(func() bool { return p.months() }) {
		return true
	}
	if p.try(func() bool {
		p.skip(words.The)
		minutes, ok := p.take(words.DayPart)
		if ok {
			p.d.times = append(p.d.times, minutes*60)
		}
		return ok
	}) {
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

// atTimes reads "at 9", "at 9:00 and 17:30", "5pm"; without "at" the time must
// look like one.
func (p *textParser) atTimes() bool {
	bare := p.skip(words.At)
	return p.list(func() bool {
		second, ok := p.timeOfDay(bare)
		if ok {
			p.d.times = append(p.d.times, second)
		}
		return ok
	})
}

// timeOfDay reads a clock time; bare allows an hour alone, on a 24-hour clock.
func (p *textParser) timeOfDay(bare bool) (second int, ok bool) {
	if minutes, ok := p.take(words.Clock); ok {
		return minutes * 60, true
	}
	if p.at >= len(p.tokens) || p.tokens[p.at].Class != words.Digits || len(p.tokens[p.at].Text) > 2 {
		p.expect("time")
		return 0, false
	}
	before := p.at
	fields := []int{0, 0, 0}
	fields[0], _ = parseDigits(p.tokens[p.at].Text)
	p.at++
	count := 1
	for count < 3 && p.colonAndDigits(&fields[count]) {
		count++
	}
	marked := count > 1
	if half, ok := p.take(words.Meridiem); ok {
		if fields[0] < 1 || fields[0] > 12 {
			return 0, false
		}
		fields[0] = fields[0]%12 + half
		marked = true
	} else if p.skip(words.Oclock) {
		marked = true
	}
	if fields[0] > 23 || fields[1] > 59 || fields[2] > 59 {
		p.reject(before, "there is no such time of day")
		return 0, false
	}
	if !marked && !bare {
		return 0, false
	}
	return fields[0]*3600 + fields[1]*60 + fields[2], true
}

func (p *textParser) colonAndDigits(field *int) bool {
	if p.at+1 >= len(p.tokens) {
		return false
	}
	colon, digits := p.tokens[p.at], p.tokens[p.at+1]
	if colon.Text != ":" || !colon.Glued || !digits.Glued || digits.Class != words.Digits || len(digits.Text) != 2 {
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

func (p *textParser) starting() bool {
	if !p.skip(words.From) {
		return false
	}
	due, ok := p.dateOrTime(p.today)
	if !ok {
		return false
	}
	if due.HasTime() && due.Zone == "" {
		second, _ := parseClock(due.Time)
		p.d.times = append(p.d.times, second)
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

// times reads "for 10 times", "10 times" or "for 3 weeks".
func (p *textParser) times() bool {
	hasFor := p.skip(words.For)
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
	return ok && hasFor && unit >= words.Day
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

// finish adds the rules of the draft to the phrase.
func (p *textParser) finish() error {
	d := &p.d
	anchor := AnchorSchedule
	if d.after {
		anchor = AnchorCompletion
	}
	if len(p.phrase.Set.Rules) > 0 && anchor != p.phrase.Anchor {
		return p.conflict("every and every! cannot be mixed")
	}
	p.phrase.Anchor = anchor
	if d.lasts > 0 {
		base := p.today
		if start, ok := parseDate(p.phrase.Set.Start.Date); ok {
			base = start
		}
		end, ok := addUnits(base, d.lasts, d.lastsUnit)
		if !ok || end > int(lastWall/secondsPerDay) {
			return p.conflict("the series would last too long")
		}
		d.rule.Until = dueOfDay(end - 1)
	}
	rules := d.onYearDays()
	if len(d.times) == 1 {
		clock := formatClock(d.times[0])
		if p.phrase.Time != "" && p.phrase.Time != clock {
			return p.conflict("the rules have different times of day")
		}
		p.phrase.Time = clock
	} else if len(d.times) > 1 {
		rules = atTimes(rules, d.times)
	}
	if len(rules) > 1 && d.rule.Count > 0 {
		return p.conflict("a number of times cannot be counted over several dates or times of day")
	}
	for _, rule := range rules {
		checked, err := parseRule(rule.String(), 0)
		if err != nil {
			return p.conflict(err.Part + ": " + err.Message)
		}
		p.phrase.Set.Rules = append(p.phrase.Set.Rules, checked)
	}
	return nil
}

func (p *textParser) conflict(message string) *Error {
	position := len(p.text)
	if p.at < len(p.tokens) {
		position = p.tokens[p.at].From
	}
	return &Error{Position: position, Message: message}
}

// onYearDays puts the dates within the year into the rule: into one rule when
// they share the day or the month, else into one for each month.
func (d *draft) onYearDays() []Rule {
	if len(d.yearDays) == 0 {
		return []Rule{d.rule}
	}
	first := d.yearDays[0]
	sameDay := !slices.ContainsFunc(d.yearDays, func(y yearDay) bool { return y.day != first.day })
	var rules []Rule
	byMonth := map[int]int{}
	for _, item := range d.yearDays {
		i, known := byMonth[item.month]
		if sameDay && len(rules) > 0 {
			i, known = 0, true
		}
		if !known {
			i = len(rules)
			byMonth[item.month] = i
			rule := d.rule
			rule.ByMonth, rule.ByMonthDay = nil, nil
			rules = append(rules, rule)
		}
		rules[i].ByMonth = append(rules[i].ByMonth, item.month)
		rules[i].ByMonthDay = append(rules[i].ByMonthDay, item.day)
	}
	return rules
}

// atTimes puts several times of day into the rules: into one BYHOUR and BYMINUTE
// when they are all their combinations, else into one rule for each minute.
func atTimes(rules []Rule, times []int) []Rule {
	hoursOf := map[int][]int{} // by minute and second
	for _, time := range times {
		hoursOf[time%3600] = append(hoursOf[time%3600], time/3600)
	}
	var minutes []int
	for minute, hours := range hoursOf {
		hoursOf[minute] = sorted(hours)
		minutes = append(minutes, minute)
	}
	slices.Sort(minutes)
	combine := true
	for _, minute := range minutes {
		combine = combine && minute%60 == 0 && slices.Equal(hoursOf[minute], hoursOf[minutes[0]])
	}
	var timed []Rule
	for _, rule := range rules {
		for i, minute := range minutes {
			if combine && i > 0 {
				last := &timed[len(timed)-1]
				last.ByMinute = append(last.ByMinute, minute/60)
				continue
			}
			one := rule
			one.ByHour, one.ByMinute = hoursOf[minute], []int{minute / 60}
			if minute%60 != 0 {
				one.BySecond = []int{minute % 60}
			}
			timed = append(timed, one)
		}
	}
	return timed
}
