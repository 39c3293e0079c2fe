package diagnose

import (
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

var now = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// sound is a platform with which nothing is wrong.
func sound() *cluster.Snapshot {
	s := &cluster.Snapshot{Now: now, Here: now.Add(400 * time.Millisecond), OperatorNamespace: "todoplatform-system", DaprNamespace: "dapr-system"}
	p := &s.Platform
	p.Namespace, p.Name, p.Generation = "todo", "todo", 1
	p.CreationTimestamp = metav1.NewTime(now.Add(-time.Hour))
	p.Status.Version, p.Status.WantedVersion = "1.2.3", "1.2.3"
	for _, kind := range append(v1alpha1.StepConditions(), v1alpha1.ConditionReady, v1alpha1.ConditionAvailable) {
		condition(s, kind, metav1.ConditionTrue, v1alpha1.ReasonReady, "")
	}
	for _, app := range contract.Services() {
		s.Pods = append(s.Pods, pod(app, app+"-1", app, contract.Sidecar))
		s.Deployments = append(s.Deployments, appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: app}, Status: appsv1.DeploymentStatus{AvailableReplicas: 1}})
	}
	s.Pods = append(s.Pods, pod("kafka", "kafka-0", "kafka"), pod("postgres", "postgres-0", "postgres"))
	s.Claims = []corev1.PersistentVolumeClaim{{
		ObjectMeta: metav1.ObjectMeta{Name: "kafka-data", Labels: map[string]string{contract.LabelName: "kafka"}},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	}}
	s.Operators = []appsv1.Deployment{{
		ObjectMeta: metav1.ObjectMeta{Name: "todoplatform-controller-manager", Namespace: "todoplatform-system"},
		Spec:       appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Image: "ghcr.io/todoplatform/manager:1.2.3"}}}}},
		Status:     appsv1.DeploymentStatus{AvailableReplicas: 1},
	}}
	for _, name := range []string{injector, "dapr-operator", "dapr-sentry", "dapr-placement-server"} {
		s.Dapr = append(s.Dapr, cluster.Workload{Kind: "deployment", Namespace: "dapr-system", Name: name, Wanted: 1, Ready: 1, Image: "daprio/x:1.16.15"})
	}
	s.Nodes = []cluster.Node{{Name: "node", Ready: true, Renewed: now.Add(-9 * time.Second)}}
	s.Volumes = []cluster.Volume{{Claim: "kafka-data", Used: 79, Capacity: 100}}
	s.Certificates = []cluster.Certificate{{Secret: "tls", Subject: "CN=todo.example.com", Ends: now.Add(60 * 24 * time.Hour)}}
	s.Queues = []cluster.Queue{{App: contract.Audit, Topic: contract.TopicReminders, Waiting: 3, Oldest: now.Add(-10 * time.Second)}}
	s.Warnings = []corev1.Event{event("todo-api-1", "Unhealthy", "it was not ready", now.Add(-2*time.Hour), 1)}
	return s
}

func condition(s *cluster.Snapshot, kind string, status metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(&s.Platform.Status.Conditions, metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: 1, LastTransitionTime: metav1.NewTime(now.Add(-10 * time.Minute)),
	})
}

// pod is one that serves.
func pod(of, name string, containers ...string) corev1.Pod {
	p := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{contract.LabelName: of}, CreationTimestamp: metav1.NewTime(now.Add(-time.Hour))},
		Spec:       corev1.PodSpec{NodeName: "node"},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	}
	for _, container := range containers {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: container, Image: "example.com:5000/" + container + ":1.16.15"})
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Name: container, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.Add(-time.Hour))}}})
	}
	return p
}

func event(pod, reason, message string, last time.Time, times int32) corev1.Event {
	return corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: pod + reason}, Type: corev1.EventTypeWarning, Reason: reason, Message: message, Count: times,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: pod}, LastTimestamp: metav1.NewTime(last),
	}
}

// ailing makes the pod of an app not ready, and gives the status of its first container to change.
func ailing(s *cluster.Snapshot, app string) (*corev1.Pod, *corev1.ContainerStatus) {
	i := slices.IndexFunc(s.Pods, func(p corev1.Pod) bool { return cluster.ComponentOf(&p) == app })
	p := &s.Pods[i]
	p.Status.Conditions[0].Status = corev1.ConditionFalse
	p.Status.ContainerStatuses[0].Ready = false
	return p, &p.Status.ContainerStatuses[0]
}

func heldUp(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func ended(code int32, reason string, ago time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, FinishedAt: metav1.NewTime(now.Add(-ago))}}
}

