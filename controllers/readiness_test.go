package controllers

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/apply"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// A pass reads what it has just applied from a cache that may not have seen it yet.
func TestReady_isNotSaidOfWhatRanBefore(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "stale", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	reconciler := staleReconciler(t, platform.Namespace)
	more := &corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("2Gi")}}
	tests := map[string]struct {
		change    func(*v1alpha1.TodoPlatformSpec)
		condition string
	}{
		"nothing":                {func(*v1alpha1.TodoPlatformSpec) {}, ""},
		"resources of a service": {func(s *v1alpha1.TodoPlatformSpec) { s.Services.RealtimeSync.Resources = more }, v1alpha1.ConditionServicesReady},
		"resources of PostgreSQL": {func(s *v1alpha1.TodoPlatformSpec) {
			s.Database.Embedded = &v1alpha1.EmbeddedDatabase{EmbeddedSpec: v1alpha1.EmbeddedSpec{Resources: more}}
		}, v1alpha1.ConditionDatabaseReady},
		"resources of Kafka": {func(s *v1alpha1.TodoPlatformSpec) { s.Kafka.Embedded = &v1alpha1.EmbeddedSpec{Resources: more} }, v1alpha1.ConditionKafkaReady},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			changed := platform.DeepCopy()
			test.change(&changed.Spec)
			// The operator of the suite sets back what this pass applies: the manifest is as it was.
			if _, err := reconciler.takeSteps(t.Context(), changed); err != nil {
				t.Fatal(err)
			}
			ready := meta.IsStatusConditionTrue(changed.Status.Conditions, v1alpha1.ConditionReady)
			if ready != (test.condition == "") {
				t.Errorf("Ready is %v:\n%s", ready, describeConditions(changed))
			}
			if test.condition != "" && meta.IsStatusConditionTrue(changed.Status.Conditions, test.condition) {
				t.Errorf("%s is told of what ran before:\n%s", test.condition, describeConditions(changed))
			}
		})
	}
}

// What a pass finds may be what the cache still has of the status, and not what another pass has written since.
func TestStatus_isMendedWhereTheCacheHasAFormerOne(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "stale-status", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	waitQuiet(t, platform)
	ready := waitReady(t, platform)
	written := ready.DeepCopy()
	meta.SetStatusCondition(&written.Status.Conditions, metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonSecretInvalid})
	if err := suite.client.Status().Update(t.Context(), written); err != nil {
		t.Fatal(err)
	}
	if _, err := staleReconciler(t, platform.Namespace, ready).Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(platform)}); err != nil {
		t.Fatal(err)
	}
	if err := get(t, platform.Namespace, platform.Name, written); err != nil {
		t.Fatal(err)
	}
	if !meta.IsStatusConditionTrue(written.Status.Conditions, v1alpha1.ConditionReady) {
		t.Errorf("it stays as another pass has left it:\n%s", describeConditions(written))
	}
}

// staleReconciler works on a cache in which the given objects, and the pods' owners of a namespace, stay
// as they are now.
func staleReconciler(t *testing.T, namespace string, objects ...client.Object) *Reconciler {
	t.Helper()
	stale := staleClient{Client: suite.reconciler.client, kept: map[string]client.Object{}}
	for _, object := range objects {
		stale.kept[staleKey(client.ObjectKeyFromObject(object), object)] = object
	}
	keep := func(name string, object client.Object) {
		if err := get(t, namespace, name, object); err != nil {
			t.Fatal(err)
		}
		stale.kept[staleKey(client.ObjectKeyFromObject(object), object)] = object
	}
	for _, app := range contract.Services() {
		keep(app, &appsv1.Deployment{})
	}
	keep(render.PostgresServer, &appsv1.StatefulSet{})
	keep(render.KafkaServer, &appsv1.StatefulSet{})
	reconciler := New(suite.reconciler.Config)
	reconciler.client, reconciler.live, reconciler.events = stale, suite.reconciler.live, suite.reconciler.events
	reconciler.applier = apply.Applier{Client: stale, Live: reconciler.live}
	for _, kind := range render.DaprKinds() {
		reconciler.watched[kind] = true
	}
	return reconciler
}

// staleClient answers with what it keeps.
type staleClient struct {
	client.Client
	kept map[string]client.Object
}

func (c staleClient) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	kept, found := c.kept[staleKey(key, object)]
	if !found {
		return c.Client.Get(ctx, key, object, options...)
	}
	reflect.ValueOf(object).Elem().Set(reflect.ValueOf(kept.DeepCopyObject()).Elem())
	return nil
}

func staleKey(key client.ObjectKey, object client.Object) string {
	return fmt.Sprintf("%T %s", object, key)
}
