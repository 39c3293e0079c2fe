package tools

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// The product, the program of the cluster and most tools require what they have in common in one version, so that it
// is compiled once: a package that depends on another version of anything is compiled anew, and so is all above it.
func TestOneVersion(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	versions := map[string]required{}
	for _, folder := range []string{".", "hack/cluster", "hack/tools/kubernetes"} {
		for module, version := range requirements(t, filepath.Join(root, folder)) {
			other, known := versions[module]
			switch {
			case !known:
				versions[module] = required{version, folder}
			case other.version != version:
				t.Errorf("%s is %s in %s and %s in %s: raise the older one with go get and go mod tidy", module, version, folder, other.version, other.folder)
			}
		}
	}
}

type required struct{ version, folder string }

// requirements maps the modules that a folder's go.mod requires to their versions.
func requirements(t *testing.T, folder string) map[string]string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", filepath.Join(folder, "go.mod")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(output, &file); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, require := range file.Require {
		versions[require.Path] = require.Version
	}
	return versions
}
