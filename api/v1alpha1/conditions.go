package v1alpha1

// Condition types of the steps, in the order in which the operator takes them.
// Every step reports here and nowhere else.
const (
	// ConditionDaprReady says whether Dapr is installed and its sidecar injector serves.
	ConditionDaprReady = "DaprReady"
	// ConditionDatabaseReady says whether PostgreSQL answers and lets its administrator in.
	ConditionDatabaseReady = "DatabaseReady"
	// ConditionKafkaReady says whether the Kafka brokers answer with the given credentials.
	ConditionKafkaReady = "KafkaReady"
	// ConditionSchemaReady says whether the database, which is asked, carries the schema of status.wantedVersion.
	ConditionSchemaReady = "SchemaReady"
	// ConditionTopicsReady says whether every topic exists as described.
	ConditionTopicsReady = "TopicsReady"
	// ConditionComponentsReady says whether the Dapr objects are applied.
	ConditionComponentsReady = "ComponentsReady"
	// ConditionServicesReady says whether every replica of every service runs the wanted version.
	ConditionServicesReady = "ServicesReady"
	// ConditionExposureReady says whether the public entry is applied.
	ConditionExposureReady = "ExposureReady"
	// ConditionAuditAnchored says whether the platform heads of the audit log follow from those that are
	// kept outside of the database.
	ConditionAuditAnchored = "AuditAnchored"
)

// ConditionBackedUp says whether the last backup of embedded PostgreSQL was made. It is there only if the
// manifest asks for backups, and does not keep the platform from being Ready: people go on working.
const ConditionBackedUp = "BackedUp"

// StepConditions lists the condition types of the steps in their order.
func StepConditions() []string {
	return []string{
		ConditionDaprReady,
		ConditionDatabaseReady,
		ConditionKafkaReady,
		ConditionSchemaReady,
		ConditionTopicsReady,
		ConditionComponentsReady,
		ConditionServicesReady,
		ConditionExposureReady,
		ConditionAuditAnchored,
	}
}

// Condition types that summarise. They are computed from the step conditions and
// from the running services, never set by a step.
const (
	// ConditionAvailable is True while every service has at least one replica that serves, and
	// embedded PostgreSQL runs, even if the manifest is not (or cannot be) fully realised.
	ConditionAvailable = "Available"
	// ConditionReady is True when the manifest is fully realised.
	ConditionReady = "Ready"
	// ConditionProgressing is True while the operator works or waits for something that comes by itself.
	ConditionProgressing = "Progressing"
	// ConditionStalled is True when the user must act; the message says what to do.
	ConditionStalled = "Stalled"
)

