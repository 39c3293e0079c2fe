package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the machine need not have zone files

	"github.com/google/uuid"

	realtime "github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	password      = "correct horse battery staple"
	requestLimit  = 15 * time.Second
	reconnectWait = 250 * time.Millisecond
)

// person is somebody who uses the platform through its public entry.
type person struct {
	email string
	zone  *time.Location
	base  string // URL of the entry
	http  *http.Client
	api   *todo.Client
}

// signUp creates an account with an address of its own for somebody who lives in an IANA zone.
func signUp(t *testing.T, name, zoneName string) *person {
	t.Helper()
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{email: fmt.Sprintf("%s-%s@example.com", name, uuid.NewString()[:8]), zone: zone}
	p.comeBy(baseURL, &http.Client{Timeout: requestLimit})
	if err := p.api.SignUp(t.Context(), p.email, password, zone.String()); err != nil {
		t.Fatalf("sign up %s: %v", p.email, err)
	}
	return p
}

// comeBy has a person use another entry, at which they have to sign in.
func (p *person) comeBy(url string, client *http.Client) {
	p.base, p.http, p.api = url, client, todo.New(url, client)
}

// login signs in anew: the story is longer than an access token lives. It tries again
// while the entry has not noticed new pods yet.
func (p *person) login(t *testing.T) {
	t.Helper()
	eventually(t, requestLimit, p.email+" logs in", func(ctx context.Context) error {
		return p.api.Login(ctx, p.email, password)
	})
}

// day returns the person's local date, days from today.
func (p *person) day(days int) string {
	return time.Now().In(p.zone).AddDate(0, 0, days).Format(time.DateOnly)
}

// seen is a change and when its frame came.
type seen struct {
	todo.Change
	at time.Time
}

// window is what an open browser window does: it keeps a socket, reconnects where it
// left off, and remembers every change in order.
type window struct {
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex
	last    int64
	changes []seen
	broken  error // a gap or repetition in seq
}

// open opens a window that starts from the person's latest change.
func (p *person) open(t *testing.T) *window {
	t.Helper()
	snapshot, err := p.api.Sync(t.Context(), 1, "")
	if err != nil {
		t.Fatalf("read the snapshot: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &window{stop: stop, done: make(chan struct{}), last: snapshot.Head}
	token := p.api.Grant.AccessToken
	ready := make(chan struct{})
	go w.follow(ctx, &realtime.Client{BaseURL: p.base, AccessToken: token, Origin: p.base, HTTP: p.http}, sync.OnceFunc(func() { close(ready) }))
	t.Cleanup(w.close)
	select {
	case <-ready:
	case <-time.After(requestLimit):
		t.Fatal("the socket did not open")
	}
	return w
}

func (w *window) close() {
	w.stop()
	<-w.done
}

// follow reads frames until ctx ends, reconnecting as a browser does.
func (w *window) follow(ctx context.Context, client *realtime.Client, welcomed func()) {
	defer close(w.done)
	for ctx.Err() == nil {
		w.readUntilClosed(ctx, client, welcomed)
		select {
		case <-ctx.Done():
		case <-time.After(reconnectWait):
		}
	}
}

func (w *window) readUntilClosed(ctx context.Context, client *realtime.Client, welcomed func()) {
	dial, cancel := context.WithTimeout(ctx, requestLimit)
	resume := w.position()
	socket, err := client.Connect(dial, &resume)
	cancel()
	if err != nil {
		return
	}
	defer socket.Close() //nolint:errcheck // the next socket tells whether anything is wrong
	for {
		frame, err := heard(ctx, socket)
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case protocol.Welcome:
			welcomed()
		case protocol.Change:
			w.record(frame)
		}
	}
}

// heard is the next frame, unless nothing is heard for as long as a browser waits.
func heard(ctx context.Context, socket *realtime.Socket) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, protocol.Silence)
	defer cancel()
	return socket.Next(ctx)
}

func (w *window) position() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

func (w *window) record(frame protocol.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change := seen{at: time.Now()}
	if err := json.Unmarshal(frame.Change, &change.Change); err != nil {
		w.broken = err
		return
	}
	if frame.Seq != w.last+1 || change.Seq != frame.Seq {
		w.broken = fmt.Errorf("frame %d (change %d) came after %d", frame.Seq, change.Seq, w.last)
	}
	w.last = frame.Seq
	w.changes = append(w.changes, change)
}

// all returns the changes that match, in order; it fails on a gap.
func (w *window) all(t *testing.T, match func(todo.Change) bool) []seen {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		t.Fatalf("the socket's frames are broken: %v", w.broken)
	}
	return slices.DeleteFunc(slices.Clone(w.changes), func(c seen) bool { return !match(c.Change) })
}

// wait waits for a change that matches and returns the first.
func (w *window) wait(t *testing.T, within time.Duration, what string, match func(todo.Change) bool) seen {
	t.Helper()
	var found []seen
	eventually(t, within, what, func(context.Context) error {
		if found = w.all(t, match); len(found) == 0 {
			return fmt.Errorf("no such frame; the last one is %d", w.position())
		}
		return nil
	})
	return found[0]
}

func isType(kind, taskID string) func(todo.Change) bool {
	return func(c todo.Change) bool { return c.Type == kind && c.ID == taskID }
}
