package controllers

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// Whatever makes pods is taken in every namespace: the level shows when there are pods, which the test makes
// in place of Kubernetes' controllers.
func TestPods_areTakenInARestrictedNamespace(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "restricted", v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{Embedded: &v1alpha1.EmbeddedDatabase{
		Backup:  &v1alpha1.BackupSpec{Schedule: "@daily", Volume: &v1alpha1.BackupVolume{}},
		Restore: &v1alpha1.RestoreSpec{Volume: &v1alpha1.RestoreVolume{ClaimName: "backups"}},
	}}})
	templates := map[string]corev1.PodTemplateSpec{}
	gather := func() {
		deployments, sets, jobs, crons := &appsv1.DeploymentList{}, &appsv1.StatefulSetList{}, &batchv1.JobList{}, &batchv1.CronJobList{}
		for _, list := range []client.ObjectList{deployments, sets, jobs, crons} {
			if err := suite.client.List(t.Context(), list, client.InNamespace(platform.Namespace)); err != nil {
				t.Fatal(err)
			}
		}
		for _, one := range deployments.Items {
			templates[one.Name] = one.Spec.Template
		}
		for _, one := range sets.Items {
			templates[one.Name] = one.Spec.Template
		}
		for _, one := range jobs.Items {
			templates[one.Labels[render.LabelName]] = one.Spec.Template
		}
		for _, one := range crons.Items {
			templates[one.Name] = one.Spec.JobTemplate.Spec.Template
		}
	}
	runNodes(t, platform.Namespace, render.RestoreName) // so that it is there to be seen
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonRestoring)
	gather()
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Embedded.Restore = nil })
	waitReady(t, platform)
	gather()
	for _, name := range append(contract.Services(), render.PostgresServer, render.KafkaServer, "migrate", render.BackupName, render.RestoreName) {
		template, exists := templates[name]
		if !exists {
			t.Errorf("nothing makes pods of %s", name)
			continue
		}
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: name + "-", Namespace: platform.Namespace, Labels: template.Labels, Annotations: template.Annotations}, Spec: template.Spec}
		if err := suite.client.Create(t.Context(), pod, client.DryRunAll); err != nil {
			t.Errorf("a pod of %s: %v", name, err)
		}
	}
	root := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "root", Namespace: platform.Namespace}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a"}}}}
	if err := suite.client.Create(t.Context(), root, client.DryRunAll); err == nil {
		t.Error("the namespace takes every pod: this test shows nothing")
	}
}
