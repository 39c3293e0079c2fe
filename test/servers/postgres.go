package servers

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
)

// Superuser is the name, the password and the first database of the administrator of a Postgres.
const Superuser = "postgres"

// Postgres is a PostgreSQL server.
type Postgres struct {
	Process *Process
	Port    int
}

// StartPostgres starts a server of a major version that keeps its data in dir, with settings such as ssl=on.
func StartPostgres(dir, major string, settings ...string) (*Postgres, error) {
	initdb, err := Binary("postgres-"+major, "bin", "initdb")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	data, password := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(Superuser), 0o600); err != nil {
		return nil, err
	}
	create := Unprivileged(exec.Command(initdb, "-D", data, "-U", Superuser, "-A", "scram-sha-256", "--pwfile", password,
		"-E", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"))
	if output, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, output)
	}
	p := &Postgres{Port: FreePort()}
	args := []string{"-D", data, "-p", strconv.Itoa(p.Port)}
	for _, setting := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=600"}, settings...) {
		args = append(args, "-c", setting)
	}
	p.Process = NewProcess("postgres", dir, func() *exec.Cmd {
		return Unprivileged(exec.Command(filepath.Join(filepath.Dir(initdb), "postgres"), args...))
	})
	return p, p.start()
}

// Encrypting gives the settings of a server with a certificate of an authority.
func Encrypting(t testing.TB, authority *Authority) []string {
	t.Helper()
	certificate, key := authority.Issue(t, "postgres")
	dir := t.TempDir()
	settings := []string{"ssl=on"}
	for name, content := range map[string][]byte{"ssl_cert_file": certificate, "ssl_key_file": key} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		settings = append(settings, name+"="+file)
	}
	return settings
}

// Unprivileged makes a command run as another user than root, which PostgreSQL
// and PgBouncer refuse to run as: in a user namespace where root is called 1000. Its files
// stay root's, so the programs may lie in root's own cache.
func Unprivileged(cmd *exec.Cmd) *exec.Cmd {
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

func (p *Postgres) start() error {
	return p.Process.Start(func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, p.URL(Superuser, Superuser, Superuser))
		if err != nil {
			return false
		}
		return conn.Close(ctx) == nil
	})
}

// Kill ends the server at once, as a crash would; it is started again when t ends.
func (p *Postgres) Kill(t testing.TB) { p.Process.KillForTest(t, p.restart) }

// Start starts it again with its data.
func (p *Postgres) Start(t testing.TB) {
	t.Helper()
	if err := p.restart(); err != nil {
		t.Fatal(err)
	}
}

// restart starts the server after a kill. Its backends outlive it for a moment, and
// it refuses to start beside them.
func (p *Postgres) restart() (err error) {
	Poll(StartTimeout, func() bool { err = p.start(); return err == nil })
	return err
}

// URL is the address of a database for somebody who logs in.
func (p *Postgres) URL(user, password, database string) string {
	return PostgresURL(p.Port, user, password, database)
}

// PostgresURL is the address of a database behind a port of this machine, without encryption.
func PostgresURL(port int, user, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: Loopback(port), Path: database,
		RawQuery: "sslmode=disable"}
	return u.String()
}
