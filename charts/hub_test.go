package charts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// What Artifact Hub shows of the chart is there: the definition and the pages that it names.
func TestChart_tellsArtifactHubWhatThereIs(t *testing.T) {
	var chart struct{ Annotations map[string]string }
	parse(t, "todoplatform-operator/Chart.yaml", &chart)
	var crds []struct{ Kind, Version, Name, DisplayName, Description string }
	var links []struct{ Name, URL string }
	for annotation, into := range map[string]any{"artifacthub.io/crds": &crds, "artifacthub.io/links": &links} {
		if err := yaml.UnmarshalStrict([]byte(chart.Annotations[annotation]), into); err != nil {
			t.Fatalf("%s: %v", annotation, err)
		}
	}

	var definition struct {
		Metadata struct{ Name string }
		Spec     struct {
			Names    struct{ Kind string }
			Versions []struct{ Name string }
		}
	}
	parse(t, "../config/crd/bases/platform.todoplatform.dev_todoplatforms.yaml", &definition)
	if len(crds) != 1 || crds[0].Name != definition.Metadata.Name || crds[0].Kind != definition.Spec.Names.Kind || crds[0].Version != definition.Spec.Versions[0].Name {
		t.Errorf("it names %+v, and there is %s", crds, definition.Metadata.Name)
	}
	if len(links) == 0 {
		t.Error("it names no page")
	}
	for _, link := range links {
		path, ours := strings.CutPrefix(link.URL, "https://github.com/todoplatform/todoplatform/blob/main/")
		if _, err := os.Stat(filepath.Join("..", path)); !ours || err != nil {
			t.Errorf("%s at %s: %v", link.Name, link.URL, err)
		}
	}
}

// parse reads a file of YAML.
func parse(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
