package outbox

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	waiting  prometheus.Gauge
	oldest   prometheus.Gauge
	lag      prometheus.Histogram
	failures prometheus.Counter
}

func newMetrics(registry prometheus.Registerer) metrics {
	m := metrics{
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "outbox_waiting_events",
			Help: "Events that Kafka has not acknowledged yet.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "outbox_oldest_waiting_seconds",
			Help: "Age of the oldest event that Kafka has not acknowledged yet.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "outbox_lag_seconds",
			Help:    "Time from the change to the acknowledgement of its event by Kafka.",
			Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 5, 30, 120, 600},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "outbox_failures_total",
			Help: "Batches that could not be claimed, published or noted as sent.",
		}),
	}
	registry.MustRegister(m.waiting, m.oldest, m.lag, m.failures)
	return m
}
