package controllers

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/apply"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

const (
	// controllerName is the operator's name in events.
	controllerName = "todoplatform-operator"
	// secretRefsIndex finds platforms by the Secrets that they refer to.
	secretRefsIndex = "secretRefs"
	// retryAtFirst and retryAtMost bound the back-off after errors.
	retryAtFirst = 200 * time.Millisecond
	retryAtMost  = time.Minute
	// passTimeout bounds one pass: every call in it has a shorter deadline of its own.
	passTimeout = 3 * time.Minute
)

// ManagerOptions gives the options of a manager that hold for every use of the
// Reconciler: its scheme, and a cache that holds no more than our own objects, of pods what they tell, plus the
// names (not the content) of Secrets, to notice when one that a manifest refers to changes. With namespaces
// it holds and watches what is in these alone.
func ManagerOptions(namespaces ...string) ctrl.Options {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(gatewayv1.Install(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	var watched map[string]cache.Config // nil: all
	for _, namespace := range namespaces {
		if watched == nil {
			watched = map[string]cache.Config{}
		}
		watched[namespace] = cache.Config{}
	}
	return ctrl.Options{
		Scheme: scheme,
		Cache: cache.Options{
			DefaultNamespaces:    watched,
			DefaultLabelSelector: labels.SelectorFromSet(labels.Set{render.LabelManagedBy: render.ManagedBy}),
			DefaultTransform:     cache.TransformStripManagedFields(),
			ByObject: map[client.Object]cache.ByObject{
				&v1alpha1.TodoPlatform{}: {Label: labels.Everything()},
				&corev1.Secret{}:         {Label: labels.Everything(), Transform: namesAlone},
				&corev1.Pod{}:            {Transform: whatPodsTell},
			},
		},
		Client: client.Options{Cache: &client.CacheOptions{
			Unstructured: true, // Dapr's kinds have no Go types here.
			DisableFor:   []client.Object{&corev1.Secret{}},
		}},
	}
}

// namesAlone takes from an object what may quote its content: the annotation in which kubectl apply keeps
// the manifest, and the managed fields.
func namesAlone(object any) (any, error) {
	if named, err := meta.Accessor(object); err == nil {
		named.SetAnnotations(nil)
		named.SetManagedFields(nil)
	}
	return object, nil
}

// whatPodsTell takes from a pod what nobody here reads: of its spec all but the names of containers, its node, and what
// else than its containers decides whether it is ready. Many platforms have many pods.
func whatPodsTell(object any) (any, error) {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return object, nil
	}
	pod.SetManagedFields(nil)
	pod.Spec = corev1.PodSpec{
		InitContainers: namesOf(pod.Spec.InitContainers), Containers: namesOf(pod.Spec.Containers),
		NodeName: pod.Spec.NodeName, ReadinessGates: pod.Spec.ReadinessGates,
	}
	return pod, nil
}

func namesOf(containers []corev1.Container) []corev1.Container {
	var names []corev1.Container
	for i := range containers {
		names = append(names, corev1.Container{Name: containers[i].Name})
	}
	return names
}

// SetupWithManager registers the Reconciler; workers is how many platforms it reconciles at once.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager, workers int) error {
	r.client, r.live, r.cache = mgr.GetClient(), mgr.GetAPIReader(), mgr.GetCache()
	r.events = boundedRecorder{mgr.GetEventRecorder(controllerName)}
	r.applier = apply.Applier{Client: r.client, Live: r.live}
	err := mgr.GetFieldIndexer().IndexField(ctx, &v1alpha1.TodoPlatform{}, secretRefsIndex, func(object client.Object) []string {
		platform, ok := object.(*v1alpha1.TodoPlatform)
		if !ok {
			return nil
		}
		return secretRefs(platform)
	})
	if err != nil {
		return fmt.Errorf("index platforms by Secret: %w", err)
	}
	err = mgr.GetFieldIndexer().IndexField(ctx, &v1alpha1.TodoPlatform{}, entryIndex, func(object client.Object) []string {
		platform, ok := object.(*v1alpha1.TodoPlatform)
		if !ok {
			return nil
		}
		return []string{render.Entry(platform)}
	})
	if err != nil {
		return fmt.Errorf("index platforms by entry: %w", err)
	}
	r.controller, err = ctrl.NewControllerManagedBy(mgr).
		Named("todoplatform").
		For(&v1alpha1.TodoPlatform{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Owns(&appsv1.Deployment{}).
		Owns(&appsv1.StatefulSet{}).
		Owns(&batchv1.CronJob{}).
		Owns(&corev1.Service{}).
		Owns(&corev1.ServiceAccount{}).
		Owns(&networkingv1.Ingress{}).
		Owns(&networkingv1.NetworkPolicy{}).
		Owns(&autoscalingv2.HorizontalPodAutoscaler{}, builder.WithPredicates(predicate.Funcs{UpdateFunc: changesScaling})).
		Owns(&policyv1.PodDisruptionBudget{}).
		Owns(&rbacv1.Role{}).
		Owns(&rbacv1.RoleBinding{}).
		// A CronJob owns those of backups.
		Watches(&batchv1.Job{}, handler.EnqueueRequestsFromMapFunc(platformOfOurs)).
		// No generation predicate: the generation of a Secret does not change.
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.platformsOfSecret)).
		WatchesRawSource(source.Channel(r.asked, &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: workers,
			ReconciliationTimeout:   passTimeout,
			RateLimiter:             workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](retryAtFirst, retryAtMost),
		}).
		Build(r)
	if err != nil {
		return fmt.Errorf("build controller: %w", err)
	}
	if err := mgr.Add(&counter{Reconciler: r}); err != nil {
		return fmt.Errorf("add the counter of what waits: %w", err)
	}
	if err := metrics.Registry.Register(conditions{r.client}); err != nil {
		return fmt.Errorf("add the metrics of conditions: %w", err)
	}
	return nil
}

