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
	clusters, err := node.All(m.Cache)
	if err != nil {
		return err
	}
	if len(clusters) == 0 {
		_, err := fmt.Fprintln(out, "There is no cluster: start one with `cluster up`.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tSTATE\tNODES\tADDRESS\tURL\tKUBECONFIG")
	for _, c := range clusters {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\n", c.Name, state(ctx, c), c.Size, c.ControlPlane().Address(), c.URL(), c.Kubeconfig())
	}
	return table.Flush()
}

func state(ctx context.Context, c node.Cluster) string {
	process, err := keeper(c)
	if err != nil {
		return "unknown: " + err.Error()
	}
	if process == nil {
		return "stopped"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := apiClient(ctx, c); err != nil {
		return "API not ready"
	}
	return "running"
}
