package database_test

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/test/servers"
)

// startServer starts a real PostgreSQL that ends with the test.
func startServer(t *testing.T, settings ...string) *servers.Postgres {
	t.Helper()
	server, err := servers.StartPostgres(t.TempDir(), cmp.Or(os.Getenv("TODOPLATFORM_POSTGRES"), "18"), settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Process.Kill)
	return server
}

func TestADatabaseSaysWhatItCarries(t *testing.T) {
	s := startServer(t)
	plain := s.URL(servers.Superuser, servers.Superuser, servers.Superuser)
	roles := []string{"todo_todo", "todo_audit"}
	ask := func() database.State {
		t.Helper()
		state, err := database.AskPostgreSQL(t.Context(), database.Question{URL: plain, Roles: roles})
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	admin, err := pgx.Connect(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(t.Context()) }()
	for _, step := range []struct {
		do   string
		want database.State
	}{
		{"SELECT", database.State{Missing: roles, Empty: true}},
		{"CREATE ROLE todo_audit LOGIN; CREATE ROLE todo_todo NOLOGIN", database.State{Missing: roles[:1], Empty: true}},
		{"CREATE SCHEMA todo; CREATE TEMPORARY TABLE passing ()", database.State{Missing: roles[:1], Empty: true}},
		{"CREATE TABLE somebodys ()", database.State{Missing: roles[:1]}},
		{"CREATE SCHEMA todoplatform; CREATE TABLE " + contract.MigrationTable + " (id text)", database.State{Missing: roles[:1]}},
		{"INSERT INTO " + contract.MigrationTable + " VALUES ('m1')", database.State{Migration: "m1", Missing: roles[:1]}},
		{"ALTER ROLE todo_todo LOGIN", database.State{Migration: "m1", Missing: []string{}}},
		{"CREATE TABLE " + contract.OwnerTable + " (id text, namespace text, name text)", database.State{Migration: "m1", Missing: []string{}}},
		{"INSERT INTO " + contract.OwnerTable + " VALUES ('1', 'production', 'todo')",
			database.State{Owner: database.Owner{ID: "1", Namespace: "production", Name: "todo"}, Migration: "m1", Missing: []string{}}},
	} {
		if _, err := admin.PgConn().Exec(t.Context(), step.do).ReadAll(); err != nil {
			t.Fatal(err)
		}
		if got := ask(); !reflect.DeepEqual(got, step.want) {
			t.Errorf("after %s: %+v, want %+v", step.do, got, step.want)
		}
	}
	if _, err := admin.Exec(t.Context(), "CREATE ROLE small LOGIN PASSWORD 'hunter2'"); err != nil {
		t.Fatal(err)
	}
	small := s.URL("small", "hunter2", servers.Superuser)
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()

	tests := map[string]struct {
		url     string
		refused bool
		says    string
	}{
		"another password":   {s.URL(servers.Superuser, "hunter2", servers.Superuser), true, "password authentication failed"},
		"no such database":   {s.URL(servers.Superuser, servers.Superuser, "nowhere"), true, "does not exist"},
		"no encryption":      {strings.Replace(plain, "sslmode=disable", "sslmode=require", 1), true, "server refused TLS connection"},
		"without rights":     {small, true, "permission denied"},
		"a URL that is none": {"postgres://admin:hunter2:x@[::1/a", true, "cannot be read"},
		"nobody listens":     {servers.PostgresURL(servers.FreePort(), servers.Superuser, "hunter2", servers.Superuser), false, "connection refused"},
		"no such host":       {"postgres://admin:hunter2@db.invalid/todo", false, "no such host"},
		"nobody answers":     {fmt.Sprintf("postgres://admin:hunter2@%s/todo", mute.Addr()), false, "no answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var told string
			for range 2 { // told the same way each time, lest the status be written for ever
				_, err := database.AskPostgreSQL(t.Context(), database.Question{URL: test.url})
				var refused *database.RefusedError
				if err == nil || errors.As(err, &refused) != test.refused || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("refused %t: %v, want %t: %s", refused != nil, err, test.refused, test.says)
				}
				if told != "" && told != err.Error() {
					t.Errorf("first %q, then %q", told, err)
				}
				told = err.Error()
			}
		})
	}
}

func TestADatabaseIsKnownByItsAuthority(t *testing.T) {
	authority, other := servers.NewAuthority(t), servers.NewAuthority(t)
	s := startServer(t, servers.Encrypting(t, authority)...)
	plain := s.URL(servers.Superuser, servers.Superuser, servers.Superuser)
	with := func(mode string) string { return strings.Replace(plain, "sslmode=disable", "sslmode="+mode, 1) }
	elsewhere := strings.Replace(with("verify-full"), "127.0.0.1", "localhost", 1) // a name that is not in the certificate
	tests := map[string]struct {
		url     string
		ca      []byte
		refused string
	}{
		"its own":               {url: with("verify-full"), ca: authority.PEM},
		"its own, without name": {url: with("verify-ca"), ca: authority.PEM},
		"another name":          {url: elsewhere, ca: authority.PEM, refused: "x509: certificate is valid for postgres, not localhost"},
		"another":               {url: with("verify-full"), ca: other.PEM, refused: "certificate signed by unknown authority"},
		"another, without name": {url: with("verify-ca"), ca: other.PEM, refused: "certificate signed by unknown authority"},
		"of the public ones":    {url: with("verify-full"), refused: "certificate signed by unknown authority"},
		"no encryption":         {url: plain, ca: authority.PEM, refused: "not one that an authority can be checked for"},
		"no certificate":        {url: with("verify-full"), ca: []byte("none"), refused: "not one that an authority can be checked for"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := database.AskPostgreSQL(t.Context(), database.Question{URL: test.url, CA: test.ca})
			var refused *database.RefusedError
			if test.refused == "" && err != nil || test.refused != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), test.refused)) {
				t.Errorf("got %v, want %q", err, test.refused)
			}
		})
	}
}
