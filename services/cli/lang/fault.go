package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

// faultOf is an error as the commands print it.
func faultOf(err error) *preview.Fault {
	if known, ok := errors.AsType[*preview.Fault](err); ok {
		return known
	}
	if ofFilter, ok := errors.AsType[*filter.Error](err); ok {
		return &preview.Fault{Field: "text", Message: ofFilter.Message, Position: &ofFilter.Position, Expected: ofFilter.Expected}
	}
	return &preview.Fault{Message: err.Error()}
}

// faultInLine says in the words of JSON why a line cannot be read: those of the decoder
// name the types of this program.
func faultInLine(err error) *preview.Fault {
	if known, ok := errors.AsType[*preview.Fault](err); ok {
		return known
	}
	message := "the line is not valid JSON"
	unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	ofType, isOfType := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case errors.Is(err, io.EOF):
		message = "the line is empty"
	case isUnknown:
		message = "there is an unknown field " + unknown
	case isOfType && ofType.Field != "":
		// The decoder puts the types of embedded structs before the name.
		field := ofType.Field[strings.LastIndexByte(ofType.Field, '.')+1:]
		message = fmt.Sprintf("the field %q cannot be a JSON %s", field, ofType.Value)
	case isOfType:
		message = "the line cannot be a JSON " + ofType.Value
	}
	return &preview.Fault{Message: "read the line: " + message, Expected: "one JSON object with the fields that --help names"}
}
