package dapr_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceParent = "00-" + traceID + "-00f067aa0ba902b7-01"
)

// A handler knows the trace of what it is given; of events also where sidecars make no spans.
func TestHandlersKnowTheTrace(t *testing.T) {
	for name, spans := range map[string]bool{"with spans": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			env := daprtest.New(t)
			if spans {
				env.Collector(t)
			}
			var handled, called recorder[string]
			server := daprtest.StandIn(contract.Audit)
			server.HandleTopic(contract.TopicTaskEvents, func(ctx context.Context, _ events.Event) error {
				handled.add(trace.ID(ctx))
				return nil
			})
			consumer := env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
			callee := daprtest.StandIn(contract.TodoAPI)
			dapr.HandleInvoke(callee, contract.MethodListHeads, func(ctx context.Context, _ struct{}) (struct{}, error) {
				called.add(trace.ID(ctx))
				return struct{}{}, nil
			})
			env.Sidecar(t, daprtest.App{ID: contract.TodoAPI, Server: callee})

			user := uuid.NewString()
			event := newEvent(user, "traced")
			event.TraceParent = traceParent
			publish(t, consumer, event, newEvent(user, "untraced"))
			if got := handled.waitFor(t, 2); got[0] != traceID || got[1] != "" {
				t.Errorf("the traces of the events are %q", got)
			}
			if err := consumer.Client.Invoke(trace.With(t.Context(), traceParent), contract.TodoAPI, contract.MethodListHeads, struct{}{}, nil); err != nil {
				t.Fatal(err)
			}
			if got := called.waitFor(t, 1)[0]; got != traceID && spans {
				t.Errorf("the trace of the invocation is %q", got)
			}
		})
	}
}
