package controllers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func backedUp(backup *v1alpha1.BackupSpec) v1alpha1.TodoPlatformSpec {
	return v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{Embedded: &v1alpha1.EmbeddedDatabase{Backup: backup}}}
}

func toVolume() *v1alpha1.BackupSpec {
	return &v1alpha1.BackupSpec{Schedule: "@daily", Volume: &v1alpha1.BackupVolume{}}
}

// report plays the controller of CronJobs.
func report(t *testing.T, namespace string, status batchv1.CronJobStatus) {
	t.Helper()
	eventually(t, func() error {
		cronJob := &batchv1.CronJob{}
		if err := get(t, namespace, render.BackupName, cronJob); err != nil {
			return err
		}
		cronJob.Status = status
		return suite.client.Status().Update(t.Context(), cronJob)
	})
}

// failBackup leaves a Job of the CronJob that gave up.
func failBackup(t *testing.T, namespace string) {
	t.Helper()
	cronJob := &batchv1.CronJob{}
	if err := get(t, namespace, render.BackupName, cronJob); err != nil {
		t.Fatal(err)
	}
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: render.BackupName + "-", Labels: cronJob.Spec.JobTemplate.Labels},
		Spec:       cronJob.Spec.JobTemplate.Spec,
	}
	create(t, job)
	if err := endJob(t.Context(), job, batchv1.JobFailed); err != nil {
		t.Fatal(err)
	}
}

func ago(d time.Duration) *metav1.Time {
	at := metav1.NewTime(time.Now().Add(-d).Truncate(time.Second))
	return &at
}

// How backups end is told, and keeps nobody from working: the platform is Ready all along.
func TestBackup_isToldAndKeepsNothingBack(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "backed-up", backedUp(toVolume()))
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace, render.BackupName)
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionUnknown, v1alpha1.ReasonBlocked)
	waitReady(t, platform)
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupPending)

	report(t, platform.Namespace, batchv1.CronJobStatus{LastScheduleTime: ago(2 * time.Hour)})
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupOverdue)

	success := ago(time.Hour)
	report(t, platform.Namespace, batchv1.CronJobStatus{LastScheduleTime: ago(2 * time.Hour), LastSuccessfulTime: success})
	live := waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionTrue, v1alpha1.ReasonBackupSucceeded)
	if !live.Status.Backup.LastSuccessTime.Equal(success) {
		t.Errorf("last success %v, want %v", live.Status.Backup.LastSuccessTime, success)
	}

	waitQuiet(t, platform)
	failBackup(t, platform.Namespace) // of one that was asked for by hand its CronJob says nothing
	live = waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupFailed)
	if !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ConditionReady) {
		t.Errorf("a backup that failed keeps the platform from being Ready:\n%s", describeConditions(live))
	}
	if message := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionBackedUp).Message; !strings.Contains(message, "kubectl logs") ||
		!strings.Contains(message, success.UTC().Format(time.RFC3339)) {
		t.Errorf("message %q", message)
	}

	report(t, platform.Namespace, batchv1.CronJobStatus{LastScheduleTime: ago(0), LastSuccessfulTime: ago(-time.Minute)})
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionTrue, v1alpha1.ReasonBackupSucceeded)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Embedded.Backup.Suspend = true })
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupSuspended)

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Embedded.Backup = nil })
	eventually(t, func() error { return gone(t, platform.Namespace, render.BackupName, &batchv1.CronJob{}) })
	eventually(t, func() error {
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		if condition := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionBackedUp); condition != nil || live.Status.Backup.LastSuccessTime != nil {
			return fmt.Errorf("condition %+v, backup %+v", condition, live.Status.Backup)
		}
		return nil
	})
	if err := get(t, platform.Namespace, render.BackupName, &corev1.PersistentVolumeClaim{}); err != nil {
		t.Errorf("the volume of backups went with the wish for them: %v", err)
	}
}

