package dapr_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	commonv1 "github.com/dapr/dapr/pkg/proto/common/v1"
	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const patience = time.Minute

func TestMain(m *testing.M) { daprtest.Main(m) }

func newEvent(user, text string) events.Event {
	data, _ := json.Marshal(map[string]string{"text": text}) // strings always encode
	return events.Event{ID: uuid.NewString(), Source: contract.TodoAPI, Type: events.TypeTaskUpdated, Subject: "task-1",
		UserID: user, Time: time.Date(2026, 12, 1, 9, 30, 0, 123456000, time.UTC), Data: data}
}

func publish(t *testing.T, sidecar *daprtest.Sidecar, batch ...events.Event) {
	t.Helper()
	if n, err := sidecar.Client.Publish(t.Context(), contract.PubSub, contract.TopicTaskEvents, batch); err != nil || n != len(batch) {
		t.Fatalf("published %d of %d: %v", n, len(batch), err)
	}
}

// recorder is a handler that keeps what it was given.
type recorder[T any] struct {
	mu    sync.Mutex
	items []T
}

func (r *recorder[T]) add(item T) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items = append(r.items, item)
	return len(r.items)
}

func (r *recorder[T]) all() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.items)
}

func (r *recorder[T]) waitFor(t *testing.T, count int) []T {
	t.Helper()
	daprtest.Eventually(t, patience, fmt.Sprintf("%d calls have come", count), func() bool { return len(r.all()) >= count })
	return r.all()
}

func TestEventArrivesAsPublished(t *testing.T) {
	env := daprtest.New(t)
	var got recorder[events.Event]
	server := daprtest.StandIn(contract.Audit)
	server.HandleTopic(contract.TopicTaskEvents, func(_ context.Context, e events.Event) error { got.add(e); return nil })
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})

	user := uuid.NewString()
	var sent []events.Event
	for i := range 20 {
		sent = append(sent, newEvent(user, fmt.Sprintf("über ☕ %d", i)))
	}
	publish(t, sidecar, sent...)
	for i, e := range got.waitFor(t, len(sent)) {
		if string(e.Data) != string(sent[i].Data) || !e.Time.Equal(sent[i].Time) {
			t.Errorf("event %d: got %+v, want %+v", i, e, sent[i])
		}
		e.Data, e.Time = sent[i].Data, sent[i].Time
		if fmt.Sprint(e) != fmt.Sprint(sent[i]) {
			t.Errorf("event %d: got %+v, want %+v", i, e, sent[i])
		}
	}
	for _, record := range env.Records(t, contract.TopicTaskEvents) {
		if record.Key != user {
			t.Errorf("record key %q, want the user's id", record.Key)
		}
	}
}

// daprd takes the answers "unimplemented" and "not found" for success and would lose
// the event.
func TestEventWaitsForAServerThatKnowsItsTopic(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.RecurringTask})
	stop := sidecar.Serve(t, sidecar.Server())

	event := newEvent(uuid.NewString(), "early")
	publish(t, sidecar, event)
	daprtest.Eventually(t, patience, "daprd was told to retry", func() bool {
		return strings.Contains(sidecar.Log(), "encountered a retriable error")
	})
	stop()

	var got recorder[events.Event]
	server := sidecar.Server()
	server.HandleTopic(contract.TopicTaskEvents, func(_ context.Context, e events.Event) error { got.add(e); return nil })
	sidecar.Serve(t, server)
	if first := got.waitFor(t, 1)[0]; first.ID != event.ID {
		t.Errorf("got %+v, want %+v", first, event)
	}
}

func TestPublishGivesUpWhileKafkaIsDown(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	first, second := newEvent("u", "1"), newEvent("u", "2")
	publish(t, sidecar, first)
	env.Kafka().Kill(t)

	started := time.Now()
	n, err := sidecar.Client.Publish(t.Context(), contract.PubSub, contract.TopicTaskEvents, []events.Event{second, newEvent("u", "3")})
	if n != 0 || failure.KindOf(err) != failure.Unavailable || time.Since(started) > 10*time.Second {
		t.Errorf("published %d, %v after %s", n, err, time.Since(started))
	}
	env.Kafka().Start(t)
	daprtest.Eventually(t, patience, "the event is published", func() bool {
		n, err := sidecar.Client.Publish(t.Context(), contract.PubSub, contract.TopicTaskEvents, []events.Event{second})
		return n == 1 && err == nil
	})
}

