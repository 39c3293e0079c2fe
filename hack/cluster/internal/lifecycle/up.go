package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// toolSets are those that a cluster needs; the others serve tests and development.
var toolSets = []string{
	"system", "etcd", "kubernetes", "pause", "helm", "coredns", "contour", "envoy",
	"dapr", "postgres-18", "postgres-client-18", "postgres-15", "kafka",
}

const startTimeout = 2 * time.Minute

// Up brings a cluster to the state in which Dapr and the entry work. On a cluster
// that is in that state it does nothing.
func (m Manager) Up(ctx context.Context, name string, port, size int) (node.Cluster, error) {
	if !clusterName.MatchString(name) {
		return node.Cluster{}, fmt.Errorf("%q cannot name a cluster: use up to 20 lower-case letters, digits and hyphens, a letter first", name)
	}
	if size < 1 || size > network.MaxNodes {
		return node.Cluster{}, fmt.Errorf("a cluster has 1 to %d nodes, not %d", network.MaxNodes, size)
	}
	if os.Geteuid() != 0 {
		return node.Cluster{}, errors.New("a cluster makes namespaces, interfaces and mounts, which needs root: run this as root")
	}
	if err := m.Tools().Ensure(ctx, toolSets...); err != nil {
		return node.Cluster{}, err
	}
	unlock, err := m.Cache.Lock("cluster-" + name)
	if err != nil {
		return node.Cluster{}, err
	}
	defer unlock()

	if c, done, err := m.alreadyUp(name, port, size); done || err != nil {
		return c, err
	}
	if err := m.remove(name); err != nil {
		return node.Cluster{}, fmt.Errorf("clear what is left of an earlier cluster %s: %w", name, err)
	}
	c, err := m.claim(name, port, size)
	if err != nil {
		return node.Cluster{}, err
	}
	if err := m.bringUp(ctx, c); err != nil {
		return node.Cluster{}, m.explain(c, err)
	}
	return c, os.WriteFile(upMarker(c), nil, 0o600)
}

// upMarker exists when everything was installed.
func upMarker(c node.Cluster) string { return c.Dir("up") }

func (m Manager) alreadyUp(name string, port, size int) (node.Cluster, bool, error) {
	c, err := node.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		return node.Cluster{}, false, nil
	}
	if err != nil {
		return node.Cluster{}, false, err
	}
	process, err := keeper(c)
	if err != nil || process == nil {
		return node.Cluster{}, false, err
	}
	_, err = os.Stat(upMarker(c))
	if errors.Is(err, fs.ErrNotExist) { // an earlier start was broken off: begin anew
		return node.Cluster{}, false, nil
	}
	if err != nil {
		return node.Cluster{}, false, err
	}
	if c.Port != port || c.Size != size {
		return node.Cluster{}, false, fmt.Errorf("cluster %s runs with port %d and %d node(s): end it with `cluster down --name %s` to change that", name, c.Port, c.Size, name)
	}
	return c, true, nil
}

// claim gives the cluster an address range and writes its spec, one cluster at a time.
func (m Manager) claim(name string, port, size int) (node.Cluster, error) {
	unlock, err := m.Cache.Lock("clusters")
	if err != nil {
		return node.Cluster{}, err
	}
	defer unlock()
	others, err := node.All(m.Cache)
	if err != nil {
		return node.Cluster{}, err
	}
	var used []network.Slot
	for _, other := range others {
		used = append(used, other.Slot)
		if other.Port == port {
			return node.Cluster{}, fmt.Errorf("port %d belongs to cluster %s: choose another with --port", port, other.Name)
		}
	}
	reached, err := network.Reached()
	if err != nil {
		return node.Cluster{}, err
	}
	slot, err := network.FreeSlot(used, reached)
	if err != nil {
		return node.Cluster{}, err
	}
	c := node.Cluster{Spec: node.Spec{Name: name, Slot: slot, Port: port, Size: size}, Cache: m.Cache}
	return c, c.Save()
}

