package account

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

type verifySessionRequest struct {
	AccessToken string `json:"accessToken"`
}

type getContactRequest struct {
	UserID string `json:"userId"`
}

type contact struct {
	Email string `json:"email"`
	Zone  string `json:"zone"`
}

// Methods adds what other services may ask about accounts.
func (s *Service) Methods(server *dapr.Server) {
	dapr.HandleInvoke(server, contract.MethodVerifySession, func(ctx context.Context, in verifySessionRequest) (auth.Identity, error) {
		return s.VerifySession(ctx, in.AccessToken)
	})
	dapr.HandleInvoke(server, contract.MethodGetContact, func(ctx context.Context, in getContactRequest) (contact, error) {
		account, err := s.accounts.get(ctx, in.UserID)
		return contact{Email: account.Email, Zone: account.Zone}, err
	})
}
