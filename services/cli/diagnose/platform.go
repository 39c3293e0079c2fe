package diagnose

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

// observeTime is how long the operator may take to notice a new manifest.
const observeTime = time.Minute

// startTime is how long a step may wait before that is worth a warning.
const startTime = 5 * time.Minute

// object names the platform as kubectl does.
func object(s *cluster.Snapshot) string { return "todoplatform/" + s.Platform.Name }

// kubectl is a command of kubectl in the namespace of the platform.
func kubectl(s *cluster.Snapshot, format string, values ...any) string {
	return "kubectl -n " + s.Platform.Namespace + " " + fmt.Sprintf(format, values...)
}

// platform tells whether the operator works through the manifest at all.
func platform(s *cluster.Snapshot) []Finding {
	p := &s.Platform
	switch {
	case !p.DeletionTimestamp.IsZero():
		return []Finding{{Warning, object(s), fmt.Sprintf("it is being deleted since %s", p.DeletionTimestamp.UTC().Format(time.RFC3339)),
			"what deletionPolicy names goes with it; the condition Ready tells what that waits for", kubectl(s, "describe todoplatform %s", p.Name), nil}}
	case p.Spec.Suspend:
		return []Finding{{Note, object(s), "spec.suspend is true", "the operator leaves everything as it is, and heals nothing",
			kubectl(s, `patch todoplatform %s --type=merge -p '{"spec":{"suspend":false}}'`, p.Name), nil}}
	case len(p.Status.Conditions) == 0 && s.Time().Sub(p.CreationTimestamp.Time) > observeTime:
		return []Finding{{Critical, object(s), "it has no status: no operator has seen it", "nothing of it is made",
			place(s, "kubectl -n {operator} get pods"), nil}}
	}
	ready := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionReady)
	if ready != nil && ready.ObservedGeneration < p.Generation && s.Time().Sub(latestChange(p)) > observeTime {
		return []Finding{{Warning, object(s), fmt.Sprintf("the manifest is at generation %d, and the operator has seen %d", p.Generation, ready.ObservedGeneration),
			"the last change of the manifest has no effect yet", place(s, "kubectl -n {operator} get pods"), nil}}
	}
	if status := &p.Status; status.Version != "" && status.Version != status.WantedVersion {
		return []Finding{{Note, object(s), fmt.Sprintf("not every replica runs %s, which is wanted; the version that all ran last is %s", status.WantedVersion, status.Version),
			"an upgrade is under way, or hangs: then another finding says on what", kubectl(s, "describe todoplatform %s", p.Name), nil}}
	}
	return nil
}

// latestChange is when the manifest was last written, as far as its fields tell.
func latestChange(p *v1alpha1.TodoPlatform) time.Time {
	latest := p.CreationTimestamp.Time
	for _, fields := range p.ManagedFields {
		if fields.Subresource == "" && fields.Time != nil && fields.Time.After(latest) {
			latest = fields.Time.Time
		}
	}
	return latest
}

// steps say what it means that a step fails, and where to look on: {name} in {namespace} is the platform, and {operator}
// and {dapr} are the namespaces of those.
var steps = map[string]struct{ matters, next string }{
	v1alpha1.ConditionDaprReady:       {"pods that start now lack their sidecar, and nothing can be changed", "kubectl -n {dapr} get pods"},
	v1alpha1.ConditionDatabaseReady:   {"without the database nobody can read or change a task", "kubectl -n {namespace} get pods,pvc -l app.kubernetes.io/name=postgres"},
	v1alpha1.ConditionKafkaReady:      {"changes are kept, but other windows, reminders, webhooks and the audit log wait for Kafka", "kubectl -n {namespace} get pods,pvc -l app.kubernetes.io/name=kafka"},
	v1alpha1.ConditionSchemaReady:     {"services of the wanted version wait until the database carries their schema", "kubectl -n {namespace} logs -l app.kubernetes.io/name=migrate --tail=50"},
	v1alpha1.ConditionTopicsReady:     {"events of topics that are not as described may not be taken", "kubectl -n {namespace} describe todoplatform {name}"},
	v1alpha1.ConditionComponentsReady: {"sidecars go on with the Dapr objects of before", "kubectl -n {namespace} describe todoplatform {name}"},
	v1alpha1.ConditionServicesReady:   {"replicas that are not ready serve nobody", "kubectl -n {namespace} get pods -l app.kubernetes.io/instance={name}"},
	v1alpha1.ConditionExposureReady:   {"people may not reach the platform", "kubectl -n {namespace} get ingress,service"},
	v1alpha1.ConditionAuditAnchored:   {"nobody outside of the database vouches for the audit log any more", "kubectl -n {namespace} get events --field-selector involvedObject.name={name}"},
	v1alpha1.ConditionBackedUp:        {"what changed since the last backup is lost with the volume", "kubectl -n {namespace} get cronjobs,jobs,pods"},
}

