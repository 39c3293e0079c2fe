package lang

import (
	"errors"

	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// fault is an error as the commands print it.
type fault struct {
	Message string `json:"message"`
	// Position is a byte offset in the text; nil when the fault is in another field.
	Position *int   `json:"position"`
	Expected string `json:"expected"`
}

// Error is the message.
func (f *fault) Error() string { return f.Message }

// faultOf finds the position that an error of the language packages carries.
func faultOf(err error) *fault {
	var known *fault
	var ofRule *recurrence.Error
	var ofFilter *filter.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &ofRule):
		message := ofRule.Message
		if ofRule.Part != "" {
			message = ofRule.Part + ": " + message
		}
		return &fault{Message: message, Position: &ofRule.Position, Expected: ofRule.Expected}
	case errors.As(err, &ofFilter):
		return &fault{Message: ofFilter.Message, Position: &ofFilter.Position, Expected: ofFilter.Expected}
	default:
		return &fault{Message: err.Error()}
	}
}
