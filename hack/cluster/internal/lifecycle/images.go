package lifecycle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/host"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// BuildImages builds every image into the cache: those of the cluster and ours with the tag.
func (m Manager) BuildImages(ctx context.Context, tag string) error {
	if err := m.Tools().Ensure(ctx, host.Driver{Cache: m.Cache}.ToolSets()...); err != nil {
		return err
	}
	ours, err := m.ProductRecipes(ctx, tag)
	if err != nil {
		return err
	}
	for _, recipe := range append(m.Images().All(), ours...) {
		if _, err := m.Builder().Ensure(ctx, recipe); err != nil {
			return err
		}
	}
	return nil
}

// ProductRecipes compiles our binaries and returns the recipes of their images.
func (m Manager) ProductRecipes(ctx context.Context, tag string) ([]image.Recipe, error) {
	programs, err := image.Programs(m.Repository)
	if err != nil {
		return nil, err
	}
	out := m.Cache.Path("product")
	err = m.Progress.Do("compile the product", func(step *progress.Step) error {
		if err := step.Run(ctx, m.Repository, nil, "make", "--silent", "web"); err != nil {
			return fmt.Errorf("build the web page: %w", err)
		}
		build := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "embedweb", "-ldflags", "-s -w -X main.version=" + tag, "-o", out + "/"}
		for _, folder := range programs {
			build = append(build, "./"+folder)
		}
		return step.Run(ctx, m.Repository, []string{"CGO_ENABLED=0"}, "go", build...)
	})
	if err != nil {
		return nil, err
	}
	var recipes []image.Recipe
	for name := range programs {
		recipes = append(recipes, m.Images().Product(name, tag, filepath.Join(out, name)))
	}
	return recipes, nil
}

// LoadNamed puts one image on every node: one that the catalogue knows by its
// reference, or else a docker-archive file.
func (m Manager) LoadNamed(ctx context.Context, c cluster.Cluster, name string) error {
	for _, recipe := range m.Images().All() {
		if recipe.Reference == name {
			return m.provide(ctx, c, name, []image.Recipe{recipe})
		}
	}
	archive, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(archive); err != nil {
		return fmt.Errorf("%s is neither an image that `cluster images` builds nor a file: %w", name, err)
	}
	return m.Progress.Do("load "+filepath.Base(name), func(step *progress.Step) error {
		for _, n := range m.driver(c).Nodes(c) {
			if err := m.driver(c).Import(ctx, step, c, n, archive); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadObserve puts what watches a platform on every node; what is built is built when it is first asked for.
func (m Manager) LoadObserve(ctx context.Context, c cluster.Cluster) error {
	if m.driver(c).Bare() {
		if err := m.Tools().Ensure(ctx, "observe", "victorialogs", "jaeger"); err != nil {
			return err
		}
	}
	return m.provide(ctx, c, "Prometheus, VictoriaLogs and Jaeger", m.Images().Observe())
}

// provide puts public images on every node: pulled, or built here where nodes are bare.
func (m Manager) provide(ctx context.Context, c cluster.Cluster, what string, recipes []image.Recipe) error {
	driver := m.driver(c)
	if driver.Bare() {
		_, err := m.load(ctx, c, what, recipes)
		return err
	}
	return m.Progress.Do("pull images: "+what, func(step *progress.Step) error {
		for _, n := range driver.Nodes(c) {
			for _, recipe := range recipes {
				if err := driver.Pull(ctx, step, c, n, recipe.Reference); err != nil {
					return fmt.Errorf("pull %s: %w", recipe.Reference, err)
				}
			}
		}
		return nil
	})
}

// LoadProduct puts our images on every node and returns the references of those that changed.
func (m Manager) LoadProduct(ctx context.Context, c cluster.Cluster, tag string) ([]string, error) {
	recipes, err := m.ProductRecipes(ctx, tag)
	if err != nil {
		return nil, err
	}
	return m.load(ctx, c, "the product", recipes)
}

// load builds the images that the cache does not have, puts those on each node that
// it does not have, and returns the references of those that any node lacked.
func (m Manager) load(ctx context.Context, c cluster.Cluster, what string, recipes []image.Recipe) ([]string, error) {
	var images []image.Image
	for _, recipe := range recipes {
		built, err := m.Builder().Ensure(ctx, recipe)
		if err != nil {
			return nil, err
		}
		images = append(images, built)
	}
	missing := map[string][]image.Image{}
	var references []string
	for _, n := range m.driver(c).Nodes(c) {
		var err error
		if missing[n], err = m.store(c, n).Missing(images); err != nil {
			return nil, err
		}
		for _, lacked := range missing[n] {
			if !slices.Contains(references, lacked.Reference) {
				references = append(references, lacked.Reference)
			}
		}
	}
	if len(references) == 0 {
		return nil, nil
	}
	return references, m.Progress.Do("load images: "+what, func(step *progress.Step) error {
		nodes, ctx := errgroup.WithContext(ctx)
		for n, images := range missing {
			nodes.Go(func() error { return loadOnto(ctx, step, m.store(c, n), images) })
		}
		return nodes.Wait()
	})
}

func loadOnto(ctx context.Context, step *progress.Step, store image.Store, images []image.Image) error {
	for _, missing := range images {
		if err := store.Load(ctx, step, missing); err != nil {
			return err
		}
	}
	return nil
}

// store is the image store of a node.
func (m Manager) store(c cluster.Cluster, node string) image.Store {
	return image.Store{
		Records: c.Dir("nodes", node, "images"),
		Import: func(ctx context.Context, step *progress.Step, archive string) error {
			return m.driver(c).Import(ctx, step, c, node, archive)
		},
	}
}