func TestFindNothing(t *testing.T) {
	if found := Find(sound()); len(found) > 0 {
		t.Errorf("a sound platform has findings: %+v", found)
	}
}

func TestFind(t *testing.T) {
	type S = cluster.Snapshot
	tests := map[string]struct {
		ill  func(*S)
		want Finding // Seen, Matters and Next are parts of what is there
	}{
		"suspended": {func(s *S) { s.Platform.Spec.Suspend = true },
			Finding{Note, "todoplatform/todo", "suspend", "heals nothing", `"suspend":false`, nil}},
		"being deleted": {func(s *S) { s.Platform.DeletionTimestamp = &metav1.Time{Time: now} },
			Finding{Warning, "todoplatform/todo", "being deleted since 2026-12-01T09:00:00Z", "deletionPolicy", "describe", nil}},
		"without operator": {func(s *S) { s.Platform.Status.Conditions = nil },
			Finding{Critical, "todoplatform/todo", "no operator has seen it", "nothing", "kubectl -n todoplatform-system get pods", nil}},
		"a manifest that is not observed": {func(s *S) { s.Platform.Generation = 2 },
			Finding{Warning, "todoplatform/todo", "at generation 2, and the operator has seen 1", "no effect", "todoplatform-system", nil}},
		"an upgrade under way": {func(s *S) { s.Platform.Status.Version = "1.2.2" },
			Finding{Note, "todoplatform/todo", "not every replica runs 1.2.3, which is wanted; the version that all ran last is 1.2.2", "upgrade", "describe", nil}},
		"a step that is stalled": {func(s *S) {
			condition(s, v1alpha1.ConditionKafkaReady, metav1.ConditionFalse, v1alpha1.ReasonSecretMissing, "create Secret kafka-login")
			condition(s, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretMissing, "")
		}, Finding{Warning, "todoplatform/todo", "KafkaReady: SecretMissing: create Secret kafka-login", "wait for Kafka", "kubectl -n todo get secrets", nil}},
		"and nothing serves": {func(s *S) {
			condition(s, v1alpha1.ConditionDaprReady, metav1.ConditionFalse, v1alpha1.ReasonDaprMissing, "install Dapr")
			condition(s, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonDaprMissing, "")
			condition(s, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonNotServing, "")
		}, Finding{Critical, "todoplatform/todo", "install Dapr", "sidecar", "part-of=dapr", nil}},
		"a step that has just begun": {func(s *S) {
			condition(s, v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonStarting, "pods start")
			meta.FindStatusCondition(s.Platform.Status.Conditions, v1alpha1.ConditionServicesReady).LastTransitionTime = metav1.NewTime(now.Add(-time.Minute))
		}, Finding{Note, "todoplatform/todo", "ServicesReady: Starting", "", "get pods", nil}},
		"one that takes too long": {func(s *S) {
			condition(s, v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonStarting, "pods start")
		}, Finding{Warning, "todoplatform/todo", "ServicesReady: Starting", "", "app.kubernetes.io/instance=todo", nil}},
		"a tampered audit log": {func(s *S) {
			condition(s, v1alpha1.ConditionAuditAnchored, metav1.ConditionFalse, v1alpha1.ReasonHeadsDiverge, "head 7 is another")
		}, Finding{Critical, "todoplatform/todo", "head 7 is another", "", "todo-audit-heads", nil}},
		"a backup that fails": {func(s *S) {
			condition(s, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupFailed, "it gave up")
		}, Finding{Warning, "todoplatform/todo", "BackedUp: BackupFailed: it gave up", "lost with the volume", "get cronjobs,jobs,pods", nil}},
		"an old Dapr": {func(s *S) {
			condition(s, v1alpha1.ConditionDaprReady, metav1.ConditionTrue, v1alpha1.ReasonDaprOutdated, "Dapr 1.16.0 runs")
		}, Finding{Warning, "todoplatform/todo", "Dapr 1.16.0 runs", "fixes", "helm upgrade dapr", nil}},
		"a namespace that is taken": {func(s *S) {
			condition(s, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonNamespaceTaken, "the namespace already holds the TodoPlatform a")
		}, Finding{Critical, "todoplatform/todo", "holds the TodoPlatform a", "", "get todoplatforms", nil}},

		"a crash": {func(s *S) {
			_, c := ailing(s, contract.TodoAPI)
			c.State, c.LastTerminationState, c.RestartCount = heldUp("CrashLoopBackOff", "back-off"), ended(1, "Error", time.Minute), 4
			s.Logs = map[cluster.ContainerName][]string{{Pod: "todo-api-1", Container: contract.TodoAPI}: {"no route to host"}, {Pod: "todo-api-1", Container: contract.Sidecar}: {"app is unhealthy"}}
		}, Finding{Critical, "pod/todo-api-1", "todo-api ended with code 1 (restarted 4 times)", "cannot sign in", "kubectl -n todo logs todo-api-1 -c todo-api --previous",
			[]string{"todo-api: no route to host", "daprd: app is unhealthy"}}},
		"a crash of a sidecar": {func(s *S) {
			p, _ := ailing(s, contract.Audit)
			p.Status.ContainerStatuses[0].Ready = true
			c := &p.Status.ContainerStatuses[1]
			c.Ready, c.State, c.LastTerminationState = false, heldUp("CrashLoopBackOff", ""), ended(2, "Error", time.Minute)
			s.Logs = map[cluster.ContainerName][]string{{Pod: "audit-1", Container: contract.Sidecar}: {"fatal: component"}}
		}, Finding{Critical, "pod/audit-1", "daprd ended with code 2", "audit log", "-c daprd --previous", []string{"daprd: fatal: component"}}},
		"a crash while others serve": {func(s *S) {
			s.Pods = append(s.Pods, pod(contract.TodoAPI, "todo-api-2", contract.TodoAPI, contract.Sidecar))
			_, c := ailing(s, contract.TodoAPI)
			c.State = ended(1, "Error", time.Minute)
		}, Finding{Warning, "pod/todo-api-1", "ended with code 1", "other replicas", "logs", nil}},
		"a full volume": {func(s *S) {
			_, c := ailing(s, "kafka")
			c.State = ended(1, "Error", time.Minute)
			s.Logs = map[cluster.ContainerName][]string{{Pod: "kafka-0", Container: "kafka"}: {"java.io.IOException: No space left on device"}}
		}, Finding{Critical, "pod/kafka-0", "volume is full", "wait for Kafka", "get pvc", []string{"kafka: java.io.IOException: No space left on device"}}},
		"an image that does not come": {func(s *S) {
			_, c := ailing(s, contract.RealtimeSync)
			c.State = heldUp("ImagePullBackOff", "not found")
		}, Finding{Critical, "pod/realtime-sync-1", "realtime-sync has no image: ImagePullBackOff: not found", "not in sync", "describe pod realtime-sync-1", nil}},
		"a container that lacks a Secret": {func(s *S) {
			_, c := ailing(s, contract.RealtimeSync)
			c.State = heldUp("CreateContainerConfigError", `secret "x" not found`)
		}, Finding{Critical, "pod/realtime-sync-1", `cannot start: CreateContainerConfigError: secret "x" not found`, "", "describe pod", nil}},
		"a pod that no node takes": {func(s *S) {
			p, _ := ailing(s, contract.Notification)
			p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "0/1 nodes are available: 1 Insufficient memory."})
		}, Finding{Critical, "pod/notification-1", "Insufficient memory", "reminders", "describe pod", nil}},
		"a pod that was evicted": {func(s *S) {
			p, _ := ailing(s, "postgres")
			p.Status.Phase, p.Status.Reason, p.Status.Message = corev1.PodFailed, "Evicted", "The node was low on resource: memory."
		}, Finding{Critical, "pod/postgres-0", "ended it: Evicted: The node was low", "database", "describe pod postgres-0", nil}},
		"too little memory": {func(s *S) {
			i := slices.IndexFunc(s.Pods, func(p corev1.Pod) bool { return p.Name == "todo-api-1" })
			c := &s.Pods[i].Status.ContainerStatuses[0]
			c.LastTerminationState, c.RestartCount = ended(137, "OOMKilled", 10*time.Minute), 1
		}, Finding{Warning, "pod/todo-api-1", "more memory than its limit", "serves again", "resources", nil}},
		"a pod without sidecar": {func(s *S) {
			i := slices.IndexFunc(s.Pods, func(p corev1.Pod) bool { return p.Name == "todo-api-1" })
			s.Pods[i].Spec.Containers = s.Pods[i].Spec.Containers[:1]
		}, Finding{Critical, "pod/todo-api-1", "without the Dapr sidecar", "neither database nor Kafka", "delete pod todo-api-1", nil}},
		"one that does not become ready": {func(s *S) { ailing(s, contract.TodoAPI) },
			Finding{Critical, "pod/todo-api-1", "runs for 1h0m0s and is not ready", "cannot sign in", "logs todo-api-1 -c todo-api", nil}},
		"a sidecar of another release": {func(s *S) {
			i := slices.IndexFunc(s.Pods, func(p corev1.Pod) bool { return p.Name == "audit-1" })
			s.Pods[i].Spec.Containers[1].Image = "daprd:1.15.1"
		}, Finding{Note, "deployment/audit", "Dapr 1.15.1, and Dapr 1.16.15", "fixes", "rollout restart deployment audit", nil}},

		"a Deployment that is gone": {func(s *S) { s.Deployments = s.Deployments[1:] },
			Finding{Critical, "deployment/todo-api", "does not exist", "cannot sign in", "describe", nil}},
		"a quota": {func(s *S) {
			s.Deployments[0].Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Message: "exceeded quota"}}
		}, Finding{Warning, "deployment/todo-api", "cannot be made: exceeded quota", "version before", "resourcequota", nil}},
		"a rollout that hangs": {func(s *S) {
			s.Deployments[0].Status = appsv1.DeploymentStatus{Conditions: []appsv1.DeploymentCondition{{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded", Message: "timed out"}}}
		}, Finding{Critical, "deployment/todo-api", "not rolled out: timed out", "cannot sign in", "rollout status", nil}},
		"a claim without volume": {func(s *S) { s.Claims[0].Status.Phase = corev1.ClaimPending },
			Finding{Critical, "pvc/kafka-data", "it is pending", "wait for Kafka", "describe pvc kafka-data", nil}},
		"a volume that fills up":  {func(s *S) { s.Volumes[0].Used = 85 }, Finding{Warning, "pvc/kafka-data", "85 % full", "stops", "get pvc", nil}},
		"one that is nearly full": {func(s *S) { s.Volumes[0].Used = 97 }, Finding{Critical, "pvc/kafka-data", "97 % full", "stops", "get pvc", nil}},

		"dead letters": {func(s *S) { s.Queues[0].DeadLetters = 2 },
			Finding{Warning, "topic/reminders", "2 dead letters of audit", "without them", "todoplatform dead-letters list", nil}},
		"events that wait": {func(s *S) { s.Queues[0].Oldest = now.Add(-5 * time.Minute) },
			Finding{Warning, "topic/reminders", "audit has 3 events to handle, the oldest for 5m0s", "behind", "logs deployment/audit", nil}},

		"an operator that is away": {func(s *S) { s.Operators[0].Status.AvailableReplicas = 0 },
			Finding{Critical, "deployment/todoplatform-controller-manager", "no replica", "nothing heals", "kubectl -n todoplatform-system describe", nil}},
		"an operator that is gone": {func(s *S) { s.Operators = s.Operators[:0] },
			Finding{Warning, "namespace/todoplatform-system", "no operator", "nothing heals", "get deployments -A", nil}},
		"an operator of another version": {func(s *S) { s.Platform.Status.Version, s.Platform.Status.WantedVersion = "1.2.2", "1.2.2" },
			Finding{Note, "deployment/todoplatform-controller-manager", "version 1.2.3, and would still have the platform run 1.2.2", "upgraded", "describe", nil}},
		"an injector that is away": {func(s *S) { s.Dapr[0].Ready = 0 },
			Finding{Critical, "deployment/dapr-sidecar-injector", "0 of 1 replicas", "lack their sidecar", "kubectl -n dapr-system describe", nil}},
		"half a control plane": {func(s *S) { s.Dapr[2].Wanted = 3 },
			Finding{Warning, "deployment/dapr-sentry", "1 of 3 replicas", "should the others fail", "describe deployment dapr-sentry", nil}},
		"parts of different releases": {func(s *S) { s.Dapr[1].Image = "daprio/x:1.15.0" },
			Finding{Warning, "deployment/dapr-operator", "1.15.0, and the injector of 1.16.15", "half-way", "describe", nil}},
		"a node that is away": {func(s *S) { s.Nodes[0].Ready = false }, Finding{Critical, "node/node", "not ready", "may be gone", "describe node node", nil}},

		"a clock ahead":   {func(s *S) { s.Nodes[0].Renewed = now.Add(time.Minute) }, Finding{Warning, "node/node", "1m0s ahead", "tokens", "date", nil}},
		"a clock behind":  {func(s *S) { s.Nodes[0].Renewed = now.Add(-5 * time.Minute) }, Finding{Warning, "node/node", "5m0s behind", "tokens", "date", nil}},
		"one's own clock": {func(s *S) { s.Here = now.Add(-time.Hour) }, Finding{Note, "this machine", "1h0m0s behind", "wrong", "timedatectl", nil}},
		"a certificate that ends": {func(s *S) { s.Certificates[0].Ends = now.Add(10 * 24 * time.Hour) },
			Finding{Warning, "secret/tls", "CN=todo.example.com ends on 2026-12-11", "no longer connects", "get certificate", nil}},
		"one that has ended": {func(s *S) { s.Certificates[0].Ends = now.Add(-time.Hour) },
			Finding{Critical, "secret/tls", "has ended on 2026-12-01", "no longer connects", "get certificate", nil}},

		"warnings, folded": {func(s *S) {
			s.Warnings = append(s.Warnings, event("a", "FailedMount", "first", now.Add(-30*time.Minute), 3), event("b", "FailedMount", "latest", now.Add(-time.Minute), 2))
		}, Finding{Note, "pod/b and 1 more", "FailedMount, 5 times, last 1m0s ago: latest", "", "reason=FailedMount", nil}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := sound()
			test.ill(s)
			found := Find(s)
			is := func(f Finding) bool {
				return f.Severity == test.want.Severity && f.Object == test.want.Object && strings.Contains(f.Seen, test.want.Seen) &&
					strings.Contains(f.Matters, test.want.Matters) && strings.Contains(f.Next, test.want.Next) && slices.Equal(f.Log, test.want.Log)
			}
			if !slices.ContainsFunc(found, is) {
				t.Errorf("it lacks %+v:\n%+v", test.want, found)
			}
			for _, f := range found {
				if f.Object == "" || f.Seen == "" || f.Matters == "" || f.Next == "" || strings.ContainsAny(f.Next, "{}%") && !strings.Contains(f.Next, `"suspend"`) && !strings.Contains(f.Next, "jsonpath") {
					t.Errorf("it is not whole: %+v", f)
				}
			}
		})
	}
}

