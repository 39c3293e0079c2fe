package status

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

// view is what status tells of a platform.
type view struct {
	Namespace   string                      `json:"namespace"`
	Name        string                      `json:"name"`
	Ready       bool                        `json:"ready"`
	Status      string                      `json:"status"` // the reason of Ready
	URL         string                      `json:"url,omitempty"`
	Version     versions                    `json:"version"`
	Conditions  []metav1.Condition          `json:"conditions"` // those that sum up first, then the steps in their order
	Services    []workload                  `json:"services"`
	Servers     []workload                  `json:"servers,omitempty"` // embedded ones, and Jobs that run
	Topics      []v1alpha1.TopicStatus      `json:"topics,omitempty"`
	SigningKeys []v1alpha1.SigningKeyStatus `json:"signingKeys,omitempty"`
	Unread      []cluster.Unread            `json:"unread,omitempty"`
}

type versions struct {
	Wanted  string   `json:"wanted"`
	Running []string `json:"running"`
	Schema  string   `json:"schema,omitempty"`
}

type workload struct {
	Name     string `json:"name"`
	Replicas int32  `json:"replicas"`
	Ready    int32  `json:"readyReplicas"`
	Message  string `json:"message,omitempty"` // the operator's
	Pods     []pod  `json:"pods"`
}

type pod struct {
	Name     string   `json:"name"`
	Phase    string   `json:"phase"`
	Ready    bool     `json:"ready"`
	Restarts int32    `json:"restarts"`
	Version  string   `json:"version,omitempty"`
	Sidecar  string   `json:"sidecar,omitempty"`
	Node     string   `json:"node,omitempty"`
	Troubles []string `json:"troubles,omitempty"`
}

// summaries are the conditions that sum up, in the order in which they are shown.
func summaries() []string {
	return []string{v1alpha1.ConditionReady, v1alpha1.ConditionAvailable, v1alpha1.ConditionProgressing, v1alpha1.ConditionStalled}
}

// viewOf reads a snapshot.
func viewOf(s *cluster.Snapshot) view {
	platform := &s.Platform
	v := view{
		Namespace: platform.Namespace, Name: platform.Name, URL: platform.Status.URL,
		Ready:  isReady(platform),
		Status: "Unknown",
		Topics: platform.Status.Topics, SigningKeys: platform.Status.SigningKeys.Keys,
		Unread: s.Unread,
	}
	for _, kind := range slices.Concat(summaries(), v1alpha1.StepConditions(), []string{v1alpha1.ConditionBackedUp}) {
		if condition := meta.FindStatusCondition(platform.Status.Conditions, kind); condition != nil {
			v.Conditions = append(v.Conditions, *condition)
			if kind == v1alpha1.ConditionReady {
				v.Status = condition.Reason
			}
		}
	}
	v.Version = versionsOf(s)
	for _, service := range platform.Status.Services {
		w := workload{Name: service.Name, Replicas: service.Replicas, Ready: service.ReadyReplicas, Message: service.Message}
		w.Pods = podsOf(s, service.Name)
		v.Services = append(v.Services, w)
	}
	for _, name := range s.Servers() {
		w := workload{Name: name, Pods: podsOf(s, name)}
		w.Replicas = int32(len(w.Pods)) //nolint:gosec // a namespace holds fewer
		for _, p := range w.Pods {
			if p.Ready {
				w.Ready++
			}
		}
		v.Servers = append(v.Servers, w)
	}
	return v
}

// isReady says whether the platform is Ready as its manifest now is.
func isReady(platform *v1alpha1.TodoPlatform) bool {
	ready := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == platform.Generation
}

func versionsOf(s *cluster.Snapshot) versions {
	status := &s.Platform.Status
	v := versions{Wanted: status.WantedVersion, Running: []string{}, Schema: status.AppliedMigration}
	for _, app := range contract.Services() {
		v.Running = append(v.Running, cluster.Versions(s.PodsOf(app), app)...)
	}
	slices.Sort(v.Running)
	v.Running = slices.Compact(v.Running)
	return v
}

func podsOf(s *cluster.Snapshot, name string) []pod {
	pods := []pod{}
	for _, found := range s.PodsOf(name) {
		pods = append(pods, podOf(&found, name, s.Time()))
	}
	return pods
}

func podOf(found *corev1.Pod, name string, now time.Time) pod {
	p := pod{Name: found.Name, Phase: string(found.Status.Phase), Node: found.Spec.NodeName, Ready: cluster.IsReady(found)}
	statuses := slices.Concat(found.Status.InitContainerStatuses, found.Status.ContainerStatuses)
	for _, container := range statuses {
		p.Restarts += container.RestartCount
		if container.Name == contract.Sidecar {
			p.Sidecar = sidecar(&container)
		}
	}
	for _, container := range found.Spec.Containers {
		if container.Name == name {
			p.Version = cluster.Tag(container.Image)
		}
	}
	for _, trouble := range cluster.TroublesOf(found, now) {
		p.Troubles = append(p.Troubles, trouble.String())
	}
	return p
}

func sidecar(status *corev1.ContainerStatus) string {
	state := "not ready"
	if status.Ready {
		state = "ready"
	}
	return fmt.Sprintf("%s %s", cluster.Tag(status.Image), state)
}
