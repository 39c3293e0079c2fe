package filter

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/migrations"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

// TestSQLAndMemoryAgree runs generated filters over generated tasks in the table of
// todo-api.
func TestSQLAndMemoryAgree(t *testing.T) {
	const tasksPerMoment, filtersPerMoment = 250, 60
	tables := store.Schema{Name: "todo", Migrations: []store.MigrationSet{outbox.Migrations(), store.OwnMigrations(migrations.Files())}}
	db := daprtest.New(t).Database(t, tables)
	random := rand.New(rand.NewPCG(3, 4))
	selected, compared := 0, 0
	for _, now := range someNows {
		for _, zone := range someZones {
			options := optionsAt(t, now, zone)
			tasks := make([]Task, tasksPerMoment)
			for i := range tasks {
				tasks[i] = someTask(random, options.Now)
			}
			user, ids := insert(t, db, tasks)
			for range filtersPerMoment {
				f := someFilter(random, 2)
				query, err := f.Bind(options)
				if err != nil {
					t.Fatal(err)
				}
				rows := rowsOf(t, db, user, query)
				for i := range tasks {
					inSQL, inMemory := slices.Contains(rows, ids[i]), query.Match(&tasks[i])
					if inSQL != inMemory {
						t.Errorf("%q at %s in %s: SQL %t, memory %t for %+v", f, now, zone, inSQL, inMemory, tasks[i])
					}
				}
				selected += len(rows)
				compared += len(tasks)
			}
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d filters, %d comparisons, %d selected", len(someNows)*len(someZones)*filtersPerMoment, compared, selected)
}

// insert stores the tasks of a new user.
func insert(t *testing.T, db *pgxpool.Pool, tasks []Task) (user string, ids []string) {
	t.Helper()
	user = uuid.NewString()
	if _, err := db.Exec(t.Context(), `INSERT INTO todo.account VALUES ($1::text::uuid, $1::text, '', 'UTC', now())`, user); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		id := uuid.NewString()
		ids = append(ids, id)
		reminders := make([]map[string]int, task.Reminders)
		rule, series := any(nil), any(nil)
		if task.Rule != "" {
			rule, series = task.Rule, id
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO todo.task (id, user_id, title, notes, priority, tags, due_date, due_time, due_zone,
			rule, anchor, reminders, series_id, occurrence, series_start, completed_at, created_at, updated_at,
			project_id, section_id, parent_id, deadline, start_date, paused)
			VALUES ($1, $2, $3, $4, $5, $6, $7::text::date, $8::text::time, $9, $10::text, CASE WHEN $10::text IS NOT NULL THEN 'schedule' END, $11,
			$12::text::uuid, CASE WHEN $12::text IS NOT NULL THEN 0 END, CASE WHEN $12::text IS NOT NULL THEN '{}'::jsonb END, $13, $14, $14, $15::text::uuid, $16::text::uuid, $17::text::uuid, $18::text::date, $19::text::date, $20)`,
			id, user, task.Title, task.Notes, task.Priority, append([]string{}, task.Tags...),
			orNull(task.Due.Date), orNull(task.Due.Time), orNull(task.Due.Zone), rule, reminders, series,
			orNull(task.Completed), task.Created, orNull(task.Project), orNull(task.Section), orNull(task.Parent),
			orNull(task.Deadline), orNull(task.Start), task.Paused)
		if err != nil {
			t.Fatalf("insert %+v: %v", task, err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return user, ids
}

// orNull is a value for SQL, null when it is empty.
func orNull(value any) any {
	if reflect.ValueOf(value).IsZero() {
		return nil
	}
	return value
}

// rowsOf gives the ids of the tasks that the SQL of a query selects.
func rowsOf(t *testing.T, db *pgxpool.Pool, user string, query Query) []string {
	t.Helper()
	condition, params := query.SQL(TaskTable, 2)
	sql := "SELECT id::text FROM todo.task WHERE user_id = $1 AND " + condition
	rows, err := db.Query(t.Context(), sql, append([]any{user}, params...)...)
	if err != nil {
		t.Fatalf("%s\n%v: %v", sql, params, err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s\n%v: %v", sql, params, err)
	}
	return ids
}

// TestSQLHoldsNothingOfTheUser compares the SQL of generated filters with that of the
// same filters with other names and dates.
func TestSQLHoldsNothingOfTheUser(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	options := thursday(t)
	for range 2000 {
		f := someFilter(random, 3)
		sql, params := sqlOf(t, f, options)
		masked, maskedParams := sqlOf(t, mask(f), options)
		if sql != masked || len(params) != len(maskedParams) {
			t.Fatalf("%q\n%s\n%s", f, sql, masked)
		}
	}
}

// mask replaces all that a user wrote.
func mask(f Filter) Filter {
	if f.Date != "" {
		f.Date = "today"
	}
	if f.Name != "" {
		f.Name = "x"
	}
	if f.Text != "" {
		f.Text = "x"
	}
	if f.Number > 1 {
		f.Number = 1
	}
	f.Of = slices.Clone(f.Of)
	for i := range f.Of {
		f.Of[i] = mask(f.Of[i])
	}
	return f
}

func sqlOf(t testing.TB, f Filter, options Options) (string, []any) {
	t.Helper()
	query, err := f.Bind(options)
	if err != nil {
		t.Fatal(err)
	}
	return query.SQL(TaskTable, 1)
}

func TestSQLCountsItsParametersFromAnyNumber(t *testing.T) {
	query, err := Filter{Kind: Or, Of: []Filter{{Kind: Priority, Number: 2}, {Kind: Tag, Name: `5%_\*x*`}}}.Bind(thursday(t))
	if err != nil {
		t.Fatal(err)
	}
	sql, params := query.SQL(Schema{Priority: "p", Tags: "tags"}, 7)
	want := `((p = $7::smallint) OR EXISTS (SELECT FROM unnest(tags) AS of (name) WHERE of.name <> '' AND upper(of.name COLLATE "und-x-icu") LIKE upper($8::text COLLATE "und-x-icu")))`
	if sql != want || fmt.Sprint(params) != `[2 5\%\_*x%]` {
		t.Errorf("%s\n%v", sql, params)
	}
}

func TestSQLTakesItsParametersFromAList(t *testing.T) {
	query, err := Filter{Kind: Or, Of: []Filter{{Kind: Priority, Number: 2}, {Kind: Tag, Name: "5%"}}}.Bind(thursday(t))
	if err != nil {
		t.Fatal(err)
	}
	sql, params := query.SQLWithList(Schema{Priority: "p", Tags: "tags"}, "$2")
	want := `((p = $2[1]::smallint) OR EXISTS (SELECT FROM unnest(tags) AS of (name) WHERE of.name <> '' AND upper(of.name COLLATE "und-x-icu") LIKE upper($2[2]::text COLLATE "und-x-icu")))`
	if sql != want || !slices.Equal(params, []string{"2", `5\%`}) {
		t.Errorf("%s\n%v", sql, params)
	}
}

// TestFarZonesHaveTheirOwnDay is the one that a filter in UTC would get wrong.
func TestFarZonesHaveTheirOwnDay(t *testing.T) {
	options := optionsAt(t, "2026-11-26T10:00:00", "Pacific/Kiritimati")
	_, params := sqlOf(t, Filter{Kind: Created, Operator: On, Date: "today"}, options)
	if want := []any{"2026-11-25T10:00:00Z", "2026-11-26T10:00:00Z"}; !reflect.DeepEqual(params, want) {
		t.Errorf("%v at %s", params, options.Now.Format(time.RFC3339))
	}
}

// TestCapitalsAgree compares the letters of the scripts that have capitals in every
// version of Unicode in use.
func TestCapitalsAgree(t *testing.T) {
	db := daprtest.New(t).Database(t)
	rows, err := db.Query(t.Context(), `SELECT chr(i), upper(chr(i) COLLATE "und-x-icu") FROM generate_series(1, 1423) i
		UNION ALL SELECT chr(i), upper(chr(i) COLLATE "und-x-icu") FROM generate_series(7680, 8191) i`) // Latin to Armenian; Latin and Greek with accents
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	letters := 0
	for rows.Next() {
		var letter, capital string
		if err := rows.Scan(&letter, &capital); err != nil {
			t.Fatal(err)
		}
		const young = "ʂ" // has a capital since Unicode 12, which not every ICU knows
		if got := upper(letter); got != capital && letter != young {
			t.Errorf("upper of %q is %q, in PostgreSQL %q", letter, got, capital)
		}
		letters++
	}
	if err := rows.Err(); err != nil || letters != 1423+512 {
		t.Errorf("%d letters, %v", letters, err)
	}
}
