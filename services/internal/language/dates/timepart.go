package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// clock is a time of day.
type clock struct {
	second int // since midnight
	// open is set when the text leaves open whether it is before noon.
	open bool
	// shown is set when it looks like a time without the word "at" before it.
	shown bool
	// inWords is set for an hour such as "nine".
	inWords bool
	// midnight is set for the word, dayEnd for 24:00.
	midnight, dayEnd bool
	// spoken is set for an hour such as "at 5" or "half past 8", but not for 5:00.
	spoken bool
	// wholeDay is set by a word such as Uhr, which counts 24 hours.
	wholeDay bool
}

// Hours by which the words for parts of the day are told apart.
const (
	smallHours = 5 * secondsPerHour // what comes before belongs to the night
	waking     = 7 * secondsPerHour // from here on an hour is in the morning
	noon       = 12 * secondsPerHour
	night      = 20 * secondsPerHour
)

// timePart reads a time or a range of times, and its zone.
func (p *parser) timePart(m *moment) bool {
	if !p.say(m, p.clockRange) && !p.say(m, p.oneClock) && !p.say(m, p.namedPart) {
		return false
	}
	if m.hasTime {
		p.say(m, p.zone)
	}
	return true
}

func (p *parser) oneClock(m *moment) bool {
	p.glued("t") // as RFC 3339 writes it
	at := p.skip(words.At)
	after := !at && (p.skip(words.By) || p.skip(words.After))
	bare := p.at
	c, ok := p.clock(at || after)
	if !ok {
		return false
	}
	if !at && !after && !m.hasDate && p.isName(bare) {
		return false
	}
	m.clock, m.hasTime = c, true
	if c.shown || p.say(m, p.inDayPart) {
		p.say(m, p.inDayPart)
		return true
	}
	if !at && !after {
		return c.open && !c.inWords && p.isHour(m, bare)
	}
	if after && !m.hasDate {
		return p.dateFollows() // "divide by 2" is no time, "by 2 tomorrow" is one
	}
	return at && (m.hasDate && !c.inWords || p.opensText()) || p.isComplete()
}

// isName reports whether the word that was just read from a token on is the begin of a name,
// as in Noon Records: it has a capital, and so has the word that follows.
func (p *parser) isName(from int) bool {
	next, ok := p.peek(0)
	return ok && !p.locale.CapitalNouns && p.isAt(from, words.Clock) && next.Class == words.Word &&
		p.hasCapital(p.tokens[from]) && p.hasCapital(next) && !p.partFollows()
}

func (p *parser) hasCapital(token words.Token) bool {
	first, _ := utf8.DecodeRuneInString(p.text[token.From:])
	return unicode.IsUpper(first)
}

// isHour reports whether a number that was just read from a token on is an hour without a word
// that says so: at the end of "friday 8", and before the evening in "7 tonight".
func (p *parser) isHour(m *moment, from int) bool {
	after := p.at
	p.at = from
	behindDay, isOther := p.behindDay(m), p.behind(words.Numbered, words.For)
	p.at = after
	return behindDay && !p.is(words.To) && p.standsAlone() || !isOther && p.partOfDayFollows()
}

// behindDay reports whether a word for the day of m stands before the token in turn.
func (p *parser) behindDay(m *moment) bool {
	return (m.hasDate || p.peeking) && p.behind(words.Weekday, words.Today, words.Tonight, words.DayPart)
}

// partOfDayFollows looks whether "tonight" or "tomorrow evening" comes next.
func (p *parser) partOfDayFollows() bool {
	if p.peeking {
		return false
	}
	before := p.at
	p.peeking, p.peeked = true, moment{}
	follows := p.part(&p.peeked) && (p.peeked.hasPart || p.peeked.hasDate && p.dayPartOf(&p.peeked))
	p.at, p.peeking = before, false
	return follows
}

// inDayPart reads "in the morning", "at night".
func (p *parser) inDayPart(m *moment) bool {
	if m.hasPart {
		return false
	}
	m.dayPart, m.hasPart = p.take(words.InDayPart)
	return m.hasPart
}

// dayPartOf reads "morning", "in the morning" or "at night" after a date.
func (p *parser) dayPartOf(m *moment) bool {
	if p.say(m, p.inDayPart) {
		return true
	}
	m.dayPart, m.hasPart = p.take(words.DayPart)
	return m.hasPart
}

// namedPart reads "this evening", which is today's, and "in the evening".
func (p *parser) namedPart(m *moment) bool {
	if m.hasPart {
		return false
	}
	if p.say(m, p.inDayPart) {
		return true
	}
	if m.hasDate || !p.skip(words.This) {
		return false
	}
	m.dayPart, m.hasPart = p.take(words.DayPart)
	m.days, m.hasDate = oneDay(p.today), m.hasPart
	return m.hasPart
}

