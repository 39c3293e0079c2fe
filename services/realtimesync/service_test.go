package realtimesync

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	todoclient "github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestChangeReachesEverySocketOfItsUserAlone(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	ann, bob := p.signUp(t, "ann"), p.signUp(t, "bob")
	phone, head := ann.listen(s, nil)
	laptop, _ := ann.listen(s.over(transportStream), nil)
	stranger, strangersHead := bob.listen(s, nil)
	onStream, _ := bob.listen(s.over(transportStream), nil)

	task, err := ann.CreateTask(t.Context(), todoclient.Draft{Title: "Water plants"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*listener{phone, laptop} {
		frame, ok := l.next().(protocol.Change)
		var change events.Change
		if !ok || json.Unmarshal(frame.Change, &change) != nil {
			t.Fatalf("got %+v, want a change", frame)
		}
		_, after, err := todoclient.TaskStates(change)
		if err != nil || change.Type != events.TypeTaskCreated || change.Seq != head+1 || after == nil || after.ID != task.ID || after.Title != "Water plants" {
			t.Errorf("the change is %+v", change)
		}
		var written struct {
			At    string
			After struct{ CreatedAt string }
		}
		if err := json.Unmarshal(frame.Change, &written); err != nil || !strings.HasSuffix(written.At, "Z") || !strings.HasSuffix(written.After.CreatedAt, "Z") {
			t.Errorf("times are not written as REST does: %+v, %v", written, err)
		}
	}
	bob.add(1)
	stranger.changes(strangersHead, strangersHead+1) // the first thing bob gets is his own
	onStream.changes(strangersHead, strangersHead+1)
}

func TestEveryReplicaBringsEveryChange(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	first, second := p.replica(t, 0, defaultLimits()), p.replica(t, 1, defaultLimits())
	ann := p.signUp(t, "ann")
	overEach(t, func(_ *testing.T, by transport) {
		here, head := ann.listen(first.over(by), nil)
		there, _ := ann.listen(second.over(by), nil)
		ann.add(5)
		here.changes(head, head+5)
		there.changes(head, head+5)
	})
}

func TestTicketsOverHTTP(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	limits := defaultLimits()
	limits.ticketLifetime = 2 * time.Second
	s := p.replica(t, 0, limits)
	ann := p.signUp(t, "ann")

	t.Run("a ticket works once", func(t *testing.T) {
		overEach(t, func(t *testing.T, by transport) {
			ticket, err := ann.socketOn(s).Ticket(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			first, err := ann.socketOn(s.over(by)).Open(t.Context(), ticket.Ticket, nil)
			if err != nil {
				t.Fatal(err)
			}
			listenTo(t, first).welcome()
			second, err := ann.socketOn(s).Open(t.Context(), ticket.Ticket, nil)
			if err != nil {
				t.Fatal(err)
			}
			listenTo(t, second).closed(protocol.CloseUnauthenticated)
			if _, err := ann.socketOn(s.over(transportStream)).Open(t.Context(), ticket.Ticket, nil); closeCode(err) != protocol.CloseUnauthenticated {
				t.Errorf("a stream with the used ticket: %v", err)
			}
		})
	})
	t.Run("a ticket expires", func(t *testing.T) {
		ticket, err := ann.socketOn(s).Ticket(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Until(ticket.ExpiresAt)) // tickets go by the clock of PostgreSQL
		socket, err := ann.socketOn(s).Open(t.Context(), ticket.Ticket, nil)
		if err != nil {
			t.Fatal(err)
		}
		listenTo(t, socket).closed(protocol.CloseUnauthenticated)
	})
	t.Run("a page of another origin may not connect", func(t *testing.T) {
		overEach(t, func(t *testing.T, by transport) {
			c := ann.socketOn(s.over(by))
			ticket, err := c.Ticket(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.Origin = "https://evil.example.com"
			if _, err := c.Open(t.Context(), ticket.Ticket, nil); err == nil || !strings.Contains(err.Error(), "403") {
				t.Errorf("error %v, want 403", err)
			}
			_, err = c.Ticket(t.Context())
			if err == nil || !strings.Contains(err.Error(), "403") || !strings.Contains(err.Error(), c.Origin) || !strings.Contains(err.Error(), strings.TrimPrefix(s.url, "http://")) {
				t.Errorf("error %v, want 403 that names both origins", err)
			}
			c.Origin = s.url
			if _, err := c.Connect(t.Context(), nil); err != nil {
				t.Errorf("the service's own origin: %v", err)
			}
		})
	})
	t.Run("without a valid access token there is no ticket", func(t *testing.T) {
		for _, header := range []string{"", "Bearer nonsense", "Basic YTpi"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+protocol.TicketPath, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", header)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			var body bytes.Buffer
			if _, err := body.ReadFrom(response.Body); err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close() // it was read
			if response.StatusCode != http.StatusUnauthorized || response.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("authorization %q: %s %s", header, response.Status, body.String())
			}
		}
	})
	t.Run("any replica takes it", func(t *testing.T) {
		ticket, err := ann.socketOn(s).Ticket(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		socket, err := ann.socketOn(p.replica(t, 1, defaultLimits())).Open(t.Context(), ticket.Ticket, nil)
		if err != nil {
			t.Fatal(err)
		}
		listenTo(t, socket).welcome()
	})
	t.Run("a session that was ended gives no ticket, and takes none", func(t *testing.T) {
		gone := p.signUp(t, "gone")
		ticket, err := gone.socketOn(s).Ticket(t.Context())
		if err == nil {
			err = gone.Logout(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		socket, err := gone.socketOn(s).Open(t.Context(), ticket.Ticket, nil)
		if err != nil {
			t.Fatal(err)
		}
		listenTo(t, socket).closed(protocol.CloseUnauthenticated)
		if _, err := gone.socketOn(s).Ticket(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("error %v, want 401", err)
		}
	})
}

func TestClientResumesWhereItLeft(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	ann := p.signUp(t, "ann")
	overEach(t, func(t *testing.T, by transport) {
		s := s.over(by)
		l, head := ann.listen(s, nil)
		ann.add(2)
		l.changes(head, head+2)
		if err := l.socket.Close(); err != nil {
			t.Fatal(err)
		}
		ann.add(3)
		last := head + 2
		l, _ = ann.listen(s, &last)
		l.changes(last, last+3)
		ann.add(1)
		l.changes(last+3, last+4)
	})
}

func TestStoppingReplicaSendsItsClientsElsewhere(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	limits := defaultLimits()
	limits.drainWindow = 100 * time.Millisecond
	old, next := p.replica(t, 0, limits), p.replica(t, 1, limits)
	ann := p.signUp(t, "ann")
	l, head := ann.listen(old, nil)
	onStream, _ := ann.listen(old.over(transportStream), nil)
	ann.add(2)
	l.changes(head, head+2)
	onStream.changes(head, head+2)
	stopped := make(chan struct{})
	go func() { old.stop(); close(stopped) }()
	l.closed(protocol.CloseRestart)
	onStream.closed(protocol.CloseRestart)
	ann.add(2)
	last := head + 2
	l, _ = ann.listen(next, &last)
	l.changes(last, last+2)
	onStream, _ = ann.listen(next.over(transportStream), &last)
	onStream.changes(last, last+2)
	<-stopped
}

// The sidecar of a stopping replica brings no more events, long before the last of its
// sockets has gone elsewhere.
func TestStoppingReplicaDelaysNoChange(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	limits := defaultLimits()
	old, next := p.replica(t, 0, limits), p.replica(t, 1, limits)
	ann := p.signUp(t, "ann")
	old.waitSubscribed(ann)
	var all []*listener
	var head int64
	for range 4 {
		l, seq := ann.listen(old, nil)
		all, head = append(all, l), seq
	}
	stopped := make(chan struct{}, 2)
	go func() { old.sidecar.Terminate(); stopped <- struct{}{} }()
	daprtest.Eventually(t, patience, "the sidecar is stopping", func() bool {
		return strings.Contains(old.sidecar.Log(), "beginning shutdown")
	})
	go func() { old.stop(); stopped <- struct{}{} }()
	ann.add(1)
	committed := time.Now()
	for _, l := range all {
		ann.follow(l, head, next)
	}
	if took := time.Since(committed); took > 2*time.Second {
		t.Errorf("the change took %s to arrive everywhere", took)
	} else {
		t.Logf("the change took %s to arrive everywhere", took.Round(time.Millisecond))
	}
	<-stopped
	<-stopped
}

// follow reads the change after head, on next if the replica of l restarts before it comes.
func (p *person) follow(l *listener, head int64, next *service) {
	p.t.Helper()
	for {
		frame, err := l.socket.Next(p.t.Context())
		if closeCode(err) == protocol.CloseRestart {
			l, _ = p.listen(next, &head)
			continue
		}
		if err != nil {
			p.t.Fatal(err)
		}
		if change, ok := frame.(protocol.Change); ok {
			if change.Seq != head+1 {
				p.t.Fatalf("got change %d, want %d", change.Seq, head+1)
			}
			return
		}
	}
}

func TestSocketsOfAnEndedSessionClose(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	phone := p.signUp(t, "ann")
	laptop := &person{todoclient.New(p.api, http.DefaultClient), t}
	if err := laptop.Login(t.Context(), "ann@example.com", password); err != nil {
		t.Fatal(err)
	}
	onPhone, head := phone.listen(s, nil)
	onLaptop, _ := laptop.listen(s, nil)
	alsoOnLaptop, _ := laptop.listen(s.over(transportStream), nil)

	sessions, err := laptop.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range sessions {
		if session.Current {
			err = phone.EndSession(t.Context(), session.ID)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	onPhone.changes(head, head+1)
	told := time.Now()
	onLaptop.closed(protocol.CloseUnauthenticated)
	alsoOnLaptop.closed(protocol.CloseUnauthenticated)
	if took := time.Since(told); took > time.Second {
		t.Errorf("the sockets of the ended session were open %s after its end was known", took)
	}
	phone.add(1)
	onPhone.changes(head+1, head+2) // the other session goes on

	if err := phone.EndSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	onPhone.closed(protocol.CloseUnauthenticated)
	if _, err := phone.socketOn(s).Ticket(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a ticket after signing out everywhere: error %v, want 401", err)
	}
}
