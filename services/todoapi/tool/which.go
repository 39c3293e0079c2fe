package tool

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Which says what tasks are meant.
type Which struct {
	IDs    []string `json:"ids,omitempty" maxItems:"500" doc:"Ids of tasks; instead of filter"`
	Filter string   `json:"filter,omitempty" maxLength:"1000" example:"overdue & @errands" doc:"In the filter language; instead of ids"`
	Status string   `json:"status,omitempty" enum:"open,completed,all" default:"open" doc:"Which of those that the filter selects"`
}

// Touched are the tasks that an act changed, or would change.
type Touched struct {
	Tasks []todo.Task `json:"tasks"`
	Group string      `json:"group,omitempty" doc:"Of the act, to undo it; absent where nothing was done"`
}

// Meant reads the tasks that are meant; whole leaves out those that go with a task above.
func (s *Set) Meant(ctx context.Context, call Call, which Which, whole bool) ([]todo.Task, error) {
	switch {
	case len(which.IDs) > 0 && which.Filter == "":
		return s.Tasks.GetAll(ctx, call.Caller, which.IDs)
	case len(which.IDs) == 0 && which.Filter != "":
		return s.Views.Select(ctx, call.Caller, which.Filter, which.Status, whole)
	}
	return nil, failure.InvalidField("ids", "name the tasks either by ids or by a filter")
}

// act applies what commands makes of each task that is meant, all or nothing and as one act. input is
// by what the call is known when it is repeated.
func (s *Set) act(ctx context.Context, call Call, which Which, whole bool, input any, commands func(todo.Task) ([]command.Command, error)) (Touched, error) {
	found, err := s.Meant(ctx, call, which, whole)
	if err != nil || call.DryRun {
		return Touched{Tasks: found}, err
	}
	request := command.Request{Key: call.Key, Asked: input, Commands: []command.Command{}}
	for _, t := range found {
		made, err := commands(t)
		if err != nil {
			return Touched{}, about(t, err)
		}
		request.Commands = append(request.Commands, made...)
	}
	if len(request.Commands) == 0 && call.Key == "" {
		return Touched{Tasks: found}, nil
	}
	done, err := s.Commands.Apply(ctx, call.Caller, request)
	if err != nil {
		return Touched{}, err
	}
	tasks, err := became(found, done)
	return Touched{Tasks: tasks, Group: done.Group}, err
}

// became are the tasks after an act; those that are gone are as they were.
func became(before []todo.Task, done command.Done) ([]todo.Task, error) {
	order, now := []string{}, map[string]todo.Task{}
	note := func(t todo.Task) {
		if _, known := now[t.ID]; !known {
			order = append(order, t.ID)
		}
		now[t.ID] = t
	}
	for _, t := range before {
		note(t)
	}
	for _, r := range done.Results {
		t, err := taskOf(r)
		if err != nil {
			return nil, err
		}
		if t.ID != "" {
			note(t)
		}
	}
	tasks := make([]todo.Task, len(order))
	for i, id := range order {
		tasks[i] = now[id]
	}
	return tasks, nil
}

// about says of which task a failure is.
func about(t todo.Task, err error) error {
	public := failure.Public(err)
	return &failure.Error{Kind: public.Kind, Field: public.Field, Message: "“" + t.Title + "”: " + public.Message}
}
