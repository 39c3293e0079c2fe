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

func init() {
	metrics.Registry.MustRegister(Writes)
}
