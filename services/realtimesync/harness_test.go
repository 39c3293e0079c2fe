package realtimesync

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// patience bounds every wait of the tests.
const patience = time.Minute

// maxSocketsInTests is how many sockets a replica holds, unless a test says otherwise.
const maxSocketsInTests = 20

// replica is one realtime-sync over HTTP, with a change feed, tickets and events in
// memory instead of a sidecar.
type replica struct {
	*httptest.Server
	hub     *hub
	heads   *heads
	room    *room
	feed    *memoryFeed
	tickets *tickets
	metrics *metrics
}

func newReplica(t testing.TB, change func(*timing)) *replica {
	t.Helper()
	return newReplicaOf(t, maxSocketsInTests, change)
}

// newReplicaOf is newReplica with room for so many sockets.
func newReplicaOf(t testing.TB, maxSockets int, change func(*timing)) *replica {
	t.Helper()
	timing := defaultTiming()
	if change != nil {
		change(&timing)
	}
	r := &replica{
		hub: newHub(3), feed: &memoryFeed{changesOf: map[string][]json.RawMessage{}}, metrics: newMetrics(prometheus.NewRegistry()),
		tickets: &tickets{state: &memoryState{values: map[string][]byte{}}, ttl: ticketLifetime, now: time.Now},
	}
	r.heads = newHeads(r.hub, r.feed)
	r.room = &room{slots: make(chan struct{}, maxSockets), memory: &memory{limit: 1000, collect: func() {}}, refused: r.metrics.refused}
	mux := http.NewServeMux()
	registerTickets(httpapi.New(mux, "test", "1", "/realtime/v1"), r.tickets, origins{refused: r.metrics.refusedPages}, r.room)
	mux.Handle("GET "+protocol.SocketPath, &sockets{
		origins: origins{refused: r.metrics.refusedPages}, room: r.room, tickets: r.tickets, hub: r.hub, feed: r.feed, timing: timing, metrics: r.metrics, missed: r.heads.attend,
	})
	r.Server = httptest.NewServer(httpapi.Handler(mux, prometheus.NewRegistry()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		r.hub.drain(ctx, 0)
		r.Close()
	})
	return r
}

// ticket makes a ticket of user without the HTTP operation.
func (r *replica) ticket(t testing.TB, user string) string {
	t.Helper()
	return r.ticketFor(t, auth.Caller{UserID: user, ExpiresAt: time.Now().Add(time.Hour)})
}

func (r *replica) ticketFor(t testing.TB, id auth.Caller) string {
	t.Helper()
	ticket, err := r.tickets.issue(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return ticket.Ticket
}

// open opens a socket of user and reads its welcome.
func (r *replica) open(t *testing.T, user string) *listener {
	t.Helper()
	l := r.dial(t, r.ticket(t, user), nil)
	l.welcome()
	return l
}

func (r *replica) dial(t *testing.T, ticket string, resume *int64) *listener {
	t.Helper()
	c := &client.Client{BaseURL: r.URL}
	socket, err := c.Open(t.Context(), ticket, resume)
	if err != nil {
		t.Fatal(err)
	}
	return listenTo(t, socket)
}

// connect opens a WebSocket without saying hello.
func (r *replica) connect(t *testing.T) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), r.URL+protocol.SocketPath, nil) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() }) // the server may have closed it
	return conn
}

// commit adds a change to the feed and returns the frame that its event makes.
func (r *replica) commit(t *testing.T, user string) frame {
	t.Helper()
	f, err := changeFrame(r.feed.commit(user), true)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// listener reads what a socket brings, and fails its test on anything unexpected.
type listener struct {
	t      *testing.T
	socket *client.Socket
}

func listenTo(t *testing.T, socket *client.Socket) *listener {
	t.Cleanup(func() { _ = socket.Close() }) // the server may have closed it
	return &listener{t, socket}
}

func (l *listener) next() any {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	frame, err := l.socket.Next(ctx)
	if err != nil {
		l.t.Fatalf("waiting for a frame: %v", err)
	}
	return frame
}

func (l *listener) welcome() protocol.Welcome {
	l.t.Helper()
	frame := l.next()
	welcome, ok := frame.(protocol.Welcome)
	if !ok {
		l.t.Fatalf("the first frame is %+v, want a welcome", frame)
	}
	return welcome
}

// changes reads change frames up to seq last and checks that they follow after.
func (l *listener) changes(after, last int64) {
	l.t.Helper()
	for seq := after + 1; seq <= last; seq++ {
		frame := l.next()
		if _, ok := frame.(protocol.Head); ok {
			seq--
			continue
		}
		if change, ok := frame.(protocol.Change); !ok || change.Seq != seq {
			l.t.Fatalf("got %T %+v, want change %d", frame, frame, seq)
		}
	}
}

// closed reads until the server closes the socket and checks how.
func (l *listener) closed(want protocol.CloseCode) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	for {
		_, err := l.socket.Next(ctx)
		if err == nil {
			continue
		}
		if got := closeCode(err); got != want {
			l.t.Fatalf("the socket ended with %v, want close code %d", err, want)
		}
		return
	}
}

// memoryFeed is the change feed of todo-api.
type memoryFeed struct {
	mu        sync.Mutex
	changesOf map[string][]json.RawMessage
	down      bool
	reads     int
}

func (f *memoryFeed) commit(user string) json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	seq := len(f.changesOf[user]) + 1
	change := json.RawMessage(fmt.Sprintf(`{"userId":%q,"seq":%d,"type":"task.updated","at":%q}`, user, seq, time.Now().UTC().Format(time.RFC3339Nano)))
	f.changesOf[user] = append(f.changesOf[user], change)
	return change
}

func (f *memoryFeed) setDown(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down, f.reads = down, 0
}

func (f *memoryFeed) readCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

func (f *memoryFeed) changes(_ context.Context, user string, after int64, limit int) (feedPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	if f.down {
		return feedPage{}, failure.New(failure.Unavailable, "down")
	}
	all := f.changesOf[user]
	page := feedPage{head: int64(len(all))}
	for seq := after + 1; seq <= min(page.head, after+int64(limit)); seq++ {
		frame, err := changeFrame(all[seq-1], false)
		if err != nil {
			return feedPage{}, err
		}
		page.changes = append(page.changes, frame)
	}
	return page, nil
}

func (f *memoryFeed) heads(_ context.Context, users []string) ([]calls.UserHead, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []calls.UserHead
	for _, user := range users {
		found = append(found, calls.UserHead{UserID: user, Seq: int64(len(f.changesOf[user]))})
	}
	return found, nil
}

// memoryState is the state store.
type memoryState struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (s *memoryState) SaveState(_ context.Context, _, key string, value []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
	return nil
}

func (s *memoryState) TakeState(_ context.Context, _, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[key]
	delete(s.values, key)
	if !ok {
		return nil, failure.New(failure.NotFound, "no such state")
	}
	return value, nil
}
