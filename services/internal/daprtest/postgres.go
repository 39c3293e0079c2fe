package daprtest

import (
	"cmp"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/test/servers"
)

// postgres is the shared database server: version 18, or the one in the environment
// variable TODOPLATFORM_POSTGRES.
type postgres struct {
	*servers.Postgres
	pooler  *pooler // nil unless the tests run through one
	options string  // of its URLs; empty: no encryption
}

func startPostgres(dir string, settings ...string) (*postgres, error) {
	server, err := servers.StartPostgres(dir, cmp.Or(os.Getenv("TODOPLATFORM_POSTGRES"), "18"), settings...)
	if server == nil {
		return nil, err
	}
	p := &postgres{Postgres: server}
	if err != nil {
		return p, err
	}
	if len(settings) == 0 { // it knows no encryption
		p.pooler, err = newPooler(filepath.Join(dir, "pooler"), server)
	}
	return p, err
}

// URL is the address of a database for somebody who logs in.
func (p *postgres) URL(user, password, database string) string {
	address := p.Postgres.URL(user, password, database)
	if p.options == "" {
		return address
	}
	base, _, _ := strings.Cut(address, "?")
	return base + "?" + p.options
}

// EncryptedPostgres gives the test a database server of its own, whose certificate a private authority has signed,
// and of which everybody demands just that. Call it before Database. It returns the file of the authority.
func (e *Env) EncryptedPostgres(t testing.TB) (authority string) {
	t.Helper()
	dir := t.TempDir()
	signer := servers.NewAuthority(t)
	authority = filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(authority, signer.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := startPostgres(filepath.Join(dir, "postgres"), servers.Encrypting(t, signer)...)
	if server != nil {
		t.Cleanup(server.Process.Kill)
	}
	if err != nil {
		t.Fatal(err)
	}
	server.options = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {authority}}.Encode()
	e.postgres = server
	return authority
}

// serviceURL is the address that services are given: that of the pooler, if there is one.
func (p *postgres) serviceURL(user, password, database string) string {
	if p.pooler != nil {
		return servers.PostgresURL(p.pooler.port, user, password, database)
	}
	return p.URL(user, password, database)
}

// database is one test's database, with a login for each schema.
type database struct {
	name   string
	roles  map[string]migration.Role // by schema
	second bool                      // whether sidecars log in by the second logins
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
	server := e.postgres
	admin := connect(t, server.URL(servers.Superuser, servers.Superuser, servers.Superuser))
	if _, err := admin.Exec(t.Context(), "CREATE DATABASE "+e.database.name+" STRATEGY file_copy"); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return connect(t, server.URL(servers.Superuser, servers.Superuser, e.database.name))
}

// Roles returns the logins of the test's database by schema, to migrate it again.
func (e *Env) Roles() map[string]migration.Role { return e.database.roles }

// LogIn says whether sidecars that are started later log in by the second logins of Roles, or the first.
func (e *Env) LogIn(second bool) { e.database.second = second }

// DatabaseURL returns the address of the test's database for the role of a schema.
func (e *Env) DatabaseURL(schema string) string {
	role := e.database.roles[schema]
	return e.postgres.URL(role.Name, role.Password, e.database.name)
}

// serviceURL is the address for the components of a service.
func (e *Env) serviceURL(schema string) string {
	role := e.database.roles[schema]
	login := migration.Login{Name: role.Name, Password: role.Password}
	if e.database.second {
		login = role.Second
	}
	return e.postgres.serviceURL(login.Name, login.Password, e.database.name)
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
