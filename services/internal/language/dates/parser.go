package dates

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// parser reads tokens from left to right. Its methods either take what they look
// for or fail, and whoever tries one goes back.
type parser struct {
	text    string
	tokens  []words.Token
	options Options
	locale  *words.Locale
	// readings are the words that begin at each token.
	readings [][]words.Reading
	today    int
	// base is the day from which words count: today, or the begin of a range.
	base int
	// ending is set while the end of a range is read, beginning while its begin is
	// read again, and within while a date in a period is, whose first day counts.
	ending, beginning, within bool
	// between is set behind the word, where "and" stands between two ends.
	between bool
	// unread is where an expression ends that makes no sense as a whole.
	unread int
	at     int
	// first is the token at which the phrase begins.
	first int
	// said and peeked are the phrase that is read and the moment that is looked at,
	// kept for the next ones.
	said   phrase
	peeked moment
	// peeking is set while the parser only looks whether a date follows.
	peeking bool
	// occasions are the parts of the day that the text tells, once one has asked.
	occasions []int
}

func newParser(text string, options Options) *parser {
	locale := options.Locale
	if locale == nil {
		locale = words.English()
	}
	year, month, day := options.Now.Date()
	today := dayOf(year, int(month), day)
	tokens := locale.Split(text)
	readings := make([][]words.Reading, len(tokens))
	for i := range tokens {
		readings[i] = locale.Readings(tokens[i:])
	}
	return &parser{
		text: text, tokens: tokens, readings: readings,
		options: options, locale: locale, today: today, base: today,
	}
}

// past reports whether words lean to the past; the end of a range never does.
func (p *parser) past() bool {
	return p.beginning || p.options.Lean == LeanPast && !p.ending && !p.within
}

// openers may stand before a phrase without a space.
const openers = "([{,;:!\"|>"

// isBorder reports whether a token may touch a phrase: one of the marks, or any
// mark beyond ASCII, such as a quote or an emoji, but no sign of money.
func isBorder(t words.Token, marks string) bool {
	first, _ := utf8.DecodeRuneInString(t.Text)
	return t.Class == words.Mark && (strings.ContainsRune(marks, first) || first >= utf8.RuneSelf && !unicode.Is(unicode.Sc, first))
}

// mayBegin reports whether a phrase can begin at the token in turn.
func (p *parser) mayBegin() bool {
	token := p.tokens[p.at]
	if token.Class != words.Digits && len(p.readings[p.at]) == 0 {
		return false
	}
	return !token.Glued || p.at == 0 || isBorder(p.tokens[p.at-1], openers)
}

// closers may stand behind a phrase without a space.
const closers = ")]},;:!?.\"|<"

// cutsWord reports whether the text goes on so that the phrase would be a part of
// a word, a number or an address.
func (p *parser) cutsWord() bool {
	next, ok := p.peek(0)
	if !ok || !next.Glued {
		return false
	}
	if !isBorder(next, closers) {
		return true
	}
	after, ok := p.peek(1)
	return ok && after.Glued && after.Class != words.Mark
}

func (p *parser) peek(ahead int) (words.Token, bool) {
	if p.at+ahead >= len(p.tokens) {
		return words.Token{}, false
	}
	return p.tokens[p.at+ahead], true
}

// find gives the longest word of a kind at the token in turn, as Locale.Match.
func (p *parser) find(kind words.Kind) (value, length int) {
	if p.at >= len(p.tokens) {
		return 0, 0
	}
	for _, reading := range p.readings[p.at] {
		if reading.Kind == kind {
			return reading.Value, reading.Length
		}
	}
	return 0, 0
}

// take accepts a word of a kind.
func (p *parser) take(kind words.Kind) (value int, ok bool) {
	value, length := p.find(kind)
	p.at += length
	return value, length > 0
}

// is reports whether a word of a kind comes next.
func (p *parser) is(kind words.Kind) bool {
	_, length := p.find(kind)
	return length > 0
}

func (p *parser) skip(kind words.Kind) bool {
	_, ok := p.take(kind)
	return ok
}

func (p *parser) mark(text string) bool {
	next, ok := p.peek(0)
	if ok && next.Text == text {
		p.at++
		return true
	}
	return false
}

// glued accepts a mark without a space before it.
func (p *parser) glued(text string) bool {
	next, ok := p.peek(0)
	return ok && next.Glued && p.mark(text)
}

// digits reads a number of at most so many digits.
func (p *parser) digits(most int) (n, length int, ok bool) {
	next, ok := p.peek(0)
	if !ok || next.Class != words.Digits || len(next.Text) > most {
		return 0, 0, false
	}
	for _, digit := range []byte(next.Text) {
		n = n*10 + int(digit-'0')
	}
	p.at++
	return n, len(next.Text), true
}

