package quickadd

import (
	"bytes"
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// literals finds what stays text: what the caller says, quotes, what a backslash
// stands before, and addresses and prices.
func (l *line) literals() {
	for _, ignored := range l.options.Ignore {
		start, end := max(ignored.Start-l.offset, 0), min(ignored.End-l.offset, len(l.text))
		for start > 0 && start < len(l.text) && !utf8.RuneStart(l.text[start]) {
			start--
		}
		for end > 0 && end < len(l.text) && !utf8.RuneStart(l.text[end]) {
			end++
		}
		l.hide(start, end)
	}
	for i := 0; i < len(l.masked); i++ {
		if !l.opens(i) || isSpace(l.masked[i]) {
			continue
		}
		end := l.closingQuote(i)
		switch {
		case end > 0:
		case l.masked[i] == '\\':
			end = l.endOfChunk(i)
			if end == i+1 {
				continue
			}
			l.unescape(i, end)
		case i == 0 || isSpace(l.masked[i-1]):
			end = l.endOfChunk(i)
			if !isAddressOrPrice(bytes.TrimLeft(l.masked[i:end], openers)) {
				continue
			}
		default:
			continue
		}
		l.keep(i, end)
		i = end - 1
	}
}

// unescape takes the backslash that begins a chunk out of the title, and those
// before signs in it.
func (l *line) unescape(start, end int) {
	for i := start; i+1 < end; i++ {
		if l.text[i] != '\\' || i > start && strings.IndexByte(`"@#*+/!{\`, l.text[i+1]) < 0 {
			continue
		}
		l.gone = append(l.gone, Range{i, i + 1})
		i++ // a backslash after a backslash stays
	}
}

// opens reports whether a word or a sign can begin at i.
func (l *line) opens(i int) bool {
	return i == 0 || isSpace(l.masked[i-1]) || isOpener(l.masked[i-1])
}

// openers may stand before a word or sign without a space.
const openers = "([,;"

func isOpener(b byte) bool { return b == '(' || b == '[' || b == ',' || b == ';' }

// spaces separate the chunks of a line; NUL stands where something was understood.
const spaces = " \t\x00"

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == 0 }

// maxAhead bounds how far a sign, an address or a quotation reaches, in bytes.
const maxAhead = 1000

// ahead is what may belong to a sign at i.
func (l *line) ahead(i int) []byte { return l.masked[i:min(i+maxAhead, len(l.masked))] }

// endOfChunk is the next space at or after i.
func (l *line) endOfChunk(i int) int {
	ahead := l.ahead(i)
	if length := bytes.IndexAny(ahead, spaces); length >= 0 {
		return i + length
	}
	return i + len(ahead)
}

// quoteAfter gives the closing quote of an opening one, "" for other characters.
func quoteAfter(opening rune) string {
	switch opening {
	case '"':
		return `"`
	case '“':
		return "”"
	case '„':
		return "“"
	case '«':
		return "»"
	}
	return ""
}

// closingQuote gives the end of a quotation that begins at i, 0 when there is
// none. A quotation ends before a space or a mark.
func (l *line) closingQuote(i int) int {
	text := l.text[:i+len(l.ahead(i))]
	opening, size := utf8.DecodeRuneInString(text[i:])
	closing := quoteAfter(opening)
	if closing == "" {
		return 0
	}
	for at := i + size; ; {
		length := strings.Index(text[at:], closing)
		if length < 0 {
			return 0
		}
		end := at + length + len(closing)
		if next, _ := utf8.DecodeRuneInString(l.text[end:]); end == len(l.text) || !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			return end
		}
		at = end
	}
}

// isAddressOrPrice reports whether a chunk is an e-mail address, a URL or an
// amount of money.
func isAddressOrPrice(chunk []byte) bool {
	isPlain := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	if !bytes.ContainsFunc(chunk, func(r rune) bool { return !isPlain(r) }) {
		return false
	}
	for _, sign := range []string{"://", "www.", "mailto:"} {
		if bytes.Contains(chunk, []byte(sign)) {
			return true
		}
	}
	at := bytes.IndexByte(chunk, '@')
	return at > 0 && chunk[0] != '#' && chunk[0] != '+' && strings.IndexByte(openers, chunk[at-1]) < 0 ||
		bytes.ContainsFunc(chunk, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
}

// signs finds what a sign or its form alone tells: deadline, reminders, priority,
// tags, project and section.
func (l *line) signs() {
	section := Range{}
	for i := 0; i < len(l.masked); i++ {
		if !l.opens(i) {
			continue
		}
		sign := l.masked[i]
		switch {
		case sign == '{':
			l.days(i)
		case sign == '!' && !l.reminder(i):
			l.priority(i, i+1)
		case sign == 'p' || sign == 'P':
			l.priority(i, i+1)
		case sign == l.options.Prefixes.tag():
			l.tag(i)
		case sign == l.options.Prefixes.project() && l.task.Project == "":
			l.project(i)
		case sign == '/' && section.End == 0:
			section = l.sectionAt(i)
		}
	}
	if section.End > 0 && l.task.Project != "" && l.task.Section == "" {
		l.task.Section = unquoted(l.text[section.Start+1 : section.End])
		l.understood(Section, section.Start, section.End)
	}
}

// days reads {friday}, a deadline, {from friday}, a start, and {from friday to monday}, both.
func (l *line) days(i int) {
	length := bytes.IndexByte(l.ahead(i), '}')
	if length < 0 {
		return
	}
	content := string(l.masked[i+1 : i+length])
	begin := l.fromWord(content)
	found, ok := dates.At(content, begin, l.dates())
	if !ok || found.From == nil || strings.TrimSpace(content[found.End:]) != "" {
		return
	}
	first, last := &found.From.Due, (*recurrence.Due)(nil)
	if found.To != nil && !found.To.HasTime() {
		last = &found.To.Due
	}
	switch {
	case begin > 0 && l.task.Start == nil && (last == nil || l.task.Deadline == nil):
		l.task.Start, l.task.Deadline = first, cmp.Or(last, l.task.Deadline)
		l.understood(Start, i, i+length+1)
	case begin == 0 && l.task.Deadline == nil:
		l.task.Deadline = cmp.Or(last, first) // what is to be done this week is done by its end
		l.understood(Deadline, i, i+length+1)
	}
}

// fromWord gives where a date may follow a word such as "from" that a text begins with; 0 where it
// begins with none.
func (l *line) fromWord(text string) int {
	tokens := l.options.Locale.Split(text)
	_, length := l.options.Locale.Match(tokens, words.From)
	if length == 0 || length == len(tokens) {
		return 0
	}
	return tokens[length].From
}

// priority reads the digit of p1 or !1.
func (l *line) priority(start, digit int) {
	if digit >= len(l.masked) || l.masked[digit] < '1' || l.masked[digit] > '4' || !l.closes(digit+1) || l.hasSpan(Priority) {
		return
	}
	l.task.Priority = int(l.masked[digit] - '0')
	l.understood(Priority, start, digit+1)
}

func (l *line) hasSpan(kind Kind) bool {
	for _, span := range l.task.Spans {
		if span.Kind == kind {
			return true
		}
	}
	return false
}

// endMarks may follow a sign's name without being part of it.
const endMarks = ".,;:!?)]}\"'"

// closes reports whether a word may end before i.
func (l *line) closes(i int) bool {
	rest := bytes.TrimLeft(l.masked[i:min(i+4, len(l.masked))], endMarks)
	return len(rest) == 0 || isSpace(rest[0])
}

// maxReminder bounds the text of one reminder, in bytes.
const maxReminder = 100

// reminder reads !30m and !tomorrow 9am.
func (l *line) reminder(i int) bool {
	begin := i + 1
	if begin >= len(l.masked) || isSpace(l.masked[begin]) {
		return false
	}
	ahead := string(l.masked[begin:l.nextSign(begin)])
	if length, end, ok := dates.DurationAt(ahead, 0, l.dates()); ok && length%time.Minute == 0 {
		minutes := int(length / time.Minute)
		l.task.Reminders = append(l.task.Reminders, Reminder{MinutesBefore: &minutes})
		l.understood(ReminderOn, i, begin+end)
		return true
	}
	found, ok := dates.At(ahead, 0, l.dates())
	if !ok || found.From == nil {
		return false
	}
	instant := found.From.Instant
	if instant == "" {
		instant, ok = l.morningOf(found.From.Date)
	}
	if ok {
		l.task.Reminders = append(l.task.Reminders, Reminder{At: instant})
		l.understood(ReminderOn, i, begin+found.End)
	}
	return ok
}

// nextSign is where the text of a reminder ends at the latest.
func (l *line) nextSign(begin int) int {
	end := min(begin+maxReminder, len(l.masked))
	for i := begin + 1; i < end; i++ {
		if isSpace(l.masked[i-1]) && (l.masked[i] == 0 || strings.IndexByte("!#{", l.masked[i]) >= 0) {
			return i
		}
	}
	return end
}

// morningOf is when a reminder on a date fires.
func (l *line) morningOf(date string) (string, bool) {
	due := recurrence.Due{Date: date, Time: "09:00", Zone: l.options.Now.Location().String()}
	instant, err := due.Instant(nil)
	return instant.Format(time.RFC3339), err == nil
}

func (l *line) tag(i int) {
	name, end := l.name(i + 1)
	if l.isTime(i) {
		return
	}
	if name == "" {
		l.keep(i+1, l.endOfChunk(i+1)) // @3 is no hour
		return
	}
	l.understood(Tag, i, end)
	for _, known := range l.task.Tags {
		if strings.EqualFold(known, name) {
			return
		}
	}
	l.task.Tags = append(l.task.Tags, name)
}

// isTime reports whether the sign of a tag means "at", as in @3pm but not in @3.
func (l *line) isTime(i int) bool {
	if i+1 >= len(l.masked) || l.masked[i+1] < '0' || l.masked[i+1] > '9' {
		return false
	}
	found, ok := dates.At(string(l.ahead(i)), 0, l.dates())
	if !ok || found.Parts[0].Kind != dates.PartTime {
		return false
	}
	end := i + found.Parts[0].End
	return end >= l.endOfChunk(i+1) && strings.Trim(l.text[i+1:end], "0123456789") != ""
}

// project reads #Family, #Family/Trips and #"Summer house"/Trips.
func (l *line) project(i int) {
	name, end := l.name(i + 1)
	if name == "" {
		return
	}
	if quoted := l.masked[i+1] == '"'; !quoted {
		if cut, rest, ok := strings.Cut(name, "/"); ok && cut != "" && hasLetter(rest) && !strings.Contains(rest, "/") {
			l.task.Project, l.task.Section = cut, rest
			l.understood(Project, i, i+1+len(cut))
			l.understood(Section, i+1+len(cut), end)
			return
		}
	}
	l.task.Project = name
	l.understood(Project, i, end)
	if end < len(l.text) && l.text[end] == '/' {
		if section, to := l.name(end + 1); section != "" {
			l.task.Section = section
			l.understood(Section, end, to)
		}
	}
}

// sectionAt finds "/Trips", but no path.
func (l *line) sectionAt(i int) Range {
	name, end := l.name(i + 1)
	if name == "" || strings.Contains(name, "/") {
		return Range{}
	}
	return Range{i, end}
}

// name reads a name in quotes, or up to a space or comma without the marks at its
// end. It is empty when there is no letter in it.
func (l *line) name(begin int) (name string, end int) {
	if begin < len(l.masked) && l.masked[begin] == '"' {
		length := bytes.IndexByte(l.ahead(begin+1), '"')
		if length <= 0 {
			return "", 0
		}
		end = begin + length + 2
		return strings.TrimSpace(l.text[begin+1 : end-1]), end
	}
	end = l.endOfChunk(begin)
	if length := bytes.IndexAny(l.masked[begin:end], ",;"); length >= 0 {
		end = begin + length
	}
	for end > begin && strings.IndexByte(endMarks, l.masked[end-1]) >= 0 {
		end--
	}
	name = l.text[begin:end]
	if !hasLetter(name) {
		return "", 0
	}
	return name, end
}

func unquoted(name string) string { return strings.TrimSpace(strings.Trim(name, `"`)) }

// hasLetter also takes what is beyond ASCII, such as an emoji, for a letter.
func hasLetter(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || r >= utf8.RuneSelf })
}
