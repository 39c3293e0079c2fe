// Package charts_test checks the operator's Helm chart against config/default.
package charts_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// TestChart_equalsConfigDefault renders both ways to install the operator and compares
// every object: with default values they must be the same.
func TestChart_equalsConfigDefault(t *testing.T) {
	chart := render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--kube-version", "1.37.0", "--namespace", "todoplatform-system")
	manifests := render(t, "kustomize", "build", "../config/default")
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
	objects := render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--kube-version", "1.37.0", "--namespace", "operators",
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

// render runs a tool of the cache and reads the objects that it writes, by kind and name.
func render(t *testing.T, tool string, args ...string) map[string]*unstructured.Unstructured {
	t.Helper()
	cache := os.Getenv("TODOPLATFORM_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(base, "todoplatform")
	}
	binary := filepath.Join(cache, "bin", tool)
	if _, err := os.Stat(binary); err != nil {
		t.Fatalf("%v: run make tools", err)
	}
	var problems bytes.Buffer
	command := exec.Command(binary, args...)
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, problems.String())
	}
	objects := map[string]*unstructured.Unstructured{}
	for _, document := range bytes.Split(out, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			t.Fatal(err)
		}
		if len(object.Object) > 0 {
			// Round trip, so that numbers have one type on both sides.
			content, err := object.MarshalJSON()
			if err == nil {
				err = object.UnmarshalJSON(content)
			}
			if err != nil {
				t.Fatal(err)
			}
			objects[object.GetKind()+"/"+object.GetName()] = object
		}
	}
	return objects
}
