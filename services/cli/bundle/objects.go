package bundle

import (
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/cli/mask"
)

// kinds are what a platform consists of, but for its Secrets.
var kinds = []struct {
	resource schema.GroupVersionResource
	kind     string
}{
	{schema.GroupVersionResource{Version: "v1", Resource: "pods"}, "Pod"},
	{schema.GroupVersionResource{Version: "v1", Resource: "services"}, "Service"},
	{schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}, "ServiceAccount"},
	{schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}, "PersistentVolumeClaim"},
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, "Deployment"},
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}, "ReplicaSet"},
	{schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}, "StatefulSet"},
	{schema.GroupVersionResource{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}, "HorizontalPodAutoscaler"},
	{schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "cronjobs"}, "CronJob"},
	{schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}, "Job"},
	{schema.GroupVersionResource{Group: "dapr.io", Version: "v1alpha1", Resource: "components"}, "Component"},
	{schema.GroupVersionResource{Group: "dapr.io", Version: "v1alpha1", Resource: "configurations"}, "Configuration"},
	{schema.GroupVersionResource{Group: "dapr.io", Version: "v1alpha1", Resource: "resiliencies"}, "Resiliency"},
	{schema.GroupVersionResource{Group: "dapr.io", Version: "v2alpha1", Resource: "subscriptions"}, "Subscription"},
	{schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}, "HTTPRoute"},
	{schema.GroupVersionResource{Group: "monitoring.coreos.com", Version: "v1", Resource: "podmonitors"}, "PodMonitor"},
	{schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}, "Ingress"},
	{schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}, "NetworkPolicy"},
	{schema.GroupVersionResource{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"}, "PodDisruptionBudget"},
	{schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"}, "Role"},
	{schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"}, "RoleBinding"},
}

// harmless lists the keys of Secrets whose values are none.
var harmless = []string{contract.SecretKeyUsername, "ca.crt", corev1.TLSCertKey, "id", "heads.ndjson", "keys.json", contract.SecretKeyPushPublic}

// addSecrets lists the Secrets of the namespace with the names of their keys, and has the mask learn their values.
// Annotations are left out: kubectl apply keeps a whole Secret in one.
func (b *bundle) addSecrets(ctx context.Context) error {
	secrets, err := b.cluster.Secrets(ctx)
	if err != nil {
		b.unread("Secrets", err)
	}
	type described struct {
		Name   string            `json:"name"`
		Type   corev1.SecretType `json:"type"`
		Made   time.Time         `json:"made"`
		Labels map[string]string `json:"labels,omitempty"`
		Keys   []string          `json:"keys"`
	}
	all := []described{}
	for _, secret := range secrets {
		for key, value := range secret.Data {
			if !slices.Contains(harmless, key) {
				b.mask.Add(string(value))
			}
		}
		all = append(all, described{
			Name: secret.Name, Type: secret.Type, Made: secret.CreationTimestamp.UTC(), Labels: secret.Labels,
			Keys: slices.Sorted(maps.Keys(secret.Data)),
		})
	}
	return b.addYAML("objects/secrets.yaml", all)
}

// addObjects adds the platform and every object that it consists of.
func (b *bundle) addObjects(ctx context.Context) error {
	platform, err := b.cluster.Manifest(ctx)
	if err != nil {
		return fmt.Errorf("read the platform: %w", err)
	}
	if err := b.addObject(platform); err != nil {
		return err
	}
	for _, k := range kinds {
		objects, err := b.cluster.Objects(ctx, k.resource)
		if err != nil && !apierrors.IsNotFound(err) { // a kind that the cluster does not know has no objects
			b.unread(k.resource.Resource, err)
		}
		for _, object := range objects {
			// The API server tells it of the list alone.
			object["apiVersion"], object["kind"] = k.resource.GroupVersion().String(), k.kind
			if err := b.addObject(object); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bundle) addObject(content map[string]any) error {
	hideNamed(content)
	object := unstructured.Unstructured{Object: content}
	object.SetManagedFields(nil)
	return b.addYAML(path.Join("objects", strings.ToLower(object.GetKind()), object.GetName()+".yaml"), content)
}

// telling is how names of settings look whose values are secrets.
var telling = regexp.MustCompile(`(?i)(password|passwd|secret|token|api_?key|private_?key|credential)`)

// hideNamed hides the values of settings, such as environment variables, by their names.
func hideNamed(value any) {
	switch value := value.(type) {
	case map[string]any:
		name, _ := value["name"].(string)
		if _, literal := value["value"].(string); literal && telling.MatchString(name) {
			value["value"] = mask.Hidden
		}
		for _, inner := range value {
			hideNamed(inner)
		}
	case []any:
		for _, inner := range value {
			hideNamed(inner)
		}
	}
}

// addEvents adds the events of the namespace, in the order in which they were last seen.
func (b *bundle) addEvents(ctx context.Context) error {
	events, err := b.cluster.Events(ctx)
	if err != nil {
		b.unread("events", err)
	}
	slices.SortStableFunc(events, func(a, b corev1.Event) int { return cluster.LastSeen(&a).Compare(cluster.LastSeen(&b)) })
	var text strings.Builder
	for _, e := range events {
		fmt.Fprintf(&text, "%s  %-7s  %dx  %s/%s  %s: %s\n", cluster.LastSeen(&e).UTC().Format(time.RFC3339), e.Type, cluster.Times(&e),
			strings.ToLower(e.InvolvedObject.Kind), e.InvolvedObject.Name, e.Reason, strings.TrimSpace(e.Message))
	}
	return b.add("events.txt", text.String())
}
