package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

// patience bounds every wait of the tests.
const patience = 60 * time.Second

// user is somebody whose log is kept in memory.
const user = "0190d3f0-0000-7000-8000-000000000001"

// harness is a platform with this service in it. A small app stands in for todo-api
// and notification: it holds a change feed and publishes what the test wants,
// which may be less or more than the feed holds.
type harness struct {
	env     *daprtest.Env
	db      *pgxpool.Pool
	todoAPI *daprtest.Sidecar
	sidecar *daprtest.Sidecar
	health  string // base URL of probes

	mu       sync.Mutex
	feed     map[string][]events.Change
	floor    map[string]int64
	feedDown bool
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{env: daprtest.New(t), feed: map[string][]events.Change{}, floor: map[string]int64{}}
	h.db = h.env.Database(t, Schema())
	h.env.Secret(t, headKeysSecret, map[string]string{contract.SecretKeySigning: headKeySet})
	todoAPI := daprtest.StandIn(contract.TodoAPI)
	calls.ListChanges.Handle(todoAPI, h.listChanges)
	calls.ListHeads.Handle(todoAPI, h.listHeads)
	h.todoAPI = h.env.Sidecar(t, daprtest.App{ID: contract.TodoAPI, Server: todoAPI})
	h.sidecar = h.env.Sidecar(t, daprtest.App{ID: contract.Audit})

	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.health = "http://" + health.Addr().String()
	app := h.sidecar.Listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, Config{Config: lifecycle.Config{Dapr: daprtest.Config(h.sidecar.Address)}, HeadKeysSecret: headKeysSecret}, health, app)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the service ended with: %v", err)
		}
	})
	return h
}

// listChanges answers as todo-api does, in short pages.
func (h *harness) listChanges(_ context.Context, in calls.ListChangesRequest) (calls.ListChangesReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.feedDown {
		return calls.ListChangesReply{}, failure.New(failure.Unavailable, "the database does not answer")
	}
	all := h.feed[in.UserID]
	reply := calls.ListChangesReply{Head: int64(len(all)), Floor: h.floor[in.UserID]}
	if in.After < reply.Floor {
		return reply, nil
	}
	const page = 3
	for _, change := range all[in.After:min(in.After+page, int64(len(all)))] {
		encoded, err := json.Marshal(change)
		if err != nil {
			return calls.ListChangesReply{}, err
		}
		reply.Items = append(reply.Items, encoded)
	}
	return reply, nil
}

// listHeads answers as todo-api does.
func (h *harness) listHeads(_ context.Context, in calls.ListHeadsRequest) (calls.ListHeadsReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var reply calls.ListHeadsReply
	for _, user := range slices.Sorted(maps.Keys(h.feed)) {
		if user > in.After {
			reply.Items = append(reply.Items, calls.UserHead{UserID: user, Seq: int64(len(h.feed[user]))})
		}
	}
	return reply, nil
}

// forget has the feed of user start after seq.
func (h *harness) forget(user string, seq int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.floor[user] = seq
}

func (h *harness) setFeedDown(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.feedDown = down
}

// commit adds n changes of user to the feed.
func (h *harness) commit(user string, n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range n {
		seq := int64(len(h.feed[user]) + 1)
		h.feed[user] = append(h.feed[user], events.Change{
			UserID: user, Seq: seq, EventID: uuid.NewString(), Type: events.TypeTaskUpdated, Entity: events.EntityTask, ID: uuid.NewString(), Version: seq,
			After: json.RawMessage(fmt.Sprintf(`{"title":"Größe <%d> & “more”","tags":["a"]}`, seq)),
			By:    events.Actor{Kind: events.ActorPerson, ID: user}, Zone: "Europe/Berlin", At: time.Now().UTC(),
		})
	}
}

