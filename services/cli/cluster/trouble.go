package cluster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
)

// Kind is a kind of trouble of pods.
type Kind string

// The kinds of trouble.
const (
	Unschedulable  Kind = "Unschedulable"
	Evicted        Kind = "Evicted"
	SidecarMissing Kind = "SidecarMissing"
	NoImage        Kind = "NoImage"
	Unconfigured   Kind = "Unconfigured" // it refers to what is not there
	OutOfMemory    Kind = "OutOfMemory"
	Crashing       Kind = "Crashing"
	NotReady       Kind = "NotReady"
	Starting       Kind = "Starting"
)

// Trouble is one thing that keeps a pod from serving, or soon will.
type Trouble struct {
	Kind Kind
	// Container in trouble; empty for the whole pod.
	Container string
	// Says is one line.
	Says string
}

// String is the trouble with its container.
func (t Trouble) String() string {
	if t.Container == "" {
		return t.Says
	}
	return t.Container + " " + t.Says
}

const (
	// startTime is how long a pod may take to serve before that counts as trouble.
	startTime = 2 * time.Minute
	// recently is for how long a container that ended is worth telling of although it runs again.
	recently = time.Hour
)

// TroublesOf finds what keeps a pod from serving. The sidecar comes last: without its app it ends too.
func TroublesOf(pod *corev1.Pod, now time.Time) []Trouble {
	if pod.Status.Phase == corev1.PodFailed && pod.Status.Reason != "" {
		return []Trouble{{Kind: Evicted, Says: fmt.Sprintf("the kubelet ended it: %s: %s", pod.Status.Reason, pod.Status.Message)}}
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return []Trouble{{Kind: Unschedulable, Says: "no node takes it: " + condition.Message}}
		}
	}
	var troubles []Trouble
	if slices.Contains(contract.Services(), ComponentOf(pod)) && !hasSidecar(pod) {
		troubles = append(troubles, Trouble{Kind: SidecarMissing, Says: "it runs without the Dapr sidecar " + contract.Sidecar})
	}
	containers := slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	slices.SortStableFunc(containers, func(a, b corev1.ContainerStatus) int {
		switch contract.Sidecar {
		case a.Name:
			return 1
		case b.Name:
			return -1
		}
		return 0
	})
	for i := range containers {
		if trouble, found := troubleOf(&containers[i], now); found {
			troubles = append(troubles, trouble)
		}
	}
	if len(troubles) == 0 && now.Sub(pod.CreationTimestamp.Time) > startTime && !IsReady(pod) {
		return []Trouble{{Kind: NotReady, Says: "it is not ready"}}
	}
	return troubles
}

func troubleOf(container *corev1.ContainerStatus, now time.Time) (trouble Trouble, found bool) {
	trouble.Container = container.Name
	state := container.State
	ended := state.Terminated
	if ended == nil {
		ended = container.LastTerminationState.Terminated
	}
	if container.Ready && (ended == nil || ended.ExitCode == 0 || now.Sub(ended.FinishedAt.Time) > recently) {
		return trouble, false
	}
	switch {
	case ended != nil && ended.Reason == "OOMKilled":
		trouble.Kind, trouble.Says = OutOfMemory, "was killed because it used more memory than its limit allows"+again(container)
	case ended != nil && ended.ExitCode != 0:
		trouble.Kind, trouble.Says = Crashing, fmt.Sprintf("ended with code %d", ended.ExitCode)+lastLine(ended)+again(container)
	case state.Waiting != nil:
		trouble.Kind, trouble.Says = waitingFor(state.Waiting)
	case state.Running != nil && container.Name == contract.Sidecar:
		trouble.Kind, trouble.Says = NotReady, "runs and is not ready"
	case state.Running != nil && now.Sub(state.Running.StartedAt.Time) > startTime:
		trouble.Kind, trouble.Says = NotReady, fmt.Sprintf("runs for %s and is not ready", now.Sub(state.Running.StartedAt.Time).Round(time.Minute))
	default:
		return trouble, false
	}
	return trouble, trouble.Kind != ""
}

// waitingFor tells what a container waits for; nothing while it is on its usual way.
func waitingFor(waiting *corev1.ContainerStateWaiting) (kind Kind, says string) {
	says = strings.TrimSuffix(waiting.Reason+": "+waiting.Message, ": ")
	switch waiting.Reason {
	case "", "PodInitializing", "ContainerCreating":
		return "", ""
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable":
		return NoImage, "has no image: " + says
	case "CrashLoopBackOff":
		return Crashing, "ends again and again"
	}
	return Unconfigured, "cannot start: " + says
}

// lastLine is the last line that a container wrote about its end.
func lastLine(ended *corev1.ContainerStateTerminated) string {
	lines := strings.Split(strings.TrimSpace(ended.Message), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + last
	}
	return ""
}

func again(container *corev1.ContainerStatus) string {
	if container.RestartCount == 0 {
		return ""
	}
	return fmt.Sprintf(" (restarted %d times)", container.RestartCount)
}

func hasSidecar(pod *corev1.Pod) bool {
	return slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool { return c.Name == contract.Sidecar })
}

// IsReady says whether a pod serves.
func IsReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}
