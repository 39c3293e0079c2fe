// Package catchup lets a consumer find the changes that Kafka did not bring it: it reads
// them from the change feed of todo-api, which is the truth.
package catchup

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// page is how many changes are read at once. With the largest objects they still fit one call.
	page = 100
	// users is how many users one pass looks at.
	users = 500
	// settle is how long after a change its event has usually long been handled.
	settle = 5 * time.Second
)

// Read hands the changes of a user after a seq up to target at least to take, page by page
// in order, each the JSON of an events.Change. forgotten is told first when the feed no
// longer holds all of them: it gets the last seq that is gone, and reading goes on after it.
func Read(ctx context.Context, via calls.Invoker, user string, after, target int64,
	forgotten func(ctx context.Context, upTo int64) error, take func(ctx context.Context, changes []json.RawMessage) error,
) error {
	for after < target {
		answer, err := calls.ListChanges.Call(ctx, via, calls.ListChangesRequest{UserID: user, After: after, Limit: page})
		if err != nil {
			return fmt.Errorf("read the change feed: %w", err)
		}
		if after < answer.Floor {
			if err := forgotten(ctx, answer.Floor); err != nil {
				return err
			}
			after = answer.Floor
			continue
		}
		if len(answer.Items) == 0 {
			return failure.New(failure.Unavailable, "the change feed does not hold change %d yet", after+1)
		}
		if err := take(ctx, answer.Items); err != nil {
			return err
		}
		after += int64(len(answer.Items)) // the feed has no gaps
	}
	return nil
}

// Watch finds users whose latest changes did not arrive, also when nothing follows that
// would show the gap.
type Watch struct {
	Via calls.Invoker
	// Progress returns up to which seq the changes of users have been handled; those it
	// does not name are at 0.
	Progress func(ctx context.Context, users []string) (map[string]int64, error)
	// CatchUp handles what is missing of a user's changes up to head.
	CatchUp func(ctx context.Context, user string, head int64) error
	// Wait pauses between looking at the heads and at the progress; nil: for some seconds.
	Wait func(ctx context.Context) error

	after string // the last user of the pass before
}

// Pass looks at the next users and has those catch up whose changes of some seconds ago
// are not handled yet. more says that there are users left in this round. A user who
// cannot catch up does not keep others from it.
func (w *Watch) Pass(ctx context.Context) (more bool, err error) {
	heads, err := calls.ListHeads.Call(ctx, w.Via, calls.ListHeadsRequest{After: w.after, Limit: users})
	if err != nil {
		return false, fmt.Errorf("read how far the change feeds go: %w", err)
	}
	if len(heads.Items) == 0 {
		w.after = ""
		return false, nil
	}
	if err := w.wait(ctx); err != nil {
		return false, err
	}
	ids := make([]string, len(heads.Items))
	for i, head := range heads.Items {
		ids[i] = head.UserID
	}
	progress, err := w.Progress(ctx, ids)
	if err != nil {
		return false, err
	}
	for _, head := range heads.Items {
		if progress[head.UserID] >= head.Seq {
			continue
		}
		err := w.CatchUp(ctx, head.UserID, head.Seq)
		switch {
		case failure.KindOf(err) == failure.Unavailable:
			return false, fmt.Errorf("catch up with the changes of user %s: %w", head.UserID, err)
		case err != nil:
			slog.ErrorContext(ctx, "a user's changes cannot be caught up with", "user", head.UserID, "error", err)
		}
	}
	w.after = ids[len(ids)-1]
	if len(ids) < users {
		w.after = ""
	}
	return w.after != "", nil
}

func (w *Watch) wait(ctx context.Context) error {
	if w.Wait != nil {
		return w.Wait(ctx)
	}
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
