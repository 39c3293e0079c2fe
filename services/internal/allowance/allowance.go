// Package allowance bounds what each user may use up of a replica, by a token bucket a user.
// With several replicas, a user has as many times the allowance: it is no protection of the
// platform as a whole, and needs no state that replicas would have to share.
package allowance

import (
	"context"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// limitedUsers bounds the users of whom a replica remembers how much they used up, some 10 MB
// an allowance. One who is forgotten starts with a full bucket.
const limitedUsers = 50_000

// Allowance is how much a user may use up: burst at once, and perSecond as the bucket fills again.
type Allowance struct {
	Name             string // of the limit, for programs
	Of               string // what is counted, for people: many of it
	PerSecond, Burst int
}

// Users are the buckets of an allowance, one for each user.
type Users struct {
	Allowance
	now     func() time.Time
	buckets *lru.Cache[string, *rate.Limiter]
}

// New makes the buckets, all full; now is the clock.
func New(a Allowance, now func() time.Time) *Users {
	buckets, err := lru.New[string, *rate.Limiter](limitedUsers)
	if err != nil {
		panic(err) // of a size that is not positive
	}
	return &Users{Allowance: a, now: now, buckets: buckets}
}

// Take takes one from a user's bucket, or is failure.RateLimited and says when there is one again.
func (u *Users) Take(userID string) error {
	now := u.now()
	reservation := u.bucket(userID).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return u.refusal(wait)
}

// Charge takes from a user's bucket what was used up already, also when that is more than it
// holds. However much it was, no more than a full bucket is taken, so that the debt has an end
// for which the user can wait.
func (u *Users) Charge(userID string, used int) {
	u.bucket(userID).ReserveN(u.now(), min(used, u.Burst))
}

// Debt is nil, or failure.RateLimited while more was charged than a user's bucket held.
func (u *Users) Debt(userID string) error {
	if wait := u.Wait(userID); wait > 0 {
		return u.refusal(wait)
	}
	return nil
}

// Wait is for how long a user will be in debt.
func (u *Users) Wait(userID string) time.Duration { return u.until(userID, 0) }

// Await waits until a user's bucket holds so many, which are not taken from it, or all that it
// can hold. When ctx ends before, it is failure.RateLimited.
func (u *Users) Await(ctx context.Context, userID string, needed int) error {
	for {
		wait := u.until(userID, min(needed, u.Burst))
		if wait <= 0 {
			return nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return u.refusal(wait)
		}
	}
}

// until says in which time a user's bucket will hold so many.
func (u *Users) until(userID string, tokens int) time.Duration {
	missing := float64(tokens) - u.bucket(userID).TokensAt(u.now())
	if missing <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(missing / float64(u.PerSecond) * float64(time.Second)))
}

func (u *Users) refusal(wait time.Duration) error {
	return failure.Exceeds(failure.Limit{
		Name: u.Name, Quota: u.Burst, Window: time.Duration(u.Burst) * time.Second / time.Duration(u.PerSecond), RetryAfter: wait,
	}, "too many %s; at most %d a second for long, and %d at once", u.Of, u.PerSecond, u.Burst)
}

func (u *Users) bucket(userID string) *rate.Limiter {
	own, known := u.buckets.Get(userID)
	if !known {
		own = rate.NewLimiter(rate.Limit(u.PerSecond), u.Burst)
		if others, known, _ := u.buckets.PeekOrAdd(userID, own); known { // another request was first
			own = others
		}
	}
	return own
}
