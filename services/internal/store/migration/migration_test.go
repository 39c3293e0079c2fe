package migration_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/test/servers"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

func itemSchema() store.Schema {
	return store.Schema{
		Name: "todo",
		Migrations: []store.MigrationSet{store.OwnMigrations(fstest.MapFS{
			"00001_item.sql": {Data: []byte("-- +goose Up\nCREATE TABLE item (id bigint PRIMARY KEY);\nINSERT INTO item VALUES (1);")},
		})},
		Functions: []fs.FS{fstest.MapFS{
			"item.sql": {Data: []byte(`
				CREATE OR REPLACE FUNCTION op_count_items(args jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT to_jsonb(count(*)) FROM item';
				CREATE OR REPLACE FUNCTION op_search_path(args jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(current_setting('search_path')) $$;`)},
		}},
	}
}

func connect(t *testing.T, address string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return pool
}

func call(t *testing.T, pool *pgxpool.Pool, op string) string {
	t.Helper()
	var answer string
	if err := pool.QueryRow(t.Context(), "SELECT todo.call($1, '{}')::text", op).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestRoleReachesNothingButItsDoor(t *testing.T) {
	env := daprtest.New(t)
	env.Database(t, itemSchema(), store.Schema{Name: "audit", Functions: itemSchema().Functions})
	role := connect(t, env.DatabaseURL("todo"))
	for name, statement := range map[string]string{
		"read a table":                    "SELECT * FROM todo.item",
		"call an operation by itself":     "SELECT todo.op_count_items('{}')",
		"create a table in its schema":    "CREATE TABLE todo.mine (id int)",
		"create a table elsewhere":        "CREATE TABLE public.mine (id int)",
		"replace the door":                "CREATE OR REPLACE FUNCTION todo.call(op text, args jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT args'",
		"read what migrations have run":   "SELECT * FROM todo.goose_db_version",
		"use the door of another service": "SELECT audit.call('count_items', '{}')",
		"read which migration there is":   "SELECT * FROM " + contract.MigrationTable,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := role.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("got %v, want insufficient privilege", err)
			}
		})
	}
	// A table of the same name in the caller's temporary schema must not be believed.
	if _, err := role.Exec(t.Context(), "SET search_path = public"); err != nil {
		t.Fatal(err)
	}
	if got := call(t, role, "search_path"); got != `{"ok": "todo, pg_temp"}` {
		t.Errorf("operations run with %s", got)
	}
}

func TestMigrateTwiceAndInParallel(t *testing.T) {
	env := daprtest.New(t)
	admin := env.Database(t, itemSchema())
	service := connect(t, env.DatabaseURL("todo"))
	config := admin.Config().ConnConfig
	roles := map[string]migration.Role{"todo": {Name: "todo_" + config.Database, Password: "new"}}

	later := itemSchema()
	later.Migrations[0].Files.(fstest.MapFS)["00002_name.sql"] = &fstest.MapFile{
		Data: []byte("-- +goose Up\nALTER TABLE item ADD COLUMN name text;\nINSERT INTO item VALUES (2, 'two');")}
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			if err := migration.Run(t.Context(), config.ConnString(), []store.Schema{later}, roles, "test"); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if got := call(t, service, "count_items"); got != `{"ok": 2}` {
		t.Errorf("a service that was running all along gets %s", got)
	}
	connect(t, fmt.Sprintf("postgres://%s:new@%s:%d/%s?sslmode=disable", roles["todo"].Name, config.Host, config.Port, config.Database))
}

func serverVersion(t *testing.T, admin *pgxpool.Pool) (major int) {
	t.Helper()
	if err := admin.QueryRow(t.Context(), "SELECT current_setting('server_version_num')::int / 10000").Scan(&major); err != nil {
		t.Fatal(err)
	}
	return major
}

