package intent

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Titles and other texts have at most so many tokens where words may follow.
const (
	longestTitle = 14
	longestItem  = 40
)

// titles reads the title of a task without the article before it. Outside of quotes it is made of
// plain words: none that denies, limits or asks for a condition, none that joins two orders.
func (r *reader) titles(at int) []ending {
	for at < r.end && r.grammar.articles[r.tokens[at].key] && !r.tokens[at].breaks {
		at++
	}
	if end, inside, ok := r.quoted(at); ok {
		return []ending{{end, inside}}
	}
	var found []ending
	for end := at + 1; end <= min(at+longestTitle, r.end); end++ {
		if !r.inTitle(&r.tokens[end-1], end-1 == at) || r.joinsOrders(end-1) {
			break
		}
		if title := r.span(at, end); hasLetter(title) && r.endsWell(end) && !r.grammar.notLast[r.tokens[end-1].key] {
			found = append(found, ending{end, title})
		}
	}
	return found
}

// single reads a title of one word.
func (r *reader) single(at int) []ending {
	var found []ending
	for _, one := range r.titles(at) {
		if one.end == at+1 {
			found = append(found, one)
		}
	}
	return found
}

// longestAnswer is how many words name one of some tasks.
const longestAnswer = 5

// answers reads a few words that name one of some tasks, and can be no order.
func (r *reader) answers(at int) []ending {
	if at >= r.end || r.isCommand(at) {
		return nil
	}
	var found []ending
	for _, one := range r.titles(at) {
		if one.end <= at+longestAnswer {
			found = append(found, one)
		}
	}
	return found
}

// titleMarks are the marks that a title has outside of quotes.
const titleMarks = "-–'’/+&.%°"

func (r *reader) inTitle(t *token, first bool) bool {
	switch {
	case t.breaks || r.grammar.foreign[t.key] || first && r.grammar.notFirst[t.key]:
		return false
	case t.Class == words.Mark:
		return !first && strings.Contains(titleMarks, t.Text)
	}
	return true
}

// joinsOrders reports whether a second order or a second task follows, as in "and delete …" and
// "and the …".
func (r *reader) joinsOrders(at int) bool {
	if !r.isJoiner(r.tokens[at].key) || at+1 >= r.end {
		return false
	}
	next := r.tokens[at+1].key
	return r.grammar.commands[next] || r.grammar.articles[next] || r.grammar.foreign[next]
}

// endsWell reports whether a text that ends before a token does not cut a word.
func (r *reader) endsWell(end int) bool {
	return end >= r.end || !r.tokens[end].Glued || r.tokens[end].isMark(",:;?!") || r.tokens[end-1].Class == words.Mark
}

// quotes are the marks around a literal text, the closing ones of each opening one.
var quotes = map[string]string{`"`: `"`, "'": "'", "“": "”“", "”": "”", "„": "“”\"", "«": "»", "»": "«", "‘": "’‘", "‚": "‘’", "`": "`"}

// quoted reads a literal text.
func (r *reader) quoted(at int) (end int, inside string, ok bool) {
	if at >= r.end || r.tokens[at].Class != words.Mark || r.tokens[at].breaks {
		return 0, "", false
	}
	closers := quotes[r.tokens[at].Text]
	if closers == "" {
		return 0, "", false
	}
	begin := r.tokens[at].To
	for end := at + 1; end <= min(at+longestItem, r.end); end++ {
		last := r.tokens[end-1]
		if last.breaks {
			return 0, "", false
		}
		mark, size := utf8.DecodeLastRuneInString(r.text[begin:last.To])
		if end > at+1 && strings.ContainsRune(closers, mark) && (end == r.end || !r.tokens[end].Glued || r.tokens[end].Class == words.Mark) {
			inside = strings.TrimSpace(r.text[begin : last.To-size])
			return end, inside, hasLetter(inside)
		}
	}
	return 0, "", false
}

// literals reads a text in quotes.
func (r *reader) literals(at int) []ending {
	if end, inside, ok := r.quoted(at); ok {
		return []ending{{end, inside}}
	}
	return nil
}

