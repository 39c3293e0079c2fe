package controllers

import (
	"errors"
	"fmt"
	"testing"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// The times of objects are whole seconds. Of two platforms of one second the one that the operator saw
// first has begun when the other comes, whatever their names are.
func TestNamespace_isTheFirstPlatformsOfASecond(t *testing.T) {
	t.Parallel()
	spec := v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}}
	for try := range 20 {
		namespace := newNamespace(t, fmt.Sprintf("one-second-%d", try))
		first := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "z", Namespace: namespace}, Spec: spec}
		second := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: namespace}, Spec: spec}
		create(t, first)
		eventually(t, func() error { return get(t, namespace, render.SecretDatabaseRoles, &corev1.Secret{}) })
		create(t, second)
		if !first.CreationTimestamp.Equal(&second.CreationTimestamp) {
			continue
		}
		runNodes(t, namespace)
		waitReady(t, first)
		waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNamespaceTaken)
		waitReady(t, first)
		return
	}
	t.Fatal("no two platforms were made in one second")
}

func TestNamespace_ofManyPlatformsAtOnceIsOnes(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "many-at-once")
	runNodes(t, namespace)
	for _, name := range []string{"e", "c", "a", "d", "b"} {
		create(t, &v1alpha1.TodoPlatform{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
			Spec:       v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}},
		})
	}
	eventually(t, func() error {
		platforms := &v1alpha1.TodoPlatformList{}
		if err := suite.client.List(t.Context(), platforms, client.InNamespace(namespace)); err != nil {
			return err
		}
		ready, taken := 0, 0
		for _, platform := range platforms.Items {
			condition := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
			switch {
			case condition == nil:
			case condition.Status == metav1.ConditionTrue:
				ready++
			case condition.Reason == v1alpha1.ReasonNamespaceTaken:
				taken++
			case condition.Reason == v1alpha1.ReasonForeignObject:
				t.Errorf("%s: %s", platform.Name, condition.Message)
			}
		}
		if ready != 1 || taken != 4 {
			return fmt.Errorf("%d platforms are Ready, %d were told", ready, taken)
		}
		return nil
	})
}

// Nobody collects what is owned here: the claim of the platform that is gone stands.
func TestNamespace_isFreeAgainWithItsPlatform(t *testing.T) {
	t.Parallel()
	first := newPlatform(t, "freed", v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}})
	claim := &coordinationv1.Lease{}
	eventually(t, func() error { return get(t, first.Namespace, render.NamespaceClaimName, claim) })
	if *claim.Spec.HolderIdentity != first.Name || !metav1.IsControlledBy(claim, first) {
		t.Errorf("claim %+v", claim)
	}
	if err := suite.client.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, first.Namespace, first.Name, &v1alpha1.TodoPlatform{}) })
	second := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "another", Namespace: first.Namespace}, Spec: first.Spec}
	create(t, second)
	eventually(t, func() error {
		if err := get(t, first.Namespace, render.NamespaceClaimName, claim); err != nil {
			return err
		}
		if !metav1.IsControlledBy(claim, second) {
			return errors.New("the namespace is still the first platform's")
		}
		return nil
	})
}
