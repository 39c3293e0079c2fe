package lifecycle_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

func untilStopped(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestStackStopsInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stack lifecycle.Stack
		var stopped []string
		note := func(name string) func(context.Context) error {
			return func(context.Context) error { stopped = append(stopped, name); return nil }
		}
		stack.Add("connection", note("connection"))
		stack.Go("loop", func(ctx context.Context) error { <-ctx.Done(); stopped = append(stopped, "loop"); return nil })
		stack.Add("sockets", note("sockets"))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := stack.Wait(ctx); err != nil {
			t.Error(err)
		}
		if want := []string{"sockets", "loop", "connection"}; !slices.Equal(stopped, want) {
			t.Errorf("stopped %v, want %v", stopped, want)
		}
	})
}

func TestFailingPartEndsTheService(t *testing.T) {
	for name, result := range map[string]error{"with an error": errors.New("broken"), "without one": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stack lifecycle.Stack
				closed := false
				stack.Add("connection", func(context.Context) error { closed = true; return nil })
				stack.Go("sound", untilStopped)
				stack.Go("relay", func(context.Context) error { time.Sleep(time.Minute); return result })
				err := stack.Wait(t.Context())
				if err == nil || !strings.Contains(err.Error(), "relay ended") || (result != nil && !errors.Is(err, result)) {
					t.Errorf("got %v", err)
				}
				if !closed {
					t.Error("the other parts were not stopped")
				}
			})
		})
	}
}

func TestPartThatHangsDoesNotKeepTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stack lifecycle.Stack
		release := make(chan struct{})
		closed := false
		stack.Add("connection", func(context.Context) error { closed = true; return nil })
		stack.Go("stuck", func(context.Context) error { <-release; return nil })
		started := time.Now()
		err := stack.Stop()
		if err == nil || !strings.Contains(err.Error(), "stop stuck") || time.Since(started) != lifecycle.StopTimeout {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
		if !closed {
			t.Error("the part after it was not stopped")
		}
		close(release)
	})
}

func TestHealth(t *testing.T) {
	var broken error
	health := lifecycle.NewHealth(prometheus.NewRegistry(), 0, lifecycle.Check{Name: "database", Run: func(context.Context) error { return broken }})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var stack lifecycle.Stack
	stack.Go("health", func(ctx context.Context) error { return health.Serve(ctx, listener) })
	get := func(path string) (int, string) {
		answer, err := http.Get("http://" + listener.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }() // it has been read
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	expect := func(path string, status int, text string) {
		t.Helper()
		if got, body := get(path); got != status || !strings.Contains(body, text) {
			t.Errorf("%s: %d %q, want %d %q", path, got, body, status, text)
		}
	}
	expect("/readyz", http.StatusServiceUnavailable, "starting")
	health.Waits("the schema is older")
	expect("/readyz", http.StatusServiceUnavailable, "the schema is older\n")
	expect("/livez", http.StatusOK, "ok")
	health.Ready()
	expect("/readyz", http.StatusOK, "ok")
	broken = errors.New("password=1234 refused")
	expect("/readyz", http.StatusServiceUnavailable, "database: not working\n")
	expect("/livez", http.StatusOK, "ok")
	broken = nil
	if err := health.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	expect("/readyz", http.StatusServiceUnavailable, "stopping")
	expect("/metrics", http.StatusOK, "promhttp_metric_handler")
	if err := stack.Stop(); err != nil {
		t.Error(err)
	}
}

func TestDrainGivesRoutingTimeToFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		health := lifecycle.NewHealth(prometheus.NewRegistry(), 6*time.Second)
		health.Ready()
		started := time.Now()
		if err := health.Drain(t.Context()); err != nil || time.Since(started) != 6*time.Second {
			t.Errorf("drained for %s with error %v, want 6s", time.Since(started), err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := health.Drain(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v after the deadline", err)
		}
	})
}

func TestServeHTTPLetsRequestsFinish(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, release := make(chan struct{}), make(chan struct{})
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-release
		_, _ = io.WriteString(w, "done") // the test reads it
	})}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- lifecycle.ServeHTTP(ctx, server, listener) }()
	body := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer func() { _ = answer.Body.Close() }() // it has been read
		text, _ := io.ReadAll(answer.Body)
		body <- string(text)
	}()
	<-begun
	cancel()
	close(release)
	if got := <-body; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
