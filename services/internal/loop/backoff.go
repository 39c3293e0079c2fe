package loop

import (
	"math/rand/v2"
	"time"
)

// Backoff gives pauses that double from First up to Most.
type Backoff struct {
	First, Most time.Duration
	failures    int
}

// Next returns the pause to make now, shortened by up to a fifth at random so that many
// who failed together do not try again in step.
func (b *Backoff) Next() time.Duration {
	b.failures++
	pause := b.After(b.failures)
	return pause - rand.N(pause/5+1) //nolint:gosec // nobody gains from guessing a pause
}

// Reset starts over from First.
func (b *Backoff) Reset() { b.failures = 0 }

// After returns the whole pause after a number of failures (from 1).
func (b *Backoff) After(failures int) time.Duration {
	pause := min(b.First, b.Most)
	for range failures - 1 {
		if pause >= b.Most {
			break
		}
		pause = min(2*pause, b.Most)
	}
	return pause
}
