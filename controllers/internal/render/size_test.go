package render_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// Two nodes of Always Free have 4 cores and 24 GB. A platform leaves a third of the cores to the cluster itself and to
// Dapr, cert-manager and the like, and a third of the memory when all its pods use all that they may, while each of its
// Deployments is rolled and a backup is made.
func TestEnvironmentOKE_fitsIntoAlwaysFree(t *testing.T) {
	in := input(t, "../../../config/environments/oke/platform.yaml")
	var cpu, memory resource.Quantity
	add := func(pods int32, pod *corev1.PodTemplateSpec) {
		for range pods {
			for _, container := range pod.Spec.Containers {
				cpu.Add(*container.Resources.Requests.Cpu())
				memory.Add(*container.Resources.Limits.Memory())
			}
			if pod.Annotations["dapr.io/enabled"] == "true" {
				cpu.Add(resource.MustParse(pod.Annotations["dapr.io/sidecar-cpu-request"]))
				memory.Add(resource.MustParse(pod.Annotations["dapr.io/sidecar-memory-limit"]))
			}
		}
	}
	for _, object := range append(renderAll(in), render.BackupObjects(in)...) {
		switch object := object.(type) {
		case *appsv1.Deployment:
			surge := object.Spec.Strategy.RollingUpdate.MaxSurge.IntVal
			add(*object.Spec.Replicas+surge, &object.Spec.Template)
		case *appsv1.StatefulSet:
			add(*object.Spec.Replicas, &object.Spec.Template)
		case *batchv1.Job:
			add(1, &object.Spec.Template)
		case *batchv1.CronJob:
			add(1, &object.Spec.JobTemplate.Spec.Template)
		}
	}
	t.Logf("the platform asks for %s of CPU and may use %s of memory", cpu.String(), memory.String())
	if cpu.Cmp(resource.MustParse("2700m")) > 0 || memory.Cmp(resource.MustParse("16G")) > 0 {
		t.Errorf("the platform asks for %s of CPU and may use %s of memory", cpu.String(), memory.String())
	}
}
