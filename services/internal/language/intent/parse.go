package intent

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Parse reads an utterance. It never fails: what it cannot read as a whole is Unknown.
func Parse(text string, options Options) Intent {
	if options.Locale == nil {
		options.Locale = words.English()
	}
	g := grammarOf(options.Locale)
	if g.Tag != options.Locale.Tag {
		english := *words.English()
		english.MonthFirst = options.Locale.MonthFirst
		options.Locale = &english
	}
	if len(text) > MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return Intent{Verb: Unknown}
	}
	work := mostWork
	u := newUtterance(text, options, g, &work)
	if len(u.whole.tokens) == 0 {
		return Intent{Verb: Unknown}
	}
	if found, ok := u.read(); ok {
		return found
	}
	return Intent{Verb: Unknown, Nearest: u.nearest()}
}

// utterance is what was said, with and without the polite words at its end.
type utterance struct {
	whole, bare *reader
	hinted      string // by a pattern that says why it is not clear
}

func newUtterance(text string, options Options, g *grammar, work *int) *utterance {
	whole := newReader(text, g.tokensOf(text), options, g, work)
	bare := *whole
	bare.rules, bare.values = map[ruleAt][]reading{}, map[valueAt][]ending{}
	bare.leaveOutEnd()
	return &utterance{whole: whole, bare: &bare}
}

// leaveOutEnd passes over polite words and marks at the end. What has several lines is kept.
func (r *reader) leaveOutEnd() {
	if slices.ContainsFunc(r.tokens, func(t token) bool { return t.breaks }) {
		return
	}
	for r.end > 1 {
		last := &r.tokens[r.end-1]
		switch length := r.closerAt(r.end); {
		case last.isMark("?"):
			r.asks = true
			r.end--
		case last.isMark(".") && last.Glued && r.tokens[r.end-2].Class == words.Digits && r.options.Locale.IsOrdinalSuffix(last.Token):
			return
		case last.isMark(".!…") || last.isPicture() || last.isMark(",") && r.end < len(r.tokens):
			r.end--
		case length > 0 && length < r.end:
			r.end -= length
		default:
			return
		}
	}
}

// closerAt gives the length of the polite words that end before a token.
func (r *reader) closerAt(end int) int {
	for _, keys := range r.grammar.closers {
		if begin := end - len(keys); begin >= 0 && end == min(end, longestRead) && r.areWords(begin, keys) {
			return len(keys)
		}
	}
	return 0
}

// read tries all patterns: as a whole, as thanks have nothing but polite words, and without those
// at the end.
func (u *utterance) read() (Intent, bool) {
	for _, r := range []*reader{u.bare, u.whole} {
		for _, from := range r.begins() {
			found, ok := r.utterance(from.end, from.polite)
			if ok && found.Verb != Unknown {
				return found, true
			}
			if ok && u.hinted == "" {
				u.hinted = found.Nearest
			}
		}
		if r.end == len(r.tokens) {
			break
		}
	}
	return Intent{}, false
}

// beginning is where an order can begin.
type beginning struct {
	end    int
	polite bool // after "can you", so that it may be a question
}

// begins gives where an order can begin: at once, or after a greeting or a request.
func (r *reader) begins() []beginning {
	places := []beginning{{0, false}}
	for i := 0; i < len(places) && len(places) < mostRepeats; i++ {
		for _, one := range r.rule(r.grammar.openers, places[i].end) {
			places = r.addBeginning(places, beginning{one.end, places[i].polite})
		}
		for _, one := range r.rule(r.grammar.requests, places[i].end) {
			places = r.addBeginning(places, beginning{one.end, true})
		}
	}
	return places
}

func (r *reader) addBeginning(places []beginning, one beginning) []beginning {
	if one.end >= r.end || slices.ContainsFunc(places, func(known beginning) bool { return known.end == one.end }) {
		return places
	}
	return append(places, one)
}

// utterance gives the first intent that a pattern makes of the tokens from a place to the end.
func (r *reader) utterance(at int, polite bool) (Intent, bool) {
	for i := range r.grammar.utterances.alternatives {
		for _, one := range r.alternative(&r.grammar.utterances.alternatives[i], at) {
			if one.end != r.end {
				continue
			}
			if found, ok := r.assemble(one.facts, polite); ok {
				return found, *r.left >= 0 // else a better pattern may not have been tried
			}
		}
	}
	return Intent{}, false
}
