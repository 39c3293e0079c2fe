package filter

import "fmt"

// Error says what is wrong in a text and where.
type Error struct {
	// Position is the byte offset of the fault in the text.
	Position int
	Message  string
	// Expected is what the text could say there.
	Expected string
}

// Error names the fault, what was expected and the position.
func (e *Error) Error() string {
	return fmt.Sprintf("%s; expected %s (at position %d)", e.Message, e.Expected, e.Position)
}
