package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// proof is what a caller who is signed in has shown besides: to know the password of this hash.
type proof struct {
	UserID       string       `json:"userId"`
	By           events.Actor `json:"by"`
	SessionID    string       `json:"sessionId"`
	Address      string       `json:"address"`
	PasswordHash string       `json:"provenHash"`
}

func (a accounts) beginProof(ctx context.Context, caller auth.Caller, address string) (credentials, error) {
	var found credentials
	err := a.db.Call(ctx, "begin_proof", map[string]any{
		"userId": caller.UserID, "sessionId": caller.SessionID, "address": address,
		"window": interval(attemptWindow), "perClient": maxAttemptsPerClient,
		"perAddress": maxAttemptsPerAddress, "perAccount": maxAttemptsPerAccount,
	}, &found)
	return found, err
}

// prove checks that the caller knows the password, which field of the request holds. Somebody may
// sit down at a window that was left open: what takes an account away asks for it. A wrong one
// counts as a failed sign-in does.
func (s *Service) prove(ctx context.Context, caller auth.Caller, password, field string, origin Origin) (proof, error) {
	found, err := s.accounts.beginProof(ctx, caller, origin.Address)
	if err != nil {
		return proof{}, err
	}
	if found.Limited {
		return proof{}, found.exceeds("sign-in", attemptWindow, "too many tries with a wrong password")
	}
	matches, err := s.hasher.Matches(ctx, password, found.PasswordHash)
	if err != nil {
		return proof{}, err
	}
	if !matches {
		return proof{}, failure.InvalidField(field, "is not the password of this account")
	}
	return proof{caller.UserID, caller.Actor(), caller.SessionID, origin.Address, found.PasswordHash}, nil
}

// ChangePassword gives the caller another password and ends all other sessions.
func (s *Service) ChangePassword(ctx context.Context, caller auth.Caller, current, chosen string, origin Origin) error {
	if err := checkPassword("new", chosen); err != nil {
		return err
	}
	proven, err := s.prove(ctx, caller, current, "current", origin)
	if err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return s.ended(s.accounts.changePassword(ctx, proven, hash))
}

func (a accounts) changePassword(ctx context.Context, proven proof, hash string) error {
	return a.db.Call(ctx, "change_password", struct {
		proof
		NewHash string `json:"passwordHash"`
	}{proven, hash}, nil)
}
