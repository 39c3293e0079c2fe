// Package loop repeats passes of background work, and spaces out those that fail.
package loop

import (
	"context"
	"log/slog"
	"time"
)

// Pass is one portion of work. It returns more when there may be work left.
type Pass func(ctx context.Context) (more bool, err error)

// Config says what a loop does and how often.
type Config struct {
	Name     string // for the log
	Interval time.Duration
	Pass     Pass
	// Retry spaces out failing passes. Zero: the interval, doubled up to half a minute.
	Retry Backoff
	// Kicks wakes the loop, and may wake several: whoever takes a kick runs a pass. nil: a
	// channel of the loop's own.
	Kicks chan struct{}
}

// maxRetry bounds the back-off of loops that say nothing about it.
const maxRetry = 30 * time.Second

// Loop runs a pass at once when it starts, at an interval, and when kicked.
type Loop struct {
	Config
	failing bool
}

// New makes a loop.
func New(cfg Config) *Loop {
	if cfg.Retry == (Backoff{}) {
		cfg.Retry = Backoff{First: cfg.Interval, Most: max(cfg.Interval, maxRetry)}
	}
	if cfg.Kicks == nil {
		cfg.Kicks = make(chan struct{}, 1)
	}
	return &Loop{Config: cfg}
}

// Kick has a pass run soon. It never blocks; kicks that nobody has taken yet count as one.
func (l *Loop) Kick() {
	select {
	case l.Kicks <- struct{}{}:
	default:
	}
}

// Run repeats the pass until ctx ends, and then returns nil. Kicks do not shorten the pause
// after a failure: they say that there is work, not that it can be done.
func (l *Loop) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := l.Pass(ctx)
		l.note(ctx, err)
		switch {
		case err != nil:
			wait(ctx, l.Retry.Next(), nil)
		case !more:
			wait(ctx, l.Interval, l.Kicks)
		}
	}
	return nil
}

// note logs the first failure of a row and its end. One of a loop that is being stopped is none.
func (l *Loop) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		l.Retry.Reset()
		if l.failing {
			slog.InfoContext(ctx, "passes succeed again", "loop", l.Name)
		}
	case !l.failing:
		slog.ErrorContext(ctx, "pass failed, trying again", "loop", l.Name, "error", err)
	}
	l.failing = err != nil
}

func wait(ctx context.Context, pause time.Duration, kicks <-chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-kicks:
	}
}
