package daprtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/todoplatform/todoplatform/test/servers"
)

// pooler is PgBouncer in transaction mode before the shared database server: what a serverless
// or pooled PostgreSQL is to services. It runs where TODOPLATFORM_POOLER names its program.
type pooler struct {
	process *servers.Process
	port    int
}

// newPooler returns nil where no pooler is asked for.
func newPooler(dir string, server *servers.Postgres) (*pooler, error) {
	program := os.Getenv("TODOPLATFORM_POOLER")
	if program == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	p := &pooler{port: servers.FreePort()}
	users, config := filepath.Join(dir, "users"), filepath.Join(dir, "pgbouncer.ini")
	// Each test has a database of its own: connections to those of tests that are over would be kept for ten minutes, and
	// use up what the server allows.
	settings := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d auth_user=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1
pool_mode = transaction
default_pool_size = 3
server_idle_timeout = 15
max_client_conn = 1000
ignore_startup_parameters = extra_float_digits
`, server.Port, servers.Superuser, p.port, users)
	for path, text := range map[string]string{users: fmt.Sprintf("%q %q\n", servers.Superuser, servers.Superuser), config: settings} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	p.process = servers.NewProcess("pgbouncer", dir, func() *exec.Cmd { return servers.Unprivileged(exec.Command(program, config)) })
	if err := p.process.Start(p.answers); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *pooler) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", servers.Loopback(p.port))
	return err == nil && connection.Close() == nil
}
