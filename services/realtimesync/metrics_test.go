package realtimesync

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// What counts by something has all its series from the start, and never more.
func TestSeriesAreThoseOfClosedSets(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry, newHub(1))
	for name, want := range map[string]int{
		"realtime_connections": 2, "realtime_frames_total": 7, "realtime_starts_total": 3, "realtime_closes_total": 7,
		"realtime_feed_reads_total": 3, "realtime_refused_total": 2, "realtime_queued_bytes": 1, "realtime_event_age_seconds": 1,
	} {
		if got, err := testutil.GatherAndCount(registry, name); err != nil || got != want {
			t.Errorf("%s has %d series, %v; want %d", name, got, err, want)
		}
	}
}

func TestWhatWaitsIsMeasured(t *testing.T) {
	hub := newHub(1)
	registry := prometheus.NewRegistry()
	host := &host{hub: hub, metrics: newMetrics(registry, hub), timing: defaultTiming()}
	s := newSession(host, &stream{}, auth.Caller{UserID: ann}, "", nil, feedPage{})
	if refusal := hub.join(s); refusal != nil {
		t.Fatal(refusal)
	}
	waits := func(want string) {
		t.Helper()
		text := "# HELP realtime_queued_bytes Frames that wait for their clients to read.\n# TYPE realtime_queued_bytes gauge\nrealtime_queued_bytes " + want + "\n"
		if err := testutil.GatherAndCompare(registry, strings.NewReader(text), "realtime_queued_bytes"); err != nil {
			t.Error(err)
		}
	}
	waits("0")
	hub.deliver(ann, frame{seq: 1, encoded: make([]byte, 100)})
	hub.deliver(ann, frame{seq: 2, encoded: make([]byte, 50)})
	waits("150")
	s.inbox.take()
	waits("50")
	hub.leave(s) // with its queue
	waits("0")
}

// How late changes come is measured of those that no event brought, too, but not of what a client has missed while it was away.
func TestAgeIsMeasuredOfWhatAClientAwaits(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, func(timing *timing) { timing.late = time.Millisecond }).over(by)
		r.commit(t, ann)
		r.commit(t, ann)
		l := r.dial(t, r.ticket(t, ann), seq(0))
		l.welcome()
		l.changes(0, 2)
		r.hub.deliver(ann, r.commit(t, ann))
		l.changes(2, 3)
		r.commit(t, ann)
		if err := r.heads.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.changes(3, 4)
		daprtest.Eventually(t, patience, "two of four changes are measured", func() bool { return measured(t, r.metrics) == 2 })
	})
}

// measured counts the changes whose age was.
func measured(t *testing.T, m *metrics) uint64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.age)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 {
		t.Fatal(families, err)
	}
	return families[0].GetMetric()[0].GetHistogram().GetSampleCount()
}

func TestConnectionsAreCountedByTransport(t *testing.T) {
	overEach(t, func(t *testing.T, by transport) {
		r := newReplica(t, nil).over(by)
		l := r.open(t, ann)
		if got := testutil.ToFloat64(r.metrics.connections.WithLabelValues(string(by))); got != 1 {
			t.Errorf("%v connections are counted, want 1", got)
		}
		drained := make(chan struct{})
		go func() { r.hub.drain(t.Context(), 0); close(drained) }()
		l.closed(protocol.CloseRestart)
		<-drained
		r.refuses(t, r.ticket(t, ann), protocol.CloseRestart)
		if got := testutil.ToFloat64(r.metrics.closes.WithLabelValues("1012")); got != 2 {
			t.Errorf("%v restarts are counted, want 2", got)
		}
	})
}
