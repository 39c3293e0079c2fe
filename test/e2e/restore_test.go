package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	backupName   = "postgres-backup" // of the CronJob, and of the claim
	backupWithin = 2 * time.Minute
)

// loseEverything backs up, deletes the platform with all its data, and restores it: who was signed in still is,
// and finds the tasks, whose record goes on where it was.
func loseEverything(t *testing.T) {
	eve := signUp(t, "eve", "Europe/Lisbon")
	for i := range 5 {
		if _, err := eve.api.CreateTask(t.Context(), todo.Draft{Title: fmt.Sprintf("Precious %d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	var before todo.Entries
	eventually(t, frameWithin, "the audit log holds the tasks", func(ctx context.Context) (err error) {
		if before, err = eve.api.Audit(ctx, 0, 200); err == nil && before.Head.Position < 5 {
			err = fmt.Errorf("it stands at %d", before.Head.Position)
		}
		return err
	})

	cluster.patchPlatform(t, `{"spec":{"deletionPolicy":"Delete","database":{"embedded":{"backup":{"schedule":"0 3 * * *","volume":{"storage":"1Gi"}}}}}}`)
	backUp(t)
	if _, err := eve.api.CreateTask(t.Context(), todo.Draft{Title: "After the backup"}); err != nil {
		t.Fatal(err)
	}
	loseData(t)

	start := time.Now()
	again := sample(t)
	for _, object := range again {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		if err := unstructured.SetNestedField(object.Object, backupName, "spec", "database", "embedded", "restore", "volume", "claimName"); err != nil {
			t.Fatal(err)
		}
	}
	cluster.apply(t, again...)
	cluster.waitReady(t, readyWithin)
	t.Logf("FIGURE restore to Ready: %s", time.Since(start).Round(100*time.Millisecond))

	// With the access token of before, which only the keys of before verify.
	eventually(t, requestLimit, "eve finds her tasks", func(ctx context.Context) error {
		page, err := eve.api.ListTasks(ctx, "all", 10, "")
		if err != nil {
			return err
		}
		var titles []string
		for _, task := range page.Items {
			titles = append(titles, task.Title)
		}
		slices.Sort(titles)
		if want := []string{"Precious 0", "Precious 1", "Precious 2", "Precious 3", "Precious 4"}; !slices.Equal(titles, want) {
			return fmt.Errorf("she has %q, want %q", titles, want)
		}
		return nil
	})
	eve.login(t)
	after, err := eve.api.Audit(t.Context(), before.Head.Position-1, 1)
	if err != nil || len(after.Items) != 1 || after.Items[0].Hash != before.Items[before.Head.Position-1].Hash {
		t.Errorf("the audit log is another one after the restore: %+v, %v", after, err)
	}
}

// backUp makes a backup now.
func backUp(t *testing.T) {
	t.Helper()
	cronJob := &batchv1.CronJob{}
	eventually(t, backupWithin, "there is what makes backups", func(ctx context.Context) error {
		return cluster.Get(ctx, client.ObjectKey{Namespace: namespace, Name: backupName}, cronJob)
	})
	start := time.Now()
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, GenerateName: backupName + "-now-", Labels: cronJob.Spec.JobTemplate.Labels,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(cronJob, batchv1.SchemeGroupVersion.WithKind("CronJob"))},
		},
		Spec: cronJob.Spec.JobTemplate.Spec,
	}
	if err := cluster.Create(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	eventually(t, backupWithin, "a backup was made", func(context.Context) error {
		platform := cluster.platform(t)
		condition := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionBackedUp)
		if condition == nil || condition.Reason != v1alpha1.ReasonBackupSucceeded {
			return fmt.Errorf("conditions: %s", conditions(platform))
		}
		return nil
	})
	t.Logf("FIGURE backup: %s", time.Since(start).Round(100*time.Millisecond))
}

// loseData deletes the platform and waits until its data is gone.
func loseData(t *testing.T) {
	t.Helper()
	if err := cluster.Delete(t.Context(), cluster.platform(t)); err != nil {
		t.Fatal(err)
	}
	eventually(t, deleteWithin, "everything is gone", func(ctx context.Context) error {
		left, err := ownedObjects(ctx)
		if err != nil {
			return err
		}
		for _, name := range []string{"postgres-data", "kafka-data"} {
			err := cluster.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &corev1.PersistentVolumeClaim{})
			if !apierrors.IsNotFound(err) {
				left = append(left, name)
			}
		}
		if len(left) > 0 {
			return fmt.Errorf("left: %v", left)
		}
		return nil
	})
	if err := cluster.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "todo-api-keys"}, &corev1.Secret{}); !apierrors.IsNotFound(err) {
		t.Fatalf("the keys are left: %v", err)
	}
}
