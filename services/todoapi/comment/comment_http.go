package comment

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on comments to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	h := handlers{s}
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Comments"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-comments", Method: http.MethodGet, Path: "/tasks/{id}/comments",
		Summary: "Read the comments on a task, oldest first"}), h.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-comment", Method: http.MethodPost, Path: "/comments",
		Summary: "Add a comment to a task", DefaultStatus: http.StatusCreated}), h.create)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-comment", Method: http.MethodPatch, Path: "/comments/{id}",
		Summary: "Change what a comment says (RFC 7396)"}), h.edit)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-comment", Method: http.MethodDelete, Path: "/comments/{id}",
		Summary: "Delete a comment"}), h.remove)
}

type handlers struct{ *Service }

func (h handlers) list(ctx context.Context, in *command.Addressed) (*command.ListOutput[todo.Comment], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(h.List(ctx, caller, in.ID))
}

type output = command.ChangedOutput[todo.Comment]

type createInput struct {
	command.Keyed
	Body Draft
}

func (h handlers) create(ctx context.Context, in *createInput) (*output, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	c, err := Create("", in.Body)
	return command.AnswerMade[todo.Comment](ctx, h.commands, caller, in.IdempotencyKey, c, err)
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
	c, err := Update(target.ID, target.IfVersion, in.Body)
	return command.AnswerMade[todo.Comment](ctx, h.commands, caller, target.Key, c, err)
}

func (h handlers) remove(ctx context.Context, in *command.Changing) (*command.Changed, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerDeleted(command.One[todo.Comment](ctx, h.commands, caller, target.Key, command.On(commandDelete, target)))
}