// all gives the whole utterance and reads nothing.
func (r *reader) all(at int) []ending { return []ending{{at, r.span(0, r.end)}} }

// items reads any text within a line.
func (r *reader) items(at int) []ending {
	var found []ending
	for end := at + 1; end <= min(at+longestItem, r.end) && !r.tokens[end-1].breaks; end++ {
		if text := r.span(at, end); hasContent(text) {
			found = append(found, ending{end, text})
		}
	}
	return found
}

// things reads what can only be a task: it begins with no command, and denies and limits nothing.
func (r *reader) things(at int) []ending {
	if at >= r.end || r.isCommand(at) {
		return nil
	}
	return r.plain(at)
}

// isCommand reports whether an order begins at a place, also one with a typing error.
func (r *reader) isCommand(at int) bool {
	t := &r.tokens[at]
	return r.grammar.commands[t.key] || slices.ContainsFunc(t.meant, func(keyword string) bool { return r.grammar.commands[keyword] })
}

// deeds reads what a person says to have to do, which may be like a command: to move the sofa.
func (r *reader) deeds(at int) []ending {
	if at >= r.end || r.grammar.commands[r.tokens[at].key] && !r.grammar.chores[r.tokens[at].key] {
		return nil
	}
	return r.plain(at)
}

// plain reads a text within a line that denies and limits nothing.
func (r *reader) plain(at int) []ending {
	var found []ending
	for end := at + 1; end <= min(at+longestItem, r.end); end++ {
		if last := &r.tokens[end-1]; last.breaks || r.grammar.denials[last.key] || last.isMark("?") {
			break
		}
		if text := r.span(at, end); hasContent(text) {
			found = append(found, ending{end, text})
		}
	}
	return found
}

func hasContent(text string) bool {
	return strings.IndexFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) >= 0
}

// rest reads all lines that follow.
func (r *reader) rest(at int) []ending {
	if at >= r.end {
		return nil
	}
	if text := r.span(at, r.end); hasContent(text) {
		return []ending{{r.end, text}}
	}
	return nil
}

// whole reads all that follows with what stands at its end, which is kept as it was said.
func (r *reader) whole(at int) []ending {
	if at >= r.end {
		return nil
	}
	if text := strings.TrimSpace(r.text[r.tokens[at].From:]); hasContent(text) {
		return []ending{{r.end, text}}
	}
	return nil
}

// anything passes over all that follows.
func (r *reader) anything(at int) []ending {
	if at >= r.end {
		return nil
	}
	return []ending{{r.end, nil}}
}

// list reads "a, b and c", each of which becomes a line.
func (r *reader) list(at int) []ending {
	if at >= r.end {
		return nil
	}
	var lines []string
	begin, joined := at, false
	cut := func(end, next int) {
		if begin < end && hasContent(r.span(begin, end)) {
			lines = append(lines, strings.TrimSpace(r.span(begin, end)))
		}
		begin = next
	}
	for i := at; i < r.end; i++ {
		switch t := &r.tokens[i]; {
		case t.breaks:
			cut(i, i)
		case t.isMark(",;") && (i+1 == r.end || !r.tokens[i+1].Glued):
			cut(i, i+1)
			joined = true
		case joined && t.Class == words.Word && r.isJoiner(t.key) && r.isLastComma(i):
			cut(i, i+1)
		}
	}
	cut(r.end, r.end)
	if len(lines) == 0 {
		return nil
	}
	return []ending{{r.end, strings.Join(lines, "\n")}}
}

func (r *reader) isJoiner(key string) bool {
	for _, joiner := range r.grammar.Joiners {
		if joiner == key {
			return true
		}
	}
	return false
}

// isLastComma reports whether no comma follows a token.
func (r *reader) isLastComma(at int) bool {
	for i := at + 1; i < r.end; i++ {
		if r.tokens[i].isMark(",;") {
			return false
		}
	}
	return true
}
