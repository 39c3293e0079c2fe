package dapr_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestHandlersAnswerDecidesWhatBecomesOfAnEvent(t *testing.T) {
	unavailable := failure.New(failure.Unavailable, "the database is away")
	const longOutage = contract.DeliverAttempts + 3
	failTimes := func(times int, err error) func(int) error {
		return func(attempt int) error {
			if attempt <= times {
				return err
			}
			return nil
		}
	}
	for _, c := range []struct {
		name       string
		handle     func(attempt int) error
		attempts   int
		deadLetter bool
	}{
		{"handled", failTimes(0, nil), 1, false},
		{"failed twice", failTimes(2, errors.New("not now")), 3, false},
		{"panicked once", func(n int) error {
			if n < 2 {
				panic("bug")
			}
			return nil
		}, 2, false},
		{"waited through a long outage", failTimes(longOutage, unavailable), longOutage + 1, false},
		{"was cancelled again and again", failTimes(longOutage, context.DeadlineExceeded), longOutage + 1, false},
		{"can never be handled", func(int) error { return failure.New(failure.Invalid, "poison") }, 1, true},
		{"failed too often", func(int) error { return failure.New(failure.Conflict, "no") }, contract.DeliverAttempts, true},
		{"panicked too often", func(int) error { panic("bug") }, contract.DeliverAttempts, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := daprtest.New(t)
			user := uuid.NewString()
			first, next := newEvent(user, "first"), newEvent(user, "second")
			var attempts atomic.Int32
			nextCame := make(chan struct{})
			sidecar := env.Sidecar(t, daprtest.App{ID: contract.Audit})
			server := sidecar.Server()
			server.HandleTopic(contract.TopicTaskEvents, func(_ context.Context, e events.Event) error {
				if e.ID == next.ID {
					close(nextCame)
					return nil
				}
				return c.handle(int(attempts.Add(1)))
			})
			sidecar.Serve(t, server)
			publish(t, sidecar, first, next)
			select {
			case <-nextCame:
			case <-time.After(patience):
				t.Fatal("the event after it does not come")
			}
			if got := int(attempts.Load()); got != c.attempts {
				t.Errorf("%d attempts, want %d", got, c.attempts)
			}
			published := recordOf(t, env.Records(t, contract.TopicTaskEvents), first)
			dead := env.Records(t, contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Audit))
			if got := len(dead) == 1; got != c.deadLetter {
				t.Fatalf("dead-letter topic holds %d records", len(dead))
			}
			if c.deadLetter && (dead[0].Key != user || string(dead[0].Value) != string(published.Value)) {
				t.Errorf("kept %s under key %q, want %s under %q", dead[0].Value, dead[0].Key, published.Value, user)
			}
		})
	}
}

func recordOf(t *testing.T, records []daprtest.Record, event events.Event) daprtest.Record {
	t.Helper()
	for _, record := range records {
		if e, err := events.Decode(record.Value); err == nil && e.ID == event.ID {
			return record
		}
	}
	t.Fatalf("event %s is not on its topic", event.ID)
	return daprtest.Record{}
}

// A platform whose topics have a prefix uses none without, and its services need not know.
func TestTopicPrefix_isOnEveryTopic(t *testing.T) {
	env := daprtest.New(t)
	env.TopicPrefix(t, "staging-")
	var got recorder[events.Event]
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Audit})
	server := sidecar.Server()
	server.HandleTopic(contract.TopicTaskEvents, func(_ context.Context, e events.Event) error { got.add(e); return nil })
	sidecar.Serve(t, server)
	sent := newEvent(uuid.NewString(), "x")
	publish(t, sidecar, sent)
	if came := got.waitFor(t, 1)[0]; came.ID != sent.ID {
		t.Errorf("event %s came, want %s", came.ID, sent.ID)
	}
	env.Write(t, contract.TopicTaskEvents, kafkago.Message{Key: []byte("k"), Value: []byte("{no JSON")})
	deadLetters := contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Audit)
	daprtest.Eventually(t, patience, "it is a dead letter", func() bool { return len(env.Records(t, deadLetters)) == 1 })
	env.TopicPrefix(t, "") // to look at the topics of the same names without it
	for _, topic := range []string{contract.TopicTaskEvents, deadLetters} {
		if records := env.Records(t, topic); len(records) > 0 {
			t.Errorf("%d records on %s", len(records), topic)
		}
	}
}

func TestWhatIsNoEventIsKept(t *testing.T) {
	env := daprtest.New(t)
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Audit})
	server := sidecar.Server()
	server.HandleTopic(contract.TopicTaskEvents, func(context.Context, events.Event) error { return nil })
	sidecar.Serve(t, server)
	env.Write(t, contract.TopicTaskEvents, kafkago.Message{Key: []byte("k"), Value: []byte("{no JSON")})
	deadLetters := contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Audit)
	daprtest.Eventually(t, patience, "it is a dead letter", func() bool { return len(env.Records(t, deadLetters)) == 1 })
	if kept := env.Records(t, deadLetters)[0]; kept.Key != "k" || string(kept.Value) != "{no JSON" {
		t.Errorf("kept %q under %q", kept.Value, kept.Key)
	}
}

