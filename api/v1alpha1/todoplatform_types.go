package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Finalizer lets the operator delete topics and volumes before a platform disappears.
const Finalizer = "platform.todoplatform.dev/finalizer"

// Annotations by which a platform is asked for something once. Their value is any text that was
// not used before, as in the time of the request; status.signingKeys and status.databasePasswords say which was carried out.
const (
	// AnnotationRotateSigningKeys asks for a new signing key. What former keys signed stays good.
	AnnotationRotateSigningKeys = "platform.todoplatform.dev/rotate-signing-keys"
	// AnnotationRevokeSigningKeys asks for a new signing key, and for an end to all that are there.
	AnnotationRevokeSigningKeys = "platform.todoplatform.dev/revoke-signing-keys"
	// AnnotationRotateDatabasePasswords asks for new passwords with which services log in to the database.
	AnnotationRotateDatabasePasswords = "platform.todoplatform.dev/rotate-database-passwords"
	// AnnotationReconcileRequested asks the operator to look at everything now, and to try again what has failed.
	// status.lastHandledReconcileAt says which request it has followed.
	AnnotationReconcileRequested = "platform.todoplatform.dev/reconcile-requested"
)

// DefaultPartitions is the number of partitions of a topic for which the manifest names none.
const DefaultPartitions = 6

// TodoPlatform is a complete todo product in the namespace that holds it: five
// services, their Kafka topics, Dapr components, database schema and public entry.
// A namespace holds one platform, because Dapr app ids and component names are
// names of the namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=tdp
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.status.url`
// +kubebuilder:printcolumn:name="Version",type=string,JSONPath=`.status.version`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Wanted",type=string,priority=1,JSONPath=`.status.wantedVersion`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 63",message="metadata.name: at most 63 characters, because it becomes a label"
type TodoPlatform struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted. Everything in it is optional; an empty spec is a
	// working platform with its own Kafka and PostgreSQL, meant for development.
	// +kubebuilder:default={}
	// +optional
	Spec TodoPlatformSpec `json:"spec,omitzero"`
	// Status is what is. Until the operator has seen a platform, its observedGeneration is -1: tools that wait for
	// Ready would take one without any status for done.
	// +kubebuilder:default:={"observedGeneration":-1}
	// +optional
	Status TodoPlatformStatus `json:"status,omitzero"`
}

// TodoPlatformList is a list of TodoPlatform.
//
// +kubebuilder:object:root=true
type TodoPlatformList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []TodoPlatform `json:"items"`
}

// TodoPlatformSpec describes the wanted platform. The operator never writes to it:
// defaults live in the operator and the values in effect are shown in status. An absent
// spec is read as an empty one, because rules on changes compare two specs.
//
// +kubebuilder:validation:XValidation:rule="(has(self.kafka) && has(self.kafka.external)) == (has(oldSelf.kafka) && has(oldSelf.kafka.external))",message="kafka: a platform cannot move between embedded and external Kafka, events would be lost; create a new platform"
// +kubebuilder:validation:XValidation:rule="(has(self.database) && has(self.database.external)) == (has(oldSelf.database) && has(oldSelf.database.external))",message="database: a platform cannot move between embedded and external PostgreSQL, its data would stay behind; create a new platform"
// +kubebuilder:validation:XValidation:rule="has(self.kafka) && has(self.kafka.external) || !has(self.topics) || !has(self.topics.replicationFactor) || self.topics.replicationFactor == 1",message="topics.replicationFactor: embedded Kafka has one broker, so leave it out; external Kafka can hold several replicas"
// +kubebuilder:validation:XValidation:rule="!(has(oldSelf.topics) && has(oldSelf.topics.prefix)) || has(self.topics) && has(self.topics.prefix) && self.topics.prefix == oldSelf.topics.prefix",message="topics.prefix: cannot change once it is set, events would stay behind; create a new platform"
type TodoPlatformSpec struct {
	// Version is the tag of the service images, and the version of those that are named in full. Default: the version of the operator. A release that is older
	// than status.schemaVersion is refused.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_][A-Za-z0-9._-]*$')",message="version: must be an image tag, as in 1.4.0"
	// +optional
	Version string `json:"version,omitempty"`

	// Registry is the registry and path under which the service images lie. Default: ghcr.io/todoplatform.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9.:/_-]*[a-z0-9])?$')",message="registry: must be a registry and path without tag, as in ghcr.io/todoplatform"
	// +optional
	Registry string `json:"registry,omitempty"`

	// ToolsImage is the image of the program todoplatform, which migrates the database and makes backups. It is taken
	// for one of the version. Default: todoplatform in the registry, with the version as its tag.
	// +optional
	ToolsImage ImageReference `json:"toolsImage,omitempty"`

	// ImagePullPolicy says when nodes pull the images of the platform. Default: IfNotPresent. Choose Always where
	// others move the tags; images with a digest never change.
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	// +optional
	ImagePullPolicy corev1.PullPolicy `json:"imagePullPolicy,omitempty"`

	// ImagePullSecrets name Secrets in the namespace that the pods use to pull images.
	// +kubebuilder:validation:MaxItems=8
	// +listType=map
	// +listMapKey=name
	// +optional
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty"`

	// PodTemplate adds to all pods of the platform: of services, of embedded servers, and of the Jobs that migrate,
	// restore and make backups. What services.<service>.podTemplate says goes before it: labels, annotations and
	// nodeSelector by name, all else as a whole.
	// +optional
	PodTemplate PodTemplate `json:"podTemplate,omitzero"`

	// Services sizes the five services.
	// +optional
	Services ServicesSpec `json:"services,omitzero"`

	// Logging says what services and their Dapr sidecars log.
	// +optional
	Logging LoggingSpec `json:"logging,omitzero"`

	// Observability says what the platform tells those who watch it.
	// +optional
	Observability ObservabilitySpec `json:"observability,omitzero"`

	// Kafka says where events live. Default: an embedded single broker.
	// +optional
	Kafka KafkaSpec `json:"kafka,omitzero"`

	// Topics shapes the Kafka topics.
	// +optional
	Topics TopicsSpec `json:"topics,omitzero"`

	// Database says where data lives. Default: an embedded PostgreSQL.
	// +optional
	Database DatabaseSpec `json:"database,omitzero"`

	// Exposure says how people reach the platform. Default: an Ingress for every host.
	// +optional
	Exposure ExposureSpec `json:"exposure,omitzero"`

	// NetworkPolicy says what may reach the platform's pods over the network, in clusters that police it.
	// Default: what it needs alone.
	// +optional
	NetworkPolicy NetworkPolicySpec `json:"networkPolicy,omitzero"`

	// Auth says how people prove who they are.
	// +optional
	Auth AuthSpec `json:"auth,omitzero"`

	// Notifications configures the ways in which reminders leave the platform.
	// +optional
	Notifications NotificationsSpec `json:"notifications,omitzero"`

	// Chat configures the chatbot.
	// +optional
	Chat ChatSpec `json:"chat,omitzero"`

	// Retention says for how long is kept what people may want back.
	// +optional
	Retention RetentionSpec `json:"retention,omitzero"`

	// Audit configures the audit log.
	// +optional
	Audit AuditSpec `json:"audit,omitzero"`

	// Suspend makes the operator leave everything as it is until it is false again.
	// A suspended platform can still be deleted.
	// +optional
	Suspend bool `json:"suspend,omitempty"`

	// DeletionPolicy says what happens to data when the platform is deleted. Retain (the default)
	// keeps topics, the volumes of embedded Kafka and PostgreSQL, and the generated
	// passwords and keys; Delete removes them. An external database is never emptied.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// DeletionPolicy says what happens to data when a platform is deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type DeletionPolicy string

