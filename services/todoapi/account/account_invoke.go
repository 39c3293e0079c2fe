package account

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// Methods adds what other services may ask about accounts.
func (s *Service) Methods(server *dapr.Server) {
	calls.VerifySession.Handle(server, func(ctx context.Context, in calls.VerifySessionRequest) (auth.Caller, error) {
		return s.VerifySession(ctx, in.AccessToken)
	})
	calls.IssueTicket.Handle(server, func(ctx context.Context, in calls.IssueTicketRequest) (calls.Ticket, error) {
		return s.IssueTicket(ctx, in.AccessToken, time.Duration(in.Seconds)*time.Second)
	})
	calls.GetContact.Handle(server, s.contact)
	calls.IssueVerification.Handle(server, s.verification)
	calls.IssueNotice.Handle(server, s.notice)
}
