package realtimesync

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// host takes in clients, by whichever transport they come, and serves each until its end.
type host struct {
	origins origins
	room    *room
	hub     *hub
	feed    changeFeed
	timing  timing
	metrics *metrics
	tracer  *trace.Tracer
	missed  func() // told when an event did not bring a change in time
}

// enter takes a place for a connection, until leave, or answers the request with the reason why not.
func (h *host) enter(w http.ResponseWriter, r *http.Request, by transport) bool {
	if err := h.origins.check(r.Context(), r.Header.Get("Origin"), r.Host); err != nil {
		httpapi.WriteProblem(w, r, err)
		return false
	}
	if err := h.room.enter(); err != nil {
		refuse(w, r, err)
		return false
	}
	h.metrics.connections.WithLabelValues(string(by)).Inc()
	return true
}

func (h *host) leave(by transport) {
	h.metrics.connections.WithLabelValues(string(by)).Dec()
	h.room.leave()
}

// refuse answers a request that may be tried again.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	if failure.KindOf(err) == failure.Unavailable {
		setRetryAfter(w.Header().Set)
	}
	httpapi.WriteProblem(w, r, err)
}

// admit makes a session of a connection whose hello brings a good ticket, or says how to close it.
// program is what the client calls itself, its User-Agent.
func (h *host) admit(ctx context.Context, wire wire, program string, hello protocol.Hello) (*session, *closing) {
	if err := h.room.checkMemory(); err != nil {
		return nil, &closing{protocol.CloseTryAgain, failure.Public(err).Message}
	}
	after, limit := int64(0), 1 // only the head is of use
	if hello.Resume != nil {
		after, limit = hello.Resume.Seq, protocol.MaxReplay
	}
	id, page, err := h.feed.open(ctx, hello.Ticket, after, limit)
	switch {
	case failure.KindOf(err) == failure.Unauthenticated:
		return nil, &closing{protocol.CloseUnauthenticated, failure.Public(err).Message}
	case err != nil:
		slog.WarnContext(ctx, "connection refused: todo-api did not open the change feed", "error", err)
		return nil, &closing{protocol.CloseTryAgain, "the ticket could not be checked, try again with a new one"}
	}
	session := newSession(h, wire, id, httpapi.CleanDevice(program), hello.Resume, page)
	return session, h.hub.join(session)
}

// serve runs a session that was admitted, and returns when its client has been told the end.
func (h *host) serve(ctx context.Context, s *session) {
	defer h.hub.leave(s) // draining waits for it
	h.finish(s.wire, s.run(ctx))
}

func (h *host) finish(wire wire, end closing) {
	h.metrics.closed(end)
	wire.end(end)
}

// dropAfterPanic keeps a fault in one session from ending those of all others. Its client resumes.
func dropAfterPanic(ctx context.Context, wire wire) {
	if cause := recover(); cause != nil {
		slog.ErrorContext(ctx, "session panicked", "panic", cause, "stack", string(debug.Stack()))
		wire.end(closing{})
	}
}
