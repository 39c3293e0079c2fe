package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

// operator tells whether the operator works, and as which version.
func operator(s *cluster.Snapshot) []Finding {
	if s.Operators != nil && len(s.Operators) == 0 {
		return []Finding{{Warning, "namespace/" + s.OperatorNamespace, "there is no operator in it; if it is in another one, say so with --operator-namespace",
			"without it what runs goes on; nothing heals, and changes of the manifest have no effect",
			"kubectl get deployments -A -l control-plane=controller-manager,app.kubernetes.io/name=todoplatform", nil}}
	}
	var findings []Finding
	for i := range s.Operators {
		findings = append(findings, operatorFinding(s, &s.Operators[i])...)
	}
	return findings
}

func operatorFinding(s *cluster.Snapshot, d *appsv1.Deployment) []Finding {
	name := "deployment/" + d.Name
	if d.Status.AvailableReplicas == 0 {
		return []Finding{{Critical, name, "no replica of the operator is available", "what runs goes on; nothing heals, and changes of the manifest have no effect",
			fmt.Sprintf("kubectl -n %s describe deployment %s", d.Namespace, d.Name), nil}}
	}
	p := &s.Platform
	if p.Spec.Version != "" || p.Spec.Suspend || p.Status.WantedVersion == "" || len(d.Spec.Template.Spec.Containers) == 0 {
		return nil
	}
	version := cluster.Tag(d.Spec.Template.Spec.Containers[0].Image)
	if version == "" || version == p.Status.WantedVersion {
		return nil
	}
	return []Finding{{Note, name, fmt.Sprintf("the operator is of version %s, and would still have the platform run %s", version, p.Status.WantedVersion),
		"it has not come to this platform since it was upgraded", kubectl(s, "describe todoplatform %s", p.Name), nil}}
}

// injector is the Deployment that adds sidecars to pods.
const injector = "dapr-sidecar-injector"

func injectorVersion(s *cluster.Snapshot) string {
	for _, w := range s.Dapr {
		if w.Name == injector {
			return cluster.Tag(w.Image)
		}
	}
	return ""
}

// mattersOfDapr is what follows when a part of Dapr's control plane is away.
var mattersOfDapr = map[string]string{
	injector:                "pods that start now lack their sidecar",
	"dapr-operator":         "sidecars that start now find no components, and end",
	"dapr-sentry":           "sidecars that start now get no certificate, and those that run cannot renew theirs within a day",
	"dapr-scheduler-server": "reminders do not ring on time: notification finds them by its own rounds",
}

// dapr tells what of Dapr's control plane does not run, or is of another release than the rest.
func dapr(s *cluster.Snapshot) []Finding {
	var findings []Finding
	current := injectorVersion(s)
	for _, w := range s.Dapr {
		matters, needed := mattersOfDapr[w.Name]
		if !needed {
			continue // the platform does without
		}
		next := fmt.Sprintf("kubectl -n %s describe %s %s", w.Namespace, w.Kind, w.Name)
		if w.Ready < w.Wanted {
			f := Finding{Warning, w.Kind + "/" + w.Name, fmt.Sprintf("%d of %d replicas are ready", w.Ready, w.Wanted), "should the others fail as well: " + matters, next, nil}
			if w.Ready == 0 {
				f.Severity, f.Matters = Critical, matters
			}
			findings = append(findings, f)
		}
		if version := cluster.Tag(w.Image); current != "" && version != "" && version != current {
			findings = append(findings, Finding{Warning, w.Kind + "/" + w.Name, fmt.Sprintf("it is of Dapr %s, and the injector of %s", version, current),
				"parts of different releases are not meant to work together: an upgrade has stopped half-way", next, nil})
		}
	}
	return findings
}

// nodes tells which nodes with pods of the platform do not answer.
func nodes(s *cluster.Snapshot) []Finding {
	var findings []Finding
	for _, node := range s.Nodes {
		here := slices.ContainsFunc(s.Pods, func(p corev1.Pod) bool { return p.Spec.NodeName == node.Name })
		if here && !node.Ready {
			findings = append(findings, Finding{Critical, "node/" + node.Name, "it is not ready, and pods of the platform are on it",
				"they may be gone, and a volume that only this node reaches is away", "kubectl describe node " + node.Name, nil})
		}
	}
	return findings
}

const (
	// clockSlack is what clocks may differ by: they are read in whole seconds.
	clockSlack = 3 * time.Second
	// renewal is how late the lease of a healthy node may be.
	renewal = time.Minute
)

