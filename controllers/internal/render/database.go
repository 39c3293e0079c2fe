package render

import (
	"net/url"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// PostgresServer names the StatefulSet of embedded PostgreSQL.
	PostgresServer = "postgres"
	// PostgresDatabase is the database in embedded PostgreSQL.
	PostgresDatabase = "todoplatform"
	// PostgresAdmin is the superuser of embedded PostgreSQL.
	PostgresAdmin = "postgres"
	// postgresUser is the uid of postgres in the PostgreSQL image.
	postgresUser = 999
)

// Secrets that the operator generates.
const (
	// SecretPostgresAdmin holds password and url of embedded PostgreSQL's superuser.
	SecretPostgresAdmin = "postgres-admin" //nolint:gosec // names a Secret
	// SecretDatabaseRoles holds the passwords with which services log in, as package logins writes them.
	SecretDatabaseRoles = "database-roles"
	// SecretKeys holds the keys that sign access tokens.
	SecretKeys = "todo-api-keys"
	// SecretAuditKeys holds the keys that sign platform heads of the audit log.
	SecretAuditKeys = "audit-keys"
	// SecretPushKeys holds the key pair by which push services know the platform.
	SecretPushKeys = "web-push-keys" //nolint:gosec // names a Secret
	// SecretIdentity holds, under SecretKeyID, the id by which what lies outside of the cluster is known to be
	// this platform's: names may come again, in another cluster or after a deletion.
	SecretIdentity = "platform-identity"
	// SecretKeyID is the key of the id in SecretIdentity.
	SecretKeyID = "id"
	// SecretKeyURL is the key of connection URLs in Secrets.
	SecretKeyURL = "url"
)

// Keys of the Secret with the platform heads that were seen.
const (
	// SecretKeyHeads holds signed heads, a line each.
	SecretKeyHeads = "heads.ndjson" //nolint:gosec // names a key of a Secret
	// SecretKeyHeadKeys holds the public keys that heads were ever signed with: a JSON Web Key Set.
	SecretKeyHeadKeys = "keys.json"
)

// HeadsSecret names the Secret with the platform heads that were seen of a platform's audit log.
func HeadsSecret(platform *v1alpha1.TodoPlatform) string { return platform.Name + "-audit-heads" }

// PostgresVolume names the volume claim of embedded PostgreSQL.
const PostgresVolume = PostgresServer + volumeSuffix

// annotationPostgresMajor on the volume claim says which major version of PostgreSQL wrote what is there.
const annotationPostgresMajor = "platform.todoplatform.dev/postgres-major"

// MajorOf tells which major version of PostgreSQL wrote what is on a volume. The first that there was
// left no mark.
func MajorOf(volume *corev1.PersistentVolumeClaim) string {
	if major := volume.Annotations[annotationPostgresMajor]; major != "" {
		return major
	}
	return "18"
}

// EmbeddedPostgresAddress is the host:port of embedded PostgreSQL, for clients in the cluster.
func EmbeddedPostgresAddress(namespace string) string {
	return PostgresServer + "." + namespace + ".svc:5432"
}

// EmbeddedPostgresURL is the connection URL of embedded PostgreSQL's superuser.
func EmbeddedPostgresURL(namespace, password string) string {
	return (&url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(PostgresAdmin, password),
		Host:     EmbeddedPostgresAddress(namespace),
		Path:     "/" + PostgresDatabase,
		RawQuery: "sslmode=disable",
	}).String()
}

// DatabaseServerObjects renders what there has to be before a migration: its NetworkPolicy, and embedded
// PostgreSQL unless the database is external.
func DatabaseServerObjects(in *Input) []client.Object {
	policies := in.networkPolicies(PartDatabase, migrationName)
	if in.Platform.Spec.Database.External != nil {
		return policies
	}
	spec, major := embeddedPostgres(&in.Platform.Spec), PostgresMajor(&in.Platform.Spec)
	// On a full node time is shared by what is asked for: with less than all others together ask for,
	// a request waits for this server, whatever it does.
	resources := requirements(spec.Resources, "250m", "128Mi", "1Gi")
	return append(policies, in.objects(server{
		part: PartDatabase,
		name: PostgresServer,
		port: postgresPort,
		user: postgresUser,
		container: corev1.Container{
			Image: in.postgresImage(),
			Args:  []string{"postgres", "-c", "max_connections=" + strconv.Itoa(maxConnections(&in.Platform.Spec)), "-c", "shared_buffers=" + sharedBuffers(resources.Limits.Memory())},
			Env: []corev1.EnvVar{
				{Name: "POSTGRES_USER", Value: PostgresAdmin},
				secretEnv("POSTGRES_PASSWORD", SecretPostgresAdmin, contract.SecretKeyPassword),
				{Name: "POSTGRES_DB", Value: PostgresDatabase},
				{Name: "POSTGRES_INITDB_ARGS", Value: "--auth-host=scram-sha-256"},
				// Below the mount: PostgreSQL wants a folder that it owns alone.
				{Name: "PGDATA", Value: "/var/lib/postgresql/" + major + "/docker"},
			},
			Resources: resources,
		},
		dataPath: "/var/lib/postgresql",
		scratch:  []string{"/var/run/postgresql", "/tmp"},
		spec:     spec,
		grace:    60,
		marks:    map[string]string{annotationPostgresMajor: major},
	})...)
}

// sharedBuffers is a quarter of what the server may use, which leaves the rest to the page cache
// and the connections; without a limit it is PostgreSQL's own default.
func sharedBuffers(limit *resource.Quantity) string {
	const mebibyte, least = 1 << 20, 128
	return strconv.FormatInt(max(limit.Value()/4/mebibyte, least), 10) + "MB"
}

// connectionSecretName names the Secret with the URL of a connection.
func connectionSecretName(connection contract.Connection) string {
	if connection.State {
		return "state-" + connection.Schema
	}
	return connection.Component
}

// ConnectionSecrets renders the Secret with the URL of each connection.
func ConnectionSecrets(in *Input) []client.Object {
	var secrets []client.Object
	current := in.Database.Logins.Current
	for _, connection := range contract.Connections() {
		address := url.URL{
			Scheme:   "postgres",
			User:     url.UserPassword(in.login(current, connection.Schema), in.Database.Logins.Passwords[current][connection.Schema]),
			Host:     in.Database.Address,
			Path:     "/" + in.Database.Name,
			RawQuery: in.Database.Options.Encode(),
		}
		secrets = append(secrets, &corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: in.meta(PartComponents, connection.App, connectionSecretName(connection)),
			Type:       corev1.SecretTypeOpaque,
			Data:       map[string][]byte{SecretKeyURL: []byte(address.String())},
		})
	}
	return secrets
}

// GeneratedSecret renders a Secret that the operator generates once and keeps.
func GeneratedSecret(in *Input, component, name string, data map[string][]byte) *corev1.Secret {
	meta := in.meta(PartDatabase, component, name)
	retain(&meta)
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: meta,
		Type:       corev1.SecretTypeOpaque,
		Data:       data,
	}
}
