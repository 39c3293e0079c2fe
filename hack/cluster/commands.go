package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/lifecycle"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

const (
	defaultName = "dev"
	defaultPort = 8080
	// defaultNodes is enough for everything but drills that lose a node.
	defaultNodes = 1
)

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "cluster",
		Short:         "Real Kubernetes clusters on this machine, for development and tests",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(toolsCommand(), upCommand(), downCommand(), statusCommand(), kubeconfigCommand(), logsCommand(),
		imagesCommand(), loadCommand(), operatorCommand(), platformCommand(), reloadCommand(), observeCommand(), gatewayCommand(), neighboursCommand(), nodeCommand(),
		keepCommand(), initCommand(), componentsCommand())
	return root
}

func newManager() (lifecycle.Manager, error) {
	layout, err := cache.Find()
	if err != nil {
		return lifecycle.Manager{}, err
	}
	repository, err := findRepository()
	return lifecycle.Manager{
		Cache: layout, Repository: repository, Progress: progress.New(os.Stdout, layout.Path("logs")),
	}, err
}

// findRepository returns the root of the repository that the working folder lies in.
func findRepository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "hack", "tools")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the working folder is not inside the TodoPlatform repository: change into it")
}

// withManager makes a command body from a function that works with a manager.
func withManager(run func(*cobra.Command, lifecycle.Manager, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		manager, err := newManager()
		if err != nil {
			return err
		}
		return run(cmd, manager, args)
	}
}

// withCluster adds the flag --name and finds the cluster it names.
func withCluster(cmd *cobra.Command, run func(*cobra.Command, lifecycle.Manager, cluster.Cluster, []string) error) *cobra.Command {
	name := nameFlag(cmd)
	cmd.RunE = withManager(func(cmd *cobra.Command, manager lifecycle.Manager, args []string) error {
		c, err := manager.Cluster(*name)
		if err != nil {
			return err
		}
		return run(cmd, manager, c, args)
	})
	return cmd
}

func nameFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("name", defaultName, "name of the cluster")
}

func toolsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tools [set ...]",
		Short: "Build or fetch the programs that clusters and tests run",
		Long:  "Builds or fetches the named sets, or all that clusters and tests need: " + strings.Join(tools.Names(), ", "),
		RunE: withManager(func(cmd *cobra.Command, manager lifecycle.Manager, args []string) error {
			return manager.Tools().Ensure(cmd.Context(), args...)
		}),
	}
}

func upCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "up", Short: "Start a cluster with CoreDNS, Contour, Envoy and Dapr", Args: cobra.NoArgs}
	name := nameFlag(cmd)
	port := cmd.Flags().Int("port", defaultPort, "port of this machine that leads to the cluster's ingress")
	nodes := cmd.Flags().Int("nodes", defaultNodes, "number of nodes, the first of which has the control plane")
	driver := cmd.Flags().String("driver", "", "what runs the nodes: kind, in Docker, or host, this machine itself (default kind, where Docker and kind are)")
	cmd.RunE = withManager(func(cmd *cobra.Command, manager lifecycle.Manager, _ []string) error {
		start := time.Now()
		c, err := manager.Up(cmd.Context(), cluster.Spec{Name: *name, Driver: *driver, Port: *port, Size: *nodes})
		if err != nil {
			return err
		}
		fmt.Printf("Cluster %s is up (%s).\n  ingress   %s\n  kubectl   %s\n", c.Name, time.Since(start).Round(100*time.Millisecond), c.URL(), kubectlLine(manager, c))
		return nil
	})
	return cmd
}

func kubectlLine(manager lifecycle.Manager, c cluster.Cluster) string {
	return manager.Kubectl(c).Binary + " --kubeconfig " + c.Kubeconfig()
}

func downCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "down", Short: "End a cluster and remove its data", Args: cobra.NoArgs}
	name := nameFlag(cmd)
	cmd.RunE = withManager(func(cmd *cobra.Command, manager lifecycle.Manager, _ []string) error {
		return manager.Down(cmd.Context(), *name)
	})
	return cmd
}

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "List the clusters of this machine", Args: cobra.NoArgs,
		RunE: withManager(func(cmd *cobra.Command, manager lifecycle.Manager, _ []string) error {
			return manager.PrintStatus(cmd.Context(), os.Stdout)
		}),
	}
}

func kubeconfigCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "kubeconfig", Short: "Print the path of the cluster's kubeconfig file", Args: cobra.NoArgs}
	export := cmd.Flags().Bool("export", false, "print a line for the shell to evaluate")
	return withCluster(cmd, func(_ *cobra.Command, _ lifecycle.Manager, c cluster.Cluster, _ []string) error {
		if *export {
			fmt.Printf("export KUBECONFIG=%q\n", c.Kubeconfig())
			return nil
		}
		fmt.Println(c.Kubeconfig())
		return nil
	})
}

func logsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "logs [component]", Short: "Print the log of a component, or list the components", Args: cobra.MaximumNArgs(1)}
	follow := cmd.Flags().BoolP("follow", "f", false, "wait for more")
	of := cmd.Flags().String("node", node.Node{Number: 1}.Hostname(), "node that the component runs on")
	return withNodes(cmd, func(cmd *cobra.Command, _ lifecycle.Manager, c node.Cluster, args []string) error {
		n, err := c.Node(*of)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			for _, component := range n.LogNames() {
				fmt.Println(component)
			}
			return nil
		}
		tail := exec.CommandContext(cmd.Context(), "tail", "-n", "+1", n.LogFile(args[0])) //nolint:gosec // a log of the cluster
		if *follow {
			tail.Args = []string{"tail", "-n", "100", "-F", n.LogFile(args[0])}
		}
		tail.Stdout, tail.Stderr = os.Stdout, os.Stderr
		return tail.Run()
	})
}

func imagesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "images", Short: "Build all images into the cache", Args: cobra.NoArgs}
	tag := cmd.Flags().String("tag", "dev", "tag of the product's own images")
	cmd.RunE = withManager(func(cmd *cobra.Command, manager lifecycle.Manager, _ []string) error {
		return manager.BuildImages(cmd.Context(), *tag)
	})
	return cmd
}

func loadCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "load image ...", Short: "Put images on every node: by name, or docker-archive files", Args: cobra.MinimumNArgs(1)}
	return withCluster(cmd, func(cmd *cobra.Command, manager lifecycle.Manager, c cluster.Cluster, args []string) error {
		for _, name := range args {
			if err := manager.LoadNamed(cmd.Context(), c, name); err != nil {
				return err
			}
		}
		return nil
	})
}
