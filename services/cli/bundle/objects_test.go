package bundle

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What the operator makes is in the bundle, whatever the manifest says: the kinds are those of the manifests that its
// tests render.
func TestKindsAreThoseThatTheOperatorMakes(t *testing.T) {
	collected := map[string]bool{
		"Secret":       true, // by their keys alone
		"TodoPlatform": true,
	}
	for _, k := range kinds {
		collected[k.kind] = true
	}
	manifests, err := filepath.Glob("../../../controllers/internal/render/testdata/*.golden.yaml")
	if err != nil || len(manifests) == 0 {
		t.Fatalf("%d manifests, %v", len(manifests), err)
	}
	for _, manifest := range manifests {
		content, err := os.ReadFile(manifest)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range regexp.MustCompile(`(?m)^kind: (\w+)$`).FindAllStringSubmatch(string(content), -1) {
			if !collected[kind[1]] {
				t.Errorf("a bundle lacks each %s, of which one is in %s", kind[1], filepath.Base(manifest))
				collected[kind[1]] = true
			}
		}
	}
}
