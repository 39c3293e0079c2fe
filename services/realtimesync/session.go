package realtimesync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/codes"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// timing is the clockwork of a session.
type timing struct {
	hello      time.Duration // for the client's first frame
	heartbeat  time.Duration // between two head frames
	ping       time.Duration // between two pings
	pong       time.Duration // for the client's answer to a ping
	write      time.Duration // for one frame to leave
	late       time.Duration // for the event of a change that is known to exist
	retryFirst time.Duration // after a failed read of the change feed
	retryMost  time.Duration // between two such reads at most
}

func defaultTiming() timing {
	return timing{
		hello: protocol.HelloTimeout, heartbeat: protocol.Heartbeat, ping: 25 * time.Second, pong: 10 * time.Second, write: 10 * time.Second,
		late:       500 * time.Millisecond,
		retryFirst: 250 * time.Millisecond, retryMost: 10 * time.Second,
	}
}

var (
	// errGone means that the connection is lost.
	errGone = errors.New("the client is gone")
	// errStopped means that close was called.
	errStopped = errors.New("the session is stopped")
)

// session is one client's connection after its ticket was accepted. push and close may
// be called by anyone; the rest belongs to the goroutine in run.
type session struct {
	user    string
	device  calls.Device // how the user's other connections see this one; its ID is the session or API token that opened it
	expires time.Time
	resume  *protocol.Resume
	first   feedPage // what the feed held when the ticket was taken; until begin
	wire    wire
	feed    changeFeed
	timing  timing
	metrics *metrics
	tracer  *trace.Tracer
	missed  func() // told when an event did not bring a change in time
	inbox   *queue
	last    atomic.Int64 // seq of the last change sent

	stopOnce sync.Once
	stopped  chan struct{}
	end      closing // set before stopped is closed

	sequence *sequencer
	resuming bool         // from begin until the feed is read to its end: no event is late yet
	retry    loop.Backoff // between failed looks into the change feed
}

func newSession(h *host, wire wire, id auth.Caller, program string, resume *protocol.Resume, first feedPage) *session {
	return &session{
		user: id.UserID, expires: id.ExpiresAt, resume: resume, first: first, wire: wire,
		device: calls.Device{
			ID: cmp.Or(id.SessionID, id.TokenID), Name: cmp.Or(id.Client, program),
			Kind: string(wire.transport()), Since: time.Now().UTC().Truncate(time.Millisecond),
		},
		feed: h.feed, timing: h.timing, metrics: h.metrics, tracer: h.tracer, missed: h.missed,
		inbox: newQueue(), stopped: make(chan struct{}),
		retry: loop.Backoff{First: h.timing.retryFirst, Most: h.timing.retryMost},
	}
}

// push queues f for the client. A client whose queue is full is told to reconnect
// and resume: nothing is left out silently.
func (s *session) push(f frame) {
	s.obey(f)
	if !s.inbox.put(f) {
		s.close(protocol.CloseSlow, "slow consumer, resume")
	}
}

// observe tells the session that the user's changes reach up to head. If it has less, it
// waits a moment for the event and then looks into the change feed.
func (s *session) observe(head int64) {
	if head > s.last.Load() {
		s.inbox.put(frame{head: head}) // a full queue is about to end the session
	}
}

// introduce tells the client which other connections its user has.
func (s *session) introduce(others []calls.Device) {
	devices := make([]protocol.Device, 0, len(others))
	for _, other := range others {
		devices = append(devices, protocol.Device(other))
	}
	slices.SortFunc(devices, func(a, b protocol.Device) int { return a.Since.Compare(b.Since) })
	if f, err := encodeFrame(kindPresence, protocol.NewPresence(devices)); err == nil { // it always is
		s.push(f)
	}
}

// obey closes the socket when f says that the session or API token that opened it has ended, or
// the account.
func (s *session) obey(f frame) {
	if f.deleted {
		s.close(protocol.CloseUnauthenticated, "the account was deleted")
	}
	if f.ended != "" && f.ended == s.device.ID {
		s.close(protocol.CloseUnauthenticated, "the session or API token that opened this was ended")
	}
}

// close asks the session to end; the first reason counts.
func (s *session) close(code protocol.CloseCode, reason string) {
	s.stopOnce.Do(func() {
		s.end = closing{code, reason}
		close(s.stopped)
	})
}

// run serves the client after its hello and returns how the socket is to be closed.
func (s *session) run(ctx context.Context) closing {
	present, leave := context.WithCancel(ctx) // ends when the client leaves
	defer leave()
	go s.watch(ctx, leave)
	err := s.begin(present)
	if err == nil {
		err = s.live(present)
	}
	switch {
	case errors.Is(err, errStopped):
		return s.end
	case errors.Is(err, errGone), present.Err() != nil:
		return closing{}
	}
	slog.WarnContext(ctx, "connection closed: change feed not usable", "user", s.user, "error", err)
	return closing{protocol.CloseTryAgain, "the change feed is not available, resume later"}
}

// watch ends the session of a client that leaves, or says anything after its hello.
func (s *session) watch(ctx context.Context, leave func()) {
	if s.wire.watch(ctx) {
		s.close(protocol.CloseBadFrame, "nothing is expected after hello")
		return
	}
	leave()
}

