package main

import (
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/host"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
)

// The commands of this file are the processes that a running cluster consists of.
// `cluster up` starts them; nobody calls them by hand.

func keepCommand() *cobra.Command {
	return processCommand("keep", "Keep a cluster running", func(cmd *cobra.Command, c node.Cluster) error {
		return host.Keep(cmd.Context(), c)
	})
}

func initCommand() *cobra.Command {
	return nodeProcessCommand("init", "Be the first process of a node", func(cmd *cobra.Command, n node.Node) error {
		return n.Init(cmd.Context())
	})
}

func componentsCommand() *cobra.Command {
	return nodeProcessCommand("components", "Supervise the components inside a node", func(cmd *cobra.Command, n node.Node) error {
		return n.RunComponents(cmd.Context())
	})
}

func nodeProcessCommand(use, short string, run func(*cobra.Command, node.Node) error) *cobra.Command {
	var name *string
	cmd := processCommand(use, short, func(cmd *cobra.Command, c node.Cluster) error {
		n, err := c.Node(*name)
		if err != nil {
			return err
		}
		return run(cmd, n)
	})
	name = cmd.Flags().String("node", "", "name of the node")
	return cmd
}

func processCommand(use, short string, run func(*cobra.Command, node.Cluster) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Hidden: true, Args: cobra.NoArgs}
	name := nameFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
		layout, err := cache.Find()
		if err != nil {
			return err
		}
		c, err := cluster.Load(layout, *name)
		if err != nil {
			return err
		}
		return run(cmd, node.Cluster{Cluster: c})
	}
	return cmd
}
