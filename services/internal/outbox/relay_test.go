package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

var topics = []string{contract.TopicTaskEvents, contract.TopicTaskUpdates}

// harness is an outbox in a real database, with a sidecar to publish through.
type harness struct {
	env     *daprtest.Env
	admin   *pgxpool.Pool
	sidecar *daprtest.Sidecar
	db      *store.DB
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{env: daprtest.New(t)}
	schema := contract.Schema(contract.TodoAPI)
	h.admin = h.env.Database(t, store.Schema{
		Name: schema, Migrations: []store.MigrationSet{outbox.Migrations()}, Functions: []fs.FS{outbox.SQL(), os.DirFS("testdata")}})
	h.sidecar = h.env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	h.db = store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.TodoAPI), schema)
	return h
}

// relay runs a relay that publishes through p until the test ends or stop is called.
func (h *harness) relay(t *testing.T, p outbox.Publisher) (r *outbox.Relay, stop func()) {
	t.Helper()
	r = outbox.New(outbox.Config{DB: h.db, Publisher: p, Source: contract.TodoAPI, PubSub: contract.PubSub,
		Topics: topics, Registry: prometheus.NewRegistry()})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return r, stop
}

// note is what the operation of the tests puts into the outbox.
type note struct {
	UserID  string `json:"userId"`
	Seq     int64  `json:"seq"`
	EventID string `json:"eventId"`
	Type    string `json:"type"`
	Text    string `json:"text"`
}

func (h *harness) add(t *testing.T, user, text string) note {
	t.Helper()
	var n note
	if err := h.db.Call(t.Context(), "note", map[string]string{"user": user, "text": text}, &n); err != nil {
		t.Error(err)
	}
	return n
}

// addAndClaim makes a note that is claimed in its own transaction, for one of the relays.
func (h *harness) addAndClaim(t *testing.T, relay *outbox.Relay, user, text string) {
	t.Helper()
	var answer struct{ Claim *outbox.Claim }
	args := map[string]any{"user": user, "text": text, "relay": relay.Offer()}
	if err := h.db.Call(t.Context(), "note_and_claim", args, &answer); err != nil {
		t.Error(err)
	}
	relay.Take(t.Context(), answer.Claim)
}

// addMany has each of count users make notes of their own, all at once, and returns
// the users.
func (h *harness) addMany(t *testing.T, count, notes int, after func()) []string {
	t.Helper()
	return h.manyDo(count, notes, func(user, text string) { h.add(t, user, text); after() })
}

// manyDo has each of count users do something so many times, all at once, and returns the users.
func (h *harness) manyDo(count, times int, do func(user, text string)) []string {
	var users []string
	var doing sync.WaitGroup
	for range count {
		user := uuid.NewString()
		users = append(users, user)
		doing.Go(func() {
			for i := range times {
				do(user, fmt.Sprint(i))
			}
		})
	}
	doing.Wait()
	return users
}

func (h *harness) waitUntilSent(t *testing.T) {
	t.Helper()
	daprtest.Eventually(t, time.Minute, "all events are sent", func() bool {
		var waiting int
		err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.outbox").Scan(&waiting)
		return err == nil && waiting == 0
	})
}

// published returns what a topic holds of each user, in the order of the topic.
func (h *harness) published(t *testing.T, topic string) map[string][]note {
	t.Helper()
	byUser := map[string][]note{}
	for _, record := range h.env.Records(t, topic) {
		event, err := events.Decode(record.Value)
		if err != nil {
			t.Fatal(err)
		}
		var n note
		if err := event.DataInto(&n); err != nil {
			t.Fatal(err)
		}
		if record.Key != event.UserID || n.UserID != event.UserID || n.EventID != event.ID || n.Type != event.Type ||
			event.Source != contract.TodoAPI || event.Subject != n.Text || event.Time.IsZero() {
			t.Errorf("record with key %q: envelope %+v and data %+v do not agree", record.Key, event, n)
		}
		byUser[event.UserID] = append(byUser[event.UserID], n)
	}
	return byUser
}

// checkComplete checks that every topic holds the events 1…notes of every user, and
// that they first appear in this order.
func (h *harness) checkComplete(t *testing.T, users []string, notes int) {
	t.Helper()
	for _, topic := range topics {
		byUser := h.published(t, topic)
		for _, user := range users {
			var first []int64
			for _, n := range byUser[user] {
				if !slices.Contains(first, n.Seq) {
					first = append(first, n.Seq)
				}
			}
			if len(first) != notes || !slices.IsSorted(first) || first[0] != 1 {
				t.Errorf("topic %s, user %s: events first appear as %v, want 1…%d", topic, user, first, notes)
			}
		}
	}
}

