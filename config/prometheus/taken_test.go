package prometheus_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/test/apiserver"
	"github.com/todoplatform/todoplatform/test/manifest"
	"github.com/todoplatform/todoplatform/test/servers"
)

// takenWithin is how long the Prometheus operator may take to make files of what it is told.
const takenWithin = time.Minute

// prometheusKey names the Prometheus that reads everything, and prefixed what the Prometheus operator makes for it.
var (
	prometheusKey = client.ObjectKey{Namespace: "monitoring", Name: "all"}
	prefixed      = "prometheus-" + prometheusKey.Name
)

// What one installs and the monitor of a platform come back from the Prometheus operator as files that Prometheus
// takes, with every job, the labels that alerts go by, and every rule.
func TestPrometheusOperatorTakesMonitorsAndRules(t *testing.T) {
	admin := startPrometheusOperator(t)
	for _, object := range append(installed(t), monitorOfAPlatform(t), prometheus()) {
		if err := admin.Create(t.Context(), object, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
	// Of each endpoint of a pod, its job is the service, which the pod's label tells.
	const service = "__meta_kubernetes_pod_label_app_kubernetes_io_name"
	want := map[string]scraped{
		"serviceMonitor/todoplatform-system/todoplatform-controller-manager-metrics/0": {"__meta_kubernetes_service_name", "metrics", true},
		"podMonitor/todoplatform-system/todoplatform-services/0":                       {service, "health", false},
		"podMonitor/todoplatform-system/todoplatform-services/1":                       {service, "dapr-metrics", false},
		"podMonitor/todo/todoplatform/0":                                               {service, "health", false},
		"podMonitor/todo/todoplatform/1":                                               {service, "dapr-metrics", false},
	}
	var config []byte
	if !servers.Poll(takenWithin, func() bool { config = configuration(t, admin); return maps.Equal(jobs(t, config), want) }) {
		t.Errorf("Prometheus reads %+v, want %+v", jobs(t, config), want)
	}
	check(t, config, "config", "--syntax-only")

	var wantRules []string
	for _, manifest := range manifests {
		wantRules = append(wantRules, names(rules(t, manifest))...)
	}
	slices.Sort(wantRules)
	var files []string
	evaluated := func() (all []string) {
		files = ruleFiles(t, admin)
		for _, file := range files {
			all = append(all, names(rulesOf(t, []byte(file)))...)
		}
		slices.Sort(all)
		return all
	}
	if !servers.Poll(takenWithin, func() bool { return slices.Equal(evaluated(), wantRules) }) {
		t.Errorf("Prometheus evaluates %q, want %q", evaluated(), wantRules)
	}
	for _, file := range files {
		check(t, []byte(file), "rules", "--lint-fatal")
	}
}

// names are what rules are called.
func names(rules []rule) (all []string) {
	for _, rule := range rules {
		all = append(all, rule.Alert+rule.Record)
	}
	return all
}

// installed is what kubectl apply -k config/prometheus applies.
func installed(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	return slices.Collect(maps.Values(manifest.Render(t, "kustomize", "build", ".")))
}

// monitorOfAPlatform is what the operator makes where a manifest asks for monitors.
func monitorOfAPlatform(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	golden, err := os.ReadFile("../../controllers/internal/render/testdata/tuned.golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range manifest.Parse(t, golden) {
		if object.GetKind() == "PodMonitor" {
			return object
		}
	}
	t.Fatal("there is no PodMonitor")
	return nil
}

// prometheus takes all monitors and rules of all namespaces.
func prometheus() *unstructured.Unstructured {
	spec := map[string]any{}
	for _, kind := range []string{"serviceMonitor", "podMonitor", "rule"} {
		spec[kind+"Selector"], spec[kind+"NamespaceSelector"] = map[string]any{}, map[string]any{}
	}
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "spec": spec}}
	object.SetNamespace(prometheusKey.Namespace)
	object.SetName(prometheusKey.Name)
	return object
}

