package view

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// maxShown bounds the tasks that a trial shows.
const maxShown = 50

// Bulk changes all tasks of a filter, as one act.
type Bulk struct {
	Filter  string          `json:"filter" minLength:"1" maxLength:"1000" example:"overdue & @home" doc:"In the filter language"`
	Status  string          `json:"status,omitempty" enum:"open,completed,all" default:"open"`
	Command string          `json:"command" enum:"task.update,task.move,task.complete,task.reopen,task.delete" doc:"What to do with each"`
	Fields  json.RawMessage `json:"fields,omitempty" doc:"As in the body of the operation on one task"`
	DryRun  bool            `json:"dryRun,omitempty" doc:"Only tell which tasks it would be"`
}

// BulkResult says what a bulk did, or would do.
type BulkResult struct {
	Count int         `json:"count" doc:"Tasks that the filter selects; subtasks that go with their parent are not counted"`
	Tasks []BulkTouch `json:"tasks,omitempty" doc:"The first 50 of them, when it is only tried"`
}

// BulkTouch is a task that a bulk would change.
type BulkTouch struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// bulk finds the tasks of a filter and changes them; read makes the command of each.
func (s *Service) bulk(ctx context.Context, caller auth.Caller, key string, b Bulk, read command.Reader) (BulkResult, command.Act, error) {
	found, err := s.Select(ctx, caller, b.Filter, b.Status, b.Command == task.CommandDelete || b.Command == "task.move")
	if err != nil {
		return BulkResult{}, command.Act{}, err
	}
	result := BulkResult{Count: len(found)}
	if b.DryRun {
		for _, t := range found[:min(len(found), maxShown)] {
			result.Tasks = append(result.Tasks, BulkTouch{t.ID, t.Title})
		}
		return result, command.Act{}, nil
	}
	request := command.Request{Key: key, Asked: b, Commands: []command.Command{}}
	for _, t := range found {
		c, err := read(command.Asked{Name: b.Command, ID: t.ID, Fields: b.Fields})
		if err != nil {
			return BulkResult{}, command.Act{}, err
		}
		request.Commands = append(request.Commands, c)
	}
	if len(found) == 0 && key == "" {
		return result, command.Act{}, nil
	}
	done, err := s.Commands.Apply(ctx, caller, request)
	result.Count = len(done.Results)
	return result, done.Act, err
}

// Select finds the tasks of a filter that can be changed at once, in manual order; more are
// failure.Invalid. With whole, those below others are left out: they go with them. status is as in
// Query, open when empty.
func (s *Service) Select(ctx context.Context, caller auth.Caller, filter, status string, whole bool) ([]todo.Task, error) {
	var found []todo.Task
	query := Query{Filter: filter, Status: cmp.Or(status, "open"), Sort: "manual", Limit: maxLimit}
	for {
		page, err := s.Find(ctx, caller, query)
		if err != nil {
			return nil, inBody(err)
		}
		tasks, err := page.Items.Value()
		if err != nil {
			return nil, failure.Wrap(failure.Internal, err, "read the tasks of a filter")
		}
		found = append(found, tasks...)
		if query.Cursor = page.Next; query.Cursor == "" {
			break
		}
		if len(found) > command.MaxCommands {
			return nil, failure.InvalidField("filter", "selects more than %d tasks, the most that are changed at once; narrow it down", command.MaxCommands)
		}
	}
	if whole {
		found = withoutDescendants(found)
	}
	if len(found) > command.MaxCommands {
		return nil, failure.InvalidField("filter", "selects %d tasks, and at most %d are changed at once; narrow it down", len(found), command.MaxCommands)
	}
	return found, nil
}

// withoutDescendants leaves out tasks of which a task above is there too.
func withoutDescendants(tasks []todo.Task) []todo.Task {
	byID := map[string]todo.Task{}
	for _, t := range tasks {
		byID[t.ID] = t
	}
	return slices.DeleteFunc(tasks, func(t todo.Task) bool {
		if t.ParentID == nil {
			return false
		}
		_, above := byID[*t.ParentID]
		return above
	})
}

// inBody says of a fault of a filter that it is in the body of the request.
func inBody(err error) error {
	if public := failure.Public(err); public.Kind == failure.Invalid && public.Field == "query.filter" {
		return failure.InvalidField("filter", "%s", public.Message)
	}
	return err
}

// bulkRoute adds bulk changes to api.
func (s *Service) bulkRoute(api huma.API, verify httpapi.Verify) {
	readers := task.Readers(api)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "bulk-tasks", Method: http.MethodPost, Path: "/tasks/bulk",
		Summary:     "Change all tasks that a filter selects, as one act that can be undone",
		Description: "At most 500 tasks at once. With dryRun it only says how many tasks there are, and shows the first of them.",
		Tags:        []string{"Tasks"}}, verify, auth.ScopeTasksWrite),
		func(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
			caller, err := auth.FromContext(ctx)
			if err != nil {
				return nil, err
			}
			result, act, err := s.bulk(ctx, caller, in.IdempotencyKey, in.Body, readers[in.Body.Command])
			return &bulkOutput{command.Changed(act), result}, err
		})
}

type bulkInput struct {
	command.Keyed
	Body Bulk
}

type bulkOutput struct {
	command.Changed
	Body BulkResult
}
