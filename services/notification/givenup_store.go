package notification

import (
	"context"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// givenUpStore holds the statements on messages that were given up, and on addresses that are refused;
// givenup.sql is its other half.
type givenUpStore struct{ db *store.DB }

// forgetRefusals has mail go to a user's address again.
func (s givenUpStore) forgetRefusals(ctx context.Context, user string) error {
	return s.db.Call(ctx, "forget_refusals", calls.MailStateRequest{UserID: user}, nil)
}

// methods adds what todo-api asks; replayed is called after a message began anew.
func (s givenUpStore) methods(server *dapr.Server, replayed func()) {
	calls.ListGivenUp.Handle(server, func(ctx context.Context, request calls.ListGivenUpRequest) (calls.GivenUpPage, error) {
		switch {
		case uuid.Validate(request.UserID) != nil || request.Before != "" && uuid.Validate(request.Before) != nil:
			return calls.GivenUpPage{}, failure.InvalidField("before", "userId and before must be UUIDs")
		case request.Limit < 1 || request.Limit > maxLogPage:
			return calls.GivenUpPage{}, failure.InvalidField("limit", "must be from 1 to %d", maxLogPage)
		}
		return ask[calls.GivenUpPage](ctx, s.db, "list_given_up", request)
	})
	calls.ReplayGivenUp.Handle(server, func(ctx context.Context, request calls.ReplayGivenUpRequest) (calls.GivenUp, error) {
		if uuid.Validate(request.UserID) != nil || uuid.Validate(request.ID) != nil {
			return calls.GivenUp{}, failure.InvalidField("id", "userId and id must be UUIDs")
		}
		message, err := ask[calls.GivenUp](ctx, s.db, "replay_given_up", request)
		if err == nil {
			replayed()
		}
		return message, err
	})
	calls.ReadMailState.Handle(server, func(ctx context.Context, request calls.MailStateRequest) (calls.MailState, error) {
		if uuid.Validate(request.UserID) != nil {
			return calls.MailState{}, failure.InvalidField("userId", "must be a UUID")
		}
		return ask[calls.MailState](ctx, s.db, "read_mail_state", request)
	})
	calls.RetryMail.Handle(server, func(ctx context.Context, request calls.MailStateRequest) (struct{}, error) {
		if uuid.Validate(request.UserID) != nil {
			return struct{}{}, failure.InvalidField("userId", "must be a UUID")
		}
		return struct{}{}, s.forgetRefusals(ctx, request.UserID)
	})
	calls.CountGivenUp.Handle(server, func(ctx context.Context, _ struct{}) (calls.GivenUpCounts, error) {
		return ask[calls.GivenUpCounts](ctx, s.db, "count_given_up", struct{}{})
	})
}

// ask calls an operation and returns its answer.
func ask[T any](ctx context.Context, db *store.DB, op string, args any) (T, error) {
	var answer T
	err := db.Call(ctx, op, args, &answer)
	return answer, err
}
