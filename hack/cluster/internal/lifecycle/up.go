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

	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
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
func (m Manager) Up(ctx context.Context, name string, port int) (node.Node, error) {
	if !clusterName.MatchString(name) {
		return node.Node{}, fmt.Errorf("%q cannot name a cluster: use up to 20 lower-case letters, digits and hyphens, a letter first", name)
	}
	if os.Geteuid() != 0 {
		return node.Node{}, errors.New("a cluster makes namespaces, interfaces and mounts, which needs root: run this as root")
	}
	if err := m.Tools().Ensure(ctx, toolSets...); err != nil {
		return node.Node{}, err
	}
	unlock, err := m.Cache.Lock("cluster-" + name)
	if err != nil {
		return node.Node{}, err
	}
	defer unlock()

	if n, done, err := m.alreadyUp(name, port); done || err != nil {
		return n, err
	}
	if err := m.remove(name); err != nil {
		return node.Node{}, fmt.Errorf("clear what is left of an earlier cluster %s: %w", name, err)
	}
	n, err := m.claim(name, port)
	if err != nil {
		return node.Node{}, err
	}
	if err := m.bringUp(ctx, n); err != nil {
		return node.Node{}, m.explain(n, err)
	}
	return n, os.WriteFile(upMarker(n), nil, 0o600)
}

// upMarker exists when everything was installed.
func upMarker(n node.Node) string { return n.Dir("up") }

func (m Manager) alreadyUp(name string, port int) (node.Node, bool, error) {
	n, err := node.Load(m.Cache, name)
	if errors.Is(err, fs.ErrNotExist) {
		return node.Node{}, false, nil
	}
	if err != nil {
		return node.Node{}, false, err
	}
	process, err := keeper(n)
	if err != nil || process == nil {
		return node.Node{}, false, err
	}
	_, err = os.Stat(upMarker(n))
	if errors.Is(err, fs.ErrNotExist) { // an earlier start was broken off: begin anew
		return node.Node{}, false, nil
	}
	if err != nil {
		return node.Node{}, false, err
	}
	if n.Port != port {
		return node.Node{}, false, fmt.Errorf("cluster %s runs with port %d: end it with `cluster down --name %s` to change the port", name, n.Port, name)
	}
	return n, true, nil
}

// claim gives the cluster an address range and writes its spec, one cluster at a time.
func (m Manager) claim(name string, port int) (node.Node, error) {
	unlock, err := m.Cache.Lock("clusters")
	if err != nil {
		return node.Node{}, err
	}
	defer unlock()
	others, err := node.All(m.Cache)
	if err != nil {
		return node.Node{}, err
	}
	var used []network.Slot
	for _, other := range others {
		used = append(used, other.Slot)
		if other.Port == port {
			return node.Node{}, fmt.Errorf("port %d belongs to cluster %s: choose another with --port", port, other.Name)
		}
	}
	reached, err := network.Reached()
	if err != nil {
		return node.Node{}, err
	}
	slot, err := network.FreeSlot(used, reached)
	if err != nil {
		return node.Node{}, err
	}
	n := node.Node{Spec: node.Spec{Name: name, Slot: slot, Port: port}, Cache: m.Cache}
	return n, n.Save()
}

