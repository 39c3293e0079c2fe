package httpapi

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// allowance is a token bucket: burst requests at once, and perSecond as it fills again.
type allowance struct {
	name             string
	perSecond, burst int
}

// What one user may ask of one replica. A page reads a few times a second at most, and
// writes as fast as a person types; programs that move much data use batches. So these
// bound what a runaway program takes from everybody else, and nothing that people do.
var (
	reads  = allowance{name: "reads", perSecond: 50, burst: 200}
	writes = allowance{name: "writes", perSecond: 20, burst: 100}
)

// limitedUsers bounds the users of whom a replica remembers how much they asked for: with
// two buckets each, some 20 MB. One who is forgotten starts with full buckets.
const limitedUsers = 50_000

// UserLimits bounds the requests of each user to one replica: with several replicas, a user
// has as many times the allowance. It is no protection of the platform as a whole, which
// needs no state that replicas would have to share.
type UserLimits struct {
	now   func() time.Time
	users *lru.Cache[string, *buckets]
}

type buckets struct{ reads, writes *rate.Limiter }

// NewUserLimits makes the limits; now is the clock.
func NewUserLimits(now func() time.Time) *UserLimits {
	users, err := lru.New[string, *buckets](limitedUsers)
	if err != nil {
		panic(err) // of a size that is not positive
	}
	return &UserLimits{now: now, users: users}
}

// take takes one request from a bucket of the user's, or fails with when there is one again.
func (l *UserLimits) take(userID, method string) error {
	of, bucket := l.bucket(userID, method)
	now := l.now()
	reservation := bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return failure.Exceeds(failure.Limit{
		Name: of.name, Quota: of.burst, Window: time.Duration(of.burst) * time.Second / time.Duration(of.perSecond), RetryAfter: wait,
	}, "too many requests; at most %d a second for long, and %d at once", of.perSecond, of.burst)
}

func (l *UserLimits) bucket(userID, method string) (allowance, *rate.Limiter) {
	own, known := l.users.Get(userID)
	if !known {
		own = &buckets{reads.limiter(), writes.limiter()}
		if others, known, _ := l.users.PeekOrAdd(userID, own); known { // another request was first
			own = others
		}
	}
	if method == http.MethodGet || method == http.MethodHead {
		return reads, own.reads
	}
	return writes, own.writes
}

func (a allowance) limiter() *rate.Limiter { return rate.NewLimiter(rate.Limit(a.perSecond), a.burst) }

type limitsKey struct{}

// LimitUsers puts limits on the requests of each user to all operations that are protected
// and added from here on.
func LimitUsers(api huma.API, limits *UserLimits) {
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		next(huma.WithValue(ctx, limitsKey{}, limits))
	})
}

// admit takes a request from the caller's allowance, if the API has limits.
func admit(ctx huma.Context, caller auth.Caller) error {
	limits, ok := ctx.Context().Value(limitsKey{}).(*UserLimits)
	if !ok {
		return nil
	}
	return limits.take(caller.UserID, ctx.Method())
}

// limitHeader returns the header fields of a refusal because of a limit: Retry-After (RFC
// 9110 section 10.2.3), and RateLimit and RateLimit-Policy as structured fields, as
// draft-ietf-httpapi-ratelimit-headers-10 has them.
func limitHeader(limit failure.Limit) http.Header {
	wait := wholeSeconds(limit.RetryAfter)
	return http.Header{
		"Retry-After":      {strconv.FormatInt(wait, 10)},
		"Ratelimit-Policy": {fmt.Sprintf("%q;q=%d;w=%d", limit.Name, limit.Quota, wholeSeconds(limit.Window))},
		"Ratelimit":        {fmt.Sprintf("%q;r=0;t=%d", limit.Name, wait)},
	}
}

// wholeSeconds rounds up: who comes back a fraction too early is refused again.
func wholeSeconds(d time.Duration) int64 { return max(1, int64(math.Ceil(d.Seconds()))) }
