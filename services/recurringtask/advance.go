// Package recurringtask gives each completed recurring task its next occurrence. It keeps
// nothing: todo-api owns the tasks and creates an occurrence once, however often it is asked.
package recurringtask

import (
	"context"
	"log/slog"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/series"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// maxReckonings bounds how often the next occurrence is reckoned anew because the
// completed task was edited in between.
const maxReckonings = 5

// advancer has todo-api settle what follows a completed occurrence.
type advancer struct {
	todoAPI calls.Invoker
	metrics *metrics
}

// advance is safe to repeat: todo-api creates each occurrence of a series once. A task
// that no occurrence can follow ends its series, with the reason for its owner to see.
func (a *advancer) advance(ctx context.Context, userID, userZone string, task todo.Task) error {
	outcome, err := a.try(ctx, userID, userZone, task)
	a.metrics.advanced.WithLabelValues(outcome).Inc()
	return err
}

func (a *advancer) try(ctx context.Context, userID, userZone string, task todo.Task) (outcome string, err error) {
	for range maxReckonings {
		next, reckonErr := series.Next(task, userZone)
		request := calls.AdvanceOccurrenceRequest{UserID: userID, TaskID: task.ID, Version: task.Version, Next: next}
		reply, err := a.settle(ctx, request, reckonErr)
		switch {
		case failure.KindOf(err) == failure.NotFound:
			return outcomeGone, nil
		case failure.KindOf(err) == failure.Invalid:
			return outcomeInvalid, nil // settle has ended the series
		case err != nil:
			return outcomeUnavailable, err
		case reply.Changed != nil:
			task, userZone = *reply.Changed, reply.Zone
			continue
		case next == nil:
			return outcomeEnded, nil
		case reply.Created:
			return outcomeCreated, nil
		}
		return outcomeAlreadyThere, nil
	}
	return outcomeUnavailable, failure.New(failure.Unavailable, "the completed task changes too fast")
}

// settle asks for what follows. If nothing can, because it could not be reckoned or todo-api
// does not take it, it ends the series with that reason and returns it as failure.Invalid.
func (a *advancer) settle(ctx context.Context, request calls.AdvanceOccurrenceRequest, cause error) (calls.AdvanceOccurrenceReply, error) {
	if cause == nil {
		reply, err := calls.AdvanceOccurrence.Call(ctx, a.todoAPI, request)
		if failure.KindOf(err) != failure.Invalid {
			return reply, err
		}
		cause = err
	}
	slog.WarnContext(ctx, "the series ends: its recurrence cannot be followed", "task", request.TaskID, "error", cause)
	request.Next, request.Reason = nil, failure.Public(cause).Message
	reply, err := calls.AdvanceOccurrence.Call(ctx, a.todoAPI, request)
	if err != nil || reply.Changed != nil {
		return reply, err
	}
	return reply, cause
}

// handle takes one event of the topic task-events. Only the completion of a recurring task concerns it.
func (a *advancer) handle(ctx context.Context, event events.Event) error {
	if event.Type != events.TypeTaskCompleted {
		return nil
	}
	change, err := events.DecodeChange(event.Data)
	if err != nil {
		return err
	}
	_, task, err := events.States[todo.Task](change)
	switch {
	case err != nil:
		return err
	case task == nil:
		return failure.InvalidField("after", "a completed task must be in its event")
	case task.Recurrence == nil:
		return nil
	}
	return a.advance(ctx, change.UserID, change.Zone, *task)
}
