package cluster

import (
	"cmp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Snapshot is what was seen of a platform and of what it stands on.
type Snapshot struct {
	Platform v1alpha1.TodoPlatform
	// OperatorNamespace and DaprNamespace are where those were looked for.
	OperatorNamespace, DaprNamespace string

	// Now is the API server's clock, whose seconds are whole, and Here this machine's at the same moment.
	// Both are zero if the API server did not tell the time.
	Now, Here time.Time

	Pods         []corev1.Pod
	Deployments  []appsv1.Deployment
	StatefulSets []appsv1.StatefulSet
	Claims       []corev1.PersistentVolumeClaim
	Warnings     []corev1.Event // of the namespace

	// Operators are the Deployments of the operator; nil if they could not be read.
	Operators []appsv1.Deployment
	// Dapr is what Dapr's control plane consists of.
	Dapr []Workload

	Nodes        []Node
	Volumes      []Volume
	Certificates []Certificate
	// Logs are the last lines of containers in trouble.
	Logs map[ContainerName][]string
	// Queues is what waits on the topics.
	Queues []Queue

	// Unread is what could not be seen.
	Unread []Unread
}

// ContainerName names a container of a pod of the platform.
type ContainerName struct{ Pod, Container string }

// Workload is a Deployment or StatefulSet.
type Workload struct {
	Kind, Namespace, Name string
	Wanted, Ready         int32
	// Image of its first container.
	Image string
}

// Node is a machine of the cluster.
type Node struct {
	Name  string
	Ready bool
	// Renewed is when, by its own clock, it last told that it is there; zero if unknown.
	Renewed time.Time
}

// Volume tells how full the volume of a claim is.
type Volume struct {
	Claim          string
	Used, Capacity int64 // bytes
}

// Certificate is the one of a Secret that ends first.
type Certificate struct {
	Secret, Key string
	Subject     string
	Ends        time.Time
}

// Queue is the events of a topic that an app has not handled, and those that nobody could.
type Queue struct {
	App, Topic string
	Waiting    int64
	// Oldest is when the first that waits was published; zero if none does.
	Oldest      time.Time
	DeadLetters int64
}

// Unread says what could not be seen, and why.
type Unread struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// PodsOf lists the pods of a service or server of the platform, by name. Those of Jobs that are done, and pods that
// are on their way out, are not among them.
func (s *Snapshot) PodsOf(name string) []corev1.Pod {
	var pods []corev1.Pod
	for _, pod := range s.Pods {
		if ComponentOf(&pod) == name && runs(&pod) {
			pods = append(pods, pod)
		}
	}
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return cmp.Compare(a.Name, b.Name) })
	return pods
}

// Servers lists the embedded servers and Jobs of the platform that have pods, by name.
func (s *Snapshot) Servers() []string {
	var names []string
	for i := range s.Pods {
		name := ComponentOf(&s.Pods[i])
		if runs(&s.Pods[i]) && !slices.Contains(contract.Services(), name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ComponentOf names the service or server that a pod belongs to.
func ComponentOf(pod *corev1.Pod) string { return pod.Labels[contract.LabelName] }

func runs(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && pod.Status.Phase != corev1.PodSucceeded
}

// Tag is the version in the name of an image, if it has one.
func Tag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := image[strings.LastIndex(image, "/")+1:]
	_, tag, _ := strings.Cut(name, ":")
	return tag
}

// Versions lists the versions that a container runs in pods.
func Versions(pods []corev1.Pod, container string) []string {
	var versions []string
	for _, pod := range pods {
		for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			if c.Name == container && !slices.Contains(versions, Tag(c.Image)) {
				versions = append(versions, Tag(c.Image))
			}
		}
	}
	slices.Sort(versions)
	return versions
}
