package controllers

import (
	"context"
	"fmt"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// reconcileMonitors applies what has Prometheus read the metrics. Nothing waits for it: reason and message say what is
// in its way.
func (p *pass) reconcileMonitors(ctx context.Context) (reason, message string, err error) {
	if render.Monitored(&p.platform.Spec) {
		kind := render.MonitorKind()
		known, err := p.knows(kind)
		if err != nil {
			return "", "", err
		}
		if !known {
			return v1alpha1.ReasonMonitorsMissing, fmt.Sprintf("the cluster does not know the kind %s of %s, so nothing reads the metrics by observability.monitors: install the Prometheus operator, or set it to Disabled",
				kind.Kind, kind.GroupVersion()), nil
		}
		if err := p.watch(kind); err != nil {
			return "", "", err
		}
	}
	return "", "", p.applier.Sync(ctx, p.platform, render.PartMonitors, render.MonitorObjects(p.in))
}
