package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// maxDays is the most that "next … days" takes.
const maxDays = 10_000

// signs is what may follow a condition, for errors.
const signs = "&, |, a comma, ) or the end"

// anyTerm is what a condition can be, for errors.
const anyTerm = "a date, overdue, next 7 days, no date, no deadline, p1, no priority, @tag, no tags, #project, ##project, /section, " +
	"recurring, paused, subtask, reminders, completed, all, or a field: due, deadline, start, created, completed, before, after, search"

// keywords are the conditions that are fixed words.
var keywords = map[string]Filter{
	"all":         {Kind: All},
	"overdue":     {Kind: Overdue},
	"over due":    {Kind: Overdue},
	"no date":     {Kind: NoDate},
	"no due date": {Kind: NoDate},
	"no deadline": {Kind: NoDeadline},
	"p1":          {Kind: Priority, Number: 1},
	"p2":          {Kind: Priority, Number: 2},
	"p3":          {Kind: Priority, Number: 3},
	"p4":          {Kind: Priority, Number: lowestPriority},
	"no priority": {Kind: Priority, Number: lowestPriority},
	"no tags":     {Kind: NoTags},
	"no tag":      {Kind: NoTags},
	"no labels":   {Kind: NoTags},
	"no label":    {Kind: NoTags},
	"recurring":   {Kind: Recurring},
	"paused":      {Kind: Paused},
	"subtask":     {Kind: Subtask},
	"subtasks":    {Kind: Subtask},
	"reminder":    {Kind: Reminders},
	"reminders":   {Kind: Reminders},
	"completed":   {Kind: Completed},
}

// keyword gives the condition of fixed words, "next 7 days" and "7 days" among them.
// The number of days is not checked.
func keyword(term string) (Filter, bool) {
	words := strings.ToLower(spaced(term))
	if f, ok := keywords[words]; ok {
		return f, true
	}
	digits, ok := strings.CutSuffix(strings.TrimPrefix(words, "next "), " days")
	if !ok {
		if digits, ok = strings.CutSuffix(strings.TrimPrefix(words, "next "), " day"); !ok {
			return Filter{}, false
		}
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return Filter{}, false
	}
	days, err := strconv.Atoi(digits)
	if err != nil {
		days = maxDays + 1
	}
	return Filter{Kind: NextDays, Number: days}, true
}

// prefixes begin a name. The longer of two that begin alike comes first.
var prefixes = []struct {
	sign string
	kind Kind
	what string
}{{"@", Tag, "tag"}, {"##", ProjectTree, "project"}, {"#", Project, "project"}, {"/", Section, "section"}}

// field is what stands before the sign of a comparison.
type field struct {
	kind     Kind
	operator Operator // what a colon means
}

// fields are the names of what a condition can compare.
var fields = func() map[string]field {
	all := map[string]field{"search": {kind: Search}, "before": {Due, Before}, "after": {Due, After}}
	for name, kind := range map[string]Kind{"due": Due, "date": Due, "deadline": Deadline, "start": Start, "created": Created, "added": Created, "completed": Completed} {
		all[name] = field{kind, On}
		all[name+" on"] = field{kind, On}
		all[name+" before"] = field{kind, Before}
		all[name+" after"] = field{kind, After}
	}
	return all
}()

// splitField finds the field of a comparison and the offset of its sign.
func splitField(raw string) (found field, sign int, ok bool) {
	sign = strings.IndexAny(raw, ":<>=")
	if sign < 0 {
		return field{}, 0, false
	}
	found, ok = fields[strings.ToLower(spaced(raw[:sign]))]
	return found, sign, ok
}

// readTerm reads the condition between two offsets of the text.
func (p *parser) readTerm(from, to int) (Filter, error) {
	raw := p.text[from:to]
	for _, prefix := range prefixes {
		if name, ok := strings.CutPrefix(raw, prefix.sign); ok {
			name = strings.TrimSpace(unescape(name, `\*`))
			if name == "" {
				return Filter{}, &Error{to, fmt.Sprintf("%q has no name", prefix.sign), "the name of a " + prefix.what}
			}
			return Filter{Kind: prefix.kind, Name: name}, nil
		}
	}
	if f, ok := keyword(unescape(raw, "")); ok {
		if f.Kind == NextDays && (f.Number < 1 || f.Number > maxDays) {
			return Filter{}, &Error{from + strings.IndexAny(raw, "0123456789"), "that many days are not possible", fmt.Sprintf("1 to %d", maxDays)}
		}
		return f, nil
	}
	if found, sign, ok := splitField(raw); ok {
		return p.readComparison(found, from+sign, to)
	}
	return p.readDate(Filter{Kind: Due, Operator: On}, from, to, anyTerm)
}

// readComparison reads the sign at an offset and the value behind it.
func (p *parser) readComparison(found field, sign, to int) (Filter, error) {
	length := 1
	if sign+1 < to && p.text[sign+1] == '=' && strings.IndexByte("<>", p.text[sign]) >= 0 {
		length = 2
	}
	f := Filter{Kind: found.kind, Operator: found.operator}
	if said := p.text[sign : sign+length]; said != ":" {
		if found.operator != On {
			return Filter{}, &Error{sign, fmt.Sprintf("%q does not fit here", said), "a colon"}
		}
		f.Operator = Operator(said)
	}
	from, to := trimmed(p.text, sign+length, to)
	if f.Kind != Search {
		return p.readDate(f, from, to, "a date such as today, next monday or 2026-12-01")
	}
	f.Text = strings.TrimSpace(unescape(p.text[from:to], ""))
	if f.Text == "" {
		return Filter{}, &Error{to, "there is nothing to search for", "some text"}
	}
	return f, nil
}

// readDate completes a comparison with the words for a date between two offsets.
func (p *parser) readDate(f Filter, from, to int, expected string) (Filter, error) {
	raw := p.text[from:to]
	date := unescape(raw, "")
	if date == "" {
		return Filter{}, &Error{from, "there is no date", expected}
	}
	understood, err := p.options.interval(f.Kind, date)
	switch {
	case err != nil:
		return Filter{}, &Error{from, err.Error(), expected}
	case understood.length == 0:
		return Filter{}, p.notUnderstood(from, to, expected)
	case understood.length < len(date):
		rest := strings.TrimLeft(date[understood.length:], " \t\r\n")
		at := from + rawOffset(raw, len(date)-len(rest))
		return Filter{}, &Error{at, quoted(rest) + " does not belong to a date", signs}
	}
	f.Date = p.options.canonicalDate(f.Kind, spaced(date), understood)
	return f, nil
}

// notUnderstood is the error of a term that is none, which points behind the longest
// part from its beginning that is a fixed word.
func (p *parser) notUnderstood(from, to int, expected string) error {
	raw := p.text[from:to]
	words := strings.Fields(raw)
	for count := min(len(words)-1, longestKeyword); count > 0; count-- {
		if _, ok := keyword(strings.Join(words[:count], " ")); ok {
			_, rest, _ := strings.Cut(raw, words[0])
			for _, word := range words[1:count] {
				_, rest, _ = strings.Cut(rest, word)
			}
			rest = strings.TrimSpace(rest)
			return &Error{to - len(rest), quoted(rest) + " does not fit here", signs}
		}
	}
	return &Error{from, quoted(raw) + " is not understood", expected}
}

// longestKeyword is how many words a fixed condition has at most.
const longestKeyword = 3

// quoted is a piece of the text for a message, cut where it is long.
func quoted(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