func TestRelayKeepsTheOrderOfEachUser(t *testing.T) {
	h := newHarness(t)
	relay, _ := h.relay(t, h.sidecar.Client)
	users := h.addMany(t, 16, 25, relay.Kick)
	h.waitUntilSent(t)
	h.checkComplete(t, users, 25)
}

func TestTwoRelaysDoNotReorder(t *testing.T) {
	h := newHarness(t)
	first, _ := h.relay(t, h.sidecar.Client)
	second, _ := h.relay(t, h.sidecar.Client)
	users := h.addMany(t, 16, 25, func() { first.Kick(); second.Kick() })
	h.waitUntilSent(t)
	h.checkComplete(t, users, 25)
}

func TestOperationsClaimWhatTheyAdd(t *testing.T) {
	h := newHarness(t)
	first, _ := h.relay(t, h.sidecar.Client)
	second, _ := h.relay(t, h.sidecar.Client)
	var turn atomic.Int64
	users := h.manyDo(16, 25, func(user, text string) {
		h.addAndClaim(t, []*outbox.Relay{first, second}[turn.Add(1)%2], user, text)
	})
	h.waitUntilSent(t)
	h.checkComplete(t, users, 25)
}

func TestClaimsThatNobodyTookAreGivenBack(t *testing.T) {
	h := newHarness(t)
	relay, stop := h.relay(t, h.sidecar.Client)
	stop()
	h.addAndClaim(t, relay, uuid.NewString(), "0")
	if err := relay.Run(stopped(t)); err != nil {
		t.Fatal(err)
	}
	var leased int
	err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.event_lease WHERE until > now()").Scan(&leased)
	if err != nil || leased != 0 {
		t.Errorf("%d shards are still leased, %v", leased, err)
	}
}

