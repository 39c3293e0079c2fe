package node

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
)

// Node is a node of a cluster and the files that belong to it.
type Node struct {
	Cluster
	// Number counts from 1, which has the control plane.
	Number int
}

// Hostname is the name of the node in its cluster.
func (n Node) Hostname() string { return fmt.Sprintf("node-%d", n.Number) }

// Zone is where the node says it stands: each has a zone of its own.
func (n Node) Zone() string { return fmt.Sprintf("zone-%d", n.Number) }

// Address is the node's address, reachable from this machine and from the other nodes.
func (n Node) Address() netip.Addr { return n.Slot.Node(n.Number) }

// Dir joins elements below the node's folder.
func (n Node) Dir(elements ...string) string {
	return n.Cluster.Dir(append([]string{"nodes", n.Hostname()}, elements...)...)
}

// Cgroup is the control group that the node's pods lie in.
func (n Node) Cgroup() string { return n.Cluster.Cgroup() + "/" + n.Hostname() }

// Logs is the folder with one log a component.
func (n Node) Logs() string { return n.Dir("logs") }

// LogFile is the log of a component.
func (n Node) LogFile(component string) string {
	return filepath.Join(n.Logs(), filepath.Base(component)+".log")
}

// LogNames lists the components and processes that have a log.
func (n Node) LogNames() []string {
	files, _ := filepath.Glob(n.LogFile("*"))
	names := make([]string, 0, len(files))
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".log"))
	}
	return names
}

func (n Node) hasControlPlane() bool { return n.Number == 1 }

func (n Node) kubeletKubeconfig() string {
	if n.hasControlPlane() { // as kubeadm names it
		return n.Cluster.Dir("kubeconfig", "kubelet.conf")
	}
	return n.Cluster.Dir("kubeconfig", n.Hostname()+".conf")
}
