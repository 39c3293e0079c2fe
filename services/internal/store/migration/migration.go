// Package migration builds the schemas that package store reaches. It alone speaks
// PostgreSQL's own protocol, and no service is linked with it.
package migration

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// minVersion is the oldest PostgreSQL that the platform runs on, as server_version_num.
const minVersion = 150000

// lockKey is the key of the advisory lock that lets one migration run at a time.
const lockKey = 7236153

// Role is what one service may do, and how it logs in.
type Role struct {
	// Name of the role, which is a login, too.
	Name string
	// Password of that login. Empty: nobody can log in by it.
	Password string
	// Second is another login that acts as the role. The two take turns when passwords change: while replicas
	// run that know one or the other, both are good. Without a password nobody can log in by it.
	Second Login
}

// Login is a name with a password.
type Login struct{ Name, Password string }

// noteSQL makes the place for the note of what the database carries.
//
//go:embed note.sql
var noteSQL string

// Run brings the schemas up to date and gives each role, keyed by schema name,
// the least rights on its schema. url is a direct connection (not through a pooler)
// of a role that may create schemas and roles. Passwords change last and at once, together with
// the note of id, which names all of this to whoever asks for it: a run that fails
// leaves services the logins that they have. It is safe to run twice and in
// parallel, and while services of the version before are running.
func Run(ctx context.Context, url string, schemas []store.Schema, roles map[string]Role, id string) (err error) {
	conn, err := openAlone(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	for _, schema := range schemas {
		role, ok := roles[schema.Name]
		if !ok {
			return fmt.Errorf("schema %s: no role is given for it", schema.Name)
		}
		if err := migrateSchema(ctx, conn, schema, role); err != nil {
			return fmt.Errorf("schema %s: %w", schema.Name, err)
		}
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, schema := range schemas {
			if err := setPasswords(ctx, tx, roles[schema.Name]); err != nil {
				return err
			}
		}
		return noteMigration(ctx, tx, id)
	})
}

const (
	// connectTimeout bounds a connection. What runs on it has no limit: an index of a large table takes
	// the time that it takes.
	connectTimeout = 30 * time.Second
	// connectAgain is the pause between two attempts.
	connectAgain = 500 * time.Millisecond
	// aliveInterval is how soon the server notices, also in a long statement, that the other side has gone,
	// and gives back its locks.
	aliveInterval = "10s"
)

// openAlone connects to a database that can be migrated, and waits until no other migration is at work.
// Closing the connection gives the lock back.
func openAlone(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		// The parser's own error may quote the URL, and with it the password.
		return nil, errors.New("read the database address: it must be a URL as in postgres://user:password@host:5432/database?sslmode=require, special characters percent-encoded")
	}
	cfg.RuntimeParams["client_connection_check_interval"] = aliveInterval
	conn, err := connect(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	err = checkVersion(ctx, conn)
	if err == nil {
		err = checkRights(ctx, conn)
	}
	if err == nil {
		err = waitForOthers(ctx, conn)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}

// connect tries again while nothing answers: a network that enforces policies learns of a new pod a moment after
// the pod has started.
func connect(ctx context.Context, cfg *pgx.ConnConfig) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	for {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err == nil || !isUnanswered(err) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(connectAgain):
		}
	}
}

// isUnanswered tells whether a server was not found, or not reached.
func isUnanswered(err error) bool {
	var unresolved *net.DNSError
	var unreached *net.OpError
	return errors.As(err, &unresolved) || errors.As(err, &unreached) && unreached.Op == "dial"
}

func waitForOthers(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("wait for another migration to end: %w", err)
	}
	return nil
}

// noteMigration notes what the database carries from now on.
func noteMigration(ctx context.Context, tx pgx.Tx, id string) error {
	if err := execute(ctx, tx, noteSQL); err != nil {
		return fmt.Errorf("make the table %s: %w", contract.MigrationTable, err)
	}
	_, err := tx.Exec(ctx, "INSERT INTO "+contract.MigrationTable+" (id) VALUES ($1) "+
		"ON CONFLICT (single) DO UPDATE SET id = excluded.id, applied_at = excluded.applied_at", id)
	if err != nil {
		return fmt.Errorf("note that the database carries migration %s: %w", id, err)
	}
	return nil
}

