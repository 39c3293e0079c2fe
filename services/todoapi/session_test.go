package todoapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestSessionsLastAsLongAsTheManifestSays(t *testing.T) {
	const lifetime, token = 12 * time.Hour, 5 * time.Minute
	h := newHarness(t, func(cfg *Config) { cfg.SessionLifetime, cfg.AccessTokenLifetime = lifetime, token })
	got := h.by(t, h.guest(), http.MethodPost, "/auth/sign-up", `{"email":"`+h.newEmail()+`","password":"`+password+`"}`, "")
	cookie, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
	if err != nil || cookie.MaxAge != int(lifetime.Seconds()) {
		t.Errorf("got %d, cookie %v, %v", got.status, cookie, err)
	}

	c := h.user(t)
	claims := jwt.RegisteredClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(c.Grant.AccessToken, &claims); err != nil {
		t.Fatal(err)
	}
	if good := claims.ExpiresAt.Sub(claims.IssuedAt.Time); good != token || c.Grant.ExpiresIn != int(token.Seconds()) {
		t.Errorf("an access token is good for %s and said to be for %d seconds, want %s", good, c.Grant.ExpiresIn, token)
	}
	made := newToken(t, c, client.TokenDraft{Name: "window", Scopes: []string{"tasks:read"}})
	realtime := h.invoker(t, contract.RealtimeSync)
	ticket, err := calls.IssueTicket.Call(t.Context(), realtime, calls.IssueTicketRequest{AccessToken: made.Secret, Seconds: 30})
	if err != nil {
		t.Fatal(err)
	}
	feed, err := calls.OpenFeed.Call(t.Context(), realtime, calls.OpenFeedRequest{Ticket: ticket.Ticket, Limit: 1})
	if err != nil || time.Until(feed.Caller.ExpiresAt) > token {
		t.Errorf("a socket of an API token asks anew at %s, want within %s; %v", feed.Caller.ExpiresAt, token, err)
	}
	check := func(when string) {
		t.Helper()
		sessions, err := c.Sessions(t.Context())
		if err != nil || len(sessions) != 1 {
			t.Fatalf("%s: %v, %v", when, sessions, err)
		}
		if left := time.Until(sessions[0].ExpiresAt); left > lifetime || left < lifetime-time.Hour {
			t.Errorf("%s: the session lasts %s, want %s", when, left, lifetime)
		}
	}
	check("signed up")
	h.exec(t, `UPDATE todo.session SET expires_at = now() + interval '1 minute' WHERE user_id = $1`, c.Grant.User.ID)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("used")
	h.exec(t, `UPDATE todo.session SET expires_at = now() - interval '1 second' WHERE user_id = $1`, c.Grant.User.ID)
	wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
}
