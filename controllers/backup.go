package controllers

import (
	"context"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// overdueAfter is how long after a backup was due it has to have ended.
const overdueAfter = time.Hour

// reconcileBackup applies what makes backups, and tells how the last one ended.
func (p *pass) reconcileBackup(ctx context.Context) (string, string, error) {
	backup := render.Backup(&p.platform.Spec)
	if backup.S3 != nil {
		if err := p.storeSecret(ctx, "database.embedded.backup.s3.secretRef", backup.S3); err != nil {
			return "", "", err
		}
	}
	if err := p.applier.Sync(ctx, p.platform, render.PartBackup, render.BackupObjects(p.in)); err != nil {
		return "", "", err
	}
	cronJob := &batchv1.CronJob{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.BackupName}, cronJob)
	if client.IgnoreNotFound(err) != nil {
		return "", "", fmt.Errorf("read CronJob %s: %w", render.BackupName, err)
	}
	if last := cronJob.Status.LastSuccessfulTime; last != nil {
		p.platform.Status.Backup.LastSuccessTime = last
	}
	failed, err := p.failedBackup(ctx, p.platform.Status.Backup.LastSuccessTime)
	if err != nil {
		return "", "", err
	}
	if failed != nil {
		return "", "", p.describeFailedBackup(ctx, failed)
	}
	return p.judgeBackups(backup, cronJob.Status.LastScheduleTime)
}

// endBackups removes what makes backups, and nothing that they have made.
func (p *pass) endBackups(ctx context.Context) (string, string, error) {
	if err := p.applier.Sync(ctx, p.platform, render.PartBackup, nil); err != nil {
		return "", "", err
	}
	p.platform.Status.Backup = v1alpha1.BackupStatus{}
	return "", "", status.ErrNotAsked
}

// storeSecret checks the Secret that logs in to a store of backups.
func (p *pass) storeSecret(ctx context.Context, field string, s3 *v1alpha1.S3Spec) error {
	_, err := p.userSecret(ctx, field, s3.SecretRef.Name, lines(contract.SecretKeyAccessKeyID, contract.SecretKeySecretAccessKey)...)
	return err
}

// failedBackup finds the last backup that gave up since one ended well.
func (p *pass) failedBackup(ctx context.Context, succeeded *metav1.Time) (*batchv1.Job, error) {
	jobs := &batchv1.JobList{}
	err := p.client.List(ctx, jobs, client.InNamespace(p.platform.Namespace),
		client.MatchingLabels{render.LabelName: render.BackupName, render.LabelInstance: p.platform.Name})
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var last *batchv1.Job
	var at metav1.Time
	if succeeded != nil {
		at = *succeeded
	}
	for i := range jobs.Items {
		if failed := jobCondition(&jobs.Items[i], batchv1.JobFailed); failed != nil && at.Before(&failed.LastTransitionTime) {
			last, at = &jobs.Items[i], failed.LastTransitionTime
		}
	}
	return last, nil
}

func (p *pass) describeFailedBackup(ctx context.Context, job *batchv1.Job) error {
	pods, err := p.pods(ctx, p.platform, render.BackupName)
	if err != nil {
		return err
	}
	trouble := status.Trouble(pods, render.SidecarContainer)
	if trouble == "" {
		trouble = jobCondition(job, batchv1.JobFailed).Message
	}
	return status.Stalled(v1alpha1.ReasonBackupFailed, "Job %s made no backup (kubectl logs -n %s job/%s --all-containers): %s. %s",
		job.Name, job.Namespace, job.Name, trouble, describeLastBackup(p.platform))
}

// judgeBackups says how backups stand of which none has failed.
func (p *pass) judgeBackups(backup *v1alpha1.BackupSpec, scheduled *metav1.Time) (string, string, error) {
	succeeded := p.platform.Status.Backup.LastSuccessTime
	missing := scheduled != nil && (succeeded == nil || succeeded.Before(scheduled))
	switch {
	case backup.Suspend:
		return "", "", status.Waiting(v1alpha1.ReasonBackupSuspended, driftCheck, "database.embedded.backup.suspend is true. %s", describeLastBackup(p.platform))
	case missing && p.Now().Sub(scheduled.Time) > overdueAfter:
		return "", "", status.Stalled(v1alpha1.ReasonBackupOverdue, "the backup that was due at %s has not ended (kubectl get pods -n %s -l %s=%s). %s",
			moment3339(scheduled), p.platform.Namespace, render.LabelName, render.BackupName, describeLastBackup(p.platform))
	case succeeded == nil:
		return "", "", status.Waiting(v1alpha1.ReasonBackupPending, driftCheck, "no backup has ended yet; they are made by the schedule %s, in UTC", backup.Schedule)
	}
	return v1alpha1.ReasonBackupSucceeded, describeLastBackup(p.platform), nil
}

func describeLastBackup(platform *v1alpha1.TodoPlatform) string {
	if platform.Status.Backup.LastSuccessTime == nil {
		return "There is no backup yet"
	}
	return "The last backup ended at " + moment3339(platform.Status.Backup.LastSuccessTime)
}

func moment3339(at *metav1.Time) string { return at.UTC().Format(time.RFC3339) }

// backupMissing tells whether a reason of BackedUp asks for somebody.
func backupMissing(reason string) bool {
	return reason == v1alpha1.ReasonBackupFailed || reason == v1alpha1.ReasonBackupOverdue
}
