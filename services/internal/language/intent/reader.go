package intent

import (
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// reader compares one utterance with the patterns. What a rule or a value can be at a place is
// found once, and the work has a bound.
type reader struct {
	text    string
	tokens  []token
	end     int // of the tokens that count: polite words at the end do not
	options Options
	grammar *grammar
	rules   map[ruleAt][]reading
	values  map[valueAt][]ending
	left    *int
	asks    bool // it ended in a question mark
}

type ruleAt struct {
	rule *rule
	at   int
}

type valueAt struct {
	kind string
	at   int
}

// reading is what tokens up to an end say.
type reading struct {
	end   int
	facts []fact
}

// fact is one thing that was said, by its name.
type fact struct {
	name  string
	value any
}

// mostWork bounds how many pieces of patterns are tried for one utterance, and dateWork is what
// reading a date counts as.
const (
	mostWork = 40_000
	dateWork = 150
)

func newReader(text string, tokens []token, options Options, g *grammar, left *int) *reader {
	return &reader{
		text: text, tokens: tokens, end: len(tokens), options: options, grammar: g,
		rules: map[ruleAt][]reading{}, values: map[valueAt][]ending{}, left: left,
	}
}

// spend takes from the work that is left and reports whether there is any.
func (r *reader) spend(work int) bool {
	*r.left -= work
	return *r.left >= 0
}

// isWord reports whether a word stands at a place. A line does not go on in the next one.
func (r *reader) isWord(at int, key string) bool {
	if at >= r.end || at >= longestRead || r.tokens[at].breaks {
		return false
	}
	return r.tokens[at].key == key || slices.Contains(r.tokens[at].meant, key)
}

// isParticle reports whether a word such as "please" stands at a place, with more behind it.
func (r *reader) isParticle(at int) bool {
	return at+1 < r.end && at < longestRead && !r.tokens[at].breaks && r.grammar.particles[r.tokens[at].key]
}

// fill gives what a slot can be at a place.
func (r *reader) fill(s slot, at int) []reading {
	if at > r.end || at >= longestRead || !r.spend(1) {
		return nil
	}
	if s.rule != nil {
		return r.rule(s.rule, at)
	}
	place := valueAt{s.kind, at}
	values, ok := r.values[place]
	if !ok {
		values = s.leaf(r, at)
		r.values[place] = values
	}
	found := make([]reading, len(values))
	for i, one := range values {
		found[i] = reading{one.end, []fact{{s.name, one.value}}}
	}
	return found
}

// rule gives what a rule can be at a place: of the alternatives that end at the same place the
// first one.
func (r *reader) rule(of *rule, at int) []reading {
	place := ruleAt{of, at}
	if found, ok := r.rules[place]; ok {
		return found
	}
	r.rules[place] = nil // a rule does not begin with itself
	var found []reading
	for i := range of.alternatives {
		found = merge(found, r.alternative(&of.alternatives[i], at))
	}
	r.rules[place] = found
	return found
}

// alternative gives what a pattern says at a place.
func (r *reader) alternative(a *alternative, at int) []reading {
	if !a.only.hold(r.options.Talk) || a.begins != nil && !r.mayBegin(a, at) || !r.spend(1) {
		return nil
	}
	var found []reading
	for _, one := range a.node.read(r, []reading{{end: at}}) {
		if facts, ok := conclude(one.facts, a.says); ok {
			found = append(found, reading{one.end, facts})
		}
	}
	return found
}

func (r *reader) mayBegin(a *alternative, at int) bool {
	if at >= r.end {
		return false
	}
	first := &r.tokens[at]
	return a.begins[first.key] || slices.ContainsFunc(first.meant, func(keyword string) bool { return a.begins[keyword] })
}

// span is the text of some tokens.
func (r *reader) span(from, to int) string { return r.text[r.tokens[from].From:r.tokens[to-1].To] }

// dates are the options of package dates.
func (r *reader) dates(lean dates.Lean) dates.Options {
	return dates.Options{Now: r.options.Now, Locale: r.options.Locale, WeekStart: r.options.WeekStart, Lean: lean}
}

// is reports whether a text begins with a word of a kind, as package words has them.
func (r *reader) is(text string, kind words.Kind) bool {
	_, length := r.options.Locale.Match(words.Split(text), kind)
	return length > 0
}
