// Package node makes and runs the one node of a cluster: its own network, mount,
// process, host name and IPC namespaces with a whole Kubernetes inside.
package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
)

// Spec is what distinguishes one cluster from another. It is kept in the cluster's folder.
type Spec struct {
	Name string       `json:"name"`
	Slot network.Slot `json:"slot"`
	// Port of this machine's loopback address that leads to the entry.
	Port int `json:"port"`
}

// Node is a cluster's node and the files that belong to it.
type Node struct {
	Spec
	Cache cache.Layout
}

// Hostname is the name of the node in its cluster.
func (n Node) Hostname() string { return "node" }

// Dir joins elements below the cluster's folder.
func (n Node) Dir(elements ...string) string {
	return filepath.Join(append([]string{n.Cache.Cluster(n.Name)}, elements...)...)
}

// Kubeconfig gives the bearer all rights in the cluster.
func (n Node) Kubeconfig() string { return n.Dir("kubeconfig", "super-admin.conf") }

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

// APIServer is the URL of the API server, reachable from this machine.
func (n Node) APIServer() string {
	return "https://" + netip.AddrPortFrom(n.Slot.Node(), 6443).String()
}

// Entry is the address at which the ingress proxy listens.
func (n Node) Entry() string { return netip.AddrPortFrom(n.Slot.Node(), 80).String() }

// URL is where a browser on this machine reaches the entry.
func (n Node) URL() string { return fmt.Sprintf("http://localhost:%d", n.Port) }

// Save writes the spec into the cluster's folder.
func (n Node) Save() error {
	content, err := json.MarshalIndent(n.Spec, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.Dir(), 0o700); err != nil {
		return err
	}
	return os.WriteFile(n.Dir("cluster.json"), append(content, '\n'), 0o600)
}

// Load reads the spec of a cluster. The error is fs.ErrNotExist when there is no such cluster.
func Load(layout cache.Layout, name string) (Node, error) {
	n := Node{Spec: Spec{Name: name}, Cache: layout}
	content, err := os.ReadFile(n.Dir("cluster.json"))
	if err != nil {
		return Node{}, err
	}
	if err := json.Unmarshal(content, &n.Spec); err != nil {
		return Node{}, fmt.Errorf("read %s: %w", n.Dir("cluster.json"), err)
	}
	return n, nil
}

// All lists the clusters of this machine, running or not.
func All(layout cache.Layout) ([]Node, error) {
	entries, err := os.ReadDir(layout.Path("clusters"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the clusters: %w", err)
	}
	var nodes []Node
	for _, entry := range entries {
		n, err := Load(layout, entry.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}