// The deletion policies.
const (
	DeletionRetain DeletionPolicy = "Retain"
	DeletionDelete DeletionPolicy = "Delete"
)

// ServicesSpec sizes the services.
type ServicesSpec struct {
	// TodoAPI serves the API, the web page and the chat.
	// +optional
	TodoAPI ScalableServiceSpec `json:"todoAPI,omitzero"`
	// RecurringTask creates the next occurrence of a recurring task.
	// +optional
	RecurringTask ServiceSpec `json:"recurringTask,omitzero"`
	// Notification sends reminders.
	// +optional
	Notification ServiceSpec `json:"notification,omitzero"`
	// Audit stores every event in a tamper-evident log.
	// +optional
	Audit ServiceSpec `json:"audit,omitzero"`
	// RealtimeSync pushes changes to browsers over WebSocket.
	// +optional
	RealtimeSync ScalableServiceSpec `json:"realtimeSync,omitzero"`
}

// ServiceSpec sizes one service.
type ServiceSpec struct {
	// Replicas is the number of pods. Default: 1. Two or more get a PodDisruptionBudget.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	Replicas *int32 `json:"replicas,omitempty"`
	// Resources of the service's container (not of its Dapr sidecar). Default: small requests, limits on
	// memory and ephemeral storage. What is not named keeps its default; a limit of 0 is none.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`
	// Image of the service, as in registry.example.com/todo-api@sha256:…. Nobody can tell the version of what is in it, so
	// it is taken for one of the version. Default: the service's name in the registry, with the version as its tag.
	// +optional
	Image ImageReference `json:"image,omitempty"`
	// PodTemplate adds to the pods of the service, and goes before spec.podTemplate.
	// +optional
	PodTemplate ServicePodTemplate `json:"podTemplate,omitzero"`
}

// ScalableServiceSpec sizes a service that people call: the more of them there are, the more it works.
// What the others have to do waits for them on topics, so they need no more replicas at busy times.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.replicas) && has(self.autoscaling))",message="services: set replicas or autoscaling, not both"
// +kubebuilder:validation:XValidation:rule="!has(self.autoscaling) || has(self.resources) && has(self.resources.requests) && 'cpu' in self.resources.requests",message="services: autoscaling needs resources.requests.cpu, of which targetCPUUtilization is a part; the default of 20m is used up by a single person"
type ScalableServiceSpec struct {
	ServiceSpec `json:",inline"`
	// Autoscaling lets a HorizontalPodAutoscaler set the number of pods. Default: replicas says it.
	// +optional
	Autoscaling *AutoscalingSpec `json:"autoscaling,omitempty"`
}

// AutoscalingSpec bounds the number of pods of a service and says when there are more. The cluster needs a metrics server.
//
// +kubebuilder:validation:XValidation:rule="self.maxReplicas >= (has(self.minReplicas) ? self.minReplicas : 1)",message="services: autoscaling.maxReplicas must be at least autoscaling.minReplicas (1 when unset)"
type AutoscalingSpec struct {
	// MinReplicas is the least number of pods. Default: 1.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	MinReplicas *int32 `json:"minReplicas,omitempty"`
	// MaxReplicas is the greatest number of pods. Two or more get a PodDisruptionBudget.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	MaxReplicas int32 `json:"maxReplicas"`
	// TargetCPUUtilization is how many percent of its requested CPU the service's container (not its Dapr
	// sidecar) uses on average: above it, pods are added. Default: 70.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	TargetCPUUtilization *int32 `json:"targetCPUUtilization,omitempty"`
}

