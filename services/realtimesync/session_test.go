package realtimesync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

const (
	ann = "0190d3f0-0000-7000-8000-00000000000a"
	bob = "0190d3f0-0000-7000-8000-00000000000b"
)

func closeCode(err error) protocol.CloseCode {
	if closed, ok := errors.AsType[*client.CloseError](err); ok {
		return closed.Code
	}
	return 0
}

func seq(n int64) *int64 { return &n }

func TestSocketStarts(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		tests := map[string]struct {
			resume       *int64
			committed    int
			wantSnapshot bool
			wantReplayed int64 // first seq replayed, 0 for none
		}{
			"live":                         {resume: nil, committed: 3},
			"for a new user":               {resume: nil, committed: 0},
			"with all it has":              {resume: seq(3), committed: 3},
			"with a replay":                {resume: seq(1), committed: 3, wantReplayed: 2},
			"with the longest replay":      {resume: seq(0), committed: protocol.MaxReplay, wantReplayed: 1},
			"with a snapshot to load":      {resume: seq(0), committed: protocol.MaxReplay + 1, wantSnapshot: true},
			"ahead, with a snapshot first": {resume: seq(9), committed: 3, wantSnapshot: true},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				r := newReplica(t, nil).over(by)
				for range test.committed {
					r.commit(t, ann)
				}
				head := int64(test.committed)
				l := r.dial(t, r.ticket(t, ann), test.resume)
				if welcome := l.welcome(); welcome.Head != head || welcome.HeartbeatSeconds != int(protocol.Heartbeat.Seconds()) {
					t.Fatalf("welcome is %+v, want head %d", welcome, head)
				}
				if test.wantSnapshot {
					if snapshot, ok := l.next().(protocol.SnapshotRequired); !ok || snapshot.Head != head {
						t.Fatalf("got %+v, want a snapshot required at %d", snapshot, head)
					}
				}
				if test.wantReplayed > 0 {
					l.changes(test.wantReplayed-1, head)
				}
				r.hub.deliver(ann, r.commit(t, ann)) // whatever came before, the next change is head+1
				l.changes(head, head+1)
			})
		}
	})
}

func TestSocketBringsWhatEventsDoNot(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		t.Run("a lost event is read from the feed when the next one comes", func(t *testing.T) {
			r := newReplica(t, nil).over(by)
			l := r.open(t, ann)
			r.commit(t, ann)
			r.commit(t, ann)
			r.hub.deliver(ann, r.commit(t, ann))
			l.changes(0, 3)
		})
		t.Run("a lost event with nothing after it is found by looking", func(t *testing.T) {
			r := newReplica(t, func(timing *timing) { timing.late = time.Millisecond }).over(by)
			l := r.open(t, ann)
			r.commit(t, ann)
			if err := r.heads.look(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.changes(0, 1)
		})
		t.Run("an event that comes in time saves the look into the feed", func(t *testing.T) {
			r := newReplica(t, func(timing *timing) { timing.late = time.Hour }).over(by)
			l := r.open(t, ann)
			r.feed.setDown(true)
			event := r.commit(t, ann)
			if err := r.heads.look(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.hub.deliver(ann, event)
			l.changes(0, 1)
			if reads := r.feed.readCount(); reads > 0 {
				t.Errorf("the feed was read %d times", reads)
			}
		})
		t.Run("repeated and late events are not sent again", func(t *testing.T) {
			r := newReplica(t, nil).over(by)
			l := r.open(t, ann)
			first, second := r.commit(t, ann), r.commit(t, ann)
			for _, f := range []frame{first, first, second, first, second} {
				r.hub.deliver(ann, f)
			}
			r.hub.deliver(ann, r.commit(t, ann))
			l.changes(0, 3)
		})
		t.Run("while the feed is down, the socket stays and catches up later", func(t *testing.T) {
			r := newReplica(t, func(timing *timing) { timing.retryFirst = time.Millisecond }).over(by)
			l := r.open(t, ann)
			r.feed.setDown(true)
			r.commit(t, ann)
			r.hub.deliver(ann, r.commit(t, ann))
			daprtest.Eventually(t, patience, "the feed was asked in vain", func() bool { return r.feed.readCount() > 2 })
			r.feed.setDown(false)
			l.changes(0, 2)
		})
	})
}

