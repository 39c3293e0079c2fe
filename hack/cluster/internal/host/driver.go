// Package host runs clusters whose nodes are namespaces of this machine: it needs root and
// package registries, and can lose a node.
package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

const startTimeout = 2 * time.Minute

// Driver runs nodes that are namespaces of this machine.
type Driver struct{ Cache cache.Layout }

// Check wants root, for namespaces, interfaces and mounts.
func (Driver) Check(_ context.Context, nodes int) error {
	if nodes > network.MaxNodes {
		return fmt.Errorf("a cluster has 1 to %d nodes, not %d", network.MaxNodes, nodes)
	}
	if os.Geteuid() != 0 {
		return errors.New("a cluster makes namespaces, interfaces and mounts, which needs root: run this as root")
	}
	return nil
}

// ToolSets are all that a cluster consists of.
func (Driver) ToolSets() []string {
	return []string{
		"system", "etcd", "kubernetes", "pause", "helm", "coredns", "contour", "contour-manifests", "envoy",
		"dapr", "dapr-chart", "postgres-18", "postgres-client-18", "postgres-15", "kafka",
	}
}

// Program is one of the tool sets.
func (d Driver) Program(name string) string { return d.Cache.Binary(name) }

// Bare says that nodes have nothing but what we put on them: nothing leaves the machine.
func (Driver) Bare() bool { return true }

// Claim gives the cluster a range of addresses.
func (Driver) Claim(spec *cluster.Spec, others []cluster.Cluster) error {
	var used []network.Slot
	for _, other := range others {
		used = append(used, other.Slot)
	}
	reached, err := network.Reached()
	if err != nil {
		return err
	}
	spec.Slot, err = network.FreeSlot(used, reached)
	return err
}

// Start writes the files of the nodes and starts their keeper, which outlives this process.
func (Driver) Start(ctx context.Context, step *progress.Step, started cluster.Cluster) error {
	c := node.Cluster{Cluster: started}
	if err := c.WriteConfig(); err != nil {
		return err
	}
	if err := c.IssueCertificates(ctx, step); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	keep := exec.Command(self, "keep", "--name", c.Name) //nolint:gosec,noctx // this program; it outlives the context
	keep.Dir = "/"
	keep.Stdout, keep.Stderr = step.Log(), step.Log()
	keep.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := keep.Start(); err != nil {
		return fmt.Errorf("start the cluster's keeper: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- keep.Wait() }()
	for _, n := range c.Nodes() {
		if err := waitForContainerd(ctx, n, ended); err != nil {
			return err
		}
	}
	return nil
}

// waitForContainerd returns when images can be loaded onto the node, or when the keeper has given up.
func waitForContainerd(ctx context.Context, n node.Node, ended <-chan error) error {
	deadline := time.After(startTimeout)
	for {
		if socket, err := n.ContainerdSocket(); err == nil {
			if _, err := os.Stat(socket); err == nil {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("%s did not start: %w", n.Hostname(), err)
		case <-deadline:
			return fmt.Errorf("containerd did not start within %s: see %s", startTimeout, n.Logs())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Running reports whether the cluster's keeper lives.
func (Driver) Running(_ context.Context, c cluster.Cluster) (bool, error) {
	process, err := keeper(c)
	return process != nil, err
}

// Nodes names the nodes, the one with the control plane first.
func (Driver) Nodes(c cluster.Cluster) []string {
	var names []string
	for _, n := range (node.Cluster{Cluster: c}).Nodes() {
		names = append(names, n.Hostname())
	}
	return names
}

// Pull cannot be had: nothing leaves the machine.
func (Driver) Pull(context.Context, *progress.Step, cluster.Cluster, string, string) error {
	return errors.ErrUnsupported
}

// Import puts a docker-archive file on a node.
func (Driver) Import(ctx context.Context, step *progress.Step, c cluster.Cluster, name, archive string) error {
	n, err := node.Cluster{Cluster: c}.Node(name)
	if err != nil {
		return err
	}
	socket, err := n.ContainerdSocket()
	if err != nil {
		return err
	}
	return step.Run(ctx, "/", nil, "ctr", "--address="+socket, "--namespace=k8s.io", "images", "import", archive)
}

// Remove ends every process, namespace, mount and interface of the cluster.
func (Driver) Remove(_ context.Context, _ *progress.Step, c cluster.Cluster) error {
	if err := endKeeper(c); err != nil {
		return err
	}
	if err := network.RemoveBridge(c.Slot); err != nil {
		return err
	}
	return cgroup.Remove(cgroup.Name(c.Name))
}

// Logs says where the components write theirs.
func (Driver) Logs(c cluster.Cluster) string {
	return "The logs of the components: " + node.Cluster{Cluster: c}.ControlPlane().Logs()
}
