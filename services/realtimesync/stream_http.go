package realtimesync

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// streams answers with Server-Sent Events, for clients whose WebSockets do not get through.
type streams struct{ *host }

// ServeHTTP answers until the session ends. What is wrong before it begins is a problem document.
func (s streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter(w, r, transportStream) {
		return
	}
	defer s.leave(transportStream)
	ctx, err := httpapi.Lasting(w, r)
	if err != nil {
		httpapi.WriteProblem(w, r, err)
		return
	}
	stream := &stream{w: w, control: http.NewResponseController(w), patience: s.timing.write}
	defer dropAfterPanic(ctx, stream)
	session, refusal := s.welcome(ctx, stream, r.Header)
	if refusal != nil {
		s.metrics.closed(*refusal)
		if refusal.code == protocol.CloseUnauthenticated {
			w.Header().Set("WWW-Authenticate", protocol.TicketScheme)
		}
		refuse(w, r, refusal.failure())
		return
	}
	stream.begin()
	s.serve(ctx, session)
}

// welcome admits the client that a request's header tells of.
func (s streams) welcome(ctx context.Context, stream *stream, header http.Header) (*session, *closing) {
	hello, refusal := helloOf(header)
	if refusal != nil {
		return nil, refusal
	}
	return s.admit(ctx, stream, header.Get("User-Agent"), hello)
}

// helloOf reads what the first frame of a WebSocket would say.
func helloOf(header http.Header) (protocol.Hello, *closing) {
	scheme, ticket, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, protocol.TicketScheme) || ticket == "" {
		return protocol.Hello{}, &closing{protocol.CloseUnauthenticated, "send a ticket from POST " + protocol.TicketPath + " as Authorization: " + protocol.TicketScheme + " …"}
	}
	last := header.Get(protocol.ResumeHeader)
	if last == "" {
		return protocol.NewHello(ticket, nil), nil
	}
	seq, err := strconv.ParseInt(last, 10, 64)
	if err != nil || seq < 0 {
		return protocol.Hello{}, &closing{protocol.CloseBadFrame, protocol.ResumeHeader + " must be the seq of a change"}
	}
	return protocol.NewHello(ticket, &seq), nil
}

// stream is an answer of events as a wire. Its connection is watched by the server, and heartbeats
// that cannot be written end it.
type stream struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration // for the last event
}

func (*stream) transport() transport { return transportStream }

// begin says that no proxy may hold events back or wait for more to compress.
func (s *stream) begin() {
	header := s.w.Header()
	header.Set("Content-Type", httpapi.EventStream)
	header.Set("Cache-Control", "no-store, no-transform")
	header.Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
}

func (s *stream) write(ctx context.Context, f frame) error {
	deadline, _ := ctx.Deadline()
	if err := s.control.SetWriteDeadline(deadline); err != nil {
		return err
	}
	_, err := s.w.Write(protocol.EncodeEvent(f.seq, f.encoded))
	return errors.Join(err, s.control.Flush())
}

func (*stream) ping(context.Context) {} // there is no way to answer

func (*stream) watch(ctx context.Context) (talks bool) {
	<-ctx.Done()
	return false
}

func (s *stream) end(c closing) {
	if c.code == 0 {
		return
	}
	last, err := encodeFrame(kindClose, protocol.NewClose(c.code, c.reason))
	if err != nil {
		return // a closing is always encoded
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	_ = s.write(ctx, last) // a client that does not take it learns by the end of the stream
}
