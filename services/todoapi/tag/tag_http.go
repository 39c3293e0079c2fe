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
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Tags"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-tags", Method: http.MethodGet, Path: "/tags",
		Summary: "Read all tags, by name"}), s.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-tag", Method: http.MethodPost, Path: "/tags",
		Summary: "Add a tag; one that a task is given is added by itself", DefaultStatus: http.StatusCreated}), command.Creating[todo.Tag](s.commands, Create))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-tag", Method: http.MethodPatch, Path: "/tags/{id}",
		Summary: "Change fields of a tag (RFC 7396), on all tasks; the name of another tag merges the two"}), command.Editing[todo.Tag](s.commands, Update))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-tag", Method: http.MethodDelete, Path: "/tags/{id}",
		Summary: "Delete a tag and take it off all tasks"}), command.Deleting(s.commands, commandDelete))
}

func (s *Service) list(ctx context.Context, _ *struct{}) (*command.ListOutput[todo.Tag], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(s.List(ctx, caller))
}
