package todoapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestQuotas(t *testing.T) {
	h := newHarness(t)

	t.Run("an account holds so many tasks and no more", func(t *testing.T) {
		c := h.user(t)
		h.fill(t, c, 99_998)
		daily := client.Draft{Title: "daily", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}}
		next := newTask(t, c, daily)
		last := newTask(t, c, client.Draft{Title: "the last one"})
		_, err := c.CreateTask(t.Context(), client.Draft{Title: "one too many"})
		wantStatus(t, err, http.StatusConflict)
		commands := []client.Command{
			{Name: "task.delete", ID: last.ID},
			{Name: "task.create", Fields: map[string]string{"title": "in its place"}},
			{Name: "task.create", Fields: map[string]string{"title": "one too many"}},
		}
		outcomes, err := c.Apply(t.Context(), true, commands)
		if err != nil || outcomes[1].Error != nil || outcomes[2].Error == nil || outcomes[2].Error.Status != http.StatusConflict {
			t.Fatalf("got %+v, %v; want room for one of two", outcomes, err)
		}
		// What the platform makes of itself is not refused: the series would stop.
		if _, err := c.CompleteTask(t.Context(), next.ID); err != nil {
			t.Fatal(err)
		}
		h.advance(t, c, next)
		h.wantCounted(t, c)
		// Taking the completion back removes the occurrence again.
		if _, err := c.ReopenTask(t.Context(), next.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.wantCounted(t, c); got != 100_000 {
			t.Errorf("%d tasks, want 100000", got)
		}
		h.explain(t, c)
	})

	t.Run("the session that was not used for longest ends", func(t *testing.T) {
		first := h.user(t)
		email := first.Grant.User.Email
		second := h.guest()
		if err := second.Login(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
		// Forty-eight more, used since; a password check for each would take long.
		if _, err := h.pool.Exec(t.Context(), `INSERT INTO todo.session (id, user_id, device, created_at, used_at, expires_at)
			SELECT gen_random_uuid(), $1, n::text, now(), now(), now() + interval '1 day' FROM generate_series(1, 48) n`,
			first.Grant.User.ID); err != nil {
			t.Fatal(err)
		}
		if err := first.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		third := h.guest()
		if err := third.Login(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, second.Refresh(t.Context()), http.StatusUnauthorized)
		for name, c := range map[string]*client.Client{"the one used since": first, "the new one": third} {
			if err := c.Refresh(t.Context()); err != nil {
				t.Errorf("%s ended: %v", name, err)
			}
		}
		changes, err := first.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if got := changes.Items[len(changes.Items)-1].Type; got != "session.ended" || len(changes.Items) != 4 {
			t.Errorf("the last of %d changes is %s: sockets of the session would stay open", len(changes.Items), got)
		}
	})
}

// fill gives a user so many open tasks, past the API.
func (h *harness) fill(t *testing.T, c *client.Client, tasks int) {
	t.Helper()
	if _, err := h.pool.Exec(t.Context(), `INSERT INTO todo.task (id, user_id, title, notes, priority, tags, reminders, created_at, updated_at)
		SELECT gen_random_uuid(), $1, n::text, '', 4, '{}', '[]', now(), now() FROM generate_series(1, $2::int) n`, c.Grant.User.ID, tasks); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pool.Exec(t.Context(), `VACUUM ANALYZE todo.task`); err != nil {
		t.Fatal(err)
	}
}

// advance makes what follows a completed task, as recurring-task has it made.
func (h *harness) advance(t *testing.T, c *client.Client, done client.Task) {
	t.Helper()
	var answer string
	row := h.pool.QueryRow(t.Context(), `SELECT todo.call('advance_occurrence', jsonb_build_object('userId', $1::text, 'taskId', $2::text,
		'by', '{"kind": "system", "id": "recurring-task"}'::jsonb, 'nextId', $3::text, 'next', '{"due": {"date": "2026-12-02"}}'::jsonb))->'ok'->>'created'`,
		c.Grant.User.ID, done.ID, uuid.NewString())
	if err := row.Scan(&answer); err != nil || answer != "true" {
		t.Fatalf("created: %q, %v", answer, err)
	}
}

// wantCounted checks that the number that is kept of a user's tasks is that of the tasks, and returns it.
func (h *harness) wantCounted(t *testing.T, c *client.Client) (kept int) {
	t.Helper()
	var counted int
	row := h.pool.QueryRow(t.Context(), `SELECT tasks, (SELECT count(*) FROM todo.task WHERE user_id = c.user_id AND deleted_at IS NULL)
		FROM todo.task_count c WHERE user_id = $1`, c.Grant.User.ID)
	if err := row.Scan(&kept, &counted); err != nil {
		t.Fatal(err)
	}
	if kept != counted {
		t.Errorf("%d tasks are noted, there are %d", kept, counted)
	}
	return kept
}

// explain logs what the check of the quota costs, and what counting would.
func (h *harness) explain(t *testing.T, c *client.Client) {
	t.Helper()
	for _, statement := range []string{
		`SELECT tasks FROM todo.task_count WHERE user_id = '%s'`,
		`UPDATE todo.task_count SET tasks = tasks WHERE user_id = '%s'`,
		`SELECT count(*) FROM todo.task WHERE user_id = '%s' AND deleted_at IS NULL`,
	} {
		rows, err := h.pool.Query(t.Context(), `EXPLAIN (ANALYZE, BUFFERS) `+fmt.Sprintf(statement, c.Grant.User.ID))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			t.Log(line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}
