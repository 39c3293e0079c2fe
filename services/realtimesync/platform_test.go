package realtimesync

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/todoapi"
	todoclient "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// TestMain runs the tests, or in a process of its own a replica that can be killed.
func TestMain(m *testing.M) {
	if sidecar := os.Getenv(envSidecar); sidecar != "" {
		serveReplica(sidecar)
		return
	}
	daprtest.Main(m)
}

// What a replica of its own process is told: addresses, and those of its sidecar.
const (
	envSidecar = "TEST_SIDECAR"
	envPublic  = "TEST_PUBLIC"
	envHealth  = "TEST_HEALTH"
	envApp     = "TEST_APP"
)

func serveReplica(sidecar string) {
	ctx := context.Background()
	listeners, err := lifecycle.Begin(ctx, contract.RealtimeSync, "warn", os.Getenv(envPublic), os.Getenv(envHealth), os.Getenv(envApp))
	if err == nil {
		err = run(ctx, Config{Config: lifecycle.Config{Dapr: daprtest.Config(sidecar)}}, quickLimits(), listeners[0], listeners[1], listeners[2])
	}
	fmt.Fprintln(os.Stderr, "the replica ended:", err)
	os.Exit(1)
}

// quickLimits have a dead replica noticed within seconds.
func quickLimits() limits {
	limits := defaultLimits()
	limits.presenceLease = 4 * time.Second
	return limits
}

// platform is a todo-api on real components, to which replicas of realtime-sync are added.
type platform struct {
	env    *daprtest.Env
	api    string // base URL of todo-api
	events *daprtest.Sidecar
}

func newPlatform(t testing.TB) *platform {
	t.Helper()
	p := &platform{env: daprtest.New(t)}
	p.env.Database(t, todoapi.Schema())
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	p.env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(keys)})
	p.events = p.env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	cfg := todoapi.Config{
		Config: lifecycle.Config{
			Dapr: daprtest.Config(p.events.Address), LogLevel: "warn",
			HealthAddress: freeAddress(t), AppAddress: p.events.AppAddress,
		},
		PublicAddress: freeAddress(t), KeysSecret: "keys",
	}
	runUntilStopped(t, func(ctx context.Context) error { return todoapi.Run(ctx, cfg) })
	waitReady(t, cfg.HealthAddress)
	p.api = "http://" + cfg.PublicAddress
	return p
}

// service is a running realtime-sync with its sidecar.
type service struct {
	url     string
	health  string // address of probes and metrics
	sidecar *daprtest.Sidecar
	stop    func() // in order, as on SIGTERM
	stream  bool   // whether people ask for streams instead of sockets
}

// over is s for people who connect by a transport.
func (s *service) over(by transport) *service {
	other := *s
	other.stream = by == transportStream
	return &other
}

// replica starts the nth realtime-sync and waits until it can serve.
func (p *platform) replica(t testing.TB, n int, limits limits) *service {
	t.Helper()
	s := &service{sidecar: p.env.Sidecar(t, daprtest.App{ID: contract.RealtimeSync, Replica: n})}
	public, health := listen(t), listen(t)
	app := s.sidecar.Listen(t)
	s.url = "http://" + public.Addr().String()
	s.stop = runUntilStopped(t, func(ctx context.Context) error {
		return run(ctx, Config{Config: lifecycle.Config{Dapr: daprtest.Config(s.sidecar.Address)}}, limits, public, health, app)
	})
	s.health = health.Addr().String()
	waitReady(t, s.health)
	daprtest.Eventually(t, patience, "todo-api takes invocations", func() bool {
		_, err := calls.ListChanges.Call(t.Context(), s.sidecar.Client, calls.ListChangesRequest{UserID: uuid.NewString(), Limit: 1})
		return err == nil
	})
	return s
}

// process starts the nth realtime-sync as a process of its own, with quickLimits, and waits until
// it can serve. kill ends it and its sidecar as the end of their node would.
func (p *platform) process(t testing.TB, n int) (s *service, kill func()) {
	t.Helper()
	s = &service{sidecar: p.env.Sidecar(t, daprtest.App{ID: contract.RealtimeSync, Replica: n}), health: freeAddress(t)}
	public := freeAddress(t)
	s.url = "http://" + public
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envSidecar+"="+s.sidecar.Address, envPublic+"="+public, envHealth+"="+s.health, envApp+"="+s.sidecar.AppAddress)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()         // how it ended is known
		s.sidecar.Kill()
	})
	t.Cleanup(kill)
	waitReady(t, s.health)
	return s, kill
}

// password is everybody's.
const password = "correct horse battery"

// metricsText is what the replica says of itself.
func (s *service) metricsText(t testing.TB) string {
	t.Helper()
	response, err := http.Get("http://" + s.health + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// waitSubscribed returns once events reach the replica: person makes some until then.
func (s *service) waitSubscribed(p *person) {
	p.t.Helper()
	handled := regexp.MustCompile(`events_handled_total\{result="ok",topic="task-updates"\} [1-9]`)
	daprtest.Eventually(p.t, patience, "the replica gets events", func() bool {
		p.add(1)
		return handled.MatchString(s.metricsText(p.t))
	})
}

// connections is how many the replica holds.
func (s *service) connections(t testing.TB) (total int) {
	t.Helper()
	for _, found := range regexp.MustCompile(`(?m)^realtime_connections\{.*\} (\d+)$`).FindAllStringSubmatch(s.metricsText(t), -1) {
		count, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		total += count
	}
	return total
}

// person is a signed-in user.
type person struct {
	*todoclient.Client
	t testing.TB
}

func (p *platform) signUp(t testing.TB, name string) *person {
	t.Helper()
	c := todoclient.New(p.api, http.DefaultClient)
	if err := c.SignUp(t.Context(), name+"@example.com", password, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	return &person{c, t}
}

// socketOn is a client of s for this person.
func (p *person) socketOn(s *service) *client.Client {
	return &client.Client{BaseURL: s.url, AccessToken: p.Grant.AccessToken, Stream: s.stream}
}

// listen opens a socket on s and reads its welcome.
func (p *person) listen(s *service, resume *int64) (*listener, int64) {
	p.t.Helper()
	socket, err := p.socketOn(s).Connect(p.t.Context(), resume)
	if err != nil {
		p.t.Fatal(err)
	}
	l := listenTo(p.t, socket)
	return l, l.welcome().Head
}

// add makes a number of tasks, one change each.
func (p *person) add(count int) {
	p.t.Helper()
	for i := range count {
		if _, err := p.CreateTask(p.t.Context(), todoclient.Draft{Title: fmt.Sprintf("Task %d", i+1)}); err != nil {
			p.t.Fatal(err)
		}
	}
}

func runUntilStopped(t testing.TB, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the service ended with: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func waitReady(t testing.TB, health string) {
	t.Helper()
	daprtest.Eventually(t, patience, "the service is ready", func() bool {
		response, err := http.Get("http://" + health + "/readyz")
		if err != nil {
			return false
		}
		_ = response.Body.Close() // its status is all that counts
		return response.StatusCode == http.StatusOK
	})
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// freeAddress is for services that only take an address.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener := listen(t)
	_ = listener.Close() // only its address is wanted
	return listener.Addr().String()
}
