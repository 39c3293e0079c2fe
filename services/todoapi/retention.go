package todoapi

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	pruneInterval = 10 * time.Minute
	// pruneBatch bounds the rows that one call removes.
	pruneBatch = 1000
)

// retentions say how long what is over is kept, and by which operation it is removed.
var retentions = []struct {
	name, op string
	keep     time.Duration
}{
	// Clients that were away for less catch up by the changes, others by a snapshot.
	{"changes", "prune_changes", 30 * 24 * time.Hour},
	{"trash", "prune_trash", 30 * 24 * time.Hour},
	{"deleted projects", "prune_projects", 30 * 24 * time.Hour},
	{"deleted comments", "prune_comments", 30 * 24 * time.Hour},
	{"idempotency keys", "prune_operations", 24 * time.Hour},
	{"ended sessions", "prune_sessions", 24 * time.Hour},
	{"used and expired invitations", "prune_invitations", 24 * time.Hour},
	{"ended API tokens", "prune_tokens", 24 * time.Hour},
	{"elapsed counters of attempts", "prune_attempts", 0},
	{"expired tickets", "prune_tickets", 0},
	// A replica that knows less has lost its lease, and asks for everything.
	{"ended connections", "prune_presence", 5 * time.Minute},
	{"expired links to new passwords", "prune_reset_tokens", 0},
	// As long as changes: for so long other services learn by the feed that an account is gone.
	{"erased accounts", "prune_erasures", 30 * 24 * time.Hour},
	// The mail that tells their readers is given up after a day.
	{"former addresses", "prune_former_emails", 2 * 24 * time.Hour},
	{"ended imports", "prune_imports", 7 * 24 * time.Hour},
	{"files that never arrived whole", "prune_uploads", time.Hour},
	{"used refresh tokens", "prune_refresh_tokens", 30 * 24 * time.Hour},
}

// pruneLoops make the loops that remove what is over, each until a batch is short.
// Replicas may prune at the same time.
func pruneLoops(db *store.DB, now func() time.Time) []*loop.Loop {
	var loops []*loop.Loop
	for _, r := range retentions {
		loops = append(loops, loop.New(loop.Config{
			Name: "prune " + r.name, Interval: pruneInterval,
			Pass: func(ctx context.Context) (more bool, err error) {
				var answer struct {
					More bool `json:"more"`
				}
				err = db.Call(ctx, r.op, map[string]any{"before": now().Add(-r.keep), "limit": pruneBatch}, &answer)
				return answer.More, err
			},
		}))
	}
	return loops
}
