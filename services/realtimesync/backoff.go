package realtimesync

import (
	"math/rand/v2"
	"time"
)

// backoff gives pauses that double from first up to most, each shortened by up to a
// fifth at random so that many sockets do not act in step.
type backoff struct {
	first, most time.Duration
	current     time.Duration
}

// next returns the pause to make now.
func (b *backoff) next() time.Duration {
	b.current = min(max(2*b.current, b.first), b.most)
	return b.current - rand.N(b.current/5+1) //nolint:gosec // nobody gains from guessing a pause
}

// reset starts over from first.
func (b *backoff) reset() { b.current = 0 }
