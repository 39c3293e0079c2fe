package todo

import (
	"strings"
	"unicode"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// CleanLine returns a title or name without white space around it. One that is blank, or not one
// line, is failure.Invalid naming field.
func CleanLine(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", failure.InvalidField(field, "must not be blank")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", failure.InvalidField(field, "must be one line without control characters")
	}
	return text, nil
}
