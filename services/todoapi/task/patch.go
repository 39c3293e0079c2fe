package task

import (
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// draftSchema checks documents against the schema of Draft, the same that new tasks pass.
type draftSchema struct {
	registry huma.Registry
	schema   *huma.Schema
}

// merge applies an RFC 7396 merge patch to what a user has set of t.
func (s draftSchema) merge(t events.Task, patch []byte) (Draft, error) {
	current, err := json.Marshal(DraftOf(t))
	if err != nil {
		return Draft{}, failure.Wrap(failure.Internal, err, "encode the task")
	}
	if err := checkObject(patch); err != nil {
		return Draft{}, err
	}
	merged, err := jsonpatch.MergePatch(current, patch)
	if err != nil {
		return Draft{}, failure.Wrap(failure.Invalid, err, "the merge patch does not apply")
	}
	return s.decode(merged)
}

// checkObject refuses patches that RFC 7396 would let replace the whole task.
func checkObject(patch []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(patch, &object); err != nil || object == nil {
		return failure.New(failure.Invalid, `the body must be a JSON object with the fields to change, such as {"title": "Water plants"}`)
	}
	return nil
}

func (s draftSchema) decode(document []byte) (Draft, error) {
	var parsed any
	if err := json.Unmarshal(document, &parsed); err != nil {
		return Draft{}, failure.Wrap(failure.Invalid, err, "decode the changed task")
	}
	path, result := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
	huma.Validate(s.registry, s.schema, path, huma.ModeWriteToServer, parsed, result)
	for _, err := range result.Errors {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			detail := detailer.ErrorDetail()
			return Draft{}, failure.InvalidField(strings.TrimPrefix(detail.Location, "."), "%s", detail.Message)
		}
	}
	var d Draft
	if err := json.Unmarshal(document, &d); err != nil {
		return Draft{}, failure.Wrap(failure.Invalid, err, "decode the changed task")
	}
	return d, nil
}