// startPrometheusOperator starts one on an API server that has the namespaces of what is installed.
func startPrometheusOperator(t *testing.T) client.Client {
	t.Helper()
	definitions, err := servers.Binary("schemas", "prometheus-operator")
	if err == nil {
		definitions, err = filepath.EvalSymlinks(definitions)
	}
	if err != nil {
		t.Fatal(err)
	}
	config, stop, err := apiserver.Start(definitions)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	admin, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"todoplatform-system", "todo", prometheusKey.Namespace} {
		if err := admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
	runPrometheusOperator(t, config)
	return admin
}

func runPrometheusOperator(t *testing.T, config *rest.Config) {
	t.Helper()
	program := manifest.Tool(t, "prometheus-operator")
	dir, address := t.TempDir(), servers.Loopback(servers.FreePort())
	args := []string{"--apiserver=https://" + strings.TrimPrefix(config.Host, "https://"), "--web.listen-address=" + address}
	for flag, content := range map[string][]byte{"ca-file": config.CAData, "cert-file": config.CertData, "key-file": config.KeyData} {
		file := filepath.Join(dir, flag)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--"+flag+"="+file)
	}
	process := servers.NewProcess("prometheus-operator", dir, func() *exec.Cmd { return exec.Command(program, args...) })
	t.Cleanup(process.Kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(process.LogTail())
		}
	})
	err := process.Start(func() bool {
		answer, err := (&http.Client{Timeout: time.Second}).Get("http://" + address + "/healthz")
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
	if err != nil {
		t.Fatal(err)
	}
}

// configuration is the file that the Prometheus operator makes of monitors; empty: none yet.
func configuration(t *testing.T, admin client.Client) []byte {
	t.Helper()
	secret := &corev1.Secret{}
	err := admin.Get(t.Context(), client.ObjectKey{Namespace: prometheusKey.Namespace, Name: prefixed}, secret)
	if client.IgnoreNotFound(err) != nil {
		t.Fatal(err)
	}
	packed := secret.Data["prometheus.yaml.gz"]
	if len(packed) == 0 {
		return nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	config, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// scraped is what is looked at of a job of Prometheus.
type scraped struct {
	job, endpoint string // what its series are labelled with: a label of the target, and a text
	honorLabels   bool
}

// jobs reads the jobs of a configuration.
func jobs(t *testing.T, config []byte) map[string]scraped {
	t.Helper()
	var file struct {
		Jobs []struct {
			Name        string `json:"job_name"`
			HonorLabels bool   `json:"honor_labels"`
			Relabel     []struct {
				Sources     []string `json:"source_labels"`
				Target      string   `json:"target_label"`
				Replacement string   `json:"replacement"`
			} `json:"relabel_configs"`
		} `json:"scrape_configs"`
	}
	if err := yaml.Unmarshal(config, &file); err != nil {
		t.Fatal(err)
	}
	found := map[string]scraped{}
	for _, job := range file.Jobs {
		read := scraped{honorLabels: job.HonorLabels}
		for _, rule := range job.Relabel { // the last one wins
			switch {
			case rule.Target == "job" && len(rule.Sources) == 1:
				read.job = rule.Sources[0]
			case rule.Target == "endpoint":
				read.endpoint = rule.Replacement
			}
		}
		found[job.Name] = read
	}
	return found
}

// ruleFiles are the files that the Prometheus operator makes of rules; none yet is none.
func ruleFiles(t *testing.T, admin client.Client) []string {
	t.Helper()
	config := &corev1.ConfigMap{}
	err := admin.Get(t.Context(), client.ObjectKey{Namespace: prometheusKey.Namespace, Name: prefixed + "-rulefiles-0"}, config)
	if client.IgnoreNotFound(err) != nil {
		t.Fatal(err)
	}
	return slices.Collect(maps.Values(config.Data))
}

// check has promtool check a file.
func check(t *testing.T, content []byte, what, how string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), what+".yaml")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), manifest.Tool(t, "promtool"), "check", what, how, file).CombinedOutput(); err != nil {
		t.Errorf("promtool check %s: %v\n%s", what, err, out)
	}
}
