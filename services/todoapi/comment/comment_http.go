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
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Comments"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-comments", Method: http.MethodGet, Path: "/tasks/{id}/comments",
		Summary: "Read the comments on a task, oldest first"}), s.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-comment", Method: http.MethodPost, Path: "/comments",
		Summary: "Add a comment to a task", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound}}), command.Creating[todo.Comment](s.commands, Create))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-comment", Method: http.MethodPatch, Path: "/comments/{id}",
		Summary: "Change what a comment says (RFC 7396)"}), command.Editing[todo.Comment](s.commands, Update))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-comment", Method: http.MethodDelete, Path: "/comments/{id}",
		Summary: "Delete a comment"}), command.Deleting(s.commands, commandDelete))
}

func (s *Service) list(ctx context.Context, in *command.Addressed) (*command.ListOutput[todo.Comment], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(s.List(ctx, caller, in.ID))
}
