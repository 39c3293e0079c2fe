package quickadd

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds quick-add to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "quick-add", Method: http.MethodPost, Path: "/quick-add",
		Summary: "Add tasks as people type them, one a line; a line that is indented is a subtask of the one above", Tags: []string{"Tasks"},
		DefaultStatus: http.StatusCreated}, verify, auth.ScopeTasksWrite), s.add)
}

type addInput struct {
	command.Keyed
	Body Request
}

type addOutput struct {
	command.Changed
	Body struct {
		Tasks []todo.Task `json:"tasks" doc:"In the order of their lines"`
	}
}

func (s *Service) add(ctx context.Context, in *addInput) (*addOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	added, err := s.Add(ctx, caller, in.IdempotencyKey, in.Body)
	if err != nil {
		return nil, err
	}
	out := &addOutput{Changed: command.Changed(added.Act)}
	out.Body.Tasks = added.Tasks
	return out, nil
}