func TestBackup_outlivesWhatItIsFor(t *testing.T) {
	t.Parallel()
	spec := backedUp(toVolume())
	spec.DeletionPolicy = v1alpha1.DeletionDelete
	platform := newPlatform(t, "backup-stays", spec)
	runNodes(t, platform.Namespace, render.BackupName)
	waitReady(t, platform)
	eventually(t, func() error { return get(t, platform.Namespace, render.BackupName, &batchv1.CronJob{}) })
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	volume := &corev1.PersistentVolumeClaim{}
	if err := get(t, platform.Namespace, render.BackupName, volume); err != nil || volume.DeletionTimestamp != nil || len(volume.OwnerReferences) > 0 {
		t.Errorf("volume of backups: %v, deleted at %v, owners %v", err, volume.DeletionTimestamp, volume.OwnerReferences)
	}
}

func TestBackup_needsTheLoginOfItsStore(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "backup-login", backedUp(&v1alpha1.BackupSpec{Schedule: "@daily", S3: &v1alpha1.S3Spec{
		Endpoint: "https://s3.example.com", Bucket: "backups", SecretRef: v1alpha1.SecretReference{Name: "store"}}}))
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace, render.BackupName)
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonSecretMissing)
	waitReady(t, platform)
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "store", Namespace: platform.Namespace}, StringData: map[string]string{
		contract.SecretKeyAccessKeyID: "id", contract.SecretKeySecretAccessKey: "key"}})
	waitFor(t, key, v1alpha1.ConditionBackedUp, metav1.ConditionFalse, v1alpha1.ReasonBackupPending)
}

// restoring makes a platform that is to be restored, with a Secret that it has already.
func restoring(t *testing.T, namespace string) *v1alpha1.TodoPlatform {
	t.Helper()
	return newPlatform(t, namespace, v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{Embedded: &v1alpha1.EmbeddedDatabase{
		Restore: &v1alpha1.RestoreSpec{Volume: &v1alpha1.RestoreVolume{ClaimName: "former"}}}}})
}

// restoreJob waits for the Job of a restore.
func restoreJob(t *testing.T, namespace string) *batchv1.Job {
	t.Helper()
	jobs := &batchv1.JobList{}
	eventually(t, func() error {
		err := suite.client.List(t.Context(), jobs, client.InNamespace(namespace), client.MatchingLabels{render.LabelPart: string(render.PartRestore)})
		if err == nil && len(jobs.Items) != 1 {
			err = fmt.Errorf("%d Jobs restore", len(jobs.Items))
		}
		return err
	})
	return &jobs.Items[0]
}

// handOver plays the Job of a restore.
func handOver(t *testing.T, namespace string, secrets contract.Handover) {
	t.Helper()
	encoded, err := json.Marshal(secrets)
	if err != nil {
		t.Fatal(err)
	}
	secret := &corev1.Secret{}
	if err := get(t, namespace, render.RestoreName, secret); err != nil {
		t.Fatal(err)
	}
	patch := client.MergeFrom(secret.DeepCopy())
	secret.Data = map[string][]byte{contract.SecretKeyHandover: encoded}
	if err := suite.client.Patch(t.Context(), secret, patch); err != nil {
		t.Fatal(err)
	}
}

