package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
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
