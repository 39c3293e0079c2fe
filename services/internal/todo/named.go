package todo

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
)

// Named are the tasks that people name by words: those of which they are the title, or else those in
// whose title each of them begins a word.
func Named(tasks []Task, words string) []Task {
	var whole, part []Task
	for _, t := range tasks {
		switch {
		case Folded(t.Title) == Folded(words):
			whole = append(whole, t)
		case HasWords(t.Title, words):
			part = append(part, t)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return part
}

// Folded is a text as it is compared: without regard to case and white space.
func Folded(text string) string { return strings.Join(strings.Fields(cases.Fold().String(text)), " ") }

// HasWords reports whether each of words begins one of a text.
func HasWords(text, words string) bool {
	in := strings.Fields(Folded(text))
	for _, word := range strings.Fields(Folded(words)) {
		if !slices.ContainsFunc(in, func(other string) bool { return strings.HasPrefix(strings.Trim(other, `.,;:!?"'()`), word) }) {
			return false
		}
	}
	return true
}
