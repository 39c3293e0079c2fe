package task

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// occurrences holds the statements on occurrences of recurring tasks.
type occurrences struct{ db *store.DB }

func (o occurrences) advance(ctx context.Context, request calls.AdvanceOccurrenceRequest) (calls.AdvanceOccurrenceReply, error) {
	var reply calls.AdvanceOccurrenceReply
	err := o.db.Call(ctx, "advance_occurrence", struct {
		calls.AdvanceOccurrenceRequest
		By     events.Actor `json:"by"`
		Group  string       `json:"group"`
		NextID string       `json:"nextId"`
	}{request, events.Actor{Kind: events.ActorSystem, ID: contract.RecurringTask}, command.NewID(), command.NewID()}, &reply)
	return reply, err
}

func (o occurrences) missing(ctx context.Context, request calls.ListMissingOccurrencesRequest) (calls.ListMissingOccurrencesReply, error) {
	var found calls.ListMissingOccurrencesReply
	err := o.db.Call(ctx, "list_missing_occurrences", request, &found)
	return found, err
}
