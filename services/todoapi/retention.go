package todoapi

import (
	"cmp"
	"context"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	pruneInterval = 10 * time.Minute
	// pruneBatch bounds the rows that one call removes.
	pruneBatch = 1000
)

// Retention says for how many days is kept what people may want back; 0: as by default.
type Retention struct {
	TrashDays        int // what was deleted
	ChangesDays      int // what the change feed tells
	ConversationDays int // conversations with the chatbot, after the last word
}

// defaultDays is for how many days is kept what nothing is said of.
const defaultDays = 30

// retentionFromEnv reads for how long is kept what people may want back. The trash serves undo, which is good for a
// day, and the feed what was away for a week-end and more.
func retentionFromEnv() (Retention, error) {
	var r Retention
	for _, days := range []struct {
		name  string
		least int
		to    *int
	}{
		{contract.EnvTrashDays, 1, &r.TrashDays},
		{contract.EnvChangesDays, 7, &r.ChangesDays},
		{contract.EnvConversationDays, 1, &r.ConversationDays},
	} {
		var err error
		if *days.to, err = lifecycle.DaysFromEnv(days.name, days.least, 365); err != nil {
			return Retention{}, err
		}
	}
	return r, nil
}

// withDefaults returns what holds.
func (r Retention) withDefaults() Retention {
	return Retention{cmp.Or(r.TrashDays, defaultDays), cmp.Or(r.ChangesDays, defaultDays), cmp.Or(r.ConversationDays, defaultDays)}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// pruning is what of that which is over goes, how long after, and by which operation.
type pruning struct {
	name, op string
	keep     time.Duration
}

func (r Retention) prunings() []pruning {
	trash, changes := days(r.TrashDays), days(r.ChangesDays)
	return []pruning{
		// Clients that were away for less catch up by the changes, others by a snapshot.
		{"changes", "prune_changes", changes},
		{"trash", "prune_trash", trash},
		{"deleted projects", "prune_projects", trash},
		{"deleted comments", "prune_comments", trash},
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
		{"erased accounts", "prune_erasures", changes},
		// The mail that tells their readers is given up after a day.
		{"former addresses", "prune_former_emails", 2 * 24 * time.Hour},
		{"ended imports", "prune_imports", 7 * 24 * time.Hour},
		{"files that never arrived whole", "prune_uploads", time.Hour},
		{"used refresh tokens", "prune_refresh_tokens", 30 * 24 * time.Hour},
	}
}

// pruneLoops make the loops that remove what is over, each until a batch is short.
// Replicas may prune at the same time.
func pruneLoops(db *store.DB, retention Retention, now func() time.Time) []*loop.Loop {
	var loops []*loop.Loop
	for _, r := range retention.prunings() {
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
