package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/lifecycle"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/platform"
)

func operatorCommand() *cobra.Command {
	return withPlatform("operator", "Build and load our images and install CRD and operator", func(cmd *cobra.Command, p platform.Platform) error {
		return p.InstallOperator(cmd.Context())
	})
}

func platformCommand() *cobra.Command {
	return withPlatform("platform", "Install the operator and run the sample platform until it is Ready", func(cmd *cobra.Command, p platform.Platform) error {
		start := time.Now()
		if err := p.Up(cmd.Context()); err != nil {
			return err
		}
		printWelcome(p, time.Since(start))
		return nil
	})
}

func reloadCommand() *cobra.Command {
	return withPlatform("reload", "Rebuild, load and restart what changed", func(cmd *cobra.Command, p platform.Platform) error {
		return p.Reload(cmd.Context())
	})
}

func observeCommand() *cobra.Command {
	return withPlatform("observe", "Run Prometheus, VictoriaLogs and Jaeger beside the sample platform, which sends all its traces", func(cmd *cobra.Command, p platform.Platform) error {
		start := time.Now()
		if err := p.Observe(cmd.Context()); err != nil {
			return err
		}
		printViews(p.Cluster, time.Since(start))
		return nil
	})
}

func gatewayCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "gateway", Short: "Have the cluster serve a Gateway of the Gateway API too: contour in namespace projectcontour", Args: cobra.NoArgs}
	return withCluster(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c cluster.Cluster, _ []string) error {
		return manager.InstallGateway(cmd.Context(), c)
	})
}

func neighboursCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "neighbours", Short: "Have the cluster enforce NetworkPolicies, scale by load and make certificates: kube-router, metrics server, cert-manager", Args: cobra.NoArgs}
	return withNodes(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c node.Cluster, _ []string) error {
		return manager.InstallNeighbours(cmd.Context(), c.Cluster)
	})
}

func withPlatform(use, short string, run func(*cobra.Command, platform.Platform) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	tag := cmd.Flags().String("tag", "dev", "tag of our images")
	return withCluster(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c cluster.Cluster, _ []string) error {
		return run(cmd, platform.Platform{Manager: manager, Cluster: c, Tag: *tag})
	})
}

func printWelcome(p platform.Platform, took time.Duration) {
	fmt.Printf(`
TodoPlatform is Ready (%s).

  page      %s
            sign up there with any address: its mail stays on this machine
  API       %s/api/v1
  mail      http://mail.localhost:%d
  kubectl   %s --namespace todo get todoplatforms,pods

`, took.Round(100*time.Millisecond), p.Cluster.URL(), p.Cluster.URL(), p.Cluster.Port, kubectlLine(p.Manager, p.Cluster))
}

func printViews(c cluster.Cluster, took time.Duration) {
	fmt.Printf(`
The platform is watched (%s).

  metrics   http://metrics.localhost:%[2]d/user/dashboards.html
  logs      http://logs.localhost:%[2]d/select/vmui
  traces    http://traces.localhost:%[2]d
            docs/observe.md follows one change through them

`, took.Round(100*time.Millisecond), c.Port)
}