// Reasons of conditions. The same words are the reasons of events.
const (
	// ReasonReady: the step, or the whole platform, is as the manifest describes.
	ReasonReady = "Ready"
	// ReasonServing and ReasonNotServing: whether every service has a replica that serves.
	ReasonServing    = "Serving"
	ReasonNotServing = "NotServing"
	// ReasonNotYetReported: the operator has not come to this step yet.
	ReasonNotYetReported = "NotYetReported"
	// ReasonBlocked: the step waits for an earlier step, named in the message.
	ReasonBlocked = "Blocked"
	// ReasonError: a call failed and is retried with back-off.
	ReasonError = "Error"
	// ReasonSuspended: spec.suspend is true.
	ReasonSuspended = "Suspended"
	// ReasonDeleting: the platform is being deleted.
	ReasonDeleting = "Deleting"
	// ReasonNamespaceTaken: the namespace already holds an older TodoPlatform.
	ReasonNamespaceTaken = "NamespaceTaken"

	// ReasonDaprMissing: Dapr's custom resources or its sidecar injector are not in the cluster.
	ReasonDaprMissing = "DaprMissing"
	// ReasonDaprStarting: the sidecar injector has no available replica.
	ReasonDaprStarting = "DaprStarting"
	// ReasonDaprOutdated: Dapr works but is older than the recommended release.
	ReasonDaprOutdated = "DaprOutdated"
	// ReasonMonitorsMissing: services run, and the cluster does not know what observability.monitors asks for.
	ReasonMonitorsMissing = "MonitorsMissing"
	// ReasonDaprUnseen: the operator may not look at Dapr, and takes it to work.
	ReasonDaprUnseen = "DaprUnseen"

	// ReasonSecretMissing: a Secret, or a key in it, that the manifest refers to does not exist.
	ReasonSecretMissing = "SecretMissing"
	// ReasonSecretInvalid: the content of a Secret cannot be used.
	ReasonSecretInvalid = "SecretInvalid"
	// ReasonHostTaken: the Ingresses or the route of another platform answer to the host.
	ReasonHostTaken = "HostTaken"
	// ReasonGatewayMissing: the cluster does not know the Gateway API.
	ReasonGatewayMissing = "GatewayMissing"
	// ReasonRoutePending: no controller has taken the route at the Gateway yet.
	ReasonRoutePending = "RoutePending"
	// ReasonRouteRefused: the Gateway does not take the route.
	ReasonRouteRefused = "RouteRefused"
	// ReasonForeignObject: an object of the same name exists that does not belong to this platform.
	ReasonForeignObject = "ForeignObject"
	// ReasonRejected: the API server refused an object as invalid or forbidden.
	ReasonRejected = "Rejected"

	// ReasonStarting: pods are on their way up or being replaced.
	ReasonStarting = "Starting"
	// ReasonSigningKeyAdded: a new signing key was made, the beginning of a rotation.
	ReasonSigningKeyAdded = "SigningKeyAdded"
	// ReasonSigningKeyRotated: every replica signs with the new key, the end of a rotation.
	ReasonSigningKeyRotated = "SigningKeyRotated"
	// ReasonSigningKeyDropped: former signing keys verify nothing any more.
	ReasonSigningKeyDropped = "SigningKeyDropped"
	// ReasonDatabasePasswordsAdded: new passwords of the database were made, the beginning of their rotation.
	ReasonDatabasePasswordsAdded = "DatabasePasswordsAdded"
	// ReasonDatabasePasswordsRotated: every replica uses new passwords of the database, the end of their rotation.
	ReasonDatabasePasswordsRotated = "DatabasePasswordsRotated"
	// ReasonSidecarMissing: pods run without the Dapr sidecar.
	ReasonSidecarMissing = "SidecarMissing"

	// ReasonHeadsUnreachable: the audit service does not tell its platform heads.
	ReasonHeadsUnreachable = "HeadsUnreachable"
	// ReasonHeadsDiverge: the platform heads do not follow from those that are kept.
	ReasonHeadsDiverge = "HeadsDiverge"

	// ReasonDatabaseUnreachable: PostgreSQL does not answer.
	ReasonDatabaseUnreachable = "DatabaseUnreachable"
	// ReasonDatabaseRefused: PostgreSQL answers but does not let the administrator in.
	ReasonDatabaseRefused = "DatabaseRefused"
	// ReasonDatabaseTaken: the database is another platform's.
	ReasonDatabaseTaken = "DatabaseTaken"

	// ReasonRestoring: the Job runs that fills an empty database from a backup.
	ReasonRestoring = "Restoring"
	// ReasonRestoreFailed: that Job gave up; the operator starts another one later.
	ReasonRestoreFailed = "RestoreFailed"

	// ReasonBackupSucceeded: the last backup was made, and could be read again.
	ReasonBackupSucceeded = "BackupSucceeded"
	// ReasonBackupPending: no backup was due yet.
	ReasonBackupPending = "BackupPending"
	// ReasonBackupFailed: the last backup gave up.
	ReasonBackupFailed = "BackupFailed"
	// ReasonBackupOverdue: a backup was due long ago and has not ended.
	ReasonBackupOverdue = "BackupOverdue"
	// ReasonBackupSuspended: the manifest asks for no more backups at present.
	ReasonBackupSuspended = "BackupSuspended"

	// ReasonMigrating: the migration Job runs.
	ReasonMigrating = "Migrating"
	// ReasonMigrationFailed: the migration Job gave up; the operator starts another one later.
	ReasonMigrationFailed = "MigrationFailed"

	// ReasonDowngradeRefused: the wanted version is older than the schema of the database.
	ReasonDowngradeRefused = "DowngradeRefused"
	// ReasonVolumeOfOtherMajor: another major version of PostgreSQL made the volume of the embedded one.
	ReasonVolumeOfOtherMajor = "VolumeOfOtherMajor"

	// ReasonBrokersUnreachable: no Kafka broker answers.
	ReasonBrokersUnreachable = "BrokersUnreachable"
	// ReasonBrokersRefused: a Kafka broker answers but refuses TLS or credentials.
	ReasonBrokersRefused = "BrokersRefused"
	// ReasonTopicRefused: the brokers refused to create or change a topic.
	ReasonTopicRefused = "TopicRefused"
	// ReasonTopicsTaken: the topics belong to another platform.
	ReasonTopicsTaken = "TopicsTaken"
	// ReasonTopicUnwritable: a topic asks for more replicas in sync than it has, so that nothing can be published.
	ReasonTopicUnwritable = "TopicUnwritable"
	// ReasonTopicsLeft: a deleted platform could not delete its topics because no broker answered.
	ReasonTopicsLeft = "TopicsLeft"
)
