package account

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// erasureInterval is how soon accounts are found whose erasure waits: for Kafka, or because
	// the replica died that was at it.
	erasureInterval = 5 * time.Second
	// erasureBatch bounds the rows that one transaction erases.
	erasureBatch = 1000
)

// Delete ends the caller's account. It can do nothing from then on, its address may sign up again,
// and all that it held is erased soon afterwards.
func (s *Service) Delete(ctx context.Context, caller auth.Caller, password string, origin Origin) error {
	proven, err := s.prove(ctx, caller, password, "password", origin)
	if err != nil {
		return err
	}
	if err := s.ended(s.accounts.db.Call(ctx, "delete_account", proven, nil)); err != nil {
		return err
	}
	s.erasures.Kick()
	return nil
}

// newErasureLoop makes the loop that erases what deleted accounts held.
func (s *Service) newErasureLoop() *loop.Loop {
	return loop.New(loop.Config{Name: "erase deleted accounts", Interval: erasureInterval, Pass: func(ctx context.Context) (more bool, err error) {
		var answer struct {
			More bool   `json:"more"`
			Last string `json:"last"`
		}
		if err := s.accounts.db.Call(ctx, "erase_account", map[string]any{"limit": erasureBatch}, &answer); err != nil || answer.Last == "" {
			return answer.More, err
		}
		if err := s.eraseElsewhere(ctx, answer.Last); err != nil {
			return false, err
		}
		return true, s.accounts.db.Call(ctx, "end_erasure", map[string]string{"erased": answer.Last}, nil)
	}})
}

// Erase has what others keep of an account erased too: what is called with the id of its user, and
// called again until it succeeds.
func (s *Service) Erase(others func(ctx context.Context, userID string) error) {
	s.eraseElsewhere = others
}
