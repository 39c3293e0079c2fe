// Command signals writes what is derived from the metrics of a platform: the rules of its objectives and its dashboards.
// Run it at the root of the repository.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/todoplatform/todoplatform/hack/signals/internal/dashboards"
	"github.com/todoplatform/todoplatform/hack/signals/internal/slo"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "signals:", err)
		os.Exit(1)
	}
}

func run() error {
	files, err := generate()
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // a source file, to be read by all
			return err
		}
	}
	return nil
}

// generate gives all files by their paths in the repository.
func generate() (map[string][]byte, error) {
	rules, err := slo.Rules()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{filepath.Join("config", "prometheus", "objectives.yaml"): rules}
	for _, dashboard := range dashboards.All() {
		content, err := dashboard.JSON()
		if err != nil {
			return nil, err
		}
		files[filepath.Join("config", "dashboards", dashboard.UID+".json")] = content
	}
	return files, nil
}
