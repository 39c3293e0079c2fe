// Package apply brings children to the cluster: it applies what is wanted with
// server-side apply, deletes what is owned and no longer wanted, refuses objects that
// belong to somebody else, and writes nothing when nothing differs.
package apply

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/metrics"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// fieldOwner is the operator's name in managedFields.
const fieldOwner = client.FieldOwner("todoplatform-operator")

// replicasOwner is the name in managedFields that keeps a number of replicas which the operator does not say.
const replicasOwner = client.FieldOwner("todoplatform-operator-replicas")

// annotationIntent holds a hash of what was last applied. A live object that still
// contains every wanted field may yet carry one that is no longer wanted; the hash tells.
const annotationIntent = "platform.todoplatform.dev/intent"

// Applier applies children.
type Applier struct {
	// Client reads from the cache, which holds only objects labelled as ours, and writes.
	Client client.Client
	// Live reads from the API server, to see objects that are not ours.
	Live client.Reader
}

// Sync brings one part of a platform to the wanted objects: it applies each and deletes
// owned ones of the part's kinds that are not wanted. Errors are of package status.
func (a *Applier) Sync(ctx context.Context, platform *v1alpha1.TodoPlatform, part render.Part, wanted []client.Object) error {
	keep := map[string]bool{}
	for _, object := range wanted {
		if err := a.Apply(ctx, platform, object); err != nil {
			return err
		}
		keep[key(object.GetObjectKind().GroupVersionKind(), object.GetName())] = true
	}
	for _, kind := range render.Kinds(part) {
		if err := a.prune(ctx, platform, part, kind, keep); err != nil {
			return err
		}
	}
	return nil
}

// Apply brings one child to the cluster if it differs. One that carries a resource version is
// applied to that version alone, so that what somebody else made of it meanwhile is not undone.
func (a *Applier) Apply(ctx context.Context, platform *v1alpha1.TodoPlatform, object client.Object) error {
	intent, err := a.intent(platform, object)
	if err != nil {
		return err
	}
	live, err := a.find(ctx, intent)
	if err != nil {
		return err
	}
	return a.apply(ctx, platform, live, intent)
}

// ApplyOver does what Apply does, over the live object as its caller has just read it; nil when there is none.
func (a *Applier) ApplyOver(ctx context.Context, platform *v1alpha1.TodoPlatform, live, object client.Object) error {
	intent, err := a.intent(platform, object)
	if err != nil {
		return err
	}
	if live == nil {
		return a.apply(ctx, platform, nil, intent)
	}
	untyped, err := untype(live, intent.GroupVersionKind())
	if err != nil {
		return err
	}
	return a.apply(ctx, platform, untyped, intent)
}

// apply brings an intent to the cluster, if the live object, which may be nil, differs.
func (a *Applier) apply(ctx context.Context, platform *v1alpha1.TodoPlatform, live, intent *unstructured.Unstructured) error {
	if live != nil {
		if err := refuse(platform, live); err != nil {
			return err
		}
		if contains(live.Object, intent.Object) {
			return nil
		}
		if err := a.leaveReplicas(ctx, intent); err != nil {
			return err
		}
	}
	name := describe(intent)
	err := a.Client.Apply(ctx, client.ApplyConfigurationFromUnstructured(intent), fieldOwner, client.ForceOwnership)
	if apierrors.IsInvalid(err) || apierrors.IsForbidden(err) {
		return status.Stalled(v1alpha1.ReasonRejected, "the API server refused %s: %v", name, err)
	}
	if err != nil {
		return fmt.Errorf("apply %s: %w", name, err)
	}
	metrics.Writes.WithLabelValues(intent.GetKind(), "apply").Inc()
	return nil
}