// carried reads which migration the database says that it carries.
func carried(t *testing.T, admin *pgxpool.Pool) string {
	t.Helper()
	var id string
	if err := admin.QueryRow(t.Context(), "SELECT id FROM "+contract.MigrationTable).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// Services go on logging in as they did until everything is done that they wait for.
func TestPasswordsChangeLastAndWithTheNote(t *testing.T) {
	env := daprtest.New(t)
	admin := env.Database(t, itemSchema())
	config := admin.Config().ConnConfig
	role := env.Roles()["todo"]
	renewed := map[string]migration.Role{"todo": {Name: role.Name, Password: "new"}, "other": {Name: "other_" + config.Database, Password: "new"}}
	as := func(password string) error {
		own := config.Copy()
		own.User, own.Password = role.Name, password
		conn, err := pgx.ConnectConfig(t.Context(), own)
		if err != nil {
			return err
		}
		return conn.Close(t.Context())
	}
	broken := store.Schema{Name: "other", Migrations: []store.MigrationSet{store.OwnMigrations(fstest.MapFS{
		"00001_broken.sql": {Data: []byte("-- +goose Up\nCREATE TABEL x ();")}})}}
	if err := migration.Run(t.Context(), config.ConnString(), []store.Schema{itemSchema(), broken}, renewed, "renewed"); err == nil {
		t.Fatal("a broken migration passed")
	}
	if got := carried(t, admin); got != "test" {
		t.Errorf("after a run that failed the database says that it carries %s", got)
	}
	if err := as(role.Password); err != nil {
		t.Errorf("after a run that failed the service cannot log in: %v", err)
	}
	for range 2 {
		if err := migration.Run(t.Context(), config.ConnString(), []store.Schema{itemSchema()}, renewed, "renewed"); err != nil {
			t.Fatal(err)
		}
		if got := carried(t, admin); got != "renewed" {
			t.Errorf("the database says that it carries %s", got)
		}
		if err := as("new"); err != nil {
			t.Errorf("the service cannot log in with the new password: %v", err)
		}
	}
}

// The two logins of a role differ in nothing but their names, whoever the administrator is.
func TestASecondLoginActsAsTheFirst(t *testing.T) {
	for _, administrator := range []string{"superuser", "creator"} {
		t.Run(administrator, func(t *testing.T) {
			admin := daprtest.New(t).Database(t)
			config := admin.Config().ConnConfig
			by := config.ConnString()
			if administrator == "creator" {
				by = becomeCreator(t, admin)
			}
			name := "todo_" + config.Database
			state := "state_" + config.Database
			schemas := []store.Schema{itemSchema(), store.StateSchema("conversations")}
			migrate := func(first, second string) {
				t.Helper()
				roles := map[string]migration.Role{
					"todo":          {Name: name, Password: first, Second: migration.Login{Name: name + "_second", Password: second}},
					"conversations": {Name: state, Password: first, Second: migration.Login{Name: state + "_second", Password: second}},
				}
				if err := migration.Run(t.Context(), by, schemas, roles, "test"); err != nil {
					t.Fatal(err)
				}
			}
			as := func(user, password string) (*pgx.Conn, error) {
				own := config.Copy()
				own.User, own.Password = user, password
				conn, err := pgx.ConnectConfig(t.Context(), own)
				if err == nil {
					t.Cleanup(func() { _ = conn.Close(context.Background()) })
				}
				return conn, err
			}
			must := func(user, password, statement, want string) *pgx.Conn {
				t.Helper()
				conn, err := as(user, password)
				if err != nil {
					t.Fatal(err)
				}
				var got string
				if err := conn.QueryRow(t.Context(), statement).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %s gives %s, want %s, %v", user, statement, got, want, err)
				}
				return conn
			}
			migrate("a", "")
			first := must(name, "a", "SELECT todo.answer('count_items', '{}')", `{"ok":1}`)
			migrate("a", "b")
			must(name, "a", "SELECT current_user::text", name)
			must(name+"_second", "b", "SELECT todo.answer('count_items', '{}')", `{"ok":1}`)
			must(name+"_second", "b", "SELECT concat_ws(' ', current_user, current_setting('statement_timeout'), current_setting('search_path'))", name+" 5s todo")
			// What one makes in a state store the other may change.
			made := must(state+"_second", "b", "SELECT current_user::text", state)
			if _, err := made.Exec(t.Context(), "CREATE TABLE value (key text)"); err != nil {
				t.Fatal(err)
			}
			if _, err := must(state, "a", "SELECT count(*)::text FROM value", "0").Exec(t.Context(), "ALTER TABLE value ADD COLUMN at timestamptz"); err != nil {
				t.Error(err)
			}
			migrate("", "b")
			if _, err := as(name, "a"); err == nil || !strings.Contains(err.Error(), "28P01") {
				t.Errorf("the former password is good: %v", err)
			}
			var still int
			if err := first.QueryRow(t.Context(), "SELECT 1").Scan(&still); err != nil {
				t.Errorf("who was logged in by it is not any more: %v", err)
			}
			migrate("c", "b")
			migrate("c", "")
			must(name, "c", "SELECT todo.answer('count_items', '{}')", `{"ok":1}`)
			if _, err := as(name+"_second", "b"); err == nil || !strings.Contains(err.Error(), "28P01") {
				t.Errorf("the former password is good: %v", err)
			}
		})
	}
}

