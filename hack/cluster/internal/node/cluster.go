// Package node makes and runs nodes that are namespaces of this machine: network, mount,
// process, host name and IPC. The first one of a cluster has the control plane too.
package node

import (
	"fmt"
	"net/netip"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
)

// Cluster is a cluster of such nodes.
type Cluster struct{ cluster.Cluster }

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

// Cgroup is the control group that those of the nodes lie in.
func (c Cluster) Cgroup() string { return cgroup.Name(c.Name) }

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
