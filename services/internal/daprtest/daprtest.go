// Package daprtest runs services against the real thing: PostgreSQL, Kafka, Dapr's
// scheduler and a daprd for each app, as processes of the test.
package daprtest

import (
	"context"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// Main runs a package's tests and then ends the processes that they shared:
//
//	func TestMain(m *testing.M) { daprtest.Main(m) }
func Main(m *testing.M) {}

// Env is one test's platform: a namespace of its own in Kafka and the scheduler, and
// at most one database.
type Env struct{}

// New makes an environment; the first of a package starts PostgreSQL, Kafka and the scheduler.
func New(t testing.TB) *Env { t.Fatal("not yet"); return nil }

// Database makes a fresh database with these schemas and a login for each. Call it
// before Sidecar.
func (e *Env) Database(t testing.TB, schemas ...store.Schema) *pgxpool.Pool { return nil }

// Secret puts a secret into the secret store of the sidecars started later.
func (e *Env) Secret(t testing.TB, name string, values map[string]string) {}

// App describes an app that gets a sidecar. Its components and subscriptions are
// those that package contract gives to its id.
type App struct {
	ID      string // one of contract.Services
	PodName string // default: ID-0
	// Server, when set, is served to the sidecar by the fixture. Services under test
	// leave it nil and listen on AppAddress themselves.
	Server *dapr.Server
}

// Sidecar is a running daprd.
type Sidecar struct {
	Address    string       // of daprd's gRPC API
	AppAddress string       // where daprd calls the app back
	Client     *dapr.Client // connected to Address
}

// Sidecar starts the daprd of app and waits until it has loaded its components.
func (e *Env) Sidecar(t testing.TB, app App) *Sidecar { return nil }

// Kill ends daprd at once, as a crash would.
func (s *Sidecar) Kill() {}

// Start starts daprd again after Kill, on the same ports.
func (s *Sidecar) Start(t testing.TB) {}

// Run is a service's main function with its configuration bound to a sidecar.
type Run func(ctx context.Context, sidecar *Sidecar, public, health net.Listener) error
