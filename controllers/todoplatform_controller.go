// Package controllers reconciles TodoPlatforms: it reads a manifest and makes the
// cluster, the brokers and the database agree with it, step by step.
package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/anchor"
	"github.com/todoplatform/todoplatform/controllers/internal/apply"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

// driftCheck is how often a platform that is Ready is looked at again for what neither a watch nor
// the counter of what waits reports, as the Dapr release. Jitter spreads many platforms.
const driftCheck = 5 * time.Minute

// maxAsked bounds the platforms that wait to be looked at because somebody asked.
const maxAsked = 100

// Config configures a Reconciler.
type Config struct {
	// Version is the operator's own, and the default of spec.version.
	Version string
	// Namespace is where the operator's own pods run. Empty: outside of the cluster.
	Namespace string
	// DaprNamespace is where Dapr's control plane runs.
	DaprNamespace string
	// Connect reaches Kafka. Default: real brokers.
	Connect topics.Connect
	// AskDatabase asks PostgreSQL what it carries. Default: real servers.
	AskDatabase database.Ask
	// FetchHeads reads platform heads of an audit service. Default: over HTTP.
	FetchHeads anchor.Fetch
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Reconciler reconciles TodoPlatforms.
type Reconciler struct {
	Config
	// client reads objects that carry our label from a cache, Secrets from the API server, and writes.
	client client.Client
	// live reads everything from the API server.
	live client.Reader
	// events tells of transitions.
	events events.EventRecorder

	applier    apply.Applier
	controller controller.Controller
	cache      cache.Cache
	watchMutex sync.Mutex
	watched    map[schema.GroupVersionKind]bool // of the kinds that others install
	asked      chan event.GenericEvent          // platforms that lookAt was called for
}

// New makes a Reconciler; SetupWithManager gives it what it works with.
func New(config Config) *Reconciler {
	if config.Connect == nil {
		config.Connect = topics.Dial
	}
	if config.AskDatabase == nil {
		config.AskDatabase = database.AskPostgreSQL
	}
	if config.FetchHeads == nil {
		config.FetchHeads = anchor.FetchOverHTTP
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Reconciler{Config: config, watched: map[schema.GroupVersionKind]bool{}, asked: make(chan event.GenericEvent, maxAsked)}
}

// Reconcile brings one platform closer to its manifest.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (result ctrl.Result, err error) {
	platform := &v1alpha1.TodoPlatform{}
	// Not of the cache: a pass that finds what an older status says would take it for written, and no event of the
	// status that is written leads to another pass.
	if err := r.live.Get(ctx, request.NamespacedName, platform); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before := platform.DeepCopy()
	defer func() {
		reported := r.report(ctx, before, platform)
		if apierrors.IsConflict(reported) {
			// Somebody wrote meanwhile: nothing failed, look again.
			result.RequeueAfter, reported = retryAtFirst, nil
		}
		err = errors.Join(err, reported)
	}()

	if !platform.DeletionTimestamp.IsZero() {
		return r.delete(ctx, platform)
	}
	holder, err := r.takeNamespace(ctx, platform)
	if err != nil {
		return ctrl.Result{}, err
	}
	if holder != "" {
		status.Halt(platform, true, v1alpha1.ReasonNamespaceTaken, fmt.Sprintf(
			"the namespace already holds the TodoPlatform %s, and Dapr's names allow one: create this one in another namespace", holder))
		return ctrl.Result{RequeueAfter: time.Minute}, nil
	}
	// Before anything exists that only the finalizer's work would remove.
	if err := r.settleFinalizer(ctx, platform); err != nil {
		return ctrl.Result{}, err
	}
	if err := r.observeServices(ctx, platform); err != nil {
		return ctrl.Result{}, err
	}
	if platform.Spec.Suspend {
		status.Halt(platform, false, v1alpha1.ReasonSuspended, "spec.suspend is true: everything is left as it is")
		return ctrl.Result{}, nil
	}
	return r.takeSteps(ctx, platform)
}

// takeSteps takes every step whose needs are met, so that independent parts start side
// by side, and sums up. A step that fails leaves what it made before in place.
func (r *Reconciler) takeSteps(ctx context.Context, platform *v1alpha1.TodoPlatform) (ctrl.Result, error) {
	pass := r.newPass(platform)
	defer pass.close()
	done := map[string]bool{}
	var found []status.Step
	var failures []error
	next := wait.Jitter(driftCheck, 0.2)
	for _, step := range pass.steps() {
		result := status.Step{Condition: step.condition, Aside: step.aside}
		for _, need := range step.needs {
			if !done[need] {
				result.BlockedBy = need
				break
			}
		}
		if result.BlockedBy == "" {
			result.Reason, result.Message, result.Err = step.run(ctx)
			result.Reword(pass.secrets.hide)
		}
		done[step.condition] = result.BlockedBy == "" && result.Err == nil
		if after, expected := status.After(result.Err); expected {
			next = min(next, after)
		} else if result.Err != nil && !errors.Is(result.Err, status.ErrNotAsked) {
			failures = append(failures, fmt.Errorf("%s: %w", step.condition, result.Err))
		}
		found = append(found, result)
	}
	pass.reportVersions(done[v1alpha1.ConditionSchemaReady], done[v1alpha1.ConditionServicesReady])
	if pass.isAsked() {
		platform.Status.LastHandledReconcileAt = request(platform, v1alpha1.AnnotationReconcileRequested)
	}
	platform.Status.URL = render.PublicURL(&platform.Spec.Exposure)
	for i := range platform.Status.Services {
		platform.Status.Services[i].Message = pass.secrets.hide(platform.Status.Services[i].Message)
	}
	status.Summarize(platform, found)
	if len(failures) > 0 {
		return ctrl.Result{}, errors.Join(failures...)
	}
	return ctrl.Result{RequeueAfter: next}, nil
}

// patchFinalizers changes the finalizers with an optimistic lock: the list is replaced as
// a whole, and must not undo what somebody else did to it meanwhile.
func (r *Reconciler) patchFinalizers(ctx context.Context, platform *v1alpha1.TodoPlatform, change func(client.Object, string) bool) error {
	changed := platform.DeepCopy()
	if !change(changed, v1alpha1.Finalizer) {
		return nil
	}
	patch := client.MergeFromWithOptions(platform.DeepCopy(), client.MergeFromWithOptimisticLock{})
	if err := client.IgnoreNotFound(r.client.Patch(ctx, changed, patch)); err != nil {
		return fmt.Errorf("patch finalizers: %w", err)
	}
	platform.ObjectMeta = changed.ObjectMeta
	return nil
}

// report writes the status if it changed, once a pass, and an event for each transition.
// The optimistic lock keeps a pass that read an old status from telling it all again.
func (r *Reconciler) report(ctx context.Context, before, platform *v1alpha1.TodoPlatform) error {
	for i := range platform.Status.Services {
		service := &platform.Status.Services[i]
		service.Message = status.Cut(service.Message, status.MaxMessage)
	}
	if equality.Semantic.DeepEqual(before.Status, platform.Status) {
		return nil
	}
	base := platform.DeepCopy()
	base.Status = before.Status
	patch := client.MergeFromWithOptions(base, client.MergeFromWithOptimisticLock{})
	if err := r.client.Status().Patch(ctx, platform.DeepCopy(), patch); err != nil {
		if err = client.IgnoreNotFound(err); err != nil {
			return fmt.Errorf("patch status: %w", err)
		}
		return nil
	}
	if !platform.DeletionTimestamp.IsZero() {
		return nil // that it is being deleted is no news, and its namespace may take no events any more
	}
	stalled := meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionStalled)
	for _, condition := range platform.Status.Conditions {
		r.announce(before, platform, condition, stalled)
	}
	return nil
}

// announce makes an event of a condition whose status or reason changed. The summary
// repeats what the steps say, so of it only Ready is told.
func (r *Reconciler) announce(before, platform *v1alpha1.TodoPlatform, condition metav1.Condition, stalled bool) {
	switch condition.Type {
	case v1alpha1.ConditionAvailable, v1alpha1.ConditionProgressing, v1alpha1.ConditionStalled:
		return
	}
	old := meta.FindStatusCondition(before.Status.Conditions, condition.Type)
	if old != nil && old.Status == condition.Status && old.Reason == condition.Reason {
		return
	}
	if condition.Reason == v1alpha1.ReasonBlocked || condition.Reason == v1alpha1.ReasonNotYetReported {
		return
	}
	severity := corev1.EventTypeNormal
	if condition.Status == metav1.ConditionFalse && (stalled || condition.Reason == v1alpha1.ReasonError || backupMissing(condition.Reason)) {
		severity = corev1.EventTypeWarning
	}
	r.events.Eventf(platform, nil, severity, condition.Reason, condition.Type, "%s: %s", condition.Type, condition.Message)
}
