package lifecycle

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
)

// PrintStatus prints a line for each cluster of this machine.
func (m Manager) PrintStatus(ctx context.Context, out io.Writer) error {
	nodes, err := node.All(m.Cache)
	if err != nil {
		return err
	}
	if len(nodes) == 0 {
		_, err := fmt.Fprintln(out, "There is no cluster: start one with `cluster up`.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tSTATE\tADDRESS\tURL\tKUBECONFIG")
	for _, n := range nodes {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", n.Name, state(ctx, n), n.Slot.Node(), n.URL(), n.Kubeconfig())
	}
	return table.Flush()
}

func state(ctx context.Context, n node.Node) string {
	process, err := keeper(n)
	if err != nil {
		return "unknown: " + err.Error()
	}
	if process == nil {
		return "stopped"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := apiClient(ctx, n); err != nil {
		return "API not ready"
	}
	return "running"
}
