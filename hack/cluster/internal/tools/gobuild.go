package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ownModules is where the modules in hack/tools are, of which some hold a program of ours.
const ownModules = "github.com/todoplatform/todoplatform/hack/tools/"

// goSet is a set built from a Go module in hack/tools.
type goSet struct {
	name string
	// module is the folder of that module; the name of the set when empty.
	module string
	tags   string
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
	source := cmp.Or(g.module, g.name)
	return Set{Name: g.name, recipe: fmt.Sprintf("%+v", g), source: source, queue: source, links: links, build: g.build}
}

func (g goSet) build(ctx context.Context, w *workspace) error {
	if len(g.binaries) > 0 {
		if err := g.compile(ctx, w, filepath.Join(w.dir, "bin")); err != nil {
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

// compile makes all programs in one go: one core links a program while the others compile the next.
func (g goSet) compile(ctx context.Context, w *workspace, bin string) error {
	// Without cgo the build needs no C compiler; without paths and VCS stamps the same sources give the same
	// bytes, so images keep their key. Tests and the product are compiled alike (see the Makefile), and share it.
	args := []string{
		"build", "-trimpath", "-buildvcs=false", "-tags", g.tags,
		"-ldflags", strings.TrimSpace("-s -w " + g.ldflags), "-o", bin + "/",
	}
	args = append(args, slices.Sorted(maps.Values(g.binaries))...)
	if err := w.Run(ctx, w.source, []string{"CGO_ENABLED=0", "GOWORK=off"}, "go", args...); err != nil {
		return err
	}
	for name, pkg := range g.binaries {
		if err := os.Rename(filepath.Join(bin, programName(pkg)), filepath.Join(bin, name)); err != nil {
			return err
		}
	}
	return nil
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// programName is what `go build` calls the program of a package: the last of its path that is no major version.
func programName(pkg string) string {
	if name := path.Base(pkg); !majorVersion.MatchString(name) {
		return name
	}
	return path.Base(path.Dir(pkg))
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
