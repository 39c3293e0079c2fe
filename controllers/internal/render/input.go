// Package render turns a TodoPlatform and its resolved inputs into the Kubernetes
// objects that make it up. Everything here is pure: the same input gives the same
// objects, and nothing is read or written.
package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/logins"
)

// Labels on every child.
const (
	LabelName      = contract.LabelName
	LabelInstance  = contract.LabelInstance
	LabelPartOf    = "app.kubernetes.io/part-of"
	LabelManagedBy = contract.LabelManagedBy
	// LabelPart names the step that makes the child, and bounds what that step may prune.
	LabelPart = "platform.todoplatform.dev/part"
	// LabelRetained marks data: volumes and generated Secrets. They have no owner
	// reference, so that they outlive the platform unless its deletionPolicy is Delete.
	LabelRetained = "platform.todoplatform.dev/retained"
	// RetainedAlways is the value of LabelRetained of what a deletionPolicy does not reach: backups.
	RetainedAlways = "always"

	// ManagedBy is the value of LabelManagedBy; the operator's cache holds nothing else.
	ManagedBy = contract.ManagedBy
)

// Platform is the component of children that belong to no single service or server.
const Platform = "todoplatform"

// Part is the share of one step in the children.
type Part string

// The parts of a platform.
const (
	PartNamespace  Part = "namespace"
	PartKafka      Part = "kafka"
	PartDatabase   Part = "database"
	PartMigration  Part = "migration"
	PartComponents Part = "components"
	PartServices   Part = "services"
	PartMonitors   Part = "monitors"
	PartExposure   Part = "exposure"
	PartBackup     Part = "backup"
	PartRestore    Part = "restore"
)

// Input is what the children of one platform are made of.
type Input struct {
	// Platform gives name, namespace and spec.
	Platform *v1alpha1.TodoPlatform
	// OperatorNamespace and DaprNamespace hold the pods of the operator and of Dapr's control plane. The operator's
	// is empty when it runs outside of the cluster.
	OperatorNamespace, DaprNamespace string
	// Version is the tag of the service images in effect.
	Version string
	// Kafka tells how the sidecars reach the brokers.
	Kafka Kafka
	// Database tells how the sidecars and the migration reach PostgreSQL.
	Database Database
	// SecretHashes holds a hash of each value in a Secret that pods depend on, by SecretValue.
	SecretHashes map[string]string
}

// Kafka tells how to reach the brokers.
type Kafka struct {
	// Brokers are host:port.
	Brokers []string
	// TLS says whether connections are encrypted.
	TLS bool
	// CASecret and CAKey name where the brokers' authority is. Empty: the trusted ones.
	CASecret, CAKey string
	// CertSecret names the Secret with the certificate by which brokers know the platform, CertKey and PrivateKeyKey
	// the keys. Empty: there is none.
	CertSecret, CertKey, PrivateKeyKey string
	// Mechanism of the login. Empty: none.
	Mechanism v1alpha1.SASLMechanism
	// Username of the login. Empty: UsernameKey holds it.
	Username string
	// LoginSecret names the Secret with the login, UsernameKey and PasswordKey the keys.
	LoginSecret, UsernameKey, PasswordKey string
}

// Database tells how to reach PostgreSQL.
type Database struct {
	// Admin tells where the login of the administrator is.
	Admin DatabaseAdmin
	// Address is the host:port through which services connect, Direct that of the server itself.
	Address, Direct string
	// Name of the database.
	Name string
	// Options is the query of the services' connection URLs, as in sslmode=require.
	Options url.Values
	// Pooled says whether Address is a connection pooler in transaction mode.
	Pooled bool
	// CASecret and CAKey name where the server's authority is. Empty: the connection needs none of its own.
	CASecret, CAKey string
	// Logins are how services log in, by schema.
	Logins logins.Set
}

