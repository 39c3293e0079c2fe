// Package prometheus_test checks the alerts.
package prometheus_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const runbook = "https://github.com/todoplatform/todoplatform/blob/main/docs/alerts.md#"

// rule is what is looked at of an alert.
type rule struct {
	Alert, Expr string
	Annotations map[string]string
}

// Whoever is woken by an alert finds what to do, and reads of no alert that there is not.
func TestAlertsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, heading := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(string(text), -1) {
		explained = append(explained, heading[1])
	}
	var alerts []string
	for _, rule := range rules(t) {
		alerts = append(alerts, rule.Alert)
		if want := runbook + strings.ToLower(rule.Alert); rule.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url %q, want %q", rule.Alert, rule.Annotations["runbook_url"], want)
		}
	}
	if !slices.Equal(explained, alerts) {
		t.Errorf("docs/alerts.md explains %q, the alerts are %q", explained, alerts)
	}
}

// An alert on a metric that nobody has is silent for ever.
func TestAlertsNameMetricsThatThereAre(t *testing.T) {
	defined := definedMetrics(t, "../../services", "../../controllers")
	metric := regexp.MustCompile(`\b([a-z]+(?:_[a-z]+)+)\b(?:[^(]|$)`)
	for _, rule := range rules(t) {
		names := metric.FindAllStringSubmatch(rule.Expr, -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", rule.Alert)
		}
		for _, name := range names {
			if !defined[name[1]] {
				t.Errorf("%s: neither a service nor the operator has %s, but %q", rule.Alert, name[1], slices.Sorted(maps.Keys(defined)))
			}
		}
	}
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	text, err := os.ReadFile("rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Spec struct{ Groups []struct{ Rules []rule } }
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Spec.Groups {
		all = append(all, group.Rules...)
	}
	return all
}

// definedMetrics finds the names in all options of metrics (prometheus.…Opts) of the programs below some folders.
func definedMetrics(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				if name := metricName(node); name != "" {
					names[name] = true
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// metricName is the name in the options of a metric, and empty for any other node.
func metricName(node ast.Node) string {
	options, _ := node.(*ast.CompositeLit)
	if options == nil {
		return ""
	}
	kind, _ := options.Type.(*ast.SelectorExpr)
	if kind == nil || !strings.HasSuffix(kind.Sel.Name, "Opts") {
		return ""
	}
	for _, element := range options.Elts {
		field, _ := element.(*ast.KeyValueExpr)
		if field == nil {
			continue
		}
		key, _ := field.Key.(*ast.Ident)
		value, _ := field.Value.(*ast.BasicLit)
		if key != nil && key.Name == "Name" && value != nil {
			name, _ := strconv.Unquote(value.Value)
			return name
		}
	}
	return ""
}