func TestReminderReachesEverySocketOfItsUserAlone(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		c := &consumer{hub: r.hub}
		first, second, stranger := r.open(t, ann), r.open(t, ann), r.open(t, bob)
		event := events.Event{ID: "e1", Type: events.TypeReminderSent, UserID: ann, Data: json.RawMessage(`{"title":"Water plants"}`)}
		if err := c.reminder(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		for _, l := range []*listener{first, second} {
			frame := l.next()
			if reminder, ok := frame.(protocol.Reminder); !ok || reminder.Event != events.TypeReminderSent || reminder.EventID != "e1" || !strings.Contains(string(reminder.Reminder), "Water plants") {
				t.Errorf("got %+v, want the reminder", frame)
			}
		}
		r.hub.deliver(bob, r.commit(t, bob))
		stranger.changes(0, 1) // the first thing that reaches the other user is their own
	})
}

func TestHeartbeatNamesTheLastChange(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, func(timing *timing) { timing.heartbeat = 10 * time.Millisecond }).over(by)
		r.commit(t, ann)
		l := r.open(t, ann)
		for range 3 {
			if head, ok := l.next().(protocol.Head); !ok || head.Seq != 1 {
				t.Fatalf("got %+v, want head 1", head)
			}
		}
	})
}

func TestHelloRefused(t *testing.T) {
	long := strings.Repeat("x", protocol.MaxClientFrame+1)
	tests := map[string]struct {
		first string
		want  protocol.CloseCode
	}{
		"no JSON":               {`hello`, protocol.CloseBadFrame},
		"a type that is none":   {`{"type":7}`, protocol.CloseBadFrame},
		"a long type in Arabic": {`{"type":"` + strings.Repeat("ش", 200) + `"}`, protocol.CloseBadFrame},
		"another type":          {`{"type":"resume","ticket":"t"}`, protocol.CloseBadFrame},
		"a very long type":      {`{"type":"` + strings.Repeat("y", 200) + `"}`, protocol.CloseBadFrame},
		"no ticket":             {`{"type":"hello"}`, protocol.CloseBadFrame},
		"a negative resume":     {`{"type":"hello","ticket":"t","resume":{"seq":-1}}`, protocol.CloseBadFrame},
		"an unknown ticket":     {`{"type":"hello","ticket":"t"}`, protocol.CloseUnauthenticated},
		"more than the maximum": {`{"type":"hello","ticket":"` + long + `"}`, 1009}, // message too big, RFC 6455
		"nothing in time":       {``, protocol.CloseBadFrame},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t, func(timing *timing) {
				if test.first == "" {
					timing.hello = 10 * time.Millisecond
				}
			})
			conn := r.connect(t)
			if test.first != "" {
				if err := conn.Write(t.Context(), websocket.MessageText, []byte(test.first)); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := conn.Read(t.Context())
			if got := websocket.CloseStatus(err); int(got) != int(test.want) {
				t.Errorf("closed with %v, want %d", err, test.want)
			}
			if end, ok := errors.AsType[websocket.CloseError](err); ok && (!utf8.ValidString(end.Reason) || strings.Contains(end.Reason, "json")) {
				t.Errorf("closed for the reason %q", end.Reason)
			}
		})
	}
}

// A change that is committed between the read that opens a socket and its joining is
// brought by neither: it is asked for soon.
func TestSocketMissesNothingWhileItJoins(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, func(timing *timing) { timing.late = time.Millisecond }).over(by)
		now := time.Now().Add(2 * attentiveFor) // it does not look often any more
		r.heads.now = func() time.Time { return now }
		r.heads.asked = now
		l := r.open(t, ann)
		r.commit(t, ann) // its event came before the socket had joined
		if err := r.heads.lookWhenDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.changes(0, 1)
	})
}