// reasons are those that have a better command to run next than their step.
var reasons = map[string]string{
	v1alpha1.ReasonDaprMissing:      "kubectl get deployments -A -l app.kubernetes.io/part-of=dapr",
	v1alpha1.ReasonSecretMissing:    "kubectl -n {namespace} get secrets",
	v1alpha1.ReasonSecretInvalid:    "kubectl -n {namespace} get secrets",
	v1alpha1.ReasonForeignObject:    "kubectl -n {namespace} get all --show-labels",
	v1alpha1.ReasonRejected:         "kubectl -n {namespace} describe resourcequota,limitrange",
	v1alpha1.ReasonError:            "kubectl -n {operator} logs deployment/todoplatform-controller-manager --tail=50",
	v1alpha1.ReasonHeadsUnreachable: "kubectl -n {namespace} get service,endpointslices -l app.kubernetes.io/name=audit",
	v1alpha1.ReasonHeadsDiverge:     "kubectl -n {namespace} get secret {name}-audit-heads -o yaml > {name}-audit-heads.yaml  # keep a copy, then docs/operator.md#audit-log",
	v1alpha1.ReasonHostTaken:        "kubectl get ingress -A",
	v1alpha1.ReasonDowngradeRefused: "kubectl -n {namespace} get todoplatform {name} -o yaml  # spec.version, and status.schemaVersion",
	v1alpha1.ReasonNamespaceTaken:   "kubectl -n {namespace} get todoplatforms",
}

// conditions tells which steps of the operator fail.
func conditions(s *cluster.Snapshot) []Finding {
	var findings []Finding
	all := s.Platform.Status.Conditions
	unavailable := meta.IsStatusConditionFalse(all, v1alpha1.ConditionAvailable)
	stalled := meta.IsStatusConditionTrue(all, v1alpha1.ConditionStalled)
	for _, kind := range append(v1alpha1.StepConditions(), v1alpha1.ConditionBackedUp) {
		c := meta.FindStatusCondition(all, kind)
		if c == nil {
			continue
		}
		f := Finding{Object: object(s), Seen: fmt.Sprintf("%s: %s: %s", kind, c.Reason, c.Message), Matters: steps[kind].matters, Next: nextFor(s, kind, c.Reason)}
		switch {
		case c.Status == metav1.ConditionTrue && c.Reason == v1alpha1.ReasonDaprOutdated:
			f.Severity, f.Matters, f.Next = Warning, "the fixes that the message names are missing", place(s, "helm upgrade dapr dapr/dapr -n {dapr} --reuse-values")
		case c.Status != metav1.ConditionFalse:
			continue
		case c.Reason == v1alpha1.ReasonHeadsDiverge || unavailable && stalled:
			f.Severity = Critical
		case waits(c.Reason) && s.Time().Sub(c.LastTransitionTime.Time) < startTime:
			f.Severity = Note
		case unavailable:
			f.Severity = Critical
		default:
			f.Severity = Warning
		}
		findings = append(findings, f)
	}
	if ready := meta.FindStatusCondition(all, v1alpha1.ConditionReady); ready != nil && ready.Reason == v1alpha1.ReasonNamespaceTaken {
		findings = append(findings, Finding{Critical, object(s), ready.Message, "nothing of it is made", nextFor(s, "", ready.Reason), nil})
	}
	return findings
}

// waits tells whether a reason is one of those that usually pass by themselves.
func waits(reason string) bool {
	switch reason {
	case v1alpha1.ReasonStarting, v1alpha1.ReasonMigrating, v1alpha1.ReasonDaprStarting:
		return true
	}
	return false
}

func nextFor(s *cluster.Snapshot, step, reason string) string {
	next, found := reasons[reason]
	if !found {
		next = steps[step].next
	}
	return place(s, next)
}

// place fills in a command.
func place(s *cluster.Snapshot, command string) string {
	return strings.NewReplacer("{namespace}", s.Platform.Namespace, "{name}", s.Platform.Name,
		"{operator}", s.OperatorNamespace, "{dapr}", s.DaprNamespace).Replace(command)
}
