package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// fieldOwner marks what the tests apply, as kubectl would for a person.
const fieldOwner = client.FieldOwner("e2e")

// kube is the cluster under test.
type kube struct {
	client.Client
}

func connect(kubeconfig string) (*kube, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 50, 100
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("build scheme: %w", err)
		}
	}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	return &kube{c}, nil
}

// manifest reads every object of a YAML file in the repository.
func manifest(t *testing.T, path ...string) []*unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	var objects []*unstructured.Unstructured
	for document := range bytes.SplitSeq(text, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	return objects
}

// apply does what `kubectl apply --server-side` does.
func (k *kube) apply(t *testing.T, objects ...*unstructured.Unstructured) {
	t.Helper()
	for _, object := range objects {
		err := k.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(object.DeepCopy()), fieldOwner, client.ForceOwnership)
		if err != nil {
			t.Fatalf("apply %s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

func (k *kube) platform(t *testing.T) *v1alpha1.TodoPlatform {
	t.Helper()
	platform := &v1alpha1.TodoPlatform{}
	if err := k.Get(t.Context(), platformKey, platform); err != nil {
		t.Fatalf("get the platform: %v", err)
	}
	return platform
}

// waitReady waits until the operator says Ready for the current generation.
func (k *kube) waitReady(t *testing.T, within time.Duration) {
	t.Helper()
	eventually(t, within, "the platform is Ready", func(ctx context.Context) error {
		platform := &v1alpha1.TodoPlatform{}
		if err := k.Get(ctx, platformKey, platform); err != nil {
			return err
		}
		ready := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.Status != metav1.ConditionTrue || ready.ObservedGeneration != platform.Generation {
			return fmt.Errorf("conditions: %s", conditions(platform))
		}
		return nil
	})
}

// waitRolledOut waits until every replica of a Deployment runs its newest template.
func (k *kube) waitRolledOut(t *testing.T, name string, within time.Duration) {
	t.Helper()
	eventually(t, within, name+" is rolled out", func(ctx context.Context) error {
		deployment := &appsv1.Deployment{}
		if err := k.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, deployment); err != nil {
			return err
		}
		status := deployment.Status
		want := *deployment.Spec.Replicas
		if status.ObservedGeneration < deployment.Generation || status.UpdatedReplicas != want || status.ReadyReplicas != want || status.Replicas != want {
			return fmt.Errorf("%d of %d replicas ready, %d updated", status.ReadyReplicas, want, status.UpdatedReplicas)
		}
		return nil
	})
}

// waitNobodyLeaves waits until the pods that were replaced are gone: until then their
// sidecars may hold on to their share of the partitions.
func (k *kube) waitNobodyLeaves(t *testing.T, within time.Duration) {
	t.Helper()
	eventually(t, within, "the replaced pods are gone", func(ctx context.Context) error {
		pods := &corev1.PodList{}
		if err := k.List(ctx, pods, client.InNamespace(namespace)); err != nil {
			return err
		}
		for _, pod := range pods.Items {
			if pod.DeletionTimestamp != nil {
				return fmt.Errorf("%s is on its way out", pod.Name)
			}
		}
		return nil
	})
}

// podsOf lists the pods of an app that are not on their way out.
func (k *kube) podsOf(ctx context.Context, t *testing.T, app string) []corev1.Pod {
	t.Helper()
	pods := &corev1.PodList{}
	if err := k.List(ctx, pods, client.InNamespace(namespace)); err != nil {
		t.Fatalf("list pods: %v", err)
	}
	var found []corev1.Pod
	for _, pod := range pods.Items {
		if strings.HasPrefix(pod.Name, app+"-") && pod.DeletionTimestamp == nil {
			found = append(found, pod)
		}
	}
	return found
}

func isReady(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// scale sets the replicas of a StatefulSet, which the operator is told to leave alone meanwhile by suspend.
func (k *kube) scale(t *testing.T, name string, replicas int32) {
	t.Helper()
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
	if err := k.Patch(t.Context(), set, client.RawPatch("application/merge-patch+json", patch)); err != nil {
		t.Fatalf("scale %s: %v", name, err)
	}
}

// patchPlatform changes the manifest as `kubectl patch --type merge` does.
func (k *kube) patchPlatform(t *testing.T, patch string) {
	t.Helper()
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: platformKey.Name}}
	if err := k.Patch(t.Context(), platform, client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		t.Fatalf("patch the platform: %v", err)
	}
}

func conditions(platform *v1alpha1.TodoPlatform) string {
	var text strings.Builder
	for _, c := range platform.Status.Conditions {
		fmt.Fprintf(&text, "\n  %s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message)
	}
	return text.String()
}

// describe writes what one needs to see when a test has failed.
func (k *kube) describe(ctx context.Context, w io.Writer) {
	platform := &v1alpha1.TodoPlatform{}
	if err := k.Get(ctx, platformKey, platform); err == nil && meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionReady) {
		_, _ = fmt.Fprintln(w, "platform: Ready")
	} else if err == nil {
		_, _ = fmt.Fprintf(w, "platform:%s\n", conditions(platform))
	}
	pods := &corev1.PodList{}
	if err := k.List(ctx, pods, client.InNamespace(namespace)); err == nil {
		for _, pod := range pods.Items {
			_, _ = fmt.Fprintf(w, "pod %s on %s: %s\n", pod.Name, pod.Spec.NodeName, pod.Status.Phase)
			for _, c := range append(pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses...) {
				if !c.Ready || c.RestartCount > 0 {
					_, _ = fmt.Fprintf(w, "  %s: ready=%t restarts=%d %s\n", c.Name, c.Ready, c.RestartCount, state(c.State))
				}
			}
		}
	}
	events := &corev1.EventList{}
	if err := k.List(ctx, events, client.InNamespace(namespace)); err == nil {
		for _, e := range events.Items {
			if e.Type != corev1.EventTypeNormal {
				_, _ = fmt.Fprintf(w, "event %s/%s %s: %s\n", e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, e.Message)
			}
		}
	}
}

func state(s corev1.ContainerState) string {
	switch {
	case s.Waiting != nil:
		return "waiting: " + s.Waiting.Reason + " " + s.Waiting.Message
	case s.Terminated != nil:
		return fmt.Sprintf("terminated: %s (exit %d) %s", s.Terminated.Reason, s.Terminated.ExitCode, s.Terminated.Message)
	}
	return "running"
}

// eventually asks again until check finds nothing wrong, and fails with the last complaint.
func eventually(t *testing.T, within time.Duration, what string, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var complaint error
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		if complaint == nil || ctx.Err() == nil { // what time cut off says nothing
			complaint = err
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not within %s: %v", what, within, complaint)
		case <-tick.C:
		}
	}
}
