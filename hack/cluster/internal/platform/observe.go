package platform

import (
	"context"
	"fmt"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/scrape"
)

const monitoringNamespace = "monitoring" // that of hack/observe

// traced has the sidecars of the sample platform make spans of each request.
const traced = `{"spec": {"observability": {"tracing": {"endpoint": "jaeger.` + monitoringNamespace + `.svc.cluster.local:4317", "insecure": true, "samplingRatio": "1"}}}}`

// Observe runs beside the sample platform what watches it, and waits until the platform sends its traces.
func (p Platform) Observe(ctx context.Context) error {
	if err := p.Manager.LoadObserve(ctx, p.Cluster); err != nil {
		return err
	}
	if err := p.Manager.Progress.Do("install Prometheus, VictoriaLogs and Jaeger", p.installObservers(ctx)); err != nil {
		return err
	}
	err := p.Manager.Progress.Do("have the platform send its traces", func(step *progress.Step) error {
		if err := p.kubectl().Run(ctx, step.Log(), "--namespace="+sampleNamespace, "patch", "todoplatform", sampleName, "--type=merge", "--patch="+traced); err != nil {
			return fmt.Errorf("is there a platform? `cluster platform` installs it: %w", err)
		}
		return p.waitUntilReady(ctx)
	})
	if err != nil {
		return p.explain(err)
	}
	return nil
}

func (p Platform) installObservers(ctx context.Context) func(*progress.Step) error {
	return func(step *progress.Step) error {
		observers, err := p.kustomize(ctx, "hack", "observe")
		if err != nil {
			return err
		}
		monitoring, err := p.kustomize(ctx, "config", "prometheus")
		if err != nil {
			return err
		}
		files, err := scrape.Render(monitoring)
		if err != nil {
			return err
		}
		config, err := yaml.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "data": files,
			"metadata": map[string]string{"name": "prometheus", "namespace": monitoringNamespace},
		})
		if err != nil {
			return err
		}
		for _, manifest := range [][]byte{observers, config} {
			if err := p.kubectl().Apply(ctx, step.Log(), manifest); err != nil {
				return err
			}
		}
		return p.kubectl().WaitForRollout(ctx, step.Log(), monitoringNamespace, rolloutTimeout,
			"statefulset/prometheus", "statefulset/victoria-logs", "daemonset/vlagent", "deployment/jaeger")
	}
}

// kustomize builds the manifest of a folder of the repository.
func (p Platform) kustomize(ctx context.Context, folder ...string) ([]byte, error) {
	manifest, err := p.kubectl().Output(ctx, "kustomize", filepath.Join(append([]string{p.Manager.Repository}, folder...)...))
	if err != nil {
		return nil, fmt.Errorf("build %s: %w: %s", filepath.Join(folder...), err, manifest)
	}
	return []byte(manifest), nil
}
