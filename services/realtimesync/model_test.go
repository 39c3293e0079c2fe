package realtimesync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	todoclient "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// stall is how long Kafka is away in the model: TODOPLATFORM_OUTAGE, or some seconds.
func stall(t *testing.T) time.Duration {
	t.Helper()
	value := os.Getenv("TODOPLATFORM_OUTAGE")
	if value == "" {
		return 10 * time.Second
	}
	length, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

// fleet is the replicas to which clients are led.
type fleet struct {
	mu       sync.Mutex
	replicas []*service
}

func (f *fleet) lead(to ...*service) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas = to
}

func (f *fleet) any() *service {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.replicas[rand.IntN(len(f.replicas))]
}

// others are all but one.
func (f *fleet) others(than *service) (others []*service) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.replicas), func(s *service) bool { return s == than })
}

// follower keeps the open tasks of a person by what connections bring, one after the other.
type follower struct {
	*person
	fleet *fleet
	by    transport
	last  atomic.Int64 // seq of the last change
	open  map[string]todoclient.Task
	// connected counts connections that brought a welcome.
	connected int
}

// errBroken is what no connection may do.
var errBroken = errors.New("the promise is broken")

// run follows until ctx ends: connections are left after a while, or lost, and then others resume.
func (f *follower) run(ctx context.Context) error {
	for ctx.Err() == nil {
		some, leave := context.WithTimeout(ctx, time.Second+rand.N(5*time.Second))
		err := f.follow(some)
		leave()
		if errors.Is(err, errBroken) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(200 * time.Millisecond)):
		}
	}
	return nil
}

func (f *follower) follow(ctx context.Context) error {
	last := f.last.Load()
	socket, err := f.socketOn(f.fleet.any().over(f.by)).Connect(ctx, &last)
	if err != nil {
		return err
	}
	defer socket.Close() //nolint:errcheck // the server may have closed it
	for {
		frame, err := socket.Next(ctx)
		if err != nil {
			return err
		}
		switch frame := frame.(type) {
		case protocol.Welcome:
			f.connected++
		case protocol.Change:
			err = f.apply(frame)
		case protocol.SnapshotRequired:
			err = fmt.Errorf("%w: a snapshot is required after change %d, head is %d", errBroken, f.last.Load(), frame.Head)
		}
		if err != nil {
			return err
		}
	}
}

// apply takes a change, which must be the one after the last.
func (f *follower) apply(frame protocol.Change) error {
	if frame.Seq != f.last.Load()+1 {
		return fmt.Errorf("%w: after change %d came %d", errBroken, f.last.Load(), frame.Seq)
	}
	change, err := events.DecodeChange(frame.Change)
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	_, after, err := todoclient.TaskStates(change)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errBroken, err)
	case change.Entity != events.EntityTask:
	case after == nil || after.CompletedAt != nil || change.Type == events.TypeTaskDeleted:
		delete(f.open, change.ID)
	default:
		f.open[change.ID] = *after
	}
	f.last.Store(frame.Seq)
	return nil
}

// write makes random changes until ctx ends.
func (p *person) write(ctx context.Context) error {
	var open []string
	for n := 0; ctx.Err() == nil; n++ {
		var err error
		dice := rand.IntN(10)
		if len(open) == 0 {
			dice = 0
		}
		switch at := rand.IntN(max(1, len(open))); {
		case dice < 5:
			var task todoclient.Task
			if task, err = p.CreateTask(ctx, todoclient.Draft{Title: fmt.Sprintf("Task %d", n)}); err == nil {
				open = append(open, task.ID)
			}
		case dice < 8:
			_, err = p.EditTask(ctx, open[at], map[string]any{"title": fmt.Sprintf("Changed %d", n), "priority": 1 + n%4})
		case dice < 9:
			_, err = p.CompleteTask(ctx, open[at])
			open = slices.Delete(open, at, at+1)
		default:
			err = p.DeleteTask(ctx, open[at])
			open = slices.Delete(open, at, at+1)
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("write: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(200 * time.Millisecond)):
		}
	}
	return nil
}

// Whatever happens to connections, replicas, sidecars and Kafka: each client gets each change once and in
// order, and in the end has what the database has.
func TestClientsConvergeUnderAnything(t *testing.T) {
	p := newPlatform(t) // not parallel: it takes Kafka away from all
	lasting := p.replica(t, 0, quickLimits())
	mortal, kill := p.process(t, 1)
	fleet := &fleet{}
	fleet.lead(lasting, mortal)

	writing, endWriting := context.WithCancel(t.Context())
	defer endWriting()
	following, endFollowing := context.WithCancel(t.Context())
	defer endFollowing()
	var writers, readers errgroup.Group
	var all []*follower
	for _, name := range []string{"ann", "bob"} {
		user := p.signUp(t, name)
		writers.Go(func() error { return user.write(writing) })
		for _, by := range []transport{transportSocket, transportSocket, transportStream, transportStream} {
			f := &follower{person: user, fleet: fleet, by: by, open: map[string]todoclient.Task{}}
			all = append(all, f)
			readers.Go(func() error { return f.run(following) })
		}
	}

	pause(2 * time.Second)
	kill()
	pause(2 * time.Second) // some still try it
	next, _ := p.process(t, 2)
	fleet.lead(lasting, next)
	lasting.sidecar.Kill()
	pause(time.Second)
	lasting.sidecar.Start(t)
	p.env.Kafka().Kill(t)
	pause(stall(t))
	p.env.Kafka().Start(t)
	pause(time.Second)

	endWriting()
	if err := writers.Wait(); err != nil {
		t.Fatal(err)
	}
	settled := time.Now()
	for _, f := range all {
		changes, err := f.Changes(t.Context(), 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		daprtest.Eventually(t, patience, fmt.Sprintf("change %d has come by %s", changes.Head, f.by), func() bool { return f.last.Load() >= changes.Head })
	}
	t.Logf("%s after the last write everybody has everything", time.Since(settled).Round(time.Millisecond))
	endFollowing()
	if err := readers.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		f.compare(t)
	}
}

// pause lets things go on.
func pause(length time.Duration) { <-time.After(length) }

// compare checks that what a follower has is what the database has.
func (f *follower) compare(t *testing.T) {
	t.Helper()
	stored := map[string]todoclient.Task{}
	for cursor := ""; ; {
		page, err := f.Sync(t.Context(), 500, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range page.Tasks {
			stored[task.ID] = task
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	want, got := asJSON(t, stored), asJSON(t, f.open)
	if !maps.Equal(want, got) {
		t.Errorf("a client by %s has %v, the database %v", f.by, got, want)
	}
	t.Logf("a client by %s had %d connections, %d changes, and has %d tasks", f.by, f.connected, f.last.Load(), len(got))
	if len(got) == 0 || f.connected < 2 {
		t.Error("the model did nothing")
	}
}

func asJSON(t *testing.T, tasks map[string]todoclient.Task) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for id, task := range tasks {
		text, err := json.Marshal(task)
		if err != nil {
			t.Fatal(err)
		}
		texts[id] = string(text)
	}
	return texts
}
