package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// RootFS is a Debian file system made of packages.
type RootFS struct {
	Name string
	// Variant is mmdebstrap's: "extract" unpacks just the packages, "minbase" makes a small system.
	Variant  string
	Packages []string
}

const debianSuite = "bookworm"

func (r RootFS) arguments(target string) []string {
	args := []string{
		"--quiet", "--variant=" + r.Variant, "--include=" + strings.Join(r.Packages, ","),
		// Some packages link their manual pages into this folder and fail without it.
		`--essential-hook=mkdir -p "$1/usr/share/man/man1"`,
	}
	for _, unneeded := range []string{"doc", "man", "info", "locale"} {
		args = append(args, "--dpkgopt=path-exclude=/usr/share/"+unneeded+"/*")
	}
	return append(args, debianSuite, target)
}

// EnsureBases makes the file systems that the recipes begin with and the cache does not have.
func (b *Builder) EnsureBases(ctx context.Context, recipes []Recipe) error {
	for _, recipe := range recipes {
		if recipe.Base == nil {
			continue
		}
		if _, err := b.ensureRootFS(ctx, *recipe.Base); err != nil {
			return err
		}
	}
	return nil
}

// ensureRootFS builds the file system unless the cache has it, and returns its archive.
func (b *Builder) ensureRootFS(ctx context.Context, rootfs RootFS) (string, error) {
	sum := sha256.Sum256([]byte(strings.Join(rootfs.arguments(""), " ")))
	path := b.Cache.Path("rootfs", rootfs.Name+"-"+hex.EncodeToString(sum[:6])+".tar")
	if exists(path) {
		return path, nil
	}
	unlock, err := b.Cache.Lock("rootfs-" + rootfs.Name)
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(path) {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", err
	}
	err = b.Progress.Do("make file system "+rootfs.Name, func(step *progress.Step) error {
		unfinished := strings.TrimSuffix(path, ".tar") + ".unfinished.tar"
		if err := step.Run(ctx, "/", nil, "mmdebstrap", rootfs.arguments(unfinished)...); err != nil {
			return fmt.Errorf("debian packages could not be installed into a new file system: %w", err)
		}
		return os.Rename(unfinished, path)
	})
	return path, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