func TestWhatIsUsual(t *testing.T) {
	for name, usual := range map[string]func(*cluster.Snapshot){
		"a pod that starts": func(s *cluster.Snapshot) {
			p, c := ailing(s, contract.TodoAPI)
			p.CreationTimestamp = metav1.NewTime(now.Add(-time.Minute))
			c.State = heldUp("ContainerCreating", "")
		},
		"a pod that stops": func(s *cluster.Snapshot) {
			p, _ := ailing(s, contract.TodoAPI)
			p.DeletionTimestamp = &metav1.Time{Time: now}
		},
		"a migration that is done": func(s *cluster.Snapshot) {
			p := pod("migrate", "migrate-1", "migrate")
			p.Status.Phase = corev1.PodSucceeded
			p.Status.Conditions = nil
			s.Pods = append(s.Pods, p)
		},
		"an end of long ago": func(s *cluster.Snapshot) {
			s.Pods[0].Status.ContainerStatuses[0].LastTerminationState = ended(1, "Error", 2*time.Hour)
		},
		"a step that waits for another": func(s *cluster.Snapshot) {
			condition(s, v1alpha1.ConditionTopicsReady, metav1.ConditionUnknown, v1alpha1.ReasonBlocked, "waits for KafkaReady")
		},
		"an operator that may not be read": func(s *cluster.Snapshot) { s.Operators = nil },
		"placement, which we do without":   func(s *cluster.Snapshot) { s.Dapr[3].Ready = 0 },
		"a version that is pinned": func(s *cluster.Snapshot) {
			s.Platform.Spec.Version, s.Platform.Status.Version, s.Platform.Status.WantedVersion = "1.2.2", "1.2.2", "1.2.2"
		},
		"a clock that was not told": func(s *cluster.Snapshot) {
			s.Now, s.Here = time.Time{}, time.Time{}
			s.Warnings = nil
			s.Queues = nil
			s.Certificates = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := sound()
			usual(s)
			if found := Find(s); len(found) > 0 {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestTheWorstComesFirst(t *testing.T) {
	s := sound()
	s.Platform.Spec.Suspend = true                                 // a note
	s.Dapr[2].Wanted = 3                                           // a warning
	s.Operators[0].Status.AvailableReplicas = 0                    // critical
	s.Unread = []cluster.Unread{{What: "nodes", Why: "forbidden"}} // told at the end
	found := Find(s)
	if len(found) != 3 || found[0].Severity != Critical || found[1].Severity != Warning || found[2].Severity != Note {
		t.Fatalf("%+v", found)
	}
	var text strings.Builder
	if err := Print(&text, s, found); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"todo/todo: 1 critical, 1 warning, 1 note\n\nCRITICAL  deployment/", "\n  seen     no replica", "\n  next     kubectl", "\nNot looked at:\n  nodes: forbidden\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
}
