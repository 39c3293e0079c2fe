package audit

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/heads"
)

// How an entry came into the log; label values of metrics.
const (
	sourceEvent = "event" // as an event from Kafka
	sourceFeed  = "feed"  // from the change feed, because its event was missing
	sourceGap   = "gap"   // in place of changes that the feed has forgotten
)

type metrics struct {
	entries   *prometheus.CounterVec
	heads     prometheus.Counter
	headLines prometheus.Counter
	headTime  prometheus.Gauge
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{entries: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "audit_entries_total", Help: "Entries appended, by how the event came: event from Kafka, feed to fill a gap, or gap for changes that nobody has any more.",
	}, []string{"source"}),
		heads:     prometheus.NewCounter(prometheus.CounterOpts{Name: "audit_heads_total", Help: "Platform heads that this replica signed."}),
		headLines: prometheus.NewCounter(prometheus.CounterOpts{Name: "audit_head_lines_total", Help: "Logs that these heads list."}),
		headTime:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "audit_head_timestamp_seconds", Help: "When the last of these heads was made; 0: none was."}),
	}
	registry.MustRegister(m.entries, m.heads, m.headLines, m.headTime)
	for _, source := range []string{sourceEvent, sourceFeed, sourceGap} {
		m.entries.WithLabelValues(source) // a series that is there from the start shows its first increase
	}
	return m
}

// made notes that a platform head was signed.
func (m *metrics) made(head heads.Head) {
	m.heads.Inc()
	m.headLines.Add(float64(head.Lines))
	m.headTime.Set(float64(head.At.Unix()))
}
