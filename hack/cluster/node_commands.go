package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/lifecycle"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
)

func nodeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "node", Short: "Lose a node of a cluster and bring it back"}
	cmd.AddCommand(
		nodeListCommand(),
		oneNodeCommand("stop", "End every process of a node at once, as a power cut does", "stopped", lifecycle.Manager.StopNode),
		oneNodeCommand("start", "Start a node that was stopped", "runs", lifecycle.Manager.StartNode),
	)
	return cmd
}

func nodeListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the nodes of a cluster", Args: cobra.NoArgs}
	return withCluster(cmd, func(_ *cobra.Command, manager lifecycle.Manager, c node.Cluster, _ []string) error {
		return manager.PrintNodes(os.Stdout, c)
	})
}

func oneNodeCommand(use, short, done string, act func(lifecycle.Manager, context.Context, node.Node) error) *cobra.Command {
	cmd := &cobra.Command{Use: use + " node", Short: short, Args: cobra.ExactArgs(1)}
	return withCluster(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c node.Cluster, args []string) error {
		n, err := c.Node(args[0])
		if err != nil {
			return err
		}
		if err := act(manager, cmd.Context(), n); err != nil {
			return err
		}
		manager.Progress.Printf("%s %s.", n.Hostname(), done)
		return nil
	})
}
