package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

const startTimeout = 2 * time.Minute

// Up brings a cluster to the state in which Dapr and the entry work. On a cluster
// that is in that state it does nothing. Which driver makes it is found out when none is wanted.
func (m Manager) Up(ctx context.Context, wanted cluster.Spec) (cluster.Cluster, error) {
	if !clusterName.MatchString(wanted.Name) {
		return cluster.Cluster{}, fmt.Errorf("%q cannot name a cluster: use up to 20 lower-case letters, digits and hyphens, a letter first", wanted.Name)
	}
	if wanted.Size < 1 {
		return cluster.Cluster{}, fmt.Errorf("a cluster has at least one node, not %d", wanted.Size)
	}
	unlock, err := m.Cache.Lock("cluster-" + wanted.Name)
	if err != nil {
		return cluster.Cluster{}, err
	}
	defer unlock()
	if err := m.decide(ctx, &wanted); err != nil {
		return cluster.Cluster{}, err
	}
	c := cluster.Cluster{Spec: wanted, Cache: m.Cache}
	if err := m.prepare(ctx, c); err != nil {
		return cluster.Cluster{}, err
	}
	if done, err := m.isUp(ctx, &c); done || err != nil {
		return c, err
	}
	if err := m.claim(&c); err != nil {
		return cluster.Cluster{}, err
	}
	if err := m.bringUp(ctx, c); err != nil {
		return cluster.Cluster{}, m.explain(c, err)
	}
	return c, os.WriteFile(upMarker(c), nil, 0o600)
}

// prepare makes the tools and, beside them, the file systems of the images that bare nodes need: Debian's packages come
// from the network, and are unpacked on one core. What makes those is a tool, too.
func (m Manager) prepare(ctx context.Context, c cluster.Cluster) error {
	driver := m.driver(c)
	if !driver.Bare() {
		return m.Tools().Ensure(ctx, driver.ToolSets()...)
	}
	if err := m.Tools().Ensure(ctx, "system"); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return m.Tools().Ensure(ctx, driver.ToolSets()...) })
	group.Go(func() error {
		return m.Builder().EnsureBases(ctx, slices.Concat(m.Images().System(), m.Images().Data()))
	})
	return group.Wait()
}

// upMarker exists when everything was installed.
func upMarker(c cluster.Cluster) string { return c.Dir("up") }

// isUp reports whether the wanted cluster runs, and reads what it is. What is left of one
// that does not, or that was broken off, it clears away.
func (m Manager) isUp(ctx context.Context, wanted *cluster.Cluster) (bool, error) {
	c, err := cluster.Load(m.Cache, wanted.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	running, err := m.driver(c).Running(ctx, c)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(upMarker(c))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if !running || err != nil {
		if err := m.remove(ctx, c); err != nil {
			return false, fmt.Errorf("clear what is left of an earlier cluster %s: %w", c.Name, err)
		}
		return false, nil
	}
	if c.Port != wanted.Port || c.Size != wanted.Size {
		return false, fmt.Errorf("cluster %s runs with port %d and %d node(s): end it with `cluster down --name %s` to change that", c.Name, c.Port, c.Size, c.Name)
	}
	*wanted = c
	return true, nil
}

// claim gives the cluster what no other one has and writes its spec, one cluster at a time.
func (m Manager) claim(c *cluster.Cluster) error {
	unlock, err := m.Cache.Lock("clusters")
	if err != nil {
		return err
	}
	defer unlock()
	others, err := cluster.All(m.Cache)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Port == c.Port {
			return fmt.Errorf("port %d belongs to cluster %s: choose another with --port", c.Port, other.Name)
		}
	}
	if err := m.driver(*c).Claim(&c.Spec, others); err != nil {
		return err
	}
	return c.Save()
}