func checkVersion(ctx context.Context, conn *pgx.Conn) error {
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("ask for the version of PostgreSQL: %w", err)
	}
	if version < minVersion {
		return fmt.Errorf("PostgreSQL %d is too old: version %d or newer is needed", version/10000, minVersion/10000)
	}
	return nil
}

// checkRights says at once what the administrator may not do, and what allows it.
func checkRights(ctx context.Context, conn *pgx.Conn) error {
	var role, database string
	var mayRoles, maySchemas bool
	err := conn.QueryRow(ctx, `SELECT quote_ident(rolname), quote_ident(current_database()), rolsuper OR rolcreaterole,
			has_database_privilege(current_database(), 'CREATE') FROM pg_roles WHERE rolname = current_user`).Scan(&role, &database, &mayRoles, &maySchemas)
	if err != nil {
		return fmt.Errorf("ask for the rights of the administrator: %w", err)
	}
	var lacks []string
	if !mayRoles {
		lacks = append(lacks, "ALTER ROLE "+role+" CREATEROLE")
	}
	if !maySchemas {
		lacks = append(lacks, "GRANT CREATE ON DATABASE "+database+" TO "+role)
	}
	if len(lacks) > 0 {
		return fmt.Errorf("the role %s may not make roles or schemas: as one that may, run %s", role, strings.Join(lacks, "; "))
	}
	return nil
}

// explainRole says what allows the administrator to change a role that somebody else has made.
func explainRole(role, administrator string, err error) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == insufficientPrivilege {
		return fmt.Errorf("role %s: %w: as a superuser, run GRANT %s TO %s WITH ADMIN OPTION", role, err, quote(role), quote(administrator))
	}
	return fmt.Errorf("role %s: %w", role, err)
}

// insufficientPrivilege is a SQLSTATE.
const insufficientPrivilege = "42501"

func migrateSchema(ctx context.Context, conn *pgx.Conn, schema store.Schema, role Role) error {
	if _, err := conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+quote(schema.Name)); err != nil {
		return fmt.Errorf("create it: %w", err)
	}
	for _, set := range schema.Migrations {
		if err := migrateTables(ctx, conn.Config(), schema.Name, set); err != nil {
			return fmt.Errorf("migrate its tables: %w", err)
		}
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := applyFunctions(ctx, tx, schema); err != nil {
			return err
		}
		if err := ensureRole(ctx, tx, role.Name); err != nil {
			return explainRole(role.Name, conn.Config().User, err)
		}
		if schema.Reader {
			if err := ensureReader(ctx, tx, schema, ReaderOf(role.Name)); err != nil {
				return fmt.Errorf("role %s: %w", ReaderOf(role.Name), err)
			}
		}
		if err := grantRights(ctx, tx, schema, role); err != nil {
			return err
		}
		if role.Second.Name == "" {
			return nil
		}
		if err := ensureSecond(ctx, tx, schema, role); err != nil {
			return explainRole(role.Second.Name, conn.Config().User, err)
		}
		return nil
	})
}

func applyFunctions(ctx context.Context, tx pgx.Tx, schema store.Schema) error {
	if len(schema.Functions) == 0 {
		return nil
	}
	// Bodies are checked when they run: files may refer to each other in any order.
	settings := "SET LOCAL check_function_bodies = off; SET LOCAL search_path = " + quote(schema.Name) + ", pg_temp"
	if err := execute(ctx, tx, settings); err != nil {
		return err
	}
	for _, files := range append([]fs.FS{store.SQL()}, schema.Functions...) {
		if err := applyFiles(ctx, tx, files); err != nil {
			return err
		}
	}
	return noteRevision(ctx, tx, schema)
}

// noteRevision tells services that wait for this revision of the schema that it is there.
func noteRevision(ctx context.Context, tx pgx.Tx, schema store.Schema) error {
	revision, err := schema.Revision()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "SELECT note_revision($1)", revision); err != nil {
		return fmt.Errorf("note revision %s: %w", revision, err)
	}
	return nil
}

func applyFiles(ctx context.Context, tx pgx.Tx, files fs.FS) error {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := execute(ctx, tx, string(text)); err != nil {
			return fmt.Errorf("apply %s: %w", name, err)
		}
	}
	return nil
}

// ensureRole makes the role of a service. A new one has no password yet, so nobody can log in as it.
func ensureRole(ctx context.Context, tx pgx.Tx, role string) error {
	var exists bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role).Scan(&exists); err != nil {
		return err
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	return execute(ctx, tx, verb+" ROLE "+quote(role)+" LOGIN")
}

