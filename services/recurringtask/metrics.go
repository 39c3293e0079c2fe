package recurringtask

import "github.com/prometheus/client_golang/prometheus"

// What came of one completed occurrence, the values of the label outcome.
const (
	outcomeCreated      = "created"       // the next occurrence was created
	outcomeEnded        = "ended"         // the series is over
	outcomeAlreadyThere = "already_there" // it had been created before
	outcomeInvalid      = "invalid"       // its recurrence cannot be followed: the series was ended
	outcomeGone         = "gone"          // the task is not there any more
	outcomeUnavailable  = "unavailable"   // todo-api did not answer; tried again later
)

type metrics struct {
	advanced   *prometheus.CounterVec
	sweepFound prometheus.Counter
	sweepStuck prometheus.Gauge
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		advanced: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "recurringtask_advanced_total", Help: "Completed occurrences handled, by what came of them.",
		}, []string{"outcome"}),
		sweepFound: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "recurringtask_sweep_found_total", Help: "Completed occurrences without a next one that the sweep found.",
		}),
		sweepStuck: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "recurringtask_sweep_stuck_tasks", Help: "Completed occurrences that the last sweep had to leave without a next one.",
		}),
	}
	registry.MustRegister(m.advanced, m.sweepFound, m.sweepStuck)
	for _, outcome := range []string{outcomeCreated, outcomeEnded, outcomeAlreadyThere, outcomeInvalid, outcomeGone, outcomeUnavailable} {
		m.advanced.WithLabelValues(outcome) // a series that is there from the start shows its first increase
	}
	return m
}
