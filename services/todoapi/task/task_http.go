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
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Tasks"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-task", Method: http.MethodPost, Path: "/tasks",
		Summary: "Add a task", DefaultStatus: http.StatusCreated}), h.create)
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "get-task", Method: http.MethodGet, Path: "/tasks/{id}",
		Summary: "Read a task"}), h.get)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-task", Method: http.MethodPatch, Path: "/tasks/{id}",
		Summary: "Change fields of a task (RFC 7396); null clears a field"}), h.edit)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "complete-task", Method: http.MethodPost, Path: "/tasks/{id}/complete",
		Summary: "Complete a task and its subtasks; a recurring one gets its next occurrence soon after"}), h.complete)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "reopen-task", Method: http.MethodPost, Path: "/tasks/{id}/reopen",
		Summary: "Take back the completion of a task, and the next occurrence if nobody has touched it"}), h.reopen)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "move-task", Method: http.MethodPost, Path: "/tasks/{id}/move",
		Summary: "Put a task and its subtasks last in a project, section or parent, or beside another task"}), h.move)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "restore-task", Method: http.MethodPost, Path: "/tasks/{id}/restore",
		Summary: "Take a task out of the trash, with the subtasks that were deleted with it"}), h.restore)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "skip-task", Method: http.MethodPost, Path: "/tasks/{id}/skip",
		Summary: "Leave out this occurrence of a recurring task: it becomes the next one"}), h.skip)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-task", Method: http.MethodDelete, Path: "/tasks/{id}",
		Summary: "Delete a task with its subtasks; a recurring one ends"}), h.remove)
}

// nullable lets null stand for an object of type t wherever it is optional.
func nullable(registry huma.Registry, t reflect.Type) {
	registry.SchemaFromRef(registry.Schema(t, true, "").Ref).Nullable = true
}

type handlers struct{ *Service }

type output = command.ChangedOutput[todo.Task]

type createInput struct {
	command.Keyed
	Body Draft
}

func (h handlers) create(ctx context.Context, in *createInput) (*output, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Create(ctx, caller, in.IdempotencyKey, in.Body))
}

func (h handlers) get(ctx context.Context, in *command.Addressed) (*command.Output[todo.Task], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(h.Get(ctx, caller, in.ID))
}

type editInput struct {
	command.Changing
	Body Patch `contentType:"application/merge-patch+json"`
}

func (h handlers) edit(ctx context.Context, in *editInput) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Edit(ctx, caller, target, in.Body))
}

type moveInput struct {
	command.Changing
	Body Move
}

func (h handlers) move(ctx context.Context, in *moveInput) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Move(ctx, caller, target, in.Body))
}

func (h handlers) complete(ctx context.Context, in *command.Changing) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Complete(ctx, caller, target))
}

func (h handlers) reopen(ctx context.Context, in *command.Changing) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Reopen(ctx, caller, target))
}

func (h handlers) remove(ctx context.Context, in *command.Changing) (*command.Changed, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerDeleted(h.Delete(ctx, caller, target))
}

func (h handlers) skip(ctx context.Context, in *command.Changing) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Skip(ctx, caller, target))
}

func (h handlers) restore(ctx context.Context, in *command.Changing) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Restore(ctx, caller, target))
}
