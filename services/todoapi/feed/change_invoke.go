package feed

import (
	"context"
	"encoding/json"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Methods adds what other services ask for: the changes that Kafka did not bring, and
// whether there are any.
func (s *Service) Methods(server *dapr.Server) {
	calls.ListChanges.HandleEncoded(server, func(ctx context.Context, request calls.ListChangesRequest) (json.RawMessage, error) {
		var found json.RawMessage
		err := s.changes.read(ctx, request.UserID, request.After, bounded(request.Limit, maxChanges), &found)
		return found, err
	})
	calls.OpenFeed.HandleEncoded(server, func(ctx context.Context, request calls.OpenFeedRequest) (json.RawMessage, error) {
		request.Limit = bounded(request.Limit, maxChanges)
		return s.changes.open(ctx, request)
	})
	calls.ListHeads.Handle(server, func(ctx context.Context, request calls.ListHeadsRequest) (calls.ListHeadsReply, error) {
		request.Limit = bounded(request.Limit, maxHeads)
		if len(request.Users) > maxHeads {
			return calls.ListHeadsReply{}, failure.InvalidField("users", "ask for at most %d users", maxHeads)
		}
		return s.changes.heads(ctx, request)
	})
	calls.ListReminding.Handle(server, func(ctx context.Context, request calls.ListRemindingRequest) (calls.ListRemindingReply, error) {
		var found calls.ListRemindingReply
		err := s.changes.snapshot(ctx, request.UserID, request.Cursor, maxSnapshot, true, &found)
		return found, err
	})
}

// bounded returns limit, or the most that one answer holds.
func bounded(limit, most int) int {
	if limit < 1 || limit > most {
		return most
	}
	return limit
}