// becomeCreator makes a role that may make roles and schemas, and no more, and gives its address.
func becomeCreator(t *testing.T, admin *pgxpool.Pool) string {
	t.Helper()
	config := admin.Config().ConnConfig
	role := "creator_" + config.Database
	statements := "CREATE ROLE " + role + " LOGIN CREATEROLE PASSWORD 'x'; GRANT CREATE ON DATABASE " + config.Database + " TO " + role +
		"; DROP SCHEMA todoplatform, conversations, realtime CASCADE" // made by the superuser of the tests
	if _, err := admin.Exec(t.Context(), statements, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("postgres://%s:x@%s:%d/%s?sslmode=disable", role, config.Host, config.Port, config.Database)
}

// A migration takes the time that it takes, but neither waits for ever nor keeps what it has when it is gone.
func TestMigrationsAreBoundedByWhatTheyWaitFor(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	schema := store.Schema{Name: "slow", Migrations: []store.MigrationSet{store.OwnMigrations(fstest.MapFS{
		"00001_slow.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE setting AS SELECT name, setting FROM pg_settings;")},
		"00002_alone.sql": {Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE alone AS SELECT name, setting FROM pg_settings;")},
	})}}
	if err := migration.Run(t.Context(), config.ConnString(), []store.Schema{schema}, map[string]migration.Role{"slow": {Name: "slow_" + config.Database, Password: "x"}}, "test"); err != nil {
		t.Fatal(err)
	}
	for table, lockTimeout := range map[string]string{"setting": "200", "alone": "60000"} {
		for name, want := range map[string]string{"statement_timeout": "0", "lock_timeout": lockTimeout, "client_connection_check_interval": "10000"} {
			var got string
			if err := admin.QueryRow(t.Context(), "SELECT setting FROM slow."+table+" WHERE name = $1", name).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %s, want %s, %v", table, name, got, want, err)
			}
		}
	}
}

// Who works with two tables in one order meets a migration that changes them in the other.
func TestAMigrationGivesWayToWhoWorks(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	files := fstest.MapFS{"00001_tables.sql": {Data: []byte("-- +goose Up\nCREATE TABLE person (id int); CREATE TABLE item (id int);")}}
	schemas := []store.Schema{{Name: "busy", Migrations: []store.MigrationSet{store.OwnMigrations(files)}}}
	migrate := func() error {
		return migration.Run(t.Context(), config.ConnString(), schemas, map[string]migration.Role{"busy": {Name: "busy_" + config.Database, Password: "x"}}, "test")
	}
	if err := migrate(); err != nil {
		t.Fatal(err)
	}
	files["00002_columns.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE person ADD COLUMN name text; ALTER TABLE item ADD COLUMN name text;")}
	work, err := admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = work.Rollback(context.Background()) }()
	if _, err := work.Exec(t.Context(), "INSERT INTO busy.item VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- migrate() }()
	awaitLock(t, admin, "busy.person")
	if _, err := work.Exec(t.Context(), "INSERT INTO busy.person VALUES (1)"); err != nil {
		t.Fatalf("who worked while the migration ran got %v", err)
	}
	if err := work.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Fatal(err)
	}
	var names int
	if err := admin.QueryRow(t.Context(), "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'busy' AND column_name = 'name'").Scan(&names); err != nil || names != 2 {
		t.Errorf("%d columns were added, want 2, %v", names, err)
	}
}

// awaitLock waits until somebody has a table for itself.
func awaitLock(t *testing.T, admin *pgxpool.Pool, table string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		var locked bool
		err := admin.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = $1::regclass AND mode = 'AccessExclusiveLock' AND granted)", table).Scan(&locked)
		if err != nil {
			t.Fatal(err)
		}
		if locked {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody locked %s", table)
		}
	}
}