// Before the database holds what it is restored from, nothing is made that a backup holds. What is there stays.
func TestRestore_comesBeforeAllElse(t *testing.T) {
	t.Parallel()
	platform := restoring(t, "restored")
	key := client.ObjectKeyFromObject(platform)
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: render.SecretPushKeys, Namespace: platform.Namespace, Labels: map[string]string{
			render.LabelManagedBy: render.ManagedBy, render.LabelInstance: platform.Name, render.LabelRetained: "true"}},
		Data: map[string][]byte{contract.SecretKeyPushPrivate: []byte("kept"), contract.SecretKeyPushPublic: []byte("kept")}})
	runNodes(t, platform.Namespace, render.RestoreName)
	waitFor(t, key, v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonRestoring)
	waitFor(t, key, v1alpha1.ConditionKafkaReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	waitFor(t, key, v1alpha1.ConditionTopicsReady, metav1.ConditionUnknown, v1alpha1.ReasonBlocked)
	for _, name := range []string{render.SecretIdentity, render.SecretKeys} {
		if err := gone(t, platform.Namespace, name, &corev1.Secret{}); err != nil {
			t.Errorf("before the restore: %v", err)
		}
	}
	role := &rbacv1.Role{}
	if err := get(t, platform.Namespace, render.RestoreName, role); err != nil || len(role.Rules) != 1 ||
		!slices.Equal(role.Rules[0].ResourceNames, []string{render.RestoreName}) || !slices.Equal(role.Rules[0].Verbs, []string{"patch"}) {
		t.Errorf("the restore may %+v, %v", role.Rules, err)
	}

	// The Job was killed before: what it has handed over so far is replaced.
	handOver(t, platform.Namespace, contract.Handover{"identity": {"id": []byte("of another backup")}})
	job := restoreJob(t, platform.Namespace)
	keys, err := newKeySet(time.Now(), wantedKeys(platform))
	if err != nil {
		t.Fatal(err)
	}
	handOver(t, platform.Namespace, contract.Handover{
		"identity":      {"id": []byte("former-id")},
		"signing-keys":  {contract.SecretKeySigning: keys},
		"web-push-keys": {contract.SecretKeyPushPrivate: []byte("former"), contract.SecretKeyPushPublic: []byte("former")},
		"unknown":       {"key": []byte("value")},
	})
	if err := endJob(t.Context(), job, batchv1.JobComplete); err != nil {
		t.Fatal(err)
	}
	waitReady(t, platform)
	for name, want := range map[string]map[string]string{
		render.SecretIdentity: {"id": "former-id"},
		render.SecretKeys:     {contract.SecretKeySigning: string(keys)},
		render.SecretPushKeys: {contract.SecretKeyPushPrivate: "kept"},
	} {
		secret := &corev1.Secret{}
		if err := get(t, platform.Namespace, name, secret); err != nil {
			t.Error(err)
		}
		for key, value := range want {
			if string(secret.Data[key]) != value {
				t.Errorf("key %s of Secret %s is not what was wanted", key, name)
			}
		}
	}
	for _, object := range []client.Object{&corev1.Secret{}, &corev1.ServiceAccount{}, &rbacv1.Role{}, &rbacv1.RoleBinding{}} {
		eventually(t, func() error { return gone(t, platform.Namespace, render.RestoreName, object) })
	}
}

// A database that holds something is never touched, whatever the manifest says.
func TestRestore_doesNothingToADatabaseThatHoldsSomething(t *testing.T) {
	t.Parallel()
	platform := restoring(t, "not-restored")
	suite.databases.embedded(platform.Namespace).carry("of before", nil)
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionDatabaseReady).Message; !strings.Contains(message, "database.embedded.restore does nothing") {
		t.Errorf("message %q", message)
	}
	if err := gone(t, platform.Namespace, render.RestoreName, &corev1.ServiceAccount{}); err != nil {
		t.Error(err)
	}
}

// poke has the operator look at a platform now.
func poke(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	patch := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"example.com/poked":"now"}}}`))
	if err := suite.client.Patch(t.Context(), platform.DeepCopy(), patch); err != nil {
		t.Fatal(err)
	}
}

// The clock is put ahead, so this test is not parallel.
func TestRestore_failsAndIsTriedAgain(t *testing.T) {
	platform := restoring(t, "restore-fails")
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace, render.RestoreName)
	failed := restoreJob(t, platform.Namespace)
	if err := endJob(t.Context(), failed, batchv1.JobFailed); err != nil {
		t.Fatal(err)
	}
	live := waitFor(t, key, v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonRestoreFailed)
	if !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ConditionStalled) {
		t.Errorf("nobody is asked to act:\n%s", describeConditions(live))
	}
	suite.clock.advance(t, 2*retryMigration)
	poke(t, platform)
	eventually(t, func() error {
		if next := restoreJob(t, platform.Namespace); next.UID == failed.UID || next.DeletionTimestamp != nil {
			return fmt.Errorf("Job %s was not replaced", failed.Name)
		}
		return nil
	})
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Embedded.Restore = nil })
	waitReady(t, platform)
}
