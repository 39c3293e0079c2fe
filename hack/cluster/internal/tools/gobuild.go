package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goSet is a set built from the Go module in hack/tools/<name>.
type goSet struct {
	name string
	tags string
	// ldflags are added to those that strip the symbols.
	ldflags string
	// binaries maps names in the cache's bin folder to the packages they are built from.
	binaries map[string]string
	// aliases are further names of a binary.
	aliases map[string][]string
	// folders maps names in the cache to folders of modules that come along.
	folders map[string]moduleFolder
}

type moduleFolder struct{ module, path string }

func (g goSet) set() Set {
	links := map[string]string{}
	for name := range g.binaries {
		links["bin/"+name] = "bin/" + name
		for _, alias := range g.aliases[name] {
			links["bin/"+alias] = "bin/" + name
		}
	}
	for name := range g.folders {
		links[name] = name
	}
	return Set{Name: g.name, recipe: fmt.Sprintf("%+v", g), links: links, build: g.build}
}

func (g goSet) build(ctx context.Context, w *workspace) error {
	names := make([]string, 0, len(g.binaries))
	for name := range g.binaries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		// Without cgo the build needs no C compiler; without paths and VCS
		// stamps the same sources give the same bytes, so images keep their key.
		if err := w.Run(ctx, w.source, []string{"CGO_ENABLED=0", "GOWORK=off"}, "go", "build", "-trimpath", "-buildvcs=false",
			"-tags", g.tags, "-ldflags", strings.TrimSpace("-s -w "+g.ldflags),
			"-o", filepath.Join(w.dir, "bin", name), g.binaries[name]); err != nil {
			return err
		}
	}
	for name, folder := range g.folders {
		if err := copyModuleFolder(ctx, w, folder, filepath.Join(w.dir, name)); err != nil {
			return fmt.Errorf("copy %s of module %s: %w", folder.path, folder.module, err)
		}
	}
	return nil
}

func copyModuleFolder(ctx context.Context, w *workspace, folder moduleFolder, target string) error {
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", folder.module) //nolint:gosec // module paths of this package
	download.Dir = w.source
	download.Env = append(os.Environ(), "GOWORK=off")
	download.Stderr = w.Log()
	out, err := download.Output()
	if err != nil {
		return err
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return err
	}
	return copyTree(filepath.Join(module.Dir, folder.path), target)
}

// copyTree copies regular files and makes them writable, which files in the module cache are not.
func copyTree(source, target string) error {
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		destination := filepath.Join(target, relative)
		if entry.IsDir() {
			return os.MkdirAll(destination, 0o755) //nolint:gosec // as in the module
		}
		content, err := os.ReadFile(path) //nolint:gosec // a file of a module
		if err != nil {
			return err
		}
		return os.WriteFile(destination, content, 0o644) //nolint:gosec // manifests are no secret
	})
}