// A refused administrator is told what to do, not what PostgreSQL did not like.
func TestMigrateSaysWhichRightsAreMissing(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	schemas := []store.Schema{{Name: "todo"}}
	for name, c := range map[string]struct {
		rights string
		roles  map[string]migration.Role
		want   []string
	}{
		"bare": {"", map[string]migration.Role{"todo": {Name: "todo_bare", Password: "x"}},
			[]string{"ALTER ROLE bare_" + config.Database + " CREATEROLE", "GRANT CREATE ON DATABASE " + config.Database}},
		"creator": {"CREATEROLE", map[string]migration.Role{"todo": {Name: "todo_creator", Password: "x"}},
			[]string{"run GRANT CREATE ON DATABASE " + config.Database + " TO creator_" + config.Database}},
		"stranger": {"CREATEROLE; GRANT CREATE ON DATABASE " + config.Database + " TO stranger_" + config.Database + "; CREATE ROLE todo_stranger",
			map[string]migration.Role{"todo": {Name: "todo_stranger", Password: "x"}},
			[]string{`GRANT "todo_stranger" TO "stranger_` + config.Database + `" WITH ADMIN OPTION`}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "stranger" && serverVersion(t, admin) < 16 {
				return // there, whoever may make roles may change all
			}
			role := name + "_" + config.Database
			statements := "CREATE ROLE " + role + " LOGIN PASSWORD 'x' " + c.rights
			if _, err := admin.Exec(t.Context(), statements, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			address := fmt.Sprintf("postgres://%s:x@%s:%d/%s?sslmode=disable", role, config.Host, config.Port, config.Database)
			err := migration.Run(t.Context(), address, schemas, c.roles, "test")
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}

func TestMigrateSaysWhatIsWrong(t *testing.T) {
	address := daprtest.New(t).Database(t).Config().ConnString()
	broken := itemSchema()
	broken.Migrations[0].Files.(fstest.MapFS)["00002_broken.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABEL x ();")}
	faulty := itemSchema()
	faulty.Functions = append(faulty.Functions, fstest.MapFS{"faulty.sql": {Data: []byte("CREATE FUNKTION x();")}})
	nowhere, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	nowhere.Path = "none"
	for name, c := range map[string]struct {
		address string
		schema  store.Schema
		want    string
	}{
		"no role":           {address, store.Schema{Name: "other"}, "schema other: no role is given for it"},
		"no database there": {nowhere.String(), itemSchema(), "connect to the database"},
		"no address":        {"mysql://127.0.0.1", itemSchema(), "read the database address"},
		"a broken address":  {"postgres://a:hunter2/x@[::1/todo", itemSchema(), "read the database address: it must be a URL"},
		"broken migration":  {address, broken, "00002_broken.sql"},
		"faulty function":   {address, faulty, "apply faulty.sql"},
	} {
		t.Run(name, func(t *testing.T) {
			err := migration.Run(t.Context(), c.address, []store.Schema{c.schema}, map[string]migration.Role{"todo": {Name: "x", Password: "y"}}, "test")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// A network that enforces policies refuses a pod that it has not heard of yet, or does not tell it names.
func TestMigrateWaitsForTheWayToTheDatabase(t *testing.T) {
	address, err := url.Parse(daprtest.New(t).Database(t).Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	server := address.Host
	address.Host = servers.Loopback(servers.FreePort())
	ended := make(chan error, 1)
	go func() { // without the role it fails as soon as it is connected
		ended <- migration.Run(t.Context(), address.String(), []store.Schema{itemSchema()}, nil, "test")
	}()
	select {
	case err := <-ended:
		t.Fatalf("it ended before there was a way: %v", err)
	case <-time.After(time.Second):
	}
	leadTo(t, address.Host, server)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "no role is given") {
		t.Errorf("it ended with %v", err)
	}
}

// leadTo opens an address that leads to another, for one connection.
func leadTo(t *testing.T, from, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		_, _ = io.Copy(in, out)
		_ = in.Close()
	}()
}

func TestADatabaseHasOneOwner(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	address := admin.Config().ConnString()
	first, second := migration.Platform{ID: "1", Namespace: "production", Name: "todo"}, migration.Platform{ID: "2", Namespace: "staging", Name: "todo"}
	for range 2 {
		if err := migration.Claim(t.Context(), address, first); err != nil {
			t.Fatal(err)
		}
		err := migration.Claim(t.Context(), address, second)
		if err == nil || !strings.Contains(err.Error(), "belongs to the TodoPlatform todo in namespace production") {
			t.Errorf("another's database: %v", err)
		}
	}
	if _, err := admin.Exec(t.Context(), "DELETE FROM "+contract.OwnerTable); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	var owners atomic.Int32
	for _, platform := range []migration.Platform{first, second} {
		running.Go(func() {
			if migration.Claim(t.Context(), address, platform) == nil {
				owners.Add(1)
			}
		})
	}
	running.Wait()
	if owners.Load() != 1 {
		t.Errorf("of two at a time, %d own it", owners.Load())
	}
}
