package lifecycle

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// checkTimeout bounds one readiness check; it is less than the kubelet's own timeout.
const checkTimeout = 900 * time.Millisecond

// Check answers whether something the service needs works at present.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// Health serves /livez, /readyz and /metrics. It is not ready until Ready is
// called, and not again after Drain: an endpoint leaves the load balancer before
// its sockets close.
type Health struct {
	ready      atomic.Bool
	waiting    atomic.Value // a string: what the service waits for before it is ready
	drainDelay time.Duration
	checks     []Check
	mux        *http.ServeMux
}

// NewHealth makes a Health that is not ready yet. All checks must pass for
// readiness; liveness depends on none, because a restart mends nothing outside the process.
// drainDelay is how long Drain lasts.
func NewHealth(registry *prometheus.Registry, drainDelay time.Duration, checks ...Check) *Health {
	h := &Health{drainDelay: drainDelay, checks: checks}
	h.Waits("starting")
	h.mux = http.NewServeMux()
	h.mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok") })
	h.mux.HandleFunc("GET /readyz", h.readyz)
	h.mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}))
	return h
}

// Handle adds what the operator asks of a service. Call it before Serve.
func (h *Health) Handle(pattern string, handler http.Handler) { h.mux.Handle(pattern, handler) }

// Waits says what the service waits for while it is not ready.
func (h *Health) Waits(reason string) { h.waiting.Store(reason) }

// Ready says that the service has started.
func (h *Health) Ready() { h.ready.Store(true) }

// Drain says that the service is about to stop, and gives those who route to it the
// time to notice. A pod that is gone while addresses still lead to it swallows new
// connections without an answer.
func (h *Health) Drain(ctx context.Context) error {
	h.Waits("stopping")
	h.ready.Store(false)
	select {
	case <-time.After(h.drainDelay):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for traffic to move away: %w", ctx.Err())
	}
}

// Serve answers on listener until ctx ends.
func (h *Health) Serve(ctx context.Context, listener net.Listener) error {
	return ServeHTTP(ctx, &http.Server{Handler: h.mux, ReadHeaderTimeout: 5 * time.Second}, listener)
}

func (h *Health) readyz(w http.ResponseWriter, r *http.Request) {
	if !h.ready.Load() {
		writeText(w, http.StatusServiceUnavailable, fmt.Sprint(h.waiting.Load()))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	for _, check := range h.checks {
		if err := check.Run(ctx); err != nil {
			writeText(w, http.StatusServiceUnavailable, check.Name+": not working")
			return
		}
	}
	writeText(w, http.StatusOK, "ok")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // a prober that hung up needs no answer
}

// ServeHTTP runs server on listener until ctx ends and then lets requests under
// way finish for half of StopTimeout at most. It returns nil after such an end.
func ServeHTTP(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve HTTP on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), StopTimeout/2)
	defer cancel()
	return server.Shutdown(drain)
}
