// Package cgroup gives each cluster a control group of its own, so that the pods
// of several clusters do not meet.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const mountPoint = "/sys/fs/cgroup"

// Name is the cgroup of a cluster, from the root of the hierarchy.
func Name(cluster string) string { return "/todoplatform-" + cluster }

// Create makes the cgroup, and those above it, in every hierarchy that the kernel offers.
func Create(name string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	for _, root := range roots {
		parent := root
		for _, element := range strings.Split(strings.Trim(name, "/"), "/") {
			dir := filepath.Join(parent, element)
			if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // as the kernel makes them
				return fmt.Errorf("make cgroup %s: %w", dir, err)
			}
			if err := inherit(parent, dir); err != nil {
				return err
			}
			parent = dir
		}
	}
	return nil
}

// inherit gives a new cgroup what its children need: the controllers of version 2,
// the processor and memory sets of version 1, which start out empty.
func inherit(parent, dir string) error {
	controllers, err := os.ReadFile(filepath.Join(parent, "cgroup.controllers")) //nolint:gosec // a file of the kernel
	if err == nil && isUnified() {
		for _, controller := range strings.Fields(string(controllers)) {
			if err := write(filepath.Join(parent, "cgroup.subtree_control"), "+"+controller); err != nil {
				return err
			}
		}
		return nil
	}
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(parent, file)) //nolint:gosec // a file of the kernel
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, file), string(value)); err != nil {
			return err
		}
	}
	return nil
}

func write(path, value string) error {
	if err := os.WriteFile(path, []byte(value), 0o644); err != nil { //nolint:gosec // a file of the kernel
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Remove removes the cgroup with all below it. Its processes must have ended; the
// kernel may need a moment to notice.
func Remove(name string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(10 * time.Second)
	for _, root := range roots {
		for {
			err := removeTree(filepath.Join(root, name))
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("remove cgroup %s: %w", filepath.Join(root, name), err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

// removeTree removes the deepest cgroups first: only empty ones can be removed.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeTree(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return unix.Rmdir(dir)
}

// hierarchies lists the roots of the cgroup trees: one in version 2, one a controller in version 1.
func hierarchies() ([]string, error) {
	if isUnified() {
		return []string{mountPoint}, nil
	}
	entries, err := os.ReadDir(mountPoint)
	if err != nil {
		return nil, fmt.Errorf("list the cgroup hierarchies: %w", err)
	}
	var roots []string
	for _, entry := range entries {
		if entry.IsDir() {
			roots = append(roots, filepath.Join(mountPoint, entry.Name()))
		}
	}
	return roots, nil
}

func isUnified() bool {
	var stat unix.Statfs_t
	return unix.Statfs(mountPoint, &stat) == nil && stat.Type == unix.CGROUP2_SUPER_MAGIC
}
