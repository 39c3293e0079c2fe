// Package tracetest follows one change through all services by its trace.
package tracetest

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/platformtest"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/services/notification"
	realtime "github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const patience = time.Minute

// click has requests come as those of an entry that traces.
type click struct{ id string }

func (c click) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set(trace.Header, "00-"+c.id+"-00f067aa0ba902b7-01")
	return http.DefaultTransport.RoundTrip(request)
}

func TestOneChangeIsOneTraceThroughAllServices(t *testing.T) {
	env := daprtest.New(t)
	env.Database(t, todoapi.Schema(), notification.Schema(), audit.Schema())
	collector := env.Collector(t)
	instances := platformtest.Start(t, env, contract.Services()...)
	address := "http://" + instances[contract.TodoAPI].PublicAddress

	person := client.New(address, &http.Client{Timeout: patience})
	if err := person.SignUp(t.Context(), "ada@example.org", "correct horse battery", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	remind := time.Now().Add(time.Hour)
	task, err := person.CreateTask(t.Context(), client.Draft{
		Title: "Water plants", Due: &client.Due{Date: "2099-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"},
		Reminders: []client.Reminder{{At: &remind}},
	})
	if err != nil {
		t.Fatal(err)
	}

	window := realtime.Client{BaseURL: "http://" + instances[contract.RealtimeSync].PublicAddress, AccessToken: person.Grant.AccessToken}
	var socket *realtime.Socket
	daprtest.Eventually(t, patience, "a window is open", func() bool {
		socket, err = window.Connect(t.Context(), nil)
		return err == nil
	})
	daprtest.Background(t, "the window", func(ctx context.Context) error {
		for ctx.Err() == nil {
			if _, err := socket.Next(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		return nil
	})

	toRealtime := daprtest.Span{App: contract.RealtimeSync, Name: "pubsub/" + contract.TopicTaskUpdates}
	const early = "4bf92f3577b34da6a3ce929d0e0e4735"
	trying := traced(address, person, early)
	daprtest.Eventually(t, patience, "realtime-sync, which begins with what is new, has joined its topics", func() bool {
		if _, err := trying.EditTask(t.Context(), task.ID, map[string]any{"notes": time.Now().String()}); err != nil {
			t.Fatal(err)
		}
		return slices.Contains(collector.Trace(early), toRealtime)
	})

	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	if _, err := traced(address, person, id).CompleteTask(t.Context(), task.ID); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { t.Logf("the trace has the spans %v", collector.Trace(id)) })
	for _, want := range []daprtest.Span{
		{App: contract.TodoAPI, Name: "POST /api/v1/tasks/{id}/complete"},
		{App: contract.TodoAPI, Name: runtimev1.Dapr_InvokeBinding_FullMethodName},
		{App: contract.TodoAPI, Name: runtimev1.Dapr_PublishEvent_FullMethodName},
		{App: contract.RecurringTask, Name: "pubsub/" + contract.TopicTaskEvents},
		{App: contract.TodoAPI, Name: "CallLocal/" + contract.TodoAPI + "/" + contract.MethodAdvanceOccurrence},
		{App: contract.Notification, Name: "pubsub/" + contract.TopicTaskEvents},
		{App: contract.Notification, Name: runtimev1.Dapr_PublishEvent_FullMethodName},
		{App: contract.Audit, Name: "pubsub/" + contract.TopicTaskEvents},
		{App: contract.Audit, Name: "pubsub/" + contract.TopicReminders},
		toRealtime,
		{App: contract.RealtimeSync, Name: "frame/change"},
	} {
		daprtest.Eventually(t, patience, want.App+" has made the span "+want.Name+" of the trace", func() bool {
			return slices.Contains(collector.Trace(id), want)
		})
	}
}

// traced acts for a person, each time as a part of a trace.
func traced(address string, person *client.Client, id string) *client.Client {
	c := client.New(address, &http.Client{Timeout: patience, Transport: click{id}})
	c.Grant = person.Grant
	return c
}