// LoggingSpec says what services and their Dapr sidecars log.
type LoggingSpec struct {
	// Level is the least of what is logged: debug, info (the default), warn or error. A change rolls all services.
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self in ['debug', 'info', 'warn', 'error']",message="logging.level: must be debug, info, warn or error"
	// +optional
	Level LogLevel `json:"level,omitempty"`
}

// LogLevel is the least of what is logged, in the words of services and of Dapr.
type LogLevel string

// The log levels.
const (
	LogDebug LogLevel = "debug"
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// EmbeddedSpec sizes a server that the operator runs itself: one replica with one volume.
type EmbeddedSpec struct {
	// Image of the server, which has to work as the official one does: apache/kafka or postgres. The tag of PostgreSQL's
	// begins with its major version, also beside a digest. Default: a release that the operator was tested with.
	// +optional
	Image ImageReference `json:"image,omitempty"`
	// Storage is the size of the volume; it may only grow, if the storage class can. Default: 2Gi.
	// +optional
	Storage *resource.Quantity `json:"storage,omitempty"`
	// StorageClassName of the volume. Default: the cluster's default class. Cannot change.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	StorageClassName *string `json:"storageClassName,omitempty"`
	// Resources of the server. Default: small requests, of which PostgreSQL asks for 250m of CPU, and limits of 1Gi of memory and 2Gi of ephemeral storage. PostgreSQL keeps a quarter of the first for its buffers; give it 2Gi for a million tasks. What is not named keeps its default; a limit of 0 is none.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`
}

// KafkaSpec says where events live.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.embedded) && has(self.external))",message="kafka: set embedded or external, not both"
type KafkaSpec struct {
	// Embedded runs one Kafka broker in the namespace: for development, it is not redundant.
	// +optional
	Embedded *EmbeddedSpec `json:"embedded,omitempty"`
	// External uses brokers that run elsewhere. Others may use them too: topics.prefix keeps platforms apart.
	// +optional
	External *ExternalKafka `json:"external,omitempty"`
}

// ExternalKafka tells how to reach Kafka brokers.
//
// +kubebuilder:validation:XValidation:rule="!has(self.tls) || has(self.sasl) || has(self.tls.caSecretRef)",message="kafka.external.tls.caSecretRef: needed without sasl, because Dapr encrypts anonymous connections only with a given authority"
// +kubebuilder:validation:XValidation:rule="!(has(self.tls) && has(self.tls.certSecretRef) && has(self.sasl))",message="kafka.external: set tls.certSecretRef or sasl, not both, because Dapr logs in by one of them"
type ExternalKafka struct {
	// Brokers to start from, each host:port.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	Brokers []HostPort `json:"brokers"`
	// TLS encrypts the connection. Without it nothing is encrypted.
	// +optional
	TLS *KafkaTLS `json:"tls,omitempty"`
	// SASL logs in. Without it and tls.certSecretRef the platform is anonymous.
	// +optional
	SASL *KafkaSASL `json:"sasl,omitempty"`
}

// KafkaTLS configures TLS towards Kafka.
type KafkaTLS struct {
	// CASecretRef names a Secret, and its key (default: ca.crt) with the PEM certificates that sign
	// the brokers'. Default: the authorities that the images trust.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`
	// CertSecretRef names a Secret with a certificate, and its private key, that tells the brokers who connects. Dapr
	// logs in either so or by sasl. Default: none.
	// +optional
	CertSecretRef *CertSecretReference `json:"certSecretRef,omitempty"`
}

// CertSecretReference names a Secret in the platform's namespace with a certificate and its private key.
type CertSecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// CertKey is the key of the certificate. Default: tls.crt, as in Secrets of type kubernetes.io/tls; Strimzi writes user.crt.
	// +optional
	CertKey SecretKey `json:"certKey,omitempty"`
	// PrivateKeyKey is the key of the private key. Default: tls.key; Strimzi writes user.key.
	// +optional
	PrivateKeyKey SecretKey `json:"privateKeyKey,omitempty"`
}

// SASLMechanism is a way to log in to Kafka, by its registered name.
//
// +kubebuilder:validation:Enum=PLAIN;SCRAM-SHA-256;SCRAM-SHA-512
type SASLMechanism string

// The SASL mechanisms.
const (
	SASLPlain       SASLMechanism = "PLAIN"
	SASLScramSHA256 SASLMechanism = "SCRAM-SHA-256"
	SASLScramSHA512 SASLMechanism = "SCRAM-SHA-512"
)

// KafkaSASL configures the login to Kafka.
type KafkaSASL struct {
	// Mechanism of the login.
	Mechanism SASLMechanism `json:"mechanism"`
	// Username of the login, where the Secret does not hold it, as those of Strimzi. Default: as the Secret says.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Username string `json:"username,omitempty"`
	// SecretRef names the Secret with the login.
	SecretRef LoginSecretReference `json:"secretRef"`
}

// LoginSecretReference names a Secret in the platform's namespace with a login.
type LoginSecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// UsernameKey is the key of the user's name. Default: username.
	// +optional
	UsernameKey SecretKey `json:"usernameKey,omitempty"`
	// PasswordKey is the key of the password. Default: password.
	// +optional
	PasswordKey SecretKey `json:"passwordKey,omitempty"`
}

// SecretReference names a Secret in the platform's namespace.
type SecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// SecretKey is a key of a Secret.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="must be a key of a Secret: letters, digits, hyphens, underscores and dots"
type SecretKey string

// SecretKeyReference names a Secret in the platform's namespace, and a key in it.
type SecretKeyReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Key in the Secret.
	// +optional
	Key SecretKey `json:"key,omitempty"`
}

