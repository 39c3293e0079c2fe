package recurringtask

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// sweepInterval is how often completed occurrences without a next one are looked for.
	sweepInterval = 30 * time.Second
	// sweepRetry is the pause after a first failing pass, and sweepMaxRetry the longest.
	sweepRetry    = time.Second
	sweepMaxRetry = 2 * time.Minute
	// sweepPage bounds the tasks of one pass.
	sweepPage = 100
	// sweepDeadline bounds one pass.
	sweepDeadline = time.Minute
)

// missing is one completed occurrence whose next one does not exist.
type missing struct {
	UserID string      `json:"userId"`
	Zone   string      `json:"zone"`
	Task   events.Task `json:"task"`
}

// sweeper finds what an outage made the events miss.
type sweeper struct {
	todoAPI  invoker
	advancer *advancer
	metrics  *metrics
}

// run sweeps at once and then at an interval until ctx ends. After a failing pass the next
// comes soon, then later and later.
func (s *sweeper) run(ctx context.Context) error {
	retry := sweepRetry
	for ctx.Err() == nil {
		more, err := s.sweepOnce(ctx)
		switch {
		case err == nil && more:
			retry = sweepRetry
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

// sweepOnce advances one page of tasks. One that cannot be followed does not keep the others
// back.
func (s *sweeper) sweepOnce(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sweepDeadline)
	defer cancel()
	var page struct {
		Tasks []missing `json:"tasks"`
	}
	request := struct {
		Limit int `json:"limit"`
	}{sweepPage}
	if err := s.todoAPI.Invoke(ctx, contract.TodoAPI, contract.MethodListMissingOccurrences, request, &page); err != nil {
		return false, err
	}
	s.metrics.sweepFound.Add(float64(len(page.Tasks)))
	return s.advanceAll(ctx, page.Tasks)
}

// advanceAll advances each task. more says that the page was full and that some of it got done.
func (s *sweeper) advanceAll(ctx context.Context, tasks []missing) (more bool, err error) {
	done := 0
	var invalid, failures []error
	for _, task := range tasks {
		switch err := s.advancer.advance(ctx, task.UserID, task.Zone, task.Task); failure.KindOf(err) {
		case "":
			done++
		case failure.Invalid:
			invalid = append(invalid, fmt.Errorf("task %s: %w", task.Task.ID, err))
		default:
			failures = append(failures, err)
		}
	}
	if len(invalid) > 0 {
		slog.WarnContext(ctx, "recurrences cannot be followed", "count", len(invalid), "first", invalid[0])
	}
	return done > 0 && len(tasks) == sweepPage, errors.Join(failures...)
}
