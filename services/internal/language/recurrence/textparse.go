package recurrence

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	if fault := phrase.Set.check(); fault != nil {
		return Phrase{}, fault
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
	p.searching = true
	for begin, token := range p.tokens {
		p.at = begin
		if token.Class == words.Mark || (token.Glued && begin > 0) || !p.opens() {
			continue
		}
		phrase, err := p.sentence()
		if err == nil && p.at > begin && !p.splitsWord() {
			if p.goesOn() {
				break
			}
			phrase, begin = p.fromEarlier(phrase, begin)
			return phrase, p.tokens[begin].From, p.tokens[p.at-1].To, true
		}
	}
	return Phrase{}, 0, 0, false
}

// goesOn reports whether another rule follows, such as that of "mondays at 9 and tuesdays at
// 10": then neither is what the text says as a whole.
func (p *textParser) goesOn() bool {
	before := p.textState
	defer func() { p.textState = before }()
	if !p.skip(words.And) {
		return false
	}
	if p.is(words.Weekday) || p.is(words.DayPart) {
		return len(p.d.times)+len(p.d.dayParts) > 0
	}
	p.d = draft{rule: Rule{Interval: 1}}
	return (p.is(words.Every) || p.is(words.EachWeekday)) && p.head()
}

// maxEarlier bounds how far before "every" a recurrence begins, in tokens.
const maxEarlier = 16

// fromEarlier takes into a phrase what stands before it and is a part of it, such
// as "on the last friday" before "of every month".
func (p *textParser) fromEarlier(phrase Phrase, begin int) (Phrase, int) {
	end := p.at
	for earlier := max(begin-maxEarlier, 0); earlier < begin; earlier++ {
		if p.tokens[earlier].Glued && earlier > 0 {
			continue
		}
		p.at = earlier
		if longer, err := p.sentence(); err == nil && p.at == end {
			return longer, earlier
		}
	}
	p.at = end
	return phrase, begin
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
	// searching is set where nobody asks what was expected.
	searching bool
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
		text: text, locale: locale, tokens: locale.Split(text), today: today, zone: now.Location().String(),
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

// clause reads one rule with all that stands around it, or dates alone.
func (p *textParser) clause() error {
	p.d = draft{rule: Rule{Interval: 1}}
	begin := p.at
	for p.dates() || p.start() {
		continue
	}
	if !p.afterComma(p.head) {
		if p.at > begin {
			return nil
		}
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
	// days are ordinals of days in the month, or in the period that is named.
	days []int
	// isBare is set while nothing shows that ordinals are those of days.
	isBare bool
	// ofMonth and ofQuarter say in what the ordinals count.
	ofMonth, ofQuarter bool
	// yearDays of several months, such as "14 jan, 14 apr": rules of their own. So many of
	// them are whole months, whose day may follow.
	yearDays    []yearDay
	wholeMonths int
	times       []clockTime
	dayParts    []int // seconds of the day
	// For "for 3 weeks": how many of which unit.
	lasts, lastsUnit int
}

// yearDay is a day of one month of the year.
type yearDay struct{ month, day int }

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

func (p *textParser) is(kind words.Kind) bool {
	_, length := p.locale.Match(p.tokens[p.at:], kind)
	return length > 0
}

func (p *textParser) mark(text string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at].Text == text {
		p.at++
		return true
	}
	p.expect(text)
	return false
}

// expect notes what could stand here, for the error: a kind of words, or the thing itself.
func (p *textParser) expect(what string) {
	if p.searching {
		return
	}
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
		position, message = token.From, quoted(p.text[token.From:token.To])+" does not fit here"
	}
	return &Error{Position: position, Message: message, Expected: p.examples()}
}

// examples lists what was expected as people would write it: a kind by one of its words.
func (p *textParser) examples() string {
	var all []string
	for _, what := range p.expected {
		example := cmp.Or(p.locale.Example(words.Kind(what)), what)
		if utf8.RuneCountInString(example) == 1 {
			example = strconv.Quote(example) // a comma is hard to see in a list
		}
		if !slices.Contains(all, example) {
			all = append(all, example)
		}
	}
	return strings.Join(all, ", ")
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
	if n, ok := p.take(words.Some); ok {
		return n, true
	}
	return p.take(words.Number)
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
	if !d.placeDays() {
		return p.conflict("days from the begin and from the end of a quarter do not fit together")
	}
	rules, times := d.onYearDays(), d.timesOfDay(p.occasion())
	if len(times) == 1 {
		clock := formatClock(times[0])
		if p.phrase.Time != "" && p.phrase.Time != clock {
			return p.conflict("the rules have different times of day")
		}
		p.phrase.Time = clock
	} else if len(times) > 1 {
		rules = atTimes(rules, times)
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

// occasion is the part of the day of what the text is about, in seconds, or -1.
func (p *textParser) occasion() int {
	spoken := func(t clockTime) bool { return t.spoken }
	if len(p.d.dayParts) > 0 || !slices.ContainsFunc(p.d.times, spoken) {
		return -1
	}
	for i := range p.tokens {
		if minutes, length := p.locale.Match(p.tokens[i:], words.Occasion); length > 0 {
			return minutes * 60
		}
	}
	return -1
}

func (p *textParser) conflict(message string) *Error {
	position := len(p.text)
	if p.at < len(p.tokens) {
		position = p.tokens[p.at].From
	}
	return &Error{Position: position, Message: message}
}

// placeDays puts the ordinals into the part of the rule that counts in their
// period. A rule has no part for quarters: their days lie in their first months,
// or in their last ones when they count from the end.
func (d *draft) placeDays() bool {
	r := &d.rule
	if r.Freq == Yearly && len(r.ByMonth) == 0 && !d.ofMonth {
		r.ByYearDay = append(r.ByYearDay, d.days...)
		return true
	}
	r.ByMonthDay = append(r.ByMonthDay, d.days...)
	ordinals := slices.Concat(d.days, r.BySetPos)
	for _, day := range r.ByDay {
		if day.Ordinal != 0 {
			ordinals = append(ordinals, day.Ordinal)
		}
	}
	if !d.ofQuarter || len(ordinals) == 0 {
		return true
	}
	r.Interval, r.ByMonth = 1, []int{1, 4, 7, 10}
	if slices.Min(ordinals) < 0 {
		r.ByMonth = []int{3, 6, 9, 12}
	}
	return (slices.Min(ordinals) < 0) == (slices.Max(ordinals) < 0)
}

// timesOfDay are the times said, beside a part of the day or instead of it. The
// occasion is the part of the day of the text around; -1 when it tells none.
func (d *draft) timesOfDay(occasion int) []int {
	if len(d.times) == 0 {
		return d.dayParts
	}
	halves := !slices.ContainsFunc(d.times, func(t clockTime) bool { return t.wholeDay })
	var seconds []int
	for _, time := range d.times {
		second := time.second
		if len(d.dayParts) > 0 {
			second = time.near(d.dayParts[0])
		} else if halves {
			second = time.whenUp(occasion)
		}
		seconds = append(seconds, second)
	}
	return seconds
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