type greeting struct {
	Name string `json:"name"`
}

func TestInvoke(t *testing.T) {
	env := daprtest.New(t)
	server := daprtest.StandIn(contract.TodoAPI)
	dapr.HandleInvoke(server, "greet", func(_ context.Context, in greeting) (greeting, error) {
		switch in.Name {
		case "panic":
			panic("bug")
		case "secret":
			return greeting{}, errors.New("password is 1234")
		}
		if kind := failure.Kind(in.Name); slices.Contains(failure.Kinds(), kind) {
			return greeting{}, &failure.Error{Kind: kind, Field: "name", Message: "about " + in.Name, Code: "c", Scope: "s"}
		}
		return greeting{Name: "hello " + in.Name}, nil
	})
	callee := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	stop := callee.Serve(t, server)
	caller := env.Sidecar(t, daprtest.App{ID: contract.Notification})

	call := func(method, name string) (greeting, error) {
		var out greeting
		err := caller.Client.Invoke(t.Context(), contract.TodoAPI, method, greeting{Name: name}, &out)
		return out, err
	}
	daprtest.Eventually(t, patience, "the callee answers", func() bool { _, err := call("greet", "x"); return err == nil })

	if out, err := call("greet", "Ünal ☕"); err != nil || out.Name != "hello Ünal ☕" {
		t.Errorf("got %+v, %v", out, err)
	}
	for _, kind := range failure.Kinds() {
		_, err := call("greet", string(kind))
		want := failure.Error{Kind: kind, Field: "name", Message: "about " + string(kind), Code: "c", Scope: "s"}
		if public := failure.Public(err); *public != want {
			t.Errorf("kind %s crossed as %+v", kind, public)
		}
	}
	if _, err := call("greet", "secret"); failure.KindOf(err) != failure.Internal || strings.Contains(err.Error(), "1234") {
		t.Errorf("an error without a kind crossed as %v", err)
	}
	for name, method := range map[string]string{"panic": "greet", "x": "no-such-method"} {
		if _, err := call(method, name); failure.KindOf(err) != failure.Unavailable {
			t.Errorf("%s(%s): got %v, want unavailable", method, name, err)
		}
	}
	stop()
	started := time.Now()
	if _, err := call("greet", "x"); failure.KindOf(err) != failure.Unavailable || time.Since(started) > 7*time.Second {
		t.Errorf("callee down: got %v after %s", err, time.Since(started))
	}
}

// A caller has a connection to a replica that goes. Dialling anew waits longer each time, and the first calls of whoever
// finds the next replica there may not fail by that.
func TestInvokeFindsWhoComesNext(t *testing.T) {
	env := daprtest.New(t)
	server := daprtest.StandIn(contract.Audit)
	dapr.HandleInvoke(server, "greet", func(_ context.Context, in greeting) (greeting, error) { return in, nil })
	callee := env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
	caller := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	call := func() error {
		return caller.Client.Invoke(t.Context(), contract.Audit, "greet", greeting{Name: "x"}, nil)
	}
	daprtest.Eventually(t, patience, "the callee answers", func() bool { return call() == nil })
	callee.Kill()
	for range 3 {
		if err := call(); failure.KindOf(err) != failure.Unavailable {
			t.Errorf("while nobody is there: %v", err)
		}
	}
	callee.Start(t)
	if err := call(); err != nil {
		t.Errorf("the next one is there: %v", err)
	}
}

