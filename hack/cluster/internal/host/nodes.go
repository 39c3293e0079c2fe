package host

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
)

// StopNode ends every process of a node at once, as a power cut does. Its data stays.
func StopNode(ctx context.Context, n node.Node) error {
	return want(ctx, n, false)
}

// StartNode starts a node that was stopped and returns when it can have containers again.
func StartNode(ctx context.Context, n node.Node) error {
	if err := want(ctx, n, true); err != nil {
		return err
	}
	return waitForContainerd(ctx, n, nil)
}

// want tells the keeper whether the node is to run, and waits until it has followed.
func want(ctx context.Context, n node.Node, running bool) error {
	unlock, err := n.Cache.Lock("cluster-" + n.Name)
	if err != nil {
		return err
	}
	defer unlock()
	process, err := keeper(n.Cluster.Cluster)
	if err != nil {
		return err
	}
	if process == nil {
		return fmt.Errorf("cluster %s is not running: start it with `cluster up --name %s`", n.Name, n.Name)
	}
	if err := n.Want(running); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	for {
		now, err := n.Running()
		if err != nil || now == running {
			return err
		}
		if pause(ctx, lookEvery); ctx.Err() != nil {
			return fmt.Errorf("%s did not follow within %s: see %s", n.Hostname(), endTimeout, n.LogFile("node"))
		}
	}
}

// PrintNodes prints a line for each node of a cluster.
func PrintNodes(out io.Writer, c node.Cluster) error {
	table := tabwriter.NewWriter(out, 0, 4, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tSTATE\tADDRESS\tZONE")
	for _, n := range c.Nodes() {
		running, err := n.Running()
		if err != nil {
			return err
		}
		state := "stopped"
		if running {
			state = "running"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", n.Hostname(), state, n.Address(), n.Zone())
	}
	return table.Flush()
}
