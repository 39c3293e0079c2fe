package todoapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestEmailVerification(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.VerifyEmail = true })
	notification := h.invoker(t, contract.Notification)
	// token is what notification puts into the mail.
	token := func(t *testing.T, c *client.Client) string {
		t.Helper()
		got, err := calls.IssueVerification.Call(t.Context(), notification, calls.IssueVerificationRequest{UserID: c.Grant.User.ID})
		if err != nil || !got.Needed || got.Email != c.Grant.User.Email {
			t.Fatalf("got %+v, %v", got, err)
		}
		return got.Token
	}
	unverified := func(t *testing.T, c *client.Client) bool {
		t.Helper()
		got, err := calls.GetContact.Call(t.Context(), notification, calls.GetContactRequest{UserID: c.Grant.User.ID})
		if err != nil {
			t.Fatal(err)
		}
		return got.Unverified
	}

	t.Run("signing up asks for the mail, whose token verifies", func(t *testing.T) {
		c := h.user(t)
		if got := c.Grant.User; got.EmailVerified || !got.EmailVerificationRequired || !unverified(t, c) {
			t.Errorf("got %+v", got)
		}
		proof := token(t, c)
		for range 2 { // a link may be followed twice
			if err := h.guest().VerifyEmail(t.Context(), proof); err != nil {
				t.Fatal(err)
			}
		}
		me, err := c.Me(t.Context())
		if err != nil || !me.EmailVerified || me.EmailVerificationRequired || unverified(t, c) {
			t.Errorf("got %+v, %v", me, err)
		}
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeAccountVerified)
		got, err := calls.IssueVerification.Call(t.Context(), notification, calls.IssueVerificationRequest{UserID: c.Grant.User.ID})
		if err != nil || got.Needed || got.Token != "" {
			t.Errorf("a mail is still wanted: %+v, %v", got, err)
		}
		wantStatus(t, c.RequestVerification(t.Context()), http.StatusConflict)
	})

	t.Run("what was not mailed verifies nothing", func(t *testing.T) {
		c := h.user(t)
		for _, token := range []string{"", "nonsense", c.Grant.AccessToken, c.Grant.RefreshToken} {
			wantStatus(t, h.guest().VerifyEmail(t.Context(), token), http.StatusUnprocessableEntity)
		}
		if !unverified(t, c) {
			t.Error("the address is verified")
		}
	})

	t.Run("the mail is sent again once a minute and five times a day", func(t *testing.T) {
		c := h.user(t)
		id := c.Grant.User.ID
		again := func() answer {
			return send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/me/verification", "",
				map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
		}
		wantLimited(t, again(), `"verification";q=1;w=60`) // one went out at the sign-up
		h.endWindow(t, "verification-minute", id)
		if got := again(); got.status != http.StatusAccepted {
			t.Fatalf("got %d: %s", got.status, got.body)
		}
		h.endWindow(t, "verification-minute", id)
		h.setAttempts(t, "verification-day", id, 5)
		wantLimited(t, again(), `"verification";q=5;w=86400`)
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeVerificationRequested)
	})

	t.Run("an account of before is asked at its next refresh and has two weeks", func(t *testing.T) {
		c := h.user(t)
		h.exec(t, `UPDATE todo.account SET verification_asked_at = NULL, mail_grace_until = now() + interval '1 day' WHERE id = $1`, c.Grant.User.ID)
		h.exec(t, `DELETE FROM todo.attempt WHERE subject = $1`, c.Grant.User.ID)
		for range 2 {
			if err := c.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeVerificationRequested)
		if unverified(t, c) {
			t.Error("its mails stop at once")
		}
		h.exec(t, `UPDATE todo.account SET mail_grace_until = now() WHERE id = $1`, c.Grant.User.ID)
		if !unverified(t, c) {
			t.Error("its mails never stop")
		}
	})

	t.Run("an account of before that nobody uses is asked when a reminder goes out", func(t *testing.T) {
		c := h.user(t)
		h.exec(t, `UPDATE todo.account SET verification_asked_at = NULL WHERE id = $1`, c.Grant.User.ID)
		h.exec(t, `DELETE FROM todo.attempt WHERE subject = $1`, c.Grant.User.ID)
		unverified(t, c)
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeVerificationRequested)
	})
}

func TestWithoutEmailVerification(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	if got := c.Grant.User; got.EmailVerified || got.EmailVerificationRequired {
		t.Errorf("got %+v", got)
	}
	got, err := calls.GetContact.Call(t.Context(), h.invoker(t, contract.Notification), calls.GetContactRequest{UserID: c.Grant.User.ID})
	if err != nil || got.Unverified {
		t.Errorf("no mail goes out: %+v, %v", got, err)
	}
	h.wantChanges(t, c, events.TypeAccountCreated)
}

// wantChanges checks the types of all changes of a user but for those that tell of failed sign-ins, which come when they come.
func (h *harness) wantChanges(t *testing.T, c *client.Client, types ...string) {
	t.Helper()
	changes, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, change := range changes.Items {
		if change.Type != events.TypeSignInFailed {
			got = append(got, change.Type)
		}
	}
	if !slices.Equal(got, types) {
		t.Errorf("changes %q, want %q", got, types)
	}
}

// endWindow has the window end in which attempts of a subject are counted.
func (h *harness) endWindow(t *testing.T, kind, subject string) {
	t.Helper()
	h.exec(t, `UPDATE todo.attempt SET resets_at = now() WHERE kind = $1 AND subject = $2`, kind, subject)
}

func (h *harness) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := h.pool.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
