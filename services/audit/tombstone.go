package audit

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// eraseInterval is how soon logs are found whose replica died while it erased them.
	eraseInterval = 10 * time.Second
	// eraseBatch bounds the entries that one transaction erases.
	eraseBatch = 1000
)

// bury ends the log of a user whose account was deleted at a time. It holds nothing from then on,
// and takes nothing.
func (s entryStore) bury(ctx context.Context, user string, at time.Time) error {
	return s.db.Call(ctx, "bury", struct {
		UserID string    `json:"userId"`
		At     time.Time `json:"at"`
	}{user, at}, nil)
}

// newEraser makes the loop that erases the entries of such logs.
func (s entryStore) newEraser() *loop.Loop {
	return loop.New(loop.Config{Name: "erase logs", Interval: eraseInterval, Pass: func(ctx context.Context) (more bool, err error) {
		var answer struct {
			More bool `json:"more"`
		}
		err = s.db.Call(ctx, "erase_entries", map[string]int{"limit": eraseBatch}, &answer)
		return answer.More, err
	}})
}
