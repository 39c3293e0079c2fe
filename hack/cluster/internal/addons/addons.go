// Package addons puts into a cluster what every workload expects to find there:
// names, storage, an ingress controller and Dapr.
package addons

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kubectl"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

//go:embed manifests
var manifests embed.FS

const (
	readyTimeout = 3 * time.Minute
	nodeTimeout  = time.Minute
)

// Installer installs the add-ons of one cluster.
type Installer struct {
	Kubectl kubectl.Client
	// Helm is the path of the program.
	Helm  string
	Cache cache.Layout
	// FirstNode is where everything runs that no drill is to take away.
	FirstNode string
}

// Base installs access rights, the storage class and CoreDNS.
func (i Installer) Base(ctx context.Context, step *progress.Step) error {
	for _, name := range []string{"access", "storage", "coredns"} {
		manifest, err := manifests.ReadFile("manifests/" + name + ".yaml")
		if err != nil {
			return err
		}
		if err := i.Kubectl.Apply(ctx, step.Log(), manifest); err != nil {
			return fmt.Errorf("apply %s: %w", name, err)
		}
	}
	return nil
}

// WaitForNodes waits until every node takes pods.
func (i Installer) WaitForNodes(ctx context.Context, step *progress.Step, nodes []string) error {
	for _, condition := range []string{"create", "condition=Ready"} {
		args := []string{"wait", "--for=" + condition, "--timeout=" + nodeTimeout.String()}
		for _, node := range nodes {
			args = append(args, "node/"+node)
		}
		if err := i.Kubectl.Run(ctx, step.Log(), args...); err != nil {
			return fmt.Errorf("a node did not become ready: %w", err)
		}
	}
	return nil
}

// WaitForBase waits until names resolve.
func (i Installer) WaitForBase(ctx context.Context, step *progress.Step) error {
	return i.Kubectl.WaitForRollout(ctx, step.Log(), "kube-system", readyTimeout, "deployment/coredns")
}

// Contour installs the ingress controller by its own manifests.
func (i Installer) Contour(ctx context.Context, step *progress.Step) error {
	manifest, err := contourManifest(i.Cache.Path("contour"), i.FirstNode)
	if err != nil {
		return err
	}
	return i.Kubectl.Apply(ctx, step.Log(), manifest)
}

// Gateway installs the Gateway API and has Contour serve a Gateway, beside Ingresses.
func (i Installer) Gateway(ctx context.Context, step *progress.Step) error {
	kinds, err := os.ReadFile(filepath.Join(i.Cache.Path("gateway-api"), "00-crds.yaml"))
	if err != nil {
		return err
	}
	gateway, err := manifests.ReadFile("manifests/gateway.yaml")
	if err != nil {
		return err
	}
	if err := i.Kubectl.Apply(ctx, step.Log(), kinds); err != nil {
		return err
	}
	for _, kind := range []string{"gatewayclasses", "gateways"} {
		if err := i.Kubectl.Run(ctx, step.Log(), "wait", "--for=condition=Established", "crd/"+kind+".gateway.networking.k8s.io"); err != nil {
			return err
		}
	}
	if err := i.Kubectl.Apply(ctx, step.Log(), gateway); err != nil {
		return err
	}
	if err := i.Kubectl.Run(ctx, step.Log(), "--namespace=projectcontour", "rollout", "restart", "deployment/contour"); err != nil {
		return err
	}
	return i.WaitForContour(ctx, step)
}

// WaitForContour waits until the proxy takes requests.
func (i Installer) WaitForContour(ctx context.Context, step *progress.Step) error {
	return i.Kubectl.WaitForRollout(ctx, step.Log(), "projectcontour", readyTimeout, "deployment/contour", "daemonset/envoy")
}

// contourManifest joins the manifests in a folder and adapts them to one small node.
func contourManifest(dir, firstNode string) ([]byte, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no manifests of Contour in %s: %w", dir, err)
	}
	slices.Sort(files)
	var joined bytes.Buffer
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // a file of the cache
		if err != nil {
			return nil, err
		}
		joined.WriteString("\n---\n")
		joined.Write(adaptContour(content, firstNode))
	}
	return joined.Bytes(), nil
}

