package realtimesync

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// tickets turns bearer tokens into single-use tickets that any replica accepts. todo-api
// makes and keeps them: one call checks the session or the API token and gives the ticket, and one uses it
// up and reads the feed.
type tickets struct {
	todoAPI calls.Invoker
	ttl     time.Duration
}

// issue makes a ticket that stands for the caller of a bearer token. One that is not valid,
// or whose session was ended, is failure.Unauthenticated.
func (t *tickets) issue(ctx context.Context, bearer string) (protocol.Ticket, error) {
	ticket, err := calls.IssueTicket.Call(ctx, t.todoAPI, calls.IssueTicketRequest{
		AccessToken: bearer, Seconds: int(t.ttl.Seconds()),
	})
	return protocol.Ticket{Ticket: ticket.Ticket, ExpiresAt: ticket.ExpiresAt.UTC()}, err
}
