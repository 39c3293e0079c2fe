package notification

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestRetryTime(t *testing.T) {
	fired := moment("2026-12-01T09:00:00Z")
	down := errors.New("connection refused")
	cases := []struct {
		name    string
		err     error
		attempt int
		now     time.Time
		want    time.Duration // after now; 0: given up
	}{
		{"soon after the first attempt", down, 1, fired, time.Second},
		{"ever later", down, 4, fired, 8 * time.Second},
		{"never later than the limit", down, 50, fired.Add(time.Hour), time.Minute},
		{"not for ever", down, 1500, fired.Add(24 * time.Hour), 0},
		{"todo-api is down", failure.New(failure.Unavailable, "no answer"), 1, fired, time.Second},
		{"the mail server refuses", fmt.Errorf("%w: 550", errRefused), 1, fired, 0},
		{"the address is not verified", errUnverified, 1, fired, 0},
		{"nobody waits for it", errNotNeeded, 1, fired, 0},
		{"the user is gone", failure.New(failure.NotFound, "no such user"), 1, fired, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := retryTime(Delivery{Attempt: c.attempt, FiredAt: fired}, c.err, c.now)
			switch {
			case c.want == 0 && got != nil:
				t.Errorf("tried again at %s", got)
			case c.want != 0 && (got == nil || got.Sub(c.now) != c.want):
				t.Errorf("got %v, want %s later", got, c.want)
			}
		})
	}
}