func TestJobs(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Notification})
	schedule := func(t *testing.T, name string, in time.Duration, data string) {
		t.Helper()
		if err := sidecar.Client.ScheduleJob(t.Context(), dapr.Job{Name: name, DueTime: time.Now().Add(in), Data: []byte(data)}); err != nil {
			t.Fatal(err)
		}
	}
	var got recorder[string]
	server := sidecar.Server()
	server.HandleJobs(func(_ context.Context, name string, data []byte) error {
		count := got.add(name + "=" + string(data))
		switch {
		case name == "stubborn" && count < 6: // more often than Dapr tries by itself
			return errors.New("not now")
		case name == "panics" && count < 2:
			panic("bug")
		case name == "poison":
			return failure.New(failure.Invalid, "no such reminder")
		}
		return nil
	})
	run := func(t *testing.T) (stop func()) {
		got.mu.Lock()
		got.items = nil
		got.mu.Unlock()
		return sidecar.Serve(t, server)
	}

	t.Run("is delivered with its data, once, at its time", func(t *testing.T) {
		defer run(t)()
		due := time.Now().Add(2 * time.Second)
		schedule(t, "simple", 2*time.Second, "\x00binary\xff")
		if first := got.waitFor(t, 1)[0]; first != "simple=\x00binary\xff" || time.Now().Before(due) {
			t.Errorf("got %q %s before its time", first, time.Until(due))
		}
	})
	t.Run("replaces the one of the same name", func(t *testing.T) {
		defer run(t)()
		schedule(t, "again", time.Hour, "old")
		schedule(t, "again", 0, "new")
		if all := got.waitFor(t, 1); all[0] != "again=new" {
			t.Errorf("got %q", all)
		}
	})
	t.Run("is delivered until it is handled", func(t *testing.T) {
		defer run(t)()
		schedule(t, "stubborn", 0, "x")
		got.waitFor(t, 6)
	})
	t.Run("comes again after a panic", func(t *testing.T) {
		defer run(t)()
		schedule(t, "panics", 0, "x")
		got.waitFor(t, 2)
	})
	t.Run("ends when it can never be handled", func(t *testing.T) {
		defer run(t)()
		schedule(t, "poison", 0, "x")
		got.waitFor(t, 1)
		schedule(t, "after", 4*time.Second, "x") // longer than the pause between two deliveries
		if all := got.waitFor(t, 2); len(all) != 2 || all[1] != "after=x" {
			t.Errorf("got %q", all)
		}
	})
	t.Run("does not come once deleted", func(t *testing.T) {
		defer run(t)()
		schedule(t, "gone", 2*time.Second, "x")
		for range 2 { // the second time there is nothing to delete
			if err := sidecar.Client.DeleteJob(t.Context(), "gone"); err != nil {
				t.Fatal(err)
			}
		}
		schedule(t, "after", 3*time.Second, "x")
		if all := got.waitFor(t, 1); len(all) != 1 || all[0] != "after=x" {
			t.Errorf("got %q", all)
		}
	})
	t.Run("waits while the app is down", func(t *testing.T) {
		run(t)() // the sidecar saw the app come and go
		schedule(t, "patient", 0, "x")
		waitUntil(t, time.Now().Add(6*time.Second)) // Dapr by itself gives up after 3
		defer run(t)()
		if all := got.waitFor(t, 1); all[0] != "patient=x" {
			t.Errorf("got %q", all)
		}
	})
	t.Run("waits for a server that handles jobs", func(t *testing.T) {
		stop := sidecar.Serve(t, sidecar.Server())
		schedule(t, "early", 0, "x")
		waitUntil(t, time.Now().Add(6*time.Second))
		stop()
		defer run(t)()
		if all := got.waitFor(t, 1); all[0] != "early=x" {
			t.Errorf("got %q", all)
		}
	})
}

func waitUntil(t *testing.T, moment time.Time) {
	t.Helper()
	daprtest.Eventually(t, patience, "some time has passed", func() bool { return time.Now().After(moment) })
}

func TestScheduleJobGivesUpWhileTheSchedulerIsDown(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Notification, Server: daprtest.StandIn(contract.Notification)})
	env.Scheduler().Kill(t)
	started := time.Now()
	err := sidecar.Client.ScheduleJob(t.Context(), dapr.Job{Name: "x", DueTime: time.Now(), Data: []byte("x")})
	if failure.KindOf(err) != failure.Unavailable || time.Since(started) > 5*time.Second {
		t.Errorf("got %v after %s", err, time.Since(started))
	}
}

