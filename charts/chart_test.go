// Package charts_test checks the operator's Helm chart against config/default.
package charts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/manifest"
)

// TestChart_equalsConfigDefault renders both ways to install the operator and compares
// every object: with default values they must be the same.
func TestChart_equalsConfigDefault(t *testing.T) {
	chart := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--namespace", "todoplatform-system")
	manifests := manifest.Render(t, "kustomize", "build", "../config/default")
	delete(manifests, "Namespace/todoplatform-system") // Helm's --create-namespace makes it.
	for name, want := range manifests {
		got, exists := chart[name]
		if !exists {
			t.Errorf("the chart lacks %s", name)
			continue
		}
		if want.GetKind() == "CustomResourceDefinition" {
			annotations := got.GetAnnotations()
			if annotations["helm.sh/resource-policy"] != "keep" {
				t.Errorf("%s would go with the release, and all platforms with it", name)
			}
			delete(annotations, "helm.sh/resource-policy")
			got.SetAnnotations(annotations)
		}
		if !reflect.DeepEqual(got.Object, want.Object) {
			t.Errorf("%s differs between chart and config/default: run make generate, or change both", name)
		}
	}
	for name := range chart {
		if _, exists := manifests[name]; !exists {
			t.Errorf("config/default lacks %s", name)
		}
	}
}

func TestChart_valuesReachTheDeployment(t *testing.T) {
	objects := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--namespace", "operators",
		"--set", "image.tag=1.2.3,replicas=2,crds.install=false,extraArgs[0]=--dapr-namespace=dapr,imagePullSecrets[0].name=mirror")
	deployment := objects["Deployment/todoplatform-controller-manager"]
	if deployment == nil || deployment.GetNamespace() != "operators" {
		t.Fatalf("Deployment %v", deployment)
	}
	replicas, _, _ := unstructured.NestedFieldNoCopy(deployment.Object, "spec", "replicas")
	containers, _, _ := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", "containers")
	container := containers[0].(map[string]any)
	if replicas != int64(2) || container["image"] != "ghcr.io/todoplatform/manager:1.2.3" || !reflect.DeepEqual(container["args"], []any{"--leader-elect", "--dapr-namespace=dapr"}) {
		t.Errorf("replicas %v, container %v", replicas, container)
	}
	if _, exists := objects["CustomResourceDefinition/todoplatforms.platform.todoplatform.dev"]; exists {
		t.Error("the definition is there although crds.install is false")
	}
}

