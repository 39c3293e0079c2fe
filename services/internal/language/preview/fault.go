package preview

import (
	"errors"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// Fault says what is wrong with a request.
type Fault struct {
	// Field is the field of the request, by its JSON name; "" when several are at odds.
	Field   string `json:"-"`
	Message string `json:"message"`
	// Position is a byte offset in the text or rule; nil when the fault is elsewhere.
	Position *int `json:"position"`
	// Expected is what could stand there instead; "" when that is no list.
	Expected string `json:"expected"`
}

// Error is the message.
func (f *Fault) Error() string { return f.Message }

// faultIn gives an error about a field its name, and the position that an error of the
// recurrence language carries.
func faultIn(field string, err error) *Fault {
	if known, ok := errors.AsType[*Fault](err); ok {
		return known
	}
	of, ok := errors.AsType[*recurrence.Error](err)
	if !ok {
		return &Fault{Field: field, Message: err.Error()}
	}
	message := of.Message
	if of.Part != "" {
		message = of.Part + ": " + message
	}
	return &Fault{Field: field, Message: message, Position: &of.Position, Expected: of.Expected}
}
