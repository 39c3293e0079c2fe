package account

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
)

// createToken keeps the hash of a new API token and what its user says of it. A caller whose
// session has ended is failure.Unauthenticated, one token too many failure.Conflict.
func (a accounts) createToken(ctx context.Context, caller auth.Caller, draft TokenDraft, secret string) (Token, error) {
	args := map[string]any{
		"userId": caller.UserID, "by": caller.Actor(), "sessionId": caller.SessionID, "tokenId": newID(),
		"hash": hashToken(secret), "prefix": secret[:shownTokenLength], "name": draft.Name, "scopes": draft.Scopes,
	}
	if draft.ExpiresAt != nil {
		args["expiresAt"] = draft.ExpiresAt
	}
	var made Token
	err := a.db.Call(ctx, "create_token", args, &made)
	return made, err
}

func (a accounts) tokens(ctx context.Context, userID string) ([]Token, error) {
	var tokens []Token
	err := a.db.Call(ctx, "list_tokens", map[string]string{"userId": userID}, &tokens)
	return tokens, err
}

// revokeToken ends an API token; one that is not the caller's is failure.NotFound.
func (a accounts) revokeToken(ctx context.Context, caller auth.Caller, id string) error {
	return a.db.Call(ctx, "revoke_token", map[string]any{
		"userId": caller.UserID, "by": caller.Actor(), "sessionId": caller.SessionID, "tokenId": id,
	}, nil)
}

// foundToken is an API token that stands, as the database has it.
type foundToken struct {
	UserID    string       `json:"userId"`
	TokenID   string       `json:"tokenId"`
	Name      string       `json:"name"`
	Scopes    []auth.Scope `json:"scopes"`
	ExpiresAt *time.Time   `json:"expiresAt"`
}

// findToken returns an API token by its secret, nil for one that does not stand.
func (a accounts) findToken(ctx context.Context, secret string) (*foundToken, error) {
	var found *foundToken
	err := a.db.Call(ctx, "find_token", map[string]string{"hash": hashToken(secret)}, &found)
	return found, err
}
