package status_test

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

func TestWithoutContainer_namesEveryPod(t *testing.T) {
	pod := func(name string, phase corev1.PodPhase, containers ...string) corev1.Pod {
		pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.PodStatus{Phase: phase}}
		for _, container := range containers {
			pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: container})
		}
		return pod
	}
	going := pod("going", corev1.PodRunning, "app")
	going.DeletionTimestamp = &metav1.Time{}
	native := pod("native", corev1.PodRunning, "app")
	native.Spec.InitContainers = []corev1.Container{{Name: "daprd"}}
	pods := []corev1.Pod{
		pod("c", corev1.PodRunning, "app"), pod("a", corev1.PodRunning, "app"), pod("b", corev1.PodRunning, "app", "daprd"),
		pod("waits", corev1.PodPending, "app"), going, native,
	}
	if got, want := status.WithoutContainer(pods, "daprd"), []string{"a", "c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNamed_isBounded(t *testing.T) {
	for want, names := range map[string][]string{
		"":                       nil,
		"a":                      {"a"},
		"a b c d e":              {"a", "b", "c", "d", "e"},
		"a b c d e … and 2 more": {"a", "b", "c", "d", "e", "f", "g"},
	} {
		if got := status.Named(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTrouble_namesTheNodeThatDoesNotAnswer(t *testing.T) {
	pod := func(name string, ready, containersReady corev1.ConditionStatus) corev1.Pod {
		return corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PodSpec{NodeName: "far"},
			Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{
				{Type: corev1.PodReady, Status: ready}, {Type: corev1.ContainersReady, Status: containersReady},
			}},
		}
	}
	silent := "pod postgres-0: its node far does not answer (kubectl describe node far)"
	evicted := pod("postgres-0", corev1.ConditionFalse, corev1.ConditionTrue)
	evicted.DeletionTimestamp = &metav1.Time{}
	gated := pod("postgres-0", corev1.ConditionFalse, corev1.ConditionTrue)
	gated.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "a.load-balancer/knows"}}
	for name, c := range map[string]struct {
		pod  corev1.Pod
		want string
	}{
		"serves":                              {pod("postgres-0", corev1.ConditionTrue, corev1.ConditionTrue), ""},
		"its node is silent":                  {pod("postgres-0", corev1.ConditionFalse, corev1.ConditionTrue), silent},
		"evicted, and the node cannot end it": {evicted, silent},
		"starts":                              {pod("postgres-0", corev1.ConditionFalse, corev1.ConditionFalse), ""},
		"waits for what the cluster asks of a pod": {gated, ""},
	} {
		if got := status.Trouble([]corev1.Pod{c.pod}, "daprd"); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
