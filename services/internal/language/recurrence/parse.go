package recurrence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// MaxText is the longest text, in bytes, that Parse and ParseText read.
const MaxText = 64 << 10

// maxNumber bounds INTERVAL and COUNT so that arithmetic on them cannot
// overflow; both reach beyond the year 9999 from any start.
const maxNumber = 1_000_000_000

// Error says what is wrong in a text and where.
type Error struct {
	// Part is the rule part, property or kind of word in question, such as
	// BYDAY, EXDATE or "date"; "" when the text as a whole is wrong.
	Part string
	// Position is the byte offset of the fault in the text.
	Position int
	Message  string
	// Expected lists what the text could say there; "" when that is no list.
	Expected string
}

// Error names the part, the fault and its position.
func (e *Error) Error() string {
	text := e.Message
	if e.Part != "" {
		text = e.Part + ": " + text
	}
	if e.Expected != "" {
		text += "; expected " + e.Expected
	}
	return fmt.Sprintf("%s (at position %d)", text, e.Position)
}

// maxShown is how much of a text a message repeats, in characters.
const maxShown = 40

// quoted is a piece of a text as messages show it.
func quoted(text string) string { return strconv.Quote(clipped(text)) }

func clipped(text string) string {
	if shown := []rune(text[:min(len(text), maxShown*utf8.UTFMax)]); len(shown) > maxShown {
		return string(shown[:maxShown]) + "…"
	}
	return text
}

// Parse reads one RRULE value ("FREQ=DAILY") or the lines DTSTART, RRULE, RDATE
// and EXDATE of RFC 5545, folded or not. It is strict: what the RFC forbids is
// an *Error that names the part and the position. Names may be in lower case.
// [Import] is for texts of other calendars.
func Parse(text string) (Set, error) {
	r, fault := read(text)
	if fault == nil {
		fault = r.floating
	}
	if fault != nil {
		return Set{}, fault
	}
	return r.set, nil
}

// reader gathers what the lines of a text say.
type reader struct {
	set Set
	// floating is the fault of the first DTSTART or UNTIL that is a local time without a
	// zone, for who cannot tell the zone.
	floating *Error
}

func read(text string) (reader, *Error) {
	if len(text) > MaxText {
		return reader{}, &Error{Position: MaxText, Message: fmt.Sprintf("the text is longer than %d bytes", MaxText)}
	}
	lines, origin := unfold(text)
	var r reader
	if err := r.lines(lines); err != nil {
		err.Position = origin(err.Position)
		return reader{}, err
	}
	if r.floating != nil {
		r.floating.Position = origin(r.floating.Position)
	}
	return r, nil
}

// unfold joins folded lines (RFC 5545 section 3.1) and says where a byte of the
// result stood before.
func unfold(text string) (lines string, origin func(int) int) {
	var folds []int // offsets in the result, of three or two bytes each
	var widths []int
	var b strings.Builder
	for i := 0; i < len(text); {
		width := foldWidth(text[i:])
		if width == 0 {
			b.WriteByte(text[i])
			i++
			continue
		}
		folds = append(folds, b.Len())
		widths = append(widths, width)
		i += width
	}
	return b.String(), func(position int) int {
		before := position
		for i, fold := range folds {
			if fold > before {
				break
			}
			position += widths[i]
		}
		return position
	}
}

func foldWidth(text string) int {
	for _, fold := range []string{"\r\n ", "\r\n\t", "\n ", "\n\t"} {
		if strings.HasPrefix(text, fold) {
			return len(fold)
		}
	}
	return 0
}

func (r *reader) lines(text string) *Error {
	over := -1 // where the first line begins that is too much
	for position := 0; position < len(text); {
		line, _, _ := strings.Cut(text[position:], "\n")
		if content := strings.TrimSuffix(line, "\r"); content != "" {
			if err := r.line(content, position); err != nil {
				return err
			}
		}
		if over < 0 && r.set.check() != nil {
			over = position
		}
		position += len(line) + 1
	}
	if err := r.set.check(); err != nil {
		err.Position = over
		return err
	}
	if r.set.IsZero() {
		return &Error{Message: "there is no rule", Expected: "FREQ=… or lines such as RRULE:FREQ=…"}
	}
	return nil
}

