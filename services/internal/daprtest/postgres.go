package daprtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/test/servers"
)

const superuser = "postgres"

// postgres is the shared database server: version 18, or the one in the environment
// variable TODOPLATFORM_POSTGRES.
type postgres struct {
	process *servers.Process
	port    int
	pooler  *pooler // nil unless the tests run through one
}

func startPostgres(dir string) (*postgres, error) {
	version := os.Getenv("TODOPLATFORM_POSTGRES")
	if version == "" {
		version = "18"
	}
	initdb, err := servers.Binary("postgres-"+version, "bin", "initdb")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	data, password := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(superuser), 0o600); err != nil {
		return nil, err
	}
	create := unprivileged(exec.Command(initdb, "-D", data, "-U", superuser, "-A", "scram-sha-256", "--pwfile", password,
		"-E", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"))
	if output, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, output)
	}
	p := &postgres{port: servers.FreePort()}
	p.process = servers.NewProcess("postgres", dir, func() *exec.Cmd {
		return unprivileged(exec.Command(filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data,
			"-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
			"-c", "fsync=off", "-c", "max_connections=600"))
	})
	if err := p.start(); err != nil {
		return p, err
	}
	p.pooler, err = newPooler(filepath.Join(dir, "pooler"), p)
	return p, err
}

// unprivileged makes a command run as another user than root, which PostgreSQL
// refuses to run as: in a user namespace where root is called 1000. Its files
// stay root's, so the programs may lie in root's own cache.
func unprivileged(cmd *exec.Cmd) *exec.Cmd {
	if os.Geteuid() != 0 {
		return cmd
	}
	const inside = 1000
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: 0, Size: 1}},
	}
	return cmd
}

func (p *postgres) start() error {
	return p.process.Start(func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, p.url(superuser, superuser, superuser))
		if err != nil {
			return false
		}
		return conn.Close(ctx) == nil
	})
}

// Kill implements Server.
func (p *postgres) Kill(t testing.TB) { p.process.KillForTest(t, p.restart) }

// Start implements Server.
func (p *postgres) Start(t testing.TB) {
	t.Helper()
	if err := p.restart(); err != nil {
		t.Fatal(err)
	}
}

// restart starts the server after a kill. Its backends outlive it for a moment, and
// it refuses to start beside them.
func (p *postgres) restart() (err error) {
	servers.Poll(startTimeout, func() bool { err = p.start(); return err == nil })
	return err
}

// url is the address of the server itself, which migrations and looks behind the services take.
func (p *postgres) url(user, password, database string) string {
	return urlAt(p.port, user, password, database)
}

// serviceURL is the address that services are given: that of the pooler, if there is one.
func (p *postgres) serviceURL(user, password, database string) string {
	if p.pooler != nil {
		return urlAt(p.pooler.port, user, password, database)
	}
	return p.url(user, password, database)
}

func urlAt(port int, user, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: servers.Loopback(port), Path: database,
		RawQuery: "sslmode=disable"}
	return u.String()
}

// database is one test's database, with a login for each schema.
type database struct {
	name  string
	roles map[string]migration.Role // by schema
}

// Database makes a fresh database with these schemas and a login for each, and
// returns a connection with all rights, for looking and tampering. Call it before
// Sidecar, once.
func (e *Env) Database(t testing.TB, schemas ...store.Schema) *pgxpool.Pool {
	t.Helper()
	schemas = withState(schemas)
	pool := e.emptyDatabase(t, schemas)
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := migration.Run(ctx, pool.Config().ConnString(), schemas, e.database.roles, "test"); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return pool
}

// withState adds the schemas of the state stores, which are as on a platform.
func withState(schemas []store.Schema) []store.Schema {
	for _, connection := range contract.Connections() {
		if connection.State {
			schemas = append(schemas, store.StateSchema(connection.Schema))
		}
	}
	return schemas
}

func (e *Env) emptyDatabase(t testing.TB, schemas []store.Schema) *pgxpool.Pool {
	t.Helper()
	e.database = &database{name: e.namespace, roles: map[string]migration.Role{}}
	for _, schema := range schemas {
		e.database.roles[schema.Name] = migration.Role{Name: schema.Name + "_" + e.namespace, Password: "it's " + e.namespace}
	}
	server := e.servers.postgres
	admin := connect(t, server.url(superuser, superuser, superuser))
	if _, err := admin.Exec(t.Context(), "CREATE DATABASE "+e.database.name+" STRATEGY file_copy"); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return connect(t, server.url(superuser, superuser, e.database.name))
}

// Roles returns the logins of the test's database by schema, to migrate it again.
func (e *Env) Roles() map[string]migration.Role { return e.database.roles }

// DatabaseURL returns the address of the test's database for the role of a schema.
func (e *Env) DatabaseURL(schema string) string {
	role := e.database.roles[schema]
	return e.servers.postgres.url(role.Name, role.Password, e.database.name)
}

// serviceURL is the address for the components of a service.
func (e *Env) serviceURL(schema string) string {
	role := e.database.roles[schema]
	return e.servers.postgres.serviceURL(role.Name, role.Password, e.database.name)
}

func connect(t testing.TB, address string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatalf("connect to the database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}
