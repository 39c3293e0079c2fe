// Package node makes and runs the nodes of a cluster. Each has network, mount,
// process, host name and IPC namespaces of its own; the first one has the control
// plane too.
package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
)

// Spec is what distinguishes one cluster from another. It is kept in the cluster's folder.
type Spec struct {
	Name string       `json:"name"`
	Slot network.Slot `json:"slot"`
	// Port of this machine's loopback address that leads to the entry.
	Port int `json:"port"`
	// Size is how many nodes the cluster has.
	Size int `json:"size"`
}

// Cluster is a cluster and the files that belong to it.
type Cluster struct {
	Spec
	Cache cache.Layout
}

// Nodes lists the nodes of the cluster, the one with the control plane first.
func (c Cluster) Nodes() []Node {
	nodes := make([]Node, 0, c.Size)
	for number := 1; number <= c.Size; number++ {
		nodes = append(nodes, Node{Cluster: c, Number: number})
	}
	return nodes
}

// Node returns the node of a name.
func (c Cluster) Node(name string) (Node, error) {
	for _, n := range c.Nodes() {
		if n.Hostname() == name {
			return n, nil
		}
	}
	return Node{}, fmt.Errorf("cluster %s has no node %q: `cluster node list --name %s` names them", c.Name, name, c.Name)
}

// ControlPlane is the node that the control plane runs on.
func (c Cluster) ControlPlane() Node { return Node{Cluster: c, Number: 1} }

// Dir joins elements below the cluster's folder.
func (c Cluster) Dir(elements ...string) string {
	return filepath.Join(append([]string{c.Cache.Cluster(c.Name)}, elements...)...)
}

// Cgroup is the control group that those of the nodes lie in.
func (c Cluster) Cgroup() string { return cgroup.Name(c.Name) }

// Kubeconfig gives the bearer all rights in the cluster.
func (c Cluster) Kubeconfig() string { return c.Dir("kubeconfig", "super-admin.conf") }

// APIServer is the URL of the API server, reachable from this machine.
func (c Cluster) APIServer() string {
	return "https://" + netip.AddrPortFrom(c.ControlPlane().Address(), 6443).String()
}

// Entries are the addresses at which an ingress proxy listens: one a node.
func (c Cluster) Entries() []string {
	entries := make([]string, 0, c.Size)
	for _, n := range c.Nodes() {
		entries = append(entries, netip.AddrPortFrom(n.Address(), 80).String())
	}
	return entries
}

// URL is where a browser on this machine reaches the entry.
func (c Cluster) URL() string { return fmt.Sprintf("http://localhost:%d", c.Port) }

// Save writes the spec into the cluster's folder.
func (c Cluster) Save() error {
	content, err := json.MarshalIndent(c.Spec, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir(), 0o700); err != nil {
		return err
	}
	return os.WriteFile(c.Dir("cluster.json"), append(content, '\n'), 0o600)
}

// Load reads the spec of a cluster. The error is fs.ErrNotExist when there is no such cluster.
func Load(layout cache.Layout, name string) (Cluster, error) {
	c := Cluster{Spec: Spec{Name: name}, Cache: layout}
	content, err := os.ReadFile(c.Dir("cluster.json"))
	if err != nil {
		return Cluster{}, err
	}
	if err := json.Unmarshal(content, &c.Spec); err != nil {
		return Cluster{}, fmt.Errorf("read %s: %w", c.Dir("cluster.json"), err)
	}
	return c, nil
}

// All lists the clusters of this machine, running or not.
func All(layout cache.Layout) ([]Cluster, error) {
	entries, err := os.ReadDir(layout.Path("clusters"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the clusters: %w", err)
	}
	var clusters []Cluster
	for _, entry := range entries {
		c, err := Load(layout, entry.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		clusters = append(clusters, c)
	}
	return clusters, nil
}
