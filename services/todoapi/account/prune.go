package account

import (
	"context"
	"log/slog"
	"time"
)

const (
	pruneInterval = 10 * time.Minute
	pruneBatch    = 1000
)

// Prune deletes what ended sessions and elapsed sign-in counters leave behind, until
// ctx ends. Replicas may prune at the same time.
func (s *Service) Prune(ctx context.Context) error {
	ticker := time.NewTicker(pruneInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := s.accounts.db.Call(ctx, "prune_sessions", map[string]int{"limit": pruneBatch}, nil); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "could not prune sessions; trying again later", "error", err)
			}
		}
	}
}
