package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// firstSchemas are those of the first version, whose outbox and feed were one table.
func firstSchemas(t *testing.T) []store.Schema {
	t.Helper()
	sub := func(folder string) fs.FS {
		files, err := fs.Sub(os.DirFS("testdata/first"), folder)
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	var schemas []store.Schema
	for _, name := range []string{"todo", "notification", "audit"} {
		schemas = append(schemas, store.Schema{
			Name:       name,
			Migrations: []store.MigrationSet{store.OwnMigrations(sub(path.Join(name, "migrations")))},
			Functions:  []fs.FS{sub(path.Join(name, "functions"))},
		})
	}
	return append(schemas, store.Schema{Name: "realtime", CreateTables: true})
}

// replica calls operations as todo-api of the first version does.
type replica struct {
	pool *pgxpool.Pool
	user string
}

type document map[string]any

func (r replica) call(ctx context.Context, op string, args document) (document, error) {
	encoded, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	var text string
	if err := r.pool.QueryRow(ctx, "SELECT todo.call($1, $2::jsonb)::text", op, string(encoded)).Scan(&text); err != nil {
		return nil, err
	}
	var answer struct{ OK, Error document }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, err
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("%s: %v", op, answer.Error)
	}
	return answer.OK, nil
}

func (r replica) create(ctx context.Context, title, key string) (document, error) {
	args := document{"userId": r.user, "actor": r.user, "taskId": uuid.NewString(), "content": document{
		"title": title, "priority": 2, "tags": []string{"home"}, "due": document{"date": "2026-12-01", "time": "09:00"},
		"recurrence": document{"rule": "FREQ=DAILY", "anchor": "schedule"},
		"series":     document{"id": uuid.NewString(), "occurrence": 0, "start": document{"date": "2026-12-01", "time": "09:00"}},
		"reminders":  []document{{"id": uuid.NewString(), "minutesBefore": 5}},
	}}
	if key != "" {
		args["opId"] = key
	}
	return r.call(ctx, "create_task", args)
}

// act does what a person does to one task: five changes.
func (r replica) act(ctx context.Context, title string) error {
	task, err := r.create(ctx, title, "")
	if err != nil {
		return err
	}
	begun, err := r.call(ctx, "begin_edit", document{"userId": r.user, "actor": r.user, "taskId": task["id"]})
	if err != nil {
		return err
	}
	content := document{"title": title + "!", "priority": 1, "tags": []string{}, "due": document{"date": "2026-12-02"},
		"recurrence": task["recurrence"], "series": task["series"]}
	edited, err := r.call(ctx, "update_task", document{"userId": r.user, "actor": r.user, "taskId": task["id"],
		"version": begun["task"].(map[string]any)["version"], "content": content})
	if err != nil {
		return err
	}
	if due := edited["due"].(map[string]any); len(due) != 1 || due["date"] != "2026-12-02" {
		return fmt.Errorf("an edit to a whole day left %v", due)
	}
	steps := []struct {
		op   string
		args document
	}{
		{"set_completed", document{"completed": true}},
		{"advance_occurrence", document{"actor": "recurring-task", "nextId": uuid.NewString(), "next": document{"due": document{"date": "2026-12-03"}, "reminders": []any{}}}},
		{"delete_task", document{}},
	}
	for _, step := range steps {
		args := document{"userId": r.user, "actor": r.user, "taskId": task["id"]}
		for name, value := range step.args {
			args[name] = value
		}
		if _, err := r.call(ctx, step.op, args); err != nil {
			return err
		}
	}
	return nil
}

// relay publishes as the first version does, and notes what it published.
func (r replica) relay(ctx context.Context, published *sync.Map) error {
	claim, err := r.call(ctx, "claim_events", document{"owner": "first", "seconds": 10, "limit": 100, "bytes": 1 << 20})
	if err != nil || claim == nil {
		return err
	}
	var sent []any
	for _, each := range claim["events"].([]any) {
		event := each.(map[string]any)
		published.Store(event["id"], true)
		sent = append(sent, event["position"])
	}
	_, err = r.call(ctx, "settle_events", document{"owner": "first", "shard": claim["shard"], "sent": sent})
	return err
}

