package allowance_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

var apples = allowance.Allowance{Name: "apples", Of: "apples", PerSecond: 10, Burst: 50}

// wantRefused checks that a limit refuses for a time.
func wantRefused(t *testing.T, err error, wait time.Duration) {
	t.Helper()
	public := failure.Public(err)
	if public.Kind != failure.RateLimited || public.Message != "too many apples; at most 10 a second for long, and 50 at once" {
		t.Fatalf("got %v", err)
	}
	got := *public.Limit
	got.RetryAfter = got.RetryAfter.Round(time.Millisecond)
	if want := (failure.Limit{Name: "apples", Quota: 50, Window: 5 * time.Second, RetryAfter: wait}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWhatWasUsedUpIsOwed(t *testing.T) {
	now := time.Now()
	users := allowance.New(apples, func() time.Time { return now })
	users.Charge("ann", 50)
	if err := users.Debt("ann"); err != nil {
		t.Errorf("an empty bucket is no debt: %v", err)
	}
	users.Charge("ann", 30)
	wantRefused(t, users.Debt("ann"), 3*time.Second)
	wantRefused(t, users.Take("ann"), 3100*time.Millisecond)
	if err := users.Debt("bob"); err != nil {
		t.Errorf("another user: %v", err)
	}
	now = now.Add(3 * time.Second)
	if err := users.Debt("ann"); err != nil {
		t.Errorf("when it is paid back: %v", err)
	}
	users.Charge("ann", 1_000_000)
	wantRefused(t, users.Debt("ann"), 5*time.Second)
}

func TestWaitingForAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		users := allowance.New(apples, time.Now)
		begin := time.Now()
		for range 20 {
			if err := users.Await(t.Context(), "ann", 20); err != nil {
				t.Fatal(err)
			}
			users.Charge("ann", 20)
			if err := users.Debt("ann"); err != nil {
				t.Fatalf("who waits for what is used up runs into no debt: %v", err)
			}
		}
		if took := time.Since(begin).Round(time.Millisecond); took != 35*time.Second {
			t.Errorf("400 with 50 at once and 10 a second took %s, want 35s", took)
		}
		if err := users.Await(t.Context(), "ann", 1000); err != nil {
			t.Errorf("more than a bucket holds: %v", err)
		}
		users.Charge("ann", 50)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantRefused(t, users.Await(ctx, "ann", 20), 2*time.Second)
	})
}
