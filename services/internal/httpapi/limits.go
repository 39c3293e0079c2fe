package httpapi

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// What one user may ask of one replica. A page reads a few times a second at most, and
// writes as fast as a person types; programs that move much data use batches. So these
// bound what a runaway program takes from everybody else, and nothing that people do.
var (
	reads  = allowance.Allowance{Name: "reads", Of: "requests", PerSecond: 50, Burst: 200}
	writes = allowance.Allowance{Name: "writes", Of: "requests", PerSecond: 20, Burst: 100}
)

// UserLimits bounds the requests of each user to one replica.
type UserLimits struct{ reads, writes *allowance.Users }

// NewUserLimits makes the limits; now is the clock.
func NewUserLimits(now func() time.Time) *UserLimits {
	return &UserLimits{allowance.New(reads, now), allowance.New(writes, now)}
}

// of returns the allowance from which a request is taken.
func (l *UserLimits) of(method string) *allowance.Users {
	if method == http.MethodGet || method == http.MethodHead {
		return l.reads
	}
	return l.writes
}

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
	return limits.of(ctx.Method()).Take(caller.UserID)
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
