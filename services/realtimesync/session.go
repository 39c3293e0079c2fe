package realtimesync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// lateEvent is how long after its commit an event has usually long arrived.
const lateEvent = time.Second

// timing is the clockwork of a session.
type timing struct {
	hello      time.Duration // for the client's first frame
	heartbeat  time.Duration // between two head frames
	ping       time.Duration // between two pings
	pong       time.Duration // for the client's answer to a ping
	write      time.Duration // for one frame to leave
	checkFirst time.Duration // from the welcome to the first look whether changes were missed
	checkMost  time.Duration // between two such looks later on
	retryFirst time.Duration // after a failed read of the change feed
	retryMost  time.Duration // between two such reads at most
}

// defaultTiming looks for missed changes often at first: a replica that has just
// started may not be subscribed yet.
func defaultTiming() timing {
	return timing{
		hello: protocol.HelloTimeout, heartbeat: protocol.Heartbeat, ping: 25 * time.Second, pong: 10 * time.Second, write: 10 * time.Second,
		checkFirst: 2 * time.Second, checkMost: time.Minute,
		retryFirst: 250 * time.Millisecond, retryMost: 10 * time.Second,
	}
}

// closing is how and why a socket is closed. Code 0: the connection is lost already.
type closing struct {
	code   protocol.CloseCode
	reason string
}

var (
	// errGone means that the connection is lost.
	errGone = errors.New("the client is gone")
	// errStopped means that close was called.
	errStopped = errors.New("the session is stopped")
)

// session is one client's socket after its ticket was accepted. push and close may
// be called by anyone; the rest belongs to the goroutine in run.
type session struct {
	user    string
	signIn  string // session of the user that opened the socket
	expires time.Time
	resume  *protocol.Resume
	conn    *websocket.Conn
	feed    changeFeed
	timing  timing
	metrics *metrics
	inbox   *queue

	stopOnce sync.Once
	stopped  chan struct{}
	end      closing // set before stopped is closed

	sequence *sequencer
	steady   loop.Backoff // between looks into the change feed
	retry    loop.Backoff // between failed ones
}

func newSession(conn *websocket.Conn, id auth.Caller, resume *protocol.Resume, feed changeFeed, timing timing, metrics *metrics) *session {
	return &session{
		user: id.UserID, signIn: id.SessionID, expires: id.ExpiresAt, resume: resume, conn: conn, feed: feed, timing: timing, metrics: metrics,
		inbox: newQueue(), stopped: make(chan struct{}),
		steady: loop.Backoff{First: timing.checkFirst, Most: timing.checkMost},
		retry:  loop.Backoff{First: timing.retryFirst, Most: timing.retryMost},
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

// obey closes the socket when f says that the session that opened it has ended.
func (s *session) obey(f frame) {
	if f.ended != "" && f.ended == s.signIn {
		s.close(protocol.CloseUnauthenticated, "the session was ended, sign in again")
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
	slog.WarnContext(ctx, "socket closed: change feed not usable", "user", s.user, "error", err)
	return closing{protocol.CloseTryAgain, "the change feed is not available, resume later"}
}

// watch reads, without which the library would miss pongs and the client's leaving.
// ctx is not one that ends with the session: it would end the connection before the
// close frame is out.
func (s *session) watch(ctx context.Context, leave func()) {
	if _, _, err := s.conn.Reader(ctx); err != nil {
		leave()
		return
	}
	s.close(protocol.CloseBadFrame, "nothing is expected after hello")
}

// begin sends welcome and what the client has missed.
func (s *session) begin(ctx context.Context) error {
	after, limit := int64(0), 1 // only the head is of use
	if s.resume != nil {
		after, limit = s.resume.Seq, protocol.MaxReplay
	}
	page, err := s.feed.changes(ctx, s.user, after, limit)
	if err != nil {
		return err
	}
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
	return s.writePage(ctx, page)
}

// live passes frames on until the session ends, and now and then looks into the
// change feed for what did not arrive.
func (s *session) live(ctx context.Context) error {
	heartbeat := time.NewTicker(s.timing.heartbeat)
	defer heartbeat.Stop()
	ping := time.NewTicker(s.timing.ping)
	defer ping.Stop()
	expiry := time.NewTimer(time.Until(s.expires))
	defer expiry.Stop()
	check := time.NewTimer(0)
	defer check.Stop()
	if !s.sequence.behind() {
		check.Reset(s.steady.Next())
	}
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
			err = s.writeQueued(ctx)
			if !wasBehind && s.sequence.behind() {
				check.Reset(0)
			}
		case <-check.C:
			var again time.Duration
			again, err = s.look(ctx)
			check.Reset(again)
		}
		if err != nil {
			return err
		}
	}
}

// look brings the client what events did not, and returns after which time to look again.
func (s *session) look(ctx context.Context) (again time.Duration, err error) {
	oldest, err := s.catchUp(ctx)
	switch {
	case err == nil:
		s.retry.Reset()
		if !oldest.IsZero() && time.Since(oldest) > lateEvent {
			s.steady.Reset() // more may be late or lost at present
		}
		return s.steady.Next(), nil
	case ctx.Err() != nil:
		return 0, errGone
	case failure.KindOf(err) == failure.Unavailable:
		slog.WarnContext(ctx, "change feed not read, trying again", "user", s.user, "error", err)
		return s.retry.Next(), nil
	}
	return 0, err
}

// catchUp reads the change feed until the client has all that it holds, and returns
// when the oldest change that was new was committed; zero if there was none.
func (s *session) catchUp(ctx context.Context) (oldest time.Time, err error) {
	for {
		before := s.sequence.last()
		page, err := s.feed.changes(ctx, s.user, before, protocol.MaxReplay)
		if err != nil {
			s.metrics.feedReads.WithLabelValues(readFailed).Inc()
			return oldest, err
		}
		if err := s.writePage(ctx, page); err != nil {
			return oldest, err
		}
		moved := s.sequence.last() > before
		result := readCurrent
		if moved {
			result = readFilled
			if oldest.IsZero() {
				oldest = page.changes[0].committed
			}
		}
		s.metrics.feedReads.WithLabelValues(result).Inc()
		switch {
		case !s.sequence.behind():
			return oldest, nil
		case !moved:
			return oldest, failure.New(failure.Unavailable, "the change feed does not hold change %d", before+1)
		}
	}
}

func (s *session) writePage(ctx context.Context, page feedPage) error {
	s.sequence.observe(page.head)
	for _, f := range page.changes {
		s.obey(f)
		if err := s.writeInOrder(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// writeQueued sends the frame that has waited longest, if it is due.
func (s *session) writeQueued(ctx context.Context) error {
	f, ok := s.inbox.take()
	if !ok {
		return nil
	}
	return s.writeInOrder(ctx, f)
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
	if err := s.conn.Write(ctx, websocket.MessageText, f.encoded); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	s.metrics.wrote(f)
	return nil
}

// ping drops the connection of a client that does not answer.
func (s *session) ping(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.pong)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		_ = s.conn.CloseNow() // it may be closed already
	}
}
