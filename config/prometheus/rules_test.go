package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// An alert on a metric that nobody has is silent for ever.
func TestAlertsNameMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../../config/prometheus/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Spec struct {
			Groups []struct {
				Rules []struct{ Alert, Expr string }
			}
		}
	}
	if err := yaml.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	sources := goSources(t, "..") + goSources(t, "../../controllers")
	metric := regexp.MustCompile(`\b([a-z]+(?:_[a-z]+)+)\b(?:[^(]|$)`)
	for _, group := range rules.Spec.Groups {
		for _, rule := range group.Rules {
			names := metric.FindAllStringSubmatch(rule.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s names no metric", rule.Alert)
			}
			for _, found := range names {
				name := found[1]
				if !strings.Contains(sources, `Name: "`+name+`"`) {
					t.Errorf("%s: neither a service nor the operator has %s", rule.Alert, name)
				}
			}
		}
	}
}

// goSources returns the source of a directory.
func goSources(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
