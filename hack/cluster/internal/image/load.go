package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// Store is the image store of a node.
type Store struct {
	// Records is the folder that remembers what was loaded, one file a reference.
	Records string
	// Import puts a docker-archive file on the node.
	Import func(ctx context.Context, step *progress.Step, archive string) error
}

// has reports whether the node has just this content of the image.
func (s Store) has(image Image) (bool, error) {
	key, err := os.ReadFile(s.record(image))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return string(key) == image.Key, err
}

// Missing lists those of the images that the node does not have.
func (s Store) Missing(images []Image) ([]Image, error) {
	var missing []Image
	for _, image := range images {
		has, err := s.has(image)
		if err != nil {
			return nil, err
		}
		if !has {
			missing = append(missing, image)
		}
	}
	return missing, nil
}

// Load imports the image.
func (s Store) Load(ctx context.Context, step *progress.Step, image Image) error {
	if err := s.Import(ctx, step, image.Archive); err != nil {
		return fmt.Errorf("load image %s: %w", image.Reference, err)
	}
	if err := os.MkdirAll(s.Records, 0o750); err != nil {
		return err
	}
	return os.WriteFile(s.record(image), []byte(image.Key), 0o600)
}

func (s Store) record(image Image) string {
	return filepath.Join(s.Records, Recipe{Reference: image.Reference}.archiveName("loaded"))
}
