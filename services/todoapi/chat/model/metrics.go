package model

import "github.com/prometheus/client_golang/prometheus"

// Labels of the metrics.
const (
	outcomeAnswered = "answered"
	outcomeFailed   = "failed"
	outcomeRefused  = "refused" // nobody was asked

	directionIn  = "in"
	directionOut = "out"
)

type metrics struct {
	calls   *prometheus.CounterVec
	seconds prometheus.Histogram
	tokens  *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) metrics {
	m := metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "todoapi_model_calls_total", Help: "Calls of the language model: answered, failed, or refused because it rests, is busy or has too much to read.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "todoapi_model_call_duration_seconds", Help: "How long the language model took to answer or to fail.",
			Buckets: []float64{0.25, 0.5, 1, 2, 4, 8, 16, 32},
		}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "todoapi_model_tokens_total", Help: "About how many tokens the language model read (in) and wrote (out), at four bytes each.",
		}, []string{"direction"}),
	}
	for _, outcome := range []string{outcomeAnswered, outcomeFailed, outcomeRefused} {
		m.calls.WithLabelValues(outcome)
	}
	registry.MustRegister(m.calls, m.seconds, m.tokens)
	return m
}
