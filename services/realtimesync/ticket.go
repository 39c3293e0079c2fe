package realtimesync

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// stateStore is what tickets need of the sidecar.
type stateStore interface {
	SaveState(ctx context.Context, store, key string, value []byte, ttl time.Duration) error
	TakeState(ctx context.Context, store, key string) ([]byte, error)
}

// tickets turns access tokens into single-use tickets that any replica accepts.
type tickets struct {
	todoAPI calls.Invoker
	state   stateStore
	ttl     time.Duration
	now     func() time.Time
}

// storedTicket is what the state store holds under the hash of a ticket.
type storedTicket struct {
	Caller   auth.Caller `json:"identity"`
	GoodTill time.Time   `json:"goodTill"`
}

// verify asks todo-api whom an access token stands for. One that is not valid, or
// whose session was ended, is failure.Unauthenticated.
func (t *tickets) verify(ctx context.Context, accessToken string) (auth.Caller, error) {
	return calls.VerifySession.Call(ctx, t.todoAPI, calls.VerifySessionRequest{AccessToken: accessToken})
}

// issue makes a ticket that stands for id.
func (t *tickets) issue(ctx context.Context, id auth.Caller) (protocol.Ticket, error) {
	ticket := protocol.Ticket{Ticket: rand.Text(), ExpiresAt: t.now().Add(t.ttl).UTC()}
	stored, err := json.Marshal(storedTicket{Caller: id, GoodTill: ticket.ExpiresAt})
	if err != nil {
		return protocol.Ticket{}, failure.Wrap(failure.Internal, err, "encode the ticket")
	}
	return ticket, t.state.SaveState(ctx, contract.StateStore, ticketKey(ticket.Ticket), stored, t.ttl)
}

// redeem takes a ticket and returns whom it stands for. One that is unknown, used
// or expired is failure.Unauthenticated.
func (t *tickets) redeem(ctx context.Context, ticket string) (auth.Caller, error) {
	value, err := t.state.TakeState(ctx, contract.StateStore, ticketKey(ticket))
	if failure.KindOf(err) == failure.NotFound {
		return auth.Caller{}, failure.New(failure.Unauthenticated, "the ticket is unknown, used or expired")
	}
	if err != nil {
		return auth.Caller{}, err
	}
	var stored storedTicket
	if err := json.Unmarshal(value, &stored); err != nil {
		return auth.Caller{}, failure.Wrap(failure.Internal, err, "decode the ticket")
	}
	if !t.now().Before(stored.GoodTill) {
		return auth.Caller{}, failure.New(failure.Unauthenticated, "the ticket is expired")
	}
	return stored.Caller, nil
}

// ticketKey hides the ticket from whoever can read the state store.
func ticketKey(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return "ticket-" + hex.EncodeToString(sum[:])
}
