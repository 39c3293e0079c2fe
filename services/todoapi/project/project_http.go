package project

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on projects and sections to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	protect := func(scope auth.Scope, id, method, path, summary string) huma.Operation {
		op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Projects"}}
		if method == http.MethodPost && (path == "/projects" || path == "/sections") {
			op.DefaultStatus = http.StatusCreated
		}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, "list-projects", http.MethodGet, "/projects", "Read all projects and their sections, in order"), s.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "create-project", http.MethodPost, "/projects", "Add a project"), command.Creating[todo.Project](s.commands, Create))
	httpapi.Register(api, protect(auth.ScopeTasksRead, "get-project", http.MethodGet, "/projects/{id}", "Read a project"), s.get)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "edit-project", http.MethodPatch, "/projects/{id}", "Change fields of a project (RFC 7396)"), command.Editing[todo.Project](s.commands, Update))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "move-project", http.MethodPost, "/projects/{id}/move", "Put a project last below another one or at the top, or beside another one"), command.Moving[todo.Project](s.commands, MoveTo))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "archive-project", http.MethodPost, "/projects/{id}/archive", "Hide a project with those below it, and their tasks from lists"), command.Acting[todo.Project](s.commands, commandArchive))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "unarchive-project", http.MethodPost, "/projects/{id}/unarchive", "Show a project again, with those below it"), command.Acting[todo.Project](s.commands, commandUnarchive))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "delete-project", http.MethodDelete, "/projects/{id}", "Delete a project with those below it, their sections and their tasks"), command.Deleting(s.commands, commandDelete))

	httpapi.Register(api, protect(auth.ScopeTasksWrite, "create-section", http.MethodPost, "/sections", "Add a section to a project"), command.Creating[todo.Section](s.commands, CreateSection))
	httpapi.Register(api, protect(auth.ScopeTasksRead, "get-section", http.MethodGet, "/sections/{id}", "Read a section"), s.getSection)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "edit-section", http.MethodPatch, "/sections/{id}", "Change fields of a section (RFC 7396)"), command.Editing[todo.Section](s.commands, UpdateSection))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "move-section", http.MethodPost, "/sections/{id}/move", "Put a section and its tasks last in a project, or beside another section"), command.Moving[todo.Section](s.commands, MoveSectionTo))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "delete-section", http.MethodDelete, "/sections/{id}", "Delete a section with its tasks"), command.Deleting(s.commands, commandDeleteSection))
}

type listOutput struct{ Body Projects }

func (s *Service) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.List(ctx, caller)
	return &listOutput{all}, err
}

func (s *Service) get(ctx context.Context, in *command.Addressed) (*command.Output[todo.Project], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(s.Get(ctx, caller, in.ID))
}

func (s *Service) getSection(ctx context.Context, in *command.Addressed) (*command.Output[todo.Section], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(s.GetSection(ctx, caller, in.ID))
}
