package task

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on tasks to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	httpapi.Nullable[todo.Due](api)
	httpapi.Nullable[todo.Recurrence](api)
	httpapi.Nullable[todo.Series](api)
	httpapi.Nullable[todo.Usual](api)
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Tasks"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-task", Method: http.MethodPost, Path: "/tasks",
		Summary: "Add a task", DefaultStatus: http.StatusCreated}), command.Creating[todo.Task](s.commands, Create))
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "get-task", Method: http.MethodGet, Path: "/tasks/{id}",
		Summary: "Read a task"}), s.get)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-task", Method: http.MethodPatch, Path: "/tasks/{id}",
		Summary: "Change fields of a task (RFC 7396); null clears a field"}), command.Editing[todo.Task](s.commands, Update))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-occurrence", Method: http.MethodPatch, Path: "/tasks/{id}/occurrence",
		Summary: "Change fields of this occurrence of a recurring task alone; those that follow stay as they were"}), command.Editing[todo.Task](s.commands, UpdateOccurrence))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-series", Method: http.MethodPatch, Path: "/tasks/{id}/series",
		Summary: "Change fields of this occurrence of a recurring task and of all that follow, when they are due too"}), command.Editing[todo.Task](s.commands, UpdateSeries))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "complete-task", Method: http.MethodPost, Path: "/tasks/{id}/complete",
		Summary: "Complete a task and its subtasks; a recurring one gets its next occurrence soon after"}), command.Acting[todo.Task](s.commands, CommandComplete))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "reopen-task", Method: http.MethodPost, Path: "/tasks/{id}/reopen",
		Summary: "Take back the completion of a task, and the next occurrence if nobody has touched it"}), command.Acting[todo.Task](s.commands, CommandReopen))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "move-task", Method: http.MethodPost, Path: "/tasks/{id}/move",
		Summary: "Put a task and its subtasks last in a project, section or parent, or beside another task"}), command.Moving[todo.Task](s.commands, MoveTo))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "restore-task", Method: http.MethodPost, Path: "/tasks/{id}/restore",
		Summary: "Take a task out of the trash, with the subtasks that were deleted with it"}), command.Acting[todo.Task](s.commands, commandRestore))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "skip-task", Method: http.MethodPost, Path: "/tasks/{id}/skip",
		Summary: "Leave out this occurrence of a recurring task: it becomes the next one"}), s.reckoned(s.Skip))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "pause-task", Method: http.MethodPost, Path: "/tasks/{id}/pause",
		Summary: "Have a recurring task wait: it counts as due at no time and reminds of nothing"}), command.Acting[todo.Task](s.commands, CommandPause))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "resume-task", Method: http.MethodPost, Path: "/tasks/{id}/resume",
		Summary: "Go on with a recurring task: it becomes the first occurrence that is not past"}), s.reckoned(s.Resume))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-task", Method: http.MethodDelete, Path: "/tasks/{id}",
		Summary: "Delete a task with its subtasks; a recurring one ends"}), command.Deleting(s.commands, CommandDelete))
}

func (s *Service) get(ctx context.Context, in *command.Addressed) (*command.Output[todo.Task], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(s.Get(ctx, caller, in.ID))
}

// reckoned returns the handler of an act that has to be reckoned.
func (s *Service) reckoned(act func(context.Context, auth.Caller, command.Target) (Made, error)) func(context.Context, *command.Changing) (*command.ChangedOutput[todo.Task], error) {
	return func(ctx context.Context, in *command.Changing) (*command.ChangedOutput[todo.Task], error) {
		caller, target, err := in.Target(ctx)
		if err != nil {
			return nil, err
		}
		return command.AnswerChanged(act(ctx, caller, target))
	}
}
