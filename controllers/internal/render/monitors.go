package render

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// MonitorName names the PodMonitor of a platform.
const MonitorName = "todoplatform"

// MonitorKind is the kind that tells the Prometheus operator which pods have metrics. It is rendered as an unstructured
// object, as those of Dapr are.
func MonitorKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"}
}

// Monitored tells whether the manifest asks for monitors.
func Monitored(spec *v1alpha1.TodoPlatformSpec) bool {
	return spec.Observability.Monitors == v1alpha1.MonitorsEnabled
}

// MonitorObjects renders what has Prometheus read the metrics of services and their sidecars.
func MonitorObjects(in *Input) []client.Object {
	if !Monitored(&in.Platform.Spec) {
		return nil
	}
	monitor := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"jobLabel": LabelName, // the job is the service
		"selector": map[string]any{
			"matchLabels": map[string]any{LabelInstance: in.Platform.Name, LabelManagedBy: ManagedBy},
			"matchExpressions": []any{
				map[string]any{"key": LabelName, "operator": "In", "values": list(contract.Services())},
			},
		},
		"podMetricsEndpoints": []any{
			map[string]any{"port": "health", "path": "/metrics"},
			map[string]any{"port": daprMetricsPortName, "path": "/"},
		},
	}}}
	monitor.SetGroupVersionKind(MonitorKind())
	meta := in.meta(PartMonitors, MonitorName, MonitorName)
	monitor.SetName(meta.Name)
	monitor.SetNamespace(meta.Namespace)
	monitor.SetLabels(meta.Labels)
	return []client.Object{monitor}
}
