package daprtest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/test/servers"
)

// App describes an app that gets a sidecar. Its components and subscriptions are
// those that package contract gives to its id.
type App struct {
	ID      string // one of contract.Services
	Replica int    // 0 for the first pod of the app, which is the one that takes invocations
	// PostgresMode is the queryExecMode of the database components; empty means exec,
	// as in the cluster.
	PostgresMode string
	// Server, when set, is served to the sidecar by the fixture. Services under test
	// leave it nil and listen on AppAddress themselves.
	Server *dapr.Server
}

// What sidecars and apps show each other, apart so that one taken for the other shows.
const (
	apiToken = "shown-to-the-sidecar"
	appToken = "shown-by-the-sidecar"
)

// Config is what a service is told of its sidecar at an address.
func Config(address string) dapr.Config {
	return dapr.Config{Address: address, APIToken: apiToken, AppToken: appToken}
}

// StandIn returns a server that stands in for a service. It has no way to dead letters,
// for which Sidecar.Server is needed.
func StandIn(app string) *dapr.Server { return dapr.NewServer(app, nil, prometheus.NewRegistry()) }

// Sidecar is a running daprd.
type Sidecar struct {
	app        string
	Address    string       // of daprd's gRPC API
	AppAddress string       // where daprd calls the app back
	Client     *dapr.Client // connected to Address
	components []string
	process    *servers.Process
	healthy    string // URL
}

// Sidecar starts the daprd of app and waits until it has loaded its components. It
// ends with the test.
func (e *Env) Sidecar(t testing.TB, app App) *Sidecar {
	t.Helper()
	program, err := servers.Binary("bin", "daprd")
	if err != nil {
		t.Fatal(err)
	}
	pod := app.ID + "-" + strconv.Itoa(app.Replica)
	dir := filepath.Join(e.dir, pod)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	components := e.writeResources(t, dir, app)

	internal := e.internalPorts[app.ID]
	if app.Replica > 0 {
		internal = servers.FreePort()
	}
	grpcPort, httpPort, appPort := servers.FreePort(), servers.FreePort(), servers.FreePort()
	s := &Sidecar{
		app: app.ID, Address: servers.Loopback(grpcPort), AppAddress: servers.Loopback(appPort),
		healthy: "http://" + servers.Loopback(httpPort) + "/v1.0/healthz/outbound", components: components,
	}
	args := []string{
		"--app-id", app.ID, "--app-port", strconv.Itoa(appPort), "--app-protocol", "grpc",
		"--enable-app-health-check", "--app-health-probe-interval", strconv.Itoa(int(contract.AppHealthInterval.Seconds())),
		"--app-health-probe-timeout", strconv.Itoa(int(contract.AppHealthTimeout.Milliseconds())),
		"--app-health-threshold", strconv.Itoa(contract.AppHealthThreshold),
		"--dapr-block-shutdown-duration", contract.BlockShutdown.String(),
		"--dapr-graceful-shutdown-seconds", strconv.Itoa(int(contract.GracefulShutdown.Seconds())),
		"--resources-path", filepath.Join(dir, "resources"), "--config", filepath.Join(dir, "config.yaml"),
		"--dapr-grpc-port", strconv.Itoa(grpcPort), "--dapr-http-port", strconv.Itoa(httpPort),
		"--dapr-listen-addresses", "127.0.0.1",
		"--dapr-internal-grpc-port", strconv.Itoa(internal), "--dapr-internal-grpc-listen-address", "127.0.0.1",
		"--enable-metrics=false", "--max-body-size", contract.MaxBodySize, "--log-level", "info",
		"--scheduler-host-address", e.servers.scheduler.address,
	}
	s.process = servers.NewProcess("daprd", dir, func() *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), "NAMESPACE="+e.namespace, "POD_NAME="+pod,
			contract.EnvAPIToken+"="+apiToken, contract.EnvAppToken+"="+appToken)
		return cmd
	})
	if app.Server != nil {
		s.Serve(t, app.Server)
	}
	cfg := Config(s.Address)
	cfg.TopicPrefix = e.prefix
	s.Client, err = dapr.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Client.Close() // nothing is lost by it
		s.process.Kill()
		if t.Failed() {
			t.Logf("the log of the sidecar of %s ends with:\n%s", pod, s.process.LogTail())
		}
	})
	s.Start(t)
	return s
}

// Server returns a server for the sidecar's app, to be given to Serve.
func (s *Sidecar) Server() *dapr.Server {
	return dapr.NewServer(s.app, s.Client, prometheus.NewRegistry())
}

// Start starts daprd, again after Kill, on the same ports.
func (s *Sidecar) Start(t testing.TB) {
	t.Helper()
	if err := s.process.Start(func() bool { return answersOK(s.healthy) }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := s.Client.WaitReady(ctx, s.components...); err != nil {
		t.Fatal(err)
	}
}

// Log returns the end of what daprd has logged.
func (s *Sidecar) Log() string { return s.process.LogTail() }

// Kill ends daprd at once, as a crash would.
func (s *Sidecar) Kill() { s.process.Kill() }

// Terminate stops daprd in order.
func (s *Sidecar) Terminate() { s.process.Terminate() }

// Listen takes AppAddress, for a service that is told its listener.
func (s *Sidecar) Listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", s.AppAddress)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// Serve serves server on AppAddress until the test ends or the returned function is called.
func (s *Sidecar) Serve(t testing.TB, server *dapr.Server) (stop func()) {
	t.Helper()
	listener := s.Listen(t)
	return Background(t, "the server of the app", func(ctx context.Context) error { return server.Serve(ctx, listener) })
}
