package intent

import (
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// leaf gives the values that tokens from a place on can be, at most one for each end.
type leaf func(r *reader, at int) []ending

// ending is a value and where it ends.
type ending struct {
	end   int
	value any
}

// leaves are the values that a pattern can have, by the names of their slots.
var leaves map[string]leaf

func init() {
	leaves = map[string]leaf{
		// Texts: see text.go.
		"words":  (*reader).titles,
		"answer": (*reader).answers,
		"word":   (*reader).single,
		"item":   (*reader).items,
		"thing":  (*reader).things,
		"deed":   (*reader).deeds,
		"quoted": (*reader).literals,
		"all":    (*reader).all,
		"lines":  (*reader).rest,
		"list":   (*reader).list,
		"text":   (*reader).whole,
		"any":    (*reader).anything,
		// Days and times: see when.go.
		"when":     (*reader).moments,
		"said":     (*reader).saidMoments,
		"days":     (*reader).days,
		"passed":   (*reader).passedDays,
		"owned":    (*reader).ownedDays,
		"today":    (*reader).presentDay,
		"tomorrow": (*reader).nextDay,
		"point":    (*reader).points,
		"amount":   (*reader).amounts,
		"minutes":  (*reader).minutes,
		"often":    (*reader).saidRepeats,
		"repeat":   (*reader).repeats,
		// Numbers.
		"number":   (*reader).numbers,
		"digits":   (*reader).digits,
		"ordinal":  (*reader).ordinals,
		"priority": (*reader).priorities,
		// Names: see name.go.
		"tag":      (*reader).tags,
		"label":    (*reader).labels,
		"knowntag": (*reader).knownTags,
		"project":  (*reader).projectSigns,
		"place":    (*reader).knownProjects,
		"name":     (*reader).names,
		"section":  (*reader).sectionSigns,
		"area":     (*reader).knownSections,
		"saved":    (*reader).savedFilters,
	}
}

// mostDigits keeps numbers within what people count in a list.
const mostDigits = 3

// digits reads a number of digits alone.
func (r *reader) digits(at int) []ending {
	if at >= r.end || r.tokens[at].Class != words.Digits || len(r.tokens[at].Text) > mostDigits {
		return nil
	}
	if at+1 < r.end && r.tokens[at+1].Glued && r.tokens[at+1].Class == words.Word {
		return nil // as in 2nd and 5pm
	}
	n := 0
	for _, digit := range []byte(r.tokens[at].Text) {
		n = n*10 + int(digit-'0')
	}
	end := at + 1
	if end < r.end && r.tokens[end].Glued && r.tokens[end].isMark(".)") && (end+1 == r.end || !r.tokens[end+1].Glued) {
		end++ // as in a list
	}
	return []ending{{end, n}}
}

// numbers reads a number in digits or in a word.
func (r *reader) numbers(at int) []ending {
	if found := r.digits(at); found != nil || at >= r.end {
		return found
	}
	if n, length := r.options.Locale.Match(r.wordsFrom(at), words.Number); length > 0 {
		return []ending{{at + length, n}}
	}
	return nil
}

// ordinals reads "second" and "2nd".
func (r *reader) ordinals(at int) []ending {
	if at >= r.end || r.tokens[at].breaks {
		return nil
	}
	if n, length := r.options.Locale.Match(r.wordsFrom(at), words.Ordinal); length > 0 {
		return []ending{{at + length, n}}
	}
	if at+1 < r.end && r.tokens[at].Class == words.Digits && len(r.tokens[at].Text) <= mostDigits && r.options.Locale.IsOrdinalSuffix(r.tokens[at+1].Token) {
		n := 0
		for _, digit := range []byte(r.tokens[at].Text) {
			n = n*10 + int(digit-'0')
		}
		return []ending{{at + 2, n}}
	}
	return nil
}

// longestPhrase is how many tokens are looked at for a number in words.
const longestPhrase = 4

func (r *reader) wordsFrom(at int) []words.Token {
	var tokens []words.Token
	for i := at; i < min(at+longestPhrase, r.end); i++ {
		tokens = append(tokens, r.tokens[i].Token)
	}
	return tokens
}

// priorities reads p1 to p4.
func (r *reader) priorities(at int) []ending {
	if at+1 >= r.end || r.tokens[at].key != "p" || r.tokens[at].breaks {
		return nil
	}
	level := r.tokens[at+1]
	if !level.Glued || level.Text < "1" || level.Text > "4" || len(level.Text) != 1 {
		return nil
	}
	end := at + 2
	if end < r.end && r.tokens[end].Glued && r.tokens[end].key == "s" {
		end++ // as in "all p1s"
	}
	if end < r.end && r.tokens[end].Glued && r.tokens[end].Class != words.Mark {
		return nil
	}
	return []ending{{end, int(level.Text[0] - '0')}}
}
