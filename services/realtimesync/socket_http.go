package realtimesync

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// sockets accepts WebSockets and serves each until its end.
type sockets struct {
	origins origins
	room    *room
	hub     *hub
	feed    changeFeed
	timing  timing
	metrics *metrics
	missed  func() // told when an event did not bring a change in time
}

// ServeHTTP upgrades the request. The socket is served apart from it: the goroutine of a
// request, its buffers and headers cost more than all that a socket needs.
func (s *sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := s.origins.check(r.Context(), r.Header.Get("Origin"), r.Host); err != nil {
		httpapi.WriteProblem(w, r, err)
		return
	}
	if err := s.room.enter(); err != nil {
		setRetryAfter(w.Header().Set)
		httpapi.WriteProblem(w, r, err)
		return
	}
	conn, err := upgrade(w, r)
	if err != nil {
		s.room.leave()
		return // the client has been told the reason
	}
	go s.serve(context.WithoutCancel(r.Context()), conn)
}

// serve returns when the socket is closed.
func (s *sockets) serve(ctx context.Context, conn *websocket.Conn) {
	defer s.room.leave()
	s.metrics.sockets.Inc()
	defer s.metrics.sockets.Dec()
	defer dropAfterPanic(ctx, conn)
	session, refusal := s.admit(ctx, conn)
	if refusal != nil {
		s.finish(conn, *refusal)
		return
	}
	defer s.hub.leave(session) // once the close frame is out: draining waits for it
	s.finish(conn, session.run(ctx))
}

// dropAfterPanic keeps a fault in one session from ending the sockets of all others.
func dropAfterPanic(ctx context.Context, conn *websocket.Conn) {
	if cause := recover(); cause != nil {
		slog.ErrorContext(ctx, "session panicked", "panic", cause, "stack", string(debug.Stack()))
		_ = conn.CloseNow() // its client resumes
	}
}

// admit makes a session of a connection whose hello brings a good ticket, or says
// how to close it.
func (s *sockets) admit(ctx context.Context, conn *websocket.Conn) (*session, *closing) {
	hello, refusal := s.readHello(ctx, conn)
	if refusal != nil {
		return nil, refusal
	}
	if err := s.room.checkMemory(); err != nil {
		return nil, &closing{protocol.CloseTryAgain, failure.Public(err).Message}
	}
	after, limit := int64(0), 1 // only the head is of use
	if hello.Resume != nil {
		after, limit = hello.Resume.Seq, protocol.MaxReplay
	}
	id, page, err := s.feed.open(ctx, hello.Ticket, after, limit)
	switch {
	case failure.KindOf(err) == failure.Unauthenticated:
		return nil, &closing{protocol.CloseUnauthenticated, failure.Public(err).Message}
	case err != nil:
		slog.WarnContext(ctx, "socket refused: todo-api did not open the change feed", "error", err)
		return nil, &closing{protocol.CloseTryAgain, "the ticket could not be checked, try again with a new one"}
	}
	session := newSession(conn, id, hello.Resume, page, s.feed, s.timing, s.metrics, s.missed)
	return session, s.hub.join(session)
}

func (s *sockets) readHello(ctx context.Context, conn *websocket.Conn) (protocol.Hello, *closing) {
	late := closing{protocol.CloseBadFrame, "no hello in time"}
	alarm := time.AfterFunc(s.timing.hello, func() { _ = conn.Close(websocket.StatusCode(late.code), late.reason) })
	conn.SetReadLimit(protocol.MaxClientFrame)
	_, first, err := conn.Read(ctx)
	switch {
	case !alarm.Stop():
		return protocol.Hello{}, &late
	case err != nil:
		return protocol.Hello{}, &closing{} // the client left, or sent what is no frame
	}
	hello, err := protocol.DecodeHello(first)
	if err != nil {
		return protocol.Hello{}, &closing{protocol.CloseBadFrame, truncate(err.Error())}
	}
	return hello, nil
}

func (s *sockets) finish(conn *websocket.Conn, end closing) {
	s.metrics.closed(end)
	if end.code == 0 {
		_ = conn.CloseNow() // nobody is left to tell
		return
	}
	_ = conn.Close(websocket.StatusCode(end.code), end.reason) // a client that does not answer is dropped
}

// truncate cuts a reason to what fits a close frame (RFC 6455 section 5.5: 125
// bytes with the code, and whole characters).
func truncate(reason string) string {
	const most = 120
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most], "")
}