// bringUp starts the nodes and, while the control plane starts, loads the images
// in the order in which they are needed.
func (m Manager) bringUp(ctx context.Context, c node.Cluster) error {
	if err := m.startNodes(ctx, c); err != nil {
		return err
	}
	install := m.addons(c)
	group, ctx := errgroup.WithContext(ctx)
	systemLoaded, daprLoaded := make(chan struct{}), make(chan struct{})
	catalog := m.Images()
	group.Go(func() error {
		if _, err := m.Load(ctx, c, "system", catalog.System()); err != nil {
			return err
		}
		close(systemLoaded)
		if _, err := m.Load(ctx, c, "Dapr", catalog.Dapr()); err != nil {
			return err
		}
		close(daprLoaded)
		_, err := m.Load(ctx, c, "PostgreSQL and Kafka", catalog.Data())
		return err
	})
	group.Go(func() error {
		if err := m.Progress.Do("start the control plane", func(*progress.Step) error { return m.waitForAPI(ctx, c) }); err != nil {
			return err
		}
		if err := waitFor(ctx, systemLoaded); err != nil {
			return err
		}
		if err := m.Progress.Do("install CoreDNS and storage", func(step *progress.Step) error { return install.Base(ctx, step) }); err != nil {
			return err
		}
		if err := m.Progress.Do("install Contour", func(step *progress.Step) error { return install.Contour(ctx, step) }); err != nil {
			return err
		}
		if err := waitFor(ctx, daprLoaded); err != nil {
			return err
		}
		if err := m.Progress.Do("install Dapr", func(step *progress.Step) error { return install.Dapr(ctx, step) }); err != nil {
			return err
		}
		return m.Progress.Do("wait until CoreDNS, Contour and Dapr are ready", func(step *progress.Step) error {
			return errors.Join(install.WaitForNodes(ctx, step, names(c)), install.WaitForBase(ctx, step), install.WaitForDapr(ctx, step), install.WaitForContour(ctx, step))
		})
	})
	return group.Wait()
}

func waitFor(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// startNodes writes the files of the nodes and starts their keeper, which outlives this process.
func (m Manager) startNodes(ctx context.Context, c node.Cluster) error {
	return m.Progress.Do(fmt.Sprintf("start %d node(s) of %s at %s", c.Size, c.Name, c.ControlPlane().Address()), func(step *progress.Step) error {
		if err := c.WriteConfig(); err != nil {
			return err
		}
		if err := c.IssueCertificates(ctx, step); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		keep := exec.Command(self, "keep", "--name", c.Name) //nolint:gosec,noctx // this program; it outlives the context
		keep.Dir = "/"
		keep.Stdout, keep.Stderr = step.Log(), step.Log()
		keep.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := keep.Start(); err != nil {
			return fmt.Errorf("start the cluster's keeper: %w", err)
		}
		ended := make(chan error, 1)
		go func() { ended <- keep.Wait() }()
		for _, n := range c.Nodes() {
			if err := waitForContainerd(ctx, n, ended); err != nil {
				return err
			}
		}
		return nil
	})
}

// waitForContainerd returns when images can be loaded onto the node, or when the keeper has given up.
func waitForContainerd(ctx context.Context, n node.Node, ended <-chan error) error {
	deadline := time.After(startTimeout)
	for {
		if socket, err := n.ContainerdSocket(); err == nil {
			if _, err := os.Stat(socket); err == nil {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("%s did not start: %w", n.Hostname(), err)
		case <-deadline:
			return fmt.Errorf("containerd did not start within %s: see %s", startTimeout, n.Logs())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (m Manager) waitForAPI(ctx context.Context, c node.Cluster) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if _, err := apiClient(ctx, c); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the API server did not become ready within %s: see %s", startTimeout, c.ControlPlane().Logs())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// explain adds to an error what the cluster says about itself.
func (m Manager) explain(c node.Cluster, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := m.Kubectl(c)
	pods, err := client.Output(ctx, "get", "pods", "--all-namespaces", "--output=wide", "--request-timeout=5s")
	if err != nil {
		return fmt.Errorf("%w\nThe logs of the components: %s", cause, c.ControlPlane().Logs())
	}
	events, _ := client.Output(ctx, "get", "events", "--all-namespaces", "--field-selector=type=Warning", "--sort-by=.lastTimestamp", "--request-timeout=5s")
	return fmt.Errorf("%w\n\nPods:\n%s\n\nWarnings:\n%s\n\nThe logs of the components: %s", cause, pods, events, c.ControlPlane().Logs())
}

// InstallGateway has a cluster that is up serve a Gateway of the Gateway API.
func (m Manager) InstallGateway(ctx context.Context, c node.Cluster) error {
	if err := m.Tools().Ensure(ctx, "contour"); err != nil {
		return err
	}
	return m.Progress.Do("install the Gateway API", func(step *progress.Step) error { return m.addons(c).Gateway(ctx, step) })
}
