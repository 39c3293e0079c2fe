package recurringtask

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// invoker reaches other services; *dapr.Client does.
type invoker interface {
	Invoke(ctx context.Context, app, method string, in, out any) error
}

// advanceRequest asks todo-api for the occurrence after a completed task. Without Next the
// series ends.
type advanceRequest struct {
	UserID string      `json:"userId"`
	TaskID string      `json:"taskId"`
	Next   *Occurrence `json:"next"`
}

// advanceResult says whether the request created the occurrence, or found it there.
type advanceResult struct {
	TaskID  string `json:"taskId"`
	Created bool   `json:"created"`
}

// advancer has todo-api create what follows a completed occurrence.
type advancer struct {
	todoAPI invoker
	metrics *metrics
}

// advance is safe to repeat: todo-api creates each occurrence of a series once. It is
// failure.Invalid when the task's recurrence cannot be followed.
func (a *advancer) advance(ctx context.Context, userID, userZone string, task events.Task) error {
	outcome, err := a.try(ctx, userID, userZone, task)
	a.metrics.advanced.WithLabelValues(outcome).Inc()
	return err
}

func (a *advancer) try(ctx context.Context, userID, userZone string, task events.Task) (outcome string, err error) {
	next, err := nextOccurrence(task, userZone)
	if err != nil {
		return outcomeInvalid, err
	}
	var result advanceResult
	request := advanceRequest{UserID: userID, TaskID: task.ID, Next: next}
	err = a.todoAPI.Invoke(ctx, contract.TodoAPI, contract.MethodAdvanceOccurrence, request, &result)
	switch {
	case failure.KindOf(err) == failure.Invalid:
		return outcomeInvalid, err
	case err != nil:
		return outcomeUnavailable, err
	case next == nil:
		return outcomeEnded, nil
	case result.Created:
		return outcomeCreated, nil
	}
	return outcomeAlreadyThere, nil
}

// handle takes one event of the topic task-events. Only the completion of a recurring task concerns it.
func (a *advancer) handle(ctx context.Context, event events.Event) error {
	if event.Type != events.TypeTaskCompleted {
		return nil
	}
	var change events.Change
	if err := event.DataInto(&change); err != nil {
		return err
	}
	if change.After == nil {
		return failure.InvalidField("after", "a completed task must be in its event")
	}
	if change.After.Recurrence == nil {
		return nil
	}
	return a.advance(ctx, change.UserID, change.Zone, *change.After)
}
