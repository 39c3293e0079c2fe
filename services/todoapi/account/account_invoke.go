package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// Methods adds what other services may ask about accounts.
func (s *Service) Methods(server *dapr.Server) {
	calls.VerifySession.Handle(server, func(ctx context.Context, in calls.VerifySessionRequest) (auth.Caller, error) {
		return s.VerifySession(ctx, in.AccessToken)
	})
	calls.GetContact.Handle(server, s.contact)
	calls.IssueVerification.Handle(server, s.verification)
}