// TopicsSpec shapes the Kafka topics. What it does not name keeps the brokers' default.
type TopicsSpec struct {
	// Prefix is what the names of all topics and consumer groups of the platform begin with, as in "todo-staging.":
	// platforms on the same brokers need one each. Cannot change once it is set. Default: none.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9._-]+$')",message="topics.prefix: only letters, digits, dots, underscores and hyphens, as in todo-staging."
	// +optional
	Prefix string `json:"prefix,omitempty"`
	// Partitions of each topic; they bound how many replicas of a service work in parallel. Default: 6.
	// Dead-letter topics always have one. A topic that has more keeps them: Kafka cannot remove partitions.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Partitions *int32 `json:"partitions,omitempty"`
	// ReplicationFactor of each topic that is made. Default: 1 for embedded Kafka, else the brokers' default.
	// One that is there keeps its own, until you reassign its partitions with Kafka's own tools.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=9
	// +optional
	ReplicationFactor *int32 `json:"replicationFactor,omitempty"`
	// Retention is how long events are kept. Default: 168h.
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1h')",message="topics.retention: at least 1h"
	// +optional
	Retention *metav1.Duration `json:"retention,omitempty"`
	// Overrides for single topics.
	// +kubebuilder:validation:MaxItems=3
	// +listType=map
	// +listMapKey=name
	// +optional
	Overrides []TopicOverride `json:"overrides,omitempty"`
}

// TopicOverride changes one topic.
type TopicOverride struct {
	// Name of the topic.
	// +kubebuilder:validation:Enum=task-events;task-updates;reminders
	Name string `json:"name"`
	// Partitions of the topic. Default: topics.partitions.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Partitions *int32 `json:"partitions,omitempty"`
	// Retention of the topic. Default: topics.retention.
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1h')",message="topics.overrides.retention: at least 1h"
	// +optional
	Retention *metav1.Duration `json:"retention,omitempty"`
	// Config sets further topic configuration of Kafka by its own keys, as in compression.type.
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="!('retention.ms' in self)",message="topics.overrides.config: set retention instead of retention.ms"
	// +optional
	Config map[string]string `json:"config,omitempty"`
}

// DatabaseSpec says where data lives.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.embedded) && has(self.external))",message="database: set embedded or external, not both"
type DatabaseSpec struct {
	// Embedded runs one PostgreSQL in the namespace: it has no replica, and backups if you ask for them.
	// +optional
	Embedded *EmbeddedDatabase `json:"embedded,omitempty"`
	// External uses a PostgreSQL (15 or later) that runs elsewhere.
	// +optional
	External *ExternalDatabase `json:"external,omitempty"`
	// PasswordRotation says when the passwords change with which services log in.
	// +optional
	PasswordRotation PasswordRotation `json:"passwordRotation,omitzero"`
	// Connections bounds what services keep open to the database. A change rolls the services that use it.
	// +optional
	Connections ConnectionsSpec `json:"connections,omitzero"`
}

// ConnectionsSpec bounds what services keep open to the database.
type ConnectionsSpec struct {
	// PerReplica is how many connections a replica of todo-api, notification or audit keeps at most; what asks for one
	// more waits. todo-api and realtime-sync keep up to four besides, for what Dapr stores. Default: 10.
	// +kubebuilder:validation:XValidation:rule="self >= 2 && self <= 200",message="database.connections.perReplica: must be from 2 to 200"
	// +optional
	PerReplica *int32 `json:"perReplica,omitempty"`
	// IdleTime is how long a connection is kept that nothing uses. Default: 30m.
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('10s') && duration(self) <= duration('24h')",message="database.connections.idleTime: must be from 10s to 24h"
	// +optional
	IdleTime *metav1.Duration `json:"idleTime,omitempty"`
}

// PasswordRotation says when the passwords change with which services log in to the database. No request fails by
// it, and nobody is signed out; the services are rolled once, and the migration runs twice.
type PasswordRotation struct {
	// Period is the age at which new passwords take the place of those in use. Default: they do not age.
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('24h')",message="database.passwordRotation.period: at least 24h, because each change rolls the services"
	// +optional
	Period *metav1.Duration `json:"period,omitempty"`
}

// ExternalDatabase tells how to reach PostgreSQL, by secretRef or by fields. The login is that of a role that may
// create schemas and roles, on a direct connection (not through a pooler): the migration uses it, and the operator
// to ask what the database carries. Each service gets a role of its own with the rights it needs.
//
// +kubebuilder:validation:XValidation:rule="has(self.secretRef) != has(self.fields)",message="database.external: set secretRef, with the connection as a URL, or fields, with its parts; one of them"
type ExternalDatabase struct {
	// SecretRef names a Secret, and its key (default: url) with the connection in URL form:
	// postgres://user:password@host:5432/database?sslmode=require.
	// +optional
	SecretRef *SecretKeyReference `json:"secretRef,omitempty"`
	// Fields gives the connection in parts, as operators of PostgreSQL write them into Secrets.
	// +optional
	Fields *DatabaseFields `json:"fields,omitempty"`
	// CASecretRef names a Secret, and its key (default: ca.crt) with the PEM certificates that sign the server's, and
	// the pooler's. The name in it is then checked, too (sslmode=verify-full), unless the connection says otherwise.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`
	// Pooler is the host:port of a connection pooler in transaction mode through which the services connect. Default: none.
	// +optional
	Pooler HostPort `json:"pooler,omitempty"`
}

