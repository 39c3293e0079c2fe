package todo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/realtimesync"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// startSync starts a realtime-sync on real components and returns its address.
func startSync(t *testing.T, env *daprtest.Env) string {
	t.Helper()
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.RealtimeSync})
	cfg := realtimesync.Config{
		Config:        lifecycle.Config{Dapr: daprtest.Config(sidecar.Address), LogLevel: "warn", HealthAddress: freeAddress(t), AppAddress: sidecar.AppAddress},
		PublicAddress: freeAddress(t),
	}
	daprtest.Background(t, "realtime-sync", func(ctx context.Context) error { return realtimesync.Run(ctx, cfg) })
	waitReady(t, "realtime-sync", cfg.HealthAddress)
	return "http://" + cfg.PublicAddress
}

// entry is the one address of a platform.
type entry struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

// Accept implements net.Listener.
func (e *entry) Accept() (net.Conn, error) {
	conn, err := e.Listener.Accept()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.conns = append(e.conns, conn)
	}
	return conn, err
}

// cut breaks every connection.
func (e *entry) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, conn := range e.conns {
		_ = conn.Close() // some are closed
	}
	e.conns = nil
}

// startEntry leads to the two services as the entry of a platform does.
func startEntry(t *testing.T, api, realtime string) (*entry, string) {
	t.Helper()
	mux := http.NewServeMux()
	for path, service := range map[string]string{"/": api, contract.RealtimePath: realtime} {
		target, err := url.Parse(service)
		if err != nil {
			t.Fatal(err)
		}
		mux.Handle(path, httputil.NewSingleHostReverseProxy(target))
	}
	server := httptest.NewUnstartedServer(mux)
	e := &entry{Listener: server.Listener}
	server.Listener = e
	server.Start()
	t.Cleanup(server.Close)
	return e, server.URL
}

// screen is what a terminal shows while a command runs.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

// count is how often it shows something.
func (s *screen) count(something string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), something)
}

func TestWatch(t *testing.T) {
	env := daprtest.New(t)
	address := startAPI(t, env)
	entry, url := startEntry(t, address, startSync(t, env))
	elsewhere := client.New(address, http.DefaultClient)
	if err := elsewhere.SignUp(t.Context(), "ada@example.org", password, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	add := func(title string) {
		t.Helper()
		if _, err := elsewhere.CreateTask(t.Context(), client.Draft{Title: title}); err != nil {
			t.Fatal(err)
		}
	}
	token, err := elsewhere.CreateToken(t.Context(), client.TokenDraft{Name: "watch", Scopes: []string{"tasks:read"}})
	if err != nil {
		t.Fatal(err)
	}
	s := shell{t, filepath.Join(t.TempDir(), "config.json")}
	s.want("", "signed in", "login", url, "--token", token.Secret)
	var screen screen
	daprtest.Background(t, "todo watch", func(ctx context.Context) error {
		return s.execute(ctx, strings.NewReader(""), &screen, &screen, "watch")
	})
	wait := func(something string) {
		t.Helper()
		daprtest.Eventually(t, patience, "it shows "+something, func() bool { return screen.count(something) > 0 })
	}

	wait("watching")
	add("milk")
	wait("task.created  milk")
	entry.cut()
	add("eggs")
	wait("connecting again")
	wait("task.created  eggs")
	add("bread")
	wait("task.created  bread")
	for _, title := range []string{"milk", "eggs", "bread"} {
		if shown := screen.count(title); shown != 1 {
			t.Errorf("%s is shown %d times", title, shown)
		}
	}
}

func TestWatchEndsWhereItsTokenIsRefused(t *testing.T) {
	for name, status := range map[string]int{"revoked": http.StatusUnauthorized, "of too little scope": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
			defer server.Close()
			s := shell{t, filepath.Join(t.TempDir(), "config.json")}
			s.want("", "signed in", "login", server.URL, "--token", "tdp_x")
			if _, err := s.run("", "watch"); err == nil || !strings.Contains(err.Error(), "todo login") {
				t.Errorf("it ends with %v", err)
			}
		})
	}
}

func TestWatchGoesOnAfterAConnectionThat(t *testing.T) {
	for name, end := range map[string]func(*websocket.Conn){
		"says nothing": func(conn *websocket.Conn) { <-conn.CloseRead(t.Context()).Done() },
		"has lasted as long as one may": func(conn *websocket.Conn) {
			_ = conn.Close(websocket.StatusCode(protocol.CloseUnauthenticated), "get a new ticket") // it may be gone
		},
	} {
		t.Run(name, func(t *testing.T) {
			hellos := make(chan protocol.Hello, 100)
			server := httptest.NewServer(welcoming(t, hellos, end))
			defer server.Close()
			w := (&command{}).watcher(config{URL: server.URL}, io.Discard, io.Discard)
			w.silence = 50 * time.Millisecond
			daprtest.Background(t, "todo watch", w.run)

			if first := <-hellos; first.Resume != nil {
				t.Errorf("it begins at %+v", first.Resume)
			}
			if second := <-hellos; second.Resume == nil || second.Resume.Seq != 7 {
				t.Errorf("it goes on at %+v", second.Resume)
			}
		})
	}
}

// welcoming stands in for a realtime-sync that welcomes each connection at change 7, and ends it.
func welcoming(t *testing.T, hellos chan<- protocol.Hello, end func(*websocket.Conn)) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+protocol.TicketPath, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(protocol.Ticket{Ticket: "t"}) // else the test fails for want of a hello
	})
	mux.HandleFunc("GET "+protocol.SocketPath, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // as above
		}
		defer func() { _ = conn.CloseNow() }()
		var hello protocol.Hello
		if wsjson.Read(t.Context(), conn, &hello) == nil && wsjson.Write(t.Context(), conn, protocol.NewWelcome(7)) == nil {
			hellos <- hello
			end(conn)
		}
	})
	return mux
}
