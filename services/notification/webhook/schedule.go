package webhook

import (
	"math/rand/v2"
	"time"
)

// pauses are those after the first failed attempt, the second, and so on: all attempts together
// take about a day.
var pauses = []time.Duration{
	5 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// maxRetryAfter bounds what an endpoint may ask for.
const maxRetryAfter = 12 * time.Hour

// NextAttempt returns how long after a failed attempt (from 1) the next one is due, up to a fifth
// later at random so that many who failed together do not try again in step, and not before the
// endpoint asks for it. ok is false when that was the last one.
func NextAttempt(attempt int, asked time.Duration) (pause time.Duration, ok bool) {
	if attempt > len(pauses) {
		return 0, false
	}
	pause = max(pauses[attempt-1], min(asked, maxRetryAfter))
	return pause + rand.N(pause/5+1), true //nolint:gosec // nobody gains from guessing a pause
}