// DatabaseFields is a connection to PostgreSQL in parts. What the manifest names is not looked for in the Secret.
type DatabaseFields struct {
	// SecretRef names the Secret with the login, and with what else the manifest does not name.
	SecretRef SecretReference `json:"secretRef"`
	// Keys of the Secret. Default: those of CloudNativePG.
	// +optional
	Keys DatabaseKeys `json:"keys,omitzero"`
	// Host of the server. A name without a dot is that of a Service in the platform's namespace. Default: as the Secret says.
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9._-]+|[0-9A-Fa-f:.]+)$')",message="database.external.fields.host: must be a name or an address, without port"
	// +optional
	Host string `json:"host,omitempty"`
	// Port of the server. Default: as the Secret says, or 5432.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	Port *int32 `json:"port,omitempty"`
	// Database is the name of the database. Default: as the Secret says.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Database string `json:"database,omitempty"`
	// SSLMode says how the connection is encrypted: disable, require, verify-ca or verify-full. Default: require, and
	// verify-full with caSecretRef.
	// +optional
	SSLMode SSLMode `json:"sslMode,omitempty"`
}

// DatabaseKeys names the keys of a Secret with the parts of a connection.
type DatabaseKeys struct {
	// Host is the key of the server's name. Default: host.
	// +optional
	Host SecretKey `json:"host,omitempty"`
	// Port is the key of the server's port. Default: port.
	// +optional
	Port SecretKey `json:"port,omitempty"`
	// Database is the key of the database's name. Default: dbname.
	// +optional
	Database SecretKey `json:"database,omitempty"`
	// Username is the key of the administrator's name. Default: username.
	// +optional
	Username SecretKey `json:"username,omitempty"`
	// Password is the key of the administrator's password. Default: password.
	// +optional
	Password SecretKey `json:"password,omitempty"`
}

// SSLMode is a way to encrypt a connection to PostgreSQL, by PostgreSQL's own word.
//
// +kubebuilder:validation:Enum=disable;require;verify-ca;verify-full
type SSLMode string

// The ways to encrypt a connection to PostgreSQL.
const (
	SSLModeDisable    SSLMode = "disable"
	SSLModeRequire    SSLMode = "require"
	SSLModeVerifyCA   SSLMode = "verify-ca"
	SSLModeVerifyFull SSLMode = "verify-full"
)

// ExposureType is a way in which people reach the platform.
//
// +kubebuilder:validation:Enum=Ingress;Gateway;NodePort;None
type ExposureType string

// The exposure types.
const (
	ExposureIngress  ExposureType = "Ingress"
	ExposureGateway  ExposureType = "Gateway"
	ExposureNodePort ExposureType = "NodePort"
	ExposureNone     ExposureType = "None"
)

// ExposureSpec says how people reach the platform.
//
// +kubebuilder:validation:XValidation:rule="!has(self.tlsSecretName) || has(self.host)",message="exposure.tlsSecretName: needs exposure.host, the name in the certificate"
// +kubebuilder:validation:XValidation:rule="!has(self.type) || self.type == 'Ingress' || !(has(self.className) || has(self.tlsSecretName))",message="exposure: className and tlsSecretName belong to type Ingress; with type Gateway the certificate is the Gateway's"
// +kubebuilder:validation:XValidation:rule="!has(self.type) || self.type in ['Ingress', 'Gateway'] || !(has(self.host) || has(self.annotations))",message="exposure: host and annotations belong to types Ingress and Gateway"
// +kubebuilder:validation:XValidation:rule="(has(self.type) && self.type == 'Gateway') == has(self.gateway)",message="exposure.gateway: names the Gateway of type Gateway, which needs it; leave it out for every other type"
type ExposureSpec struct {
	// Type is Ingress (the default), Gateway (a route at a Gateway of the Gateway API), NodePort (todo-api
	// and realtime-sync on ports of the nodes) or None.
	// +optional
	Type ExposureType `json:"type,omitempty"`
	// Gateway that the route of type Gateway is attached to. It holds the certificate, so people are taken
	// to come by https unless url says otherwise.
	// +optional
	Gateway *GatewayReference `json:"gateway,omitempty"`
	// Host that the Ingresses or the route answer to. Default: every host.
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",message="exposure.host: must be a host name without scheme and port"
	// +optional
	Host string `json:"host,omitempty"`
	// ClassName of the Ingresses. Default: the cluster's default class.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ClassName *string `json:"className,omitempty"`
	// Annotations of the Ingresses, before those that let WebSockets, streams and imports through the
	// controllers that the operator knows; or of the route of type Gateway.
	// Those of cert-manager are on one Ingress alone: one certificate serves both.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
	// TLSSecretName names a Secret of type kubernetes.io/tls for the Ingresses.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	TLSSecretName string `json:"tlsSecretName,omitempty"`
	// URL under which browsers reach the platform, when it cannot be told from host: the
	// allowed origin of WebSockets and the base of links in mail.
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/?#]+$')",message="exposure.url: must be http(s)://host[:port] without a path"
	// +optional
	URL string `json:"url,omitempty"`
	// TrustedProxies are the networks of the proxies in front of todo-api that may tell the
	// address of a client in X-Forwarded-For, by which guessing of passwords is limited.
	// Default: none, and for types Ingress and Gateway the private networks 10.0.0.0/8, 172.16.0.0/12,
	// 192.168.0.0/16 and fc00::/7, because the controller's pods are in a network that cannot
	// be told from here. Clients in these networks, other pods among them, can then claim
	// any address: name the network of the controller's pods alone where that matters, and
	// those of proxies before it. An empty list trusts nobody.
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	TrustedProxies []Network `json:"trustedProxies,omitzero"` // an empty list says something else than none
}