// leaveReplicas keeps the number of replicas of an object whose intent does not say it: what the operator
// once said and then leaves out would be removed, and the API server would make it one replica.
func (a *Applier) leaveReplicas(ctx context.Context, intent *unstructured.Unstructured) error {
	if _, said, _ := unstructured.NestedFieldNoCopy(intent.Object, "spec", "replicas"); said {
		return nil
	}
	live, err := a.get(ctx, a.Live, intent) // the cache may not know the number of this moment
	if err != nil || live == nil {
		return err
	}
	replicas, has, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if !has {
		return nil
	}
	kept := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"replicas": replicas}}}
	kept.SetGroupVersionKind(intent.GroupVersionKind())
	kept.SetName(intent.GetName())
	kept.SetNamespace(intent.GetNamespace())
	if err := a.Client.Apply(ctx, client.ApplyConfigurationFromUnstructured(kept), replicasOwner); err != nil {
		return fmt.Errorf("leave the replicas of %s as they are: %w", describe(intent), err)
	}
	return nil
}

// Shows tells whether a live object, as the cache holds it, is what Apply makes of the wanted one. An
// object that was just applied may be there as it was before, and what it says of itself is then old.
func (a *Applier) Shows(platform *v1alpha1.TodoPlatform, wanted, live client.Object) (bool, error) {
	intent, err := a.intent(platform, wanted)
	if err != nil {
		return false, err
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(live)
	if err != nil {
		return false, fmt.Errorf("convert %s: %w", describe(intent), err)
	}
	// Typed objects come without their kind.
	delete(intent.Object, "apiVersion")
	delete(intent.Object, "kind")
	return contains(content, intent.Object), nil
}

// intent reduces a rendered object to the fields that the operator wants to own.
func (a *Applier) intent(platform *v1alpha1.TodoPlatform, object client.Object) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", object.GetName(), err)
	}
	intent := &unstructured.Unstructured{Object: content}
	delete(intent.Object, "status")
	unstructured.RemoveNestedField(intent.Object, "metadata", "creationTimestamp")
	if !retained(intent) {
		if err := controllerutil.SetControllerReference(platform, intent, a.Client.Scheme()); err != nil {
			return nil, fmt.Errorf("set owner of %s: %w", object.GetName(), err)
		}
	}
	annotations := intent.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	intent.SetResourceVersion("") // not part of what is wanted
	annotations[annotationIntent] = render.Hash(intent.Object)
	intent.SetAnnotations(annotations)
	intent.SetResourceVersion(object.GetResourceVersion())
	return intent, nil
}

// find reads the live object; nil when there is none. What the cache does not hold
// may still exist without our label, so its absence is confirmed by the API server.
func (a *Applier) find(ctx context.Context, intent *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	live, err := a.get(ctx, a.Client, intent)
	if live == nil && err == nil {
		live, err = a.get(ctx, a.Live, intent)
	}
	return live, err
}

func (a *Applier) get(ctx context.Context, reader client.Reader, intent *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	object := NewObject(a.Client.Scheme(), intent.GroupVersionKind())
	err := reader.Get(ctx, client.ObjectKeyFromObject(intent), object)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", describe(intent), err)
	}
	return untype(object, intent.GroupVersionKind())
}

// untype converts an object that was read.
func untype(object client.Object, kind schema.GroupVersionKind) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("convert %s %s: %w", kind.Kind, object.GetName(), err)
	}
	untyped := &unstructured.Unstructured{Object: content}
	untyped.SetGroupVersionKind(kind) // Typed objects come without.
	return untyped, nil
}

// NewObject makes an empty object of a kind: typed where a scheme knows the kind, so that the cache holds
// each object once.
func NewObject(scheme *runtime.Scheme, kind schema.GroupVersionKind) client.Object {
	if typed, err := scheme.New(kind); err == nil {
		if object, ok := typed.(client.Object); ok {
			return object
		}
	}
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object
}

