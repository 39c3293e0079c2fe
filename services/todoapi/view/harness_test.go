package view_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

var now = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

// binding is the sidecar's binding without the sidecar: the service's login, one statement
// a call.
type binding struct{ pool *pgxpool.Pool }

func (b binding) Binding(ctx context.Context, _, _ string, metadata map[string]string) ([]byte, error) {
	var params []string
	if err := json.Unmarshal([]byte(metadata["params"]), &params); err != nil {
		return nil, err
	}
	var answer string
	if err := b.pool.QueryRow(ctx, metadata["sql"], params[0], params[1]).Scan(&answer); err != nil {
		return nil, err
	}
	return json.Marshal([][]string{{answer}})
}

// harness is the room on a real database, with a superuser's look behind it.
type harness struct {
	admin   *pgxpool.Pool
	service *pgxpool.Pool // the login of todo-api
	db      *store.DB
	views   *view.Service
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	env := daprtest.New(t)
	h := &harness{admin: env.Database(t, todoapi.Schema())}
	config, err := pgxpool.ParseConfig(env.DatabaseURL("todo"))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1 // what a statement left behind would meet the next one
	if h.service, err = pgxpool.NewWithConfig(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.service.Close)
	h.db = store.Open(binding{h.service}, "database", "todo")
	commands := command.NewService(h.db, outbox.New(outbox.Config{DB: h.db, Registry: prometheus.NewRegistry()}), allowance.New(command.Changes, time.Now))
	h.views = view.NewService(view.Config{
		DB: h.db, Commands: commands, Tasks: task.NewService(h.db, commands, func() {}, func() time.Time { return now }), Projects: project.NewService(h.db, commands), Settings: settings.NewService(h.db, commands), Now: func() time.Time { return now },
	})
	return h
}

// person is a user with all that belongs to them.
type person struct {
	auth.Caller
	options filter.Options
	tasks   []*row
}

// row is a task as memory keeps it.
type row struct {
	filter.Task
	ID        string
	Updated   time.Time
	Deleted   bool
	titleRank int // in the database's order of titles
}

func (h *harness) person(t testing.TB, zone, locale string, weekStart recurrence.Weekday) *person {
	t.Helper()
	p := &person{Caller: auth.Caller{UserID: uuid.NewString()}}
	location, err := zones.Load(zone)
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := words.Find(locale)
	if err != nil {
		t.Fatal(err)
	}
	p.options = filter.Options{Now: now.In(location), Locale: vocabulary, WeekStart: weekStart}
	h.exec(t, `INSERT INTO todo.account (id, email, password_hash, zone, created_at, locale, week_start) VALUES ($1, $2, 'hash', $3, now(), $4, $5)`,
		p.UserID, p.UserID, zone, locale, int(weekStart)+1)
	return p
}

func (h *harness) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := h.admin.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func pick[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }

var (
	someTitles = []string{"milk", "Milk", "Äpfel", "apples", "zebra", "100% sure", "under_score", "Straße", "ὈΔΟΣ", "x' OR true --", `"quoted" \ back`, "<&>", "🌱", "  a", "\u2028line"}
	someTags   = []string{"work", "Work out", "home", "waiting", "a&b", "ß"}
)

// someRow is a task around now; many agree in all that they can be ordered by.
func someRow(random *rand.Rand) *row {
	at := func() time.Time { return now.Add(time.Duration(random.IntN(16)-8) * 12 * time.Hour) }
	r := &row{ID: uuid.NewString(), Updated: at(), Deleted: random.IntN(12) == 0}
	r.Title, r.Notes, r.Priority, r.Created = pick(random, someTitles), pick(random, someTitles), 1+random.IntN(4), at()
	switch random.IntN(6) {
	case 0: // more than stand in the index of most
		r.Tags = someTags
	case 1, 2, 3:
		r.Tags = []string{pick(random, someTags)}
	}
	if random.IntN(2) == 0 {
		r.Completed = at()
	}
	r.Reminders = random.IntN(2)
	if random.IntN(4) == 0 {
		return r
	}
	r.Due = recurrence.Due{Date: at().Format(time.DateOnly)}
	if random.IntN(2) == 0 {
		r.Due.Time, r.Due.Zone = pick(random, []string{"00:00", "09:00", "23:30"}), pick(random, []string{"", "Asia/Tokyo", "America/New_York"})
	}
	if random.IntN(3) == 0 {
		r.Rule, r.Paused = "FREQ=DAILY", random.IntN(3) == 0
	}
	return r
}

// add stores tasks of a person.
func (h *harness) add(t testing.TB, p *person, rows ...*row) {
	t.Helper()
	tx, err := h.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		_, err := tx.Exec(t.Context(), `INSERT INTO todo.task (id, user_id, title, notes, priority, tags, reminders, created_at, updated_at,
				due_date, due_time, due_zone, rule, anchor, series_id, occurrence, series_start, completed_at, deleted_at, paused)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, '')::date, nullif($11, '')::time, nullif($12, ''),
				nullif($13::text, ''), CASE WHEN $13::text <> '' THEN 'schedule' END, CASE WHEN $13::text <> '' THEN $1::uuid END,
				CASE WHEN $13::text <> '' THEN 0 END, CASE WHEN $13::text <> '' THEN '{}'::jsonb END,
				nullif($14::timestamptz, '0001-01-01Z'), CASE WHEN $15 THEN now() END, $16)`,
			r.ID, p.UserID, r.Title, r.Notes, r.Priority, append([]string{}, r.Tags...), make([]struct{}, r.Reminders), r.Created, r.Updated,
			r.Due.Date, r.Due.Time, r.Due.Zone, r.Rule, r.Completed, r.Deleted, r.Paused)
		if err != nil {
			t.Fatalf("insert %+v: %v", r, err)
		}
		p.tasks = append(p.tasks, r)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// rankTitles asks the database for its order of titles, which memory does not know.
func (h *harness) rankTitles(t testing.TB, p *person) {
	t.Helper()
	rows, err := h.admin.Query(t.Context(), `SELECT id::text, dense_rank() OVER (ORDER BY title COLLATE "und-x-icu") FROM todo.task WHERE user_id = $1`, p.UserID)
	if err != nil {
		t.Fatal(err)
	}
	ranks := map[string]int{}
	var id string
	var rank int
	if _, err := pgx.ForEachRow(rows, []any{&id, &rank}, func() error { ranks[id] = rank; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, r := range p.tasks {
		r.titleRank = ranks[r.ID]
	}
}

// describe shows a task in a failed test.
func (r *row) describe() string {
	return fmt.Sprintf("%s %q due %v p%d created %s completed %s", r.ID, r.Title, r.Due, r.Priority, r.Created, r.Completed)
}
