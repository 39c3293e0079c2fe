// Package cache knows where the local cluster keeps what it builds and what it runs.
package cache

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Layout is the folder that everything built or run by the cluster program lies under.
type Layout struct{ Root string }

// Find returns the layout named by TODOPLATFORM_CACHE, else the folder
// "todoplatform" in the user's cache folder.
func Find() (Layout, error) {
	if root := os.Getenv("TODOPLATFORM_CACHE"); root != "" {
		absolute, err := filepath.Abs(root)
		return Layout{Root: absolute}, err
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return Layout{}, fmt.Errorf("find the cache folder (set TODOPLATFORM_CACHE to choose one): %w", err)
	}
	return Layout{Root: filepath.Join(base, "todoplatform")}, nil
}

// Path joins elements below the cache folder.
func (l Layout) Path(elements ...string) string {
	return filepath.Join(append([]string{l.Root}, elements...)...)
}

// Binary is the stable path of a tool, such as "kubectl".
func (l Layout) Binary(name string) string { return l.Path("bin", name) }

// Cluster is the folder that holds the state of one cluster.
func (l Layout) Cluster(name string) string { return l.Path("clusters", name) }

// Link points the stable name at target, replacing what was there in one step.
func (l Layout) Link(target, name string) error {
	path := l.Path(name)
	if current, err := os.Readlink(path); err == nil && current == target {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.Symlink(target, fresh); err != nil {
		return fmt.Errorf("link %s: %w", name, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("link %s (remove what lies at %s): %w", name, path, err)
	}
	return nil
}

// Lock waits for the exclusive lock of a name and returns the function that
// releases it. The kernel releases it too when the process dies.
func (l Layout) Lock(name string) (func(), error) {
	path := l.Path("locks", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a name of this program, below the cache
	if err != nil {
		return nil, fmt.Errorf("open the lock %s: %w", name, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("take the lock %s: %w", name, err)
	}
	return func() { _ = file.Close() }, nil
}
