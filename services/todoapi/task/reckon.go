package task

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/series"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// The commands that make another occurrence of a task, for which it has to be reckoned.
const (
	commandSkip   = "task.skip"
	commandResume = "task.resume"
)

// maxReckonings bounds how often an occurrence is reckoned anew because the task was edited in between.
const maxReckonings = 5

// Skip leaves out the occurrence that an open recurring task is: it becomes the next one. A task
// whose rule has run out is failure.Conflict.
func (s *Service) Skip(ctx context.Context, caller auth.Caller, target command.Target) (Made, error) {
	return s.reckon(ctx, caller, commandSkip, target, series.Skip)
}

// Resume ends the pause of a recurring task: it becomes the first occurrence that is not past. A
// task whose rule has run out is failure.Conflict.
func (s *Service) Resume(ctx context.Context, caller auth.Caller, target command.Target) (Made, error) {
	return s.reckon(ctx, caller, commandResume, target, s.resume)
}

func (s *Service) resume(task todo.Task, userZone string) (*calls.Occurrence, error) {
	zone, err := todo.Due{}.Location(userZone)
	if err != nil {
		return nil, err
	}
	return series.Resume(task, userZone, s.now().In(zone).Format(time.DateOnly))
}

// Reckoner makes the command of an act on a task that has to be reckoned, bound to the task as it is.
type Reckoner func(ctx context.Context, caller auth.Caller, target command.Target) (command.Command, error)

// Skipping makes the command of Skip.
func (s *Service) Skipping(ctx context.Context, caller auth.Caller, target command.Target) (command.Command, error) {
	return s.reckonOnce(ctx, caller, commandSkip, target, series.Skip)
}

// Resuming makes the command of Resume.
func (s *Service) Resuming(ctx context.Context, caller auth.Caller, target command.Target) (command.Command, error) {
	return s.reckonOnce(ctx, caller, commandResume, target, s.resume)
}

type reckoning func(task todo.Task, userZone string) (*calls.Occurrence, error)

// reckon carries out a command with the occurrence that follow finds, anew while the task changes.
func (s *Service) reckon(ctx context.Context, caller auth.Caller, name string, target command.Target, follow reckoning) (Made, error) {
	for range maxReckonings {
		c, err := s.reckonOnce(ctx, caller, name, target, follow)
		if err != nil {
			return Made{}, err
		}
		made, err := s.one(ctx, caller, target.Key, c)
		if failure.KindOf(err) == failure.VersionMismatch && target.IfVersion == 0 {
			continue
		}
		return made, err
	}
	return Made{}, failure.New(failure.Unavailable, "the task changes too fast, try again")
}

// reckonOnce makes the command that is bound to what its occurrence was reckoned from. A request that
// is repeated under its key is answered from what it did, whatever the task is now.
func (s *Service) reckonOnce(ctx context.Context, caller auth.Caller, name string, target command.Target, follow reckoning) (command.Command, error) {
	var found struct {
		Task todo.Task `json:"task"`
		Zone string    `json:"zone"`
	}
	if err := s.tasks.db.Call(ctx, "get_recurring", map[string]string{"userId": caller.UserID, "taskId": target.ID}, &found); err != nil {
		return command.Command{}, err
	}
	c := command.Command{Name: name, ID: target.ID, IfVersion: target.IfVersion, Asked: target.ID}
	if found.Task.Recurrence == nil {
		return c, nil // refused by the command, unless it was done before
	}
	next, err := follow(found.Task, found.Zone)
	if err != nil {
		return command.Command{}, err
	}
	c.Fields = struct {
		From int64             `json:"from"`
		Next *calls.Occurrence `json:"next"`
	}{found.Task.Version, next}
	return c, nil
}
