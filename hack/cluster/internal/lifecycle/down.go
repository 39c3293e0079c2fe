package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// Down ends a cluster with all that the driver that made it has started, and
// removes its data. Only the caches stay.
func (m Manager) Down(ctx context.Context, name string) error {
	unlock, err := m.Cache.Lock("cluster-" + name)
	if err != nil {
		return err
	}
	defer unlock()
	c, err := cluster.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		m.Progress.Printf("There is no cluster %s.", name)
		return nil
	}
	if err != nil {
		return err
	}
	return m.remove(ctx, c)
}

func (m Manager) remove(ctx context.Context, c cluster.Cluster) error {
	return m.Progress.Do("end cluster "+c.Name, func(step *progress.Step) error {
		if err := m.driver(c).Remove(ctx, step, c); err != nil {
			return err
		}
		if err := os.RemoveAll(c.Dir()); err != nil {
			return fmt.Errorf("remove the cluster's folder: %w", err)
		}
		return nil
	})
}
