package task

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on tasks to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	registry := api.OpenAPI().Components.Schemas
	for _, optional := range []reflect.Type{reflect.TypeFor[todo.Due](), reflect.TypeFor[todo.Recurrence](), reflect.TypeFor[todo.Series]()} {
		nullable(registry, optional)
	}
	h := handlers{s}
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Tasks"}
		return httpapi.Protect(api, op, verify)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "create-task", Method: http.MethodPost, Path: "/tasks",
		Summary: "Add a task", DefaultStatus: http.StatusCreated}), h.create)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-task", Method: http.MethodGet, Path: "/tasks/{id}",
		Summary: "Read a task"}), h.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "edit-task", Method: http.MethodPatch, Path: "/tasks/{id}",
		Summary: "Change fields of a task (RFC 7396); null clears a field"}), h.edit)
	httpapi.Register(api, protect(huma.Operation{OperationID: "complete-task", Method: http.MethodPost, Path: "/tasks/{id}/complete",
		Summary: "Complete a task; a recurring one gets its next occurrence soon after"}), h.complete)
	httpapi.Register(api, protect(huma.Operation{OperationID: "reopen-task", Method: http.MethodPost, Path: "/tasks/{id}/reopen",
		Summary: "Take back the completion of a task, and the next occurrence if nobody has touched it"}), h.reopen)
	httpapi.Register(api, protect(huma.Operation{OperationID: "delete-task", Method: http.MethodDelete, Path: "/tasks/{id}",
		Summary: "Delete a task; a recurring one ends"}), h.remove)
}

// nullable lets null stand for an object of type t wherever it is optional.
func nullable(registry huma.Registry, t reflect.Type) {
	registry.SchemaFromRef(registry.Schema(t, true, "").Ref).Nullable = true
}

type handlers struct{ *Service }

// Addressed is embedded in inputs of operations on one task.
type Addressed struct {
	ID string `path:"id" format:"uuid"`
}

type taskOutput struct {
	ETag string `header:"ETag" doc:"Version of the task, for If-Match"`
	Body Document
}

func answer(t Document, err error) (*taskOutput, error) {
	if err != nil {
		return nil, err
	}
	raw, err := t.MarshalJSON()
	if err != nil {
		return nil, err
	}
	tag, err := command.EntityTagOf(raw)
	return &taskOutput{tag, t}, err
}

type createInput struct {
	command.Keyed
	Body Draft
}

func (h handlers) create(ctx context.Context, in *createInput) (*taskOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.Create(ctx, caller, in.IdempotencyKey, in.Body))
}

func (h handlers) get(ctx context.Context, in *Addressed) (*taskOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.Get(ctx, caller, in.ID))
}

// Changing is the input of operations that change one task.
type Changing struct {
	Addressed
	command.Keyed
	command.Conditional
}

// target returns who changes which task.
func (in Changing) target(ctx context.Context) (auth.Caller, Target, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return auth.Caller{}, Target{}, err
	}
	version, err := in.Version()
	return caller, Target{ID: in.ID, IfVersion: version, Key: in.IdempotencyKey}, err
}

type editInput struct {
	Changing
	Body Patch `contentType:"application/merge-patch+json"`
}

func (h handlers) edit(ctx context.Context, in *editInput) (*taskOutput, error) {
	caller, target, err := in.target(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.Edit(ctx, caller, target, in.Body))
}

func (h handlers) complete(ctx context.Context, in *Changing) (*taskOutput, error) {
	caller, target, err := in.target(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.Complete(ctx, caller, target))
}

func (h handlers) reopen(ctx context.Context, in *Changing) (*taskOutput, error) {
	caller, target, err := in.target(ctx)
	if err != nil {
		return nil, err
	}
	return answer(h.Reopen(ctx, caller, target))
}

func (h handlers) remove(ctx context.Context, in *Changing) (*struct{}, error) {
	caller, target, err := in.target(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.Delete(ctx, caller, target)
}
