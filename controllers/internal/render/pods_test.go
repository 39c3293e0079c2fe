package render_test

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// podsOf gives the pods that objects make, by kind and name.
func podsOf(objects []client.Object) map[string]corev1.PodSpec {
	pods := map[string]corev1.PodSpec{}
	for _, object := range objects {
		name := object.GetObjectKind().GroupVersionKind().Kind + " " + object.GetName()
		switch object := object.(type) {
		case *appsv1.Deployment:
			pods[name] = object.Spec.Template.Spec
		case *appsv1.StatefulSet:
			pods[name] = object.Spec.Template.Spec
		case *batchv1.Job:
			pods[name] = object.Spec.Template.Spec
		case *batchv1.CronJob:
			pods[name] = object.Spec.JobTemplate.Spec.Template.Spec
		}
	}
	return pods
}

// What whoever breaks into a container could build on.
func TestPods_runWithoutRightsOnTheirNode(t *testing.T) {
	in := input(t, "testdata/backup.input.yaml")
	pods := podsOf(slices.Concat(renderAll(in), render.BackupObjects(in), render.RestoreObjects(in)))
	if want := len(contract.Services()) + 5; len(pods) != want {
		t.Fatalf("%d kinds of pods, want %d: those of services, servers, migration, backup and restore", len(pods), want)
	}
	for name, pod := range pods {
		security := pod.SecurityContext
		if !ptr.Deref(security.RunAsNonRoot, false) || ptr.Deref(security.RunAsUser, 0) == 0 || ptr.Deref(security.RunAsGroup, 0) == 0 {
			t.Errorf("%s may run as root: %+v", name, security)
		}
		if security.SeccompProfile == nil || security.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s may make every system call", name)
		}
		if pod.HostNetwork || pod.HostPID || pod.HostIPC || ptr.Deref(pod.ShareProcessNamespace, false) {
			t.Errorf("%s shares what is its node's, or between its containers", name)
		}
		if ptr.Deref(pod.EnableServiceLinks, true) {
			t.Errorf("%s is told about all Services of the namespace", name)
		}
		for _, volume := range pod.Volumes {
			if volume.HostPath != nil {
				t.Errorf("%s mounts %s of its node", name, volume.HostPath.Path)
			}
		}
		for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
			checkContainer(t, name+", container "+container.Name, &container)
		}
	}
}

func checkContainer(t *testing.T, name string, container *corev1.Container) {
	t.Helper()
	security := container.SecurityContext
	switch {
	case security == nil:
		t.Fatalf("%s has no security context", name)
	case !ptr.Deref(security.ReadOnlyRootFilesystem, false):
		t.Errorf("%s may write to its image", name)
	case ptr.Deref(security.AllowPrivilegeEscalation, true) || ptr.Deref(security.Privileged, false):
		t.Errorf("%s may gain privileges", name)
	case security.Capabilities == nil || !slices.Contains(security.Capabilities.Drop, "ALL") || len(security.Capabilities.Add) > 0:
		t.Errorf("%s has capabilities of root", name)
	case security.RunAsUser != nil && *security.RunAsUser == 0 || security.RunAsNonRoot != nil && !*security.RunAsNonRoot:
		t.Errorf("%s runs as root", name)
	}
	if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
		t.Errorf("%s has no limit of memory or asks for no CPU: %+v", name, container.Resources)
	}
}

// Only the pods that talk to the API server hold a token for it.
func TestPods_haveNoTokenThatTheyDoNotUse(t *testing.T) {
	in := input(t, "testdata/backup.input.yaml")
	readers := []string{"Deployment " + contract.TodoAPI, "Deployment " + contract.Audit, "Deployment " + contract.Notification}
	for name, pod := range podsOf(slices.Concat(renderAll(in), render.BackupObjects(in), render.RestoreObjects(in))) {
		if got, want := ptr.Deref(pod.AutomountServiceAccountToken, true), slices.Contains(readers, name); got != want {
			t.Errorf("%s mounts a token: %t", name, got)
		}
	}
}
