package view

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxDue is the most tasks of each kind that one answer names.
const maxDue = 50

// Methods adds what notification asks, which tells people what is due.
func (s *Service) Methods(server *dapr.Server) {
	calls.ListDue.Handle(server, func(ctx context.Context, request calls.ListDueRequest) (calls.ListDueReply, error) {
		var found calls.ListDueReply
		if _, err := time.Parse(time.DateOnly, request.Day); err != nil {
			return found, failure.InvalidField("day", "must be a date such as 2026-12-01")
		}
		request.Limit = min(max(request.Limit, 0), maxDue)
		err := s.DB.Call(ctx, "list_due", struct {
			calls.ListDueRequest
			Now time.Time `json:"now"`
		}{request, s.Now()}, &found)
		return found, err
	})
}
