package status_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

func TestSummarize(t *testing.T) {
	done := status.Step{Condition: v1alpha1.ConditionDaprReady}
	waiting := status.Step{Condition: v1alpha1.ConditionKafkaReady, Err: status.Waiting(v1alpha1.ReasonStarting, time.Second, "kafka starts")}
	failed := status.Step{Condition: v1alpha1.ConditionKafkaReady, Err: errors.New("connection reset")}
	blocked := status.Step{Condition: v1alpha1.ConditionTopicsReady, BlockedBy: v1alpha1.ConditionKafkaReady}
	stalled := status.Step{Condition: v1alpha1.ConditionServicesReady, Err: status.Stalled(v1alpha1.ReasonSecretMissing, "create Secret mail")}

	tests := map[string]struct {
		steps                       []status.Step
		ready, progressing, stalled metav1.ConditionStatus
		reason, message             string
		observed                    int64
	}{
		"all done":            {[]status.Step{done}, "True", "False", "False", v1alpha1.ReasonReady, "the platform is as", 2},
		"one waits":           {[]status.Step{done, waiting, blocked}, "False", "True", "False", v1alpha1.ReasonStarting, "KafkaReady: kafka starts", 2},
		"one fails":           {[]status.Step{done, failed, blocked}, "False", "True", "False", v1alpha1.ReasonError, "KafkaReady: connection reset", 1},
		"one asks the user":   {[]status.Step{done, stalled}, "False", "False", "True", v1alpha1.ReasonSecretMissing, "ServicesReady: create Secret mail", 2},
		"user before waiting": {[]status.Step{waiting, stalled}, "False", "False", "True", v1alpha1.ReasonSecretMissing, "ServicesReady: create Secret mail", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Generation: 2}, Status: v1alpha1.TodoPlatformStatus{ObservedGeneration: 1}}
			status.Summarize(platform, test.steps)
			for kind, want := range map[string]metav1.ConditionStatus{
				v1alpha1.ConditionReady: test.ready, v1alpha1.ConditionProgressing: test.progressing, v1alpha1.ConditionStalled: test.stalled,
			} {
				condition := meta.FindStatusCondition(platform.Status.Conditions, kind)
				if condition == nil || condition.Status != want || condition.Reason != test.reason {
					t.Errorf("%s: %+v, want %s for %s", kind, condition, want, test.reason)
				}
			}
			if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady).Message; !strings.HasPrefix(message, test.message) {
				t.Errorf("message %q, want %q", message, test.message)
			}
			if platform.Status.ObservedGeneration != test.observed {
				t.Errorf("observedGeneration %d, want %d", platform.Status.ObservedGeneration, test.observed)
			}
		})
	}
}

func TestSummarize_notAvailableWithoutTheEmbeddedDatabase(t *testing.T) {
	trouble := "postgres is not ready: pod postgres-0: its node far does not answer"
	for name, test := range map[string]struct {
		step status.Step
		want metav1.ConditionStatus
	}{
		"its pod is away":                {status.Step{Condition: v1alpha1.ConditionDatabaseReady, Err: status.Waiting(v1alpha1.ReasonStarting, time.Second, "%s", trouble)}, "False"},
		"the operator does not reach it": {status.Step{Condition: v1alpha1.ConditionDatabaseReady, Err: status.Waiting(v1alpha1.ReasonDatabaseUnreachable, time.Second, "refused")}, "True"},
		"Kafka is away":                  {status.Step{Condition: v1alpha1.ConditionKafkaReady, Err: status.Waiting(v1alpha1.ReasonStarting, time.Second, "kafka starts")}, "True"},
	} {
		platform := &v1alpha1.TodoPlatform{Status: v1alpha1.TodoPlatformStatus{Services: []v1alpha1.ServiceStatus{{Name: "todo-api", ReadyReplicas: 1}}}}
		status.Summarize(platform, []status.Step{test.step})
		condition := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionAvailable)
		if condition.Status != test.want || (test.want == "False") != strings.Contains(condition.Message, trouble) {
			t.Errorf("%s: %+v", name, condition)
		}
	}
}