// Schemas lists the PostgreSQL schemas of the platform.
func Schemas() []string {
	var schemas []string
	for _, connection := range contract.Connections() {
		schemas = append(schemas, connection.Schema)
	}
	return schemas
}

// Role names the PostgreSQL role of a schema. Roles belong to the whole
// database server, so the name carries the namespace: platforms may share a server.
func (in *Input) Role(schema string) string {
	role := strings.ReplaceAll(in.Platform.Namespace, "-", "_") + "_" + schema
	if len(role) > maxRoleLength {
		role = "tdp_" + Hash(in.Platform.Namespace) + "_" + schema
	}
	return role
}

// login names the PostgreSQL login of a schema.
func (in *Input) login(which logins.Which, schema string) string {
	role := in.Role(schema)
	if which == logins.First {
		return role
	}
	if second := role + secondSuffix; len(second) <= maxRoleLength {
		return second
	}
	return "tdp_" + Hash(in.Platform.Namespace) + "_" + schema + secondSuffix
}

// secondSuffix ends the names of second logins.
const secondSuffix = "_second"

// Roles names the PostgreSQL roles of all schemas, and the other logins that there have to be.
func (in *Input) Roles() []string {
	var roles []string
	for _, which := range []logins.Which{logins.First, logins.Second} {
		for _, schema := range Schemas() {
			if which == logins.First || len(in.Database.Logins.Passwords[which]) > 0 {
				roles = append(roles, in.login(which, schema))
			}
		}
	}
	return roles
}

// maxRoleLength is the longest name that PostgreSQL does not cut (NAMEDATALEN - 1).
const maxRoleLength = 63

// meta makes the metadata of a child.
func (in *Input) meta(part Part, component, name string) metav1.ObjectMeta {
	labels := in.selector(component)
	labels[LabelPartOf] = "todoplatform"
	labels[LabelManagedBy] = ManagedBy
	labels[LabelPart] = string(part)
	return metav1.ObjectMeta{Name: name, Namespace: in.Platform.Namespace, Labels: labels}
}

// retain marks data that outlives the platform. Tools that install from a repository find it labelled like
// what they made and in no repository: the annotations keep them from pruning it.
func retain(meta *metav1.ObjectMeta) {
	meta.Labels[LabelRetained] = "true"
	meta.Annotations = map[string]string{
		"argocd.argoproj.io/compare-options": "IgnoreExtraneous",
		"argocd.argoproj.io/sync-options":    "Prune=false,Delete=false",
		"helm.sh/resource-policy":            "keep",
		"kustomize.toolkit.fluxcd.io/prune":  "disabled",
	}
}

// selector makes the labels by which pods are found. Selectors cannot change on
// existing objects: never add to them.
func (in *Input) selector(component string) map[string]string {
	return map[string]string{LabelName: component, LabelInstance: in.Platform.Name}
}

// podLabels are the labels of a pod: its selector and what lets the operator's cache see it.
func (in *Input) podLabels(component string) map[string]string {
	labels := in.selector(component)
	labels[LabelPartOf] = "todoplatform"
	labels[LabelManagedBy] = ManagedBy
	return labels
}

// SecretValue names the value of a key of a Secret in Input.SecretHashes. What else a Secret holds
// is nobody's concern, and two fields of a manifest may name the same Secret.
func SecretValue(secret, key string) string { return secret + "/" + key }

// NoteSecret notes the values of keys of a Secret.
func (in *Input) NoteSecret(name string, data map[string][]byte, keys ...string) {
	for _, key := range keys {
		in.SecretHashes[SecretValue(name, key)] = Hash(data[key])
	}
}

// Hash gives a short hash of values, stable over processes: maps are sorted by key.
func Hash(values ...any) string {
	sum := sha256.New()
	for _, value := range values {
		encoded, err := json.Marshal(value)
		if err != nil {
			panic(fmt.Sprintf("hash %T: %v", value, err)) // Only strings, maps and API objects come here.
		}
		sum.Write(encoded)
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
