package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// askInterval is the least time between two questions to a database that may be away.
	askInterval = time.Second
	// askTimeout is how long such a question waits: less than contract.AppHealthTimeout.
	askTimeout = 400 * time.Millisecond
)

// health knows whether the database answers. It learns that from the calls that are
// made anyway, and asks by itself only while they fail.
type health struct {
	inDoubt atomic.Bool // the last call found the database away

	asking   sync.Mutex // one asks, the others wait for its answer
	asked    time.Time
	answered error
}

// note takes the outcome of a call.
func (h *health) note(err error) {
	away := failure.KindOf(err) == failure.Unavailable
	if h.inDoubt.Load() != away {
		h.inDoubt.Store(away)
	}
}

// Healthy answers whether the database can be used at present. It costs nothing
// while calls succeed.
func (db *DB) Healthy(ctx context.Context) error {
	h := &db.health
	if !h.inDoubt.Load() {
		return nil
	}
	h.asking.Lock()
	defer h.asking.Unlock()
	if !h.inDoubt.Load() {
		return nil
	}
	if time.Since(h.asked) < askInterval {
		return h.answered
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	h.answered = db.ask(ctx)
	h.asked = time.Now()
	h.note(h.answered)
	return h.answered
}

// ask runs the least that the database can answer, without a function of the schema.
func (db *DB) ask(ctx context.Context) error {
	answer, err := db.binding.Binding(ctx, db.component, "query", map[string]string{"sql": `SELECT '{"ok":null}'::text`})
	if err != nil {
		return failure.Wrap(failure.Unavailable, err, "ask whether the database answers")
	}
	return decode(ctx, answer, "a question to the database", nil)
}
