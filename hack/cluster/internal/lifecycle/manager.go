// Package lifecycle brings clusters up and down and says how they are.
package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/addons"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kubectl"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

// Manager works on the clusters of this machine.
type Manager struct {
	Cache cache.Layout
	// Repository is the root of the sources.
	Repository string
	Progress   *progress.Reporter
}

// clusterName is short because it becomes part of cgroup and file names.
var clusterName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,18}[a-z0-9])?$`)

// Cluster returns a cluster that exists.
func (m Manager) Cluster(name string) (cluster.Cluster, error) {
	c, err := cluster.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		return cluster.Cluster{}, fmt.Errorf("there is no cluster %q: start it with `cluster up --name %s`", name, name)
	}
	return c, err
}

// Kubectl acts on a cluster.
func (m Manager) Kubectl(c cluster.Cluster) kubectl.Client {
	return kubectl.Client{Binary: m.driver(c).Program("kubectl"), Kubeconfig: c.Kubeconfig()}
}

// Tools ensures the programs that clusters need.
func (m Manager) Tools() *tools.Ensurer {
	return &tools.Ensurer{Cache: m.Cache, Sources: filepath.Join(m.Repository, "hack", "tools"), Progress: m.Progress}
}

// Images is the catalogue of images.
func (m Manager) Images() image.Catalog {
	return image.Catalog{Cache: m.Cache, Sources: filepath.Join(m.Repository, "hack", "images")}
}

// Builder makes images.
func (m Manager) Builder() *image.Builder {
	return &image.Builder{Cache: m.Cache, Progress: m.Progress}
}

func (m Manager) addons(c cluster.Cluster) addons.Installer {
	driver := m.driver(c)
	return addons.Installer{Kubectl: m.Kubectl(c), Helm: driver.Program("helm"), Cache: m.Cache, FirstNode: driver.Nodes(c)[0]}
}
