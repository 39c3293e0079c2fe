package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

func TestRequestsOfAUserAreLimited(t *testing.T) {
	now := time.Now()
	mux := http.NewServeMux()
	api := httpapi.New(mux, "Test", "1", "/api/v1")
	httpapi.LimitUsers(api, httpapi.NewUserLimits(func() time.Time { return now }))
	byToken := func(_ context.Context, token string) (auth.Caller, error) {
		return auth.Caller{UserID: token, Scopes: auth.Scopes()}, nil
	}
	nothing := func(context.Context, *struct{}) (*struct{}, error) { return nil, nil }
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: method, Method: method, Path: "/things"}, byToken, auth.ScopeAccount), nothing)
	}
	ask := func(method, user string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/things", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+user)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	// passing asks until it is refused and returns how often it was not.
	passing := func(method, user string) int {
		for n := 0; ; n++ {
			if ask(method, user).Code == http.StatusTooManyRequests {
				return n
			}
		}
	}

	if got := passing(http.MethodGet, "ann"); got != 200 {
		t.Errorf("%d reads at once, want 200", got)
	}
	if got := passing(http.MethodPost, "ann"); got != 100 {
		t.Errorf("%d writes at once, want 100: reads must not count", got)
	}
	refusal := ask(http.MethodPost, "ann")
	for name, want := range map[string]string{
		"Retry-After": "1", "RateLimit": `"writes";r=0;t=1`, "RateLimit-Policy": `"writes";q=100;w=5`, "Content-Type": "application/problem+json",
	} {
		if got := refusal.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := ask(http.MethodPost, "bob").Code; got != http.StatusNoContent {
		t.Errorf("another user got %d", got)
	}
	now = now.Add(time.Second)
	if got := passing(http.MethodGet, "ann"); got != 50 {
		t.Errorf("%d reads a second later, want 50", got)
	}
	if got := passing(http.MethodPost, "ann"); got != 20 {
		t.Errorf("%d writes a second later, want 20", got)
	}
	now = now.Add(time.Hour)
	if got := passing(http.MethodGet, "ann"); got != 200 {
		t.Errorf("%d reads after a rest, want 200", got)
	}
}

func TestALimitIsSaidInTheHeader(t *testing.T) {
	mux := http.NewServeMux()
	limit := failure.Limit{Name: "sign-up", Quota: 100, Window: time.Hour, RetryAfter: 61*time.Second + time.Millisecond}
	err := failure.Exceeds(limit, "too many")
	api := httpapi.New(mux, "Test", "1", "/api/v1")
	httpapi.Register(api, huma.Operation{OperationID: "typed", Method: http.MethodGet, Path: "/typed"},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, err })
	mux.HandleFunc("GET /plain", func(w http.ResponseWriter, r *http.Request) { httpapi.WriteProblem(w, r, err) })
	for _, path := range []string{"/api/v1/typed", "/plain"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		for name, want := range map[string]string{"Retry-After": "62", "RateLimit": `"sign-up";r=0;t=62`, "RateLimit-Policy": `"sign-up";q=100;w=3600`} {
			if got := w.Header().Get(name); w.Code != http.StatusTooManyRequests || got != want {
				t.Errorf("%s: %d, %s is %q, want %q", path, w.Code, name, got, want)
			}
		}
	}
}
