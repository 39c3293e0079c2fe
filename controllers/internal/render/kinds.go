package render

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kinds lists the kinds of the children that a part owns. Volumes and generated
// Secrets are not among them: they are kept, not owned.
func Kinds(part Part) []schema.GroupVersionKind {
	apps, core, rbac := appsv1.SchemeGroupVersion, corev1.SchemeGroupVersion, rbacv1.SchemeGroupVersion
	policy := networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy")
	switch part {
	case PartKafka, PartDatabase:
		return []schema.GroupVersionKind{policy, core.WithKind("Service"), apps.WithKind("StatefulSet")}
	case PartMigration:
		return []schema.GroupVersionKind{batchv1.SchemeGroupVersion.WithKind("Job")}
	case PartComponents:
		return append(DaprKinds(), core.WithKind("Secret"))
	case PartServices:
		return []schema.GroupVersionKind{
			policy, core.WithKind("ServiceAccount"), core.WithKind("Service"),
			rbac.WithKind("Role"), rbac.WithKind("RoleBinding"),
			apps.WithKind("Deployment"), autoscalingv2.SchemeGroupVersion.WithKind("HorizontalPodAutoscaler"), policyv1.SchemeGroupVersion.WithKind("PodDisruptionBudget"),
		}
	case PartMonitors:
		return []schema.GroupVersionKind{MonitorKind()}
	case PartExposure:
		return []schema.GroupVersionKind{networkingv1.SchemeGroupVersion.WithKind("Ingress"), RouteKind()}
	case PartBackup:
		return []schema.GroupVersionKind{policy, batchv1.SchemeGroupVersion.WithKind("CronJob")}
	case PartRestore:
		return []schema.GroupVersionKind{
			policy, batchv1.SchemeGroupVersion.WithKind("Job"), core.WithKind("Secret"), core.WithKind("ServiceAccount"),
			rbac.WithKind("Role"), rbac.WithKind("RoleBinding"),
		}
	}
	return nil
}
