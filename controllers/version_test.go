package controllers

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestVersion_isWhatEveryReplicaRuns(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "version", v1alpha1.TodoPlatformSpec{})
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace, contract.Audit)
	versions := func(condition string, want metav1.ConditionStatus, reason, running, wanted, schema string) {
		t.Helper()
		live := waitFor(t, key, condition, want, reason)
		if status := live.Status; status.Version != running || status.WantedVersion != wanted || status.SchemaVersion != schema {
			t.Errorf("runs %q, wanted %q, schema %q; want %q, %q, %q", status.Version, status.WantedVersion, status.SchemaVersion, running, wanted, schema)
		}
	}
	versions(v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonStarting, "", "1.2.3", "1.2.3")

	runNodes(t, platform.Namespace)
	versions(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady, "1.2.3", "1.2.3", "1.2.3")
}

func TestVersion_neverGoesBackBehindTheSchema(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "downgrade", v1alpha1.TodoPlatformSpec{Version: "1.10.0"})
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	jobs := func() int {
		list := &batchv1.JobList{}
		if err := suite.client.List(t.Context(), list, client.InNamespace(platform.Namespace)); err != nil {
			t.Fatal(err)
		}
		return len(list.Items)
	}
	to := func(version string) {
		change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Version = version })
	}
	// By number, not by letter; a prerelease comes before its release. Without spec.version it is the operator's 1.2.3.
	for _, older := range []string{"1.9.2", "1.10.0-rc.1", "v1.9.9", ""} {
		to(older)
		live := waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonDowngradeRefused)
		message := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionStalled).Message
		if !strings.Contains(message, "is older than 1.10.0, whose schema the database carries: set spec.version to 1.10.0 or later") {
			t.Errorf("to %q: message %q", older, message)
		}
		if live.Status.Version != "1.10.0" || live.Status.WantedVersion == "1.10.0" {
			t.Errorf("to %q: runs %q, wanted %q", older, live.Status.Version, live.Status.WantedVersion)
		}
	}
	if n := jobs(); n != 1 {
		t.Errorf("%d migrations ran", n)
	}
	deployment := &appsv1.Deployment{}
	if err := get(t, platform.Namespace, contract.TodoAPI, deployment); err != nil || !strings.HasSuffix(deployment.Spec.Template.Spec.Containers[0].Image, ":1.10.0") {
		t.Errorf("todo-api: %v, %v", deployment.Spec.Template.Spec.Containers, err)
	}
	// Tags without an order are let through, and what the database carries stays known.
	for _, version := range []string{"1.10.0", "nightly", "1.10.1"} {
		to(version)
		waitReady(t, platform)
	}
	to("1.10.0")
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonDowngradeRefused)
}

// What is in an image that is named in full nobody can tell: it counts as the version that is wanted.
func TestVersion_isThatOfTheManifestWhateverTheImage(t *testing.T) {
	t.Parallel()
	const pinned = "registry.example.com/audit@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	platform := newPlatform(t, "pinned", v1alpha1.TodoPlatformSpec{Version: "1.4.0", Services: v1alpha1.ServicesSpec{Audit: v1alpha1.ServiceSpec{Image: pinned}}})
	runNodes(t, platform.Namespace)
	status := waitReady(t, platform).Status
	if status.Version != "1.4.0" || status.SchemaVersion != "1.4.0" {
		t.Errorf("runs %q with schema %q", status.Version, status.SchemaVersion)
	}
	for _, service := range status.Services {
		want := "ghcr.io/todoplatform/" + service.Name + ":1.4.0"
		if service.Name == contract.Audit {
			want = pinned
		}
		if service.Image != want {
			t.Errorf("%s runs %s, want %s", service.Name, service.Image, want)
		}
	}
}

func TestEmbeddedPostgres_leavesTheVolumeOfAnotherMajorAlone(t *testing.T) {
	t.Parallel()
	const annotation = "platform.todoplatform.dev/postgres-major"
	namespace := newNamespace(t, "major")
	volume := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{
			Name: render.PostgresVolume, Namespace: namespace, Annotations: map[string]string{annotation: "17"},
			Labels: map[string]string{render.LabelManagedBy: render.ManagedBy, render.LabelInstance: "todo", render.LabelRetained: "true"},
		},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("2Gi")}},
		},
	}
	create(t, volume)
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: render.SecretPostgresAdmin, Namespace: namespace, Labels: volume.Labels},
		StringData: map[string]string{contract.SecretKeyPassword: "of the volume"},
	})
	platform := &v1alpha1.TodoPlatform{
		ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace},
		Spec:       v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}},
	}
	create(t, platform)
	runNodes(t, namespace)
	live := waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonVolumeOfOtherMajor)
	message := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionStalled).Message
	major := render.PostgresMajor(&platform.Spec)
	if want := fmt.Sprintf("PostgreSQL 17 wrote the volume postgres-data and %s is to run, which cannot read it: set database.embedded.image to one of 17", major); !strings.Contains(message, want) {
		t.Errorf("message %q, want %q", message, want)
	}
	if err := gone(t, namespace, render.PostgresServer, &appsv1.StatefulSet{}); err != nil {
		t.Error(err)
	}

	// An image of the volume's own release runs on.
	const former = "registry.example.com/postgres:17.6@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Database.Embedded = &v1alpha1.EmbeddedDatabase{EmbeddedSpec: v1alpha1.EmbeddedSpec{Image: former}}
	})
	waitReady(t, platform)
	server := &appsv1.StatefulSet{}
	if err := get(t, namespace, render.PostgresServer, server); err != nil || server.Spec.Template.Spec.Containers[0].Image != former {
		t.Errorf("%v runs, %v", server.Spec.Template.Spec.Containers, err)
	}
	if err := get(t, namespace, render.PostgresVolume, volume); err != nil || volume.Annotations[annotation] != "17" {
		t.Errorf("the volume is marked %v, %v", volume.Annotations, err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Embedded = nil })
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonVolumeOfOtherMajor)

	// One that the first operator made bears no mark.
	delete(volume.Annotations, annotation)
	if err := suite.client.Update(t.Context(), volume); err != nil {
		t.Fatal(err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Audit.RetentionDays = ptr.To[int32](30) }) // Sooner than the next check.
	waitReady(t, platform)
	if err := get(t, namespace, render.PostgresVolume, volume); err != nil || volume.Annotations[annotation] != major {
		t.Errorf("the volume is marked %v, %v", volume.Annotations, err)
	}
}
