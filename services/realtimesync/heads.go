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
	// headsRetry is the longest pause between two looks that fail.
	headsRetry = 5 * time.Second
	// attentiveFor is how long events may be missing after a start, or after one was.
	attentiveFor = 30 * time.Second
	// maxHeadsAsked bounds the users of one question.
	maxHeadsAsked = 1000
)

// heads asks how far the changes of those go who have sockets here, and tells the sockets,
// which read what they have missed. It looks often while a sidecar may bring no events: one
// that has just started has not subscribed yet, and one that is to stop has unsubscribed at
// once, long before the last socket has gone elsewhere. And it looks soon after a socket has
// joined: what happened between the read that opened it and its joining, no event brings.
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
	retry := loop.Backoff{First: headsOften, Most: headsRetry}
	return loop.New(loop.Config{Name: "heads", Interval: headsOften, Retry: retry, Pass: func(ctx context.Context) (bool, error) {
		return false, h.lookWhenDue(ctx)
	}})
}

func (h *heads) lookWhenDue(ctx context.Context) error {
	now, users := h.now(), h.hub.newcomers()
	if now.UnixNano() <= h.attentive.Load() || now.Sub(h.asked) >= headsSeldom {
		h.asked, users = now, h.hub.present()
	}
	err := h.ask(ctx, users)
	if err != nil {
		h.attend() // those who have just joined are asked for with the others
	}
	return err
}

// look asks for everybody.
func (h *heads) look(ctx context.Context) error { return h.ask(ctx, h.hub.present()) }

func (h *heads) ask(ctx context.Context, users []string) error {
	for users := range slices.Chunk(users, maxHeadsAsked) {
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
