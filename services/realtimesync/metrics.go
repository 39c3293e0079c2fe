package realtimesync

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// Outcomes of reading the change feed for an open socket; label values of metrics.
const (
	readFilled  = "filled"  // it held changes that no event had brought
	readCurrent = "current" // it held nothing new
	readFailed  = "failed"
)

// metrics of one replica. All label values come from closed sets.
type metrics struct {
	connections  *prometheus.GaugeVec
	frames       *prometheus.CounterVec
	resumes      *prometheus.CounterVec
	closes       *prometheus.CounterVec
	feedReads    *prometheus.CounterVec
	refusedPages prometheus.Counter
	refused      *prometheus.CounterVec
	age          prometheus.Histogram
}

// newMetrics makes the metrics of the connections that hub knows.
func newMetrics(registry prometheus.Registerer, hub *hub) *metrics {
	m := &metrics{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "realtime_connections", Help: "Connections open at present, those without a ticket yet included.",
		}, []string{"transport"}),
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "realtime_frames_total", Help: "Frames written to connections.",
		}, []string{"type"}),
		resumes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "realtime_starts_total", Help: "Accepted connections: live, with a replay, or told to load a snapshot.",
		}, []string{"kind"}),
		closes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "realtime_closes_total", Help: "Closed connections by close code, 4008 for those that read too slowly; 0: the connection was lost or the client left.",
		}, []string{"code"}),
		feedReads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "realtime_feed_reads_total", Help: "Reads of the change feed for open connections: filled a gap, found the connection current, or failed.",
		}, []string{"result"}),
		refusedPages: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "realtime_refused_pages_total", Help: "Tickets and connections refused to pages that were opened under another address than the platform's.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "realtime_refused_total", Help: "Tickets and connections refused for want of room: the replica is full, or its memory nears the limit.",
		}, []string{"reason"}),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "realtime_event_age_seconds", Help: "Time from the commit of a change to the write of its frame.",
			Buckets: []float64{.005, .01, .025, .05, .075, .1, .15, .25, .5, 1, 2.5, 5, 10, 30},
		}),
	}
	queued := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "realtime_queued_bytes", Help: "Frames that wait for their clients to read.",
	}, func() float64 { return float64(hub.queuedBytes()) })
	registry.MustRegister(m.connections, queued, m.frames, m.resumes, m.closes, m.feedReads, m.refusedPages, m.refused, m.age)
	m.begin()
	return m
}

// begin makes every series: one that is there from the start shows its first increase.
func (m *metrics) begin() {
	for _, by := range []transport{transportSocket, transportStream} {
		m.connections.WithLabelValues(string(by))
	}
	for _, kind := range []frameKind{kindWelcome, kindSnapshot, kindChange, kindReminder, kindHead, kindPresence, kindClose} {
		m.frames.WithLabelValues(string(kind))
	}
	for _, kind := range []startKind{startLive, startReplay, startSnapshot} {
		m.resumes.WithLabelValues(string(kind))
	}
	for _, code := range append(protocol.CloseCodes(), 0) {
		m.closes.WithLabelValues(strconv.Itoa(int(code)))
	}
	for _, result := range []string{readFilled, readCurrent, readFailed} {
		m.feedReads.WithLabelValues(result)
	}
	for _, reason := range []string{reasonFull, reasonMemory} {
		m.refused.WithLabelValues(reason)
	}
}

// wrote counts a frame that was handed to the connection.
func (m *metrics) wrote(f frame) {
	m.frames.WithLabelValues(string(f.kind)).Inc()
	if f.live {
		m.age.Observe(time.Since(f.committed).Seconds())
	}
}

// closed counts a connection that ended.
func (m *metrics) closed(end closing) {
	m.closes.WithLabelValues(strconv.Itoa(int(end.code))).Inc()
}
