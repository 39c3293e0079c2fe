package cluster

import (
	"context"
	"errors"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// LogOptions say which log to read, and how much of its end.
type LogOptions struct {
	Container            string
	Previous, Timestamps bool
	Lines, Bytes         int
}

// Log reads the end of a log.
func (c *Cluster) Log(ctx context.Context, namespace, pod string, options LogOptions) (string, error) {
	log, err := c.api.log(ctx, namespace, pod, options)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(log, int64(options.Bytes)))
	return string(text), errors.Join(err, log.Close())
}

// Objects lists the objects of the platform of a resource, as they are. There may be some although there is an error.
func (c *Cluster) Objects(ctx context.Context, of schema.GroupVersionResource) ([]map[string]any, error) {
	return list[map[string]any](ctx, c.api, of, c.owned())
}

// Manifest reads the platform as it is.
func (c *Cluster) Manifest(ctx context.Context) (manifest map[string]any, err error) {
	return manifest, c.api.read(ctx, where(platforms, c.Platform.Namespace, c.Platform.Name), nil, &manifest)
}

// Secrets lists the Secrets of the namespace.
func (c *Cluster) Secrets(ctx context.Context) ([]corev1.Secret, error) {
	return list[corev1.Secret](ctx, c.api, secrets, Selection{Namespace: c.Platform.Namespace})
}

// Events lists the events of the namespace.
func (c *Cluster) Events(ctx context.Context) ([]corev1.Event, error) {
	return list[corev1.Event](ctx, c.api, events, Selection{Namespace: c.Platform.Namespace})
}

// OperatorPods lists the pods of the operator.
func (c *Cluster) OperatorPods(ctx context.Context) ([]corev1.Pod, error) {
	return list[corev1.Pod](ctx, c.api, pods, c.ofOperator())
}

// DaprPods lists the pods of Dapr's control plane.
func (c *Cluster) DaprPods(ctx context.Context) ([]corev1.Pod, error) {
	return list[corev1.Pod](ctx, c.api, pods, c.ofDapr())
}

// Version tells which Kubernetes it is.
func (c *Cluster) Version(ctx context.Context) (string, error) {
	var told struct{ GitVersion string }
	return told.GitVersion, c.api.read(ctx, "/version", nil, &told)
}
