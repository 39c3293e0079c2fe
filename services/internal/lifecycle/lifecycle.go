// Package lifecycle starts and stops the parts of a service: named stops run in
// reverse order under one deadline, and the failure of a part ends the service.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// StopTimeout bounds the stopping of all parts together. It is less than the
// termination grace period of the pods.
const StopTimeout = 20 * time.Second

// Stack holds the parts that a service has started. Its zero value is ready to use;
// it is used from one goroutine.
type Stack struct {
	stops  []namedStop
	failed chan error
	once   sync.Once
}

type namedStop struct {
	name string
	stop func(context.Context) error
}

// Add notes how to stop a part that is running. stop must return when its context ends.
func (s *Stack) Add(name string, stop func(context.Context) error) {
	s.stops = append(s.stops, namedStop{name, stop})
}

// Go runs a part until its context ends, which is how the part is stopped. A part
// that returns before that ends the service, with or without an error.
func (s *Stack) Go(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	failed := s.failures()
	go func() {
		err := run(ctx)
		done <- err
		if ctx.Err() == nil {
			select {
			case failed <- fmt.Errorf("%s ended: %w", name, errOrEarly(err)):
			default: // one failure is enough to end the service
			}
		}
	}()
	s.Add(name, func(stopCtx context.Context) error {
		cancel()
		select {
		case err := <-done:
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		case <-stopCtx.Done():
			return stopCtx.Err()
		}
	})
}

var errEarly = errors.New("returned before it was stopped")

func errOrEarly(err error) error {
	if err == nil {
		return errEarly
	}
	return err
}

func (s *Stack) failures() chan error {
	s.once.Do(func() { s.failed = make(chan error, 1) })
	return s.failed
}

// Wait returns after ctx has ended or a part has failed, once all parts are
// stopped. Its error joins what failed: nil after an orderly end.
func (s *Stack) Wait(ctx context.Context) error {
	var cause error
	select {
	case <-ctx.Done():
	case cause = <-s.failures():
	}
	return errors.Join(cause, s.Stop())
}

// Stop stops all parts, the last one first, within StopTimeout, and joins their
// errors. A part that does not stop in time does not keep the others from being told.
func (s *Stack) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), StopTimeout)
	defer cancel()
	var failures []error
	for i := len(s.stops) - 1; i >= 0; i-- {
		part := s.stops[i]
		slog.Debug("stopping", "part", part.name)
		if err := part.stop(ctx); err != nil {
			failures = append(failures, fmt.Errorf("stop %s: %w", part.name, err))
		}
	}
	s.stops = nil
	return errors.Join(failures...)
}
