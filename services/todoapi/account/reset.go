package account

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// resetLifetime is how long the link in a mail that leads to a new password is good for, and
	// the window of the limits on asking for one. So whoever is refused a further mail has one
	// whose link is good.
	resetLifetime      = time.Hour
	maxResetsPerClient = 30 // requests from one address
	maxResetsPerUser   = 3  // mails
	// resetInterval is how soon requests are looked at whose replica died before it could.
	resetInterval = 10 * time.Second
)

// RequestReset has a mail sent that leads to a new password, if email is the verified address of
// an account. Nobody learns whether it is: it is looked at later.
func (s *Service) RequestReset(ctx context.Context, email string, origin Origin) error {
	if !s.verifies {
		return failure.New(failure.Conflict, "this platform verifies no addresses, so it sends no new passwords; ask whoever runs it")
	}
	email, err := ParseEmail(email)
	if err != nil {
		return err
	}
	counted, err := s.accounts.requestReset(ctx, email, origin.Address)
	if err != nil {
		return err
	}
	if counted.Limited {
		return counted.exceeds("password-reset", resetLifetime, "too many new passwords were asked for from your address")
	}
	s.resets.Kick()
	return nil
}

// ConfirmReset gives the user to whom a token was mailed another password, and ends all sessions.
func (s *Service) ConfirmReset(ctx context.Context, token, chosen string) error {
	if err := CheckPassword(chosen); err != nil {
		return err
	}
	switch stands, err := s.accounts.resetStands(ctx, token); {
	case err != nil:
		return err
	case !stands: // without the work of a hash, which anybody could ask for
		return errNoReset
	}
	hash, err := s.hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	done, err := s.accounts.resetPassword(ctx, token, hash)
	if err == nil && !done {
		err = errNoReset
	}
	return s.ended(err)
}

var errNoReset = failure.InvalidField("token", "was used, has expired or was never mailed; ask for another mail")

// reset makes the token of a mail that leads to a new password.
func (s *Service) reset(ctx context.Context, userID string) (calls.Notice, error) {
	token := newRefreshToken()
	issued, err := s.accounts.issueReset(ctx, userID, token)
	if err != nil || !issued.Needed {
		return calls.Notice{}, err
	}
	return calls.Notice{Email: issued.Email, Locale: issued.Locale, Token: token, Needed: true}, nil
}

// newResetLoop makes the loop that looks at requests for new passwords.
func (s *Service) newResetLoop() *loop.Loop {
	return loop.New(loop.Config{Name: "new passwords", Interval: resetInterval, Pass: func(ctx context.Context) (more bool, err error) {
		more, err = s.accounts.takeResetRequest(ctx)
		if more {
			s.changed()
		}
		return more, err
	}})
}

func (a accounts) requestReset(ctx context.Context, email, address string) (attempt, error) {
	var counted attempt
	err := a.db.Call(ctx, "request_reset", map[string]any{
		"email": email, "address": address, "window": interval(resetLifetime), "perClient": maxResetsPerClient,
	}, &counted)
	return counted, err
}

func (a accounts) takeResetRequest(ctx context.Context) (more bool, err error) {
	var taken struct {
		More bool `json:"more"`
	}
	err = a.db.Call(ctx, "take_reset_request", map[string]any{
		"by": events.Actor{Kind: events.ActorSystem, ID: contract.TodoAPI}, "window": interval(resetLifetime), "perAccount": maxResetsPerUser,
	}, &taken)
	return taken.More, err
}

// issuedReset says where the mail with a token goes.
type issuedReset struct {
	Needed bool   `json:"needed"`
	Email  string `json:"email"`
	Locale string `json:"locale"`
}

func (a accounts) issueReset(ctx context.Context, userID, token string) (issuedReset, error) {
	var issued issuedReset
	err := a.db.Call(ctx, "issue_reset", map[string]any{"userId": userID, "hash": hashToken(token), "lifetime": interval(resetLifetime)}, &issued)
	return issued, err
}

func (a accounts) resetStands(ctx context.Context, token string) (stands bool, err error) {
	err = a.db.Call(ctx, "reset_stands", map[string]string{"hash": hashToken(token)}, &stands)
	return stands, err
}

func (a accounts) resetPassword(ctx context.Context, token, passwordHash string) (done bool, err error) {
	var answer struct {
		Done bool `json:"done"`
	}
	err = a.db.Call(ctx, "reset_password", map[string]string{"hash": hashToken(token), "passwordHash": passwordHash}, &answer)
	return answer.Done, err
}
