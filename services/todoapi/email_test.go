package todoapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestEmailChange(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.VerifyEmail = true })
	notification := h.invoker(t, contract.Notification)
	issue := func(t *testing.T, c *client.Client, kind calls.NoticeKind) calls.Notice {
		t.Helper()
		got, err := calls.IssueNotice.Call(t.Context(), notification, calls.IssueNoticeRequest{UserID: c.Grant.User.ID, Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	// ask has the mail to a new address sent, and returns its token.
	ask := func(t *testing.T, c *client.Client, email string) string {
		t.Helper()
		h.endWindow(t, "verification-minute", c.Grant.User.ID)
		if err := c.ChangeEmail(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
		got := issue(t, c, calls.NoticeEmailChange)
		if !got.Needed || got.Email != strings.ToLower(email) || got.Token == "" {
			t.Fatalf("got %+v", got)
		}
		return got.Token
	}
	me := func(t *testing.T, c *client.Client) client.Account {
		t.Helper()
		got, err := c.Me(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}

	t.Run("the old address stays until the new one is verified", func(t *testing.T) {
		c := h.verified(t)
		before, after := c.Grant.User.Email, "New."+h.newEmail()
		token := ask(t, c, after)
		after = strings.ToLower(after)
		if got := me(t, c); got.Email != before || got.NewEmail != after || !got.EmailVerified {
			t.Errorf("got %+v", got)
		}
		told := issue(t, c, calls.NoticeEmailChangeAsked)
		if !told.Needed || told.Email != before || told.Other != after || told.Token != "" {
			t.Errorf("the old address is told %+v", told)
		}
		wantStatus(t, h.guest().Login(t.Context(), after, password), http.StatusUnauthorized)
		for range 2 { // a link may be followed twice
			if err := h.guest().VerifyEmail(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		}
		if got := me(t, c); got.Email != after || got.NewEmail != "" || !got.EmailVerified {
			t.Errorf("got %+v", got)
		}
		wantStatus(t, h.guest().Login(t.Context(), before, password), http.StatusUnauthorized)
		if err := h.guest().Login(t.Context(), after, password); err != nil {
			t.Error(err)
		}
		if err := c.Refresh(t.Context()); err != nil || c.Grant.User.Email != after {
			t.Errorf("the session got %+v, %v", c.Grant.User, err)
		}
		if got := issue(t, c, calls.NoticeEmailChangeAsked); got.Needed {
			t.Errorf("who reads the new address is told of it: %+v", got)
		}
		if got := issue(t, c, calls.NoticeEmailChanged); !got.Needed || got.Email != before || got.Other != after {
			t.Errorf("the old address is told %+v", got)
		}
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeEmailChangeRequested, events.TypeEmailChanged, events.TypeSessionCreated)
		var told2 int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.event WHERE data::text LIKE '%' || $1 || '%' OR data::text LIKE '%' || $2 || '%'`, before, after).Scan(&told2); err != nil || told2 != 0 {
			t.Errorf("%d events carry an address, %v", told2, err)
		}
		// The address is free for somebody else.
		if err := h.guest().SignUp(t.Context(), before, password, ""); err != nil {
			t.Error(err)
		}
	})

	t.Run("that it is taken shows only to whoever reads there", func(t *testing.T) {
		c, other := h.verified(t), h.user(t)
		token := ask(t, c, other.Grant.User.Email)
		got := h.by(t, h.guest(), http.MethodPost, "/auth/verify-email", `{"token":"`+token+`"}`, "")
		if got.status != http.StatusConflict || !strings.Contains(string(got.body), "another account has this address") {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		if got := me(t, c); got.Email != c.Grant.User.Email {
			t.Errorf("got %+v", got)
		}
		if err := h.guest().Login(t.Context(), other.Grant.User.Email, password); err != nil {
			t.Error(err)
		}
	})

	t.Run("needs the password", func(t *testing.T) {
		c := h.verified(t)
		h.endWindow(t, "verification-minute", c.Grant.User.ID)
		got := h.by(t, c, http.MethodPut, "/me/email", `{"email":"`+h.newEmail()+`","password":"wrong password"}`, "192.0.2.120")
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"body.password"`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		h.setAttempts(t, "login", c.Grant.User.Email+" 192.0.2.120", 10)
		wantLimited(t, h.by(t, c, http.MethodPut, "/me/email", `{"email":"`+h.newEmail()+`","password":"`+password+`"}`, "192.0.2.120"), `"sign-in";q=10;w=900`)
		if got := me(t, c); got.NewEmail != "" {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("refuses what is no address, and one's own", func(t *testing.T) {
		c := h.verified(t)
		for _, email := range []string{"", "nobody", c.Grant.User.Email, strings.ToUpper(c.Grant.User.Email)} {
			got := h.by(t, c, http.MethodPut, "/me/email", `{"email":"`+email+`","password":"`+password+`"}`, "192.0.2.121")
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"body.email"`) {
				t.Errorf("%s: got %d: %s", email, got.status, got.body)
			}
		}
		if got := h.attempts(t, "login", c.Grant.User.Email+" 192.0.2.121"); got != 0 {
			t.Errorf("the right password counts %d times as wrong", got)
		}
	})

	t.Run("mails are limited as those of the verification", func(t *testing.T) {
		c := h.verified(t)
		again := func() answer {
			return h.by(t, c, http.MethodPut, "/me/email", `{"email":"`+h.newEmail()+`","password":"`+password+`"}`, "")
		}
		wantLimited(t, again(), `"verification";q=1;w=60`) // one went out at the sign-up
		h.endWindow(t, "verification-minute", c.Grant.User.ID)
		h.setAttempts(t, "verification-day", c.Grant.User.ID, 5)
		wantLimited(t, again(), `"verification";q=5;w=86400`)
	})

	t.Run("a further request, a new password, and a day take the request back", func(t *testing.T) {
		for name, act := range map[string]func(*testing.T, *client.Client){
			"a further request": func(t *testing.T, c *client.Client) { ask(t, c, h.newEmail()) },
			"a new password": func(t *testing.T, c *client.Client) {
				if err := c.ChangePassword(t.Context(), password, otherPassword); err != nil {
					t.Fatal(err)
				}
			},
			"a day": func(t *testing.T, c *client.Client) {
				h.exec(t, `UPDATE todo.account SET new_email_asked_at = now() - interval '1 day' WHERE id = $1`, c.Grant.User.ID)
			},
		} {
			c := h.verified(t)
			token := ask(t, c, h.newEmail())
			act(t, c)
			got := h.by(t, h.guest(), http.MethodPost, "/auth/verify-email", `{"token":"`+token+`"}`, "")
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: got %d: %s", name, got.status, got.body)
			}
			if got := me(t, c); got.Email != c.Grant.User.Email {
				t.Errorf("%s: got %+v", name, got)
			}
		}
	})

	t.Run("links to a new password in the old mailbox lead nowhere afterwards", func(t *testing.T) {
		c := h.verified(t)
		h.exec(t, `UPDATE todo.account SET reset_asked_at = now() WHERE id = $1`, c.Grant.User.ID)
		reset := issue(t, c, calls.NoticePasswordReset).Token
		if err := h.guest().VerifyEmail(t.Context(), ask(t, c, h.newEmail())); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, h.guest().ConfirmPasswordReset(t.Context(), reset, otherPassword), http.StatusUnprocessableEntity)
	})

	t.Run("an address that nobody has verified is told nothing", func(t *testing.T) {
		c := h.user(t)
		token := ask(t, c, h.newEmail()) // as after a slip of the pen at the sign-up
		if got := issue(t, c, calls.NoticeEmailChangeAsked); got.Needed || got.Email != "" {
			t.Errorf("got %+v", got)
		}
		if err := h.guest().VerifyEmail(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if got := issue(t, c, calls.NoticeEmailChanged); got.Needed || got.Email != "" {
			t.Errorf("got %+v", got)
		}
		if got := me(t, c); !got.EmailVerified {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("a session that was ended asks for none", func(t *testing.T) {
		c := h.verified(t)
		if err := c.EndSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.ChangeEmail(t.Context(), h.newEmail(), password), http.StatusUnauthorized)
	})

	t.Run("former addresses are forgotten", func(t *testing.T) {
		c := h.verified(t)
		if err := h.guest().VerifyEmail(t.Context(), ask(t, c, h.newEmail())); err != nil {
			t.Fatal(err)
		}
		h.prune(t, time.Now())
		if got := issue(t, c, calls.NoticeEmailChanged); !got.Needed {
			t.Error("at once")
		}
		h.prune(t, time.Now().Add(49*time.Hour))
		if got := issue(t, c, calls.NoticeEmailChanged); got.Needed || got.Email != "" {
			t.Errorf("got %+v", got)
		}
	})
}
