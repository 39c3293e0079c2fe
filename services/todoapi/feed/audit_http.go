package feed

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
)

type entriesInput struct {
	After int64 `query:"after" minimum:"0" default:"0" doc:"Position of the last entry that is known"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Most entries in the answer"`
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
	entries, err := calls.ListEntries.Call(ctx, s.audit, calls.ListEntriesRequest{UserID: caller.UserID, After: in.After, Limit: in.Limit})
	return &entriesOutput{entries}, err
}
