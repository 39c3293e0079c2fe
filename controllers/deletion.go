package controllers

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

const (
	// giveUpTopics is how long a deletion waits for brokers before it leaves the topics.
	giveUpTopics = 2 * time.Minute
	// pollDeletion is how soon a deletion is looked at again.
	pollDeletion = 2 * time.Second
)

// delete removes what Kubernetes would not collect by itself. Everything with an owner
// reference goes after the platform itself.
func (r *Reconciler) delete(ctx context.Context, platform *v1alpha1.TodoPlatform) (ctrl.Result, error) {
	if !controllerutil.ContainsFinalizer(platform, v1alpha1.Finalizer) {
		return ctrl.Result{}, nil
	}
	if platform.Spec.DeletionPolicy == v1alpha1.DeletionDelete {
		done, err := r.deleteData(ctx, platform)
		if err != nil || !done {
			status.Halt(platform, false, v1alpha1.ReasonDeleting, "services, then topics and volumes are being deleted")
			return ctrl.Result{RequeueAfter: pollDeletion}, err
		}
	}
	return ctrl.Result{}, r.patchFinalizers(ctx, platform, controllerutil.RemoveFinalizer)
}

// deleteData deletes services, topics, volumes and generated Secrets; it is false while
// some remain. Services go first: a running client may bring a deleted topic back.
func (r *Reconciler) deleteData(ctx context.Context, platform *v1alpha1.TodoPlatform) (bool, error) {
	remaining, err := r.deleteServices(ctx, platform)
	if err != nil || remaining > 0 {
		return false, err
	}
	if platform.Spec.Kafka.External != nil {
		if err := r.deleteTopics(ctx, platform); err != nil {
			if r.Now().Sub(platform.DeletionTimestamp.Time) < giveUpTopics {
				return false, err
			}
			r.events.Eventf(platform, nil, corev1.EventTypeWarning, v1alpha1.ReasonTopicsLeft, "Delete", "the topics are left: %v", err)
		}
	}
	return true, r.deleteRetained(ctx, platform)
}

// deleteServices deletes the Deployments with their pods and counts those that remain.
func (r *Reconciler) deleteServices(ctx context.Context, platform *v1alpha1.TodoPlatform) (int, error) {
	deployments := &appsv1.DeploymentList{}
	if err := r.client.List(ctx, deployments, client.InNamespace(platform.Namespace), ours(platform)); err != nil {
		return 0, fmt.Errorf("list Deployments: %w", err)
	}
	for i := range deployments.Items {
		if deployments.Items[i].DeletionTimestamp != nil {
			continue
		}
		err := r.client.Delete(ctx, &deployments.Items[i], client.PropagationPolicy(metav1.DeletePropagationForeground))
		if client.IgnoreNotFound(err) != nil {
			return 0, fmt.Errorf("delete Deployment %s: %w", deployments.Items[i].Name, err)
		}
	}
	return len(deployments.Items), nil
}

func (r *Reconciler) deleteTopics(ctx context.Context, platform *v1alpha1.TodoPlatform) error {
	pass := r.newPass(platform)
	defer pass.close()
	access, err := pass.kafkaAccess(ctx)
	if err != nil {
		return err
	}
	if pass.brokers, err = r.Connect(access); err != nil {
		return fmt.Errorf("connect to the brokers: %w", err)
	}
	if err := pass.brokers.Probe(ctx); err != nil {
		return fmt.Errorf("reach the brokers: %w", err)
	}
	return pass.brokers.Delete(ctx, topics.Names(topics.Wanted(&platform.Spec)))
}

// deleteRetained deletes the volumes and the generated Secrets.
func (r *Reconciler) deleteRetained(ctx context.Context, platform *v1alpha1.TodoPlatform) error {
	selector := ours(platform)
	selector[render.LabelRetained] = "true"
	volumes, secrets := &corev1.PersistentVolumeClaimList{}, &corev1.SecretList{}
	for _, list := range []client.ObjectList{volumes, secrets} {
		if err := r.client.List(ctx, list, client.InNamespace(platform.Namespace), selector); err != nil {
			return fmt.Errorf("list retained data: %w", err)
		}
	}
	var retained []client.Object
	for i := range volumes.Items {
		retained = append(retained, &volumes.Items[i])
	}
	for i := range secrets.Items {
		retained = append(retained, &secrets.Items[i])
	}
	for _, object := range retained {
		if err := client.IgnoreNotFound(r.client.Delete(ctx, object)); err != nil {
			return fmt.Errorf("delete %s: %w", object.GetName(), err)
		}
	}
	return nil
}

// ours selects the children of a platform.
func ours(platform *v1alpha1.TodoPlatform) client.MatchingLabels {
	return client.MatchingLabels{render.LabelManagedBy: render.ManagedBy, render.LabelInstance: platform.Name}
}