// A feed with long changes answers in several pages. That is no sign of lost events, for which
// everybody would be asked for.
func TestAResumeOverSeveralPagesMissesNoEvent(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		r.feed.pageSize = 2
		for range 5 {
			r.commit(t, ann)
		}
		attentive := r.heads.attentive.Load()
		l := r.dial(t, r.ticket(t, ann), seq(0))
		l.welcome()
		l.changes(0, 5)
		if r.heads.attentive.Load() != attentive {
			t.Error("it looks often although no event was missed")
		}
		r.commit(t, ann)
		r.hub.deliver(ann, r.commit(t, ann))
		l.changes(5, 7)
		if r.heads.attentive.Load() == attentive {
			t.Error("it does not look often although an event was missed")
		}
	})
}

func TestSocketEndsWithItsSession(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		ticket := r.ticketFor(t, auth.Caller{UserID: ann, ExpiresAt: time.Now().Add(200 * time.Millisecond)})
		r.dial(t, ticket, nil).closed(protocol.CloseUnauthenticated)
	})
}

func TestSocketIsRefusedWhileTheFeedIsDown(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		r.feed.setDown(true)
		r.refuses(t, r.ticket(t, ann), protocol.CloseTryAgain)
	})
}

func TestUserMayHoldSoManySockets(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		var held []*listener
		for range r.hub.perUser {
			held = append(held, r.open(t, ann))
		}
		r.refuses(t, r.ticket(t, ann), protocol.CloseTooMany)
		r.open(t, bob) // others are not concerned
		if err := held[0].socket.Close(); err != nil {
			t.Fatal(err)
		}
		daprtest.Eventually(t, patience, "the closed socket was noticed", func() bool { return r.hub.count(ann) < r.hub.perUser })
		r.open(t, ann)
	})
}

func TestReplicaHoldsSoManySockets(t *testing.T) {
	r := newReplica(t, nil)
	for range maxSocketsInTests {
		r.connect(t) // without a hello: they count too
	}
	r.refusesForRoom(t, reasonFull)
}

