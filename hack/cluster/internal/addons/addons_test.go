package addons

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
)

func TestContourRunsOnceBesideTheControlPlaneWithTheEnvoyOfTheNodes(t *testing.T) {
	adapted := string(adaptContour([]byte("spec:\n  replicas: 2\n        image: docker.io/envoyproxy/envoy:distroless-v1.2.3\n        image: ghcr.io/projectcontour/contour:v1\n      serviceAccountName: contour\n      serviceAccountName: contour-certgen\n"), "node-1"))
	for _, want := range []string{
		"  replicas: 1\n", "        image: " + image.EnvoyReference + "\n", "        image: ghcr.io/projectcontour/contour:v1\n",
		"      serviceAccountName: contour\n      nodeSelector: {kubernetes.io/hostname: node-1}\n      serviceAccountName: contour-certgen\n",
	} {
		if !strings.Contains(adapted, want) {
			t.Errorf("%q is missing in:\n%s", want, adapted)
		}
	}
}

func TestMetricsServerIsThatOfTheNodesAndTrustsKubelets(t *testing.T) {
	adapted := adaptMetricsServer("      - args:\n        - --metric-resolution=15s\n        image: gcr.io/k8s-staging-metrics-server/metrics-server:master\n")
	want := "      - args:\n        - --metric-resolution=15s\n        - --kubelet-insecure-tls\n        image: " + image.MetricsServerReference + "\n"
	if adapted != want {
		t.Errorf("got\n%s", adapted)
	}
}
