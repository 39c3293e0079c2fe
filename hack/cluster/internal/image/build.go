package image

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// Builder makes images and keeps them in the cache.
type Builder struct {
	Cache    cache.Layout
	Progress *progress.Reporter
}

// Image is a built image in the cache.
type Image struct {
	Reference string
	// Key changes with the content.
	Key string
	// Archive is a docker-archive file that containerd imports.
	Archive string
}

// Ensure builds the recipe unless the cache has its image already.
func (b *Builder) Ensure(ctx context.Context, recipe Recipe) (Image, error) {
	key, err := recipe.Key()
	if err != nil {
		return Image{}, err
	}
	built := Image{Reference: recipe.Reference, Key: key, Archive: b.Cache.Path("images", recipe.archiveName(key))}
	if exists(built.Archive) {
		return built, nil
	}
	var base string
	if recipe.Base != nil {
		if base, err = b.ensureRootFS(ctx, *recipe.Base); err != nil {
			return Image{}, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(built.Archive), 0o750); err != nil {
		return Image{}, err
	}
	err = b.Progress.Do("build image "+recipe.Reference, func(*progress.Step) error {
		return writeArchive(recipe, base, built.Archive)
	})
	if err != nil {
		return Image{}, err
	}
	return built, b.forgetOlder(recipe, built.Archive)
}

// forgetOlder removes earlier builds of the same reference, which nothing uses any more.
func (b *Builder) forgetOlder(recipe Recipe, current string) error {
	older, err := filepath.Glob(b.Cache.Path("images", recipe.archiveName("*")))
	if err != nil {
		return err
	}
	for _, archive := range older {
		if archive == current {
			continue
		}
		if err := os.Remove(archive); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove an older image: %w", err)
		}
	}
	return nil
}

func writeArchive(recipe Recipe, base, target string) error {
	work, err := os.MkdirTemp(filepath.Dir(target), ".building-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()

	own := filepath.Join(work, "layer.tar")
	if err := writeFile(own, func(out io.Writer) error { return writeLayer(out, recipe) }); err != nil {
		return fmt.Errorf("write the layer: %w", err)
	}
	layers := []string{own}
	if base != "" {
		layers = []string{base, own}
	}
	image, err := assemble(layers, recipe.Config)
	if err != nil {
		return err
	}
	tag, err := name.NewTag(recipe.Reference)
	if err != nil {
		return fmt.Errorf("image reference %q: %w", recipe.Reference, err)
	}
	unfinished := filepath.Join(work, "image.tar")
	if err := writeFile(unfinished, func(out io.Writer) error { return tarball.Write(tag, image, out) }); err != nil {
		return fmt.Errorf("write the image: %w", err)
	}
	return os.Rename(unfinished, target)
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path) //nolint:gosec // a path inside the cache
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

func assemble(layers []string, config Config) (v1.Image, error) {
	image := empty.Image
	for _, path := range layers {
		layer, err := uncompressedLayer(path)
		if err != nil {
			return nil, err
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return nil, fmt.Errorf("append a layer: %w", err)
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", runtime.GOARCH
	file.Config = v1.Config{
		User:       config.User,
		Entrypoint: config.Entrypoint,
		Cmd:        config.Cmd,
		Env:        config.Env,
		WorkingDir: config.WorkingDir,
		StopSignal: config.StopSignal,
	}
	return mutate.ConfigFile(image, file)
}

// fileLayer is a layer that is kept as it is: the node is on this machine, so
// compressing would only cost time at both ends.
type fileLayer struct {
	path   string
	digest v1.Hash
	size   int64
}

func uncompressedLayer(path string) (v1.Layer, error) {
	layer := fileLayer{path: path}
	content, err := layer.Uncompressed()
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	if layer.digest, layer.size, err = v1.SHA256(content); err != nil {
		return nil, fmt.Errorf("hash a layer: %w", err)
	}
	return layer, nil
}

// Digest is the hash of the layer's file.
func (l fileLayer) Digest() (v1.Hash, error) { return l.digest, nil }

// DiffID equals the digest, for the layer is not compressed.
func (l fileLayer) DiffID() (v1.Hash, error) { return l.digest, nil }

// Compressed opens the layer's file.
func (l fileLayer) Compressed() (io.ReadCloser, error) { return l.Uncompressed() }

// Uncompressed opens the layer's file.
func (l fileLayer) Uncompressed() (io.ReadCloser, error) { return os.Open(l.path) }

// Size is that of the file, in bytes.
func (l fileLayer) Size() (int64, error) { return l.size, nil }

// MediaType says that the layer is a plain tar.
func (l fileLayer) MediaType() (types.MediaType, error) { return types.DockerUncompressedLayer, nil }
