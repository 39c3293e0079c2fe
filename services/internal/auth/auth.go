// Package auth knows who a request is from: it issues and verifies access tokens
// and carries the identity in a context.
package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Identity is a signed-in user.
type Identity struct {
	UserID    string    `json:"userId"`
	SessionID string    `json:"sessionId"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type contextKey struct{}

// WithIdentity returns a context that carries id.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns the identity that ctx carries; a context without one is
// failure.Unauthenticated.
func FromContext(ctx context.Context) (Identity, error) {
	id, ok := ctx.Value(contextKey{}).(Identity)
	if !ok {
		return Identity{}, failure.New(failure.Unauthenticated, "sign in first")
	}
	return id, nil
}

// Bearer returns the token of an Authorization header (RFC 6750, section 2.1);
// without one it is failure.Unauthenticated.
func Bearer(header http.Header) (string, error) {
	return ParseBearer(header.Get("Authorization"))
}

// ParseBearer is Bearer for the value of the header.
func ParseBearer(authorization string) (string, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", failure.New(failure.Unauthenticated, "send an access token: Authorization: Bearer <token>")
	}
	return token, nil
}
