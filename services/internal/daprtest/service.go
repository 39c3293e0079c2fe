package daprtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/test/servers"
)

// Instance is a service that runs in the test's process, beside its sidecar.
type Instance struct {
	*Sidecar
	PublicAddress string // where it may serve people
	HealthAddress string // where it must serve /readyz
	Stop          func() // ends it in order; it also ends with the test
	run           Run
}

// Run is a service's main function with its configuration taken from an instance.
type Run func(ctx context.Context, instance *Instance) error

// Service starts the sidecar of app and the service itself, and waits until it is ready.
func (e *Env) Service(t testing.TB, app App, run Run) *Instance {
	t.Helper()
	instance := e.begin(t, app, run)
	instance.waitReady(t, app.ID)
	return instance
}

// Platform starts the services, keyed by app id, in the order in which the operator
// does, and waits until all are ready.
func (e *Env) Platform(t testing.TB, runs map[string]Run) map[string]*Instance {
	t.Helper()
	instances := map[string]*Instance{}
	for _, app := range contract.Services() {
		if run, ok := runs[app]; ok {
			instances[app] = e.begin(t, App{ID: app}, run)
		}
	}
	for app, instance := range instances {
		instance.waitReady(t, app)
	}
	return instances
}

func (e *Env) begin(t testing.TB, app App, run Run) *Instance {
	t.Helper()
	instance := &Instance{Sidecar: e.Sidecar(t, app), PublicAddress: Address(), HealthAddress: Address(), run: run}
	instance.Restart(t)
	return instance
}

// Restart starts the service again after Stop.
func (i *Instance) Restart(t testing.TB) {
	t.Helper()
	i.Stop = Background(t, i.app, func(ctx context.Context) error { return i.run(ctx, i) })
}

func (i *Instance) waitReady(t testing.TB, app string) {
	t.Helper()
	Eventually(t, startTimeout, app+" is ready", func() bool { return answersOK("http://" + i.HealthAddress + "/readyz") })
}

// Background runs something until the test ends or stop is called. The test fails
// when it returns before, with an error, or not in time.
func Background(t testing.TB, name string, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := run(ctx)
		if ctx.Err() == nil {
			t.Errorf("%s ended by itself: %v", name, err)
		} else if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s ended: %v", name, err)
		}
	}()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(servers.StopTimeout):
			t.Errorf("%s does not stop", name)
		}
	}
	t.Cleanup(stop)
	return stop
}

// Address returns a loopback address on which nobody listens.
func Address() string { return servers.Loopback(servers.FreePort()) }
