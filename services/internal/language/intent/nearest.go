package intent

import "slices"

// nearest gives something near to what was not understood, which is: an order that a hint of the
// table makes of it, such as to add it as a task. It is "" where nothing is near.
func (u *utterance) nearest() string {
	r := u.bare
	if *r.left < 0 || r.denies() {
		return ""
	}
	candidates := []string{u.hinted}
	if r.asks {
		candidates = append(candidates, r.span(0, r.end))
	}
	for i := range r.grammar.hints.alternatives {
		for _, one := range r.alternative(&r.grammar.hints.alternatives[i], 0) {
			if nearest, ok := valueOf(one.facts, "nearest"); ok && one.end == r.end {
				text, _ := nearest.(string)
				candidates = append(candidates, text)
			}
		}
	}
	for _, candidate := range candidates {
		if candidate != "" && r.understands(candidate) {
			return candidate
		}
	}
	return ""
}

// denies reports whether there is a word such as "don't" or "if": what is near is what is not wanted then.
func (r *reader) denies() bool {
	return slices.ContainsFunc(r.tokens[:r.end], func(t token) bool { return r.grammar.denials[t.key] })
}

// understands reports whether an utterance would be understood in the same talk.
func (r *reader) understands(text string) bool {
	if len(text) > MaxText {
		return false
	}
	other := newUtterance(text, r.options, r.grammar, r.left) // within the bound of the one that was said
	_, ok := other.read()
	return ok
}
