package intent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// node is a piece of a pattern. It reads on from each of some readings and gives those that fit,
// at most one for each place at which one ends.
type node interface {
	read(r *reader, from []reading) []reading
	// begins are the words of which one is the first; ok is false when it may be any.
	begins() (keys []string, ok bool)
}

type (
	// literal is a word.
	literal string
	// sequence is one piece after the other.
	sequence []node
	// choice is one of some pieces; an empty one may be left out.
	choice []node
	// repeated is a piece any number of times.
	repeated struct{ node }
	// slot is a rule, or a value that is kept under a name.
	slot struct {
		name string
		kind string
		rule *rule
		leaf leaf
	}
)

// mostRepeats bounds how often a piece is repeated.
const mostRepeats = 8

func (l literal) read(r *reader, from []reading) []reading {
	var found []reading
	for _, one := range from {
		if !r.isWord(one.end, string(l)) {
			continue
		}
		if r.isParticle(one.end + 1) {
			found = merge(found, []reading{{one.end + 2, one.facts}})
		}
		found = merge(found, []reading{{one.end + 1, one.facts}})
	}
	return found
}

func (l literal) begins() ([]string, bool) { return []string{string(l)}, true }

func (s sequence) read(r *reader, from []reading) []reading {
	for _, part := range s {
		if from = part.read(r, from); len(from) == 0 {
			return nil
		}
	}
	return from
}

func (s sequence) begins() (keys []string, ok bool) {
	for _, part := range s {
		more, ok := part.begins()
		if !ok {
			return nil, false
		}
		keys = append(keys, more...)
		if c, isChoice := part.(choice); !isChoice || !c.mayLack() {
			return keys, true
		}
	}
	return nil, false
}

func (c choice) read(r *reader, from []reading) []reading {
	var found []reading
	for i := range from {
		var options []reading
		for _, option := range c {
			options = merge(options, option.read(r, from[i:i+1]))
		}
		found = merge(found, longestFirst(options))
	}
	return found
}

func (c choice) begins() (keys []string, ok bool) {
	for _, option := range c {
		if s, isSequence := option.(sequence); isSequence && len(s) == 0 {
			continue
		}
		more, ok := option.begins()
		if !ok {
			return nil, false
		}
		keys = append(keys, more...)
	}
	return keys, true
}

// mayLack reports whether nothing is one of the options.
func (c choice) mayLack() bool {
	for _, option := range c {
		if s, ok := option.(sequence); ok && len(s) == 0 {
			return true
		}
	}
	return false
}

func (n repeated) read(r *reader, from []reading) []reading {
	var found []reading
	for i := range from {
		last := from[i : i+1]
		times := slices.Clone(last)
		for range mostRepeats {
			if last = n.node.read(r, last); len(last) == 0 {
				break
			}
			times = merge(times, last)
		}
		found = merge(found, longestFirst(times))
	}
	return found
}

func (n repeated) begins() ([]string, bool) { return nil, false }

func (s slot) read(r *reader, from []reading) []reading {
	var found []reading
	for _, one := range from {
		for _, more := range r.fill(s, one.end) {
			found = merge(found, []reading{{more.end, join(one.facts, more.facts)}})
		}
	}
	return found
}

func (s slot) begins() ([]string, bool) { return nil, false }

// longestFirst prefers the words of a pattern to those of a title that follows.
func longestFirst(readings []reading) []reading {
	slices.SortStableFunc(readings, func(a, b reading) int { return b.end - a.end })
	return readings
}

// merge adds readings that end where none does yet.
func merge(found, more []reading) []reading {
	for _, one := range more {
		if !endsAt(found, one.end) {
			found = append(found[:len(found):len(found)], one)
		}
	}
	return found
}

func endsAt(readings []reading, end int) bool {
	for _, one := range readings {
		if one.end == end {
			return true
		}
	}
	return false
}

// patternParser reads the text of a pattern: words, (a|b), [what may be missing], <rule>,
// <name=value>, and a star behind what may be repeated or missing.
type patternParser struct {
	grammar *grammar
	text    string
	at      int
}

// pattern compiles the text of a pattern.
func (g *grammar) pattern(text string) (node, error) {
	p := &patternParser{grammar: g, text: text}
	all, err := p.choice()
	if err == nil && p.at < len(text) {
		err = fmt.Errorf("%q does not fit", text[p.at:])
	}
	return all, err
}

func (p *patternParser) choice() (node, error) {
	var options choice
	for {
		option, err := p.sequence()
		if err != nil {
			return nil, err
		}
		options = append(options, option)
		if !p.take('|') {
			break
		}
	}
	if len(options) == 1 {
		return options[0], nil
	}
	return options, nil
}

func (p *patternParser) sequence() (node, error) {
	parts := sequence{}
	for {
		for p.take(' ') {
			continue
		}
		if p.at == len(p.text) || strings.IndexByte("|)]", p.text[p.at]) >= 0 {
			return parts, nil
		}
		part, err := p.part()
		if err != nil {
			return nil, err
		}
		if p.take('*') {
			part = repeated{part}
		}
		parts = append(parts, part)
	}
}

func (p *patternParser) part() (node, error) {
	switch {
	case p.take('('):
		return p.closed(')')
	case p.take('['):
		inner, err := p.closed(']')
		return choice{inner, sequence{}}, err
	case p.take('<'):
		name, _, ok := strings.Cut(p.text[p.at:], ">")
		if !ok {
			return nil, fmt.Errorf("a slot has no end")
		}
		p.at += len(name) + 1
		return p.grammar.slot(name)
	}
	end := p.at
	for end < len(p.text) && strings.IndexByte(" ()[]<>|*", p.text[end]) < 0 {
		end++
	}
	if end == p.at {
		return nil, fmt.Errorf("%q does not fit", p.text[p.at:])
	}
	parts := sequence{}
	for _, t := range words.Split(p.text[p.at:end]) {
		key := keyOf(t.Text)
		p.grammar.known[key] = true
		parts = append(parts, literal(key))
	}
	p.at = end
	return parts, nil
}

func (p *patternParser) closed(by byte) (node, error) {
	inner, err := p.choice()
	if err == nil && !p.take(by) {
		err = fmt.Errorf("%q is missing", by)
	}
	return inner, err
}

func (p *patternParser) take(char byte) bool {
	if p.at < len(p.text) && p.text[p.at] == char {
		p.at++
		return true
	}
	return false
}

// slot is a rule of the table, or a value, which may have a name of its own.
func (g *grammar) slot(text string) (node, error) {
	name, kind, renamed := strings.Cut(text, "=")
	if !renamed {
		kind = name
	}
	if of, ok := leaves[kind]; ok {
		return slot{name: name, kind: kind, leaf: of}, nil
	}
	if of, ok := g.rules[kind]; ok && !renamed {
		return slot{name: name, kind: kind, rule: of}, nil
	}
	return nil, fmt.Errorf("there is no slot %q", text)
}