// bringUp starts the nodes and, while the control plane starts, puts images on them
// in the order in which they are needed.
func (m Manager) bringUp(ctx context.Context, c cluster.Cluster) error {
	driver, install := m.driver(c), m.addons(c)
	err := m.Progress.Do(fmt.Sprintf("start %d node(s) of %s", c.Size, c.Name), func(step *progress.Step) error { return driver.Start(ctx, step, c) })
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	entryThere, daprThere := make(chan struct{}), make(chan struct{})
	group.Go(func() error { return m.provideAll(ctx, c, entryThere, daprThere) })
	group.Go(func() error {
		if err := m.Progress.Do("start the control plane", func(*progress.Step) error { return m.waitForAPI(ctx, c) }); err != nil {
			return err
		}
		if err := waitFor(ctx, entryThere); err != nil {
			return err
		}
		if driver.Bare() {
			if err := m.Progress.Do("install CoreDNS and storage", func(step *progress.Step) error { return install.Base(ctx, step) }); err != nil {
				return err
			}
		}
		if err := m.Progress.Do("install Contour", func(step *progress.Step) error { return install.Contour(ctx, step) }); err != nil {
			return err
		}
		if err := waitFor(ctx, daprThere); err != nil {
			return err
		}
		if err := m.Progress.Do("install Dapr", func(step *progress.Step) error { return install.Dapr(ctx, step) }); err != nil {
			return err
		}
		return m.Progress.Do("wait until CoreDNS, Contour and Dapr are ready", func(step *progress.Step) error {
			return errors.Join(install.WaitForNodes(ctx, step, driver.Nodes(c)), install.WaitForBase(ctx, step), install.WaitForDapr(ctx, step), install.WaitForContour(ctx, step))
		})
	})
	return group.Wait()
}

// provideAll puts the images of others on the nodes and tells, by closing the channels, how far it is.
func (m Manager) provideAll(ctx context.Context, c cluster.Cluster, entryThere, daprThere chan<- struct{}) error {
	catalog := m.Images()
	if m.driver(c).Bare() {
		if err := m.provide(ctx, c, "system", catalog.System()); err != nil {
			return err
		}
	}
	if err := m.provide(ctx, c, "Contour and Envoy", catalog.Entry()); err != nil {
		return err
	}
	close(entryThere)
	if err := m.provide(ctx, c, "Dapr", catalog.Dapr()); err != nil {
		return err
	}
	close(daprThere)
	return m.provide(ctx, c, "PostgreSQL and Kafka", catalog.Data())
}

func waitFor(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m Manager) waitForAPI(ctx context.Context, c cluster.Cluster) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if _, err := c.API(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the API server did not become ready within %s", startTimeout)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// explain adds to an error what the cluster says about itself.
func (m Manager) explain(c cluster.Cluster, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := m.Kubectl(c)
	pods, err := client.Output(ctx, "get", "pods", "--all-namespaces", "--output=wide", "--request-timeout=5s")
	if err != nil {
		return fmt.Errorf("%w\n%s", cause, m.driver(c).Logs(c))
	}
	events, _ := client.Output(ctx, "get", "events", "--all-namespaces", "--field-selector=type=Warning", "--sort-by=.lastTimestamp", "--request-timeout=5s")
	return fmt.Errorf("%w\n\nPods:\n%s\n\nWarnings:\n%s\n\n%s", cause, pods, events, m.driver(c).Logs(c))
}

// InstallGateway has a cluster that is up serve a Gateway of the Gateway API.
func (m Manager) InstallGateway(ctx context.Context, c cluster.Cluster) error {
	if err := m.Tools().Ensure(ctx, "contour-manifests"); err != nil {
		return err
	}
	return m.Progress.Do("install the Gateway API", func(step *progress.Step) error { return m.addons(c).Gateway(ctx, step) })
}

// InstallNeighbours has a cluster that is up enforce NetworkPolicies, tell autoscalers how busy pods are, and make
// certificates; what does that is built when it is first asked for.
func (m Manager) InstallNeighbours(ctx context.Context, c cluster.Cluster) error {
	if err := m.Tools().Ensure(ctx, "kube-router", "metrics-server", "cert-manager", "schemas"); err != nil {
		return err
	}
	if err := m.provide(ctx, c, "kube-router, metrics server and cert-manager", m.Images().Neighbours()); err != nil {
		return err
	}
	return m.Progress.Do("install kube-router, metrics server and cert-manager", func(step *progress.Step) error { return m.addons(c).Neighbours(ctx, step) })
}
