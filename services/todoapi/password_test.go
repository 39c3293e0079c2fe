package todoapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const otherPassword = "staple of many horses"

// login returns another session of the user's.
func (h *harness) login(t *testing.T, c *client.Client) *client.Client {
	t.Helper()
	other := h.guest()
	if err := other.Login(t.Context(), c.Grant.User.Email, password); err != nil {
		t.Fatal(err)
	}
	return other
}

// by sends a request of a client's, whose header may name an address.
func (h *harness) by(t *testing.T, c *client.Client, method, path, body, address string) answer {
	t.Helper()
	header := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + c.Grant.AccessToken}
	if address != "" {
		header["X-Forwarded-For"] = address
	}
	return send(t, http.DefaultClient, method, h.url+"/api/v1"+path, body, header)
}

func TestPasswordChange(t *testing.T) {
	h := newHarness(t)

	t.Run("signs out everywhere else", func(t *testing.T) {
		c := h.user(t)
		other := h.login(t, c)
		program := h.program(t, c, "tasks:write")
		if err := c.ChangePassword(t.Context(), password, otherPassword); err != nil {
			t.Fatal(err)
		}
		_, err := other.CreateTask(t.Context(), client.Draft{Title: "too late"})
		wantStatus(t, err, http.StatusUnauthorized)
		wantStatus(t, other.Refresh(t.Context()), http.StatusUnauthorized)
		if err := c.Refresh(t.Context()); err != nil {
			t.Errorf("this session ended too: %v", err)
		}
		newTask(t, c, client.Draft{Title: "goes on"})
		if _, err := program.CreateTask(t.Context(), client.Draft{Title: "so do programs"}); err != nil {
			t.Error(err)
		}
		wantStatus(t, h.guest().Login(t.Context(), c.Grant.User.Email, password), http.StatusUnauthorized)
		if err := h.guest().Login(t.Context(), c.Grant.User.Email, otherPassword); err != nil {
			t.Error(err)
		}
	})

	t.Run("is a change without a secret", func(t *testing.T) {
		c := h.user(t)
		h.login(t, c)
		if err := c.ChangePassword(t.Context(), password, otherPassword); err != nil {
			t.Fatal(err)
		}
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeSessionCreated, events.TypeSessionEnded, events.TypePasswordChanged)
		changes, err := c.Changes(t.Context(), 3, 10)
		if err != nil || len(changes.Items) != 1 {
			t.Fatalf("got %+v, %v", changes, err)
		}
		change := changes.Items[0]
		if change.ID != c.Grant.User.ID || change.By != (events.Actor{Kind: events.ActorPerson, ID: c.Grant.User.ID}) || change.Before != nil || change.After != nil {
			t.Errorf("got %+v", change)
		}
		encoded, err := json.Marshal(changes)
		if err != nil || strings.Contains(string(encoded), "horse") || strings.Contains(string(encoded), "argon") || strings.Contains(string(encoded), c.Grant.User.Email) {
			t.Errorf("it tells %s, %v", encoded, err)
		}
	})

	t.Run("needs the password so far", func(t *testing.T) {
		c := h.user(t)
		other := h.login(t, c)
		got := h.by(t, c, http.MethodPut, "/me/password", `{"current":"wrong password","new":"`+otherPassword+`"}`, "")
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"body.current"`) || !strings.Contains(string(got.body), "is not the password") {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		h.wantChanges(t, c, events.TypeAccountCreated, events.TypeSessionCreated)
		if err := other.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		// What is sent twice is refused the second time: the password so far is another.
		if err := c.ChangePassword(t.Context(), password, otherPassword); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.ChangePassword(t.Context(), password, otherPassword), http.StatusUnprocessableEntity)
	})

	t.Run("refuses what is no good password, and counts nothing", func(t *testing.T) {
		c := h.user(t)
		for name, body := range map[string]string{
			"too short": `{"current":"` + password + `","new":"short"}`,
			"too long":  `{"current":"` + password + `","new":"` + strings.Repeat("a", 129) + `"}`,
			"absent":    `{"current":"` + password + `"}`,
			"unknown":   `{"current":"` + password + `","new":"` + otherPassword + `","email":"a@example.org"}`,
		} {
			if got := h.by(t, c, http.MethodPut, "/me/password", body, ""); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: got %d: %s", name, got.status, got.body)
			}
		}
		if got := h.attempts(t, "login-account", c.Grant.User.Email); got != 0 {
			t.Errorf("counted %d times", got)
		}
	})

	t.Run("guessing counts with sign-ins", func(t *testing.T) {
		c := h.user(t)
		const address = "192.0.2.77"
		guess := func(guessed string) answer {
			return h.by(t, c, http.MethodPut, "/me/password", `{"current":"`+guessed+`","new":"`+otherPassword+`"}`, address)
		}
		for range 5 {
			if got := guess("wrong password"); got.status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
			if got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/login", `{"email":"`+c.Grant.User.Email+`","password":"wrong password"}`,
				map[string]string{"X-Forwarded-For": address}); got.status != http.StatusUnauthorized {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
		}
		wantLimited(t, guess(password), `"sign-in";q=10;w=900`)
		h.wantChanges(t, c, events.TypeAccountCreated)
		h.endWindow(t, "login", c.Grant.User.Email+" "+address)
		if got := guess(password); got.status != http.StatusNoContent {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		if got := h.attempts(t, "login", c.Grant.User.Email+" "+address); got != 0 {
			t.Errorf("the right password leaves %d counted", got)
		}
	})

	t.Run("a session that was ended changes and guesses nothing", func(t *testing.T) {
		c := h.user(t)
		other := h.login(t, c)
		if err := c.EndSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, other.ChangePassword(t.Context(), password, otherPassword), http.StatusUnauthorized)
		wantStatus(t, other.ChangePassword(t.Context(), "wrong password", otherPassword), http.StatusUnauthorized)
		if got := h.attempts(t, "login-account", c.Grant.User.Email); got != 0 {
			t.Errorf("counted %d times", got)
		}
	})

	t.Run("what was checked against the password of before comes too late", func(t *testing.T) {
		c := h.user(t)
		id := c.Grant.User.ID
		var session string
		if err := h.pool.QueryRow(t.Context(), `SELECT id FROM todo.session WHERE user_id = $1`, id).Scan(&session); err != nil {
			t.Fatal(err)
		}
		for op, want := range map[string]string{"finish_login": "unauthenticated", "change_password": "conflict"} {
			args := map[string]any{"userId": id, "by": map[string]string{"kind": "person", "id": id}, "sessionId": session, "address": "192.0.2.1",
				"email": c.Grant.User.Email, "provenHash": "of before", "passwordHash": "of before"}
			if op == "finish_login" {
				args["sessionId"] = uuid.NewString()
			}
			encoded, err := json.Marshal(args)
			if err != nil {
				t.Fatal(err)
			}
			var kind *string
			if err := h.pool.QueryRow(t.Context(), `SELECT todo.answer($1, $2::jsonb)::jsonb->'error'->>'kind'`, op, string(encoded)).Scan(&kind); err != nil || kind == nil || *kind != want {
				t.Errorf("%s: got %v, %v", op, kind, err)
			}
		}
		if sessions, err := c.Sessions(t.Context()); err != nil || len(sessions) != 1 {
			t.Errorf("got %+v, %v", sessions, err)
		}
	})
}
