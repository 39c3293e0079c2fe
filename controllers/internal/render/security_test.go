package render_test

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// What whoever breaks into a container could build on.
func TestPods_runWithoutRightsOnTheirNode(t *testing.T) {
	for name, template := range podsOf(t, func(*v1alpha1.TodoPlatformSpec) {}) {
		pod := template.Spec
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
	readers := []string{contract.TodoAPI, contract.Audit, contract.Notification}
	for name, template := range podsOf(t, func(*v1alpha1.TodoPlatformSpec) {}) {
		if got, want := ptr.Deref(template.Spec.AutomountServiceAccountToken, true), slices.Contains(readers, name); got != want {
			t.Errorf("%s mounts a token: %t", name, got)
		}
	}
}
