// Package metrics holds the operator's own Prometheus metrics; those of
// controller-runtime (reconcile counts, errors and durations, queue depth) stand beside them.
package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// Writes counts writes of children to the API server, by kind and operation (apply or
// delete). A converged platform causes none: a steady rate is a fault of the operator
// or somebody who changes its children all the time.
var Writes = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "todoplatform_operator_writes_total",
	Help: "Writes of children to the API server, by kind and operation.",
}, []string{"kind", "operation"})

// EventsWaiting counts, of each platform whose topics are ready, the events that a service has not
// handled yet. It is as of half a minute ago at most.
var EventsWaiting = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "todoplatform_events_waiting",
	Help: "Events of a topic that a service of a platform has not handled yet.",
}, []string{"namespace", "name", "service", "topic"})

// DeadLetters counts, of each platform whose topics are ready, the events that no service could handle
// and nobody has seen to.
var DeadLetters = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "todoplatform_dead_letters",
	Help: "Events that a service of a platform could not handle and nobody has seen to.",
}, []string{"namespace", "name", "service", "topic"})

// ForgetPlatform takes back the figures of one platform.
func ForgetPlatform(namespace, name string) {
	of := prometheus.Labels{"namespace": namespace, "name": name}
	EventsWaiting.DeletePartialMatch(of)
	DeadLetters.DeletePartialMatch(of)
}

func init() {
	metrics.Registry.MustRegister(Writes, EventsWaiting, DeadLetters)
}