// begin sends welcome and what the client has missed.
func (s *session) begin(ctx context.Context) error {
	page := s.first
	s.first = feedPage{}
	start := startAt(s.resume, page.head, page.floor)
	s.metrics.resumes.WithLabelValues(string(start.kind)).Inc()
	if err := s.writeMessage(ctx, kindWelcome, protocol.NewWelcome(page.head)); err != nil {
		return err
	}
	if start.kind == startSnapshot {
		if err := s.writeMessage(ctx, kindSnapshot, protocol.NewSnapshotRequired(page.head, start.reason)); err != nil {
			return err
		}
	}
	s.sequence = newSequencer(start.after)
	s.last.Store(start.after)
	s.resuming = true
	return s.writePage(ctx, page)
}

// live passes frames on until the session ends, and looks into the change feed for what
// did not arrive.
func (s *session) live(ctx context.Context) error {
	heartbeat := time.NewTicker(s.timing.heartbeat)
	defer heartbeat.Stop()
	ping := time.NewTicker(s.timing.ping)
	defer ping.Stop()
	expiry := time.NewTimer(time.Until(s.expires))
	defer expiry.Stop()
	check := time.NewTimer(0) // what is missing after the first page is read at once
	defer check.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return errGone
		case <-s.stopped:
			return errStopped
		case <-expiry.C:
			s.close(protocol.CloseUnauthenticated, "the session is over, get a new ticket")
		case <-ping.C:
			go s.ping(ctx)
		case <-heartbeat.C:
			err = s.writeMessage(ctx, kindHead, protocol.NewHead(s.sequence.last()))
		case <-s.inbox.filled:
			wasBehind := s.sequence.behind()
			var patience time.Duration
			patience, err = s.writeQueued(ctx)
			if !wasBehind && s.sequence.behind() {
				check.Reset(patience)
			}
		case <-check.C:
			var again time.Duration
			if again, err = s.look(ctx); again > 0 {
				check.Reset(again)
			}
		}
		if err != nil {
			return err
		}
	}
}

// look brings the client what events have not brought, and returns after which time to look
// again if that failed for now.
func (s *session) look(ctx context.Context) (again time.Duration, err error) {
	if !s.sequence.behind() {
		s.resuming = false
		return 0, nil
	}
	if !s.resuming {
		s.missed()
	}
	err = s.catchUp(ctx)
	switch {
	case err == nil:
		s.resuming = false
		s.retry.Reset()
		return 0, nil
	case ctx.Err() != nil:
		return 0, errGone
	case failure.KindOf(err) == failure.Unavailable:
		slog.WarnContext(ctx, "change feed not read, trying again", "user", s.user, "error", err)
		return s.retry.Next(), nil
	}
	return 0, err
}

// catchUp reads the change feed until the client has all that it holds.
func (s *session) catchUp(ctx context.Context) error {
	for {
		before := s.sequence.last()
		page, err := s.feed.changes(ctx, s.user, before, protocol.MaxReplay)
		if err != nil {
			s.metrics.feedReads.WithLabelValues(readFailed).Inc()
			return err
		}
		if err := s.writePage(ctx, page); err != nil {
			return err
		}
		moved := s.sequence.last() > before
		result := readCurrent
		if moved {
			result = readFilled
		}
		s.metrics.feedReads.WithLabelValues(result).Inc()
		switch {
		case !s.sequence.behind():
			return nil
		case !moved:
			return failure.New(failure.Unavailable, "the change feed does not hold change %d", before+1)
		}
	}
}

func (s *session) writePage(ctx context.Context, page feedPage) error {
	s.sequence.observe(page.head)
	for _, f := range page.changes {
		f.live = !s.resuming
		s.obey(f)
		if err := s.writeInOrder(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// writeQueued sends the frame that has waited longest, if it is due. A change that is
// missing because of it has patience to arrive: an event overtakes none, but a head that
// was asked for may be known before its event.
func (s *session) writeQueued(ctx context.Context) (patience time.Duration, err error) {
	f, ok := s.inbox.take()
	switch {
	case !ok:
		return 0, nil
	case f.head > 0:
		s.sequence.observe(f.head)
		return s.timing.late, nil
	}
	return 0, s.writeInOrder(ctx, f)
}

// writeInOrder sends f, or what is due because of it if it is a change.
func (s *session) writeInOrder(ctx context.Context, f frame) error {
	if f.seq == 0 {
		return s.write(ctx, f)
	}
	for _, due := range s.sequence.offer(f) {
		if err := s.write(ctx, due); err != nil {
			return err
		}
	}
	s.last.Store(s.sequence.last())
	return nil
}

func (s *session) writeMessage(ctx context.Context, kind frameKind, message any) error {
	f, err := encodeFrame(kind, message)
	if err != nil {
		return err
	}
	return s.write(ctx, f)
}

func (s *session) write(ctx context.Context, f frame) error {
	select {
	case <-s.stopped:
		return errStopped
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, s.timing.write)
	defer cancel()
	ctx, span := s.frameSpan(ctx, f)
	defer span.End()
	if err := s.wire.write(ctx, f); err != nil {
		span.SetStatus(codes.Error, "the client is gone")
		return fmt.Errorf("%w: %w", errGone, err)
	}
	s.metrics.wrote(f)
	return nil
}

// frameSpan begins the span of writing f: the last of the trace of its event. What no event brought has none.
func (s *session) frameSpan(ctx context.Context, f frame) (context.Context, oteltrace.Span) {
	if f.cause == "" {
		return ctx, noop.Span{}
	}
	return s.tracer.Start(trace.With(ctx, f.cause), "frame/"+string(f.kind), oteltrace.WithSpanKind(oteltrace.SpanKindProducer))
}

func (s *session) ping(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.pong)
	defer cancel()
	s.wire.ping(ctx)
}
