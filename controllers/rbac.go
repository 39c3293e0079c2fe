package controllers

// The rights of the operator, sorted by group. It may read Secrets because it resolves
// those that a manifest refers to, and because it can only grant the services' Roles
// (get on single Secrets) while it holds that right itself. It may delete pods because a StatefulSet
// does not replace one that never became ready, whatever its template says meanwhile.
//
// +kubebuilder:rbac:groups="",resources=persistentvolumeclaims;secrets;serviceaccounts;services,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=pods,verbs=get;list;watch;delete
// +kubebuilder:rbac:groups=apps,resources=deployments;statefulsets,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=batch,resources=cronjobs;jobs,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=coordination.k8s.io,resources=leases,verbs=get;list;watch;create;delete
// +kubebuilder:rbac:groups=dapr.io,resources=components;configurations;resiliencies;subscriptions,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=httproutes,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=monitoring.coreos.com,resources=podmonitors,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=platform.todoplatform.dev,resources=todoplatforms,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=platform.todoplatform.dev,resources=todoplatforms/finalizers,verbs=update
// +kubebuilder:rbac:groups=platform.todoplatform.dev,resources=todoplatforms/status,verbs=patch
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=rolebindings;roles,verbs=get;list;watch;create;patch;delete