// refuse tells whether a live object may not be applied over.
func refuse(platform *v1alpha1.TodoPlatform, live *unstructured.Unstructured) error {
	if live.GetDeletionTimestamp() != nil {
		return fmt.Errorf("%s is still being deleted", describe(live))
	}
	if retained(live) && live.GetLabels()[render.LabelManagedBy] == render.ManagedBy && live.GetLabels()[render.LabelInstance] == platform.Name {
		return nil
	}
	owner := metav1.GetControllerOf(live)
	if owner != nil && owner.UID == platform.UID {
		return nil
	}
	if owner != nil && owner.Kind == "TodoPlatform" && owner.Name == platform.Name {
		return fmt.Errorf("%s of the deleted platform of the same name is still being collected", describe(live))
	}
	return status.Stalled(v1alpha1.ReasonForeignObject,
		"%s exists and does not belong to this platform: delete it, or move the platform to another namespace", describe(live))
}

// prune deletes the children of a part that the platform owns and no longer wants.
func (a *Applier) prune(ctx context.Context, platform *v1alpha1.TodoPlatform, part render.Part, kind schema.GroupVersionKind, keep map[string]bool) error {
	if _, err := a.Client.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version); meta.IsNoMatchError(err) {
		return nil // no object of a kind that the cluster does not know
	}
	children, err := a.list(ctx, kind, client.InNamespace(platform.Namespace), client.MatchingLabels{
		render.LabelManagedBy: render.ManagedBy, render.LabelInstance: platform.Name, render.LabelPart: string(part),
	})
	if err != nil {
		return err
	}
	for _, child := range children {
		if keep[key(kind, child.GetName())] || !metav1.IsControlledBy(child, platform) || child.GetDeletionTimestamp() != nil {
			continue
		}
		uid := child.GetUID()
		err := a.Client.Delete(ctx, child, client.PropagationPolicy(metav1.DeletePropagationBackground), client.Preconditions{UID: &uid})
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete %s %s: %w", kind.Kind, child.GetName(), err)
		}
		metrics.Writes.WithLabelValues(kind.Kind, "delete").Inc()
	}
	return nil
}

func (a *Applier) list(ctx context.Context, kind schema.GroupVersionKind, options ...client.ListOption) ([]client.Object, error) {
	listKind := kind.GroupVersion().WithKind(kind.Kind + "List")
	var items client.ObjectList
	if typed, err := a.Client.Scheme().New(listKind); err == nil {
		items, _ = typed.(client.ObjectList)
	}
	if items == nil {
		untyped := &unstructured.UnstructuredList{}
		untyped.SetGroupVersionKind(listKind)
		items = untyped
	}
	if err := a.Client.List(ctx, items, options...); err != nil {
		return nil, fmt.Errorf("list %s: %w", kind.Kind, err)
	}
	var objects []client.Object
	err := meta.EachListItem(items, func(item runtime.Object) error {
		object, ok := item.(client.Object)
		if !ok {
			return fmt.Errorf("list %s: %T is no object", kind.Kind, item)
		}
		objects = append(objects, object)
		return nil
	})
	return objects, err
}

// contains tells whether live has every field of intent with its value. The API server
// adds defaults, so live may have more; lists must have the same length.
func contains(live, intent any) bool {
	switch want := intent.(type) {
	case map[string]any:
		have, _ := live.(map[string]any)
		for field, value := range want {
			if !contains(have[field], value) {
				return false
			}
		}
		return true
	case []any:
		have, _ := live.([]any)
		if len(have) != len(want) {
			return false
		}
		for i := range want {
			if !contains(have[i], want[i]) {
				return false
			}
		}
		return true
	default:
		return live == intent
	}
}

func retained(object client.Object) bool {
	return object.GetLabels()[render.LabelRetained] != ""
}

func describe(object client.Object) string {
	return object.GetObjectKind().GroupVersionKind().Kind + " " + object.GetName()
}

func key(kind schema.GroupVersionKind, name string) string {
	return kind.String() + "/" + name
}