// remove adds the change to the feed that tells of the deletion of the account.
func (h *harness) remove(user string) {
	h.commit(user, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	last := &h.feed[user][len(h.feed[user])-1]
	last.Type, last.Entity, last.ID, last.After = events.TypeAccountDeleted, events.EntityAccount, user, nil
}

// publish sends the events of user's changes with these seqs.
func (h *harness) publish(t *testing.T, user string, seqs ...int64) {
	t.Helper()
	var batch []events.Event
	h.mu.Lock()
	for _, seq := range seqs {
		change := h.feed[user][seq-1]
		data, err := json.Marshal(change)
		if err != nil {
			t.Error(err)
		}
		batch = append(batch, events.Event{
			ID: change.EventID, Source: contract.TodoAPI, Type: change.Type, Subject: change.ID, UserID: user, Time: change.At, Data: data,
		})
	}
	h.mu.Unlock()
	h.send(t, contract.TopicTaskEvents, batch...)
}

func (h *harness) send(t *testing.T, topic string, batch ...events.Event) {
	t.Helper()
	if _, err := h.todoAPI.Client.Publish(t.Context(), contract.PubSub, topic, batch); err != nil {
		t.Fatal(err)
	}
}

// list asks for a page of a log as todo-api would, again for as long as the service is away.
func (h *harness) list(t *testing.T, request calls.ListEntriesRequest) (calls.ListEntriesReply, error) {
	t.Helper()
	var page calls.ListEntriesReply
	var err error
	daprtest.Eventually(t, patience, "the service answers", func() bool {
		page, err = calls.ListEntries.Call(t.Context(), h.todoAPI.Client, request)
		return failure.KindOf(err) != failure.Unavailable
	})
	return page, err
}

// log reads the whole log of user.
func (h *harness) log(t *testing.T, user string) ([]chain.Entry, chain.Head) {
	t.Helper()
	var entries []chain.Entry
	for {
		page, err := h.list(t, calls.ListEntriesRequest{UserID: user, After: int64(len(entries)), Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			entry, err := chain.Entry{Position: item.Position, Hash: hashOf(t, item.Hash), Record: item.Record}.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, entry)
		}
		if int64(len(entries)) >= page.Head.Position || len(page.Items) == 0 {
			return entries, chain.Head{Position: page.Head.Position, Hash: hashOf(t, page.Head.Hash)}
		}
	}
}

func verify(user string, head chain.Head, entries []chain.Entry) chain.Report {
	verifier := chain.NewVerifier(user, head)
	for _, entry := range entries {
		verifier.Add(entry)
	}
	return verifier.End()
}

func hashOf(t *testing.T, text string) chain.Hash {
	t.Helper()
	var h chain.Hash
	if err := h.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return h
}

// settled waits until the log of user holds n entries, and returns its records
// after having verified the chain.
func (h *harness) settled(t *testing.T, user string, n int) []chain.Record {
	t.Helper()
	var entries []chain.Entry
	var head chain.Head
	daprtest.Eventually(t, patience, fmt.Sprintf("the log holds %d entries", n), func() bool {
		entries, head = h.log(t, user)
		return len(entries) >= n
	})
	if len(entries) != n {
		t.Fatalf("the log holds %d entries, want %d", len(entries), n)
	}
	if report := verify(user, head, entries); !report.Sound() {
		t.Fatalf("the log is not sound: %+v", report)
	}
	records := make([]chain.Record, n)
	for i, entry := range entries {
		if err := json.Unmarshal(entry.Record, &records[i]); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

// checkChanges fails the test unless the changes among records are 1..n in order, each once.
func checkChanges(t *testing.T, records []chain.Record, n int64) {
	t.Helper()
	var next int64 = 1
	for _, record := range records {
		var change events.Change
		if record.Type != events.TypeTaskUpdated {
			continue
		}
		if err := json.Unmarshal(record.Data, &change); err != nil {
			t.Fatal(err)
		}
		if change.Seq != next {
			t.Fatalf("change %d follows change %d", change.Seq, next-1)
		}
		next++
	}
	if next != n+1 {
		t.Fatalf("the log holds changes up to %d, want %d", next-1, n)
	}
}

func newUser() string { return uuid.Must(uuid.NewV7()).String() }
