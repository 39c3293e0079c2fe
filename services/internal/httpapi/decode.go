package httpapi

import (
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Decode reads a JSON object into value as the body of an operation is read: by its schema. What does not
// fit is failure.Invalid that names the member below field.
func Decode(registry huma.Registry, schema *huma.Schema, field string, object json.RawMessage, value any) error {
	var parsed any
	if err := json.Unmarshal(object, &parsed); err != nil || parsed == nil {
		return failure.InvalidField(field, "must be a JSON object")
	}
	result := &huma.ValidateResult{}
	huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, parsed, result)
	for _, err := range result.Errors {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			detail := detailer.ErrorDetail()
			return failure.InvalidField(strings.Trim(field+"."+strings.TrimPrefix(detail.Location, "."), "."), "%s", detail.Message)
		}
	}
	if err := json.Unmarshal(object, value); err != nil {
		return failure.InvalidField(field, "must be an object of the fields that there are")
	}
	return nil
}
