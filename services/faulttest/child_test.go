package faulttest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/realtimesync"
	"github.com/todoplatform/todoplatform/services/recurringtask"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/test/servers"
)

// The environment of a service that runs as a process of its own.
const (
	envApp     = "FAULTTEST_APP"
	envSidecar = "FAULTTEST_SIDECAR"
	envBack    = "FAULTTEST_APP_ADDRESS"
	envHealth  = "FAULTTEST_HEALTH_ADDRESS"
	envPublic  = "FAULTTEST_PUBLIC_ADDRESS"
	envUsers   = "FAULTTEST_USERS"
	envAt      = "FAULTTEST_AT"
	envTrace   = "FAULTTEST_TRACE"
	envMail    = "FAULTTEST_MAIL_ADDRESS"
)

// The Secrets of the platform.
const (
	keysSecret = "keys"
	pushSecret = "push-keys"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// TestMain makes of the test's program a service, if the environment says so.
func TestMain(m *testing.M) {
	if app := os.Getenv(envApp); app != "" {
		if err := serve(app); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	daprtest.Main(m)
}

// serve runs a service until it is told to stop or reaches its point.
func serve(app string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	killer := &kills{users: strings.Split(os.Getenv(envUsers), ","), at: os.Getenv(envAt), trace: os.Getenv(envTrace), passed: map[string]bool{}}
	cfg := lifecycle.Config{Dapr: daprtest.Config(os.Getenv(envSidecar)), HealthAddress: os.Getenv(envHealth), AppAddress: os.Getenv(envBack),
		PublicURL: &url.URL{Scheme: "https", Host: "todo.example.com", Path: "/"}}
	if killer.trace != "" {
		cfg.Dapr.Around = killer.around
	}
	switch app {
	case contract.TodoAPI:
		return todoapi.Run(ctx, todoapi.Config{Config: cfg, PublicAddress: os.Getenv(envPublic), KeysSecret: keysSecret, VerifyEmail: true, PlainWebhooks: true, TrustedProxies: loopback})
	case contract.RecurringTask:
		return recurringtask.Run(ctx, cfg)
	case contract.Notification:
		return notification.Run(ctx, notification.Config{Config: cfg, SMTP: mailServer(os.Getenv(envMail)), PushKeysSecret: pushSecret, WebhookNetworks: loopback})
	case contract.Audit:
		return audit.Run(ctx, audit.Config{Config: cfg})
	case contract.RealtimeSync:
		return realtimesync.Run(ctx, realtimesync.Config{Config: cfg, PublicAddress: os.Getenv(envPublic)})
	}
	return fmt.Errorf("there is no service %q", app)
}

// mailServer is the one at a host:port.
func mailServer(address string) notification.SMTPConfig {
	to := netip.MustParseAddrPort(address)
	return notification.SMTPConfig{Host: to.Addr().String(), Port: int(to.Port()), From: "todo@example.com", TLS: notification.TLSNone}
}

// child keeps a service running, as the kubelet does: a process that dies is started again.
type child struct {
	app     string
	replica int    // 0 for the first
	dir     string // of its log
	mail    string // address of the mail server

	mu       sync.Mutex
	instance *daprtest.Instance
	process  *os.Process
	fault    fault // of the next processes
	starts   int
}

// fault is what processes are to do.
type fault struct {
	users []string // of whom the points are; none: of everybody
	at    []string // the points at which one process after the other dies
	trace string   // file that takes the points that are passed
}

// next takes the point of the next process; empty: it lives.
func (f *fault) next() (at string) {
	if len(f.at) > 0 {
		at, f.at = f.at[0], f.at[1:]
	}
	return at
}

// run is the service's main function.
func (c *child) run(ctx context.Context, instance *daprtest.Instance) error {
	go probe(ctx, instance.HealthAddress)
	for ctx.Err() == nil {
		command, err := c.start(instance)
		if err != nil {
			return err
		}
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		select {
		case err := <-ended:
			if status, ok := errors.AsType[*exec.ExitError](err); !ok || status.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				return fmt.Errorf("%s ended by itself: %w; its log is %s", c.app, err, c.logFile())
			}
		case <-ctx.Done():
			_ = command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
			return <-ended
		}
	}
	return nil
}

func (c *child) logFile() string {
	return filepath.Join(c.dir, fmt.Sprintf("%s-%d.log", c.app, c.replica))
}

// start starts a process that dies at the next point of the fault.
func (c *child) start(instance *daprtest.Instance) (*exec.Cmd, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	log, err := os.OpenFile(c.logFile(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own handle
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), envApp+"="+c.app, envSidecar+"="+instance.Address, envBack+"="+instance.AppAddress,
		envHealth+"="+instance.HealthAddress, envPublic+"="+instance.PublicAddress,
		envUsers+"="+strings.Join(c.fault.users, ","), envAt+"="+c.fault.next(), envTrace+"="+c.fault.trace, envMail+"="+c.mail)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, err
	}
	c.instance, c.process = instance, command.Process
	c.starts++
	return command, nil
}

// arm has the service begin anew with a fault, and returns what startsSince counts its processes from.
func (c *child) arm(f fault) (first int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
	_ = c.process.Kill() // one that has just died is started again with the fault, too
	return c.starts + 1
}

// kill ends the process at once. The next one starts with the next point of the fault, or with none.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.process.Kill() // it may have died by itself
}

// watch waits until one process after the other has died at its point, beginning with the one that arm
// counts from, and kills those that do not come to theirs in time. It returns the points of these.
func (c *child) watch(first int, at []string) (missed []string) {
	for n, point := range at {
		dead := func() bool { return c.startsSince(first) > n }
		if !servers.Poll(rarest, dead) {
			missed = append(missed, point)
			c.kill()
			servers.Poll(patience, dead)
		}
	}
	return missed
}

// startsSince counts how often the process was started after a number of starts.
func (c *child) startsSince(starts int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.starts - starts
}

func (c *child) ready() bool { return ready(c.instance.HealthAddress) }

// probe asks again and again whether a service is ready, as the kubelet does.
func probe(ctx context.Context, health string) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			ready(health)
		}
	}
}

func ready(health string) bool {
	answer, err := http.Get("http://" + health + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close() // the status says it all
	return answer.StatusCode == http.StatusOK
}

// tail is the end of the service's log.
func (c *child) tail() string {
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

const (
	// patience is for how long all may take that has to happen.
	patience = 2 * time.Minute
	// rarest is for how long a process may take to come to its point.
	rarest = 30 * time.Second
)
