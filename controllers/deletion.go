package controllers

import (
	"context"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
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
	// giveUpDeletion is how long a deletion waits: for services to end, and for brokers to delete topics.
	giveUpDeletion = 2 * time.Minute
	// deleteTopicsTimeout bounds one try to delete the topics.
	deleteTopicsTimeout = 20 * time.Second
	// pollDeletion is how soon a deletion is looked at again.
	pollDeletion = 2 * time.Second
)

// settleFinalizer has a platform whose data goes with it wait for that, and no other: what is retained, and what
// has an owner reference, needs no operator to be deleted.
func (r *Reconciler) settleFinalizer(ctx context.Context, platform *v1alpha1.TodoPlatform) error {
	if platform.Spec.DeletionPolicy == v1alpha1.DeletionDelete {
		return r.patchFinalizers(ctx, platform, controllerutil.AddFinalizer)
	}
	return r.patchFinalizers(ctx, platform, controllerutil.RemoveFinalizer)
}

// delete removes what Kubernetes would not collect by itself. Everything with an owner
// reference goes after the platform itself.
func (r *Reconciler) delete(ctx context.Context, platform *v1alpha1.TodoPlatform) (ctrl.Result, error) {
	if !controllerutil.ContainsFinalizer(platform, v1alpha1.Finalizer) {
		return ctrl.Result{}, nil
	}
	if platform.Spec.DeletionPolicy == v1alpha1.DeletionDelete {
		obstacle, err := r.deleteData(ctx, platform)
		if err != nil {
			status.Halt(platform, false, v1alpha1.ReasonDeleting, err.Error())
			return ctrl.Result{}, err
		}
		if obstacle != "" {
			status.Halt(platform, false, v1alpha1.ReasonDeleting, obstacle)
			return ctrl.Result{RequeueAfter: pollDeletion}, nil
		}
	}
	return ctrl.Result{}, r.patchFinalizers(ctx, platform, controllerutil.RemoveFinalizer)
}

// deleteData deletes services, topics, volumes and generated Secrets, and says what it waits for; nothing
// when it is done. Services go first: a running client may bring a deleted topic back. Nothing is waited
// for any longer than giveUpDeletion.
func (r *Reconciler) deleteData(ctx context.Context, platform *v1alpha1.TodoPlatform) (obstacle string, err error) {
	end := platform.DeletionTimestamp.Add(giveUpDeletion)
	waiting := r.Now().Before(end)
	until := end.UTC().Format("15:04:05 UTC")
	remaining, err := r.deleteServices(ctx, platform)
	if err != nil {
		return "", err
	}
	if len(remaining) > 0 && waiting {
		return fmt.Sprintf("waits until %s for the pods to end of %s", until, strings.Join(remaining, ", ")), nil
	}
	if platform.Spec.Kafka.External != nil {
		err := r.deleteTopics(ctx, platform)
		if err != nil && waiting && !status.IsStalled(err) {
			return fmt.Sprintf("waits until %s for the brokers to delete the topics, and leaves them then: %v", until, err), nil
		}
		if err != nil {
			if err := r.tellTopicsLeft(ctx, platform, err); err != nil {
				return "", err
			}
		}
	}
	return "", r.deleteRetained(ctx, platform)
}

// deleteServices deletes the Deployments with their pods and names those that remain.
func (r *Reconciler) deleteServices(ctx context.Context, platform *v1alpha1.TodoPlatform) ([]string, error) {
	deployments := &appsv1.DeploymentList{}
	if err := r.client.List(ctx, deployments, client.InNamespace(platform.Namespace), ours(platform)); err != nil {
		return nil, fmt.Errorf("list Deployments: %w", err)
	}
	var remaining []string
	for i := range deployments.Items {
		remaining = append(remaining, deployments.Items[i].Name)
		if deployments.Items[i].DeletionTimestamp != nil {
			continue
		}
		err := r.client.Delete(ctx, &deployments.Items[i], client.PropagationPolicy(metav1.DeletePropagationForeground))
		if client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("delete Deployment %s: %w", deployments.Items[i].Name, err)
		}
	}
	return remaining, nil
}

