// Package prometheus_test checks the alerts.
package prometheus_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/test/servers"
)

const runbook = "https://github.com/todoplatform/todoplatform/blob/main/docs/alerts.md#"

// manifests are the rules, each with the cases that try its alerts in a file of its own.
var manifests = []string{"rules", "objectives"}

// rule is what is looked at of an alert, or of what is recorded for one.
type rule struct {
	Alert, Record, Expr string
	Annotations         map[string]string
}

// Whoever is woken by an alert finds what to do, and reads of no alert that there is not.
func TestAlertsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, heading := range regexp.MustCompile(`(?m)^## (TodoPlatform.+)$`).FindAllStringSubmatch(string(text), -1) {
		explained = append(explained, heading[1])
	}
	var all []string
	for _, manifest := range manifests {
		all = append(all, alerts(t, manifest)...)
		for _, rule := range rules(t, manifest) {
			if want := runbook + strings.ToLower(rule.Alert); rule.Alert != "" && rule.Annotations["runbook_url"] != want {
				t.Errorf("%s: runbook_url %q, want %q", rule.Alert, rule.Annotations["runbook_url"], want)
			}
		}
	}
	if !slices.Equal(explained, all) {
		t.Errorf("docs/alerts.md explains %q, the alerts are %q", explained, all)
	}
}

// Each alert tells of what it is for, in time, and of nothing else.
func TestAlertsFire(t *testing.T) {
	promtool, err := servers.Binary("bin", "promtool")
	if err != nil {
		t.Fatal(err)
	}
	for _, manifest := range manifests {
		t.Run(manifest, func(t *testing.T) { tryAlerts(t, promtool, manifest) })
	}
}

func tryAlerts(t *testing.T, promtool, manifest string) {
	cases, err := os.ReadFile(manifest + ".test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tried struct{ Tests []struct{ Name string } }
	if err := yaml.Unmarshal(cases, &tried); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(tried.Tests, alerts(t, manifest), func(test struct{ Name string }, alert string) bool { return test.Name == alert }) {
		t.Errorf("%s.test.yaml tries %q, and not each alert once", manifest, tried.Tests)
	}
	folder := t.TempDir()
	err = errors.Join(
		os.WriteFile(filepath.Join(folder, manifest+".yaml"), spec(t, manifest), 0o600),
		os.WriteFile(filepath.Join(folder, manifest+".test.yaml"), cases, 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "rules", "--lint-fatal", manifest + ".yaml"}, {"test", "rules", manifest + ".test.yaml"}} {
		command := exec.CommandContext(t.Context(), promtool, args...)
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("promtool %q: %v\n%s", args, err, out)
		}
	}
}

// An alert on a metric that nobody has is silent for ever.
func TestAlertsNameMetricsThatThereAre(t *testing.T) {
	defined := definedMetrics(t, "../../services", "../../controllers")
	metric := regexp.MustCompile(`\b([a-z]+(?:_[a-z]+)+?)(?:_bucket|_count|_sum)?\b(?:[^(:]|$)`)
	for _, manifest := range manifests {
		for _, rule := range rules(t, manifest) {
			for _, name := range metric.FindAllStringSubmatch(withoutRecorded(rule.Expr), -1) {
				if !defined[name[1]] {
					t.Errorf("%s%s: neither a service nor the operator has %s, but %q", rule.Alert, rule.Record, name[1], slices.Sorted(maps.Keys(defined)))
				}
			}
		}
	}
}

// withoutRecorded takes the names of recorded series out of an expression, which have colons in them.
func withoutRecorded(expr string) string {
	return regexp.MustCompile(`\w+(:\w+)+`).ReplaceAllString(expr, "")
}

// alerts are the names of the alerts of a manifest, each once.
func alerts(t *testing.T, manifest string) (names []string) {
	t.Helper()
	for _, rule := range rules(t, manifest) {
		if rule.Alert != "" {
			names = append(names, rule.Alert)
		}
	}
	return slices.Compact(names)
}

func rules(t *testing.T, manifest string) []rule {
	t.Helper()
	return rulesOf(t, spec(t, manifest))
}

// rulesOf reads the rules in a file of Prometheus.
func rulesOf(t *testing.T, content []byte) (all []rule) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	return all
}

// spec is what Prometheus itself reads of a manifest.
func spec(t *testing.T, manifest string) []byte {
	t.Helper()
	text, err := os.ReadFile(manifest + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var object struct{ Spec json.RawMessage }
	if err := yaml.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object.Spec
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
