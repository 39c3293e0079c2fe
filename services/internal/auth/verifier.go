package auth

import (
	"context"
	"strings"
	"time"
)

// TokenPrefix begins every API token, and no access token.
const TokenPrefix = "tdp_"

func isAPIToken(bearer string) bool { return strings.HasPrefix(bearer, TokenPrefix) }

// Tokens knows the API tokens.
type Tokens interface {
	// FindToken returns whom an API token stands for at now. One that is unknown, revoked or
	// expired is failure.Unauthenticated.
	FindToken(ctx context.Context, token string, now time.Time) (Caller, error)
}

// Verifier tells whom a bearer token stands for, be it an access token or an API token.
type Verifier struct {
	Keys   *Keys
	Tokens Tokens
}

// Verify returns whom a bearer token stands for at now. What is not good is
// failure.Unauthenticated. Only for API tokens somebody is asked.
func (v Verifier) Verify(ctx context.Context, bearer string, now time.Time) (Caller, error) {
	if isAPIToken(bearer) {
		return v.Tokens.FindToken(ctx, bearer, now)
	}
	return v.Keys.Verify(bearer, now)
}
