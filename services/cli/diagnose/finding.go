package diagnose

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

// Severity says how bad a finding is.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical" // people cannot use it, or something may be lost
	Warning  Severity = "warning"  // something does not work, or soon will not
	Note     Severity = "note"     // good to know
)

// Finding is one thing that is not as it should be.
type Finding struct {
	Severity Severity `json:"severity"`
	// Object is what it is about, as kubectl names it.
	Object string `json:"object"`
	// Seen is what was seen.
	Seen string `json:"seen"`
	// Matters is what follows from it.
	Matters string `json:"matters"`
	// Next is the command to run next.
	Next string `json:"next"`
	// Log is the last lines of the containers that it is about.
	Log []string `json:"log,omitempty"`
}

// Find tells what is wrong in a snapshot, the worst first.
func Find(s *cluster.Snapshot) []Finding {
	findings := slices.Concat(
		platform(s), conditions(s), pods(s), sidecarVersions(s), deployments(s), volumes(s),
		queues(s), operator(s), dapr(s), nodes(s), clocks(s), certificates(s), warnings(s),
	)
	order := []Severity{Critical, Warning, Note}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity))
	})
	return findings
}

// bad tells whether there is more than notes.
func bad(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity != Note })
}

// Print writes findings for people.
func Print(out io.Writer, s *cluster.Snapshot, findings []Finding) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s/%s: %s\n", s.Platform.Namespace, s.Platform.Name, summary(s, findings))
	for _, f := range findings {
		fmt.Fprintf(&text, "\n%-8s  %s\n", strings.ToUpper(string(f.Severity)), f.Object)
		for _, part := range []struct{ title, text string }{{"seen", f.Seen}, {"matters", f.Matters}, {"next", f.Next}} {
			fmt.Fprintf(&text, "  %-7s  %s\n", part.title, part.text)
		}
		for _, line := range f.Log {
			fmt.Fprintf(&text, "    | %s\n", line)
		}
	}
	if len(s.Unread) > 0 {
		text.WriteString("\nNot looked at:\n")
	}
	for _, u := range s.Unread {
		fmt.Fprintf(&text, "  %s: %s\n", u.What, u.Why)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func summary(s *cluster.Snapshot, findings []Finding) string {
	if len(findings) == 0 && len(s.Unread) > 0 {
		return "nothing is wrong with what could be looked at"
	}
	if len(findings) == 0 {
		return "nothing is wrong"
	}
	var counts []string
	for _, severity := range []Severity{Critical, Warning, Note} {
		n := 0
		for _, f := range findings {
			if f.Severity == severity {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, count(n, string(severity)))
		}
	}
	return strings.Join(counts, ", ")
}

// count tells how many there are of something.
func count(n int, of string) string {
	if n == 1 || of == string(Critical) {
		return fmt.Sprintf("%d %s", n, of)
	}
	return fmt.Sprintf("%d %ss", n, of)
}
