package todoapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// verified returns a client signed in as a new user whose address is verified.
func (h *harness) verified(t *testing.T) *client.Client {
	t.Helper()
	c := h.user(t)
	h.exec(t, `UPDATE todo.account SET verified_at = now() WHERE id = $1`, c.Grant.User.ID)
	return c
}

// changesOf reads the types of all changes of a user, whoever is signed in.
func (h *harness) changesOf(t *testing.T, userID string) (types []string) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), `SELECT array_agg(type ORDER BY seq) FROM todo.event WHERE user_id = $1`, userID).Scan(&types); err != nil {
		t.Fatal(err)
	}
	return types
}

func TestPasswordReset(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.VerifyEmail = true })
	notification := h.invoker(t, contract.Notification)
	issue := func(t *testing.T, c *client.Client) calls.Notice {
		t.Helper()
		got, err := calls.IssueNotice.Call(t.Context(), notification, calls.IssueNoticeRequest{UserID: c.Grant.User.ID, Kind: calls.NoticePasswordReset})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	// taken waits until all requests have been looked at.
	taken := func(t *testing.T) {
		t.Helper()
		daprtest.Eventually(t, soon, "the requests are looked at", func() bool {
			var waiting int
			return h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.reset_request`).Scan(&waiting) == nil && waiting == 0
		})
	}
	// token is what notification puts into the mail.
	token := func(t *testing.T, c *client.Client) string {
		t.Helper()
		if err := h.guest().RequestPasswordReset(t.Context(), c.Grant.User.Email); err != nil {
			t.Fatal(err)
		}
		taken(t)
		got := issue(t, c)
		if !got.Needed || got.Email != c.Grant.User.Email || len(got.Token) < 20 {
			t.Fatalf("got %+v", got)
		}
		return got.Token
	}
	asked := func(t *testing.T, c *client.Client) (n int) {
		t.Helper()
		for _, kind := range h.changesOf(t, c.Grant.User.ID) {
			if kind == events.TypePasswordResetRequested {
				n++
			}
		}
		return n
	}

	t.Run("a mailed token gives a new password and signs out everywhere", func(t *testing.T) {
		c := h.verified(t)
		other := h.login(t, c)
		mailed := token(t, c)
		if err := h.guest().ConfirmPasswordReset(t.Context(), mailed, otherPassword); err != nil {
			t.Fatal(err)
		}
		for _, session := range []*client.Client{c, other} {
			wantStatus(t, session.Refresh(t.Context()), http.StatusUnauthorized)
			_, err := session.CreateTask(t.Context(), client.Draft{Title: "too late"})
			wantStatus(t, err, http.StatusUnauthorized)
		}
		wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, password), http.StatusUnauthorized)
		again := h.guest()
		if err := again.Login(t.Context(), strings.ToUpper(c.Grant.User.Email), otherPassword); err != nil {
			t.Fatal(err)
		}
		h.wantChanges(t, again, events.TypeAccountCreated, events.TypeVerificationRequested, events.TypeSessionCreated, events.TypePasswordResetRequested,
			events.TypeSessionEnded, events.TypeSessionEnded, events.TypePasswordChanged, events.TypeSessionCreated)
		changes, err := again.Changes(t.Context(), 3, 10)
		if err != nil || changes.Items[0].By.Kind != events.ActorSystem || changes.Items[3].By.Kind != events.ActorPerson {
			t.Errorf("got %+v, %v", changes, err)
		}
	})

	t.Run("a token is good once, and its siblings are not after it", func(t *testing.T) {
		c := h.verified(t)
		first, second := token(t, c), issue(t, c).Token // as when the mail is tried again
		if first == second {
			t.Fatal("it is the same token")
		}
		if err := h.guest().ConfirmPasswordReset(t.Context(), second, otherPassword); err != nil {
			t.Fatal(err)
		}
		for _, used := range []string{second, first} {
			wantStatus(t, h.guest().ConfirmPasswordReset(t.Context(), used, "a third password"), http.StatusUnprocessableEntity)
		}
		if got := issue(t, c); got.Needed || got.Token != "" || got.Email != "" {
			t.Errorf("a mail is still wanted: %+v", got)
		}
		if err := h.guest().Login(t.Context(), c.Grant.User.Email, otherPassword); err != nil {
			t.Error(err)
		}
	})

	t.Run("of those who use one at a time, one gets it", func(t *testing.T) {
		c := h.verified(t)
		mailed := token(t, c)
		var wg sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = client.StatusOf(h.guest().ConfirmPasswordReset(t.Context(), mailed, fmt.Sprintf("%s %d", otherPassword, i)))
			})
		}
		wg.Wait()
		good := 0
		for i, status := range statuses {
			if status == 0 {
				good++
				if err := h.guest().Login(t.Context(), c.Grant.User.Email, fmt.Sprintf("%s %d", otherPassword, i)); err != nil {
					t.Error(err)
				}
			} else if status != http.StatusUnprocessableEntity {
				t.Errorf("got %d", status)
			}
		}
		if good != 1 {
			t.Errorf("%d got it", good)
		}
	})

	t.Run("a token is good for an hour, and only its hash is stored", func(t *testing.T) {
		c := h.verified(t)
		mailed := token(t, c)
		var left time.Duration
		var stored int
		if err := h.pool.QueryRow(t.Context(), `SELECT max(expires_at - now()), count(*) FILTER (WHERE r::text LIKE '%' || $2 || '%' OR hash = convert_to($2, 'UTF8'))
			FROM todo.reset_token r WHERE user_id = $1`, c.Grant.User.ID, mailed).Scan(&left, &stored); err != nil || left > time.Hour || left < 55*time.Minute || stored != 0 {
			t.Errorf("%s are left, %d stored in clear, %v", left, stored, err)
		}
		h.exec(t, `UPDATE todo.reset_token SET expires_at = now() WHERE user_id = $1`, c.Grant.User.ID)
		got := h.by(t, h.guest(), http.MethodPost, "/auth/password-reset/confirm", `{"token":"`+mailed+`","password":"`+otherPassword+`"}`, "")
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"body.token"`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		h.prune(t, time.Now())
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.reset_token WHERE user_id = $1`, c.Grant.User.ID).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("%d are kept, %v", stored, err)
		}
	})

	t.Run("what was not mailed, and what is no password, changes nothing", func(t *testing.T) {
		c := h.verified(t)
		for _, wrong := range []string{"", "nonsense", c.Grant.AccessToken[:100], c.Grant.RefreshToken} {
			wantStatus(t, h.guest().ConfirmPasswordReset(t.Context(), wrong, otherPassword), http.StatusUnprocessableEntity)
		}
		mailed := token(t, c)
		wantStatus(t, h.guest().ConfirmPasswordReset(t.Context(), mailed, "short"), http.StatusUnprocessableEntity)
		if err := h.guest().ConfirmPasswordReset(t.Context(), mailed, otherPassword); err != nil {
			t.Errorf("a bad password used the token up: %v", err)
		}
	})

	t.Run("nobody learns whether an address has an account", func(t *testing.T) {
		c, stray := h.verified(t), h.user(t)
		var answers []answer
		for _, email := range []string{c.Grant.User.Email, stray.Grant.User.Email, "nobody@example.org", c.Grant.User.Email} {
			answers = append(answers, h.by(t, h.guest(), http.MethodPost, "/auth/password-reset", `{"email":"`+email+`"}`, ""))
		}
		for _, got := range answers {
			if got.status != http.StatusAccepted || string(got.body) != string(answers[0].body) || len(got.header) != len(answers[0].header) {
				t.Errorf("got %d %v: %s", got.status, got.header, got.body)
			}
		}
		taken(t)
		if got := asked(t, c); got != 2 {
			t.Errorf("%d mails were asked for", got)
		}
		if got := asked(t, stray); got != 0 {
			t.Errorf("a mail goes to an address that is not verified")
		}
		if got := issue(t, stray); got.Needed {
			t.Errorf("got %+v", got)
		}
		wantStatus(t, h.guest().RequestPasswordReset(t.Context(), "no address"), http.StatusUnprocessableEntity)
	})

	t.Run("asking is limited by client, and by account without a word", func(t *testing.T) {
		c := h.verified(t)
		const address = "192.0.2.99"
		ask := func(email string) answer {
			return h.by(t, h.guest(), http.MethodPost, "/auth/password-reset", `{"email":"`+email+`"}`, address)
		}
		for range 5 {
			if got := ask(c.Grant.User.Email); got.status != http.StatusAccepted {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
		}
		taken(t)
		if got := asked(t, c); got != 3 {
			t.Errorf("%d mails were asked for, want 3", got)
		}
		h.setAttempts(t, "reset-client", address, 30)
		wantLimited(t, ask("nobody@example.org"), `"password-reset";q=30;w=3600`)
		wantLimited(t, ask(c.Grant.User.Email), `"password-reset";q=30;w=3600`)
	})

	t.Run("whoever changes the password by hand settles it", func(t *testing.T) {
		c := h.verified(t)
		mailed := token(t, c)
		if err := c.ChangePassword(t.Context(), password, otherPassword); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, h.guest().ConfirmPasswordReset(t.Context(), mailed, "a third password"), http.StatusUnprocessableEntity)
	})

	t.Run("a mail that could not go out within the hour is not wanted any more", func(t *testing.T) {
		c := h.verified(t)
		token(t, c)
		h.exec(t, `UPDATE todo.account SET reset_asked_at = now() - interval '61 minutes' WHERE id = $1`, c.Grant.User.ID)
		if got := issue(t, c); got.Needed {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("only notification asks for tokens, and of kinds that there are", func(t *testing.T) {
		c := h.verified(t)
		if _, err := calls.IssueNotice.Call(t.Context(), notification, calls.IssueNoticeRequest{UserID: c.Grant.User.ID, Kind: "other"}); failure.KindOf(err) != failure.Invalid {
			t.Errorf("got %v", err)
		}
		for _, invocation := range contract.Invocations() {
			if invocation.Method == contract.MethodIssueNotice && invocation.Caller != contract.Notification {
				t.Errorf("%s may", invocation.Caller)
			}
		}
	})

	t.Run("a change of the password is told to who reads there", func(t *testing.T) {
		for c, want := range map[*client.Client]bool{h.verified(t): true, h.user(t): false} {
			got, err := calls.IssueNotice.Call(t.Context(), notification, calls.IssueNoticeRequest{UserID: c.Grant.User.ID, Kind: calls.NoticePasswordChanged})
			if err != nil || got.Needed != want || want && got.Email != c.Grant.User.Email || got.Token != "" {
				t.Errorf("got %+v, %v", got, err)
			}
		}
	})
}

func TestWithoutMailNobodyGetsANewPassword(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	for _, email := range []string{c.Grant.User.Email, "nobody@example.org"} {
		wantStatus(t, h.guest().RequestPasswordReset(t.Context(), email), http.StatusConflict)
	}
}
