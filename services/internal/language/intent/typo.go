package intent

// shortestMisspelled is below what a typing error makes one word of another too easily.
const shortestMisspelled = 5

// misspelled gives the keywords that a word is a misspelling of, all of them forms of one word: a
// word that could be two is none. Keywords that delete are not among those that are forgiven.
func (g *grammar) misspelled(key string) []string {
	if len(key) < shortestMisspelled || g.known[key] {
		return nil
	}
	var found []string
	for _, forms := range g.forgiving {
		var these []string
		for _, form := range forms {
			if key[0] == form[0] && isSlip(key, form) {
				these = append(these, form)
			}
		}
		if len(these) > 0 && len(found) > 0 {
			return nil
		}
		found = append(found, these...)
	}
	return found
}

// isSlip reports whether two words differ by one letter that is missing, added or wrong, or by
// two that changed places.
func isSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	switch len(b) - len(a) {
	case 0:
		swapped := at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:]
		return at < len(a) && (swapped || a[at+1:] == b[at+1:])
	case 1:
		return a[at:] == b[at+1:]
	}
	return false
}
