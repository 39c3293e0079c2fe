// Package daprtest runs services against the real thing: PostgreSQL, Kafka, Dapr's
// scheduler and a daprd for each app, as processes of the test.
//
// A package's tests share one PostgreSQL, Kafka and scheduler. Each test gets an
// environment of its own inside them, so tests may run in parallel:
//
//	func TestMain(m *testing.M) { daprtest.Main(m) }
//
//	func TestAdd(t *testing.T) {
//		env := daprtest.New(t)
//		db := env.Database(t, Schema())
//		sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
//		…
//	}
package daprtest

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/test/servers"
)

// startTimeout bounds the start of any process.
const startTimeout = servers.StartTimeout

// sharedServers are the processes that a package's tests share.
type sharedServers struct {
	dir       string
	postgres  *postgres
	kafka     *servers.Kafka
	scheduler *scheduler
}

var (
	shared      *sharedServers
	sharedError error
	sharedOnce  sync.Once
)

// Main runs a package's tests and then ends the processes that they shared. Without
// it they end with the test binary, but leave their folder behind.
func Main(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.stop()
	}
	os.Exit(code)
}

func startServers() (*sharedServers, error) {
	dir, err := os.MkdirTemp("", "daprtest-")
	if err != nil {
		return nil, err
	}
	s := &sharedServers{dir: dir}
	starts := []func() error{
		func() (err error) { s.postgres, err = startPostgres(filepath.Join(dir, "postgres")); return err },
		func() (err error) { s.kafka, err = servers.StartKafka(filepath.Join(dir, "kafka"), ""); return err },
		func() (err error) { s.scheduler, err = startScheduler(filepath.Join(dir, "scheduler")); return err },
	}
	failures := make(chan error, len(starts))
	for _, start := range starts {
		go func() { failures <- start() }()
	}
	for range starts {
		if failure := <-failures; failure != nil {
			err = failure
		}
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *sharedServers) stop() {
	if s.postgres != nil && s.postgres.pooler != nil {
		s.postgres.pooler.process.Kill()
	}
	if s.postgres != nil {
		s.postgres.Process.Kill()
	}
	if s.kafka != nil {
		s.kafka.Process.Kill()
	}
	if s.scheduler != nil {
		s.scheduler.process.Kill()
	}
	_ = os.RemoveAll(s.dir) // a leftover in the temporary folder harms nobody
}

// Env is one test's platform: a namespace of its own in Kafka and the scheduler, and
// at most one database.
type Env struct {
	namespace string
	prefix    string // of the names of topics, as a manifest may give them one
	dir       string
	servers   *sharedServers
	postgres  *postgres // the shared one, unless the test has its own
	database  *database
	secrets   map[string]map[string]string
	model     string     // URL of what speaks OpenAI's protocol
	collector *Collector // of spans; nil: there are none
	// internalPorts are where the sidecars of the apps take invocations.
	internalPorts map[string]int
}

// Traces says where the services of the environment send spans: to its collector, if it has one.
func (e *Env) Traces() trace.Config {
	if e.collector == nil {
		return trace.Config{}
	}
	return trace.Config{Collector: e.collector.URL(), Sampling: 1}
}

// New makes an environment with the platform's topics. The first of a package starts
// PostgreSQL, Kafka and the scheduler.
func New(t testing.TB) *Env {
	t.Helper()
	sharedOnce.Do(func() { shared, sharedError = startServers() })
	if sharedError != nil {
		t.Fatalf("start the servers of the test: %v", sharedError)
	}
	suffix := make([]byte, 4)
	_, _ = rand.Read(suffix) // never fails
	env := &Env{
		namespace:     "t" + hex.EncodeToString(suffix),
		dir:           t.TempDir(),
		servers:       shared,
		postgres:      shared.postgres,
		secrets:       map[string]map[string]string{},
		internalPorts: map[string]int{},
	}
	for _, app := range contract.Services() {
		env.internalPorts[app] = servers.FreePort()
	}
	env.createTopics(t)
	return env
}

// TopicPrefix gives the topics of the platform names with a prefix, for sidecars that are started later.
func (e *Env) TopicPrefix(t testing.TB, prefix string) {
	t.Helper()
	e.prefix = prefix
	e.createTopics(t)
}

// Secret puts a secret into the secret store of the sidecars started later.
func (e *Env) Secret(t testing.TB, name string, values map[string]string) {
	t.Helper()
	e.secrets[name] = values
}

// Model has the sidecar of todo-api, started later, reach a language model at a URL whose server speaks
// OpenAI's protocol.
func (e *Env) Model(url string) { e.model = url }

// Kafka returns the broker, to stop and start it.
func (e *Env) Kafka() Server { return e.servers.kafka }

// Postgres returns the database server, to stop and start it.
func (e *Env) Postgres() Server { return e.postgres }

// Scheduler returns Dapr's scheduler, to stop and start it. After a kill, starting it takes some
// twenty seconds.
func (e *Env) Scheduler() Server { return e.servers.scheduler }

// Server is a process that all tests of a package share. A test that kills it must
// not run in parallel with others.
type Server interface {
	// Kill ends the process at once, as a crash would; it is started again when t ends.
	Kill(t testing.TB)
	// Start starts it again with its data and waits until it does what it is asked.
	Start(t testing.TB)
}

// Eventually waits until condition holds, and fails the test when it does not within
// timeout. what completes the sentence "waiting until …".
func Eventually(t testing.TB, timeout time.Duration, what string, condition func() bool) {
	t.Helper()
	if !servers.Poll(timeout, condition) {
		t.Fatalf("gave up after %s waiting until %s", timeout, what)
	}
}