// ensureSecond makes a login that acts as the role from its first statement on: what it makes, as tables of a state
// store, is the role's. Before PostgreSQL 16 whoever says so must be able to act as the role.
func ensureSecond(ctx context.Context, tx pgx.Tx, schema store.Schema, role Role) error {
	if err := ensureRole(ctx, tx, role.Second.Name); err != nil {
		return err
	}
	database, err := currentDatabase(ctx, tx)
	if err != nil {
		return err
	}
	statements := []string{"GRANT " + quote(role.Name) + " TO " + quote(role.Second.Name)}
	if tx.Conn().PgConn().ParameterStatus("is_superuser") != "on" {
		statements = append(statements, "GRANT "+quote(role.Name)+" TO CURRENT_USER")
	}
	statements = append(statements, settings(role.Second.Name, database, schema)...)
	return executeEach(ctx, tx, append(statements, "ALTER ROLE "+quote(role.Second.Name)+" IN DATABASE "+quote(database)+" SET role = "+quote(role.Name)))
}

// setPasswords makes the logins of a role what is wanted.
func setPasswords(ctx context.Context, tx pgx.Tx, role Role) error {
	if err := setPassword(ctx, tx, Login{role.Name, role.Password}); err != nil {
		return fmt.Errorf("role %s: %w", role.Name, err)
	}
	if role.Second.Name == "" {
		return nil
	}
	if err := setPassword(ctx, tx, role.Second); err != nil {
		return fmt.Errorf("role %s: %w", role.Second.Name, err)
	}
	return nil
}

// setPassword gives a login its password, or takes it away. Who is logged in stays so.
func setPassword(ctx context.Context, tx pgx.Tx, login Login) error {
	var statement string
	err := tx.QueryRow(ctx, "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, nullif($2::text, ''))", login.Name, login.Password).Scan(&statement)
	if err != nil {
		return err
	}
	return execute(ctx, tx, statement)
}

func currentDatabase(ctx context.Context, tx pgx.Tx) (database string, err error) {
	err = tx.QueryRow(ctx, "SELECT current_database()").Scan(&database)
	return database, err
}

// grantRights lets the role connect, and call the schema's doors or, for a state
// store, keep tables of its own.
func grantRights(ctx context.Context, tx pgx.Tx, schema store.Schema, role Role) error {
	database, err := currentDatabase(ctx, tx)
	if err != nil {
		return err
	}
	name, db, grantee := quote(schema.Name), quote(database), quote(role.Name)
	statements := []string{
		"GRANT CONNECT ON DATABASE " + db + " TO " + grantee,
		"REVOKE ALL ON SCHEMA " + name + " FROM PUBLIC",
		"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA " + name + " FROM PUBLIC",
		"GRANT USAGE ON SCHEMA " + name + " TO " + grantee,
	}
	if len(schema.Functions) > 0 {
		statements = append(statements, "GRANT EXECUTE ON FUNCTION "+
			name+".answer(text, jsonb), "+name+".call(text, jsonb), "+name+".read(text, jsonb) TO "+grantee)
	}
	if schema.CreateTables {
		statements = append(statements, "GRANT CREATE ON SCHEMA "+name+" TO "+grantee)
	}
	return executeEach(ctx, tx, append(statements, settings(role.Name, database, schema)...))
}

// settings gives the statements that set what holds for everybody who logs in as a role. Limits on waiting are
// among it, because a pooler hands on none that a client asks for.
func settings(login, database string, schema store.Schema) []string {
	var statements []string
	for _, setting := range []string{
		"search_path = " + quote(schema.Name),
		"statement_timeout = '5s'",
		"lock_timeout = '3s'",
		"idle_in_transaction_session_timeout = '10s'",
	} {
		statements = append(statements, "ALTER ROLE "+quote(login)+" IN DATABASE "+quote(database)+" SET "+setting)
	}
	return statements
}

func executeEach(ctx context.Context, tx pgx.Tx, statements []string) error {
	for _, statement := range statements {
		if err := execute(ctx, tx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// execute runs one or more statements without parameters.
func execute(ctx context.Context, tx pgx.Tx, statements string) error {
	_, err := tx.Conn().PgConn().Exec(ctx, statements).ReadAll()
	return err
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }
