package recurringtask

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// sweepInterval is how often completed occurrences without a next one are looked for.
	sweepInterval = 30 * time.Second
	// sweepMaxPause bounds the back-off while todo-api does not answer.
	sweepMaxPause = 5 * time.Minute
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
	after    func(time.Duration) <-chan time.Time // time.After, or a test's clock
}

// run sweeps at once and then at an interval until ctx ends. Failing passes are spaced out
// more and more.
func (s *sweeper) run(ctx context.Context) error {
	for pause := sweepInterval; ; {
		more, err := s.sweepOnce(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			pause = min(2*pause, sweepMaxPause)
			slog.ErrorContext(ctx, "sweep failed", "pause", pause, "error", err)
		default:
			pause = sweepInterval
		}
		if err == nil && more {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.after(pause):
		}
	}
}

// sweepOnce advances one page of tasks; more says that it was full and that some of it got
// done. One task that cannot be followed does not keep the others back.
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
	done := 0
	var failures []error
	for _, task := range page.Tasks {
		switch err := s.advancer.advance(ctx, task.UserID, task.Zone, task.Task); failure.KindOf(err) {
		case "":
			done++
		case failure.Invalid:
			slog.WarnContext(ctx, "a recurrence cannot be followed", "user", task.UserID, "task", task.Task.ID, "error", err)
		default:
			failures = append(failures, err)
		}
	}
	return done > 0 && len(page.Tasks) == sweepPage, errors.Join(failures...)
}
