package intent

import (
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Examples gives utterances of a verb in a language, each of which is understood as that verb. Those
// of Choose, Correct, More, No and Yes are answers, and need a Talk.
func Examples(locale *words.Locale, verb Verb) []string {
	if locale == nil {
		locale = words.English()
	}
	return slices.Clone(grammarOf(locale).Examples[verb])
}
