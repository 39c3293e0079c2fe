package view_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// crowd makes a person with many tasks among others with fewer; one task in eight is open.
func (h *harness) crowd(t testing.TB, many int) *person {
	t.Helper()
	p := h.person(t, "Europe/Berlin", "en", recurrence.Monday)
	h.exec(t, `INSERT INTO todo.account (id, email, password_hash, zone, created_at) SELECT md5(n::text)::uuid, n::text, '', 'UTC', now() FROM generate_series(1, 100) n`)
	// Rows of all users lie in the order in which they were written.
	h.exec(t, `INSERT INTO todo.task (id, user_id, title, notes, priority, tags, reminders, created_at, updated_at, due_date, completed_at)
		SELECT gen_random_uuid(), CASE WHEN n % 4 = 0 THEN $1::uuid ELSE md5((n % 100 + 1)::text)::uuid END, 'Task ' || md5(n::text), repeat(md5(n::text), 8), 1 + n % 4,
			ARRAY['tag' || n % 20], '[]', now() - n * interval '1 minute', now() - (n * 7919 % 100003) * interval '1 minute',
			CASE WHEN n % 3 > 0 THEN date '2026-01-01' + (n * 31 % 700) END, CASE WHEN n % 32 > 3 THEN now() - (n * 31 % 1009) * interval '1 hour' END
		FROM generate_series(1, 4 * $2::int) n`, p.UserID, many)
	h.exec(t, `VACUUM ANALYZE todo.task`)
	return p
}

// plan explains how the first tasks of an order are read.
func (h *harness) plan(t *testing.T, p *person, sort, status string, descending, brief bool) string {
	t.Helper()
	var statement string
	err := pgx.BeginFunc(t.Context(), h.admin, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "SET LOCAL search_path = todo"); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), `SELECT tasks_statement(jsonb_build_object('status', $2::text, 'descending', $3::boolean, 'brief', $4::boolean), o.columns, o.types, false)
			FROM order_of_tasks($1) o`, sort, status, descending, brief).Scan(&statement)
	})
	if err != nil {
		t.Fatal(err)
	}
	replaced := strings.NewReplacer("$1", "'"+p.UserID+"'", "$3", "102", "$4", "'{}'::uuid[]", " FROM task", " FROM todo.task", "::task", "::todo.task").Replace(statement)
	rows, err := h.admin.Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "+replaced)
	if err != nil {
		t.Fatalf("%s: %v", replaced, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestOrdersAreReadByIndex reads the plans of the orders that people page through most.
func TestOrdersAreReadByIndex(t *testing.T) {
	h := newHarness(t)
	p := h.crowd(t, 10_000)
	for _, c := range []struct {
		sort, status, index string
		brief               bool
	}{
		{"due", "open", "task_open_in_order", false},
		{"due", "open", "Heap Fetches: 0", true},
		{"due", "completed", "task_in_order", false},
		{"due", "all", "task_in_order", false},
		{"completed", "completed", "task_by_completed", false},
	} {
		for _, descending := range []bool{false, true} {
			plan := h.plan(t, p, c.sort, c.status, descending, c.brief)
			if !strings.Contains(plan, c.index) || strings.Contains(plan, "Sort Method") {
				t.Errorf("%+v, descending %t:\n%s", c, descending, plan)
			}
		}
	}
}

// BenchmarkFind finds pages among 10,000 tasks of one user.
func BenchmarkFind(b *testing.B) {
	h := newHarness(b)
	p := h.crowd(b, 10_000)
	for _, query := range []view.Query{
		{Filter: "", Sort: "due", Status: "open"},
		{Filter: "all", Sort: "due", Status: "open"},
		{Filter: "today | overdue", Sort: "due", Status: "open"},
		{Filter: "all", Sort: "-completed", Status: "completed"},
		{Filter: "@tag4", Sort: "priority", Status: "all"},
		{Filter: "all", Sort: "title", Status: "all"},
		{Filter: "@tag4", Sort: "-updated", Status: "all"},
		{Filter: "search: nowhere", Sort: "due", Status: "open"},
		{Filter: "search: nowhere", Sort: "due", Status: "all"},
		{Filter: "search: nowhere", Sort: "title", Status: "all"},
		{Filter: strings.Repeat("@a*|", 49) + "@a*", Sort: "due", Status: "all"},
	} {
		query.Limit = 50
		b.Run(query.Sort+" "+query.Status+" "+query.Filter[:min(len(query.Filter), 20)], func(b *testing.B) {
			for b.Loop() {
				if _, err := h.views.Find(b.Context(), p.Caller, query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSearch searches among 10,000 tasks of one user.
func BenchmarkSearch(b *testing.B) {
	h := newHarness(b)
	p := h.crowd(b, 10_000)
	h.exec(b, `VACUUM ANALYZE todo.search_doc`)
	for _, text := range []string{"task", "task a1", "nowhere"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.views.Search(b.Context(), p.Caller, view.Search{Text: text, Status: "all", Limit: 50}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
