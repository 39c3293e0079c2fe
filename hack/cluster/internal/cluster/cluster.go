// Package cluster knows the clusters of this machine and the files that belong to them.
package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
)

// Drivers are what clusters can be made with.
const (
	// DriverHost has nodes that are namespaces of this machine.
	DriverHost = "host"
	// DriverKind has nodes that are containers of Docker.
	DriverKind = "kind"
)

// Spec is what distinguishes one cluster from another. It is kept in the cluster's folder.
type Spec struct {
	Name string `json:"name"`
	// Driver is what made the cluster, and so is what ends it.
	Driver string `json:"driver"`
	// Port of this machine's loopback address that leads to the entry.
	Port int `json:"port"`
	// Size is how many nodes the cluster has.
	Size int `json:"size"`
	// Slot has the addresses of the nodes, where they are namespaces of this machine.
	Slot network.Slot `json:"slot,omitempty"`
}

// Cluster is a cluster and the files that belong to it.
type Cluster struct {
	Spec
	Cache cache.Layout
}

// Dir joins elements below the cluster's folder.
func (c Cluster) Dir(elements ...string) string {
	return filepath.Join(append([]string{c.Cache.Cluster(c.Name)}, elements...)...)
}

// Kubeconfig gives the bearer all rights in the cluster.
func (c Cluster) Kubeconfig() string { return c.Dir("kubeconfig", "super-admin.conf") }

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
	// Records from before there was a choice name no driver.
	c := Cluster{Spec: Spec{Name: name, Driver: DriverHost}, Cache: layout}
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
