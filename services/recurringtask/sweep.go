package recurringtask

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// sweepInterval is how often completed occurrences without a next one are looked for.
	sweepInterval = 30 * time.Second
	// sweepRetry is the pause after a first failing pass, and sweepMaxRetry the longest.
	sweepRetry    = time.Second
	sweepMaxRetry = 2 * time.Minute
	// sweepPage bounds the tasks of one page.
	sweepPage = 100
	// sweepPatience is after how many tasks in a row without an answer todo-api is taken to be
	// away. A single one may have a reason of its own.
	sweepPatience = 3
	// sweepDeadline bounds one pass.
	sweepDeadline = 5 * time.Minute
)

// sweeper finds what an outage made the events miss.
type sweeper struct {
	todoAPI  calls.Invoker
	advancer *advancer
	metrics  *metrics
}

// loop sweeps at once and then at an interval. After a failing pass the next comes soon,
// then later and later.
func (s *sweeper) loop() *loop.Loop {
	return loop.New(loop.Config{
		Name: "sweep", Interval: sweepInterval, Retry: loop.Backoff{First: sweepRetry, Most: sweepMaxRetry},
		Pass: func(ctx context.Context) (more bool, err error) { return false, s.sweepOnce(ctx) },
	})
}

// sweepOnce goes through all tasks that nothing follows yet, a page at a time. One that
// cannot be settled at present does not keep the others back.
func (s *sweeper) sweepOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepDeadline)
	defer cancel()
	request := calls.ListMissingOccurrencesRequest{Limit: sweepPage}
	var failures []error
	inARow := 0
	for {
		page, err := calls.ListMissingOccurrences.Call(ctx, s.todoAPI, request)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		s.metrics.sweepFound.Add(float64(len(page.Tasks)))
		for _, missing := range page.Tasks {
			err := s.advancer.advance(ctx, missing.UserID, missing.Zone, missing.Task)
			if err == nil {
				inARow = 0
				continue
			}
			failures = append(failures, fmt.Errorf("task %s: %w", missing.Task.ID, err))
			if inARow++; inARow == sweepPatience {
				return s.conclude(failures)
			}
		}
		if len(page.Tasks) < sweepPage {
			return s.conclude(failures)
		}
		last := page.Tasks[len(page.Tasks)-1].Task
		request.After = &calls.CompletedKey{CompletedAt: *last.CompletedAt, ID: last.ID}
	}
}

// conclude tells how many tasks a pass had to leave. One that todo-api would not list anything to has nothing to tell:
// what the pass before said stands.
func (s *sweeper) conclude(failures []error) error {
	s.metrics.sweepStuck.Set(float64(len(failures)))
	return errors.Join(failures...)
}
