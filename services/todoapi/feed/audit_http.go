package feed

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
)

type entriesInput struct {
	After  int64     `query:"after" minimum:"0" default:"0" doc:"Position after which to begin"`
	Before int64     `query:"before" minimum:"1" doc:"Position before which to begin: the latest entries come first. One beyond the end, such as 9007199254740991, begins at the end"`
	Limit  int       `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Most entries in the answer; with a filter there may be fewer, even none, although more follow"`
	Entity string    `query:"entity" maxLength:"50" doc:"Only what happened to objects of a kind, such as task, session or reminder"`
	ID     string    `query:"id" format:"uuid" doc:"Only what happened to one object; reminders are those of the task"`
	Type   string    `query:"type" maxLength:"100" doc:"Only events of a type, such as task.completed"`
	Actor  string    `query:"actor" maxLength:"100" doc:"Only what one did: person, token, chat, agent, link or system, or an id"`
	From   time.Time `query:"from" doc:"Only what happened at that moment or later"`
	Until  time.Time `query:"until" doc:"Only what happened before that moment"`
}

type entriesOutput struct{ Body calls.ListEntriesReply }

// listEntries reads the signed-in user's own log from the service that keeps it.
func (s *Service) listEntries(ctx context.Context, in *entriesInput) (*entriesOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.changes.admit(ctx, caller.UserID); err != nil { // another service answers, which may not know it yet
		return nil, err
	}
	entries, err := calls.ListEntries.Call(ctx, s.audit, calls.ListEntriesRequest{
		UserID: caller.UserID, After: in.After, Before: in.Before, Limit: in.Limit,
		Filter: calls.AuditFilter{Entity: in.Entity, ID: in.ID, Type: in.Type, Actor: in.Actor, From: in.From, Until: in.Until},
	})
	return &entriesOutput{entries}, err
}