// gluedDigits reads digits without a space before them.
func (p *parser) gluedDigits(most int) (n, length int, ok bool) {
	if next, ok := p.peek(0); !ok || !next.Glued {
		return 0, 0, false
	}
	return p.digits(most)
}

// maxDigits keeps numbers within what dates can bear.
const maxDigits = 5

func (p *parser) number() (int, bool) {
	if n, _, ok := p.digits(maxDigits); ok {
		return n, true
	}
	if n, ok := p.take(words.Some); ok {
		return n, true
	}
	return p.take(words.Number)
}

func (p *parser) numberNext() bool {
	next, ok := p.peek(0)
	return ok && next.Class == words.Digits || p.is(words.Number) || p.is(words.Some)
}

// behind reports whether the token before the one in turn is a word of a kind.
func (p *parser) behind(kinds ...words.Kind) bool {
	return p.at > 0 && p.isAt(p.at-1, kinds...)
}

// isAt reports whether a token is a word of a kind.
func (p *parser) isAt(token int, kinds ...words.Kind) bool {
	return slices.ContainsFunc(p.readings[token], func(r words.Reading) bool { return r.Length == 1 && slices.Contains(kinds, r.Kind) })
}

// ordinal reads "2nd" or "second".
func (p *parser) ordinal() (int, bool) {
	if n, ok := p.take(words.Ordinal); ok {
		return n, true
	}
	n := 0
	ok := p.try(func() bool {
		n, _, _ = p.digits(2)
		suffix, ok := p.peek(0)
		goesOn, more := p.peek(1)
		if n == 0 || !ok || !p.locale.IsOrdinalSuffix(suffix) || more && goesOn.Glued && goesOn.Class == words.Digits {
			return false // as in 3.5
		}
		p.at++
		return true
	})
	return n, ok
}

// try runs a step and goes back when it fails.
func (p *parser) try(step func() bool) bool {
	before, base := p.at, p.base
	if step() {
		return true
	}
	p.at, p.base = before, base
	return false
}

// say is try for a step that adds to m.
func (p *parser) say(m *moment, step func(m *moment) bool) bool {
	before := *m
	if p.try(func() bool { return step(m) }) {
		return true
	}
	*m = before
	return false
}

// standsAlone reports whether no word of other meaning follows, so that a word
// such as "sat" or an hour such as "9" can be what it looks like.
func (p *parser) standsAlone() bool {
	next, ok := p.peek(0)
	if !ok {
		return true
	}
	if next.Class == words.Mark {
		first, _ := utf8.DecodeRuneInString(next.Text)
		return first != '%' && !unicode.Is(unicode.Sc, first)
	}
	return p.partFollows()
}

// isComplete is standsAlone where a verb may follow, which a language that writes
// nouns with capitals shows: "um 9 anrufen", but "um 3 Punkte".
func (p *parser) isComplete() bool {
	next, ok := p.peek(0)
	if ok && p.locale.CapitalNouns && next.Class == words.Word {
		first, _ := utf8.DecodeRuneInString(p.text[next.From:])
		if unicode.IsLower(first) && !p.is(words.Unit) {
			return true
		}
	}
	return p.standsAlone()
}

// opensText reports whether the phrase is the first thing in the text, so that
// what follows is what to do then: "at 9 call mum".
func (p *parser) opensText() bool {
	next, ok := p.peek(0)
	return p.first == 0 && !p.peeking && ok && next.Class == words.Word
}

// partFollows looks whether a date, a time or a duration comes next.
func (p *parser) partFollows() bool {
	if p.peeking {
		return false
	}
	before := p.at
	p.peeking, p.peeked = true, moment{}
	follows := p.part(&p.peeked)
	p.at, p.peeking = before, false
	return follows
}

// rangeFollows looks whether a range goes on to another date.
func (p *parser) rangeFollows() bool {
	before := p.at
	follows := p.rangeWord(p.between) && p.dateFollows()
	p.at = before
	return follows
}

// dateFollows looks whether a date comes next.
func (p *parser) dateFollows() bool { return p.partFollows() && p.peeked.hasDate }

// moment is what one phrase, or one end of a range, says.
type moment struct {
	days    days
	hasDate bool
	// dateAt and dateEnd are the tokens of the date.
	dateAt, dateEnd int

	clock    clock
	hasTime  bool
	end      clock
	hasEnd   bool
	dayPart  int // minutes since midnight
	hasPart  bool
	tonight  bool
	zone     string // IANA name; "" is the user's
	offset   int    // seconds east of UTC
	isOffset bool

	shift    time.Time // an exact instant, as for "in 20 minutes"
	duration int64     // seconds
	parts    []Part
}

// phrase is a moment, or a range of two.
type phrase struct {
	from, to moment
	isRange  bool
}

