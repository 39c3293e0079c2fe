package notification

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// sweepInterval is how often overdue reminders are looked for that no job woke us for.
	sweepInterval = 2 * time.Second
	// jobPatience is for how long after its time a reminder is left to its job: the most that one is
	// late whose job met a sidecar that stops, or a scheduler that is away.
	jobPatience = 250 * time.Millisecond
	// fireBatch bounds the reminders that one transaction fires.
	fireBatch = 100
	// pruneInterval is how often what ended long ago is forgotten.
	pruneInterval = time.Hour
	// retention is how long reminders that are over, and the order of changes, are remembered.
	// It is longer than Kafka keeps events, so that none comes back as new.
	retention = 30 * 24 * time.Hour
)

// firer fires reminders: one when its job rings, with those of the same person that were due before it, and
// overdue ones that no job rang for.
type firer struct {
	reminders reminderStore
	mail      bool // whether reminders go out by mail too
	now       func() time.Time
	metrics   *metrics
	onFired   func()              // called after reminders fired
	sweepIn   func(time.Duration) // has overdue reminders looked for after some time
}

// ring handles a job that came due. The row decides, not the job: it may have fired already,
// moved or be gone.
func (f *firer) ring(ctx context.Context, name string, data []byte) error {
	var alarm Alarm
	if err := json.Unmarshal(data, &alarm); err != nil {
		return failure.Wrap(failure.Invalid, err, "read the alarm of job "+name)
	}
	times, err := f.reminders.fire(ctx, alarm, f.mail, f.now(), fireBatch)
	if err != nil {
		return err
	}
	f.report(byJob, times)
	return nil
}

// sweepOnce fires one batch of overdue reminders.
func (f *firer) sweepOnce(ctx context.Context) (more bool, err error) {
	now := f.now()
	times, next, err := f.reminders.fireOverdue(ctx, f.mail, now, fireBatch)
	if err != nil {
		return false, err
	}
	if next != nil && next.Sub(now) < sweepInterval {
		f.sweepIn(max(next.Sub(now), 0) + jobPatience)
	}
	if len(times) > 0 {
		slog.InfoContext(ctx, "fired overdue reminders", "count", len(times))
	}
	f.report(bySweep, times)
	return len(times) == fireBatch, nil
}

// report counts reminders that fired, given the times for which they had been set.
func (f *firer) report(by string, times []time.Time) {
	if len(times) == 0 {
		return
	}
	f.metrics.fired.WithLabelValues(by).Add(float64(len(times)))
	for _, at := range times {
		f.metrics.fireLateness.Observe(f.now().Sub(at).Seconds())
	}
	f.onFired()
}

// pruneOnce forgets what ended long ago.
func (f *firer) pruneOnce(ctx context.Context) (more bool, err error) {
	return f.reminders.prune(ctx, f.now().Add(-retention))
}
