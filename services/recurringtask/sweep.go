package recurringtask

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
)

const (
	// sweepInterval is how often completed occurrences without a next one are looked for.
	sweepInterval = 30 * time.Second
	// sweepRetry is the pause after a first failing pass, and sweepMaxRetry the longest.
	sweepRetry    = time.Second
	sweepMaxRetry = 2 * time.Minute
	// sweepPage bounds the tasks of one page. A pass gives up after as many failures.
	sweepPage = 100
	// sweepDeadline bounds one pass.
	sweepDeadline = 5 * time.Minute
)

// sweeper finds what an outage made the events miss.
type sweeper struct {
	todoAPI  calls.Invoker
	advancer *advancer
	metrics  *metrics
}

// run sweeps at once and then at an interval until ctx ends. After a failing pass the next
// comes soon, then later and later.
func (s *sweeper) run(ctx context.Context) error {
	retry := sweepRetry
	for ctx.Err() == nil {
		err := s.sweepOnce(ctx)
		switch {
		case err == nil:
			retry = sweepRetry
			sleep(ctx, sweepInterval)
		case ctx.Err() == nil:
			slog.ErrorContext(ctx, "sweep failed", "retry", retry.String(), "error", err)
			sleep(ctx, retry)
			retry = min(2*retry, sweepMaxRetry)
		}
	}
	return nil
}

func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// sweepOnce goes through all tasks that nothing follows yet, a page at a time. One that
// cannot be settled at present does not keep the others back.
func (s *sweeper) sweepOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepDeadline)
	defer cancel()
	request := calls.ListMissingOccurrencesRequest{Limit: sweepPage}
	var failures []error
	for {
		page, err := calls.ListMissingOccurrences.Call(ctx, s.todoAPI, request)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		s.metrics.sweepFound.Add(float64(len(page.Tasks)))
		for _, missing := range page.Tasks {
			if err := s.advancer.advance(ctx, missing.UserID, missing.Zone, missing.Task); err != nil {
				failures = append(failures, fmt.Errorf("task %s: %w", missing.Task.ID, err))
			}
		}
		if len(page.Tasks) < sweepPage || len(failures) >= sweepPage {
			return errors.Join(failures...)
		}
		last := page.Tasks[len(page.Tasks)-1].Task
		request.After = &calls.CompletedKey{CompletedAt: *last.CompletedAt, ID: last.ID}
	}
}
