// Package supervise keeps programs running: each starts when what it needs is
// there, writes to a log of its own and is restarted with back-off when it ends.
package supervise

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	firstDelay = 250 * time.Millisecond
	maxDelay   = 10 * time.Second
	// steady is how long a program must have run for its next failure to count as its first.
	steady    = 30 * time.Second
	pollEvery = 100 * time.Millisecond
	// maxLogBytes is where a log is set aside for a new one, so that no disk fills up.
	maxLogBytes = 64 << 20
)

// Component is a program to keep running.
type Component struct {
	Name string
	Path string
	Args []string
	Env  []string
	// Ready reports whether what the component needs is there; nil means it needs nothing.
	Ready func(context.Context) bool
}

// Run keeps the components running until the context ends, and then ends them.
func Run(ctx context.Context, logDir string, components []Component) error {
	if err := os.MkdirAll(logDir, 0o750); err != nil {
		return fmt.Errorf("create the log folder: %w", err)
	}
	var running sync.WaitGroup
	for _, component := range components {
		running.Go(func() { keepRunning(ctx, logDir, component) })
	}
	running.Wait()
	return nil
}

func keepRunning(ctx context.Context, logDir string, component Component) {
	for component.Ready != nil && !component.Ready(ctx) {
		if !pause(ctx, pollEvery) {
			return
		}
	}
	delay := firstDelay
	for {
		start := time.Now()
		err := runOnce(ctx, logDir, component)
		if ctx.Err() != nil {
			return
		}
		delay = nextDelay(delay, time.Since(start))
		slog.Warn("component ended", "component", component.Name, "error", fmt.Sprint(err), "restart_in", delay.String())
		if !pause(ctx, delay) {
			return
		}
	}
}

// nextDelay doubles the delay up to a bound and starts anew after a steady run.
func nextDelay(delay, ran time.Duration) time.Duration {
	if ran >= steady {
		return firstDelay
	}
	return min(2*delay, maxDelay)
}

func runOnce(ctx context.Context, logDir string, component Component) error {
	log, err := openLog(filepath.Join(logDir, component.Name+".log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	command := exec.CommandContext(ctx, component.Path, component.Args...) //nolint:gosec // the components are fixed by the caller
	command.Env = append(os.Environ(), component.Env...)
	command.Stdout, command.Stderr = log, log
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	return command.Run()
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogBytes {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // logs are no secret
}

// pause reports false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
