package lifecycle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

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

// LoadNamed puts one image on the node: one that the catalogue knows by its
// reference, or else a docker-archive file.
func (m Manager) LoadNamed(ctx context.Context, n node.Node, name string) error {
	catalog := m.Images()
	for _, recipe := range slices.Concat(catalog.System(), catalog.Dapr(), catalog.Data(), catalog.Extra()) {
		if recipe.Reference == name {
			_, err := m.Load(ctx, n, name, []image.Recipe{recipe})
			return err
		}
	}
	if _, err := os.Stat(name); err != nil {
		return fmt.Errorf("%s is neither an image that `cluster images` builds nor a file: %w", name, err)
	}
	store, err := m.Store(n)
	if err != nil {
		return err
	}
	return m.Progress.Do("load "+filepath.Base(name), func(step *progress.Step) error {
		return store.Import(ctx, step, name)
	})
}

// LoadProduct puts our images on the node and returns the references of those that changed.
func (m Manager) LoadProduct(ctx context.Context, n node.Node, tag string) ([]string, error) {
	recipes, err := m.ProductRecipes(ctx, tag)
	if err != nil {
		return nil, err
	}
	return m.Load(ctx, n, "the product", recipes)
}
