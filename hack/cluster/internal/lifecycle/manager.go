// Package lifecycle brings clusters up and down and says how they are.
package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/addons"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kubectl"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
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
func (m Manager) Cluster(name string) (node.Cluster, error) {
	c, err := node.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		return node.Cluster{}, fmt.Errorf("there is no cluster %q: start it with `cluster up --name %s`", name, name)
	}
	return c, err
}

// Kubectl acts on a cluster.
func (m Manager) Kubectl(c node.Cluster) kubectl.Client {
	return kubectl.Client{Binary: m.Cache.Binary("kubectl"), Kubeconfig: c.Kubeconfig()}
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

func (m Manager) addons(c node.Cluster) addons.Installer {
	return addons.Installer{Kubectl: m.Kubectl(c), Cache: m.Cache}
}

// keeperLock is held by the keeper of a cluster as long as it lives: the kernel
// releases it when the process ends, however it ends.
func keeperLock(c node.Cluster) string { return c.Dir("keeper.lock") }

// acquireKeeperLock fails when another keeper lives.
func acquireKeeperLock(c node.Cluster) (*os.File, error) {
	file, err := os.OpenFile(keeperLock(c), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cluster %s is kept running by another process", c.Name)
	}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return file, err
}

// keeper returns the process that keeps the cluster running, or nil when there is none.
func keeper(c node.Cluster) (*os.Process, error) {
	file, err := os.Open(keeperLock(c))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return nil, nil
	}
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, err
	}
	content, err := os.ReadFile(file.Name())
	if err != nil {
		return nil, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return nil, fmt.Errorf("read the process id in %s: %w", file.Name(), err)
	}
	return os.FindProcess(pid)
}