// GatewayReference names a Gateway of the Gateway API.
type GatewayReference struct {
	// Name of the Gateway.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Namespace of the Gateway, whose allowedRoutes must let the platform's in. Default: the platform's.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Namespace string `json:"namespace,omitempty"`
	// SectionName of the one listener to answer at, as in https. Default: every listener that takes the host.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	SectionName string `json:"sectionName,omitempty"`
}

// HostPort is where a server listens: a name or an address, and a port.
//
// +kubebuilder:validation:MaxLength=260
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9._-]+|[[][0-9A-Fa-f:.]+[]]):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$')",message="must be host:port, as in kafka-1.example.com:9093 or [fd00::1]:9093, with a port from 1 to 65535"
type HostPort string

// Network is a range of addresses such as 10.0.0.0/8 or fc00::/7.
//
// +kubebuilder:validation:MaxLength=43
// +kubebuilder:validation:XValidation:rule="self.matches('^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])/(3[0-2]|[12]?[0-9])$') || self.matches('^([0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}/(12[0-8]|1[01][0-9]|[1-9]?[0-9])$') && !self.matches(':::|::.+::|^:[^:]|[^:]:/') && (self.contains('::') || self.matches('^([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]'))",message="must be a network such as 10.0.0.0/8 or fc00::/7"
type Network string

// AuthSpec says how people prove who they are.
type AuthSpec struct {
	// EmailVerification says to whom mail goes. Required (the default): to people who have followed
	// the link in a mail to their address; nobody can have mail sent to somebody else's. Disabled: to
	// every address that was entered, for development alone. The link needs an address of the
	// platform, so without exposure.host and exposure.url it is as with Disabled. Without
	// notifications.smtp there is no mail, and nothing to verify.
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self in ['Required', 'Disabled']",message="auth.emailVerification: must be Required or Disabled"
	// +optional
	EmailVerification EmailVerification `json:"emailVerification,omitempty"`
	// SignUp says who may make an account. Open (the default): everybody who reaches the platform.
	// Invitation: whoever an owner has invited. Closed: nobody; accounts that are there go on.
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self in ['Open', 'Invitation', 'Closed']",message="auth.signUp: must be Open, Invitation or Closed"
	// +optional
	SignUp SignUp `json:"signUp,omitempty"`
	// Owners are the e-mail addresses of the platform's owners, who manage accounts. An account with
	// such an address is one once the address is verified, so owners need notifications.smtp.
	// Without owners, the account that is made first is one, and can name others.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self.all(o, o.matches('^[^@,[:space:]]+@[^@,[:space:]]+$'))",message="auth.owners: must be e-mail addresses such as ada@example.org"
	// +listType=set
	// +optional
	Owners []string `json:"owners,omitempty"`
	// SessionLifetime is how long people stay signed in without using the platform; using it begins the time anew.
	// Sessions that are there keep theirs until they are used next. Default: 720h (30 days).
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1h') && duration(self) <= duration('2160h')",message="auth.sessionLifetime: must be from 1h to 2160h (90 days)"
	// +optional
	SessionLifetime *metav1.Duration `json:"sessionLifetime,omitempty"`
	// AccessTokenLifetime is how long an access token is good; a session renews it. A session that was ended opens
	// nothing any more before that. Default: 15m.
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('5m') && duration(self) <= duration('30m')",message="auth.accessTokenLifetime: must be from 5m to 30m"
	// +optional
	AccessTokenLifetime *metav1.Duration `json:"accessTokenLifetime,omitempty"`
	// SigningKeys says how the keys change that sign access tokens and links in mail.
	// +optional
	SigningKeys SigningKeysSpec `json:"signingKeys,omitzero"`
}

// SigningKeysSpec says how signing keys change. Nobody is signed out by it.
type SigningKeysSpec struct {
	// RotationPeriod is the age at which a new key takes the place of the one that signs. Default: 2160h (90 days).
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('48h')",message="auth.signingKeys.rotationPeriod: at least 48h, because former keys verify for a week and there are five keys at most"
	// +optional
	RotationPeriod *metav1.Duration `json:"rotationPeriod,omitempty"`
}

// RetentionSpec says for how many days is kept what people may want back. The audit log has its own: audit.retentionDays.
type RetentionSpec struct {
	// TrashDays is for how many days deleted tasks, projects and comments can be restored. Default: 30.
	// +kubebuilder:validation:XValidation:rule="self >= 1 && self <= 365",message="retention.trashDays: must be from 1 to 365"
	// +optional
	TrashDays *int32 `json:"trashDays,omitempty"`
	// ChangesDays is for how many days the change feed tells what happened: clients, webhooks and the audit log that were
	// away for less miss nothing. Default: 30.
	// +kubebuilder:validation:XValidation:rule="self >= 7 && self <= 365",message="retention.changesDays: must be from 7 to 365"
	// +optional
	ChangesDays *int32 `json:"changesDays,omitempty"`
	// ConversationDays is for how many days a conversation with the chatbot is kept after its last word. Default: 30.
	// +kubebuilder:validation:XValidation:rule="self >= 1 && self <= 365",message="retention.conversationDays: must be from 1 to 365"
	// +optional
	ConversationDays *int32 `json:"conversationDays,omitempty"`
}

// AuditSpec configures the audit log.
type AuditSpec struct {
	// RetentionDays is for how many days entries of the audit log are kept at least: they go a month at a
	// time, once all of the month are older, and do not come back. Default: they are kept for ever.
	// +kubebuilder:validation:XValidation:rule="self >= 30 && self <= 36500",message="audit.retentionDays: must be from 30 to 36500; leave it out to keep entries for ever"
	// +optional
	RetentionDays *int32 `json:"retentionDays,omitempty"`
}

