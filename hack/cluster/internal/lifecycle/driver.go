package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/host"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kind"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// Driver runs the nodes of clusters. What is put into a cluster, add-ons and platform, is the same with each.
type Driver interface {
	// Check says what keeps it from running a cluster of that many nodes here, and what to do about it.
	Check(ctx context.Context, nodes int) error
	// ToolSets are those of hack/tools that it needs.
	ToolSets() []string
	// Program is the path of kubectl or helm.
	Program(name string) string
	// Bare says whether a cluster has neither names nor storage nor a way to registries of its own.
	Bare() bool
	// Claim gives a cluster to be what no other one may have.
	Claim(spec *cluster.Spec, others []cluster.Cluster) error
	// Start runs the nodes and returns when images can be put on them.
	Start(ctx context.Context, step *progress.Step, c cluster.Cluster) error
	// Running reports whether the nodes run.
	Running(ctx context.Context, c cluster.Cluster) (bool, error)
	// Nodes names the nodes, the one with the control plane first.
	Nodes(c cluster.Cluster) []string
	// Pull has a node, unless it is bare, pull a public image.
	Pull(ctx context.Context, step *progress.Step, c cluster.Cluster, node, reference string) error
	// Import puts a docker-archive file on a node.
	Import(ctx context.Context, step *progress.Step, c cluster.Cluster, node, archive string) error
	// Remove ends the nodes, also those of a start that was broken off.
	Remove(ctx context.Context, step *progress.Step, c cluster.Cluster) error
	// Logs says where those of the nodes are.
	Logs(c cluster.Cluster) string
}

// driver is the one that made the cluster, or is to make it.
func (m Manager) driver(c cluster.Cluster) Driver {
	if c.Driver == cluster.DriverKind {
		return kind.Driver{Cache: m.Cache}
	}
	return host.Driver{Cache: m.Cache}
}

// decide names the driver of a cluster: the one that made it, the one that is asked for, or kind where it works.
func (m Manager) decide(ctx context.Context, wanted *cluster.Spec) error {
	switch wanted.Driver {
	case "", cluster.DriverHost, cluster.DriverKind:
	default:
		return fmt.Errorf("no driver is called %q: choose %s or %s", wanted.Driver, cluster.DriverHost, cluster.DriverKind)
	}
	made, err := cluster.Load(m.Cache, wanted.Name)
	switch {
	case err == nil && wanted.Driver != "" && wanted.Driver != made.Driver:
		return fmt.Errorf("cluster %s was made with the driver %s: end it with `cluster down --name %s` to change that", made.Name, made.Driver, made.Name)
	case err == nil:
		wanted.Driver = made.Driver
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case wanted.Driver == "":
		return m.detect(ctx, wanted)
	}
	if err := m.driver(cluster.Cluster{Spec: *wanted}).Check(ctx, wanted.Size); err != nil {
		return fmt.Errorf("the driver %s cannot run cluster %s (put that right, or choose another for a new cluster): %w", wanted.Driver, wanted.Name, err)
	}
	return nil
}

// detect takes kind where it works, and says so; who has neither Docker nor kind hears nothing of it.
func (m Manager) detect(ctx context.Context, wanted *cluster.Spec) error {
	obstacle := kind.Driver{Cache: m.Cache}.Check(ctx, wanted.Size)
	if obstacle == nil {
		wanted.Driver = cluster.DriverKind
		m.Progress.Printf("Docker and kind are here: they run the cluster (DRIVER=%s does without them).", cluster.DriverHost)
		return nil
	}
	wanted.Driver = cluster.DriverHost
	if kind.Present() {
		m.Progress.Printf("This machine itself runs the cluster, not kind: %s.", obstacle)
	}
	return host.Driver{Cache: m.Cache}.Check(ctx, wanted.Size)
}

// OnHost gives access to nodes that are namespaces of this machine.
func OnHost(c cluster.Cluster) (node.Cluster, error) {
	if c.Driver == cluster.DriverKind {
		return node.Cluster{}, fmt.Errorf("cluster %s runs in kind: only clusters of DRIVER=%s have nodes that can be looked into, stopped and started", c.Name, cluster.DriverHost)
	}
	return node.Cluster{Cluster: c}, nil
}