// deleteTopics tries once. An error that is stalled says that trying again does not help.
func (r *Reconciler) deleteTopics(ctx context.Context, platform *v1alpha1.TodoPlatform) error {
	ctx, cancel := context.WithTimeout(ctx, deleteTopicsTimeout)
	defer cancel()
	pass := r.newPass(platform)
	defer pass.close()
	access, err := pass.kafkaAccess(ctx)
	if err != nil {
		return err
	}
	if pass.brokers, err = r.Connect(access); err != nil {
		return status.Stalled(v1alpha1.ReasonSecretInvalid, "kafka.external.%v", err)
	}
	if err := pass.brokers.Probe(ctx); err != nil {
		return fmt.Errorf("no broker of kafka.external.brokers answers: %w", err)
	}
	names := topics.Names(topics.Wanted(&platform.Spec))
	if err := pass.ownsTopics(ctx, names); err != nil {
		return err
	}
	if err := pass.brokers.Delete(ctx, names); err != nil {
		return err
	}
	// The last: until then it is known whose the others are.
	return pass.brokers.Delete(ctx, []string{platform.Spec.Topics.Prefix + topics.OwnerTopic})
}

// ownsTopics is nil if those of the named topics that exist are this platform's. It makes no identity: one that
// is gone was that of the topics.
func (p *pass) ownsTopics(ctx context.Context, names []string) error {
	secret := &corev1.Secret{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.SecretIdentity}, secret)
	if apierrors.IsNotFound(err) {
		return status.Stalled(v1alpha1.ReasonSecretMissing, "Secret %s is gone, by which they were known to be this platform's", render.SecretIdentity)
	}
	if err != nil {
		return fmt.Errorf("read Secret %s: %w", render.SecretIdentity, err)
	}
	owner, err := p.brokers.Owner(ctx, p.platform.Spec.Topics.Prefix)
	if err != nil {
		return err
	}
	if owner != nil && owner.ID != strings.TrimSpace(string(secret.Data[render.SecretKeyID])) {
		return status.Stalled(v1alpha1.ReasonTopicsTaken, "they belong to %s", describeOwner(*owner))
	}
	if owner != nil {
		return nil
	}
	live, err := p.brokers.Describe(ctx, names)
	if err == nil && len(live) > 0 {
		return status.Stalled(v1alpha1.ReasonTopicsTaken, "no topic %s says that they are this platform's", p.platform.Spec.Topics.Prefix+topics.OwnerTopic)
	}
	return err
}

// tellTopicsLeft says in the log and by an event that topics stay. Other events are handed over to a recorder,
// which reports it as an error when the namespace is being deleted and takes none any more.
func (r *Reconciler) tellTopicsLeft(ctx context.Context, platform *v1alpha1.TodoPlatform, why error) error {
	ctrl.LoggerFrom(ctx).Info("the topics are left", "why", why.Error())
	note := "the topics are left: " + why.Error()
	event := &eventsv1.Event{
		ObjectMeta:          metav1.ObjectMeta{Name: platform.Name + "." + string(platform.UID), Namespace: platform.Namespace},
		EventTime:           metav1.NowMicro(),
		ReportingController: controllerName,
		ReportingInstance:   controllerName,
		Action:              "Delete",
		Reason:              v1alpha1.ReasonTopicsLeft,
		Type:                corev1.EventTypeWarning,
		Note:                status.Cut(note, maxNote),
		Regarding: corev1.ObjectReference{
			APIVersion: v1alpha1.GroupVersion.String(), Kind: "TodoPlatform",
			Namespace: platform.Namespace, Name: platform.Name, UID: platform.UID, ResourceVersion: platform.ResourceVersion,
		},
	}
	err := r.client.Create(ctx, event)
	if apierrors.IsAlreadyExists(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return nil
	}
	return err
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
