package host

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/entry"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/storage"
)

// lookEvery is how often the keeper looks which nodes are wanted.
const lookEvery = 100 * time.Millisecond

// Keep runs a cluster until the context ends or one of its nodes dies: the nodes, the way
// from this machine's port to them, and the folders for claims.
func Keep(ctx context.Context, c node.Cluster) error {
	lock, err := acquireKeeperLock(c.Cluster)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	listeners, err := entry.Listen(ctx, c.Port)
	if err != nil {
		return err
	}
	if err := network.MakeBridge(c.Slot); err != nil {
		return err
	}
	nodes, running := errgroup.WithContext(ctx)
	go entry.Forward(running, listeners, c.Entries())
	go provideStorage(running, c)
	for _, n := range c.Nodes() {
		nodes.Go(func() error { return keepNode(running, n) })
	}
	err = nodes.Wait()
	if removeError := network.RemoveBridge(c.Slot); removeError != nil {
		slog.Error("remove the bridge", "error", removeError)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// keepNode runs a node whenever it is wanted. A node that ends while it is wanted is a failure.
func keepNode(ctx context.Context, n node.Node) error {
	for ctx.Err() == nil {
		wanted, err := n.Wanted()
		if err != nil {
			return err
		}
		if !wanted {
			pause(ctx, lookEvery)
			continue
		}
		if err := runNode(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// runNode runs a node until it is not wanted any more.
func runNode(ctx context.Context, n node.Node) error {
	process, err := n.Start()
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("%s of cluster %s ended: %w", n.Hostname(), n.Name, err)
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
		if wanted, err := n.Wanted(); ctx.Err() != nil || err != nil || !wanted {
			process.Kill()
			<-ended //nolint:errcheck // it says that it was killed
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// provideStorage runs the provisioner once the cluster's API can be asked.
func provideStorage(ctx context.Context, c node.Cluster) {
	for ctx.Err() == nil {
		client, err := c.API(ctx)
		if err == nil {
			storage.Run(ctx, client, c.Dir("volumes"))
			return
		}
		pause(ctx, 500*time.Millisecond)
	}
}
