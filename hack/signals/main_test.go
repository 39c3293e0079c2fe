package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/todoplatform/todoplatform/hack/signals/internal/dashboards"
)

// A dashboard that is not described any more would be imported for ever.
func TestEachDashboardIsDescribed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "config", "dashboards", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, d := range dashboards.All() {
		described[d.UID+".json"] = true
	}
	if len(files) != len(described) {
		t.Errorf("%d files for %d dashboards", len(files), len(described))
	}
	for _, file := range files {
		if !described[filepath.Base(file)] {
			t.Errorf("nobody describes %s", file)
		}
	}
}

func TestFilesAreAsGenerated(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		if got, err := os.ReadFile(filepath.Join("..", "..", path)); err != nil || string(got) != string(want) {
			t.Errorf("%s is not what is described: run make generate (%v)", path, err)
		}
	}
}
