package controllers

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// conditionsTimeout bounds reading the platforms from the cache, which waits while it is filled for the first time.
const conditionsTimeout = 3 * time.Second

// conditions tell the conditions of all platforms as metrics, as they are when somebody asks: those of a
// platform that is gone are gone, and an operator that was restarted has none to catch up with.
type conditions struct{ platforms client.Reader }

// newConditionGauge makes what one answer is told by. Types and reasons are those of our API, so there are
// as many series as platforms have conditions.
func newConditionGauge() *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "todoplatform_condition",
		Help: "Conditions of platforms: 1 for the status and the reason that each has.",
	}, []string{"namespace", "name", "type", "status", "reason"})
}

// Describe implements prometheus.Collector.
func (conditions) Describe(descriptions chan<- *prometheus.Desc) {
	newConditionGauge().Describe(descriptions)
}

// Collect implements prometheus.Collector.
func (c conditions) Collect(found chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), conditionsTimeout)
	defer cancel()
	platforms := &v1alpha1.TodoPlatformList{}
	if err := c.platforms.List(ctx, platforms); err != nil {
		ctrl.Log.Error(err, "list platforms to tell their conditions")
		return
	}
	gauge := newConditionGauge()
	for _, platform := range platforms.Items {
		for _, condition := range platform.Status.Conditions {
			gauge.WithLabelValues(platform.Namespace, platform.Name, condition.Type, string(condition.Status), condition.Reason).Set(1)
		}
	}
	gauge.Collect(found)
}