func TestWithoutDeadLettersADroppedEventIsGone(t *testing.T) {
	env := daprtest.New(t)
	user := uuid.NewString()
	var poisoned atomic.Bool
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.RealtimeSync})
	server := sidecar.Server()
	var got recorder[string]
	server.HandleTopic(contract.TopicTaskUpdates, func(_ context.Context, e events.Event) error {
		if poisoned.CompareAndSwap(false, true) {
			return failure.New(failure.Invalid, "poison")
		}
		got.add(e.ID)
		return nil
	})
	sidecar.Serve(t, server)
	publisher := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI}).Client
	daprtest.Eventually(t, patience, "the event after it comes", func() bool { // the subscription begins with what is new
		_, err := publisher.Publish(t.Context(), contract.PubSub, contract.TopicTaskUpdates, []events.Event{newEvent(user, "x")})
		return err == nil && len(got.all()) > 0
	})
}

// An event that is being delivered again and again must neither keep its sidecar from
// stopping nor its partition from another replica: a rollout in an outage would stall.
func TestSidecarStopsWhileAnEventWaits(t *testing.T) {
	env := daprtest.New(t)
	event := newEvent(uuid.NewString(), "patient")
	var away atomic.Bool
	away.Store(true)
	var waited, handled atomic.Int32
	var calls [3]atomic.Int32 // of each replica
	handle := func(replica int, e events.Event) error {
		calls[replica].Add(1)
		switch {
		case e.ID != event.ID:
		case away.Load():
			waited.Add(1)
			return failure.New(failure.Unavailable, "the database is away")
		default:
			handled.Add(1)
		}
		return nil
	}
	start := func(replica int) (sidecar *daprtest.Sidecar, stop func()) {
		sidecar = env.Sidecar(t, daprtest.App{ID: contract.Audit, Replica: replica})
		server := sidecar.Server()
		server.HandleTopic(contract.TopicTaskEvents, func(_ context.Context, e events.Event) error { return handle(replica, e) })
		return sidecar, sidecar.Serve(t, server)
	}
	first, stopFirst := start(0)
	publish(t, first, event)
	daprtest.Eventually(t, patience, "the event was delivered again", func() bool { return waited.Load() > 2 })

	stopped := make(chan struct{})
	began := time.Now()
	go func() { first.Terminate(); close(stopped) }()
	stopFirst() // as in a pod: both are told at the same time
	<-stopped
	if took := time.Since(began); took > contract.BlockShutdown {
		t.Errorf("the sidecar took %s to stop", took)
	}

	before := waited.Load()
	second, _ := start(1)
	daprtest.Eventually(t, patience, "another replica has the event", func() bool { return waited.Load() > before })
	start(2)
	daprtest.Eventually(t, patience, "the replicas share the partitions although an event waits", func() bool {
		publish(t, second, newEvent(uuid.NewString(), "of somebody else"))
		return calls[2].Load() > 0
	})
	away.Store(false)
	daprtest.Eventually(t, patience, "the event is handled", func() bool { return handled.Load() > 0 })
	if dead := env.Records(t, contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Audit)); len(dead) != 0 {
		t.Errorf("%d dead letters", len(dead))
	}
}

func TestNothingIsDeliveredToAnUnhealthyApp(t *testing.T) {
	env := daprtest.New(t)
	var sick atomic.Bool
	sick.Store(true)
	var deliveries atomic.Int32
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.Audit})
	server := sidecar.Server()
	server.HandleHealth(func(context.Context) error {
		if sick.Load() {
			return failure.New(failure.Unavailable, "the database is away")
		}
		return nil
	})
	server.HandleTopic(contract.TopicTaskEvents, func(context.Context, events.Event) error {
		deliveries.Add(1)
		if sick.Load() {
			return failure.New(failure.Unavailable, "the database is away")
		}
		return nil
	})
	sidecar.Serve(t, server)
	user := uuid.NewString()
	publish(t, sidecar, newEvent(user, "one"))
	waitUntil(t, time.Now().Add(3*time.Second))
	if got := deliveries.Load(); got != 0 {
		t.Errorf("%d deliveries while the app is not healthy", got)
	}
	sick.Store(false)
	daprtest.Eventually(t, patience, "the event is delivered", func() bool { return deliveries.Load() > 0 })

	sick.Store(true)
	publish(t, sidecar, newEvent(user, "two"))
	waitUntil(t, time.Now().Add((contract.AppHealthThreshold+2)*contract.AppHealthInterval))
	stopped := deliveries.Load()
	waitUntil(t, time.Now().Add(3*contract.RedeliverAfter))
	if got := deliveries.Load(); got != stopped {
		t.Errorf("%d deliveries after deliveries should have stopped", got-stopped)
	}
	sick.Store(false)
	daprtest.Eventually(t, patience, "the event that waited is delivered", func() bool { return deliveries.Load() > stopped })
}
