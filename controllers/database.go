package controllers

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// reconcileDatabase makes sure that passwords exist and that there is a PostgreSQL that lets its
// administrator in.
func (p *pass) reconcileDatabase(ctx context.Context) (string, string, error) {
	var err error
	if external := p.platform.Spec.Database.External; external != nil {
		err = p.resolveExternalDatabase(ctx, external)
	} else {
		err = p.resolveEmbeddedDatabase(ctx)
	}
	if err != nil {
		return "", "", err
	}
	if err := p.resolveLogins(ctx); err != nil {
		return "", "", err
	}
	objects := render.DatabaseServerObjects(p.in)
	if err := p.applier.Sync(ctx, p.platform, render.PartDatabase, objects); err != nil {
		return "", "", err
	}
	if p.platform.Spec.Database.External == nil {
		if err := p.serverReady(ctx, objects); err != nil {
			return "", "", err
		}
	}
	if err := p.askDatabase(ctx); err != nil {
		return "", "", err
	}
	return "", p.describeDatabase(), p.restoreDatabase(ctx)
}

// describeDatabase tells how the database is reached, and what of the manifest it does not follow.
func (p *pass) describeDatabase() string {
	message := "PostgreSQL answers as Secret " + p.in.Database.Admin.Secret + " says"
	if render.Restore(&p.platform.Spec) != nil && !p.database.Empty {
		message += "; it holds data already, so database.embedded.restore does nothing (docs/backup.md, Restore)"
	}
	if wanted, there := render.Connections(&p.platform.Spec); p.platform.Spec.Database.External == nil && wanted > there {
		message += fmt.Sprintf("; services may ask for %d connections, of which it has %d for them: lower replicas or database.connections.perReplica, or raise database.embedded.maxConnections",
			wanted, there)
	}
	return message
}

// askDatabase asks the database whose it is and what it carries.
func (p *pass) askDatabase(ctx context.Context) error {
	state, err := p.AskDatabase(ctx, database.Question{URL: p.in.Database.Admin.URL, CA: p.databaseCA, Roles: p.in.Roles()})
	var refused *database.RefusedError
	switch {
	case errors.As(err, &refused):
		return status.Stalled(v1alpha1.ReasonDatabaseRefused, "PostgreSQL does not let the administrator in, correct %s of Secret %s: %v",
			describeKeys(lines(p.in.Database.Admin.Keys()...)), p.in.Database.Admin.Secret, err)
	case err != nil:
		return status.Waiting(v1alpha1.ReasonDatabaseUnreachable, pollDatabase, "PostgreSQL does not answer: %v", err)
	}
	if err := p.checkOwner(ctx, state.Owner); err != nil {
		return err
	}
	p.database = state
	p.platform.Status.AppliedMigration = state.Migration
	return nil
}

// checkOwner refuses a database that another platform uses. The embedded one is in the platform's own namespace.
func (p *pass) checkOwner(ctx context.Context, owner database.Owner) error {
	if p.platform.Spec.Database.External == nil {
		return nil
	}
	identity, err := p.identity(ctx) // which the migration notes there
	if err != nil || owner.ID == "" || owner.ID == identity {
		return err
	}
	return status.Stalled(v1alpha1.ReasonDatabaseTaken, "%s", contract.DatabaseTaken(owner.Name, owner.Namespace))
}

// databaseSecrets lists the names of the Secrets that an external database refers to.
func databaseSecrets(external *v1alpha1.ExternalDatabase) []string {
	var names []string
	if external.SecretRef != nil {
		names = append(names, external.SecretRef.Name)
	}
	if external.Fields != nil {
		names = append(names, external.Fields.SecretRef.Name)
	}
	if external.CASecretRef != nil {
		names = append(names, external.CASecretRef.Name)
	}
	return names
}

