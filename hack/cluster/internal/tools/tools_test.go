package tools

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// A set is built anew when its recipe or one of its sources changes, and not otherwise.
func TestContentKey(t *testing.T) {
	source := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(source, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module a")
	write("main.go", "package main")
	key := func(recipe string) string {
		t.Helper()
		key, err := contentKey(recipe, source)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	built := key("recipe")
	if key("recipe") != built {
		t.Error("the same sources have another key")
	}
	if key("another recipe") == built {
		t.Error("another recipe has the same key")
	}
	write("main.go", "package main // changed")
	if key("recipe") == built {
		t.Error("a changed program has the same key")
	}
	write("main.go", "package main")
	if key("recipe") != built {
		t.Error("the sources as they were have another key")
	}
	write("more.go", "package main")
	if key("recipe") == built {
		t.Error("one more file has the same key")
	}
}

// A set may be made from the sources of another: it is built anew when these change.
func TestSetFromTheSourcesOfAnother(t *testing.T) {
	root := t.TempDir()
	sources := filepath.Join(root, "sources")
	if err := os.MkdirAll(filepath.Join(sources, "dapr"), 0o700); err != nil {
		t.Fatal(err)
	}
	var built []string
	chart := Set{Name: "dapr-chart", source: "dapr", build: func(_ context.Context, w *workspace) error {
		built = append(built, w.source)
		return nil
	}}
	ensurer := Ensurer{Cache: cache.Layout{Root: root}, Sources: sources, Progress: progress.New(io.Discard, filepath.Join(root, "logs"))}
	for range 2 {
		for _, pin := range []string{"one", "two"} {
			if err := os.WriteFile(filepath.Join(sources, "dapr", "go.mod"), []byte(pin), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := ensurer.ensure(t.Context(), chart); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := filepath.Join(sources, "dapr"); !slices.Equal(built, []string{want, want}) {
		t.Errorf("built from %q, want twice from %s", built, want)
	}
}

// Who names no set gets what clusters and tests need, and no more: the first run takes long enough.
func TestAskedFor(t *testing.T) {
	always, special := Set{Name: "always"}, onRequest(Set{Name: "special"})
	for _, test := range []struct {
		names           []string
		always, special bool
	}{
		{nil, true, false},
		{[]string{"special"}, false, true},
		{[]string{"always", "special"}, true, true},
	} {
		if got := always.isAskedFor(test.names); got != test.always {
			t.Errorf("asked for %v: always is made: %v", test.names, got)
		}
		if got := special.isAskedFor(test.names); got != test.special {
			t.Errorf("asked for %v: special is made: %v", test.names, got)
		}
	}
}

// Sets of one queue are made one after the other, and queues beside each other: each first set here waits for the other queue's.
func TestQueues(t *testing.T) {
	folder := t.TempDir()
	ensurer := Ensurer{
		Cache: cache.Layout{Root: filepath.Join(folder, "cache")}, Sources: folder,
		Progress: progress.New(t.Output(), filepath.Join(folder, "logs")),
	}
	var compiled []string
	left, right := make(chan struct{}), make(chan struct{})
	meet := func(mine, others chan struct{}) error {
		close(mine)
		select {
		case <-others:
			return nil
		case <-time.After(30 * time.Second):
			return errors.New("the other queue did not begin")
		}
	}
	err := ensurer.ensureAll(t.Context(), []Set{
		{Name: "first", queue: "compiled", build: func(context.Context, *workspace) error {
			defer func() { compiled = append(compiled, "first") }()
			return meet(left, right)
		}},
		{Name: "second", queue: "compiled", build: func(context.Context, *workspace) error {
			compiled = append(compiled, "second")
			return nil
		}},
		{Name: "third", queue: "downloaded", build: func(context.Context, *workspace) error { return meet(right, left) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"first", "second"}; !slices.Equal(compiled, want) {
		t.Errorf("made in the order %v, not %v", compiled, want)
	}
}

// Go names a program by its package, and not by the package's major version.
func TestProgramName(t *testing.T) {
	for pkg, want := range map[string]string{
		"go.etcd.io/etcd/server/v3":          "server",
		"helm.sh/helm/v3/cmd/helm":           "helm",
		"sigs.k8s.io/kustomize/kustomize/v5": "kustomize",
		"github.com/example/vet":             "vet",
	} {
		if got := programName(pkg); got != want {
			t.Errorf("the program of %s is called %s, not %s", pkg, got, want)
		}
	}
}
