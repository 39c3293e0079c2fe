package realtimesync

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// headsOften is the pause between two looks while events may be missing.
	headsOften = 500 * time.Millisecond
	// headsSeldom is the pause at other times.
	headsSeldom = 15 * time.Second
	// attentiveFor is how long events may be missing after a start, or after one was.
	attentiveFor = 30 * time.Second
	// maxHeadsAsked bounds the users of one question.
	maxHeadsAsked = 1000
)

// heads asks how far the changes of those go who have sockets here, and tells the sockets,
// which read what they have missed. It looks often while a sidecar may bring no events: one
// that has just started has not subscribed yet, and one that is to stop has unsubscribed at
// once, long before the last socket has gone elsewhere.
type heads struct {
	hub  *hub
	feed changeFeed
	now  func() time.Time

	asked     time.Time    // when it looked last
	attentive atomic.Int64 // until when it looks often, in Unix nanoseconds
}

func newHeads(hub *hub, feed changeFeed) *heads {
	h := &heads{hub: hub, feed: feed, now: time.Now}
	h.attend()
	return h
}

// attend has it look often for a while.
func (h *heads) attend() { h.attentive.Store(h.now().Add(attentiveFor).UnixNano()) }

func (h *heads) loop() *loop.Loop {
	return loop.New(loop.Config{Name: "heads", Interval: headsOften, Pass: func(ctx context.Context) (bool, error) {
		return false, h.lookWhenDue(ctx)
	}})
}

func (h *heads) lookWhenDue(ctx context.Context) error {
	now := h.now()
	if now.UnixNano() > h.attentive.Load() && now.Sub(h.asked) < headsSeldom {
		return nil
	}
	h.asked = now
	return h.look(ctx)
}

// look asks once.
func (h *heads) look(ctx context.Context) error {
	for users := range slices.Chunk(h.hub.present(), maxHeadsAsked) {
		found, err := h.feed.heads(ctx, users)
		if err != nil {
			return err
		}
		for _, head := range found {
			h.hub.observe(head.UserID, head.Seq)
		}
	}
	return nil
}