// SignUp says who may make an account.
type SignUp string

// The ways to treat sign-ups.
const (
	SignUpOpen       SignUp = "Open"
	SignUpInvitation SignUp = "Invitation"
	SignUpClosed     SignUp = "Closed"
)

// EmailVerification says whether addresses are verified before mail goes to them.
type EmailVerification string

// The ways to treat addresses.
const (
	EmailVerificationRequired EmailVerification = "Required"
	EmailVerificationDisabled EmailVerification = "Disabled"
)

// NotificationsSpec configures the ways in which reminders leave the platform.
type NotificationsSpec struct {
	// SMTP sends reminders as mail. Default: no mail.
	// +optional
	SMTP *SMTPSpec `json:"smtp,omitempty"`
	// Webhooks says where changes may be sent to that people ask to have sent.
	// +optional
	Webhooks WebhooksSpec `json:"webhooks,omitzero"`
}

// WebhooksSpec says where webhooks may lead to.
type WebhooksSpec struct {
	// AllowedNetworks are networks that webhooks may reach although they are not public, as in
	// 10.20.0.0/16. Everybody who has an account can then send requests there. With any of them,
	// webhooks may do without encryption (http). Default: public addresses alone, by https alone.
	// +kubebuilder:validation:MaxItems=16
	// +listType=set
	// +optional
	AllowedNetworks []Network `json:"allowedNetworks,omitempty"`
}

// SMTPTLS is a way to encrypt SMTP.
//
// +kubebuilder:validation:Enum=none;starttls;tls
type SMTPTLS string

// The ways to encrypt SMTP.
const (
	SMTPTLSNone     SMTPTLS = "none"
	SMTPTLSStartTLS SMTPTLS = "starttls"
	SMTPTLSImplicit SMTPTLS = "tls"
)

// SMTPSpec tells how to reach a mail server.
type SMTPSpec struct {
	// Host of the mail server.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Host string `json:"host"`
	// Port of the mail server. Default: 587.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	Port *int32 `json:"port,omitempty"`
	// From is the sender, as in "Todo <todo@example.com>" or todo@example.com.
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule="self.matches('^([^<>@\\\\r\\\\n]+<[^@\\\\s<>]+@[^@\\\\s<>]+>|[^@\\\\s<>]+@[^@\\\\s<>]+)$')",message="notifications.smtp.from: must be an address such as todo@example.com or Todo <todo@example.com>"
	From string `json:"from"`
	// TLS is starttls (the default), tls or none.
	// +optional
	TLS SMTPTLS `json:"tls,omitempty"`
	// SecretRef names a Secret with the keys username and password. Default: no login.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
	// MessagesPerMinute is how many mails the server takes in a minute: the others wait. They go out
	// evenly: those about accounts first, then reminders, then lists of what is due. Default: any number.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	// +optional
	MessagesPerMinute *int32 `json:"messagesPerMinute,omitempty"`
}

// ChatSpec configures the chatbot.
type ChatSpec struct {
	// Model is a language model that is asked about what the chatbot does not understand by itself.
	// What people write to it then, and the tasks that it is about, are sent to the server of the
	// model. Default: none; the chatbot works without, and nothing is sent anywhere.
	// +optional
	Model *ModelSpec `json:"model,omitempty"`
}

// ModelProvider names what the server of a language model speaks.
//
// +kubebuilder:validation:Enum=OpenAI;AzureOpenAI;Anthropic
type ModelProvider string

// The providers of language models.
const (
	ModelOpenAI      ModelProvider = "OpenAI"
	ModelAzureOpenAI ModelProvider = "AzureOpenAI"
	ModelAnthropic   ModelProvider = "Anthropic"
)

// ModelSpec tells how to reach a language model, and what may be sent to it.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.provider) && self.provider == 'AzureOpenAI') || has(self.endpoint)",message="chat.model.endpoint: provider AzureOpenAI needs it, as in https://my-resource.openai.azure.com"
// +kubebuilder:validation:XValidation:rule="!(has(self.provider) && self.provider == 'Anthropic') || !has(self.endpoint)",message="chat.model.endpoint: provider Anthropic has one address alone; leave it out"
// +kubebuilder:validation:XValidation:rule="(has(self.provider) && self.provider == 'AzureOpenAI') == has(self.apiVersion)",message="chat.model.apiVersion: set it for provider AzureOpenAI, as in 2024-10-21, and leave it out for every other"
// +kubebuilder:validation:XValidation:rule="has(self.secretRef) || has(self.endpoint) && (!has(self.provider) || self.provider == 'OpenAI')",message="chat.model.secretRef: name the Secret with the key apiKey; only provider OpenAI with an endpoint of your own may do without"
type ModelSpec struct {
	// Provider is OpenAI (the default), AzureOpenAI or Anthropic. OpenAI stands for every server
	// that speaks OpenAI's protocol, as Ollama and vLLM do: endpoint says where it is.
	// +optional
	Provider ModelProvider `json:"provider,omitempty"`
	// Name of the model, as in gpt-4o-mini; for AzureOpenAI, of the deployment.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9][A-Za-z0-9._:/@-]*$')",message="chat.model.name: must be the name of a model, as in gpt-4o-mini"
	Name string `json:"name"`
	// Endpoint is the base URL of the server, as in http://ollama.ai.svc:11434/v1. With http, what
	// people write crosses the network in plain text. Default: the provider's own.
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/?#@[:space:]]+(/[^?#[:space:]]*)?$')",message="chat.model.endpoint: must be http(s)://host[:port][/path] without user and query, as in http://ollama.ai.svc:11434/v1"
	// +optional
	Endpoint string `json:"endpoint,omitempty"`
	// APIVersion is the version of Azure's API.
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$')",message="chat.model.apiVersion: must be a version of Azure's API, as in 2024-10-21"
	// +optional
	APIVersion string `json:"apiVersion,omitempty"`
	// SecretRef names a Secret with the key apiKey. A server of your own may need none.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
	// Redact replaces mail addresses, phone numbers, and numbers of cards and bank accounts before
	// a text leaves the platform. Default: false, texts are sent as they are.
	// +optional
	Redact bool `json:"redact,omitempty"`
	// DailyTokens is about how many tokens a day one person may use. Above it, the chatbot answers
	// that person without the model. Default: 200000.
	// +kubebuilder:validation:Minimum=1000
	// +optional
	DailyTokens *int64 `json:"dailyTokens,omitempty"`
}

