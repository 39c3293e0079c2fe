package scrape

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// monitoring is what config/prometheus holds.
func monitoring(t *testing.T) []byte {
	t.Helper()
	var documents []string
	for _, name := range []string{"operator_monitor", "services_monitor", "rules"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "config", "prometheus", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, string(content))
	}
	return []byte(strings.Join(documents, "\n---\n"))
}

func TestEachPortOfAMonitorIsReadWithItsLabels(t *testing.T) {
	files, err := Render(monitoring(t))
	if err != nil {
		t.Fatal(err)
	}
	var read config
	if err := yaml.Unmarshal([]byte(files[ConfigFile]), &read); err != nil {
		t.Fatal(err)
	}
	jobs := map[string]job{}
	for _, j := range read.ScrapeConfigs {
		jobs[j.Name] = j
	}
	operator, services := jobs["system/controller-manager-metrics/metrics"], jobs["system/services/health"]
	if !operator.HonorLabels || operator.Scheme != "https" || !operator.TLS["insecure_skip_verify"] || operator.Authorization["credentials_file"] == nil {
		t.Errorf("the operator is asked as %+v", operator)
	}
	if got := operator.Discovery[0].Namespaces["names"]; !slices.Equal(got, []string{"system"}) {
		t.Errorf("the operator is looked for in %q", got)
	}
	if services.Discovery[0].Namespaces != nil {
		t.Errorf("services are looked for in %v alone", services.Discovery[0].Namespaces)
	}
	for _, want := range []relabeling{
		{Sources: []string{"__meta_kubernetes_pod_label_app_kubernetes_io_part_of"}, Action: "keep", Regex: "todoplatform"},
		{Sources: []string{"__meta_kubernetes_pod_container_port_name"}, Action: "keep", Regex: "health"},
		{Sources: []string{"__meta_kubernetes_pod_label_app_kubernetes_io_name"}, Regex: "(.+)", Target: "job"},
	} {
		if !slices.ContainsFunc(services.RelabelConfigs, func(r relabeling) bool {
			return slices.Equal(r.Sources, want.Sources) && r.Action == want.Action && r.Regex == want.Regex && r.Target == want.Target
		}) {
			t.Errorf("services are relabelled without %+v:\n%+v", want, services.RelabelConfigs)
		}
	}
}

func TestRulesAreThoseOfTheManifest(t *testing.T) {
	files, err := Render(monitoring(t))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(files[RulesFile], "alert: TodoPlatformNotReady") {
		t.Errorf("an alert is missing in:\n%s", files[RulesFile])
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, manifest := range []string{
		"kind: ConfigMap",
		"kind: PodMonitor\nspec:\n  selector:\n    matchExpressions:\n    - {key: app, operator: Exists}\n",
	} {
		if _, err := Render([]byte(manifest)); err == nil {
			t.Errorf("taken: %s", manifest)
		}
	}
}
