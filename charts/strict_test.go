package charts_test

import (
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/todoplatform/todoplatform/test/manifest"
)

// everything has every part of the chart rendered.
const everything = `
image: {digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
imagePullSecrets: [{name: mirror}]
replicas: 2
nodeSelector: {kubernetes.io/os: linux}
tolerations: [{key: infra, operator: Exists, effect: NoSchedule}]
affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname}}]}}
topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {control-plane: controller-manager}}}]
priorityClassName: system-cluster-critical
watchNamespaces: [ours]
extraArgs: [--log-level=debug]
`

// A real API server takes every object of both ways to install, and knows every field of them.
func TestManifests_areTakenStrictly(t *testing.T) {
	config := startAPIServer(t)
	admin := newAdmin(t, config)
	for _, name := range []string{"todoplatform-system", "dapr-system", "ours"} {
		create(t, admin, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	wrong := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "wrong", "namespace": "ours"}, "dada": map[string]any{},
	}}
	if err := manifest.Try(t.Context(), admin, wrong); !apierrors.IsBadRequest(err) {
		t.Fatalf("a field that there is not: %v", err)
	}
	install := []string{"template", "todoplatform", "todoplatform-operator", "--namespace", "todoplatform-system"}
	for way, objects := range map[string]map[string]*unstructured.Unstructured{
		"config/default":     manifest.Render(t, "kustomize", "build", "../config/default"),
		"the chart":          manifest.Render(t, "helm", install...),
		"the chart, in full": manifest.Render(t, "helm", append(install, "--values", valuesOf(t, everything))...),
	} {
		for name, object := range objects {
			if err := manifest.Try(t.Context(), admin, object); err != nil {
				t.Errorf("%s of %s: %v", name, way, err)
			}
		}
	}
}

// valuesOf writes values of the chart to a file.
func valuesOf(t *testing.T, values string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(path, []byte(values), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
