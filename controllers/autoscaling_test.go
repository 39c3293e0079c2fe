package controllers

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

func TestAutoscaling_leavesTheReplicasToItsAutoscaler(t *testing.T) {
	t.Parallel()
	asked := func(cpu string) *corev1.ResourceRequirements {
		return &corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}}
	}
	spec := v1alpha1.TodoPlatformSpec{}
	spec.Services.TodoAPI.Replicas = ptr.To[int32](3)
	platform := newPlatform(t, "autoscaling", spec)
	key := client.ObjectKeyFromObject(platform)
	seen := watchReplicas(t, platform.Namespace, contract.TodoAPI)
	runNodes(t, platform.Namespace)
	waitReady(t, platform)

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Services.TodoAPI = v1alpha1.ScalableServiceSpec{
			ServiceSpec: v1alpha1.ServiceSpec{Resources: asked("100m")},
			Autoscaling: &v1alpha1.AutoscalingSpec{MinReplicas: ptr.To[int32](2), MaxReplicas: 6},
		}
	})
	waitReady(t, platform)
	seen.want(t, 3)
	scaler := &autoscalingv2.HorizontalPodAutoscaler{}
	if err := get(t, platform.Namespace, contract.TodoAPI, scaler); err != nil || *scaler.Spec.MinReplicas != 2 || scaler.Spec.MaxReplicas != 6 {
		t.Errorf("autoscaler %+v, %v", scaler.Spec, err)
	}
	if err := get(t, platform.Namespace, contract.TodoAPI, &policyv1.PodDisruptionBudget{}); err != nil {
		t.Error(err)
	}

	scale(t, platform.Namespace, contract.TodoAPI, 5)
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		if service := live.Status.Services[0]; service.Name != contract.TodoAPI || service.ReadyReplicas != 5 {
			return fmt.Errorf("service %+v", service)
		}
		return nil
	})
	waitReady(t, platform)
	waitQuiet(t, platform)

	// An autoscaler brings the number between its bounds; until then the manifest is not realised.
	scale(t, platform.Namespace, contract.TodoAPI, 1)
	waitFor(t, key, v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	scale(t, platform.Namespace, contract.TodoAPI, 4)
	waitReady(t, platform)

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Services.TodoAPI.Resources = asked("200m") })
	waitReady(t, platform)
	seen.want(t, 3, 5, 1, 4)

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Services.TodoAPI = v1alpha1.ScalableServiceSpec{ServiceSpec: v1alpha1.ServiceSpec{Replicas: ptr.To[int32](2)}}
	})
	waitReady(t, platform)
	eventually(t, func() error { return gone(t, platform.Namespace, contract.TodoAPI, scaler) })
	seen.want(t, 3, 5, 1, 4, 2)
	waitQuiet(t, platform)
}

func TestAutoscaling_thatDoesNotWorkIsTold(t *testing.T) {
	t.Parallel()
	spec := v1alpha1.TodoPlatformSpec{}
	spec.Services.RealtimeSync = v1alpha1.ScalableServiceSpec{
		ServiceSpec: v1alpha1.ServiceSpec{Resources: &corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}}},
		Autoscaling: &v1alpha1.AutoscalingSpec{MaxReplicas: 3},
	}
	platform := newPlatform(t, "no-metrics", spec)
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	eventually(t, func() error {
		scaler := &autoscalingv2.HorizontalPodAutoscaler{}
		if err := get(t, platform.Namespace, contract.RealtimeSync, scaler); err != nil {
			return err
		}
		scaler.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{{
			Type: autoscalingv2.ScalingActive, Status: corev1.ConditionFalse, Reason: "FailedGetResourceMetric", Message: "no metrics API",
		}}
		return suite.client.Status().Update(t.Context(), scaler)
	})
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Audit.RetentionDays = ptr.To[int32](30) }) // Sooner than the next check.
	eventually(t, func() error {
		live := waitReady(t, platform)
		for _, service := range live.Status.Services {
			if service.Name == contract.RealtimeSync && service.Message == "is not scaled: no metrics API" {
				return nil
			}
		}
		return fmt.Errorf("services %+v", live.Status.Services)
	})
}

// scale sets the number of replicas as an autoscaler does.
func scale(t *testing.T, namespace, name string, replicas int32) {
	t.Helper()
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}}
	body := &autoscalingv1.Scale{Spec: autoscalingv1.ScaleSpec{Replicas: replicas}}
	if err := suite.client.SubResource("scale").Update(t.Context(), deployment, client.WithSubResourceBody(body)); err != nil {
		t.Fatal(err)
	}
}

// replicasSeen are the numbers of replicas that a Deployment ever had.
type replicasSeen struct {
	mutex   sync.Mutex
	numbers []int32
}

func watchReplicas(t *testing.T, namespace, name string) *replicasSeen {
	t.Helper()
	seen := &replicasSeen{}
	note := func(object any) {
		deployment, ok := object.(*appsv1.Deployment)
		if !ok || deployment.Namespace != namespace || deployment.Name != name {
			return
		}
		seen.mutex.Lock()
		defer seen.mutex.Unlock()
		seen.numbers = slices.Compact(append(seen.numbers, *deployment.Spec.Replicas))
	}
	informer, err := suite.reconciler.cache.GetInformer(t.Context(), &appsv1.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{AddFunc: note, UpdateFunc: func(_, after any) { note(after) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = informer.RemoveEventHandler(registration) })
	return seen
}

func (s *replicasSeen) want(t *testing.T, numbers ...int32) {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !slices.Equal(s.numbers, numbers) {
		t.Errorf("replicas went %v, want %v", s.numbers, numbers)
	}
}
