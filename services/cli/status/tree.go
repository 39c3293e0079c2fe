package status

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// node is a line with what hangs below it.
type node struct {
	text     string
	children []node
}

func (n *node) add(format string, values ...any) *node {
	n.children = append(n.children, node{text: strings.TrimRight(fmt.Sprintf(format, values...), " ")})
	return &n.children[len(n.children)-1]
}

// print writes a tree.
func (n *node) print(out io.Writer, indent string) error {
	if _, err := fmt.Fprintln(out, n.text); err != nil {
		return err
	}
	for i, child := range n.children {
		branch, below := "├─ ", "│  "
		if i == len(n.children)-1 {
			branch, below = "└─ ", "   "
		}
		if _, err := io.WriteString(out, indent+branch); err != nil {
			return err
		}
		if err := child.print(out, indent+below); err != nil {
			return err
		}
	}
	return nil
}

// tree draws a view.
func (v view) tree() *node {
	root := &node{text: strings.TrimRight(fmt.Sprintf("%s/%s  %s  %s", v.Namespace, v.Name, v.Status, v.URL), " ")}
	root.add("version  %s", v.Version.describe())
	drawConditions(root.add("conditions"), v.Conditions)
	drawWorkloads(root.add("services"), v.Services)
	if len(v.Servers) > 0 {
		drawWorkloads(root.add("servers"), v.Servers)
	}
	if len(v.Topics) > 0 {
		drawTopics(root.add("topics"), v.Topics)
	}
	if len(v.SigningKeys) > 0 {
		keys := root.add("signing keys")
		for _, k := range v.SigningKeys {
			keys.add("%-7s  %s  %s", k.Role, k.ID, times(k))
		}
	}
	if len(v.Unread) > 0 {
		unread := root.add("not seen")
		for _, u := range v.Unread {
			unread.add("%s: %s", u.What, u.Why)
		}
	}
	return root
}

// drawConditions leaves out that nothing is under way or stalled.
func drawConditions(parent *node, conditions []metav1.Condition) {
	shown := slices.DeleteFunc(slices.Clone(conditions), func(c metav1.Condition) bool {
		return (c.Type == v1alpha1.ConditionProgressing || c.Type == v1alpha1.ConditionStalled) && c.Status == metav1.ConditionFalse
	})
	types, reasons := 0, 0
	for _, c := range shown {
		types, reasons = max(types, len(c.Type)), max(reasons, len(c.Reason))
	}
	for _, c := range shown {
		parent.add("%s %-*s  %-*s  %s", mark(c), types, c.Type, reasons, c.Reason, c.Message)
	}
}

func drawTopics(parent *node, topics []v1alpha1.TopicStatus) {
	names := 0
	for _, t := range topics {
		names = max(names, len(t.Name))
	}
	for _, t := range topics {
		parent.add("%-*s  %s, %s  %s", names, t.Name, count(t.Partitions, "partition"), count(t.ReplicationFactor, "replica"), t.Message)
	}
}

// count tells how many there are of something.
func count(n int32, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func (v versions) describe() string {
	text := cmp.Or(v.Wanted, "unknown") + " wanted, " + cmp.Or(strings.Join(v.Running, " and "), "nothing") + " running"
	if v.Schema != "" {
		text += ", schema " + v.Schema
	}
	return text
}

// mark tells at a glance whether a condition is as it should be; of those that are not good when they are True, only
// such are drawn.
func mark(c metav1.Condition) string {
	switch {
	case c.Type == v1alpha1.ConditionProgressing, c.Status == metav1.ConditionUnknown:
		return "…"
	case c.Type == v1alpha1.ConditionStalled, c.Status == metav1.ConditionFalse:
		return "✗"
	}
	return "✓"
}

func drawWorkloads(parent *node, workloads []workload) {
	for _, w := range workloads {
		of := parent.add("%-14s  %d of %d ready  %s", w.Name, w.Ready, w.Replicas, w.Message)
		for _, p := range w.Pods {
			drawPod(of, p)
		}
	}
}

func drawPod(parent *node, p pod) {
	state := strings.ToLower(p.Phase)
	if p.Phase == "Running" {
		state = "not ready"
		if p.Ready {
			state = "ready"
		}
	}
	facts := []string{state, count(p.Restarts, "restart")}
	if p.Version != "" {
		facts = append(facts, p.Version)
	}
	if p.Sidecar != "" {
		facts = append(facts, "sidecar "+p.Sidecar)
	}
	drawn := parent.add("%s  %s", p.Name, strings.Join(facts, ", "))
	for _, trouble := range p.Troubles {
		drawn.add("%s", trouble)
	}
}

func times(k v1alpha1.SigningKeyStatus) string {
	switch {
	case k.Until != nil:
		return "until " + k.Until.UTC().Format(time.RFC3339)
	case k.Made != nil:
		return "made " + k.Made.UTC().Format(time.RFC3339)
	}
	return ""
}
