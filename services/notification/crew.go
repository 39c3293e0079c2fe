package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

// crew works off what a table says is due: it claims rows with a lease and works on a bounded
// number of them at a time.
type crew[T any] struct {
	claim func(ctx context.Context, limit int) ([]T, error)
	work  func(ctx context.Context, claimed T, began time.Time)
	now   func() time.Time
	slots chan struct{} // holds one token for each row under way
}

// loop makes the one that has the crew look for work.
func (c *crew[T]) loop(name string) *loop.Loop {
	return loop.New(loop.Config{Name: name, Interval: deliverInterval, Pass: c.runOnce})
}

// start runs the loop. What is under way when it stops is waited for.
func (c *crew[T]) start(parts *lifecycle.Stack, work *loop.Loop) {
	parts.Add(work.Name+" under way", c.drain)
	parts.Go(work.Name, work.Run)
}

// runOnce claims as many rows as there are free slots, at least one, and starts working on them.
func (c *crew[T]) runOnce(ctx context.Context) (more bool, err error) {
	free, err := c.takeSlots(ctx)
	if err != nil {
		return false, err
	}
	began := c.now()
	claimed, err := c.claim(ctx, free)
	c.releaseSlots(free - len(claimed))
	for _, row := range claimed {
		go func() {
			defer c.releaseSlots(1)
			// What is under way is finished even when the service is told to stop.
			c.work(context.WithoutCancel(ctx), row, began)
		}()
	}
	return len(claimed) == free, err
}

// takeSlots waits for one free slot and takes the others that are free as well.
func (c *crew[T]) takeSlots(ctx context.Context) (int, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for taken := 1; ; taken++ {
		select {
		case c.slots <- struct{}{}:
		default:
			return taken, nil
		}
	}
}

func (c *crew[T]) releaseSlots(n int) {
	for range n {
		<-c.slots
	}
}

// drain waits until nothing is under way.
func (c *crew[T]) drain(ctx context.Context) error {
	for range cap(c.slots) {
		select {
		case c.slots <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("waiting for deliveries under way: %w", ctx.Err())
		}
	}
	return nil
}
