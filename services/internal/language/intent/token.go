package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// token is a word, a number or a mark of an utterance.
type token struct {
	words.Token
	// key is what patterns compare.
	key string
	// meant are the keywords of which it is a misspelling.
	meant []string
	// breaks is set where a line begins, but for the first one.
	breaks bool
}

// longestRead is how many tokens are compared with patterns; what follows can only be the rest of
// a task or a comment.
const longestRead = 64

// tokensOf cuts an utterance and marks misspelled keywords.
func (g *grammar) tokensOf(text string) []token {
	split := words.Split(text)
	tokens := make([]token, len(split))
	end := 0
	for i, t := range split {
		tokens[i] = token{Token: t, key: keyOf(t.Text), breaks: i > 0 && strings.ContainsAny(text[end:t.From], "\r\n")}
		end = t.To
		if i < longestRead {
			tokens[i].meant = g.misspelled(tokens[i].key)
		}
	}
	return tokens
}

// folds are the spellings that patterns do not tell apart.
var folds = strings.NewReplacer("'", "", "’", "", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// keyOf folds what people write in several ways: what's, whats; löschen, loeschen.
func keyOf(lower string) string { return folds.Replace(lower) }

// keysOf are the keys of the words of a text.
func keysOf(text string) []string {
	var keys []string
	for _, t := range words.Split(text) {
		keys = append(keys, keyOf(t.Text))
	}
	return keys
}

// isMark reports whether t is one of some marks.
func (t *token) isMark(marks string) bool {
	return t.Class == words.Mark && strings.Contains(marks, t.Text)
}

// isPicture reports whether t is an emoji or the like.
func (t *token) isPicture() bool {
	first, _ := utf8.DecodeRuneInString(t.Text)
	return t.Class == words.Mark && (unicode.Is(unicode.So, first) || unicode.Is(unicode.Sk, first) || unicode.Is(unicode.Mn, first))
}

// hasLetter reports whether a text is more than numbers and marks.
func hasLetter(text string) bool { return strings.IndexFunc(text, unicode.IsLetter) >= 0 }
