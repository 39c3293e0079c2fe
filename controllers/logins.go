package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/logins"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// resolveLogins makes sure that there are passwords with which services log in to the database.
func (p *pass) resolveLogins(ctx context.Context) error {
	secret, err := p.ownSecret(ctx, render.SecretDatabaseRoles)
	if err != nil {
		return err
	}
	set, err := logins.Parse(secret.Data, render.Schemas(), p.Now(), wantedLogins(p.platform))
	if err != nil {
		return status.Stalled(v1alpha1.ReasonSecretInvalid, "Secret %s: %v", render.SecretDatabaseRoles, err)
	}
	p.loginsSecret = secret
	return p.storeLogins(ctx, set.Complete(render.Schemas()))
}

// storeLogins keeps a set, if the Secret is still what was read.
func (p *pass) storeLogins(ctx context.Context, set logins.Set) error {
	data, err := set.Data(render.Schemas())
	if err != nil {
		return fmt.Errorf("encode the logins of the database: %w", err)
	}
	secret := render.GeneratedSecret(p.in, render.PostgresServer, render.SecretDatabaseRoles, data)
	if err := p.applySecret(ctx, p.loginsSecret, secret); err != nil {
		return err
	}
	p.secrets.addAll(data)
	p.in.Database.Logins = set
	p.platform.Status.DatabasePasswords = v1alpha1.DatabasePasswordsStatus{Rotated: set.Rotated, Rotating: set.Rotating()}
	if since := metav1.NewTime(set.Since()); !since.IsZero() {
		p.platform.Status.DatabasePasswords.Made = &since
	}
	return nil
}

func wantedLogins(platform *v1alpha1.TodoPlatform) logins.Wanted {
	wanted := logins.Wanted{Rotate: request(platform, v1alpha1.AnnotationRotateDatabasePasswords)}
	if period := platform.Spec.Database.PasswordRotation.Period; period != nil {
		wanted.Period = period.Duration
	}
	return wanted
}

// rotateLogins takes the step of a change of passwords that is due, once every replica runs with the one before
// and the database carries it. rotating says that there are steps to come.
func (p *pass) rotateLogins(ctx context.Context) (rotating bool, err error) {
	for _, app := range render.ConnectedApps() {
		settled, err := p.tookUp(ctx, app)
		if err != nil || !settled {
			return p.in.Database.Logins.Rotating(), err
		}
	}
	set, step := p.in.Database.Logins.Advance(p.Now(), wantedLogins(p.platform), render.Schemas())
	if step == logins.StepNone {
		return false, nil
	}
	if err := p.storeLogins(ctx, set); err != nil {
		return false, err
	}
	p.tellOfLogins(step)
	return true, nil
}

// tellOfLogins makes an event of what people may want to know of a change of passwords.
func (p *pass) tellOfLogins(step logins.Step) {
	const action = "RotateDatabasePasswords"
	switch step {
	case logins.StepAdded:
		p.events.Eventf(p.platform, nil, corev1.EventTypeNormal, v1alpha1.ReasonDatabasePasswordsAdded, action,
			"services get other logins to the database with new passwords; both are good until every replica has them")
	case logins.StepDropped:
		p.events.Eventf(p.platform, nil, corev1.EventTypeNormal, v1alpha1.ReasonDatabasePasswordsRotated, action,
			"every replica logs in to the database with a new password; those of before are taken away")
	}
}
