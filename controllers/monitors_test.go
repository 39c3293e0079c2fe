package controllers

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func monitor() *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(render.MonitorKind())
	return object
}

func TestMonitors_comeAndGoWithTheManifest(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "monitors", v1alpha1.TodoPlatformSpec{Observability: v1alpha1.ObservabilitySpec{Monitors: v1alpha1.MonitorsEnabled}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	made := monitor()
	if err := get(t, platform.Namespace, render.MonitorName, made); err != nil {
		t.Fatal(err)
	}
	var ports []string
	endpoints, _, err := unstructured.NestedSlice(made.Object, "spec", "podMetricsEndpoints")
	for _, endpoint := range endpoints {
		port, _, portErr := unstructured.NestedString(endpoint.(map[string]any), "port")
		ports, err = append(ports, port), errors.Join(err, portErr)
	}
	if err != nil || strings.Join(ports, " ") != "health dapr-metrics" {
		t.Errorf("it reads %v, %v", ports, err)
	}

	// Somebody deletes it.
	if err := suite.client.Delete(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return get(t, platform.Namespace, render.MonitorName, monitor()) })

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Observability.Monitors = v1alpha1.MonitorsDisabled })
	waitReady(t, platform)
	if err := gone(t, platform.Namespace, render.MonitorName, monitor()); err != nil {
		t.Error(err)
	}
}

func TestMonitors_areMissing(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "monitors-missing", v1alpha1.TodoPlatformSpec{Suspend: true, Observability: v1alpha1.ObservabilitySpec{Monitors: v1alpha1.MonitorsEnabled}})
	reconciler := without(render.MonitorKind())
	reason, message, err := reconciler.newPass(platform).reconcileMonitors(t.Context())
	if err != nil || reason != v1alpha1.ReasonMonitorsMissing || !strings.Contains(message, "does not know the kind PodMonitor of monitoring.coreos.com/v1") {
		t.Errorf("got %s, %q, %v", reason, message, err)
	}
	platform.Spec.Observability.Monitors = ""
	if reason, message, err := reconciler.newPass(platform).reconcileMonitors(t.Context()); reason != "" || message != "" || err != nil {
		t.Errorf("got %s, %q, %v", reason, message, err)
	}
}
