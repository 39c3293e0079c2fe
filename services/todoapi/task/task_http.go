package task

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// Verify says who an access token is from.
type Verify func(ctx context.Context, token string) (auth.Identity, error)

// Routes adds the operations on tasks to api.
func (s *Service) Routes(api huma.API, verify Verify) {
	registry := api.OpenAPI().Components.Schemas
	for _, optional := range []reflect.Type{reflect.TypeFor[events.Due](), reflect.TypeFor[events.Recurrence](), reflect.TypeFor[events.Series]()} {
		nullable(registry, optional)
	}
	h := handlers{s, draftSchema{registry, registry.Schema(reflect.TypeFor[Draft](), true, "Draft")}}

	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Tasks"}
		return httpapi.Protect(api, op, verify)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-tasks", Method: http.MethodGet, Path: "/tasks",
		Summary: "List tasks by due date, priority and age"}), h.list)
	httpapi.Register(api, protect(huma.Operation{OperationID: "create-task", Method: http.MethodPost, Path: "/tasks",
		Summary: "Add a task", DefaultStatus: http.StatusCreated}), h.create)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-task", Method: http.MethodGet, Path: "/tasks/{id}",
		Summary: "Read a task"}), h.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "edit-task", Method: http.MethodPatch, Path: editPath,
		Summary: "Change fields of a task (RFC 7396); null clears a field"}), h.edit)
	// The patch is validated once it is applied; the document still tells its shape.
	api.OpenAPI().Paths[editPath].Patch.RequestBody.Content[mergePatchType].Schema = patchSchema(h.schema)
	httpapi.Register(api, protect(huma.Operation{OperationID: "complete-task", Method: http.MethodPost, Path: "/tasks/{id}/complete",
		Summary: "Complete a task; a recurring one gets its next occurrence soon after"}), h.complete)
	httpapi.Register(api, protect(huma.Operation{OperationID: "reopen-task", Method: http.MethodPost, Path: "/tasks/{id}/reopen",
		Summary: "Take back the completion of a task"}), h.reopen)
	httpapi.Register(api, protect(huma.Operation{OperationID: "delete-task", Method: http.MethodDelete, Path: "/tasks/{id}",
		Summary: "Delete a task; a recurring one ends"}), h.remove)
}

const (
	editPath       = "/tasks/{id}"
	mergePatchType = "application/merge-patch+json"
)

// nullable lets null stand for an object of type t wherever it is optional.
func nullable(registry huma.Registry, t reflect.Type) {
	registry.SchemaFromRef(registry.Schema(t, true, "").Ref).Nullable = true
}

// patchSchema documents a merge patch of a draft: its fields, each optional, and null
// where it may be cleared.
func patchSchema(s draftSchema) *huma.Schema {
	draft := s.registry.SchemaFromRef(s.schema.Ref)
	patch := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	for name, property := range draft.Properties {
		optional := *property
		optional.Nullable = optional.Ref == "" && !slices.Contains(draft.Required, name)
		optional.Default = nil
		patch.Properties[name] = &optional
	}
	return patch
}

type handlers struct {
	*Service
	schema draftSchema
}

// Keyed is embedded in inputs of operations that may be repeated safely.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" pattern:"^[!-~]*$" patternDescription:"visible ASCII characters" doc:"Repeating a request under its key answers with the first result"`
}

// Conditional is embedded in inputs of operations that may be bound to a version.
type Conditional struct {
	IfMatch string `header:"If-Match" maxLength:"64" example:"\"3\"" doc:"Version that the task must be at, in quotes"`
}

// version reads an entity tag (RFC 9110 section 8.8.3); 0 means any version.
func (c Conditional) version() (int64, error) {
	tag := strings.TrimSpace(c.IfMatch)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	version, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(tag, `"`), `"`), 10, 64)
	if err != nil || version < 1 || tag != entityTag(version) {
		return 0, failure.InvalidField("header.If-Match", `must be one version in quotes, such as "3"`)
	}
	return version, nil
}

func entityTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// Addressed is embedded in inputs of operations on one task.
type Addressed struct {
	ID string `path:"id" format:"uuid"`
}

type taskOutput struct {
	ETag string `header:"ETag" doc:"Version of the task, for If-Match"`
	Body events.Task
}

func answer(t events.Task, err error) (*taskOutput, error) {
	if err != nil {
		return nil, err
	}
	return &taskOutput{entityTag(t.Version), t}, nil
}

type listInput struct {
	Status string `query:"status" enum:"open,completed,all" default:"open"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most tasks on a page; a page of long tasks holds fewer"`
	Cursor string `query:"cursor" maxLength:"256" doc:"next of the page before"`
}

// Page is a part of a list of tasks.
type Page struct {
	Items []events.Task `json:"items"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

type listOutput struct{ Body Page }

func (h handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	after, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := h.tasks.list(ctx, id.UserID, in.Status, in.Limit, after)
	if err != nil {
		return nil, err
	}
	cursor, err := next.cursor()
	return &listOutput{Page{Items: found, Next: cursor}}, err
}

type createInput struct {
	Keyed
	Body Draft
}

func (h handlers) create(ctx context.Context, in *createInput) (*taskOutput, error) {
	op, err := operationOf(ctx, "", in.Keyed, Conditional{})
	if err != nil {
		return nil, err
	}
	return answer(h.Service.create(ctx, op, in.Body))
}

func (h handlers) get(ctx context.Context, in *Addressed) (*taskOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.tasks.get(ctx, id.UserID, in.ID))
}

type editInput struct {
	Addressed
	Keyed
	Conditional
	RawBody []byte `contentType:"application/merge-patch+json"`
}

func (h handlers) edit(ctx context.Context, in *editInput) (*taskOutput, error) {
	op, err := operationOf(ctx, in.ID, in.Keyed, in.Conditional)
	if err != nil {
		return nil, err
	}
	return answer(h.Service.edit(ctx, op, func(t events.Task) (Draft, error) { return h.schema.merge(t, in.RawBody) }))
}

type changeInput struct {
	Addressed
	Keyed
	Conditional
}

func (h handlers) complete(ctx context.Context, in *changeInput) (*taskOutput, error) {
	op, err := operationOf(ctx, in.ID, in.Keyed, in.Conditional)
	if err != nil {
		return nil, err
	}
	return answer(h.setCompleted(ctx, op, true))
}

func (h handlers) reopen(ctx context.Context, in *changeInput) (*taskOutput, error) {
	op, err := operationOf(ctx, in.ID, in.Keyed, in.Conditional)
	if err != nil {
		return nil, err
	}
	return answer(h.setCompleted(ctx, op, false))
}

func (h handlers) remove(ctx context.Context, in *changeInput) (*struct{}, error) {
	op, err := operationOf(ctx, in.ID, in.Keyed, in.Conditional)
	if err != nil {
		return nil, err
	}
	return nil, h.Service.remove(ctx, op)
}

// operationOf says who asks for what: the signed-in user, acting in person.
func operationOf(ctx context.Context, taskID string, k Keyed, c Conditional) (operation, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return operation{}, err
	}
	version, err := c.version()
	return operation{UserID: id.UserID, TaskID: taskID, Actor: id.UserID, OpID: k.IdempotencyKey, Version: version}, err
}