func TestReplicaRefusesSocketsBeforeItsMemoryEnds(t *testing.T) {
	r := newReplica(t, nil)
	use := func(bytes uint64) {
		r.room.memory.inUse = func() uint64 { return bytes }
		r.room.memory.look(t.Context(), time.Now())
	}
	use(r.room.memory.limit * 8 / 10)
	open, late, ticket := r.open(t, ann), r.connect(t), r.ticket(t, ann)
	use(r.room.memory.limit*8/10 + 1)
	r.refusesForRoom(t, reasonMemory)
	hello, err := json.Marshal(protocol.NewHello(ticket, nil))
	if err == nil {
		err = late.Write(t.Context(), websocket.MessageText, hello)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := late.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusCode(protocol.CloseTryAgain) {
		t.Errorf("a late hello ends with %v, want close code %d", err, protocol.CloseTryAgain)
	}
	r.hub.deliver(ann, r.commit(t, ann))
	open.changes(0, 1) // those that are there stay
	use(0)
	r.open(t, bob)
}

// refusesForRoom checks that neither a socket nor a ticket is given.
func (r *replica) refusesForRoom(t *testing.T, reason string) {
	t.Helper()
	refused := r.metrics.refused.WithLabelValues(reason)
	before := testutil.ToFloat64(refused)
	for _, asked := range []struct{ method, path string }{
		{http.MethodPost, protocol.TicketPath}, {http.MethodGet, protocol.SocketPath}, {http.MethodGet, protocol.StreamPath},
	} {
		request, err := http.NewRequestWithContext(t.Context(), asked.method, r.URL+asked.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close() // status and header are all that counts
		if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
			t.Errorf("%s is answered with %s and the header %v", asked.path, response.Status, response.Header)
		}
	}
	if got := testutil.ToFloat64(refused) - before; got != 3 {
		t.Errorf("%v refusals are counted, want 3", got)
	}
}

// A client need not wait for the upgrade's answer before it says hello.
func TestHelloMayComeWithTheUpgrade(t *testing.T) {
	r := newReplica(t, nil)
	for name, resume := range map[string]string{"a short one": "", "one longer than the buffer": strings.Repeat(" ", 2*readBuffer)} {
		t.Run(name, func(t *testing.T) {
			hello := fmt.Appendf(nil, `{"type":"hello",%s"ticket":%q}`, resume, r.ticket(t, ann))
			_ = r.openBareWith(t, hello).Close() // it had its welcome
		})
	}
}

func TestClientThatTalksIsClosed(t *testing.T) {
	r := newReplica(t, nil)
	conn := r.connect(t)
	hello, err := json.Marshal(protocol.NewHello(r.ticket(t, ann), nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range [][]byte{hello, []byte(`{}`)} {
		if err := conn.Write(t.Context(), websocket.MessageText, frame); err != nil {
			t.Fatal(err)
		}
	}
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	if websocket.CloseStatus(err) != websocket.StatusCode(protocol.CloseBadFrame) {
		t.Errorf("closed with %v, want close code %d", err, protocol.CloseBadFrame)
	}
}

// A client that does not read is cut off once its queue is full. What it reads
// afterwards is in order, and it learns that it must resume.
func TestSlowClientIsToldToResume(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, func(timing *timing) {
			timing.heartbeat, timing.ping = time.Hour, time.Hour // changes alone come, and who does not read answers no ping
			timing.write = patience                              // the queue shall fill before one write is given up
		}).over(by)
		l := r.open(t, ann)
		quick := r.open(t, bob)
		notes := strings.Repeat("x", 500<<10) // times the queue, it is more than the kernel buffers
		const sent = maxQueued + 100
		for n := int64(1); n <= sent; n++ {
			r.hub.deliver(ann, frame{kind: kindChange, seq: n, encoded: fmt.Appendf(nil, `{"type":"change","seq":%d,"change":%q}`, n, notes)})
		}
		r.hub.deliver(bob, r.commit(t, bob))
		quick.changes(0, 1) // nobody else waits

		var last int64
		for {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			frame, err := l.socket.Next(ctx)
			cancel()
			if err != nil {
				if closeCode(err) != protocol.CloseSlow {
					t.Fatalf("after change %d: %v, want close code %d", last, err, protocol.CloseSlow)
				}
				break
			}
			change, ok := frame.(protocol.Change)
			if !ok || change.Seq != last+1 {
				t.Fatalf("after change %d came %T %d", last, frame, change.Seq)
			}
			last = change.Seq
		}
		if last == sent {
			t.Error("the client got everything: the test did not make it slow")
		}
	})
}

func TestClientThatIsGoneIsNoticed(t *testing.T) {
	r := newReplica(t, func(timing *timing) { timing.ping, timing.pong = 20*time.Millisecond, 50*time.Millisecond })
	r.open(t, ann) // from now on it reads nothing, so no pong leaves it
	daprtest.Eventually(t, patience, "the session has ended", func() bool { return !r.hub.online(ann) })
}

func TestDrainTellsEveryClientToResumeElsewhere(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		var all []*listener
		for _, user := range []string{ann, ann, bob} {
			all = append(all, r.open(t, user))
		}
		const window = 300 * time.Millisecond
		started := time.Now()
		drained := make(chan struct{})
		go func() { r.hub.drain(t.Context(), window); close(drained) }()
		for _, l := range all {
			l.closed(protocol.CloseRestart)
		}
		<-drained
		if took := time.Since(started); took < window*2/3 {
			t.Errorf("all sockets closed within %s, want them spread over %s", took, window)
		}
		r.refuses(t, r.ticket(t, ann), protocol.CloseRestart)
	})
}
