package diagnose

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"k8s.io/apimachinery/pkg/api/meta"
)

// lost is what people lack while nothing of a service or server runs.
var lost = map[string]string{
	contract.TodoAPI:       "people cannot sign in, read or change anything",
	contract.RecurringTask: "completed recurring tasks get no next occurrence until it runs; it makes up for them then",
	contract.Notification:  "reminders, mails and webhooks wait until it runs",
	contract.Audit:         "the audit log is behind until it runs, and does not answer",
	contract.RealtimeSync:  "open windows are not in sync until it runs",
	"kafka":                "changes are kept, but other windows, reminders, webhooks and the audit log wait for Kafka",
	"postgres":             "without the database nobody can read or change a task",
	"migrate":              "services of the wanted version wait until the database carries their schema",
}

// pods tells what keeps pods from serving.
func pods(s *cluster.Snapshot) []Finding {
	var findings []Finding
	for _, name := range slices.Concat(contract.Services(), s.Servers()) {
		all := s.PodsOf(name)
		for i := range all {
			for _, trouble := range cluster.TroublesOf(&all[i], s.Time()) {
				findings = append(findings, podFinding(s, name, &all[i], trouble))
			}
		}
	}
	return findings
}

func podFinding(s *cluster.Snapshot, name string, pod *corev1.Pod, trouble cluster.Trouble) Finding {
	f := Finding{Severity: Warning, Object: "pod/" + pod.Name, Seen: trouble.String(), Matters: "the other replicas serve without it"}
	switch {
	case !slices.ContainsFunc(s.PodsOf(name), func(p corev1.Pod) bool { return cluster.IsReady(&p) }):
		f.Severity, f.Matters = Critical, lost[name]
	case cluster.IsReady(pod):
		f.Matters = "it serves again; if it goes on like this, people notice"
	}
	switch trouble.Kind {
	case cluster.SidecarMissing:
		f.Severity, f.Matters = Critical, "without it the service reaches neither database nor Kafka, nor do others reach it; Dapr's injector was away when the pod started"
		f.Next = kubectl(s, "delete pod %s", pod.Name)
	case cluster.OutOfMemory:
		f.Next = kubectl(s, "get pod %s -o jsonpath='{.spec.containers[*].resources}'", pod.Name) + "  # then raise spec.services"
	case cluster.Crashing, cluster.NotReady:
		f.Next, f.Log = logs(s, pod, trouble)
		if full(f.Log) {
			f.Seen += "; its volume is full"
			f.Next = kubectl(s, "get pvc") + "  # then give the claim more storage"
		}
	default:
		f.Next = kubectl(s, "describe pod %s", pod.Name)
	}
	return f
}

// logs gives the command that reads the log of a container in trouble, and its last lines with those of the sidecar: they
// explain each other.
func logs(s *cluster.Snapshot, pod *corev1.Pod, trouble cluster.Trouble) (next string, lines []string) {
	next = kubectl(s, "logs %s", pod.Name)
	if trouble.Container != "" {
		next += " -c " + trouble.Container
	}
	if trouble.Kind == cluster.Crashing {
		next += " --previous"
	}
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if trouble.Container != "" && container.Name != trouble.Container && container.Name != contract.Sidecar {
			continue
		}
		for _, line := range s.Logs[cluster.ContainerName{Pod: pod.Name, Container: container.Name}] {
			lines = append(lines, container.Name+": "+line)
		}
	}
	return next, lines
}

// full tells whether a log complains of a full volume.
func full(log []string) bool {
	return slices.ContainsFunc(log, func(line string) bool { return strings.Contains(strings.ToLower(line), "no space left on device") })
}

// sidecarVersions tells which pods have a sidecar of another release than Dapr's injector adds now.
func sidecarVersions(s *cluster.Snapshot) []Finding {
	current := injectorVersion(s)
	if current == "" {
		return nil
	}
	var findings []Finding
	for _, app := range contract.Services() {
		for _, version := range cluster.Versions(s.PodsOf(app), contract.Sidecar) {
			if version != "" && version != current {
				findings = append(findings, Finding{Note, "deployment/" + app, fmt.Sprintf("its sidecars are of Dapr %s, and Dapr %s is installed", version, current),
					"the fixes of the newer release are missing in it", kubectl(s, "rollout restart deployment %s", app), nil})
			}
		}
	}
	return findings
}

// deployments tells which services are not rolled out.
func deployments(s *cluster.Snapshot) []Finding {
	var findings []Finding
	applied := meta.IsStatusConditionTrue(s.Platform.Status.Conditions, v1alpha1.ConditionComponentsReady) && !s.Platform.Spec.Suspend
	for _, app := range contract.Services() {
		i := slices.IndexFunc(s.Deployments, func(d appsv1.Deployment) bool { return d.Name == app })
		if i >= 0 {
			findings = append(findings, rollout(s, &s.Deployments[i])...)
		} else if applied && len(s.Deployments) > 0 {
			findings = append(findings, Finding{Critical, "deployment/" + app, "it does not exist", lost[app], kubectl(s, "describe todoplatform %s", s.Platform.Name), nil})
		}
	}
	return findings
}

func rollout(s *cluster.Snapshot, d *appsv1.Deployment) []Finding {
	for _, c := range d.Status.Conditions {
		f := Finding{Severity: Warning, Object: "deployment/" + d.Name, Matters: "replicas of the version before go on serving"}
		if d.Status.AvailableReplicas == 0 {
			f.Severity, f.Matters = Critical, lost[d.Name]
		}
		switch {
		case c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue:
			f.Seen, f.Next = "its pods cannot be made: "+c.Message, kubectl(s, "describe resourcequota,limitrange")
		case c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded":
			f.Seen, f.Next = "it is not rolled out: "+c.Message, kubectl(s, "rollout status deployment %s --timeout=10s", d.Name)
		default:
			continue
		}
		return []Finding{f}
	}
	return nil
}

// The shares of a volume from which on it is told of.
const (
	nearlyFull = 80
	almostFull = 95
)

// volumes tells which volumes are not there, or nearly full.
func volumes(s *cluster.Snapshot) []Finding {
	var findings []Finding
	for _, claim := range s.Claims {
		if claim.Status.Phase != corev1.ClaimPending && claim.Status.Phase != corev1.ClaimLost {
			continue
		}
		findings = append(findings, Finding{Critical, "pvc/" + claim.Name, fmt.Sprintf("it is %s: it has no volume", strings.ToLower(string(claim.Status.Phase))),
			lost[claim.Labels[contract.LabelName]], kubectl(s, "describe pvc %s", claim.Name), nil})
	}
	for _, v := range s.Volumes {
		share := v.Used * 100 / v.Capacity
		if share < nearlyFull {
			continue
		}
		f := Finding{Warning, "pvc/" + v.Claim, fmt.Sprintf("its volume is %d %% full", share),
			"the server on it stops when it is full", kubectl(s, "get pvc %s", v.Claim) + "  # then give the claim more storage", nil}
		if share >= almostFull {
			f.Severity = Critical
		}
		findings = append(findings, f)
	}
	return findings
}
