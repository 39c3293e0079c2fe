package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// refuseDowngrade keeps services from a database that a newer version migrated: what that one took away, or
// wrote, they do not know.
func (p *pass) refuseDowngrade() error {
	wanted, carried := release(p.in.Version), release(p.platform.Status.SchemaVersion)
	if wanted == nil || carried == nil || !wanted.LessThan(carried) {
		return nil
	}
	return status.Stalled(v1alpha1.ReasonDowngradeRefused,
		"version %s is older than %s, whose schema the database carries: set spec.version to %s or later (docs/operator.md, Versions)",
		p.in.Version, carried, carried)
}

// reportVersions tells what is wanted and, as far as the steps came, what the database carries and what runs.
func (p *pass) reportVersions(schemaReady, servicesReady bool) {
	reported := &p.platform.Status
	reported.WantedVersion = p.in.Version
	if schemaReady && release(p.in.Version) != nil {
		reported.SchemaVersion = p.in.Version
	}
	if servicesReady {
		reported.Version = p.in.Version
	}
}

// release reads a version that has an order; nil for tags without, as dev.
func release(tag string) *version.Version {
	parsed, err := version.ParseSemantic(tag)
	if err != nil {
		return nil
	}
	return parsed
}

// checkMajor refuses a volume that another major version of PostgreSQL wrote: ours would begin an empty
// database beside it.
func (p *pass) checkMajor(ctx context.Context) error {
	volume := &corev1.PersistentVolumeClaim{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: render.PostgresVolume}, volume)
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("read PersistentVolumeClaim %s: %w", render.PostgresVolume, err)
	}
	wanted := render.PostgresMajor(&p.platform.Spec)
	if made := render.MajorOf(volume); err == nil && made != wanted {
		return status.Stalled(v1alpha1.ReasonVolumeOfOtherMajor,
			"PostgreSQL %s wrote the volume %s and %s is to run, which cannot read it: set database.embedded.image to one of %s, as in docker.io/library/postgres:%s, or move the data by dump and restore (docs/operator.md, Versions)",
			made, render.PostgresVolume, wanted, made, made)
	}
	return nil
}
