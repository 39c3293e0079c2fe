package controllers

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// kubectl apply keeps the manifest of a Secret, and so its content, in an annotation.
func TestCache_keepsNothingOfSecretsButNames(t *testing.T) {
	t.Parallel()
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "login", Namespace: newNamespace(t, "cached-secrets"),
			Labels:      map[string]string{"kept": "yes"},
			Annotations: map[string]string{corev1.LastAppliedConfigAnnotation: `{"stringData":{"password":"hunter2"}}`},
		},
		StringData: map[string]string{"password": "hunter2"},
	}
	create(t, secret)
	cached := &metav1.PartialObjectMetadata{}
	cached.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
	eventually(t, func() error {
		return suite.reconciler.cache.Get(t.Context(), client.ObjectKeyFromObject(secret), cached)
	})
	if len(cached.Annotations) > 0 || len(cached.ManagedFields) > 0 {
		t.Errorf("the cache holds annotations %v and fields %v", cached.Annotations, cached.ManagedFields)
	}
	if cached.Labels["kept"] != "yes" {
		t.Errorf("labels %v, by which the platform of a Secret is found", cached.Labels)
	}
}

func TestCache_keepsOfPodsWhatTheyTell(t *testing.T) {
	t.Parallel()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "one", Namespace: newNamespace(t, "cached-pods"),
			Labels:      map[string]string{render.LabelManagedBy: render.ManagedBy},
			Annotations: map[string]string{render.AnnotationConfigHash: "kept"},
		},
		Spec: corev1.PodSpec{
			InitContainers:  []corev1.Container{container("sidecar")},
			Containers:      []corev1.Container{container("app")},
			NodeName:        "far",
			ReadinessGates:  []corev1.PodReadinessGate{{ConditionType: "a.load-balancer/knows"}},
			SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		},
	}
	create(t, pod)
	pod.Status.Phase = corev1.PodRunning
	if err := suite.client.Status().Update(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	cached := &corev1.Pod{}
	eventually(t, func() error {
		err := suite.reconciler.cache.Get(t.Context(), client.ObjectKeyFromObject(pod), cached)
		if err == nil && cached.Status.Phase != corev1.PodRunning {
			err = errors.New("the cache lacks what the pod tells of itself")
		}
		return err
	})
	wanted := corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "sidecar"}}, Containers: []corev1.Container{{Name: "app"}},
		NodeName: "far", ReadinessGates: pod.Spec.ReadinessGates,
	}
	if !equality.Semantic.DeepEqual(cached.Spec, wanted) || len(cached.ManagedFields) > 0 {
		t.Errorf("the cache holds %+v", cached.Spec)
	}
	if cached.Annotations[render.AnnotationConfigHash] != "kept" {
		t.Errorf("annotations %v, by which pods are known that run with what is wanted", cached.Annotations)
	}
}

func container(name string) corev1.Container {
	return corev1.Container{Name: name, Image: "example.com/" + name, SecurityContext: &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}}
}
