package lang

import (
	"errors"

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