// changesScaling tells whether more than the status of an autoscaler changed, which does every few seconds.
func changesScaling(update event.UpdateEvent) bool {
	before, ok := update.ObjectOld.(*autoscalingv2.HorizontalPodAutoscaler)
	after, same := update.ObjectNew.(*autoscalingv2.HorizontalPodAutoscaler)
	return !ok || !same || !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
		!equality.Semantic.DeepEqual(before.Labels, after.Labels) || !equality.Semantic.DeepEqual(before.Annotations, after.Annotations)
}

// lookAt has a platform reconciled soon.
func (r *Reconciler) lookAt(platform *v1alpha1.TodoPlatform) {
	select {
	case r.asked <- event.GenericEvent{Object: platform}:
	default: // so many are to be looked at that the next round may ask again
	}
}

// platformOfOurs finds the platform for which the operator made an object, or something that the operator made.
func platformOfOurs(_ context.Context, object client.Object) []reconcile.Request {
	return []reconcile.Request{{NamespacedName: client.ObjectKey{
		Namespace: object.GetNamespace(), Name: object.GetLabels()[render.LabelInstance],
	}}}
}

// platformsOfSecret finds the platforms to look at when a Secret changes: the one that
// made it, and those whose manifest refers to it.
func (r *Reconciler) platformsOfSecret(ctx context.Context, secret client.Object) []reconcile.Request {
	if secret.GetLabels()[render.LabelManagedBy] == render.ManagedBy {
		return platformOfOurs(ctx, secret)
	}
	platforms := &v1alpha1.TodoPlatformList{}
	err := r.client.List(ctx, platforms, client.InNamespace(secret.GetNamespace()), client.MatchingFields{secretRefsIndex: secret.GetName()})
	if err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "list platforms that refer to a Secret", "secret", secret.GetName())
		return nil
	}
	var requests []reconcile.Request
	for i := range platforms.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&platforms.Items[i])})
	}
	return requests
}
