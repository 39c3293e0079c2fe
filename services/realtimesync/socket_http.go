package realtimesync

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// sockets accepts WebSockets.
type sockets struct{ *host }

// ServeHTTP upgrades the request. The socket is served apart from it: the goroutine of a
// request, its buffers and headers cost more than all that a socket needs.
func (s sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter(w, r, transportSocket) {
		return
	}
	conn, err := upgrade(w, r)
	if err != nil {
		s.leave(transportSocket)
		return // the client has been told the reason
	}
	go s.receive(context.WithoutCancel(r.Context()), &socket{conn}, r.UserAgent())
}

// receive returns when the socket is closed.
func (s sockets) receive(ctx context.Context, socket *socket, program string) {
	defer s.leave(transportSocket)
	defer dropAfterPanic(ctx, socket)
	session, refusal := s.welcome(ctx, socket, program)
	if refusal != nil {
		s.finish(socket, *refusal)
		return
	}
	s.serve(ctx, session)
}

// welcome waits for the hello of a socket and admits it.
func (s sockets) welcome(ctx context.Context, socket *socket, program string) (*session, *closing) {
	hello, refusal := s.readHello(ctx, socket.conn)
	if refusal != nil {
		return nil, refusal
	}
	return s.admit(ctx, socket, program, hello)
}

func (s sockets) readHello(ctx context.Context, conn *websocket.Conn) (protocol.Hello, *closing) {
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

// truncate cuts a reason to what fits a close frame (RFC 6455 section 5.5: 125
// bytes with the code, and whole characters).
func truncate(reason string) string {
	const most = 120
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most], "")
}

// socket is a WebSocket as a wire.
type socket struct{ conn *websocket.Conn }

func (*socket) transport() transport { return transportSocket }

func (s *socket) write(ctx context.Context, f frame) error {
	return s.conn.Write(ctx, websocket.MessageText, f.encoded)
}

func (s *socket) ping(ctx context.Context) {
	if err := s.conn.Ping(ctx); err != nil {
		_ = s.conn.CloseNow() // it may be closed already
	}
}

// watch reads, without which the library would miss pongs and the client's leaving. A ctx that
// ends with the session would end the connection before the close frame is out.
func (s *socket) watch(ctx context.Context) (talks bool) {
	_, _, err := s.conn.Reader(ctx)
	return err == nil
}

func (s *socket) end(c closing) {
	if c.code == 0 {
		_ = s.conn.CloseNow() // nobody is left to tell
		return
	}
	_ = s.conn.Close(websocket.StatusCode(c.code), c.reason) // a client that does not answer is dropped
}
