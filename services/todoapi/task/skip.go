package task

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/series"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

const commandSkip = "task.skip"

// maxReckonings bounds how often a skip is reckoned anew because the task was edited in between.
const maxReckonings = 5

// Skip leaves out the occurrence that an open recurring task is: it becomes the next one. A task
// whose rule has run out is failure.Conflict.
func (s *Service) Skip(ctx context.Context, caller auth.Caller, target command.Target) (Made, error) {
	for range maxReckonings {
		skip, err := s.skipCommand(ctx, caller, target)
		if err != nil {
			return Made{}, err
		}
		made, err := s.one(ctx, caller, target.Key, skip)
		if failure.KindOf(err) == failure.VersionMismatch && target.IfVersion == 0 {
			continue
		}
		return made, err
	}
	return Made{}, failure.New(failure.Unavailable, "the task changes too fast, try again")
}

// skipCommand reckons what follows, and makes the command that is bound to what it was reckoned from. A
// request that is repeated under its key is answered from what it did, whatever the task is now.
func (s *Service) skipCommand(ctx context.Context, caller auth.Caller, target command.Target) (command.Command, error) {
	var found struct {
		Task todo.Task `json:"task"`
		Zone string    `json:"zone"`
	}
	if err := s.tasks.db.Call(ctx, "get_recurring", map[string]string{"userId": caller.UserID, "taskId": target.ID}, &found); err != nil {
		return command.Command{}, err
	}
	skip := command.Command{Name: commandSkip, ID: target.ID, IfVersion: target.IfVersion, Asked: target.ID}
	if found.Task.Recurrence == nil {
		return skip, nil // refused by the command, unless it was done before
	}
	next, err := series.Skip(found.Task, found.Zone)
	if err != nil {
		return command.Command{}, err
	}
	skip.Fields = struct {
		From int64             `json:"from"`
		Next *calls.Occurrence `json:"next"`
	}{found.Task.Version, next}
	return skip, nil
}