func (p *pass) resolveExternalDatabase(ctx context.Context, external *v1alpha1.ExternalDatabase) error {
	at := render.Place{Namespace: p.platform.Namespace, Pooler: string(external.Pooler), Authority: external.CASecretRef != nil}
	var err error
	if external.Fields != nil {
		err = p.resolveFields(ctx, external.Fields, at)
	} else {
		err = p.resolveURL(ctx, external.SecretRef, at)
	}
	if err != nil || external.CASecretRef == nil {
		return err
	}
	name, key := external.CASecretRef.Name, cmp.Or(string(external.CASecretRef.Key), render.SecretKeyCA)
	secret, err := p.userSecret(ctx, "database.external.caSecretRef", name, secretKey{name: key, told: true})
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(secret[key]) {
		return status.Stalled(v1alpha1.ReasonSecretInvalid, "database.external.caSecretRef: key %s of Secret %s holds no certificate in PEM form", key, name)
	}
	p.in.Database.CASecret, p.in.Database.CAKey, p.databaseCA = name, key, secret[key]
	return nil
}

func (p *pass) resolveURL(ctx context.Context, ref *v1alpha1.SecretKeyReference, at render.Place) error {
	key := cmp.Or(string(ref.Key), render.SecretKeyURL)
	secret, err := p.userSecret(ctx, "database.external.secretRef", ref.Name, secretKey{name: key})
	if err != nil {
		return err
	}
	if p.in.Database, err = render.ParseAdminURL(string(secret[key]), at); err != nil {
		return status.Stalled(v1alpha1.ReasonSecretInvalid, "key %s of Secret %s %v", key, ref.Name, err)
	}
	p.in.Database.Admin.Secret, p.in.Database.Admin.URLKey = ref.Name, key
	return nil
}

func (p *pass) resolveFields(ctx context.Context, fields *v1alpha1.DatabaseFields, at render.Place) error {
	keys := render.DatabaseFieldKeys(fields.Keys)
	secret, err := p.userSecret(ctx, "database.external.fields.secretRef", fields.SecretRef.Name, login(string(keys.Username), string(keys.Password))...)
	if err != nil {
		return err
	}
	if p.in.Database, err = render.ReadFields(fields, secret, at); err != nil {
		return status.Stalled(v1alpha1.ReasonSecretInvalid, "Secret %s %v", fields.SecretRef.Name, err)
	}
	p.in.Database.Admin.Secret = fields.SecretRef.Name
	return nil
}

func (p *pass) resolveEmbeddedDatabase(ctx context.Context) error {
	if err := p.checkMajor(ctx); err != nil {
		return err
	}
	namespace := p.platform.Namespace
	newPassword := func(map[string][]byte) ([]byte, error) { return p.newAdminPassword(ctx) }
	secret, err := p.generate(ctx, render.PostgresServer, render.SecretPostgresAdmin, adminGenerators(namespace, newPassword))
	if err != nil {
		return err
	}
	p.in.Database = render.Database{
		Admin:   render.DatabaseAdmin{Secret: render.SecretPostgresAdmin, URLKey: render.SecretKeyURL, URL: string(secret.Data[render.SecretKeyURL])},
		Address: render.EmbeddedPostgresAddress(namespace),
		Direct:  render.EmbeddedPostgresAddress(namespace),
		Name:    render.PostgresDatabase,
		Options: map[string][]string{"sslmode": {"disable"}},
	}
	return nil
}

// newAdminPassword makes the superuser's password, and stalls while the volume is there that knows another:
// a new one would fit nothing.
func (p *pass) newAdminPassword(ctx context.Context) ([]byte, error) {
	namespace, volume := p.platform.Namespace, &corev1.PersistentVolumeClaim{}
	err := p.live.Get(ctx, client.ObjectKey{Namespace: namespace, Name: render.PostgresVolume}, volume)
	if apierrors.IsNotFound(err) {
		return randomText(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read PersistentVolumeClaim %s: %w", render.PostgresVolume, err)
	}
	return nil, status.Stalled(v1alpha1.ReasonSecretMissing, "Secret %s with the key %s is gone, and the volume %s opens with no other: restore it "+
		"(docs/operator.md, Generated Secrets). To begin anew without the data: kubectl delete -n %s statefulset/%s pvc/%s",
		render.SecretPostgresAdmin, contract.SecretKeyPassword, render.PostgresVolume, namespace, render.PostgresServer, render.PostgresVolume)
}
