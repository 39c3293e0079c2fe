package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// MaxText is the longest text in bytes that Parse reads.
	MaxText = 64 << 10
	// maxDepth is how deep parentheses and negations may nest.
	maxDepth = 100
	// maxTerms keeps the SQL of a filter within what PostgreSQL plans in no time.
	maxTerms = 1000
)

// Parse reads a filter. What is wrong is an *Error with its position. The words for
// dates must mean a date at the moment of the options.
func Parse(text string, options Options) (Filter, error) {
	if err := checkText(text); err != nil {
		return Filter{}, err
	}
	p := &parser{text: text, options: options}
	if err := p.next(); err != nil {
		return Filter{}, err
	}
	filter, err := p.combined(List, 0)
	if err != nil {
		return Filter{}, err
	}
	if p.token.kind != end {
		return Filter{}, p.unexpected("&, |, a comma or the end")
	}
	return filter, nil
}

// checkText refuses what PostgreSQL could not store and what is too long.
func checkText(text string) error {
	if len(text) > MaxText {
		return &Error{MaxText, "the filter is too long", fmt.Sprintf("at most %d bytes", MaxText)}
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		return &Error{at, "the character U+0000 is not allowed", "another character"}
	}
	for at, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
			return &Error{at, "the filter is not valid UTF-8", "UTF-8"}
		}
	}
	return nil
}

type tokenKind string

const (
	term  tokenKind = "term"
	end   tokenKind = "end"
	comma tokenKind = ","
	or    tokenKind = "|"
	and   tokenKind = "&"
	not   tokenKind = "!"
	open  tokenKind = "("
	shut  tokenKind = ")"
)

// token is a piece of the text, between byte offsets.
type token struct {
	kind     tokenKind
	from, to int
}

// parser reads a text by recursive descent, one token ahead.
type parser struct {
	text    string
	options Options
	token   token
	terms   int
}

// next moves to the next token.
func (p *parser) next() error {
	from, _ := trimmed(p.text, p.token.to, len(p.text))
	switch {
	case from == len(p.text):
		p.token = token{end, from, from}
		return nil
	case strings.IndexByte(operators+"!", p.text[from]) >= 0:
		p.token = token{tokenKind(p.text[from : from+1]), from, from + 1}
		return nil
	}
	to := from
	for to < len(p.text) && strings.IndexByte(operators, p.text[to]) < 0 {
		if p.text[to] == '\\' {
			if to++; to == len(p.text) {
				return &Error{to, "the text ends after a backslash", "a character that the backslash makes literal"}
			}
		}
		to++
	}
	from, to = trimmed(p.text, from, to)
	p.token = token{term, from, to}
	return nil
}

// levels gives for each combination the kind of its parts and the sign between them.
var levels = map[Kind]struct {
	parts Kind
	sign  tokenKind
}{List: {Or, comma}, Or: {And, or}, And: {Not, and}}

// combined reads one or more parts with the sign of a kind between them.
func (p *parser) combined(kind Kind, depth int) (Filter, error) {
	level, ok := levels[kind]
	if !ok {
		return p.negation(depth)
	}
	var parts []Filter
	for {
		part, err := p.combined(level.parts, depth)
		if err != nil {
			return Filter{}, err
		}
		if part.Kind == kind { // a & (b & c) is a & b & c
			parts = append(parts, part.Of...)
		} else {
			parts = append(parts, part)
		}
		if p.token.kind != level.sign {
			break
		}
		if err := p.next(); err != nil {
			return Filter{}, err
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return Filter{Kind: kind, Of: parts}, nil
}

// negation reads a condition, something in parentheses, or the opposite of either.
func (p *parser) negation(depth int) (Filter, error) {
	if depth > maxDepth {
		return Filter{}, &Error{p.token.from, "the filter nests too deeply", fmt.Sprintf("at most %d levels of parentheses and !", maxDepth)}
	}
	switch p.token.kind {
	case not:
		if err := p.next(); err != nil {
			return Filter{}, err
		}
		inner, err := p.negation(depth + 1)
		if err != nil {
			return Filter{}, err
		}
		if inner.Kind == Not {
			return inner.Of[0], nil
		}
		return Filter{Kind: Not, Of: []Filter{inner}}, nil
	case open:
		return p.parentheses(depth)
	case term:
		return p.condition()
	default:
		return Filter{}, p.unexpected("a filter such as today, p1 or @tag, ! or (")
	}
}

func (p *parser) parentheses(depth int) (Filter, error) {
	if err := p.next(); err != nil {
		return Filter{}, err
	}
	inner, err := p.combined(Or, depth+1)
	if err != nil {
		return Filter{}, err
	}
	if p.token.kind != shut {
		return Filter{}, p.unexpected("&, | or )")
	}
	return inner, p.next()
}

func (p *parser) condition() (Filter, error) {
	if p.terms++; p.terms > maxTerms {
		return Filter{}, &Error{p.token.from, "the filter has too many conditions", fmt.Sprintf("at most %d", maxTerms)}
	}
	f, err := p.readTerm(p.token.from, p.token.to)
	if err != nil {
		return Filter{}, err
	}
	return f, p.next()
}

// unexpected is the error of a token that does not fit.
func (p *parser) unexpected(expected string) error {
	message := "the filter ends too early"
	if p.token.kind != end {
		message = quoted(p.text[p.token.from:p.token.to]) + " does not fit here"
	}
	return &Error{p.token.from, message, expected}
}
