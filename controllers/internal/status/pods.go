package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Trouble says in one sentence what keeps pods from running; empty when nothing does
// that the pods know of. Of several pods it speaks of the first by name, of deleted ones
// last, as of the sidecar: without its app it ends too, and its own end tells nothing.
func Trouble(pods []corev1.Pod, sidecar string) string {
	pods = slices.Clone(pods)
	slices.SortFunc(pods, func(a, b corev1.Pod) int {
		return cmp.Or(order(a.DeletionTimestamp != nil)-order(b.DeletionTimestamp != nil), strings.Compare(a.Name, b.Name))
	})
	for _, pod := range pods {
		if lost(&pod) {
			return fmt.Sprintf("pod %s: its node %s does not answer (kubectl describe node %s)", pod.Name, pod.Spec.NodeName, pod.Spec.NodeName)
		}
		if pod.DeletionTimestamp != nil {
			continue
		}
		if trouble := podTrouble(&pod, sidecar); trouble != "" {
			return "pod " + pod.Name + ": " + trouble
		}
	}
	return ""
}

// lost tells whether the node of a pod has gone silent. The kubelet calls a pod ready that has all its
// containers ready; where it does not, the control plane has taken the word back. Such a pod stays,
// also one that is deleted, until its node returns or is deleted.
func lost(pod *corev1.Pod) bool {
	return len(pod.Spec.ReadinessGates) == 0 && is(pod, corev1.ContainersReady, corev1.ConditionTrue) && is(pod, corev1.PodReady, corev1.ConditionFalse)
}

func is(pod *corev1.Pod, kind corev1.PodConditionType, status corev1.ConditionStatus) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == kind && c.Status == status })
}

func podTrouble(pod *corev1.Pod, sidecar string) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return "cannot be scheduled: " + condition.Message
		}
	}
	containers := append(slices.Clone(pod.Status.InitContainerStatuses), pod.Status.ContainerStatuses...)
	slices.SortStableFunc(containers, func(a, b corev1.ContainerStatus) int {
		return order(a.Name == sidecar) - order(b.Name == sidecar)
	})
	for _, container := range containers {
		if trouble := containerTrouble(&container); trouble != "" {
			return "container " + container.Name + " " + trouble + seeLog(pod, &container)
		}
	}
	return ""
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}

func containerTrouble(container *corev1.ContainerStatus) string {
	if container.Ready {
		return ""
	}
	// A container that was started again is told by its last end, lest the message
	// change with every attempt.
	if ended := lastEnd(container); ended != nil {
		return exit(ended)
	}
	waiting := container.State.Waiting
	if waiting == nil || waiting.Reason == "ContainerCreating" || waiting.Reason == "PodInitializing" {
		return ""
	}
	return strings.TrimSuffix(fmt.Sprintf("waits: %s: %s", waiting.Reason, waiting.Message), ": ")
}

// lastEnd is the last failure of a container that is not ready.
func lastEnd(container *corev1.ContainerStatus) *corev1.ContainerStateTerminated {
	for _, ended := range []*corev1.ContainerStateTerminated{container.State.Terminated, container.LastTerminationState.Terminated} {
		if ended != nil && ended.ExitCode != 0 {
			return ended
		}
	}
	return nil
}

// exit tells how a container ended, with the last line that it wrote.
func exit(ended *corev1.ContainerStateTerminated) string {
	lines := strings.Split(strings.TrimSpace(ended.Message), "\n")
	last := lines[len(lines)-1]
	if last == "" {
		last = ended.Reason
	}
	return fmt.Sprintf("ended with code %d: %s", ended.ExitCode, last)
}

// seeLog says where the cause stands when the pod does not tell: the sidecar, which Dapr's injector adds,
// leaves its last words in its log alone.
func seeLog(pod *corev1.Pod, container *corev1.ContainerStatus) string {
	ended := lastEnd(container)
	if ended == nil || strings.TrimSpace(ended.Message) != "" {
		return ""
	}
	previous := ""
	if container.State.Terminated == nil {
		previous = " --previous"
	}
	return fmt.Sprintf(" (kubectl logs -n %s %s -c %s%s)", pod.Namespace, pod.Name, container.Name, previous)
}

// Ready tells whether a pod serves.
func Ready(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// WithoutContainer names the running pods that lack a container, in order.
func WithoutContainer(pods []corev1.Pod, container string) []string {
	var names []string
	for _, pod := range pods {
		if pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil && !has(&pod, container) {
			names = append(names, pod.Name)
		}
	}
	slices.Sort(names)
	return names
}

// maxNamed bounds the names in a message.
const maxNamed = 5

// Named lists names for a message, as arguments of a command: the first few, and how many
// there are besides.
func Named(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, " ")
	}
	return fmt.Sprintf("%s … and %d more", strings.Join(names[:maxNamed], " "), len(names)-maxNamed)
}

func has(pod *corev1.Pod, container string) bool {
	named := func(c corev1.Container) bool { return c.Name == container }
	return slices.ContainsFunc(pod.Spec.Containers, named) || slices.ContainsFunc(pod.Spec.InitContainers, named)
}