// TodoPlatformStatus is what the operator saw and did.
type TodoPlatformStatus struct {
	// ObservedGeneration is the generation of the manifest that the operator last worked through.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// LastHandledReconcileAt is the value of the annotation reconcile-requested that was last followed: everything was
	// looked at since it was given. What came of it is in the conditions.
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`
	// Conditions: Available, Ready, Progressing and Stalled sum up, the others report one step each.
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Version that every replica runs: the tag of its image, or what an image that is named in full is taken for. While another is wanted, some may run that already.
	// +optional
	Version string `json:"version,omitempty"`
	// WantedVersion is the version of the service images that the manifest asks for: spec.version, or the operator's own.
	// +optional
	WantedVersion string `json:"wantedVersion,omitempty"`
	// URL under which people reach the platform, as far as the operator can tell.
	// +optional
	URL string `json:"url,omitempty"`
	// AppliedMigration is the id of the migration that the database says it carries.
	// +optional
	AppliedMigration string `json:"appliedMigration,omitempty"`
	// SchemaVersion is the newest release whose schema the database was brought to. Older services are refused.
	// +optional
	SchemaVersion string `json:"schemaVersion,omitempty"`
	// Backup reports the backups of embedded PostgreSQL.
	// +optional
	Backup BackupStatus `json:"backup,omitzero"`
	// SigningKeys reports the keys that sign access tokens and links in mail.
	// +optional
	SigningKeys SigningKeysStatus `json:"signingKeys,omitzero"`
	// DatabasePasswords reports the passwords with which services log in to the database.
	// +optional
	DatabasePasswords DatabasePasswordsStatus `json:"databasePasswords,omitzero"`
	// Services reports each service.
	// +listType=map
	// +listMapKey=name
	// +optional
	Services []ServiceStatus `json:"services,omitempty"`
	// Topics reports each topic as the brokers last described it.
	// +listType=map
	// +listMapKey=name
	// +optional
	Topics []TopicStatus `json:"topics,omitempty"`
}

// SigningKeysStatus reports the signing keys.
type SigningKeysStatus struct {
	// Keys in their order: the first signs, all verify.
	// +listType=map
	// +listMapKey=id
	// +optional
	Keys []SigningKeyStatus `json:"keys,omitempty"`
	// Rotated is the value of the annotation rotate-signing-keys that was last carried out.
	// +optional
	Rotated string `json:"rotated,omitempty"`
	// Revoked is the value of the annotation revoke-signing-keys that was last carried out.
	// +optional
	Revoked string `json:"revoked,omitempty"`
}

// SigningKeyStatus reports one signing key.
type SigningKeyStatus struct {
	// ID of the key, which the header kid of a token names.
	ID string `json:"id"`
	// Role is Next (verifies, and is going to sign), Signing or Former (verifies what it has signed).
	Role string `json:"role"`
	// Made is when the key was made.
	// +optional
	Made *metav1.Time `json:"made,omitempty"`
	// Until is when a former key is dropped.
	// +optional
	Until *metav1.Time `json:"until,omitempty"`
}

// DatabasePasswordsStatus reports the passwords with which services log in to the database.
type DatabasePasswordsStatus struct {
	// Made is when those in use were made, as far as the operator knows.
	// +optional
	Made *metav1.Time `json:"made,omitempty"`
	// Rotating says that a change is under way: those of before and new ones are good.
	// +optional
	Rotating bool `json:"rotating,omitempty"`
	// Rotated is the value of the annotation rotate-database-passwords that was last taken up.
	// +optional
	Rotated string `json:"rotated,omitempty"`
}

// ServiceStatus reports one service.
type ServiceStatus struct {
	// Name of the service.
	Name string `json:"name"`
	// Replicas wanted.
	Replicas int32 `json:"replicas"`
	// ReadyReplicas serve; while they are rolled, some may still run what was wanted before.
	ReadyReplicas int32 `json:"readyReplicas"`
	// Image wanted.
	Image string `json:"image"`
	// Message says what keeps replicas from serving.
	// +optional
	Message string `json:"message,omitempty"`
}

// TopicStatus reports one topic.
type TopicStatus struct {
	// Name of the topic.
	Name string `json:"name"`
	// Partitions the topic has.
	Partitions int32 `json:"partitions"`
	// ReplicationFactor the topic has.
	ReplicationFactor int32 `json:"replicationFactor"`
	// ManagedConfig lists the keys of the topic's configuration that the operator has set. Those that the
	// manifest names no longer go back to the brokers' default; all others are left alone.
	// +listType=set
	// +optional
	ManagedConfig []string `json:"managedConfig,omitempty"`
	// Message says how the topic differs from the manifest in a way that the operator does not change.
	// +optional
	Message string `json:"message,omitempty"`
}