func TestSummarize_availableFollowsTheServices(t *testing.T) {
	services := func(audit int32) []v1alpha1.ServiceStatus {
		return []v1alpha1.ServiceStatus{{Name: "todo-api", ReadyReplicas: 1}, {Name: "audit", ReadyReplicas: audit}}
	}
	for audit, want := range map[int32]metav1.ConditionStatus{0: metav1.ConditionFalse, 1: metav1.ConditionTrue} {
		platform := &v1alpha1.TodoPlatform{Status: v1alpha1.TodoPlatformStatus{Services: services(audit)}}
		status.Summarize(platform, []status.Step{{Condition: v1alpha1.ConditionKafkaReady, Err: errors.New("down")}})
		condition := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionAvailable)
		if condition.Status != want || (audit == 0) != strings.Contains(condition.Message, "audit") {
			t.Errorf("audit has %d replicas: %+v", audit, condition)
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 5, ""},
		{"12345", 5, "12345"},
		{"123456", 5, "12…"},
		{"1äöü", 7, "1äöü"},
		{"1äöüß", 7, "1ä…"}, // 4 bytes are left, and the second letter would need the fifth
		{"ääää", 7, "ää…"},
		{"日本語", 8, "日…"},
		{"\x80\x80\x80\x80\x80\x80", 5, "…"},
	} {
		if got := status.Cut(test.text, test.limit); got != test.want || len(got) > test.limit {
			t.Errorf("%q to %d bytes: got %q, want %q", test.text, test.limit, got, test.want)
		}
	}
}

func TestTrouble(t *testing.T) {
	pod := func(name string, container corev1.ContainerStatus) corev1.Pod {
		container.Name = "app"
		return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{container}}}
	}
	waits := func(reason, message string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	}
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 2, Message: "first line\nno such table\n"}}
	silent := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error"}}
	tests := map[string]struct {
		pod  corev1.Pod
		want string
	}{
		"runs":          {pod("a", corev1.ContainerStatus{}), ""},
		"being created": {pod("a", corev1.ContainerStatus{State: waits("ContainerCreating", "")}), ""},
		"image missing": {pod("a", corev1.ContainerStatus{State: waits("ImagePullBackOff", "no such image")}), "pod a: container app waits: ImagePullBackOff: no such image"},
		"ended":         {pod("a", corev1.ContainerStatus{State: ended}), "pod a: container app ended with code 2: no such table"},
		"crash loop":    {pod("a", corev1.ContainerStatus{State: waits("CrashLoopBackOff", "back-off 10s"), LastTerminationState: ended}), "pod a: container app ended with code 2: no such table"},
		"starts again":  {pod("a", corev1.ContainerStatus{LastTerminationState: ended}), "pod a: container app ended with code 2: no such table"},
		"recovered":     {pod("a", corev1.ContainerStatus{Ready: true, LastTerminationState: ended}), ""},
		"sidecar ended with the app": {corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "daprd", State: ended}, {Name: "notification", State: waits("ImagePullBackOff", "no such image")}}}}, "pod a: container notification waits: ImagePullBackOff: no such image"},
		"sidecar says nothing": {corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: "todo"}, Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "daprd", State: waits("CrashLoopBackOff", "back-off 10s"), LastTerminationState: silent}}}},
			"pod a: container daprd ended with code 1: Error (kubectl logs -n todo a -c daprd --previous)"},
		"sidecar ended just now": {corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: "todo"}, Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "daprd", State: silent}}}}, "pod a: container daprd ended with code 1: Error (kubectl logs -n todo a -c daprd)"},
		"no node": {corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Status: corev1.PodStatus{Conditions: []corev1.PodCondition{
			{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "no volume"}}}}, "pod a: cannot be scheduled: no volume"},
	}
	for name, test := range tests {
		if got := status.Trouble([]corev1.Pod{pod("b", corev1.ContainerStatus{}), test.pod}, "daprd"); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
