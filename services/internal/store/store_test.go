package store_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

var files = os.DirFS("testdata")

func sub(t *testing.T, folder string) fs.FS {
	t.Helper()
	part, err := fs.Sub(files, folder)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func itemSchema(t *testing.T) store.Schema {
	return store.Schema{Name: contract.Schema(contract.TodoAPI), Migrations: []store.MigrationSet{store.OwnMigrations(sub(t, "migrations"))}, Functions: []fs.FS{sub(t, "functions")}}
}

// harness is a schema of items behind a real sidecar.
type harness struct {
	env     *daprtest.Env
	admin   *pgxpool.Pool
	sidecar *daprtest.Sidecar
	db      *store.DB
}

func newHarness(t *testing.T, app daprtest.App) *harness {
	t.Helper()
	h := &harness{env: daprtest.New(t)}
	h.admin = h.env.Database(t, itemSchema(t))
	app.ID = contract.TodoAPI
	h.sidecar = h.env.Sidecar(t, app)
	h.db = store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.TodoAPI), contract.Schema(contract.TodoAPI))
	return h
}

func (h *harness) items(t *testing.T) int {
	t.Helper()
	var count int
	if err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.item").Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

func (h *harness) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := h.admin.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

type args map[string]any

// A sidecar reads the authority of a database from a file, as the operator mounts it.
func TestTheDatabaseIsKnownByAPrivateAuthority(t *testing.T) {
	env := daprtest.New(t)
	env.EncryptedPostgres(t)
	admin := env.Database(t, itemSchema(t))
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	db := store.Open(sidecar.Client, contract.DatabaseComponent(contract.TodoAPI), contract.Schema(contract.TodoAPI))
	if err := db.Call(t.Context(), "add_item", args{"id": 1, "name": "a"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := sidecar.Client.SaveState(t.Context(), contract.ConversationStore, "a", dapr.State{Value: []byte(`"b"`)}, time.Minute); err != nil {
		t.Fatal(err)
	}
	var encrypted, plain int
	err := admin.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
		WHERE datname = current_database()`).Scan(&encrypted, &plain)
	if err != nil || encrypted < 3 || plain > 0 { // this connection, the binding's and the state store's
		t.Errorf("%d connections are encrypted and %d are not, %v", encrypted, plain, err)
	}
}

// The binding reports each of these as an empty or even a full success.
func TestCallReportsWhatTheBindingSwallows(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	h.exec(t, "INSERT INTO todo.item (id, name) VALUES (100, 'taken')")

	for _, c := range []struct {
		name    string
		op      string
		args    args
		want    failure.Kind
		field   string
		message string
	}{
		{name: "unique violation", op: "add_item", args: args{"id": 1, "name": "taken"}, want: failure.Conflict},
		{name: "primary key violation", op: "add_item", args: args{"id": 100}, want: failure.Conflict},
		{name: "foreign key that is checked at commit", op: "add_item", args: args{"id": 1, "shelf": 7}, want: failure.Conflict},
		{name: "check violation", op: "add_item", args: args{"id": 1, "size": -1}, want: failure.Internal},
		{name: "value that is no number", op: "add_item", args: args{"id": "one"}, want: failure.Internal},
		{name: "division by zero", op: "divide", args: args{"by": 0}, want: failure.Internal},
		{name: "unknown operation", op: "no_such_thing", args: args{}, want: failure.Internal},
		{name: "function that is no operation", op: "secret", args: args{}, want: failure.Internal},
		{name: "statement timeout", op: "sleep", args: args{"seconds": 30}, want: failure.Unavailable},
		{name: "failure raised by the operation", op: "refuse",
			args: args{"kind": failure.VersionMismatch, "field": "version", "message": "it is 3 by now"},
			want: failure.VersionMismatch, field: "version", message: "it is 3 by now"},
		{name: "failure without a field", op: "refuse",
			args: args{"kind": failure.NotFound, "field": nil, "message": "no such item"},
			want: failure.NotFound, message: "no such item"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := h.db.Call(t.Context(), c.op, c.args, nil)
			if got := failure.KindOf(err); got != c.want {
				t.Fatalf("got kind %q (%v), want %q", got, err, c.want)
			}
			public := failure.Public(err)
			if c.message != "" && (public.Message != c.message || public.Field != c.field) {
				t.Errorf("got field %q, message %q", public.Field, public.Message)
			}
			for _, secret := range []string{"violates", "constraint", "SELECT", "item_pkey"} {
				if strings.Contains(public.Message, secret) {
					t.Errorf("the message to the caller tells about the database: %q", public.Message)
				}
			}
			if got := h.items(t); got != 1 {
				t.Errorf("%d items, want 1: the failed operation left something behind", got)
			}
		})
	}
}

func TestCallIsUnavailableWhenTheBackendDies(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	result := make(chan error, 1)
	go func() { result <- h.db.Call(context.Background(), "sleep", args{"seconds": 4}, nil) }()

	daprtest.Eventually(t, 10*time.Second, "the backend of the call is killed", func() bool {
		var killed int
		err := h.admin.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%.answer(%' AND state = 'active'`).Scan(&killed)
		return err == nil && killed == 1
	})
	if err := <-result; failure.KindOf(err) != failure.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
	if got := h.items(t); got != 0 {
		t.Errorf("%d items, want none", got)
	}
	if err := h.db.Call(t.Context(), "list_items", args{}, nil); err != nil {
		t.Errorf("the call after it: %v", err)
	}
}

