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

type (
	output        = command.ChangedOutput[todo.Project]
	sectionOutput = command.ChangedOutput[todo.Section]
)

// Routes adds the operations on projects and sections to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	h := handlers{s}
	protect := func(scope auth.Scope, id, method, path, summary string) huma.Operation {
		op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Projects"}}
		if method == http.MethodPost && (path == "/projects" || path == "/sections") {
			op.DefaultStatus = http.StatusCreated
		}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, "list-projects", http.MethodGet, "/projects", "Read all projects and their sections, in order"), h.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "create-project", http.MethodPost, "/projects", "Add a project"), h.create)
	httpapi.Register(api, protect(auth.ScopeTasksRead, "get-project", http.MethodGet, "/projects/{id}", "Read a project"), h.get)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "edit-project", http.MethodPatch, "/projects/{id}", "Change fields of a project (RFC 7396)"), h.edit)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "move-project", http.MethodPost, "/projects/{id}/move", "Put a project last below another one or at the top, or beside another one"), h.move)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "archive-project", http.MethodPost, "/projects/{id}/archive", "Hide a project with those below it, and their tasks from lists"), h.archive)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "unarchive-project", http.MethodPost, "/projects/{id}/unarchive", "Show a project again, with those below it"), h.unarchive)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "delete-project", http.MethodDelete, "/projects/{id}", "Delete a project with those below it, their sections and their tasks"), h.remove)

	httpapi.Register(api, protect(auth.ScopeTasksWrite, "create-section", http.MethodPost, "/sections", "Add a section to a project"), h.createSection)
	httpapi.Register(api, protect(auth.ScopeTasksRead, "get-section", http.MethodGet, "/sections/{id}", "Read a section"), h.getSection)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "edit-section", http.MethodPatch, "/sections/{id}", "Change fields of a section (RFC 7396)"), h.editSection)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "move-section", http.MethodPost, "/sections/{id}/move", "Put a section and its tasks last in a project, or beside another section"), h.moveSection)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, "delete-section", http.MethodDelete, "/sections/{id}", "Delete a section with its tasks"), h.removeSection)
}

type handlers struct{ *Service }

type listOutput struct{ Body Projects }

func (h handlers) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.List(ctx, caller)
	return &listOutput{all}, err
}

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
	return command.AnswerMade[todo.Project](ctx, h.commands, caller, in.IdempotencyKey, c, err)
}

func (h handlers) get(ctx context.Context, in *command.Addressed) (*command.Output[todo.Project], error) {
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
	c, err := Update(target.ID, target.IfVersion, in.Body)
	return command.AnswerMade[todo.Project](ctx, h.commands, caller, target.Key, c, err)
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
	c, err := MoveTo(target.ID, target.IfVersion, in.Body)
	return command.AnswerMade[todo.Project](ctx, h.commands, caller, target.Key, c, err)
}

func (h handlers) archive(ctx context.Context, in *command.Changing) (*output, error) {
	return h.plain(ctx, in, commandArchive)
}

func (h handlers) unarchive(ctx context.Context, in *command.Changing) (*output, error) {
	return h.plain(ctx, in, commandUnarchive)
}

func (h handlers) plain(ctx context.Context, in *command.Changing, name string) (*output, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerMade[todo.Project](ctx, h.commands, caller, target.Key, command.On(name, target), nil)
}

func (h handlers) remove(ctx context.Context, in *command.Changing) (*command.Changed, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerDeleted(command.One[todo.Project](ctx, h.commands, caller, target.Key, command.On(commandDelete, target)))
}
