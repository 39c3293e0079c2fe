package account

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// failureInterval is how soon sign-ins that failed are told after a minute in which others were.
	failureInterval = 10 * time.Second
	// failurePause is how long an account is not told again of sign-ins that failed, so that nobody can
	// fill the log of another.
	failurePause = time.Minute
	// failureBatch bounds the addresses that one transaction looks at.
	failureBatch = 50
)

// noteFailedSignIn notes that somebody had a wrong password for an address. It does the same whether
// the address has an account or not: that is looked at later.
func (s *Service) noteFailedSignIn(ctx context.Context, email string) error {
	if err := s.accounts.db.Call(ctx, "note_failed_sign_in", map[string]string{"email": email}, nil); err != nil {
		return err
	}
	s.failures.Kick()
	return nil
}

// newFailureLoop makes the loop that tells accounts of sign-ins that failed.
func (s *Service) newFailureLoop() *loop.Loop {
	return loop.New(loop.Config{Name: "failed sign-ins", Interval: failureInterval, Pass: func(ctx context.Context) (more bool, err error) {
		var told struct {
			More bool `json:"more"`
			Told int  `json:"told"`
		}
		err = s.accounts.db.Call(ctx, "tell_failed_sign_ins", map[string]any{
			"by": events.Actor{Kind: events.ActorSystem, ID: contract.TodoAPI}, "pause": interval(failurePause), "limit": failureBatch,
		}, &told)
		if told.Told > 0 {
			s.changed()
		}
		return told.More, err
	}})
}
