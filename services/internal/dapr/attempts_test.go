package dapr

import (
	"strconv"
	"testing"
	"time"
)

func TestAttemptsAreCountedByEventUntilItIsDone(t *testing.T) {
	a := newAttempts(time.Now)
	a.failed("one")
	a.waited("one")
	a.failed("two")
	if got := a.failed("one"); got != 2 {
		t.Errorf("%d failures, want 2: waiting is none", got)
	}
	a.forget("one")
	if got := a.failed("one"); got != 1 {
		t.Errorf("%d failures of a new event", got)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	clock := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	a := newAttempts(func() time.Time { return clock })
	for n := range maxAttempts {
		a.failed(strconv.Itoa(n))
	}
	clock = clock.Add(attemptAge / 2)
	a.failed("0")
	clock = clock.Add(attemptAge/2 + 1)
	a.failed("new")
	if got := a.failed("0"); got != 3 || len(a.events) != 2 {
		t.Errorf("%d failures, %d events; want the old ones forgotten and the rest kept", got, len(a.events))
	}
	for n := range 2 * maxAttempts {
		a.failed("more " + strconv.Itoa(n))
	}
	if len(a.events) > maxAttempts {
		t.Errorf("%d events", len(a.events))
	}
}
