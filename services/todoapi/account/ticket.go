package account

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
)

// maxTicketLifetime bounds what a ticket may be asked for.
const maxTicketLifetime = time.Minute

// IssueTicket makes a ticket that stands for the caller of a bearer token, who may read tasks:
// once, and for lifetime at most. A token of an ended session gets none.
func (s *Service) IssueTicket(ctx context.Context, token string, lifetime time.Duration) (calls.Ticket, error) {
	caller, err := s.VerifyToken(ctx, token)
	if err != nil {
		return calls.Ticket{}, err
	}
	if err := caller.Require(auth.ScopeTasksRead); err != nil {
		return calls.Ticket{}, err
	}
	ticket := calls.Ticket{Ticket: rand.Text()}
	ticket.ExpiresAt, err = s.accounts.issueTicket(ctx, caller, ticket.Ticket, min(lifetime, maxTicketLifetime))
	return ticket, err
}

// issueTicket keeps the hash of a ticket and returns when it expires.
func (a accounts) issueTicket(ctx context.Context, caller auth.Caller, ticket string, lifetime time.Duration) (time.Time, error) {
	var issued struct {
		ExpiresAt time.Time `json:"expiresAt"`
	}
	err := a.db.Call(ctx, "issue_ticket", map[string]any{
		"caller": caller,
		"hash":   calls.HashTicket(ticket), "lifetime": interval(lifetime),
	}, &issued)
	return issued.ExpiresAt, err
}
