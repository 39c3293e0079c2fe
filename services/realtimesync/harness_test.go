package realtimesync

import (
	"context"
	"crypto/rand"
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
	"github.com/todoplatform/todoplatform/services/internal/trace"
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
	metrics *metrics
	stream  bool // whether its clients ask for streams instead of sockets
}

// overEach runs a test of what clients see over each transport.
func overEach(t *testing.T, test func(t *testing.T, by transport)) {
	t.Helper()
	for _, by := range []transport{transportSocket, transportStream} {
		t.Run(string(by), func(t *testing.T) { test(t, by) })
	}
}

// over has the clients of r connect by a transport.
func (r *replica) over(by transport) *replica {
	r.stream = by == transportStream
	return r
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
		hub: newHub(3), feed: &memoryFeed{changesOf: map[string][]json.RawMessage{}, tickets: map[string]auth.Caller{}}}
	r.metrics = newMetrics(prometheus.NewRegistry(), r.hub)
	r.heads = newHeads(r.hub, r.feed)
	r.room = &room{slots: make(chan struct{}, maxSockets), memory: &memory{limit: 1000, collect: func() {}}, refused: r.metrics.refused}
	mux := http.NewServeMux()
	registerTickets(httpapi.New(mux, "test", "1", "/realtime/v1"), &tickets{}, origins{refused: r.metrics.refusedPages}, r.room)
	host := &host{
		origins: origins{refused: r.metrics.refusedPages}, room: r.room, hub: r.hub, feed: r.feed, timing: timing, metrics: r.metrics, tracer: trace.None(), missed: r.heads.attend,
	}
	mux.Handle("GET "+protocol.SocketPath, sockets{host})
	mux.Handle("GET "+protocol.StreamPath, streams{host})
	r.Server = httptest.NewUnstartedServer(nil)
	r.Config = httpapi.NewServer(httpapi.Handler(mux, prometheus.NewRegistry(), trace.None()))
	r.Start()
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
	return r.feed.ticketFor(id)
}

// open opens a socket of user and reads its welcome.
func (r *replica) open(t testing.TB, user string) *listener {
	t.Helper()
	l := r.dial(t, r.ticket(t, user), nil)
	l.welcome()
	return l
}

func (r *replica) dial(t testing.TB, ticket string, resume *int64) *listener {
	t.Helper()
	socket, err := r.tryDial(t, ticket, resume)
	if err != nil {
		t.Fatal(err)
	}
	return listenTo(t, socket)
}

func (r *replica) tryDial(t testing.TB, ticket string, resume *int64) (*client.Socket, error) {
	t.Helper()
	c := &client.Client{BaseURL: r.URL, Stream: r.stream}
	return c.Open(t.Context(), ticket, resume)
}

// refuses checks how the server refuses a connection. A stream is refused by a status, which
// does not tell a stopping replica from one that cannot: both are tried again.
func (r *replica) refuses(t testing.TB, ticket string, want protocol.CloseCode) {
	t.Helper()
	socket, err := r.tryDial(t, ticket, nil)
	if !r.stream {
		if err != nil {
			t.Fatal(err)
		}
		listenTo(t, socket).closed(want)
		return
	}
	if want == protocol.CloseRestart {
		want = protocol.CloseTryAgain
	}
	if got := closeCode(err); got != want {
		t.Fatalf("the stream is refused with %v, want close code %d", err, want)
	}
}

// connect opens a WebSocket without saying hello.
func (r *replica) connect(t testing.TB) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), r.URL+protocol.SocketPath, nil) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() }) // the server may have closed it
	return conn
}

// commit adds a change to the feed and returns the frame that its event makes.
func (r *replica) commit(t testing.TB, user string) frame {
	t.Helper()
	f, err := changeFrame(r.feed.commit(user), true)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// listener reads what a socket brings, and fails its test on anything unexpected.
type listener struct {
	t      testing.TB
	socket *client.Socket
}

func listenTo(t testing.TB, socket *client.Socket) *listener {
	t.Cleanup(func() { _ = socket.Close() }) // the server may have closed it
	return &listener{t, socket}
}

// next waits for the next frame that is not of presence.
func (l *listener) next() any {
	l.t.Helper()
	for {
		if frame := l.any(); !isPresence(frame) {
			return frame
		}
	}
}

func isPresence(frame any) bool {
	_, ok := frame.(protocol.Presence)
	return ok
}

// any waits for the next frame.
func (l *listener) any() any {
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
	tickets   map[string]auth.Caller
	down      bool
	reads     int
	pageSize  int // the most changes of an answer, 0 for as many as are asked for
}

func (f *memoryFeed) commit(user string) json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	seq := len(f.changesOf[user]) + 1
	change := json.RawMessage(fmt.Sprintf(`{"userId":%q,"seq":%d,"type":"task.updated","at":%q}`, user, seq, time.Now().UTC().Format(time.RFC3339Nano)))
	f.changesOf[user] = append(f.changesOf[user], change)
	return change
}

func (f *memoryFeed) ticketFor(id auth.Caller) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	ticket := rand.Text()
	f.tickets[ticket] = id
	return ticket
}

func (f *memoryFeed) open(ctx context.Context, ticket string, after int64, limit int) (auth.Caller, feedPage, error) {
	f.mu.Lock()
	id, ok := f.tickets[ticket]
	delete(f.tickets, ticket)
	f.mu.Unlock()
	if !ok {
		return auth.Caller{}, feedPage{}, failure.New(failure.Unauthenticated, "the ticket is unknown, used or expired")
	}
	page, err := f.changes(ctx, id.UserID, after, limit)
	return id, page, err
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
	if f.pageSize > 0 {
		limit = min(limit, f.pageSize)
	}
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
