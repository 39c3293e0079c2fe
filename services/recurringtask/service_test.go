package recurringtask

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const patience = 30 * time.Second

// harness is a platform with this service in it. A small app stands in for todo-api.
type harness struct {
	todoAPI *daprtest.Sidecar
	env     *daprtest.Env
	serve   func() (stop func()) // has the stand-in answer until stop
	health  string               // address of the service's probes and metrics

	mu       sync.Mutex
	requests map[string][]calls.AdvanceOccurrenceRequest // by task id
	created  map[string]int                              // occurrences created, by the task before
	missing  []calls.MissingOccurrence
}

func newHarness(t *testing.T, missed ...calls.MissingOccurrence) *harness {
	t.Helper()
	h := &harness{env: daprtest.New(t), requests: map[string][]calls.AdvanceOccurrenceRequest{}, created: map[string]int{}, missing: missed}
	h.todoAPI = h.env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	server := daprtest.StandIn(contract.TodoAPI)
	calls.AdvanceOccurrence.Handle(server, h.advance)
	calls.ListMissingOccurrences.Handle(server, h.listMissing)
	h.serve = func() func() { return h.todoAPI.Serve(t, server) }
	sidecar := h.env.Sidecar(t, daprtest.App{ID: contract.RecurringTask})
	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.health = health.Addr().String()
	app := sidecar.Listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx, Config{Dapr: daprtest.Config(sidecar.Address)}, app, health) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the service ended with: %v", err)
		}
	})
	return h
}

// advance creates the occurrence after a task once, as todo-api does.
func (h *harness) advance(_ context.Context, in calls.AdvanceOccurrenceRequest) (calls.AdvanceOccurrenceReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := len(h.requests[in.TaskID]) == 0
	h.requests[in.TaskID] = append(h.requests[in.TaskID], in)
	if first && in.Next != nil {
		h.created[in.TaskID]++
	}
	return calls.AdvanceOccurrenceReply{TaskID: "next", Created: first && in.Next != nil}, nil
}

func (h *harness) listMissing(context.Context, calls.ListMissingOccurrencesRequest) (calls.ListMissingOccurrencesReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := []calls.MissingOccurrence{}
	for _, m := range h.missing {
		if len(h.requests[m.Task.ID]) == 0 {
			left = append(left, m)
		}
	}
	return calls.ListMissingOccurrencesReply{Tasks: left}, nil
}

// asked returns what was asked for the occurrence after a task, so far.
func (h *harness) asked(taskID string) []calls.AdvanceOccurrenceRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]calls.AdvanceOccurrenceRequest(nil), h.requests[taskID]...)
}

// createdAfter returns how many occurrences were created after a task.
func (h *harness) createdAfter(taskID string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.created[taskID]
}

func (h *harness) waitAsked(t *testing.T, taskID string, times int) []calls.AdvanceOccurrenceRequest {
	t.Helper()
	daprtest.Eventually(t, patience, "todo-api is asked for the next occurrence", func() bool { return len(h.asked(taskID)) >= times })
	return h.asked(taskID)
}

// counted reports whether the service has counted an outcome.
func (h *harness) counted(t *testing.T, outcome string) bool {
	t.Helper()
	answer, err := http.Get("http://" + h.health + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), `recurringtask_advanced_total{outcome="`+outcome+`"}`)
}

// complete publishes the completion of a task, a number of times.
func (h *harness) complete(t *testing.T, task todo.Task, times int) {
	t.Helper()
	after, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	change := events.Change{
		UserID: uuid.NewString(), Seq: 2, EventID: uuid.NewString(), Type: events.TypeTaskCompleted,
		Entity: events.EntityTask, ID: task.ID, After: after, Zone: "Europe/Berlin", At: *task.CompletedAt,
	}
	data, err := json.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	event := events.Event{
		ID: change.EventID, Source: contract.TodoAPI, Type: change.Type, Subject: task.ID,
		UserID: change.UserID, Time: change.At, Data: data,
	}
	for range times {
		if _, err := h.todoAPI.Client.Publish(t.Context(), contract.PubSub, contract.TopicTaskEvents, []events.Event{event}); err != nil {
			t.Fatal(err)
		}
	}
}

func daily() todo.Task { return completed("FREQ=DAILY") }

// completed is a task that was done on the day on which it was due.
func completed(rule string) todo.Task {
	due, done := todo.Due{Date: "2026-12-01"}, time.Date(2026, time.December, 1, 10, 0, 0, 0, time.UTC)
	return todo.Task{
		ID: uuid.NewString(), Due: &due, Recurrence: &todo.Recurrence{Rule: rule, Anchor: todo.AnchorSchedule},
		Series: &todo.Series{ID: "s", Start: due}, CompletedAt: &done,
	}
}

func TestCompletedTasks(t *testing.T) {
	h := newHarness(t)
	stop := h.serve()

	t.Run("get one next occurrence over twenty deliveries", func(t *testing.T) {
		task := daily()
		h.complete(t, task, 20)
		requests := h.waitAsked(t, task.ID, 20)
		for _, request := range requests {
			if !reflect.DeepEqual(request, requests[0]) {
				t.Errorf("asked for %+v and for %+v", requests[0], request)
			}
		}
		if got, want := requests[0].Next.Due, (todo.Due{Date: "2026-12-02"}); got != want {
			t.Errorf("next due %v, want %v", got, want)
		}
		if got := h.createdAfter(task.ID); got != 1 {
			t.Errorf("%d occurrences created, want 1", got)
		}
		for _, outcome := range []string{outcomeCreated, outcomeAlreadyThere} {
			if !h.counted(t, outcome) {
				t.Errorf("the metrics lack the outcome %s", outcome)
			}
		}
	})

	t.Run("end their series when the rule has run out", func(t *testing.T) {
		task := daily()
		task.Recurrence.Rule = "FREQ=DAILY;COUNT=1"
		h.complete(t, task, 1)
		if next := h.waitAsked(t, task.ID, 1)[0].Next; next != nil {
			t.Errorf("asked for %+v, want the end of the series", next)
		}
	})

	t.Run("that do not recur are left alone", func(t *testing.T) {
		single, task := daily(), daily()
		single.Recurrence = nil
		h.complete(t, single, 1)
		h.complete(t, task, 1)
		h.waitAsked(t, task.ID, 1)
		if got := h.asked(single.ID); len(got) != 0 {
			t.Errorf("asked for %+v", got)
		}
	})

	t.Run("with a rule that cannot be followed end their series with a reason", func(t *testing.T) {
		task := daily()
		task.Recurrence.Rule = "FREQ=SOMETIMES"
		h.complete(t, task, 1)
		if got := h.waitAsked(t, task.ID, 1)[0]; got.Next != nil || got.Reason == "" {
			t.Errorf("asked for %+v", got)
		}
	})

	t.Run("wait for todo-api to come back", func(t *testing.T) {
		stop()
		task := daily()
		h.complete(t, task, 1)
		daprtest.Eventually(t, patience, "an attempt has failed", func() bool { return h.counted(t, outcomeUnavailable) })
		h.serve()
		h.waitAsked(t, task.ID, 1)
	})
}

func TestSweepFindsWhatEventsMissed(t *testing.T) {
	task := daily()
	h := newHarness(t, calls.MissingOccurrence{UserID: uuid.NewString(), Zone: "Europe/Berlin", Task: task})
	h.serve()
	if got, want := h.waitAsked(t, task.ID, 1)[0].Next.Due, (todo.Due{Date: "2026-12-02"}); got != want {
		t.Errorf("next due %v, want %v", got, want)
	}
}
