package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

const endTimeout = 20 * time.Second

// Down ends a cluster with every process, namespace, mount and interface of it and
// removes its data. Only the caches stay.
func (m Manager) Down(_ context.Context, name string) error {
	unlock, err := m.Cache.Lock("cluster-" + name)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := node.Load(m.Cache, name); errors.Is(err, fs.ErrNotExist) {
		m.Progress.Printf("There is no cluster %s.", name)
		return nil
	}
	return m.Progress.Do("end cluster "+name, func(*progress.Step) error { return m.remove(name) })
}

func (m Manager) remove(name string) error {
	c, err := node.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := endKeeper(c); err != nil {
		return err
	}
	if err := network.RemoveBridge(c.Slot); err != nil {
		return err
	}
	if err := cgroup.Remove(c.Cgroup()); err != nil {
		return err
	}
	if err := os.RemoveAll(c.Dir()); err != nil {
		return fmt.Errorf("remove the cluster's folder: %w", err)
	}
	return nil
}

// endKeeper asks the keeper to end, which takes the nodes with it, and insists after a while.
func endKeeper(c node.Cluster) error {
	signal := syscall.SIGTERM
	insist := time.Now().Add(endTimeout / 2)
	deadline := time.Now().Add(endTimeout)
	for asked := false; ; {
		process, err := keeper(c)
		if err != nil || process == nil {
			return err
		}
		if !asked || (signal == syscall.SIGTERM && time.Now().After(insist)) {
			if asked {
				signal = syscall.SIGKILL
			}
			if err := process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("end process %d: %w", process.Pid, err)
			}
			asked = true
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d, which keeps cluster %s running, does not end", process.Pid, c.Name)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
