package notification

import (
	"context"
	"log/slog"
	"time"
)

// maxPause bounds the back-off of a loop whose passes fail.
const maxPause = 30 * time.Second

// loop repeats one pass of work: at once when it starts, when kicked, and at an interval.
type loop struct {
	name     string
	interval time.Duration
	pass     func(ctx context.Context) (more bool, err error) // more: there may be work left
	kicks    chan struct{}
}

func newLoop(name string, interval time.Duration, pass func(context.Context) (bool, error)) *loop {
	return &loop{name: name, interval: interval, pass: pass, kicks: make(chan struct{}, 1)}
}

// kick has the loop run a pass soon. It never blocks; kicks during a pass count as one.
func (l *loop) kick() {
	select {
	case l.kicks <- struct{}{}:
	default:
	}
}

// run repeats the pass until ctx ends, and then returns nil. Failing passes are spaced out
// more and more, and kicks do not shorten that.
func (l *loop) run(ctx context.Context) error {
	failures := 0
	for ctx.Err() == nil {
		more, err := l.pass(ctx)
		switch {
		case err == nil && more:
			failures = 0
			continue
		case err == nil:
			failures = 0
			l.wait(ctx, l.interval, l.kicks)
		case ctx.Err() == nil:
			failures++
			slog.ErrorContext(ctx, "pass failed", "loop", l.name, "failures", failures, "error", err)
			l.wait(ctx, backOff(l.interval, maxPause, failures), nil)
		}
	}
	return nil
}

func (l *loop) wait(ctx context.Context, pause time.Duration, kicks <-chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-kicks:
	}
}

// backOff returns the pause after a number of failures (from 1): base, doubled each time, at most limit.
func backOff(base, limit time.Duration, failures int) time.Duration {
	pause := base
	for range failures - 1 {
		if pause >= limit {
			break
		}
		pause *= 2
	}
	return min(pause, limit)
}