// phrase reads a phrase into p.said.
func (p *parser) phrase() bool {
	p.said = phrase{}
	said, begin := &p.said, p.at
	if p.try(func() bool {
		between := p.skip(words.Between)
		if !between && !p.skip(words.From) {
			return false
		}
		p.between = between
		ok := p.moment(&said.from)
		p.between = false
		if !ok {
			return false
		}
		said.from.parts[0].Start = p.tokens[begin].From
		return p.try(func() bool { return p.rangeTo(said, begin, between) }) || said.from.hasDate && (!between || said.from.days.isRange())
	}) {
		return true
	}
	*said = phrase{}
	if !p.moment(&said.from) {
		return false
	}
	p.try(func() bool { return p.rangeTo(said, begin, false) })
	return true
}

// rangeTo reads a word such as "to" and the moment at which the range ends, of
// the kind of its begin. between allows "and".
func (p *parser) rangeTo(said *phrase, begin int, between bool) bool {
	if !said.from.canBound() || !p.rangeWord(between) {
		return false
	}
	if said.from.hasDate {
		p.base = said.from.days.first
	}
	p.ending = true
	ok := p.moment(&said.to)
	p.base, p.ending = p.today, false
	if ok && said.to.hasDate && said.to.onClock() && !said.from.onClock() {
		p.unread = max(p.unread, p.at) // "mon-fri 9am" is no range of dates
	}
	if !ok || !said.to.canBound() || said.to.onClock() != said.from.onClock() || (!said.to.onClock() && !said.to.hasDate) {
		return false
	}
	switch {
	case said.to.hasDate && said.from.hasDate:
		said.from.days = p.beginOf(said)
		if said.to.days.first < said.from.days.first {
			return false
		}
	case said.to.hasDate && said.to.parts[0].Kind == PartTime:
		said.from.days, said.from.hasDate = said.to.days, true // as in 9am to 5pm on friday
	}
	said.isRange = true
	said.from.parts[0].Start = p.tokens[begin].From
	for _, part := range said.to.parts {
		last := &said.from.parts[len(said.from.parts)-1]
		if part.Kind == last.Kind {
			last.End = part.End
			continue
		}
		said.from.parts = append(said.from.parts, part)
	}
	return true
}

// canBound reports whether m can be an end of a range.
func (m *moment) canBound() bool {
	return !m.days.isRange() && !m.hasEnd && m.shift.IsZero() && m.duration == 0
}

// rangeWord takes the word between the ends of a range; "and" only after between.
func (p *parser) rangeWord(between bool) bool {
	return between && p.skip(words.And) || p.skip(words.To) || p.skip(words.Until)
}

// onClock reports whether m is a time rather than a date.
func (m *moment) onClock() bool { return m.hasTime || m.hasPart }

// moment reads parts in any order, each kind once.
func (p *parser) moment(m *moment) bool {
	for p.try(func() bool {
		if len(m.parts) > 0 {
			p.mark(",")
		}
		return p.part(m)
	}) {
		continue
	}
	return len(m.parts) > 0 && !p.anotherTime(m)
}

// saysSomething reports whether any part can begin with the token in turn, which saves most
// words of a text all tries.
func (p *parser) saysSomething() bool {
	next, ok := p.peek(0)
	return ok && (len(p.readings[p.at]) > 0 || next.Class == words.Digits || next.Glued)
}

// part reads one part that m does not have, or more about its date.
func (p *parser) part(m *moment) bool {
	if !p.saysSomething() {
		return false
	}
	begin := p.at
	kind := PartDuration
	switch {
	case m.duration == 0 && p.say(m, p.duration):
	case !m.hasDate && m.shift.IsZero() && p.say(m, p.datePart):
		kind = PartDate
		if !m.shift.IsZero() {
			kind = PartTime
		}
		m.dateAt, m.dateEnd = begin, p.at
	case m.hasDate && !p.peeking && p.say(m, p.moreOfDate):
		kind = PartDate
		if last := &m.parts[len(m.parts)-1]; last.Kind == kind {
			last.End = p.tokens[p.at-1].To
			return true
		}
	case !m.hasTime && m.shift.IsZero() && p.say(m, p.timePart):
		kind = PartTime
	case m.hasDate && !m.hasPart && p.say(m, p.dayPartOf):
		kind = PartTime
	default:
		return false
	}
	m.parts = append(m.parts, Part{Kind: kind, Start: p.tokens[begin].From, End: p.tokens[p.at-1].To})
	return true
}

// duration reads "for 45 min", "for 1h30", and the German "45 Min lang".
func (p *parser) duration(m *moment) bool {
	before := p.skip(words.For)
	a, ok := p.amount()
	if !ok || a.months != 0 || !before && !p.skip(words.Lasting) {
		return false
	}
	m.duration = a.seconds + int64(a.days)*secondsPerDay
	return m.duration > 0
}
