package todoapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// rowsOf counts, by table, the rows of the schema in which a text stands.
func (h *harness) rowsOf(t *testing.T, text string) map[string]int {
	t.Helper()
	rows, err := h.pool.Query(t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'todo' AND table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	rows.Close()
	found := map[string]int{}
	for _, table := range tables {
		if table == "event_lease" { // whose turn it was to have events published, until it is the next user's
			continue
		}
		var n int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.`+table+` r WHERE r::text LIKE '%' || $1 || '%'`, text).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found[table] = n
		}
	}
	return found
}

// waitErased waits until nothing is left of a user but that there was one.
func (h *harness) waitErased(t *testing.T, userID string) {
	t.Helper()
	daprtest.Eventually(t, soon, "the account is erased", func() bool {
		var erased bool
		return h.pool.QueryRow(t.Context(), `SELECT erased_at IS NOT NULL FROM todo.erasure WHERE user_id = $1`, userID).Scan(&erased) == nil && erased
	})
}

func TestAccountDeletion(t *testing.T) {
	h := newHarness(t)
	notification := h.invoker(t, contract.Notification)

	t.Run("erases all that there is, and the address may sign up again", func(t *testing.T) {
		c, stays := h.user(t), h.user(t)
		id, email := c.Grant.User.ID, c.Grant.User.Email
		other := h.login(t, c)
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.program(t, c, "tasks:write")
		project := newProject(t, c, client.ProjectDraft{Name: "of the erased"})
		if err := c.Do(t.Context(), http.MethodPost, "/sections", client.SectionDraft{ProjectID: project.ID, Name: "of the erased"}, nil); err != nil {
			t.Fatal(err)
		}
		made[client.Tag](t, c, "/tags", map[string]any{"name": "of-the-erased"})
		made[client.Filter](t, c, "/filters", map[string]any{"name": "of the erased", "query": "p1"})
		for _, of := range []*client.Client{c, stays} {
			task := newTask(t, of, client.Draft{Title: "of the erased"})
			made[client.Comment](t, of, "/comments", map[string]any{"taskId": task.ID, "text": "of the erased"})
			trashed := newTask(t, of, client.Draft{Title: "of the erased"})
			if err := of.DeleteTask(t.Context(), trashed.ID, client.IdempotencyKey("a-key")); err != nil {
				t.Fatal(err)
			}
		}
		h.exec(t, `INSERT INTO todo.task (id, user_id, title, notes, priority, tags, reminders, created_at, updated_at)
			SELECT gen_random_uuid(), $1, 'of the erased', '', 4, '{}', '[]', now(), now() FROM generate_series(1, 2500)`, id)
		h.exec(t, `WITH i AS (INSERT INTO todo.import (id, user_id, caller, options, state, created_at, free_at)
			VALUES (gen_random_uuid(), $1, '{}', '{}', 'receiving', now(), now()) RETURNING id)
			INSERT INTO todo.import_chunk (import_id, n, user_id, data) SELECT id, 0, $1, 'of the erased' FROM i`, id)
		kept := h.rowsOf(t, stays.Grant.User.ID)

		started := time.Now()
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("the request took %s", took)
		}
		again := h.guest()
		if err := again.SignUp(t.Context(), email, otherPassword, ""); err != nil {
			t.Fatal(err)
		}
		h.waitErased(t, id)
		// The last change, for services that were away, and that there was somebody.
		left := h.rowsOf(t, id)
		for _, table := range []string{"event", "event_head", "erasure"} {
			if left[table] != 1 {
				t.Errorf("%s holds %d rows", table, left[table])
			}
			delete(left, table)
		}
		if len(left) != 0 {
			t.Errorf("left are %v", left)
		}
		if got := h.changesOf(t, id); !slices.Equal(got, []string{events.TypeAccountDeleted}) {
			t.Errorf("the feed holds %q", got)
		}
		if got := h.rowsOf(t, stays.Grant.User.ID); fmt.Sprint(got) != fmt.Sprint(kept) && got["outbox"] == kept["outbox"] {
			t.Errorf("of somebody else were %v and are %v", kept, got)
		}
		if list, err := again.ListTasks(t.Context(), "all", 10, ""); err != nil || len(list.Items) != 0 {
			t.Errorf("who signs up again has %+v, %v", list, err)
		}
		if err := again.Refresh(t.Context()); err != nil || again.Grant.User.ID == id {
			t.Errorf("got %+v, %v", again.Grant.User, err)
		}
		h.prune(t, time.Now())
		if left := h.rowsOf(t, id); left["erasure"] != 1 {
			t.Errorf("the last trace is pruned too early: %v", left)
		}
		h.prune(t, time.Now().Add(31*24*time.Hour))
		left = h.rowsOf(t, id)
		if len(left) != 0 {
			t.Errorf("left are %v", left)
		}
	})

	t.Run("from that moment the account can do nothing", func(t *testing.T) {
		// What it holds stays for as long as the test: whoever erases finds the rows locked.
		c := h.user(t)
		id, email := c.Grant.User.ID, c.Grant.User.Email
		other, program := h.login(t, c), h.program(t, c, "tasks:read", "tasks:write", "account", "audit:read")
		task := newTask(t, c, client.Draft{Title: "secret"})
		tx, err := h.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(t.Context()) //nolint:errcheck // it holds a lock and has changed nothing
		if _, err := tx.Exec(t.Context(), `SELECT FROM todo.task WHERE user_id = $1 FOR KEY SHARE`, id); err != nil {
			t.Fatal(err)
		}
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		for name, by := range map[string]*client.Client{"this session": c, "another": other, "a program": program} {
			for _, path := range []string{"/me", "/tasks", "/tasks/" + task.ID, "/sync", "/settings", "/projects", "/audit", "/sessions", "/tokens"} {
				got := h.by(t, by, http.MethodGet, path, "", "")
				if got.status != http.StatusUnauthorized && (by != program || got.status != http.StatusForbidden) {
					t.Errorf("%s: %s: got %d: %s", name, path, got.status, got.body)
				}
			}
			if got := h.by(t, by, http.MethodGet, "/changes", "", ""); got.status < 400 || strings.Contains(string(got.body), "secret") {
				t.Errorf("%s: got %d: %s", name, got.status, got.body)
			}
			_, err := by.CreateTask(t.Context(), client.Draft{Title: "too late"})
			wantStatus(t, err, http.StatusUnauthorized)
			wantStatus(t, by.DeleteAccount(t.Context(), password), http.StatusUnauthorized)
			wantStatus(t, by.ChangePassword(t.Context(), password, otherPassword), http.StatusUnauthorized)
		}
		wantStatus(t, c.Refresh(t.Context()), http.StatusUnauthorized)
		wantStatus(t, other.Refresh(t.Context()), http.StatusUnauthorized)
		wrong := h.by(t, h.guest(), http.MethodPost, "/auth/login", `{"email":"nobody@example.org","password":"`+password+`"}`, "")
		if got := h.by(t, h.guest(), http.MethodPost, "/auth/login", `{"email":"`+email+`","password":"`+password+`"}`, ""); got.status != http.StatusUnauthorized || string(got.body) != string(wrong.body) {
			t.Errorf("got %d %s, want %s", got.status, got.body, wrong.body)
		}
		if _, err := calls.GetContact.Call(t.Context(), notification, calls.GetContactRequest{UserID: id}); failure.KindOf(err) != failure.NotFound {
			t.Errorf("its address: %v", err)
		}
		if _, err := calls.ListReminding.Call(t.Context(), notification, calls.ListRemindingRequest{UserID: id}); failure.KindOf(err) != failure.NotFound {
			t.Errorf("its reminders: %v", err)
		}
		if left := h.rowsOf(t, task.ID); left["task"] != 1 {
			t.Errorf("the test came too late: %v", left)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.waitErased(t, id)
		_, err = c.CreateTask(t.Context(), client.Draft{Title: "too late"})
		wantStatus(t, err, http.StatusUnauthorized)
	})

	t.Run("its event is published before the account is gone", func(t *testing.T) {
		c := h.user(t)
		newTask(t, c, client.Draft{Title: "a"})
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		h.waitErased(t, c.Grant.User.ID)
		for _, topic := range []string{contract.TopicTaskEvents, contract.TopicTaskUpdates} {
			var got []string
			for _, record := range h.env.Records(t, topic) {
				event, err := events.Decode(record.Value)
				if err != nil {
					t.Fatal(err)
				}
				if event.UserID == c.Grant.User.ID {
					got = append(got, event.Type)
				}
			}
			if len(got) == 0 || got[len(got)-1] != events.TypeAccountDeleted {
				t.Errorf("%s holds %q", topic, got)
			}
		}
	})

	t.Run("needs the password", func(t *testing.T) {
		c := h.user(t)
		got := h.by(t, c, http.MethodDelete, "/me", `{"password":"wrong password"}`, "192.0.2.140")
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"body.password"`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		h.setAttempts(t, "login", c.Grant.User.Email+" 192.0.2.140", 10)
		wantLimited(t, h.by(t, c, http.MethodDelete, "/me", `{"password":"`+password+`"}`, "192.0.2.140"), `"sign-in";q=10;w=900`)
		if got := h.by(t, c, http.MethodDelete, "/me", "", ""); got.status < 400 || got.status >= 500 {
			t.Errorf("without a body: got %d: %s", got.status, got.body)
		}
		newTask(t, c, client.Draft{Title: "still here"})
	})

	t.Run("a page loses its cookie", func(t *testing.T) {
		c := h.user(t)
		got := h.by(t, c, http.MethodDelete, "/me", `{"password":"`+password+`"}`, "")
		cookie, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
		if got.status != http.StatusNoContent || err != nil || cookie.MaxAge >= 0 {
			t.Errorf("got %d %v, %v", got.status, cookie, err)
		}
	})
}
