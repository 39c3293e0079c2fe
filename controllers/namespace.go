package controllers

import (
	"context"
	"fmt"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// takeNamespace takes the namespace for a platform, and names the platform that has it if that is another.
// A Lease says who has it: platforms may come within the same second, one before the operator sees the
// other, but the API server makes an object of a name once.
func (r *Reconciler) takeNamespace(ctx context.Context, platform *v1alpha1.TodoPlatform) (string, error) {
	claim := &coordinationv1.Lease{}
	err := r.client.Get(ctx, client.ObjectKey{Namespace: platform.Namespace, Name: render.NamespaceClaimName}, claim)
	if apierrors.IsNotFound(err) {
		return r.claimNamespace(ctx, platform)
	}
	if err != nil {
		return "", fmt.Errorf("read the claim of the namespace: %w", err)
	}
	if metav1.IsControlledBy(claim, platform) {
		return "", nil
	}
	holder, err := r.holder(ctx, claim)
	if err != nil || holder != "" {
		return holder, err
	}
	// Its platform is gone: Kubernetes would collect it in its own time.
	if err := r.client.Delete(ctx, claim, client.Preconditions{UID: &claim.UID}); client.IgnoreNotFound(err) != nil {
		return "", fmt.Errorf("delete the claim of a platform that is gone: %w", err)
	}
	return r.claimNamespace(ctx, platform)
}

// claimNamespace claims a namespace that nobody has, unless an older platform is there to do so. It fails,
// to be tried again, when another one does at the same moment.
func (r *Reconciler) claimNamespace(ctx context.Context, platform *v1alpha1.TodoPlatform) (string, error) {
	older, err := r.olderNeighbour(ctx, platform)
	if err != nil || older != "" {
		return older, err
	}
	claim := render.NamespaceClaim(platform)
	if err := controllerutil.SetControllerReference(platform, claim, r.client.Scheme()); err != nil {
		return "", fmt.Errorf("set owner of the claim of the namespace: %w", err)
	}
	if err := r.client.Create(ctx, claim); err != nil {
		return "", fmt.Errorf("claim the namespace: %w", err)
	}
	return "", nil
}

// holder names the platform that has made a claim; empty when there is none any more. It asks the API
// server, because the cache may have seen a claim before its platform.
func (r *Reconciler) holder(ctx context.Context, claim *coordinationv1.Lease) (string, error) {
	owner := metav1.GetControllerOf(claim)
	if owner == nil || owner.Kind != "TodoPlatform" {
		return "", fmt.Errorf("the Lease %s exists and does not belong to a platform: delete it", claim.Name)
	}
	platform := &v1alpha1.TodoPlatform{}
	err := r.live.Get(ctx, client.ObjectKey{Namespace: claim.Namespace, Name: owner.Name}, platform)
	if apierrors.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the platform that has the namespace: %w", err)
	}
	if platform.UID != owner.UID {
		return "", nil
	}
	return platform.Name, nil
}

// olderNeighbour names the oldest platform of the namespace, if that is not this one.
func (r *Reconciler) olderNeighbour(ctx context.Context, platform *v1alpha1.TodoPlatform) (string, error) {
	neighbours := &v1alpha1.TodoPlatformList{}
	if err := r.client.List(ctx, neighbours, client.InNamespace(platform.Namespace)); err != nil {
		return "", fmt.Errorf("list platforms of the namespace: %w", err)
	}
	oldest := platform
	for i := range neighbours.Items {
		if precedes(&neighbours.Items[i], oldest) {
			oldest = &neighbours.Items[i]
		}
	}
	if oldest.UID == platform.UID {
		return "", nil
	}
	return oldest.Name, nil
}

// precedes orders platforms by their age, and those of one second by their names.
func precedes(a, b *v1alpha1.TodoPlatform) bool {
	if a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return client.ObjectKeyFromObject(a).String() < client.ObjectKeyFromObject(b).String()
	}
	return a.CreationTimestamp.Before(&b.CreationTimestamp)
}