func TestChart_schedulesAndPinsTheOperator(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	values := filepath.Join(t.TempDir(), "values.yaml")
	err := os.WriteFile(values, []byte(`
image: {digest: "`+digest+`"}
replicas: 2
resources: {limits: {memory: 1Gi}}
nodeSelector: {kubernetes.io/os: linux}
tolerations: [{key: infra, operator: Exists, effect: NoSchedule}]
affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [infra]}]}]}}}
topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {control-plane: controller-manager}}}]
priorityClassName: system-cluster-critical
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	objects := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--namespace", "operators", "--values", values)
	deployment := &appsv1.Deployment{}
	content := objects["Deployment/todoplatform-controller-manager"].Object
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, deployment, true); err != nil {
		t.Fatal(err)
	}
	pod := deployment.Spec.Template.Spec
	if image := pod.Containers[0].Image; image != "ghcr.io/todoplatform/manager:dev@"+digest {
		t.Errorf("image %s", image)
	}
	if limit := pod.Containers[0].Resources.Limits.Memory(); limit.String() != "1Gi" {
		t.Errorf("limit %s", limit)
	}
	if pod.NodeSelector["kubernetes.io/os"] != "linux" || len(pod.Tolerations) != 3 || pod.Tolerations[2].Key != "infra" || pod.Affinity.NodeAffinity == nil ||
		len(pod.TopologySpreadConstraints) != 1 || pod.PriorityClassName != "system-cluster-critical" {
		t.Errorf("pod %+v", pod)
	}
	budget := &policyv1.PodDisruptionBudget{}
	content = objects["PodDisruptionBudget/todoplatform-controller-manager"].Object
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, budget, true); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(budget.Spec.Selector, deployment.Spec.Selector) || budget.Spec.MaxUnavailable.IntValue() != 1 {
		t.Errorf("budget %+v", budget.Spec)
	}
}

func TestChart_refusesValuesThatItDoesNotKnow(t *testing.T) {
	for value, complaint := range map[string]string{
		"replica=3":                        "replica",
		"networkPolicy.enabled=0":          "enabled",
		"watchNamespaces[0]=Todo":          "watchNamespaces",
		"clusterRoles.create=no":           "create",
		"replicas=many":                    "replicas",
		"image.name=manager":               "name",
		"image.digest=sha256:1":            "digest",
		"crds.enabled=false":               "enabled",
		"crds.install=0":                   "install",
		"monitoring.enabled=0":             "enabled",
		"resources.memory=1Gi":             "memory",
		"tolerations[0].effects=NoExecute": "effects",
		"extraArgs[0]=debug":               "extraArgs",
		"nodeSelector=linux":               "nodeSelector",
	} {
		command := exec.Command(manifest.Tool(t, "helm"), "template", "todoplatform", "todoplatform-operator", "--set", value)
		out, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "values don't meet the specifications of the schema") || !strings.Contains(string(out), complaint) {
			t.Errorf("--set %s: %v, %s", value, err, out)
		}
	}
}

func TestChart_policesTheNetworkUnlessToldOtherwise(t *testing.T) {
	const policy = "NetworkPolicy/todoplatform-controller-manager"
	for value, want := range map[string]bool{"true": true, "false": false} {
		objects := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--set", "networkPolicy.enabled="+value)
		if _, exists := objects[policy]; exists != want {
			t.Errorf("networkPolicy.enabled=%s: there is a policy: %t", value, exists)
		}
	}
}

// Prometheus is told the same by both ways to install: kustomize of config/prometheus, and the chart where it is asked.
func TestChart_monitorsAsConfigPrometheus(t *testing.T) {
	install := []string{"template", "todoplatform", "todoplatform-operator", "--namespace", "todoplatform-system"}
	silent := manifest.Render(t, "helm", install...)
	chart := manifest.Render(t, "helm", append(install, "--set", "monitoring.enabled=true")...)
	for name := range silent {
		delete(chart, name)
	}
	manifests := manifest.Render(t, "kustomize", "build", "../config/prometheus")
	if len(manifests) != 4 || !reflect.DeepEqual(chart, manifests) {
		t.Errorf("chart and config/prometheus differ: run make generate, or change both\n%v\n%v", chart, manifests)
	}
}

// Beside an operator for single namespaces, Prometheus looks for services in these alone.
func TestChart_monitorsWhatIsWatched(t *testing.T) {
	objects := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--set", "monitoring.enabled=true,watchNamespaces={ours,yours}")
	selector, _, _ := unstructured.NestedMap(objects["PodMonitor/todoplatform-services"].Object, "spec", "namespaceSelector")
	if want := (map[string]any{"matchNames": []any{"ours", "yours"}}); !reflect.DeepEqual(selector, want) {
		t.Errorf("namespaceSelector %v, not %v", selector, want)
	}
}

func TestChart_refusesToMonitorWithoutMetrics(t *testing.T) {
	command := exec.Command(manifest.Tool(t, "helm"), "template", "todoplatform", "todoplatform-operator", "--set", "monitoring.enabled=true,clusterRoles.create=false")
	if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), "without clusterRoles.create") {
		t.Errorf("%v, %s", err, out)
	}
}

// What is printed after the installation can be pasted into a shell as it is.
func TestChart_notesMakeAPlatform(t *testing.T) {
	notes := notes(t)
	_, commands, found := strings.Cut(notes, "of its own:\n")
	if !found || !strings.Contains(notes, "The operator runs in namespace operators.") {
		t.Fatalf("notes %s", notes)
	}
	bin := t.TempDir()
	kubectl := "#!/bin/sh\necho \"$@\" >> " + bin + "/calls\nfor last; do :; done\ntest \"$last\" != - || cat > " + bin + "/manifest\n"
	if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(kubectl), 0o700); err != nil {
		t.Fatal(err)
	}
	script := exec.Command("bash", "-euc", commands)
	script.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if out, err := script.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	manifest, err := os.ReadFile(filepath.Join(bin, "manifest"))
	if err != nil {
		t.Fatal(err)
	}
	platform := &v1alpha1.TodoPlatform{}
	if err := yaml.UnmarshalStrict(manifest, platform); err != nil || platform.Kind != "TodoPlatform" || platform.Name != "todo" {
		t.Errorf("%v in %s", err, manifest)
	}
	calls, err := os.ReadFile(filepath.Join(bin, "calls"))
	if err != nil || strings.Count(string(calls), "\n") != 4 {
		t.Errorf("%v, calls %s", err, calls)
	}
}

// notes renders the notes of the chart. Only an installation prints them, so a copy of the chart has them in
// an object.
func notes(t *testing.T) string {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS("todoplatform-operator")); err != nil {
		t.Fatal(err)
	}
	object := `{apiVersion: v1, kind: ConfigMap, metadata: {name: notes}, data: {notes: {{ tpl (.Files.Get "NOTES") . | toJson }}}}`
	err := errors.Join(
		os.Rename(filepath.Join(copied, "templates", "NOTES.txt"), filepath.Join(copied, "NOTES")),
		os.WriteFile(filepath.Join(copied, "templates", "notes.yaml"), []byte(object), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	objects := manifest.Render(t, "helm", "template", "todoplatform", copied, "--namespace", "operators")
	text, _, _ := unstructured.NestedString(objects["ConfigMap/notes"].Object, "data", "notes")
	return text
}