// line reads one content line; position is that of the line.
func (r *reader) line(line string, position int) *Error {
	head, value, isProperty := cutUnquoted(line, ':')
	if !isProperty {
		return r.rule(line, position)
	}
	name, params, hasParams := strings.Cut(head, ";")
	at := position + len(head) + 1
	name = strings.ToUpper(name)
	if name == "RRULE" {
		if hasParams {
			return &Error{Part: name, Position: position + len(name) + 1, Message: "the line takes no parameter"}
		}
		return r.rule(value, at)
	}
	if name != "DTSTART" && name != "RDATE" && name != "EXDATE" {
		return &Error{
			Part: clipped(name), Position: position,
			Message: "this line is not part of a recurrence", Expected: "DTSTART, RRULE, RDATE or EXDATE",
		}
	}
	kind := dateKind{part: name}
	if hasParams {
		if err := kind.parse(params, position+len(name)+1); err != nil {
			return err
		}
	}
	return r.dates(kind, value, at)
}

// cutUnquoted cuts at the first separator that is not within quotes, which parameters
// may have (RFC 5545 section 3.2).
func cutUnquoted(text string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == separator && !quoted:
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

func (r *reader) rule(value string, position int) *Error {
	rule, floating, err := readRule(value, position)
	if err != nil {
		return err
	}
	r.floats(floating)
	r.set.Rules = append(r.set.Rules, rule)
	return nil
}

// floats notes the fault of a local time without a zone; nil is none.
func (r *reader) floats(fault *Error) {
	if r.floating == nil {
		r.floating = fault
	}
}

func (r *reader) dates(kind dateKind, value string, position int) *Error {
	if kind.part == "DTSTART" {
		due, err := kind.due(value, position)
		switch {
		case err != nil:
			return err
		case !r.set.Start.IsZero():
			return &Error{Part: kind.part, Position: position, Message: "the line occurs twice"}
		case due.floats():
			r.floats(&Error{Part: kind.part, Position: position, Message: "a local time needs a TZID or a final Z"})
		}
		r.set.Start = due
		return nil
	}
	for item := range strings.SplitSeq(value, ",") {
		due, err := kind.due(item, position)
		if err != nil {
			return err
		}
		if kind.part == "RDATE" {
			r.set.RDates = append(r.set.RDates, due)
		} else {
			r.set.EXDates = append(r.set.EXDates, due)
		}
		position += len(item) + 1
	}
	return nil
}

// dateKind is what the parameters of a line say about its dates.
type dateKind struct {
	part   string
	isDate bool
	zone   string
}

func (k *dateKind) parse(params string, position int) *Error {
	for more := true; more; {
		var param string
		param, params, more = cutUnquoted(params, ';')
		name, value, _ := strings.Cut(param, "=")
		value = unquoted(value)
		switch strings.ToUpper(name) {
		case "VALUE":
			switch strings.ToUpper(value) {
			case "DATE":
				k.isDate = true
			case "DATE-TIME":
			default:
				return &Error{
					Part: k.part, Position: position,
					Message: "a value of type " + quoted(value) + " is not possible here", Expected: "DATE or DATE-TIME",
				}
			}
		case "TZID":
			zone, err := zones.Canonical(value)
			if err != nil {
				return &Error{Part: k.part, Position: position, Message: err.Error()}
			}
			k.zone = zone
		default:
			return &Error{
				Part: k.part, Position: position,
				Message: "unknown parameter " + quoted(name), Expected: "VALUE or TZID",
			}
		}
		position += len(param) + 1
	}
	if k.isDate && k.zone != "" {
		return &Error{Part: k.part, Position: position - 1, Message: "a date has no zone: leave out TZID"}
	}
	return nil
}

// unquoted is the value of a parameter without the quotes around it.
func unquoted(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// due reads one value of the line.
func (k *dateKind) due(value string, position int) (Due, *Error) {
	due, ok := parseBasic(value)
	form := "a local time written 20261201T090000, or 20261201T090000Z for UTC"
	switch {
	case k.isDate:
		form = "a date written 20261201"
		ok = ok && !due.HasTime()
	case due.Zone != "":
		ok = ok && k.zone == ""
		form = "a local time without Z, because the line has a TZID"
	default:
		ok = ok && due.HasTime()
		due.Zone = k.zone
	}
	if !ok {
		return Due{}, &Error{Part: k.part, Position: position, Message: "cannot read " + quoted(value), Expected: form}
	}
	return due, nil
}

// parseBasic reads a DATE or DATE-TIME value, without or with Z.
func parseBasic(text string) (Due, bool) {
	const date, dateTime = len("20261201"), len("20261201T090000")
	local, isUTC := strings.CutSuffix(text, "Z")
	if len(local) != date && len(local) != dateTime {
		return Due{}, false
	}
	day, ok := dayOfDigits(local[0:4], local[4:6], local[6:8])
	if !ok {
		return Due{}, false
	}
	if len(local) == date {
		return dueOfDay(day), !isUTC
	}
	second, ok := secondOfDigits(local[9:11], local[11:13], local[13:15])
	if !ok || local[8] != 'T' {
		return Due{}, false
	}
	zone := ""
	if isUTC {
		zone = "UTC"
	}
	return dueOfWall(int64(day)*secondsPerDay+int64(second), zone), true
}

// ruleParser gathers the parts of one rule.
type ruleParser struct {
	rule  Rule
	found map[string]int // positions of the parts seen
}

// parseRule reads a rule as strictly as the RFC demands.
func parseRule(text string, position int) (Rule, *Error) {
	rule, floating, err := readRule(text, position)
	if err == nil {
		err = floating
	}
	if err != nil {
		return Rule{}, err
	}
	return rule, nil
}

// readRule reads a rule whose UNTIL may be a local time, which is the fault floating.
func readRule(text string, position int) (rule Rule, floating, err *Error) {
	p := ruleParser{rule: Rule{Interval: 1}, found: map[string]int{}}
	if err := p.parts(text, position); err != nil {
		return Rule{}, nil, err
	}
	if err := p.check(position + len(text)); err != nil {
		return Rule{}, nil, err
	}
	if p.rule.Until.floats() {
		floating = &Error{
			Part: "UNTIL", Position: p.found["UNTIL"] + len("UNTIL="), Message: "a local time needs a zone", Expected: untilForms,
		}
	}
	p.rule.normalize()
	return p.rule, floating, nil
}

// parts reads the parts of a rule one by one.
func (p *ruleParser) parts(text string, position int) *Error {
	for part := range strings.SplitSeq(text, ";") {
		name, value, hasValue := strings.Cut(part, "=")
		name = strings.ToUpper(name)
		read, known := partReaders[name]
		_, twice := p.found[name]
		switch {
		case part == "":
			return &Error{Position: position, Message: "a rule part is missing here", Expected: "NAME=value"}
		case !known:
			return &Error{Part: clipped(name), Position: position, Message: "this is not a part of a rule", Expected: partNames}
		case !hasValue || value == "":
			return &Error{Part: name, Position: position + len(part), Message: "the part has no value"}
		case twice:
			return &Error{Part: name, Position: position, Message: "the part occurs twice"}
		}
		p.found[name] = position
		if err := read(&p.rule, value); err != nil {
			err.Part = name
			err.Position += position + len(name) + 1
			return err
		}
		position += len(part) + 1
	}
	return nil
}

// check applies the rules between parts of RFC 5545 section 3.3.10 and of RFC
// 7529 section 4.
func (p *ruleParser) check(end int) *Error {
	if !p.has("FREQ") {
		return &Error{Part: "FREQ", Position: end, Message: "the part is missing"}
	}
	freq := p.rule.Freq
	hasOrdinal := slices.ContainsFunc(p.rule.ByDay, func(d Day) bool { return d.Ordinal != 0 })
	const onlyMonthlyYearly = "a weekday with a number needs FREQ=MONTHLY or FREQ=YEARLY"
	for _, rule := range []struct {
		broken  bool
		part    string
		message string
	}{
		{p.has("COUNT") && p.has("UNTIL"), "UNTIL", "COUNT and UNTIL exclude each other"},
		{p.has("BYWEEKNO") && freq != Yearly, "BYWEEKNO", "the part needs FREQ=YEARLY"},
		{
			p.has("BYYEARDAY") && (freq == Daily || freq == Weekly || freq == Monthly),
			"BYYEARDAY", "the part is not possible with " + freq.String(),
		},
		{p.has("BYMONTHDAY") && freq == Weekly, "BYMONTHDAY", "the part is not possible with WEEKLY"},
		{hasOrdinal && freq != Monthly && freq != Yearly, "BYDAY", onlyMonthlyYearly},
		{hasOrdinal && p.has("BYWEEKNO"), "BYDAY", "a weekday with a number is not possible with BYWEEKNO"},
		{p.has("BYSETPOS") && !p.hasOtherBy(), "BYSETPOS", "the part needs another BY part to choose from"},
		{p.has("SKIP") && !p.has("RSCALE"), "SKIP", "the part needs RSCALE=GREGORIAN"},
		{p.has("X-STEP") && freq != Daily, "X-STEP", "the part needs FREQ=DAILY"},
		{p.has("X-STEP") && !p.has("BYDAY"), "X-STEP", "the part needs BYDAY"},
	} {
		if rule.broken {
			return &Error{Part: rule.part, Position: p.found[rule.part], Message: rule.message}
		}
	}
	return nil
}

func (p *ruleParser) has(part string) bool {
	_, ok := p.found[part]
	return ok
}

func (p *ruleParser) hasOtherBy() bool {
	for part := range p.found {
		if strings.HasPrefix(part, "BY") && part != "BYSETPOS" {
			return true
		}
	}
	return false
}

const partNames = "FREQ, INTERVAL, COUNT, UNTIL, BYSECOND, BYMINUTE, BYHOUR, BYDAY, BYMONTHDAY, BYYEARDAY, " +
	"BYWEEKNO, BYMONTH, BYSETPOS, WKST, RSCALE, SKIP or X-STEP"

// partReaders read the value of each part; error positions are relative to it.
var partReaders = map[string]func(*Rule, string) *Error{
	"FREQ":       func(r *Rule, v string) *Error { return readWord(&r.Freq, v, frequencyNames[:], 0) },
	"INTERVAL":   func(r *Rule, v string) *Error { return readPositive(&r.Interval, v) },
	"COUNT":      func(r *Rule, v string) *Error { return readPositive(&r.Count, v) },
	"UNTIL":      readUntil,
	"BYSECOND":   func(r *Rule, v string) *Error { return readList(&r.BySecond, v, 0, 60) },
	"BYMINUTE":   func(r *Rule, v string) *Error { return readList(&r.ByMinute, v, 0, 59) },
	"BYHOUR":     func(r *Rule, v string) *Error { return readList(&r.ByHour, v, 0, 23) },
	"BYDAY":      readDays,
	"BYMONTHDAY": func(r *Rule, v string) *Error { return readList(&r.ByMonthDay, v, -31, 31) },
	"BYYEARDAY":  func(r *Rule, v string) *Error { return readList(&r.ByYearDay, v, -366, 366) },
	"BYWEEKNO":   func(r *Rule, v string) *Error { return readList(&r.ByWeekNo, v, -53, 53) },
	"BYMONTH":    func(r *Rule, v string) *Error { return readList(&r.ByMonth, v, 1, 12) },
	"BYSETPOS":   func(r *Rule, v string) *Error { return readList(&r.BySetPos, v, -366, 366) },
	"WKST":       func(r *Rule, v string) *Error { return readWord(&r.WeekStart, v, weekdayNames[:], 0) },
	"RSCALE":     func(_ *Rule, v string) *Error { var n int; return readWord(&n, v, []string{"GREGORIAN"}, 0) },
	"SKIP":       func(r *Rule, v string) *Error { return readWord(&r.Skip, v, skipNames[:], 1) },
	"X-STEP":     readStep,
}

// readWord sets target to the place of value in names; the first names, up to
// from, cannot be written.
func readWord[T ~int](target *T, value string, names []string, from int) *Error {
	for i, name := range names {
		if name != "" && strings.EqualFold(name, value) {
			*target = T(i)
			return nil
		}
	}
	shown := slices.DeleteFunc(slices.Clone(names[from:]), func(name string) bool { return name == "" })
	return &Error{Message: quoted(value) + " is not possible", Expected: strings.Join(shown, ", ")}
}

func readStep(r *Rule, value string) *Error {
	r.StepByDay = true
	var n int
	return readWord(&n, value, []string{"BYDAY"}, 0)
}

func readPositive(target *int, value string) *Error {
	n, ok := parseDigits(value)
	if !ok || n < 1 || n > maxNumber {
		return &Error{
			Message:  quoted(value) + " is not possible",
			Expected: fmt.Sprintf("a whole number from 1 to %d", maxNumber),
		}
	}
	*target = n
	return nil
}

const untilForms = "a date written 20261201 or a time in UTC written 20261201T090000Z"

func readUntil(r *Rule, value string) *Error {
	due, ok := parseBasic(value)
	if !ok {
		return &Error{Message: "cannot read " + quoted(value), Expected: untilForms}
	}
	r.Until = due
	return nil
}

// readList reads numbers between low and high. When low is negative, signs are
// allowed and zero is not.
func readList(target *[]int, value string, low, high int) *Error {
	position := 0
	for item := range strings.SplitSeq(value, ",") {
		digits, sign := item, 1
		if low < 0 {
			digits, sign = cutSign(item)
		}
		n, ok := parseDigits(digits)
		n *= sign
		if !ok || len(digits) > 3 || n < low || n > high || (n == 0 && low < 0) {
			return &Error{
				Position: position,
				Message:  quoted(item) + " is not possible",
				Expected: rangeText(low, high),
			}
		}
		*target = append(*target, n)
		position += len(item) + 1
	}
	return nil
}

func rangeText(low, high int) string {
	if low < 0 {
		return fmt.Sprintf("1 to %d or -%d to -1", high, high)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func cutSign(text string) (digits string, sign int) {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return rest, -1
	}
	return strings.TrimPrefix(text, "+"), 1
}

func readDays(r *Rule, value string) *Error {
	position := 0
	for item := range strings.SplitSeq(value, ",") {
		day, ok := parseDay(item)
		if !ok {
			return &Error{
				Position: position,
				Message:  quoted(item) + " is not possible",
				Expected: "MO, TU, WE, TH, FR, SA or SU, with a number from 1 to 53 or -53 to -1 before it if need be",
			}
		}
		r.ByDay = append(r.ByDay, day)
		position += len(item) + 1
	}
	return nil
}

func parseDay(text string) (Day, bool) {
	split := max(len(text)-2, 0)
	var day Day
	if err := readWord(&day.Weekday, text[split:], weekdayNames[:], 0); err != nil {
		return Day{}, false
	}
	if split == 0 {
		return day, true
	}
	digits, sign := cutSign(text[:split])
	n, ok := parseDigits(digits)
	day.Ordinal = n * sign
	return day, ok && len(digits) <= 2 && n >= 1 && n <= 53
}