// adaptContour names the Envoy image that the nodes have and asks for one replica, beside the control plane.
func adaptContour(manifest []byte, firstNode string) []byte {
	lines := strings.Split(string(manifest), "\n")
	for number, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		switch field := strings.TrimSpace(line); {
		case strings.HasPrefix(field, "image: docker.io/envoyproxy/envoy:"):
			lines[number] = indent + "image: " + image.EnvoyReference
		case field == "replicas: 2":
			lines[number] = indent + "replicas: 1"
		case field == "serviceAccountName: contour":
			lines[number] = line + "\n" + indent + "nodeSelector: {kubernetes.io/hostname: " + firstNode + "}"
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// Neighbours installs what enforces NetworkPolicies, tells how busy pods are, and makes certificates.
func (i Installer) Neighbours(ctx context.Context, step *progress.Step) error {
	joined, err := i.neighboursManifest(ctx)
	if err != nil {
		return err
	}
	if err := i.Kubectl.Apply(ctx, step.Log(), joined); err != nil {
		return err
	}
	return errors.Join(
		i.Kubectl.WaitForRollout(ctx, step.Log(), "kube-system", readyTimeout, "daemonset/kube-router", "deployment/metrics-server"),
		i.Kubectl.WaitForRollout(ctx, step.Log(), "cert-manager", readyTimeout, "deployment/cert-manager"),
	)
}

func (i Installer) neighboursManifest(ctx context.Context) ([]byte, error) {
	definitions, err := filepath.Glob(i.Cache.Path("schemas", "cert-manager", "*.yaml"))
	if err != nil || len(definitions) == 0 {
		return nil, fmt.Errorf("no definitions of cert-manager in the cache: %w", err)
	}
	var joined bytes.Buffer
	for _, file := range definitions {
		content, err := os.ReadFile(file) //nolint:gosec // a file of the cache
		if err != nil {
			return nil, err
		}
		joined.WriteString("\n---\n")
		joined.Write(content)
	}
	for _, name := range []string{"kube-router", "cert-manager"} {
		content, err := manifests.ReadFile("manifests/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		joined.WriteString("\n---\n")
		joined.Write(content)
	}
	metrics, err := i.Kubectl.Output(ctx, "kustomize", i.Cache.Path("metrics-server"))
	if err != nil {
		return nil, fmt.Errorf("build the manifest of the metrics server: %w: %s", err, metrics)
	}
	joined.WriteString("\n---\n" + adaptMetricsServer(metrics))
	return joined.Bytes(), nil
}

// adaptMetricsServer names the image that the nodes have, and takes the certificates that kubelets sign themselves.
func adaptMetricsServer(manifest string) string {
	return strings.NewReplacer(
		"gcr.io/k8s-staging-metrics-server/metrics-server:master", image.MetricsServerReference,
		"- --metric-resolution=15s", "- --metric-resolution=15s\n        - --kubelet-insecure-tls",
	).Replace(manifest)
}

// Dapr installs the control plane by its chart.
func (i Installer) Dapr(ctx context.Context, step *progress.Step) error {
	values, err := manifests.ReadFile("manifests/dapr-values.yaml")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "dapr-values-*.yaml")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if _, err := file.Write(values); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return step.Run(ctx, "/", []string{"KUBECONFIG=" + i.Kubectl.Kubeconfig}, i.Helm,
		"upgrade", "--install", "dapr", i.Cache.Path("charts", "dapr"),
		"--namespace=dapr-system", "--create-namespace", "--values="+file.Name(),
		"--set=global.tag="+tools.DaprVersion,
		// The control plane stays when another node is lost.
		`--set=global.nodeSelector.kubernetes\.io/hostname=`+i.FirstNode)
}

// WaitForDapr waits until pods get their sidecars and the sidecars their jobs.
func (i Installer) WaitForDapr(ctx context.Context, step *progress.Step) error {
	return i.Kubectl.WaitForRollout(ctx, step.Log(), "dapr-system", readyTimeout,
		"deployment/dapr-sentry", "deployment/dapr-operator", "deployment/dapr-sidecar-injector",
		"statefulset/dapr-placement-server", "statefulset/dapr-scheduler-server")
}