// bringUp starts the node and, while its control plane starts, loads the images
// in the order in which they are needed.
func (m Manager) bringUp(ctx context.Context, n node.Node) error {
	if err := m.startNode(ctx, n); err != nil {
		return err
	}
	install := m.addons(n)
	group, ctx := errgroup.WithContext(ctx)
	systemLoaded, daprLoaded := make(chan struct{}), make(chan struct{})
	catalog := m.Images()
	group.Go(func() error {
		if _, err := m.Load(ctx, n, "system", catalog.System()); err != nil {
			return err
		}
		close(systemLoaded)
		if _, err := m.Load(ctx, n, "Dapr", catalog.Dapr()); err != nil {
			return err
		}
		close(daprLoaded)
		_, err := m.Load(ctx, n, "PostgreSQL and Kafka", catalog.Data())
		return err
	})
	group.Go(func() error {
		if err := m.Progress.Do("start the control plane", func(*progress.Step) error { return m.waitForAPI(ctx, n) }); err != nil {
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
			return errors.Join(install.WaitForBase(ctx, step), install.WaitForDapr(ctx, step), install.WaitForContour(ctx, step))
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

// startNode writes the node's files and starts its keeper, which outlives this process.
func (m Manager) startNode(ctx context.Context, n node.Node) error {
	return m.Progress.Do("start node "+n.Name+" at "+n.Slot.Node().String(), func(step *progress.Step) error {
		if err := n.WriteConfig(); err != nil {
			return err
		}
		if err := n.IssueCertificates(ctx, step); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		keep := exec.Command(self, "keep", "--name", n.Name) //nolint:gosec,noctx // this program; it outlives the context
		keep.Dir = "/"
		keep.Stdout, keep.Stderr = step.Log(), step.Log()
		keep.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := keep.Start(); err != nil {
			return fmt.Errorf("start the cluster's keeper: %w", err)
		}
		ended := make(chan error, 1)
		go func() { ended <- keep.Wait() }()
		return m.waitForContainerd(ctx, n, ended)
	})
}

// waitForContainerd returns when images can be loaded, or when the keeper has given up.
func (m Manager) waitForContainerd(ctx context.Context, n node.Node, ended <-chan error) error {
	deadline := time.After(startTimeout)
	for {
		if socket, err := n.ContainerdSocket(); err == nil {
			if _, err := os.Stat(socket); err == nil {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("the node did not start: %w", err)
		case <-deadline:
			return fmt.Errorf("containerd did not start within %s: see %s", startTimeout, n.Logs())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (m Manager) waitForAPI(ctx context.Context, n node.Node) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if _, err := apiClient(ctx, n); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the API server did not become ready within %s: see %s", startTimeout, n.Logs())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Load builds the images that the cache does not have, puts those on the node that
// it does not have, and returns the references of the latter.
func (m Manager) Load(ctx context.Context, n node.Node, what string, recipes []image.Recipe) ([]string, error) {
	store, err := m.Store(n)
	if err != nil {
		return nil, err
	}
	var missing []image.Image
	var references []string
	for _, recipe := range recipes {
		built, err := m.Builder().Ensure(ctx, recipe)
		if err != nil {
			return nil, err
		}
		has, err := store.Has(built)
		if err != nil {
			return nil, err
		}
		if !has {
			missing = append(missing, built)
			references = append(references, built.Reference)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return references, m.Progress.Do("load images: "+what, func(step *progress.Step) error {
		for _, built := range missing {
			if err := store.Load(ctx, step, built); err != nil {
				return err
			}
		}
		return nil
	})
}

// explain adds to an error what the cluster says about itself.
func (m Manager) explain(n node.Node, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := m.Kubectl(n)
	pods, err := client.Output(ctx, "get", "pods", "--all-namespaces", "--output=wide", "--request-timeout=5s")
	if err != nil {
		return fmt.Errorf("%w\nThe logs of the components: %s", cause, n.Logs())
	}
	events, _ := client.Output(ctx, "get", "events", "--all-namespaces", "--field-selector=type=Warning", "--sort-by=.lastTimestamp", "--request-timeout=5s")
	return fmt.Errorf("%w\n\nPods:\n%s\n\nWarnings:\n%s\n\nThe logs of the components: %s", cause, pods, events, n.Logs())
}

// InstallGateway has a cluster that is up serve a Gateway of the Gateway API.
func (m Manager) InstallGateway(ctx context.Context, n node.Node) error {
	if err := m.Tools().Ensure(ctx, "contour"); err != nil {
		return err
	}
	return m.Progress.Do("install the Gateway API", func(step *progress.Step) error { return m.addons(n).Gateway(ctx, step) })
}
