package lifecycle

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
)

// PrintStatus prints a line for each cluster of this machine.
func (m Manager) PrintStatus(ctx context.Context, out io.Writer) error {
	clusters, err := cluster.All(m.Cache)
	if err != nil {
		return err
	}
	if len(clusters) == 0 {
		_, err := fmt.Fprintln(out, "There is no cluster: start one with `cluster up`.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tSTATE\tDRIVER\tNODES\tURL\tKUBECONFIG")
	for _, c := range clusters {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", c.Name, m.state(ctx, c), c.Driver, c.Size, c.URL(), c.Kubeconfig())
	}
	return table.Flush()
}

func (m Manager) state(ctx context.Context, c cluster.Cluster) string {
	running, err := m.driver(c).Running(ctx, c)
	if err != nil {
		return "unknown: " + err.Error()
	}
	if !running {
		return "stopped"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := c.API(ctx); err != nil {
		return "API not ready"
	}
	return "running"
}
