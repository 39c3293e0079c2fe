package auth

import (
	"cmp"
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Caller is who asks a service for something, and through what. Every door makes one.
type Caller struct {
	UserID    string           `json:"userId"`            // whose data it is about
	SessionID string           `json:"sessionId"`         // "" for an API token
	TokenID   string           `json:"tokenId,omitempty"` // of an API token
	Kind      events.ActorKind `json:"kind"`
	Client    string           `json:"client,omitempty"` // program, as it names itself; of an API token, its name
	Scopes    []Scope          `json:"scopes,omitempty"` // what it may do
	ExpiresAt time.Time        `json:"expiresAt"`        // until when this is taken for true without asking again
}

// Actor returns the caller as changes name it.
func (c Caller) Actor() events.Actor {
	return events.Actor{Kind: c.Kind, ID: cmp.Or(c.TokenID, c.UserID), Client: c.Client}
}

type contextKey struct{}

// WithCaller returns a context that carries c.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// FromContext returns the caller that ctx carries; a context without one is
// failure.Unauthenticated.
func FromContext(ctx context.Context) (Caller, error) {
	c, ok := ctx.Value(contextKey{}).(Caller)
	if !ok {
		return Caller{}, failure.New(failure.Unauthenticated, "sign in first")
	}
	return c, nil
}
