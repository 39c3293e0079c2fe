package audit

import "github.com/prometheus/client_golang/prometheus"

// How an entry came into the log; label values of metrics.
const (
	sourceEvent = "event" // as an event from Kafka
	sourceFeed  = "feed"  // from the change feed, because its event was missing
	sourceGap   = "gap"   // in place of changes that the feed has forgotten
)

type metrics struct {
	entries *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{entries: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "audit_entries_total", Help: "Entries appended, by how the event came: event from Kafka, feed to fill a gap, or gap for changes that nobody has any more.",
	}, []string{"source"})}
	registry.MustRegister(m.entries)
	return m
}