// stopped returns a context that has ended.
func stopped(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// refusing publishes nothing.
type refusing struct{}

func (refusing) Publish(context.Context, string, string, []events.Event) (int, error) {
	return 0, errors.New("refused")
}

// keeping is a Kafka that takes everything.
type keeping struct {
	mu   sync.Mutex
	took []events.Event
}

func (k *keeping) Publish(_ context.Context, _, topic string, batch []events.Event) (int, error) {
	if topic == contract.TopicTaskEvents {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.took = append(k.took, batch...)
	}
	return len(batch), nil
}

func TestEventsCarryTheTraceOfTheirOperation(t *testing.T) {
	h := newHarness(t)
	kafka := &keeping{}
	relay, _ := h.relay(t, kafka)
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	user := uuid.NewString()
	for text, ctx := range map[string]context.Context{"traced": trace.With(t.Context(), parent), "untraced": t.Context()} {
		for range 5 { // in turns, on connections that the sidecar uses again
			if err := h.db.Call(ctx, "note", map[string]string{"user": user, "text": text}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	relay.Kick()
	h.waitUntilSent(t)
	kafka.mu.Lock()
	defer kafka.mu.Unlock()
	for _, event := range kafka.took {
		if traced := strings.Contains(string(event.Data), `"traced"`); traced != (event.TraceParent == parent) || !traced && event.TraceParent != "" {
			t.Errorf("the event with %s has the trace %q", event.Data, event.TraceParent)
		}
	}
	if len(kafka.took) != 10 {
		t.Errorf("%d events", len(kafka.took))
	}
}

func TestNothingIsClaimedForARelayThatCannotPublish(t *testing.T) {
	h := newHarness(t)
	relay, _ := h.relay(t, refusing{})
	if relay.Offer() == nil {
		t.Fatal("a relay that has not failed offers nothing")
	}
	h.add(t, uuid.NewString(), "0")
	relay.Kick()
	daprtest.Eventually(t, time.Minute, "it offers nothing any more", func() bool { return relay.Offer() == nil })
}

// A shard may look as if it had events although its holder has just sent them: what the search
// sees of the outbox can be older than what it sees of the lease.
func TestAShardThatWasJustEmptiedIsPassedOver(t *testing.T) {
	h := newHarness(t)
	emptied, waiting := "00000000-0000-7000-8000-000000000000", "00000000-0000-7000-8000-000000000001"
	h.add(t, emptied, "0")
	h.add(t, waiting, "0")
	if _, err := h.admin.Exec(t.Context(), `
		UPDATE todo.event_lease SET until = '-infinity' WHERE shard = 0;
		ALTER FUNCTION todo.outbox_turn(int, uuid, int, uuid[]) RENAME TO true_turn;
		CREATE FUNCTION todo.outbox_turn(of_shard int, after uuid, at_most int, resting uuid[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
		BEGIN
		  DELETE FROM todo.outbox WHERE shard = of_shard AND of_shard = 0; -- as the holder would
		  RETURN todo.true_turn(of_shard, after, at_most, resting);
		END $$`); err != nil {
		t.Fatal(err)
	}
	h.relay(t, h.sidecar.Client)
	h.waitUntilSent(t)
	h.checkComplete(t, []string{waiting}, 1)
	if published := h.published(t, topics[0])[emptied]; len(published) > 0 {
		t.Errorf("published %+v", published)
	}
}

func TestOneUsersThousandsHoldUpNobodyElse(t *testing.T) {
	h := newHarness(t)
	importer := strings.Repeat("0", 8) + "-0000-7000-8000-000000000000"
	other := strings.Repeat("f", 8) + "-0000-7000-8000-000000000000" // of the same shard
	ctx := t.Context()
	if _, err := h.admin.Exec(ctx, "SET search_path = todo; SELECT op_note(jsonb_build_object('user', $1::text, 'text', n)) FROM generate_series(1, 3000) n", pgx.QueryExecModeSimpleProtocol, importer); err != nil {
		t.Fatal(err)
	}
	h.add(t, other, "hello")
	h.relay(t, h.sidecar.Client)
	daprtest.Eventually(t, time.Minute, "the other user's event is sent", func() bool { return h.waitingOf(t, other) == 0 })
	if left := h.waitingOf(t, importer); left < 2000 {
		t.Errorf("it waited behind %d events of another user", 3000-left)
	}
}

// However many events one user has waiting, and whenever the plans were made, a claim reads no more
// than it takes.
func TestClaimsReadNothingOfWhatOthersHaveWaiting(t *testing.T) {
	h := newHarness(t)
	importer := strings.Repeat("0", 8) + "-0000-7000-8000-000000000000"
	const (
		note      = `SELECT op_note(jsonb_build_object('user', $1::text, 'text', n)) FROM generate_series(1, $2) n`
		relay     = `SELECT op_relay(jsonb_build_object('owner', 'test', 'seconds', 10, 'users', 64, 'perUser', 16, 'bytes', 1000000) || $1)`
		read      = `SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'outbox'`
		nothing   = `{"settle": {"shard": 0, "sent": []}}`
		settleOne = `{"settle": {"shard": 15, "sent": [0]}, "resting": ["00000000-0000-7000-8000-000000000000"]}`
	)
	for name, c := range map[string]struct {
		other  string
		before int // events when the plans are made
	}{
		"of the same shard, planned for none":  {strings.Repeat("f", 8) + "-0000-7000-8000-000000000000", 0},
		"of the same shard, planned for many":  {strings.Repeat("f", 8) + "-0000-7000-8000-000000000000", 5000},
		"of another shard, planned for hardly": {strings.Repeat("f", 8) + "-0000-7000-8000-000000000001", 1},
		"of another shard, planned for many":   {strings.Repeat("f", 8) + "-0000-7000-8000-000000000001", 5000},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := h.admin.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
			var before, after int
			var claim string
			steps := []func() error{
				execute(t, tx, "SET LOCAL search_path = todo"),
				execute(t, tx, "SET LOCAL plan_cache_mode = force_generic_plan"),
				execute(t, tx, note, importer, c.before),
				execute(t, tx, "ANALYZE outbox"),
				execute(t, tx, relay, nothing), // makes the plans
				execute(t, tx, "UPDATE event_lease SET owner = '', until = '-infinity'"),
				execute(t, tx, note, importer, 5000-c.before),
				execute(t, tx, note, c.other, 1),
				func() error { return tx.QueryRow(t.Context(), read).Scan(&before) },
				func() error { return tx.QueryRow(t.Context(), relay, settleOne).Scan(&claim) },
				func() error { return tx.QueryRow(t.Context(), read).Scan(&after) },
			}
			for i, step := range steps {
				if err := step(); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
			}
			if !strings.Contains(claim, c.other) || after-before > 100 {
				t.Errorf("to claim %s it read %d events", claim, after-before)
			}
		})
	}
}

func execute(t *testing.T, tx pgx.Tx, statement string, args ...any) func() error {
	t.Helper()
	return func() error { _, err := tx.Exec(t.Context(), statement, args...); return err }
}

// slow is a publisher that takes a time for each batch.
type slow struct {
	outbox.Publisher
	takes time.Duration
}

func (s slow) Publish(ctx context.Context, pubsub, topic string, batch []events.Event) (int, error) {
	time.Sleep(s.takes)
	return s.Publisher.Publish(ctx, pubsub, topic, batch)
}

// TestThousandsOfEventsAreSpreadOverTime has a user who rests after each batch beyond what may be
// published at once, and finds all published in order without another kick.
func TestThousandsOfEventsAreSpreadOverTime(t *testing.T) {
	h := newHarness(t)
	user := uuid.NewString()
	if _, err := h.admin.Exec(t.Context(), "SET search_path = todo; SELECT op_note(jsonb_build_object('user', $1::text, 'text', n)) FROM generate_series(1, 500) n", pgx.QueryExecModeSimpleProtocol, user); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	h.relay(t, slow{h.sidecar.Client, 25 * time.Millisecond})
	h.waitUntilSent(t)
	if took := time.Since(began); took < 1200*time.Millisecond { // 18 batches of 25 ms are beyond, and 50 ms of rest after each
		t.Errorf("they were published within %s", took)
	}
	h.checkComplete(t, []string{user}, 500)
}

func (h *harness) waitingOf(t *testing.T, user string) int {
	t.Helper()
	var waiting int
	if err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.outbox WHERE user_id = $1", user).Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	return waiting
}

func TestRelayFindsWhatNobodyKickedFor(t *testing.T) {
	h := newHarness(t)
	users := h.addMany(t, 3, 2, func() {})
	h.relay(t, h.sidecar.Client)
	h.waitUntilSent(t)
	h.checkComplete(t, users, 2)
}

func TestWritesGoOnWhileKafkaIsDown(t *testing.T) {
	h := newHarness(t)
	relay, _ := h.relay(t, h.sidecar.Client)
	before := h.addMany(t, 2, 3, relay.Kick)
	h.waitUntilSent(t)

	h.env.Kafka().Kill(t)
	during := h.addMany(t, 4, 5, relay.Kick)
	daprtest.Eventually(t, 20*time.Second, "the relay has tried", func() bool {
		var leases int
		err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.event_lease WHERE until > '-infinity'").Scan(&leases)
		return err == nil && leases > 2
	})
	h.env.Kafka().Start(t)

	h.waitUntilSent(t)
	h.checkComplete(t, before, 3)
	h.checkComplete(t, during, 5)
}

// crashing publishes and then, once, kills the sidecar before the relay can note it.
type crashing struct {
	outbox.Publisher
	sidecar *daprtest.Sidecar
	crashed atomic.Bool
	down    chan struct{}
}

func (c *crashing) Publish(ctx context.Context, pubsub, topic string, batch []events.Event) (int, error) {
	published, err := c.Publisher.Publish(ctx, pubsub, topic, batch)
	if topic == topics[0] && err == nil && c.crashed.CompareAndSwap(false, true) {
		c.sidecar.Kill()
		close(c.down)
	}
	return published, err
}

func TestEventsOfACrashComeAgainWithTheSameID(t *testing.T) {
	h := newHarness(t)
	user := uuid.NewString()
	var want []note
	for i := range 3 {
		want = append(want, h.add(t, user, fmt.Sprint(i)))
	}
	p := &crashing{Publisher: h.sidecar.Client, sidecar: h.sidecar, down: make(chan struct{})}
	h.relay(t, p)
	<-p.down
	h.sidecar.Start(t)
	if _, err := h.admin.Exec(t.Context(), "UPDATE todo.event_lease SET until = now()"); err != nil { // as time would
		t.Fatal(err)
	}
	h.waitUntilSent(t)
	h.checkComplete(t, []string{user}, 3)

	got := h.published(t, topics[0])[user]
	if want := append(slices.Clone(want), want...); !slices.Equal(got, want) {
		t.Errorf("the topic holds\n%+v, want\n%+v", got, want)
	}
}

func TestStoppingRelayNotesWhatWasSent(t *testing.T) {
	h := newHarness(t)
	user := uuid.NewString()
	for i := range 20 {
		h.add(t, user, fmt.Sprint(i))
	}
	p := &observed{Publisher: h.sidecar.Client, started: make(chan struct{})}
	_, stop := h.relay(t, p)
	<-p.started
	stop()
	h.relay(t, h.sidecar.Client)
	h.waitUntilSent(t)
	h.checkComplete(t, []string{user}, 20)
	var leased int
	err := h.admin.QueryRow(t.Context(), "SELECT count(*) FROM todo.event_lease WHERE owner <> ''").Scan(&leased)
	if err != nil || leased != 0 {
		t.Errorf("%d shards are still leased, %v", leased, err)
	}
}

// observed tells when publishing starts.
type observed struct {
	outbox.Publisher
	once    sync.Once
	started chan struct{}
}

func (o *observed) Publish(ctx context.Context, pubsub, topic string, batch []events.Event) (int, error) {
	o.once.Do(func() { close(o.started) })
	return o.Publisher.Publish(ctx, pubsub, topic, batch)
}

func TestEventIDsAreUUIDv7(t *testing.T) {
	h := newHarness(t)
	started := time.Now().Add(-time.Second)
	id, err := uuid.Parse(h.add(t, uuid.NewString(), "x").EventID)
	if err != nil {
		t.Fatal(err)
	}
	seconds, nanos := id.Time().UnixTime()
	if made := time.Unix(seconds, nanos); id.Version() != 7 || id.Variant() != uuid.RFC4122 || made.Before(started) || made.After(time.Now().Add(time.Second)) {
		t.Errorf("id %s: version %d, made %s", id, id.Version(), made)
	}
}