// clocks tells which clocks are wrong.
func clocks(s *cluster.Snapshot) []Finding {
	if s.Now.IsZero() {
		return nil
	}
	const matters = "tokens are refused as too old or too new, reminders ring at the wrong time, and certificates seem not to be valid"
	var findings []Finding
	if off := s.Here.Sub(s.Now); off.Abs() > clockSlack {
		findings = append(findings, Finding{Note, "this machine", "its clock is " + apart(off) + " that of the API server",
			"one of them is wrong, and ages that this command tells are those of the API server", "timedatectl status", nil})
	}
	for _, node := range s.Nodes {
		if node.Renewed.IsZero() || !node.Ready {
			continue
		}
		// A lease is renewed every ten seconds, so that only a late one tells of a clock that is behind.
		if off := node.Renewed.Sub(s.Now); off > clockSlack || off < -renewal {
			findings = append(findings, Finding{Warning, "node/" + node.Name, "its clock is " + apart(off) + " that of the API server",
				matters, "kubectl debug node/" + node.Name + " -it --image=busybox -- date -u", nil})
		}
	}
	return findings
}

// apart words how far a clock is off.
func apart(off time.Duration) string {
	if off < 0 {
		return off.Abs().Round(time.Second).String() + " behind"
	}
	return off.Round(time.Second).String() + " ahead of"
}

// The times before the end of a certificate from which on it is told of. Those that are renewed by themselves are
// renewed earlier.
const (
	endsSoon = 14 * 24 * time.Hour
	endsNow  = 3 * 24 * time.Hour
)

// certificates tells which certificates end soon.
func certificates(s *cluster.Snapshot) []Finding {
	var findings []Finding
	for _, c := range s.Certificates {
		left := c.Ends.Sub(s.Time())
		if left > endsSoon {
			continue
		}
		f := Finding{Warning, "secret/" + c.Secret, fmt.Sprintf("the certificate of %s ends on %s", c.Subject, c.Ends.UTC().Format(time.RFC3339)),
			"when it has ended, whoever checks it no longer connects", kubectl(s, "get certificate,secret") + "  # cert-manager renews it; otherwise put a new one into the Secret", nil}
		if left <= endsNow {
			f.Severity = Critical
		}
		if left <= 0 {
			f.Seen = fmt.Sprintf("the certificate of %s has ended on %s", c.Subject, c.Ends.UTC().Format(time.RFC3339))
		}
		findings = append(findings, f)
	}
	return findings
}

// behind is from how long a wait on an event counts as trouble.
const behind = time.Minute

// queues tells which services are behind, and what nobody could handle.
func queues(s *cluster.Snapshot) []Finding {
	var findings []Finding
	for _, q := range s.Queues {
		if q.DeadLetters > 0 {
			findings = append(findings, Finding{Warning, "topic/" + q.Topic, fmt.Sprintf("%d dead letters of %s", q.DeadLetters, q.App),
				"it could not handle these events, and goes on without them", "todoplatform dead-letters list", nil})
		}
		if waited := s.Time().Sub(q.Oldest); q.Waiting > 0 && waited > behind {
			findings = append(findings, Finding{Warning, "topic/" + q.Topic, fmt.Sprintf("%s has %d events to handle, the oldest for %s", q.App, q.Waiting, waited.Round(time.Second)),
				lost[q.App], kubectl(s, "logs deployment/%s --tail=50", q.App), nil})
		}
	}
	return findings
}

const (
	// newsTime is how old a warning may be.
	newsTime = time.Hour
	// maxWarnings bounds those that are told.
	maxWarnings = 10
)

// fold is warnings that say the same of objects of one kind.
type fold struct {
	kind, reason string
	event        corev1.Event // the latest
	times        int
	names        []string
}

// warnings folds the Warnings of the last hour.
func warnings(s *cluster.Snapshot) []Finding {
	folds := map[[2]string]*fold{}
	for _, event := range s.Warnings {
		if s.Time().Sub(cluster.LastSeen(&event)) > newsTime {
			continue
		}
		key := [2]string{event.InvolvedObject.Kind, event.Reason}
		if folds[key] == nil {
			folds[key] = &fold{kind: strings.ToLower(key[0]), reason: key[1]}
		}
		f := folds[key]
		f.times += cluster.Times(&event)
		if !slices.Contains(f.names, event.InvolvedObject.Name) {
			f.names = append(f.names, event.InvolvedObject.Name)
		}
		if f.event.Name == "" || cluster.LastSeen(&event).After(cluster.LastSeen(&f.event)) {
			f.event = event
		}
	}
	var sorted []*fold
	for _, f := range folds {
		sorted = append(sorted, f)
	}
	slices.SortFunc(sorted, func(a, b *fold) int {
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(a.kind, b.kind), cmp.Compare(a.reason, b.reason))
	})
	var findings []Finding
	for _, f := range sorted[:min(len(sorted), maxWarnings)] {
		object := f.kind + "/" + f.event.InvolvedObject.Name
		if len(f.names) > 1 {
			object += fmt.Sprintf(" and %d more", len(f.names)-1)
		}
		ago := s.Time().Sub(cluster.LastSeen(&f.event)).Round(time.Second)
		findings = append(findings, Finding{Note, object, fmt.Sprintf("%s, %s, last %s ago: %s", f.reason, count(f.times, "time"), ago, strings.TrimSpace(f.event.Message)),
			"warnings of the last hour may explain the rest, or be over", kubectl(s, "get events --field-selector type=Warning,reason=%s", f.reason), nil})
	}
	return findings
}
