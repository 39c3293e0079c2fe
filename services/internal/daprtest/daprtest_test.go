package daprtest_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

const patience = 30 * time.Second

func TestMain(m *testing.M) { daprtest.Main(m) }

// counter counts the events of a topic.
func counter(app, topic string) (*dapr.Server, *atomic.Int32) {
	var count atomic.Int32
	server := daprtest.StandIn(app)
	server.HandleTopic(topic, func(context.Context, events.Event) error { count.Add(1); return nil })
	return server, &count
}

func event() events.Event {
	return events.Event{ID: uuid.NewString(), Source: "test", Type: "test", UserID: uuid.NewString(), Time: time.Now(), Data: json.RawMessage(`{}`)}
}

func TestReplicasShareEventsButNotBroadcasts(t *testing.T) {
	env := daprtest.New(t)
	publisher := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI}).Client
	publish := func(topic string, count int) {
		t.Helper()
		for range count {
			if _, err := publisher.Publish(t.Context(), contract.PubSub, topic, []events.Event{event()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	auditServer, audited := counter(contract.Audit, contract.TopicTaskEvents)
	var heard [2]*atomic.Int32
	for replica := range 2 {
		env.Sidecar(t, daprtest.App{ID: contract.Audit, Replica: replica, Server: auditServer})
		var server *dapr.Server
		server, heard[replica] = counter(contract.RealtimeSync, contract.TopicTaskUpdates)
		env.Sidecar(t, daprtest.App{ID: contract.RealtimeSync, Replica: replica, Server: server})
	}
	daprtest.Eventually(t, patience, "both replicas have joined the broadcast", func() bool {
		publish(contract.TopicTaskUpdates, 1)
		return heard[0].Load() > 0 && heard[1].Load() > 0
	})
	before := [2]int32{heard[0].Load(), heard[1].Load()}
	publish(contract.TopicTaskUpdates, 10)
	publish(contract.TopicTaskEvents, 10)
	for replica := range 2 {
		daprtest.Eventually(t, patience, "each replica hears all", func() bool { return heard[replica].Load() >= before[replica]+10 })
	}
	daprtest.Eventually(t, patience, "the replicas together handle all", func() bool { return audited.Load() >= 10 })
	if got := audited.Load(); got >= 20 { // a few may come twice when the group finds its balance
		t.Errorf("10 events were handled %d times: each replica gets all", got)
	}
}

func TestEnvironmentsAreApart(t *testing.T) {
	one, two := daprtest.New(t), daprtest.New(t)
	server, count := counter(contract.Audit, contract.TopicTaskEvents)
	first := one.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
	other, stray := counter(contract.Audit, contract.TopicTaskEvents)
	other.HandleJobs(func(context.Context, string, []byte) error { stray.Add(1); return nil })
	two.Sidecar(t, daprtest.App{ID: contract.Audit, Server: other})

	if _, err := first.Client.Publish(t.Context(), contract.PubSub, contract.TopicTaskEvents, []events.Event{event()}); err != nil {
		t.Fatal(err)
	}
	daprtest.Eventually(t, patience, "the event is handled", func() bool { return count.Load() == 1 })
	if got := len(one.Records(t, contract.TopicTaskEvents)); got != 1 {
		t.Errorf("%d records in its own topic", got)
	}
	if got := len(two.Records(t, contract.TopicTaskEvents)); got != 0 || stray.Load() != 0 {
		t.Errorf("%d records and %d events in the other environment", got, stray.Load())
	}
}

func TestPlatformRunsServicesThatInvokeEachOther(t *testing.T) {
	serve := func(ctx context.Context, instance *daprtest.Instance, server *dapr.Server) error {
		health := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		var listen net.ListenConfig
		listener, err := listen.Listen(ctx, "tcp", instance.HealthAddress)
		if err != nil {
			return err
		}
		go func() { _ = health.Serve(listener) }() // until it is closed
		defer func() { _ = health.Close() }()      // nothing is under way
		app, err := listen.Listen(ctx, "tcp", instance.AppAddress)
		if err != nil {
			return err
		}
		return server.Serve(ctx, app)
	}
	env := daprtest.New(t)
	instances := env.Platform(t, map[string]daprtest.Run{
		contract.TodoAPI: func(ctx context.Context, instance *daprtest.Instance) error {
			server := daprtest.StandIn(contract.TodoAPI)
			dapr.HandleInvoke(server, contract.MethodGetContact, func(context.Context, struct{}) (string, error) { return "a@example.org", nil })
			return serve(ctx, instance, server)
		},
		contract.Notification: func(ctx context.Context, instance *daprtest.Instance) error {
			return serve(ctx, instance, daprtest.StandIn(contract.Notification))
		},
	})
	var email string
	daprtest.Eventually(t, patience, "the invocation gets through", func() bool {
		err := instances[contract.Notification].Client.Invoke(t.Context(), contract.TodoAPI, contract.MethodGetContact, struct{}{}, &email)
		return err == nil
	})
	if email != "a@example.org" {
		t.Errorf("got %q", email)
	}
}
