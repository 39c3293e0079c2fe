package realtimesync

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// ask asks for a stream with some headers.
func (r *replica) ask(t *testing.T, header map[string]string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+protocol.StreamPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() }) // it may have been read
	return response
}

func TestStreamIsOfServerSentEvents(t *testing.T) {
	r := newReplica(t, nil)
	r.commit(t, ann)
	response := r.ask(t, map[string]string{"Authorization": "Ticket " + r.ticket(t, ann), "Last-Event-ID": "0"}) //nolint:bodyclose // ask does it
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no", "Content-Encoding": "",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	events := bufio.NewReader(response.Body)
	next := func() string {
		var event strings.Builder
		for !strings.HasSuffix(event.String(), "\n\n") {
			line, err := events.ReadString('\n')
			if err != nil {
				t.Fatalf("after %q: %v", event.String(), err)
			}
			event.WriteString(line)
		}
		return event.String()
	}
	if got, want := next(), fmt.Sprintf("data: {\"type\":\"welcome\",\"head\":1,\"heartbeatSeconds\":%d}\n\n", int(protocol.Heartbeat.Seconds())); got != want {
		t.Errorf("the first event is %q, want %q", got, want)
	}
	if got := next(); !strings.HasPrefix(got, "id: 1\ndata: {\"type\":\"change\",\"seq\":1,\"change\":{") {
		t.Errorf("a change is %q", got)
	}
	r.hub.drain(t.Context(), 0)
	if got, want := next(), "data: {\"type\":\"close\",\"code\":1012,\"reason\":\"the service restarts, resume elsewhere\"}\n\n"; got != want {
		t.Errorf("the last event is %q, want %q", got, want)
	}
	if rest, err := io.ReadAll(events); err != nil || len(rest) > 0 {
		t.Errorf("after the last event come %q, %v", rest, err)
	}
}

func TestStreamRefused(t *testing.T) {
	r := newReplica(t, nil)
	for name, test := range map[string]struct {
		authorization, last string
		want                int
	}{
		"no ticket":                  {"", "", http.StatusUnauthorized},
		"an access token":            {"Bearer abc", "", http.StatusUnauthorized},
		"an unknown ticket":          {"Ticket abc", "", http.StatusUnauthorized},
		"a last event that is none":  {"Ticket " + r.ticket(t, ann), "seven", http.StatusUnprocessableEntity},
		"a negative last event":      {"Ticket " + r.ticket(t, ann), "-1", http.StatusUnprocessableEntity},
		"a last event beyond 64 bit": {"Ticket " + r.ticket(t, ann), "99999999999999999999", http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			response := r.ask(t, map[string]string{"Authorization": test.authorization, "Last-Event-ID": test.last}) //nolint:bodyclose // ask does it
			if response.StatusCode != test.want || response.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %s of %s, want a problem of status %d", response.Status, response.Header.Get("Content-Type"), test.want)
			}
			if challenge := response.Header.Get("WWW-Authenticate"); (challenge == "Ticket") != (test.want == http.StatusUnauthorized) {
				t.Errorf("it is challenged for %q", challenge)
			}
		})
	}
	for range r.hub.perUser {
		r.open(t, ann)
	}
	if got := r.ask(t, map[string]string{"Authorization": "Ticket " + r.ticket(t, ann)}).StatusCode; got != http.StatusTooManyRequests { //nolint:bodyclose // ask does it
		t.Errorf("one connection too many is answered with %d", got)
	}
	r.feed.setDown(true)
	if got := r.ask(t, map[string]string{"Authorization": "Ticket " + r.ticket(t, bob)}); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" { //nolint:bodyclose // ask does it
		t.Errorf("without the feed it is answered with %s and the header %v", got.Status, got.Header)
	}
}

func TestClientThatLeavesItsStreamMakesRoom(t *testing.T) {
	r := newReplica(t, nil).over(transportStream)
	l := r.open(t, ann)
	if err := l.socket.Close(); err != nil {
		t.Fatal(err)
	}
	daprtest.Eventually(t, patience, "the stream has ended", func() bool { return !r.hub.online(ann) && len(r.room.slots) == 0 })
}
