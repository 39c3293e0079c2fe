package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/entry"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/storage"
)

// Keep runs a cluster until the context ends or its node dies: the node, the way
// from this machine's port to it, and the folders for its claims.
func Keep(ctx context.Context, n node.Node) error {
	lock, err := acquireKeeperLock(n)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	listeners, err := entry.Listen(ctx, n.Port)
	if err != nil {
		return err
	}
	process, err := n.Start()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(ctx, process.Kill)
	go entry.Forward(ctx, listeners, n.Entry())
	go provideStorage(ctx, n)

	err = process.Wait()
	if disconnectError := network.Disconnect(n.Slot); disconnectError != nil {
		slog.Error("remove the network link", "error", disconnectError)
	}
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("the node of cluster %s ended: %w", n.Name, err)
}

// provideStorage runs the provisioner once the cluster's API can be asked.
func provideStorage(ctx context.Context, n node.Node) {
	for {
		client, err := apiClient(ctx, n)
		if err == nil {
			storage.Run(ctx, client, n.Dir("volumes"), n.Hostname())
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func apiClient(ctx context.Context, n node.Node) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", n.Kubeconfig())
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	_, err = client.CoreV1().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return client, err
}
