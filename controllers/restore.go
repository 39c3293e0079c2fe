package controllers

import (
	"context"
	"encoding/json"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// restoreDatabase fills an empty database from the backup that the manifest names, and takes over its Secrets
// afterwards. What it goes by is what the database says, and the Secret that the restore has handed over: it may
// end at any point, and goes on from there.
func (p *pass) restoreDatabase(ctx context.Context) error {
	restore := render.Restore(&p.platform.Spec)
	if restore != nil && p.database.Empty {
		return p.runRestore(ctx, restore)
	}
	return p.endRestore(ctx)
}

// runRestore runs the Job until the database holds something.
func (p *pass) runRestore(ctx context.Context, restore *v1alpha1.RestoreSpec) error {
	if restore.S3 != nil {
		if err := p.storeSecret(ctx, "database.embedded.restore.s3.secretRef", restore.S3); err != nil {
			return err
		}
	}
	if err := p.applier.Sync(ctx, p.platform, render.PartRestore, render.RestoreObjects(p.in)); err != nil {
		return err
	}
	job := &batchv1.Job{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.RestoreJobName(p.in)}, job)
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("read the Job of the restore: %w", err)
	}
	pods, err := p.pods(ctx, p.platform, render.RestoreName)
	if err != nil {
		return err
	}
	trouble := status.Trouble(pods, render.SidecarContainer)
	if complete := jobCondition(job, batchv1.JobComplete); complete != nil {
		if err := p.askDatabase(ctx); err != nil {
			return err
		}
		if !p.database.Empty {
			return p.endRestore(ctx)
		}
		if _, err := p.retireJob(ctx, job, complete); err != nil { // the database was lost once more
			return err
		}
	}
	if failed := jobCondition(job, batchv1.JobFailed); failed != nil {
		if _, err := p.retireJob(ctx, job, failed); err != nil {
			return err
		}
		if trouble == "" {
			trouble = failed.Message
		}
		return status.Stalled(v1alpha1.ReasonRestoreFailed, "Job %s failed (kubectl logs -n %s job/%s --all-containers) and is tried again every minute; "+
			"the database is still empty: correct database.embedded.restore, or leave it out to begin without data: %s", job.Name, job.Namespace, job.Name, trouble)
	}
	if trouble != "" {
		return status.Waiting(v1alpha1.ReasonRestoring, pollPods, "the database is filled from a backup, which is tried again: %s", trouble)
	}
	return status.Waiting(v1alpha1.ReasonRestoring, pollPods, "the database is filled from a backup")
}

// endRestore takes over what a restore has handed over, and removes what it had.
func (p *pass) endRestore(ctx context.Context) error {
	account := &corev1.ServiceAccount{} // of all that a restore has the one that the cache holds whole
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.RestoreName}, account)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read ServiceAccount %s: %w", render.RestoreName, err)
	}
	if !p.database.Empty {
		if err := p.takeOverSecrets(ctx); err != nil {
			return err
		}
	}
	return p.applier.Sync(ctx, p.platform, render.PartRestore, nil)
}

// takeOverSecrets makes the Secrets of the backup that are not there. Those that are there are kept: they may be
// newer than the backup, and a key that was revoked since must not come back.
func (p *pass) takeOverSecrets(ctx context.Context) error {
	handed := &corev1.Secret{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.RestoreName}, handed)
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("read Secret %s: %w", render.RestoreName, err)
	}
	if len(handed.Data[contract.SecretKeyHandover]) == 0 {
		return nil
	}
	var handover contract.Handover
	if json.Unmarshal(handed.Data[contract.SecretKeyHandover], &handover) != nil { // its error may quote what it read
		return fmt.Errorf("key %s of Secret %s is not what a restore hands over", contract.SecretKeyHandover, render.RestoreName)
	}
	for _, wanted := range render.BackedUpSecrets(p.platform) {
		data := map[string][]byte{}
		for _, key := range wanted.Keys {
			if value := handover[wanted.Name][key]; len(value) > 0 {
				data[key] = value
			}
		}
		p.secrets.addAll(data)
		err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: wanted.Secret}, &corev1.Secret{})
		if err == nil || len(data) == 0 {
			continue
		}
		if !apierrors.IsNotFound(err) {
			return fmt.Errorf("read Secret %s: %w", wanted.Secret, err)
		}
		if err := p.applier.Apply(ctx, p.platform, render.GeneratedSecret(p.in, wanted.Component, wanted.Secret, data)); err != nil {
			return err
		}
	}
	return nil
}