func TestTheFirstVersionServesWhileItIsUpgraded(t *testing.T) {
	env := daprtest.New(t)
	first := firstSchemas(t)
	admin := env.Database(t, first...)
	roles := env.Roles()
	ctx := t.Context()
	service, err := pgxpool.New(ctx, env.DatabaseURL("todo"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)

	var people []replica
	for n := range 4 {
		r := replica{service, uuid.NewString()}
		_, err := r.call(ctx, "sign_up", document{"userId": r.user, "email": fmt.Sprintf("p%d@example.org", n), "passwordHash": "x",
			"zone": "Asia/Kolkata", "actor": r.user, "sessionId": uuid.NewString(), "device": "d", "tokenHash": fmt.Sprintf("%064x", n), "sessionLifetime": "1 day"})
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, r)
	}
	keyed, err := people[0].create(ctx, "keyed", "before the upgrade")
	if err != nil {
		t.Fatal(err)
	}

	// The first version writes and publishes before, during and after the upgrade.
	var acts, stop atomic.Int64
	var published sync.Map
	failures := make(chan error, 100)
	var running sync.WaitGroup
	for _, r := range people {
		running.Go(func() {
			for n := 0; stop.Load() == 0 || n < 40; n++ {
				if err := r.act(ctx, fmt.Sprint("task ", n)); err != nil {
					failures <- err
					return
				}
				acts.Add(1)
			}
		})
	}
	running.Go(func() {
		for stop.Load() == 0 {
			if err := people[0].relay(ctx, &published); err != nil {
				failures <- err
				return
			}
		}
	})
	for range 2 {
		if err := migration.Run(ctx, admin.Config().ConnString(), Schemas(), roles, "test"); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(1)
	running.Wait()
	close(failures)
	for err := range failures {
		t.Errorf("the first version failed: %v", err)
	}

	// This version takes over what waits, and finds every change in its own form.
	if _, err := people[0].call(ctx, "event_backlog", document{}); err != nil {
		t.Fatal(err)
	}
	total, tags := int64(0), int64(0)
	for _, r := range people {
		seq := int64(0)
		for {
			page, err := r.call(ctx, "list_changes", document{"userId": r.user, "after": seq, "limit": 500, "bytes": 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			items := page["items"].([]any)
			for _, item := range items {
				seq++
				if checkChange(t, item, seq).Type == events.TypeTagCreated {
					tags++ // that of the tasks, made by this version's functions when one is first used
				}
			}
			if float64(seq) == page["head"] {
				break
			}
			if len(items) == 0 {
				t.Fatalf("the feed ends at %d of %v", seq, page["head"])
			}
		}
		total += seq
	}
	if want := 5*acts.Load() + 5 + tags; total != want || tags > int64(len(people)) {
		t.Errorf("%d changes after %d acts, want %d", total, acts.Load(), want)
	}
	rows, err := admin.Query(ctx, "SELECT event_id::text FROM todo.outbox")
	if err != nil {
		t.Fatal(err)
	}
	var id string
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		published.Store(id, true)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var known int64
	published.Range(func(any, any) bool { known++; return true })
	if known != total {
		t.Errorf("%d events were published or wait, of %d changes", known, total)
	}
	t.Logf("%d acts, %d changes", acts.Load(), total)

	again, err := people[0].create(ctx, "keyed", "before the upgrade")
	if err != nil || again["id"] != keyed["id"] {
		t.Errorf("a request of before, repeated, got %v, %v", again["id"], err)
	}
}

// The audit service of the first version appends and reads while its table becomes one of partitions: nothing
// is lost, and nothing there twice.
func TestTheFirstVersionLogsWhileItIsUpgraded(t *testing.T) {
	env := daprtest.New(t)
	admin := env.Database(t, firstSchemas(t)...)
	roles := env.Roles()
	ctx := t.Context()
	service, err := pgxpool.New(ctx, env.DatabaseURL("audit"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	call := func(op string, args document) (document, error) {
		encoded, err := json.Marshal(args)
		if err != nil {
			return nil, err
		}
		var answer struct{ OK, Error document }
		var text string
		if err := service.QueryRow(ctx, "SELECT audit.call($1, $2::jsonb)::text", op, string(encoded)).Scan(&text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Error != nil {
			return nil, fmt.Errorf("%s: %v, %w", op, answer.Error, err)
		}
		return answer.OK, nil
	}
	var stop atomic.Bool
	users := make([]string, 3)
	appended := make([]int64, len(users))
	var running sync.WaitGroup
	for i := range users {
		users[i] = uuid.NewString()
		running.Go(func() {
			for seq := int64(1); !stop.Load() || seq < 100; seq++ {
				entry := document{"eventId": fmt.Sprint("e", seq), "changeSeq": seq, "body": "{}"}
				done, err := call("append_entries", document{"userId": users[i], "entries": []document{entry, entry}})
				if err != nil || done["appended"] != 1.0 || done["changeSeq"] != float64(seq) {
					t.Errorf("change %d: %v, %v", seq, done, err)
					return
				}
				if _, err := call("list_entries", document{"userId": users[i], "after": seq - 1, "limit": 1}); err != nil {
					t.Error(err)
					return
				}
				appended[i] = seq
			}
		})
	}
	for range 2 {
		if err := migration.Run(ctx, admin.Config().ConnString(), Schemas(), roles, "test"); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	running.Wait()
	for i, user := range users {
		var entries, last int64
		if err := admin.QueryRow(ctx, "SELECT count(*), max(position) FROM audit.entries WHERE user_id = $1", user).Scan(&entries, &last); err != nil || entries != appended[i] || last != entries {
			t.Errorf("%d entries up to position %d, want %d, %v", entries, last, appended[i], err)
		}
	}
	t.Logf("appended %v", appended)
}

func checkChange(t *testing.T, item any, seq int64) events.Change {
	t.Helper()
	encoded, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	change, err := events.DecodeChange(encoded)
	if err != nil || change.Seq != seq || change.By.ID == "" || change.Version < 1 || item.(map[string]any)["entity"] == nil {
		t.Fatalf("change %d: %s, %v", seq, encoded, err)
	}
	return change
}

// A field that a replica of the version before does not know survives its edits.
func TestTheFirstVersionWipesNothingThatItDoesNotKnow(t *testing.T) {
	env := daprtest.New(t)
	admin := env.Database(t, firstSchemas(t)...)
	ctx := t.Context()
	if err := migration.Run(ctx, admin.Config().ConnString(), Schemas(), env.Roles(), "test"); err != nil {
		t.Fatal(err)
	}
	r := replica{admin, uuid.NewString()}
	_, err := r.call(ctx, "sign_up", document{"userId": r.user, "email": "a@example.org", "passwordHash": "x", "zone": "UTC", "actor": r.user,
		"sessionId": uuid.NewString(), "device": "d", "tokenHash": fmt.Sprintf("%064x", 1), "sessionLifetime": "1 day"})
	if err != nil {
		t.Fatal(err)
	}
	task, err := r.create(ctx, "a", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = admin.Exec(ctx, "ALTER TABLE todo.task ADD COLUMN colour text DEFAULT 'grey'; UPDATE todo.task SET colour = 'red'")
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.call(ctx, "update_task", document{"userId": r.user, "actor": r.user, "taskId": task["id"], "version": 1,
		"content": document{"title": "b", "priority": 4, "tags": []string{}}})
	if err != nil {
		t.Fatal(err)
	}
	var title, colour string
	err = admin.QueryRow(ctx, "SELECT title, colour FROM todo.task WHERE due_date IS NULL AND rule IS NULL AND reminders = '[]'").Scan(&title, &colour)
	if err != nil || title != "b" || colour != "red" {
		t.Errorf("title %q, colour %q, %v", title, colour, err)
	}
}
