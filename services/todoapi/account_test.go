package todoapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestAccounts(t *testing.T) {
	h := newHarness(t)

	t.Run("signing up signs in", func(t *testing.T) {
		c := h.guest()
		if err := c.SignUp(t.Context(), "Ada@Example.org", password, "Europe/Berlin"); err != nil {
			t.Fatal(err)
		}
		me, err := c.Me(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if me != c.Grant.User || me.Email != "ada@example.org" || me.Zone != "Europe/Berlin" {
			t.Errorf("signed up as %+v, but am %+v", c.Grant.User, me)
		}
		if c.Grant.ExpiresIn != 900 {
			t.Errorf("the access token is good for %d seconds, want 900", c.Grant.ExpiresIn)
		}
	})

	t.Run("an address signs up once", func(t *testing.T) {
		email := h.newEmail()
		if err := h.guest().SignUp(t.Context(), email, password, ""); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, h.guest().SignUp(t.Context(), strings.ToUpper(email), password, ""), http.StatusConflict)
	})

	t.Run("only the right password signs in", func(t *testing.T) {
		c := h.user(t)
		again := h.guest()
		if err := again.Login(t.Context(), c.Grant.User.Email, password); err != nil {
			t.Fatal(err)
		}
		if again.Grant.User != c.Grant.User {
			t.Errorf("signed in as %+v, want %+v", again.Grant.User, c.Grant.User)
		}
		wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, "wrong password"), http.StatusUnauthorized)
		wantStatus(t, h.guest().Login(t.Context(), "nobody@example.org", password), http.StatusUnauthorized)
	})

	t.Run("guessing passwords is limited", func(t *testing.T) {
		c := h.user(t)
		for range 10 {
			wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, "wrong password"), http.StatusUnauthorized)
		}
		wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, password), http.StatusTooManyRequests)
		other := h.user(t)
		if err := h.guest().Login(t.Context(), other.Grant.User.Email, password); err != nil {
			t.Errorf("another user was limited too: %v", err)
		}
	})

	t.Run("guessing from many addresses is limited too", func(t *testing.T) {
		c := h.user(t)
		guess := func(address string) int {
			return send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/login",
				`{"email":"`+c.Grant.User.Email+`","password":"wrong password"}`, map[string]string{"X-Forwarded-For": address}).status
		}
		if got := guess("192.0.2.1"); got != http.StatusUnauthorized {
			t.Fatalf("got %d", got)
		}
		if _, err := h.pool.Exec(t.Context(), `UPDATE todo.attempt SET attempts = 100 WHERE kind = 'login-account' AND subject = $1`, c.Grant.User.Email); err != nil {
			t.Fatal(err)
		}
		if got := guess("192.0.2.2"); got != http.StatusTooManyRequests {
			t.Errorf("got %d, want 429", got)
		}
	})

	t.Run("guessing at many accounts from one address is limited", func(t *testing.T) {
		const address = "192.0.2.33"
		guess := func(email, from string) answer {
			return send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/login",
				`{"email":"`+email+`","password":"wrong password"}`, map[string]string{"X-Forwarded-For": from})
		}
		if got := guess("first@example.org", address); got.status != http.StatusUnauthorized {
			t.Fatalf("got %d", got.status)
		}
		h.setAttempts(t, "login-client", address, 100)
		wantLimited(t, guess("second@example.org", address), `"sign-in";q=100;w=900`)
		if got := h.attempts(t, "login-account", "second@example.org"); got != 0 {
			t.Errorf("what was refused counts %d times against the account", got)
		}
		if got := guess("second@example.org", "192.0.2.34"); got.status != http.StatusUnauthorized {
			t.Errorf("another address got %d", got.status)
		}
	})

	t.Run("signing up from one address is limited, and costs no hash then", func(t *testing.T) {
		signUp := func(from string) answer {
			return send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/sign-up",
				`{"email":"`+h.newEmail()+`","password":"`+password+`"}`, map[string]string{"X-Forwarded-For": from})
		}
		if got := signUp("2001:db8::1"); got.status != http.StatusCreated {
			t.Fatalf("got %d: %s", got.status, got.body)
		}
		h.setAttempts(t, "sign-up", "2001:db8::/64", 100)
		// Another address of the same network is the same client.
		wantLimited(t, signUp("2001:db8::2"), `"sign-up";q=100;w=3600`)
		if got := signUp("2001:db8:0:1::1"); got.status != http.StatusCreated {
			t.Errorf("another network got %d", got.status)
		}
	})

	t.Run("signing in right does not count as guessing", func(t *testing.T) {
		c := h.user(t)
		for range 15 {
			if err := h.guest().Login(t.Context(), c.Grant.User.Email, password); err != nil {
				t.Fatal(err)
			}
		}
	})

	t.Run("a refresh token is good once", func(t *testing.T) {
		c := h.user(t)
		first := *c
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.Grant.RefreshToken == first.Grant.RefreshToken {
			t.Fatal("the refresh token was not exchanged")
		}
		second := *c
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The successor of the first token is used by now, so the first is a copy.
		wantStatus(t, first.Refresh(t.Context()), http.StatusUnauthorized)
		wantStatus(t, second.Refresh(t.Context()), http.StatusUnauthorized)
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized) // the whole family ended
	})

	t.Run("a lost answer to a refresh may be asked for again", func(t *testing.T) {
		c := h.user(t)
		lost := *c
		if err := lost.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := c.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		// The lost answer was not lost after all, but stolen.
		wantStatus(t, lost.Refresh(t.Context()), http.StatusUnauthorized)
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
	})

	t.Run("a used refresh token is a copy after the grace period", func(t *testing.T) {
		c := h.user(t)
		used := *c
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.pool.Exec(t.Context(), `UPDATE todo.refresh_token SET used_at = used_at - interval '11 seconds'
			WHERE used_at IS NOT NULL AND session_id IN (SELECT id FROM todo.session WHERE user_id = $1)`, c.Grant.User.ID); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, used.Refresh(t.Context()), http.StatusUnauthorized)
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
	})

	t.Run("signing out ends the session", func(t *testing.T) {
		c := h.user(t)
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
		if err := c.Logout(t.Context()); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
	})

	t.Run("devices are listed and signed out", func(t *testing.T) {
		c := h.user(t)
		other := h.guest()
		if err := other.Login(t.Context(), c.Grant.User.Email, password); err != nil {
			t.Fatal(err)
		}
		sessions, err := c.Sessions(t.Context())
		if err != nil || len(sessions) != 2 {
			t.Fatalf("got %+v, %v; want two sessions", sessions, err)
		}
		for _, session := range sessions {
			if !session.Current {
				if err := c.EndSession(t.Context(), session.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		wantStatus(t, other.Refresh(t.Context()), http.StatusUnauthorized)
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.EndSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
	})

	t.Run("a browser's refresh token lives in a cookie that no script reads", func(t *testing.T) {
		browser := h.browser(t)
		signedUp := send(t, browser, http.MethodPost, h.url+"/api/v1/auth/sign-up",
			`{"email":"`+h.newEmail()+`","password":"`+password+`"}`, nil)
		cookie, err := http.ParseSetCookie(signedUp.header.Get("Set-Cookie"))
		if err != nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/api/v1/auth" {
			t.Fatalf("got cookie %+v, %v", cookie, err)
		}
		for _, step := range []struct {
			path string
			want int
		}{{"refresh", http.StatusOK}, {"refresh", http.StatusOK}, {"logout", http.StatusNoContent}, {"refresh", http.StatusUnauthorized}} {
			if got := send(t, browser, http.MethodPost, h.url+"/api/v1/auth/"+step.path, "", nil); got.status != step.want {
				t.Fatalf("%s: got %d, want %d: %s", step.path, got.status, step.want, got.body)
			}
		}
	})

	t.Run("a page never sees the refresh token, a program does", func(t *testing.T) {
		for name, header := range map[string]map[string]string{
			"over https":            {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "Origin": h.url},
			"over http":             {"Origin": h.url},
			"without an own origin": {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"},
		} {
			browser, email := h.browser(t), h.newEmail()
			body := `{"email":"` + email + `","password":"` + password + `"}`
			for _, step := range []struct{ path, body string }{{"sign-up", body}, {"login", body}, {"refresh", ""}, {"refresh", ""}} {
				got := send(t, browser, http.MethodPost, h.url+"/api/v1/auth/"+step.path, step.body, header)
				if got.status >= 300 || strings.Contains(string(got.body), "refreshToken") || got.header.Get("Set-Cookie") == "" {
					t.Errorf("%s, %s: got %d %s", name, step.path, got.status, got.body)
				}
			}
		}
		if c := h.user(t); c.Grant.RefreshToken == "" {
			t.Error("a program got no refresh token")
		}
	})

	t.Run("pages of other origins cannot use the cookie", func(t *testing.T) {
		got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/refresh", "", map[string]string{"Origin": "https://evil.example"})
		if got.status != http.StatusForbidden {
			t.Errorf("got %d, want 403", got.status)
		}
	})

	t.Run("tokens that are not ours are refused", func(t *testing.T) {
		c := h.user(t)
		foreign, err := auth.GenerateKeys("test")
		if err != nil {
			t.Fatal(err)
		}
		keys, err := auth.ParseKeys(foreign)
		if err != nil {
			t.Fatal(err)
		}
		forged, _, err := keys.Issue(c.Grant.User.ID, "session", time.Now(), auth.TokenLifetime)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{"", "nonsense", forged, c.Grant.RefreshToken} {
			guest := h.guest()
			guest.Grant.AccessToken = token
			_, err := guest.Me(t.Context())
			wantStatus(t, err, http.StatusUnauthorized)
		}
	})

	t.Run("the public keys are published without the private ones", func(t *testing.T) {
		published := get(t, h.url+"/.well-known/jwks.json")
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal(published.body, &set); err != nil {
			t.Fatal(err)
		}
		if len(set.Keys) != 1 || set.Keys[0]["kid"] != "test" || set.Keys[0]["crv"] != "Ed25519" || set.Keys[0]["d"] != "" {
			t.Errorf("got %+v", set)
		}
	})

	t.Run("other services verify sessions and read contacts", func(t *testing.T) {
		c := h.user(t)
		realtime := h.invoker(t, contract.RealtimeSync)
		verify := func(token string) (auth.Caller, error) {
			var id auth.Caller
			err := realtime.Invoke(t.Context(), contract.TodoAPI, contract.MethodVerifySession, map[string]string{"accessToken": token}, &id)
			return id, err
		}
		id, err := verify(c.Grant.AccessToken)
		if err != nil || id.UserID != c.Grant.User.ID || id.SessionID == "" || id.ExpiresAt.IsZero() {
			t.Fatalf("got %+v, %v", id, err)
		}
		if _, err := verify("nonsense"); failure.KindOf(err) != failure.Unauthenticated {
			t.Errorf("a bad token: got %v, want unauthenticated", err)
		}
		if err := c.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := verify(c.Grant.AccessToken); failure.KindOf(err) != failure.Unauthenticated {
			t.Errorf("the token of an ended session: got %v, want unauthenticated", err)
		}

		var contact struct{ Email, Zone string }
		ask := func(userID string) error {
			return realtime.Invoke(t.Context(), contract.TodoAPI, contract.MethodGetContact, map[string]string{"userId": userID}, &contact)
		}
		if err := ask(c.Grant.User.ID); err != nil || contact.Email != c.Grant.User.Email || contact.Zone != "Europe/Berlin" {
			t.Errorf("got %+v, %v", contact, err)
		}
		if err := ask("00000000-0000-7000-8000-000000000000"); failure.KindOf(err) != failure.NotFound {
			t.Errorf("an unknown user: got %v, want not found", err)
		}
	})

	t.Run("no password and no token reaches the database in clear", func(t *testing.T) {
		c := h.user(t)
		var found int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.account a, todo.refresh_token t
			WHERE a.password_hash NOT LIKE '$argon2id$%' OR t.hash = convert_to($1, 'UTF8')`, c.Grant.RefreshToken).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found != 0 {
			t.Errorf("found %d", found)
		}
	})

	t.Run("what ended long ago is pruned, and nothing else", func(t *testing.T) {
		c := h.user(t)
		other := h.guest()
		if err := other.Login(t.Context(), c.Grant.User.Email, password); err != nil {
			t.Fatal(err)
		}
		if err := other.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, "wrong password"), http.StatusUnauthorized)
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			`UPDATE todo.refresh_token SET used_at = used_at - interval '31 days' WHERE used_at IS NOT NULL`,
			`UPDATE todo.session SET revoked_at = revoked_at - interval '2 days' WHERE revoked_at IS NOT NULL`,
			`UPDATE todo.attempt SET resets_at = resets_at - interval '1 hour'`,
		} {
			if _, err := h.pool.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		h.prune(t, time.Now())
		var sessions, tokens, attempts int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(DISTINCT s.id), count(*), (SELECT count(*) FROM todo.attempt)
			FROM todo.session s JOIN todo.refresh_token t ON t.session_id = s.id WHERE s.user_id = $1`,
			c.Grant.User.ID).Scan(&sessions, &tokens, &attempts); err != nil {
			t.Fatal(err)
		}
		if sessions != 1 || tokens != 1 || attempts != 0 {
			t.Errorf("%d sessions, %d tokens and %d counters are left, want 1, 1 and 0", sessions, tokens, attempts)
		}
		if err := c.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
