package controllers

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/apply"
)

// knows tells whether the cluster knows a kind that others install.
func (r *Reconciler) knows(kind schema.GroupVersionKind) (bool, error) {
	_, err := r.client.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up kind %s: %w", kind.Kind, err)
	}
	return true, nil
}

// watch starts to watch our objects of kinds that others install. It cannot be done at the start of the
// operator, which would not come up before they are there.
func (r *Reconciler) watch(kinds ...schema.GroupVersionKind) error {
	r.watchMutex.Lock()
	defer r.watchMutex.Unlock()
	for _, kind := range kinds {
		if r.watched[kind] {
			continue
		}
		owner := handler.TypedEnqueueRequestForOwner[client.Object](
			r.client.Scheme(), r.client.RESTMapper(), &v1alpha1.TodoPlatform{}, handler.OnlyControllerOwner())
		if err := r.controller.Watch(source.Kind(r.cache, apply.NewObject(r.client.Scheme(), kind), owner)); err != nil {
			return fmt.Errorf("watch %s: %w", kind.Kind, err)
		}
		r.watched[kind] = true
	}
	return nil
}