func TestStateIsWrittenByWhoSawTheLast(t *testing.T) {
	env := daprtest.New(t)
	env.Database(t)
	client := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI}).Client
	load := func(key string) dapr.State {
		state, err := client.LoadState(t.Context(), contract.ConversationStore, key)
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	save := func(key, value, etag string, ttl time.Duration) failure.Kind {
		return failure.KindOf(client.SaveState(t.Context(), contract.ConversationStore, key, dapr.State{Value: []byte(value), ETag: etag}, ttl))
	}

	if none := load("talk"); none.ETag != "" || len(none.Value) > 0 {
		t.Fatalf("before anything was written: %+v", none)
	}
	for round := range 5 {
		before := load("talk").ETag
		var won recorder[string]
		var writing sync.WaitGroup
		for n := range 16 {
			writing.Go(func() {
				value := fmt.Sprintf("%d by %d", round, n)
				if kind := save("talk", value, before, time.Minute); kind == "" {
					won.add(value)
				} else if kind != failure.Conflict {
					t.Errorf("one that came too late got %q", kind)
				}
			})
		}
		writing.Wait()
		if all := won.all(); len(all) != 1 || all[0] != string(load("talk").Value) {
			t.Errorf("round %d: written by %q, and there is %q", round, all, load("talk").Value)
		}
	}
	if err := client.DeleteState(t.Context(), contract.ConversationStore, "talk"); err != nil || len(load("talk").Value) > 0 {
		t.Errorf("after it was deleted: %v, %q", err, load("talk").Value)
	}

	if kind := save("short", "x", "", time.Second); kind != "" {
		t.Fatal(kind)
	}
	waitUntil(t, time.Now().Add(2*time.Second))
	if expired := load("short"); len(expired.Value) > 0 {
		t.Errorf("expired: %q", expired.Value)
	}
	env.Postgres().Kill(t)
	daprtest.Eventually(t, patience, "a database that is down is told", func() bool { // its last processes see a moment later that it is
		_, err := client.LoadState(t.Context(), contract.ConversationStore, "talk")
		return failure.KindOf(err) == failure.Unavailable
	})
}

func TestSecretAndToken(t *testing.T) {
	env := daprtest.New(t)
	env.Secret(t, "keys", map[string]string{"jwks.json": `{"keys":[]}`, "b": "2"})
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})

	values, err := sidecar.Client.Secret(t.Context(), "keys")
	if err != nil || values["jwks.json"] != `{"keys":[]}` || values["b"] != "2" {
		t.Errorf("got %v, %v", values, err)
	}
	if _, err := sidecar.Client.Secret(t.Context(), "no-such"); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("missing secret: %v", err)
	}
	stranger, err := dapr.Connect(t.Context(), dapr.Config{Address: sidecar.Address})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Close() }() // nothing is under way
	if _, err := stranger.Secret(t.Context(), "keys"); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("without the token: %v", err)
	}
}

// What the sidecar itself calls shows its token: every other test would fail otherwise.
func TestOnlyTheSidecarMayCallTheApp(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	server := sidecar.Server()
	var handled atomic.Int32
	dapr.HandleInvoke(server, contract.MethodListChanges, func(context.Context, struct{}) (int32, error) { return handled.Add(1), nil })
	sidecar.Serve(t, server)
	daprtest.Eventually(t, patience, "the sidecar's invocation is answered", func() bool {
		var answer int32
		return sidecar.Client.Invoke(t.Context(), contract.TodoAPI, contract.MethodListChanges, struct{}{}, &answer) == nil && answer > 0
	})
	conn, err := grpc.NewClient(sidecar.AppAddress, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // nothing is under way
	before := handled.Load()
	request := &commonv1.InvokeRequest{Method: contract.MethodListChanges, Data: &anypb.Any{Value: []byte("{}")}}
	for name, ctx := range map[string]context.Context{
		"no token":    t.Context(),
		"a wrong one": metadata.AppendToOutgoingContext(t.Context(), "dapr-api-token", "guessed"),
	} {
		if _, err := runtimev1.NewAppCallbackClient(conn).OnInvoke(ctx, request); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	if handled.Load() != before {
		t.Error("a call of a stranger was handled")
	}
}

func TestReadyNamesWhatIsMissing(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	if err := sidecar.Client.Ready(t.Context(), contract.PubSub); err != nil {
		t.Error(err)
	}
	if err := sidecar.Client.Ready(t.Context(), "nonsense"); failure.KindOf(err) != failure.Unavailable || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("component that is not there: %v", err)
	}
	sidecar.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := sidecar.Client.WaitReady(ctx, contract.PubSub); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("sidecar that is not there: %v", err)
	}
	ready := make(chan error, 1)
	go func() { ready <- sidecar.Client.WaitReady(t.Context(), contract.PubSub) }()
	sidecar.Start(t)
	if err := <-ready; err != nil {
		t.Errorf("sidecar that came later: %v", err)
	}
}