// clockRange reads "from 3 to 5pm", "9:00-17:30", "between 2 and 3pm".
func (p *parser) clockRange(m *moment) bool {
	behindDay := p.behindDay(m)
	between := p.skip(words.Between)
	from := !between && p.skip(words.From)
	if !between && !from {
		p.skip(words.At)
	}
	begin, ok := p.clock(false)
	if !ok {
		return false
	}
	if !p.rangeWord(between) {
		return false
	}
	end, ok := p.clock(false)
	if !ok {
		return false
	}
	switch {
	case !begin.shown && !end.shown:
		// "friday from 9 to 5" is clear, "from 3 to 5 people" is not.
		if !behindDay && (!between && !from || !m.hasDate && !p.dateFollows()) || begin.inWords || !p.isComplete() {
			return false
		}
		if end.open && end.second <= begin.second && begin.second < end.second+noon {
			end.second += noon
		}
	case begin.open && !end.open && end.second >= noon && begin.second+noon < end.second:
		begin.second += noon
	case end.open && !begin.open && begin.second >= noon && end.second < noon && end.second+noon > begin.second:
		end.second += noon // as in 2pm to 3
	}
	begin.spoken = begin.spoken && end.open && !end.wholeDay
	m.clock, m.end, m.hasTime, m.hasEnd = begin, end, true, true
	p.say(m, p.inDayPart)
	return true
}

// clock reads one time of day. After "at" the words may be fewer.
func (p *parser) clock(at bool) (clock, bool) {
	if minutes, ok := p.take(words.Clock); ok {
		return clock{second: minutes * 60, shown: true, midnight: minutes == 0}, true
	}
	var found clock
	if p.try(func() bool { return p.relativeClock(at, &found) }) || p.try(func() bool { return p.digitalClock(at, &found) }) {
		return found, true
	}
	return clock{}, false
}

// relativeClock reads "half past 8", "quarter to nine", "ten past 9", and the
// German "fünf vor halb neun", which is 8:25.
func (p *parser) relativeClock(at bool, found *clock) bool {
	next, _ := p.peek(0)
	inWords := next.Class == words.Word
	counted := 0
	p.try(func() bool {
		n, ok := p.number()
		switch {
		case p.skip(words.PastHour):
			counted = n
		case p.skip(words.ToHour):
			counted = -n
		}
		return ok && counted != 0 && n <= 59
	})
	near, shown := p.take(words.NearHour)
	if counted == 0 && !shown {
		return false
	}
	minutes := near + counted
	hour, _, ok := p.hour()
	if !ok || hour > 23 {
		return false
	}
	open := hour >= 1 && hour <= 12
	shown = p.skip(words.Oclock) || shown || counted > 0 && inWords
	if half, ok := p.take(words.Meridiem); ok {
		if !open {
			return false
		}
		hour, open, shown = hour%12+half, false, shown || inWords
	}
	if !shown && !at {
		return false // as in 5 to 10 people, or 3 to 5pm
	}
	second := floorMod(hour*secondsPerHour+minutes*60, secondsPerDay)
	*found = clock{second: second, open: open && second < noon, shown: true, spoken: true}
	return true
}

// digitalClock reads "9", "9am", "17:30", "9.30 pm", "8 o'clock", "17 Uhr 30", and
// after "at" also "nine".
func (p *parser) digitalClock(at bool, found *clock) bool {
	if p.try(func() bool { return p.joinedClock(found) }) {
		return true
	}
	hour, length, ok := p.hour()
	if !ok {
		return false
	}
	minute, second := 0, 0
	colon := p.try(func() bool { return p.glued(":") && p.twoDigits(&minute) })
	if colon {
		p.try(func() bool { return p.glued(":") && p.twoDigits(&second) && p.skipFraction() })
	}
	dot := !colon && length > 0 && p.try(func() bool { return p.glued(".") && p.twoDigits(&minute) })
	half, meridiem := p.take(words.Meridiem)
	switch {
	case meridiem && (hour < 1 || hour > 12):
		return false
	case meridiem:
		hour = hour%12 + half
	}
	hours, oclock := 0, false
	if !meridiem {
		hours, oclock = p.take(words.Oclock)
	}
	if oclock && !colon && !dot {
		p.try(func() bool { return p.minutesAfter(&minute) })
	}
	shown := colon || meridiem || oclock
	dayEnd := shown && hour == 24 && minute+second == 0
	if dayEnd {
		hour = 0
	}
	if hour > 23 || minute > 59 || second > 59 || !shown && (length == 0 && !at || p.numberGoesOn()) {
		return false
	}
	*found = clock{
		second:   hour*secondsPerHour + minute*60 + second,
		open:     !meridiem && hour >= 1 && hour <= 12 && (length != 2 || hour >= 10),
		shown:    shown,
		spoken:   !colon && !dot && (!oclock || hours > 0),
		dayEnd:   dayEnd,
		inWords:  length == 0,
		wholeDay: oclock && hours == 0,
	}
	return true
}

// hour reads the digits of an hour, or a word for it, which has the length 0.
func (p *parser) hour() (n, length int, ok bool) {
	if n, length, ok = p.digits(2); !ok {
		n, ok = p.take(words.Number)
	}
	return n, length, ok
}

