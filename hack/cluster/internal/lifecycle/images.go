package lifecycle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/node"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// BuildImages builds every image into the cache: those of the cluster and ours with the tag.
func (m Manager) BuildImages(ctx context.Context, tag string) error {
	if err := m.Tools().Ensure(ctx, toolSets...); err != nil {
		return err
	}
	catalog := m.Images()
	recipes := slices.Concat(catalog.System(), catalog.Dapr(), catalog.Data(), catalog.Extra())
	ours, err := m.ProductRecipes(ctx, tag)
	if err != nil {
		return err
	}
	for _, recipe := range append(recipes, ours...) {
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
func (m Manager) LoadNamed(ctx context.Context, c node.Cluster, name string) error {
	catalog := m.Images()
	for _, recipe := range slices.Concat(catalog.System(), catalog.Dapr(), catalog.Data(), catalog.Extra()) {
		if recipe.Reference == name {
			_, err := m.Load(ctx, c, name, []image.Recipe{recipe})
			return err
		}
	}
	if _, err := os.Stat(name); err != nil {
		return fmt.Errorf("%s is neither an image that `cluster images` builds nor a file: %w", name, err)
	}
	return m.Progress.Do("load "+filepath.Base(name), func(step *progress.Step) error {
		for _, n := range c.Nodes() {
			store, err := store(n)
			if err != nil {
				return err
			}
			if err := store.Import(ctx, step, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadObserve puts what watches a platform on every node; it is built when it is first asked for.
func (m Manager) LoadObserve(ctx context.Context, c node.Cluster) error {
	if err := m.Tools().Ensure(ctx, "observe", "victorialogs", "jaeger"); err != nil {
		return err
	}
	_, err := m.Load(ctx, c, "Prometheus, VictoriaLogs and Jaeger", m.Images().Observe())
	return err
}

// LoadProduct puts our images on every node and returns the references of those that changed.
func (m Manager) LoadProduct(ctx context.Context, c node.Cluster, tag string) ([]string, error) {
	recipes, err := m.ProductRecipes(ctx, tag)
	if err != nil {
		return nil, err
	}
	return m.Load(ctx, c, "the product", recipes)
}

// Load builds the images that the cache does not have, puts those on each node that
// it does not have, and returns the references of those that any node lacked.
func (m Manager) Load(ctx context.Context, c node.Cluster, what string, recipes []image.Recipe) ([]string, error) {
	var images []image.Image
	for _, recipe := range recipes {
		built, err := m.Builder().Ensure(ctx, recipe)
		if err != nil {
			return nil, err
		}
		images = append(images, built)
	}
	missing := map[node.Node][]image.Image{}
	var references []string
	for _, n := range c.Nodes() {
		store, err := store(n)
		if err != nil {
			return nil, err
		}
		if missing[n], err = store.Missing(images); err != nil {
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
			nodes.Go(func() error { return loadOnto(ctx, step, n, images) })
		}
		return nodes.Wait()
	})
}

func loadOnto(ctx context.Context, step *progress.Step, n node.Node, images []image.Image) error {
	store, err := store(n)
	if err != nil {
		return err
	}
	for _, missing := range images {
		if err := store.Load(ctx, step, missing); err != nil {
			return err
		}
	}
	return nil
}

// store is the image store of a running node.
func store(n node.Node) (image.Store, error) {
	socket, err := n.ContainerdSocket()
	return image.Store{Socket: socket, Records: n.Dir("images")}, err
}
