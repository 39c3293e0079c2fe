package audit

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// dropInterval is how often it is looked whether entries are older than logs are kept.
	dropInterval = 10 * time.Minute
	// dropBatch bounds the logs of which one transaction notes where they begin.
	dropBatch = 500
	// minRetentionDays is the shortest time that logs may be kept, as the database has it, too.
	minRetentionDays = 30
	maxRetentionDays = 36500
)

// newDropper makes the loop that drops entries that are older than so many days, a month at a time, and the
// lines of platform heads that then prove nothing any more.
func (s entryStore) newDropper(days int) *loop.Loop {
	return loop.New(loop.Config{Name: "drop old entries", Interval: dropInterval, Pass: func(ctx context.Context) (more bool, err error) {
		if more, err = s.drop(ctx, days, dropBatch); err != nil || more {
			return more, err
		}
		return headStore(s).dropLines(ctx)
	}})
}

// drop does a part of it.
func (s entryStore) drop(ctx context.Context, days, batch int) (more bool, err error) {
	var answer struct {
		More bool `json:"more"`
	}
	err = s.db.Call(ctx, "drop_entries", map[string]int{"days": days, "limit": batch}, &answer)
	return answer.More, err
}
