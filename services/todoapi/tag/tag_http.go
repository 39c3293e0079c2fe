package tag

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on tags to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	h := handlers{s}
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Tags"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-tags", Method: http.MethodGet, Path: "/tags",
		Summary: "Read all tags, by name"}), h.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-tag", Method: http.MethodPost, Path: "/tags",
		Summary: "Add a tag; one that a task is given is added by itself", DefaultStatus: http.StatusCreated}), h.create)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-tag", Method: http.MethodPatch, Path: "/tags/{id}",
		Summary: "Change fields of a tag (RFC 7396), on all tasks; the name of another tag merges the two"}), h.edit)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-tag", Method: http.MethodDelete, Path: "/tags/{id}",
		Summary: "Delete a tag and take it off all tasks"}), h.remove)
}

type handlers struct{ *Service }

func (h handlers) list(ctx context.Context, _ *struct{}) (*command.ListOutput[todo.Tag], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(h.List(ctx, caller))
}

type output = command.ChangedOutput[todo.Tag]

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
	return command.AnswerMade[todo.Tag](ctx, h.commands, caller, in.IdempotencyKey, c, err)
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
	return command.AnswerMade[todo.Tag](ctx, h.commands, caller, target.Key, c, err)
}

func (h handlers) remove(ctx context.Context, in *command.Changing) (*command.Changed, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerDeleted(command.One[todo.Tag](ctx, h.commands, caller, target.Key, command.On(commandDelete, target)))
}