// joinedClock reads "230pm", hours and minutes without a mark between them.
func (p *parser) joinedClock(found *clock) bool {
	n, length, ok := p.digits(4)
	half, meridiem := p.take(words.Meridiem)
	hour, minute := n/100, n%100
	*found = clock{second: (hour%12+half)*secondsPerHour + minute*60, shown: true}
	return ok && length > 2 && meridiem && hour >= 1 && hour <= 12 && minute <= 59
}

// numberGoesOn reports whether a number goes on as 3.5, 3/5 or the German 3. Januar.
func (p *parser) numberGoesOn() bool {
	mark, _ := p.peek(0)
	digits, ok := p.peek(1)
	if ok && p.locale.IsOrdinalSuffix(mark) && p.isAt(p.at+1, words.Month) {
		return true
	}
	return ok && mark.Glued && (mark.Text == "." || mark.Text == "/") && digits.Glued && digits.Class == words.Digits
}

// minutesAfter reads the minutes that follow a word for the hour.
func (p *parser) minutesAfter(minute *int) bool {
	n, length, ok := p.digits(2)
	if !ok {
		n, ok = p.take(words.Number)
		length = 2
	}
	if !ok || length != 2 || n < 1 || n > 59 || !p.isComplete() {
		return false
	}
	*minute = n
	return true
}

func (p *parser) twoDigits(field *int) bool {
	n, length, ok := p.gluedDigits(2)
	*field = n
	return ok && length == 2
}

// skipFraction leaves out the parts of a second that RFC 3339 allows.
func (p *parser) skipFraction() bool {
	p.try(func() bool {
		if !p.glued(".") {
			return false
		}
		_, _, ok := p.gluedDigits(9)
		return ok
	})
	return true
}

// zone reads what follows a time: "CET", "Europe/Berlin", "Z", "+02:00", "UTC+2".
func (p *parser) zone(m *moment) bool {
	if p.say(m, p.offset) {
		return true
	}
	next, ok := p.peek(0)
	if !ok || next.Class != words.Word {
		return false
	}
	written := p.text[next.From:next.To]
	if next.Text == "z" && next.Glued {
		p.at++
		m.zone = "UTC"
		return true
	}
	if name, ok := p.ianaName(next.From); ok {
		m.zone = name
		return true
	}
	name, ok := p.locale.Zones[next.Text]
	// Two letters are too often another word.
	if !ok || next.Glued || (len(written) < 3 && written != strings.ToUpper(written)) {
		return false
	}
	p.at++
	if name == "UTC" && p.say(m, p.offset) {
		return true
	}
	m.zone = name
	return true
}

// offset reads +02:00, -0530 and +2; behind a space only +02:00.
func (p *parser) offset(m *moment) bool {
	sign := 1
	colon, _ := p.peek(2)
	switch {
	case p.glued("+"), colon.Text == ":" && colon.Glued && p.mark("+"):
	case p.glued("-"):
		sign = -1
	default:
		return false
	}
	n, length, ok := p.gluedDigits(4)
	if !ok {
		return false
	}
	hours, minutes := n, 0
	if length > 2 {
		hours, minutes = n/100, n%100
	} else {
		p.try(func() bool { return p.glued(":") && p.twoDigits(&minutes) })
	}
	if hours > 14 || minutes > 59 || length == 3 {
		return false
	}
	m.offset, m.isOffset = sign*(hours*secondsPerHour+minutes*60), true
	return true
}

// zoneAreas are the first parts of the IANA names of zones.
var zoneAreas = map[string]string{
	"africa": "Africa", "america": "America", "antarctica": "Antarctica", "arctic": "Arctic", "asia": "Asia",
	"atlantic": "Atlantic", "australia": "Australia", "etc": "Etc", "europe": "Europe", "indian": "Indian", "pacific": "Pacific",
}

// longestZone is more than any IANA name has, in bytes.
const longestZone = 40

// ianaName reads a name such as America/New_York in any case.
func (p *parser) ianaName(from int) (string, bool) {
	to := from
	for to < len(p.text) && to-from < longestZone && isZoneByte(p.text[to]) {
		to++
	}
	area, city, ok := strings.Cut(p.text[from:to], "/")
	prefix, known := zoneAreas[strings.ToLower(area)]
	if !ok || !known {
		return "", false
	}
	for _, name := range []string{prefix + "/" + city, prefix + "/" + capitalised(city)} {
		if !zoneExists(name) {
			continue
		}
		for p.at < len(p.tokens) && p.tokens[p.at].From < to {
			p.at++
		}
		return name, true
	}
	return "", false
}

func isZoneByte(b byte) bool {
	return b == '/' || b == '_' || b == '-' || b == '+' || (b >= '0' && b <= '9') || (b|0x20 >= 'a' && b|0x20 <= 'z')
}

// capitalised writes the words of a city as IANA does: new_york as New_York.
func capitalised(city string) string {
	bytes := []byte(strings.ToLower(city))
	for i, b := range bytes {
		if b >= 'a' && b <= 'z' && (i == 0 || bytes[i-1] == '_' || bytes[i-1] == '/' || bytes[i-1] == '-') {
			bytes[i] = b - 'a' + 'A'
		}
	}
	return string(bytes)
}
