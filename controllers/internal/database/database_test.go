package database_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
)

const superuser = "postgres"

// server is a real PostgreSQL that ends with the test.
type server struct{ port int }

func (s server) url(user, password, name, query string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path: name, RawQuery: query}).String()
}

func startServer(t *testing.T) server {
	t.Helper()
	programs := filepath.Join(cache(t), "postgres-18", "bin")
	directory := t.TempDir()
	data, password := filepath.Join(directory, "data"), filepath.Join(directory, "password")
	if err := os.WriteFile(password, []byte(superuser), 0o600); err != nil {
		t.Fatal(err)
	}
	create := unprivileged(exec.Command(filepath.Join(programs, "initdb"), "-D", data, "-U", superuser, "-A", "scram-sha-256",
		"--pwfile", password, "--no-sync", "--no-instructions"))
	if output, err := create.CombinedOutput(); err != nil {
		t.Fatalf("initdb (make tools builds it): %v\n%s", err, output)
	}
	s := server{port: freePort(t)}
	run := unprivileged(exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"))
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(syscall.SIGQUIT) // at once
		_ = run.Wait()
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), s.url(superuser, superuser, "postgres", "sslmode=disable"))
		if err == nil {
			_ = conn.Close(t.Context())
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("PostgreSQL does not start: %v", err)
		}
	}
}

func cache(t *testing.T) string {
	t.Helper()
	if cache := os.Getenv("TODOPLATFORM_CACHE"); cache != "" {
		return cache
	}
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(base, "todoplatform")
}

// unprivileged makes a command run as another user than root, which PostgreSQL refuses to run as: in a
// user namespace where root is called 1000.
func unprivileged(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
	}
	return cmd
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestADatabaseSaysWhatItCarries(t *testing.T) {
	s := startServer(t)
	plain := s.url(superuser, superuser, "postgres", "sslmode=disable")
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
	small := s.url("small", "hunter2", "postgres", "sslmode=disable")
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
		"another password":   {s.url(superuser, "hunter2", "postgres", "sslmode=disable"), true, "password authentication failed"},
		"no such database":   {s.url(superuser, superuser, "nowhere", "sslmode=disable"), true, "does not exist"},
		"no encryption":      {s.url(superuser, superuser, "postgres", "sslmode=require"), true, "server refused TLS connection"},
		"without rights":     {small, true, "permission denied"},
		"a URL that is none": {"postgres://admin:hunter2:x@[::1/a", true, "cannot be read"},
		"nobody listens":     {server{freePort(t)}.url(superuser, "hunter2", "postgres", ""), false, "connection refused"},
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