func TestCallReturnsTheResult(t *testing.T) {
	for _, mode := range []string{"exec", "cache_statement"} {
		t.Run(mode, func(t *testing.T) {
			h := newHarness(t, daprtest.App{PostgresMode: mode})
			awkward := args{
				"text":   "line\nbreak \"quoted\" it's $1 \\ ünï ☕ \u2028",
				"big":    int64(9007199254740993),
				"nested": []any{args{"a": nil}, true, 1.5},
			}
			var got struct {
				Text string
				Big  int64
			}
			if err := h.db.Call(t.Context(), "echo", awkward, &got); err != nil {
				t.Fatal(err)
			}
			if got.Text != awkward["text"] || got.Big != 9007199254740993 {
				t.Errorf("got %+v", got)
			}
			var list []args
			if err := h.db.Call(t.Context(), "list_items", args{}, &list); err != nil || list == nil || len(list) != 0 {
				t.Errorf("an empty list came back as %v, %v", list, err)
			}
			if err := h.db.Call(t.Context(), "nothing", args{}, nil); err != nil {
				t.Errorf("an operation without a result: %v", err)
			}
		})
	}
}

func TestCallCarriesMegabytes(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	big := strings.Repeat("0123456789abcdef", 5<<20/16)
	var got args
	if err := h.db.Call(t.Context(), "echo", args{"big": big}, &got); err != nil {
		t.Fatal(err)
	}
	if got["big"] != big {
		t.Error("the text came back changed")
	}
}

func TestCallKeepsItsDeadline(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	err := h.db.Call(ctx, "sleep", args{"seconds": 4}, nil)
	if failure.KindOf(err) != failure.Unavailable || time.Since(started) > 3*time.Second {
		t.Errorf("got %v after %s", err, time.Since(started))
	}
}

func TestReadWritesNothing(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	for op, want := range map[string]failure.Kind{"list_items": "", "echo": "", "add_item": failure.Internal} {
		if err := h.db.Read(t.Context(), op, args{"id": 1, "name": "new"}, nil); failure.KindOf(err) != want {
			t.Errorf("%s: got %v, want %q", op, err, want)
		}
	}
	if err := h.db.Call(t.Context(), "add_item", args{"id": 1, "name": "new"}, nil); err != nil || h.items(t) != 1 {
		t.Errorf("a write after a read got %v, there are %d items", err, h.items(t))
	}
}

func TestReadEndsWhatTakesLong(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	err := h.db.Read(t.Context(), "wait", args{"seconds": 60}, nil)
	if failure.KindOf(err) != failure.Unavailable || !strings.Contains(failure.Public(err).Message, "takes too long") {
		t.Errorf("got %v", err)
	}
	daprtest.Eventually(t, 10*time.Second, "the database has ended the statement as well", func() bool {
		var running int
		err := h.admin.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%.read(%' AND state = 'active'`).Scan(&running)
		return err == nil && running == 0
	})
}

func TestBindingRefusesWhatHarms(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	component := contract.DatabaseComponent(contract.TodoAPI)
	for name, c := range map[string]struct {
		operation string
		sql       string
	}{
		"closing the component": {"close", ""},
		// daprd runs it and then fails to answer.
		"statement on two lines": {"query", "SELECT 1\nFROM todo.item"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.sidecar.Client.Binding(t.Context(), component, c.operation, map[string]string{"sql": c.sql})
			if failure.KindOf(err) != failure.Internal {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
	if err := h.db.Call(t.Context(), "list_items", args{}, nil); err != nil {
		t.Errorf("the component does not work any more: %v", err)
	}
}
