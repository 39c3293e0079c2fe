package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/host"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/lifecycle"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
)

func nodeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "node", Short: "Lose a node of a cluster and bring it back"}
	cmd.AddCommand(
		nodeListCommand(),
		oneNodeCommand("stop", "End every process of a node at once, as a power cut does", "stopped", host.StopNode),
		oneNodeCommand("start", "Start a node that was stopped", "runs", host.StartNode),
	)
	return cmd
}

func nodeListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the nodes of a cluster", Args: cobra.NoArgs}
	return withNodes(cmd, func(_ *cobra.Command, _ lifecycle.Manager, c node.Cluster, _ []string) error {
		return host.PrintNodes(os.Stdout, c)
	})
}

func oneNodeCommand(use, short, done string, act func(context.Context, node.Node) error) *cobra.Command {
	cmd := &cobra.Command{Use: use + " node", Short: short, Args: cobra.ExactArgs(1)}
	return withNodes(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c node.Cluster, args []string) error {
		n, err := c.Node(args[0])
		if err != nil {
			return err
		}
		if err := act(cmd.Context(), n); err != nil {
			return err
		}
		manager.Progress.Printf("%s %s.", n.Hostname(), done)
		return nil
	})
}

// withNodes is withCluster for what only nodes that are namespaces of this machine can do.
func withNodes(cmd *cobra.Command, run func(*cobra.Command, lifecycle.Manager, node.Cluster, []string) error) *cobra.Command {
	return withCluster(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c cluster.Cluster, args []string) error {
		nodes, err := lifecycle.OnHost(c)
		if err != nil {
			return err
		}
		return run(cmd, manager, nodes, args)
	})
}
