// Package contract holds the names on which the operator and the services must
// agree: app ids, topics, Dapr components, ports, environment variables and the
// methods that one service may invoke on another. Both sides import it, so that a
// rename on one side cannot leave the other behind.
package contract

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// App ids of the services. An app id is also the name of the service's
// Deployment, ServiceAccount and binary.
const (
	TodoAPI       = "todo-api"
	RecurringTask = "recurring-task"
	Notification  = "notification"
	Audit         = "audit"
	RealtimeSync  = "realtime-sync"
)

// Services lists every app id in the order in which the operator brings them up:
// todo-api first, because the others invoke it.
func Services() []string {
	return []string{TodoAPI, RecurringTask, Notification, Audit, RealtimeSync}
}

// Kafka topics, without the prefix that the manifest may give them. Every record is keyed by user id, so one
// user's events keep their order.
const (
	// TopicTaskEvents carries every change for services that act on it, once a service.
	TopicTaskEvents = "task-events"
	// TopicTaskUpdates carries every change to each realtime-sync replica.
	TopicTaskUpdates = "task-updates"
	// TopicReminders carries each step in the life of a reminder.
	TopicReminders = "reminders"
)

// Topics lists the topics of the platform without the dead-letter topics.
func Topics() []string {
	return []string{TopicTaskEvents, TopicTaskUpdates, TopicReminders}
}

// DeadLetterTopic names the topic that takes the events of topic which app could
// not handle within its retries.
func DeadLetterTopic(topic, app string) string {
	return topic + "." + app + ".dlq"
}

// ConsumerGroup names the consumer group that the replicas of app share, of the platform in a namespace whose
// topics have a prefix. No two platforms on the same brokers have the same prefix, but they may come from two
// clusters; the dot keeps their groups apart from those without prefix, which have none.
func ConsumerGroup(prefix, namespace, app string) string {
	if prefix == "" {
		return namespace + "-" + app
	}
	return prefix + "services." + app
}

// ReplicaOfGroup tells which pod of app the consumer group of a replica of its own belongs to, or belonged to, on the
// platform in a namespace whose topics have a prefix. No group of another platform is taken for one.
func ReplicaOfGroup(prefix, namespace, app, group string) (pod string, is bool) {
	pod, is = strings.CutPrefix(group, ConsumerGroup(prefix, namespace, app)+"-")
	if !is || !podName.MatchString(strings.TrimPrefix(pod, app)) || !strings.HasPrefix(pod, app) {
		return "", false
	}
	return pod, true
}

// podName is what follows the name of a Deployment in those of its pods.
var podName = regexp.MustCompile(`^-[a-z0-9]{1,10}-[a-z0-9]{5}$`)

// DeadLetterGroup names the consumer group that has passed the dead letters that are settled, of the platform
// whose topics have a prefix.
func DeadLetterGroup(prefix string) string { return prefix + "dead-letters" }

// Subscription is one app's interest in one topic.
type Subscription struct {
	App    string
	Topic  string
	PubSub string // name of the Dapr component that delivers it
	// DeadLetter says whether failed events are kept in DeadLetterTopic. The broadcast
	// to realtime-sync has none: clients find the gap in seq and read the change feed.
	DeadLetter bool
}

// Subscriptions lists who listens to what.
func Subscriptions() []Subscription {
	return []Subscription{
		{App: RecurringTask, Topic: TopicTaskEvents, PubSub: PubSub, DeadLetter: true},
		{App: Notification, Topic: TopicTaskEvents, PubSub: PubSub, DeadLetter: true},
		{App: Audit, Topic: TopicTaskEvents, PubSub: PubSub, DeadLetter: true},
		{App: Audit, Topic: TopicReminders, PubSub: PubSub, DeadLetter: true},
		{App: RealtimeSync, Topic: TopicTaskUpdates, PubSub: PubSubBroadcast},
		{App: RealtimeSync, Topic: TopicReminders, PubSub: PubSubBroadcast},
	}
}

// Publications lists the topics that each app may publish to.
func Publications() map[string][]string {
	return map[string][]string{
		TodoAPI:      {TopicTaskEvents, TopicTaskUpdates},
		Notification: {TopicReminders},
	}
}

// Names of the Dapr components.
const (
	// PubSub is the pubsub.kafka component in which the replicas of an app share one consumer group.
	PubSub = "events"
	// PubSubBroadcast is the pubsub.kafka component in which each replica has its own consumer group.
	PubSubBroadcast = "broadcast"
	// ConversationStore is the state.postgresql component of todo-api, for what people and the
	// chatbot say to each other.
	ConversationStore = "conversations"
	// LanguageModel is the conversation component of todo-api, for what the chatbot does not understand
	// by itself. It is there only if the manifest names a model.
	LanguageModel = "language-model"
	// FormerTicketStore is the state.postgresql component of realtime-sync. Only its version before
	// uses it; see docs/decisions/0011-todo-api-keeps-the-tickets.md.
	FormerTicketStore = "state"
	// SecretStore is the secretstores.kubernetes component.
	SecretStore = "secrets"
)

// DatabaseApps lists the apps that own a PostgreSQL schema and reach it through a
// bindings.postgresql component of their own.
func DatabaseApps() []string {
	return []string{TodoAPI, Notification, Audit}
}

// DatabaseComponent names the bindings.postgresql component of app.
func DatabaseComponent(app string) string {
	return "database-" + app
}

// Connection is how an app reaches a PostgreSQL schema: a Dapr component that it alone may use, with
// a role of its own.
type Connection struct {
	Component, App, Schema string
	// State tells a state.postgresql component, which makes its tables itself. No role may do that
	// where functions are that others run: so it has a schema to itself.
	State bool
}

// Connections lists how apps reach the database.
func Connections() []Connection {
	var all []Connection
	for _, app := range DatabaseApps() {
		all = append(all, Connection{Component: DatabaseComponent(app), App: app, Schema: Schema(app)})
	}
	return append(all,
		Connection{Component: ConversationStore, App: TodoAPI, Schema: "conversations", State: true},
		Connection{Component: FormerTicketStore, App: RealtimeSync, Schema: "realtime", State: true})
}

// Schema names the PostgreSQL schema of app.
func Schema(app string) string {
	switch app {
	case TodoAPI:
		return "todo"
	case Notification:
		return "notification"
	case Audit:
		return "audit"
	}
	return ""
}

// How the objects of a platform are known.
const (
	// LabelName tells the service or server, LabelInstance the platform, and LabelManagedBy, with the value
	// ManagedBy, that the operator made it.
	LabelName      = "app.kubernetes.io/name"
	LabelInstance  = "app.kubernetes.io/instance"
	LabelManagedBy = "app.kubernetes.io/managed-by"
	ManagedBy      = "todoplatform-operator"
	// Sidecar is the name of the container that Dapr's injector adds to pods.
	Sidecar = "daprd"
)

// Ports inside a service's pod.
const (
	// PublicPort serves HTTP and WebSocket to people, on every address.
	PublicPort = 8080
	// MaxUploadBytes bounds the largest body that people send to PublicPort: a file to import.
	MaxUploadBytes = 32 << 20
	// HealthPort serves /livez, /readyz and /metrics, on every address.
	HealthPort = 8081
	// AppPort takes gRPC callbacks from daprd, on loopback only.
	AppPort = 3001
)

// PublicApps lists the apps that serve PublicPort through the public entry, with
// the path prefix that leads to them.
func PublicApps() map[string]string {
	return map[string]string{
		TodoAPI:      "/",
		RealtimeSync: RealtimePath,
	}
}

// RealtimePath is the path prefix of realtime-sync, and so of its WebSocket, at the public entry.
const RealtimePath = "/realtime/"

// HeadsPath is where the audit service tells the operator of platform heads, on HealthPort: from the number
// that the query names in from, or the newest alone; a line each, as package heads writes them.
const HeadsPath = "/heads"

// Environment variables that the operator sets and the services read.
const (
	// EnvLogLevel is debug, info, warn or error.
	EnvLogLevel = "LOG_LEVEL"
	// EnvTraceSampling is the part of the requests from outside of which there are traces, from 0 to 1. Empty: none.
	EnvTraceSampling = "TRACE_SAMPLING"
	// EnvTraceCollector is where services send spans of what does not pass their sidecars, by OTLP, as in
	// grpc://collector:4317; grpcs is by TLS, http and https are the other way to speak it. Empty: they make none.
	EnvTraceCollector = "TRACE_COLLECTOR"
	// EnvDrainDelay is how long a stopping service goes on serving after it has said that it is
	// not ready, as in 6s; it covers the probes that notice it and the routing that follows.
	EnvDrainDelay = "DRAIN_DELAY"
	// EnvTopicPrefix is what the brokers' names of all topics begin with.
	EnvTopicPrefix = "TOPIC_PREFIX"
	// EnvPublicURL is the address under which people reach the platform: the origin
	// that browsers send, and the base of links in mail. Empty: any origin that equals the request's host.
	EnvPublicURL = "PUBLIC_URL"
	// EnvKeysSecret names the Secret, in SecretStore, with the keys that sign access tokens (todo-api).
	EnvKeysSecret = "KEYS_SECRET"
	// EnvTrustedProxies lists, with commas, the networks (CIDR) of the proxies whose header
	// X-Forwarded-For tells where a request comes from (todo-api). Empty: nobody is believed.
	EnvTrustedProxies = "TRUSTED_PROXIES"
	// EnvEmailVerification is required when mail goes to verified addresses only, else disabled (todo-api).
	EnvEmailVerification = "EMAIL_VERIFICATION"
	// EnvSignUp says who may make an account: open, invitation or closed (todo-api).
	EnvSignUp = "SIGN_UP"
	// EnvSessionLifetime is how long a session lasts without being used, as in 720h (todo-api). Empty: 30 days.
	EnvSessionLifetime = "SESSION_LIFETIME"
	// EnvAccessTokenLifetime is how long an access token is good, as in 15m (todo-api). Empty: 15 minutes.
	EnvAccessTokenLifetime = "ACCESS_TOKEN_LIFETIME"
	// EnvTrashDays is for how many days what was deleted can be restored (todo-api). Empty: 30.
	EnvTrashDays = "TRASH_DAYS"
	// EnvChangesDays is for how many days the change feed tells what happened (todo-api). Empty: 30.
	EnvChangesDays = "CHANGES_DAYS"
	// EnvConversationDays is for how many days conversations with the chatbot are kept after the last word (todo-api). Empty: 30.
	EnvConversationDays = "CONVERSATION_DAYS"
	// EnvOwners lists the e-mail addresses of the platform's owners, separated by commas (todo-api).
	EnvOwners = "OWNERS"
	// EnvSMTPHost, EnvSMTPPort, EnvSMTPFrom and EnvSMTPTLS (none, starttls or tls) configure mail (notification).
	EnvSMTPHost = "SMTP_HOST"
	EnvSMTPPort = "SMTP_PORT"
	EnvSMTPFrom = "SMTP_FROM"
	EnvSMTPTLS  = "SMTP_TLS"
	// EnvSMTPSecret names the Secret, in SecretStore, with the keys SecretKeyUsername and SecretKeyPassword. Empty: no login.
	EnvSMTPSecret = "SMTP_SECRET"
	// EnvSMTPPerMinute is how many mails may go out in a minute (notification). Empty: any number.
	EnvSMTPPerMinute = "SMTP_PER_MINUTE"
	// EnvPushKeysSecret names the Secret, in SecretStore, with the keys SecretKeyPushPrivate and
	// SecretKeyPushPublic (notification). Empty: browsers cannot subscribe to reminders.
	EnvPushKeysSecret = "PUSH_KEYS_SECRET"
	// EnvHeadKeysSecret names the Secret, in SecretStore, with the keys that sign platform heads, under
	// SecretKeySigning (audit). Empty: no heads are made.
	EnvHeadKeysSecret = "HEAD_KEYS_SECRET"
	// EnvAuditRetentionDays is for how many days entries of the audit log are kept at least (audit). Empty: for ever.
	EnvAuditRetentionDays = "AUDIT_RETENTION_DAYS"
	// EnvWebhookNetworks lists, with commas, the networks (CIDR) that webhooks and web push may reach although
	// they are not public (todo-api, notification). Empty: public addresses alone, by https alone.
	EnvWebhookNetworks = "WEBHOOK_NETWORKS"
	// EnvChatModel names the model behind LanguageModel, as it is shown to people (todo-api). Empty: there is none.
	EnvChatModel = "CHAT_MODEL"
	// EnvChatModelRedact is true when addresses and numbers of people are replaced in what the model is sent (todo-api).
	EnvChatModelRedact = "CHAT_MODEL_REDACT"
	// EnvChatModelDailyTokens is about how many tokens a day one person may use (todo-api).
	EnvChatModelDailyTokens = "CHAT_MODEL_DAILY_TOKENS" //nolint:gosec // counts tokens of a model
	// EnvDaprGRPCPort is set by Dapr's injector: the port of daprd's gRPC API on loopback.
	EnvDaprGRPCPort = "DAPR_GRPC_PORT"
	// EnvAPIToken and EnvAppToken hold what a service shows its sidecar with each call, and what the sidecar
	// shows it. Dapr gives the variables their names, and its injector sets them for the sidecar alone.
	EnvAPIToken = "DAPR_API_TOKEN" //nolint:gosec // names a variable
	EnvAppToken = "APP_API_TOKEN"  //nolint:gosec // names a variable
)

// Keys inside Secrets.
const (
	SecretKeyUsername = "username"
	SecretKeyPassword = "password"
	// SecretKeyToken holds what an app and its sidecar show each other. Dapr's injector looks for it there.
	SecretKeyToken = "token"
	// SecretKeyAPIKey holds what a language model's server wants to see.
	SecretKeyAPIKey = "apiKey"
	// SecretKeySigning holds a key set that signs access tokens or platform heads: a JSON Web Key Set (RFC 7517)
	// of Ed25519 private keys (RFC 8037). The first key signs, all verify. The operator notes
	// more in it (see controllers/internal/signing), which services ignore.
	SecretKeySigning = "jwks.json" //nolint:gosec // names a key of a Secret
)

// Keys of the Secret with the platform's VAPID key pair (RFC 8292) on the curve P-256, each in
// base64url without padding: the private key, and the uncompressed point of the public one.
const (
	SecretKeyPushPrivate = "privateKey"
	SecretKeyPushPublic  = "publicKey"
)

// SignedLifetime is the longest that anything is good which todo-api signs with these keys. The
// operator keeps a key for longer than that after the last use.
const SignedLifetime = 7 * 24 * time.Hour

// Environment variables of the migration Job, which speaks PostgreSQL's own protocol.
const (
	// EnvMigrateURL is the direct (not pooled) connection of a role that may create schemas and roles. What it does
	// not hold is in the variables of PostgreSQL's own programs.
	EnvMigrateURL       = "MIGRATE_DATABASE_URL"
	EnvPostgresUser     = "PGUSER"
	EnvPostgresPassword = "PGPASSWORD"
	EnvPostgresSSLMode  = "PGSSLMODE"
	EnvPostgresCAFile   = "PGSSLROOTCERT"
	// EnvMigrateID names what the Job does. The database notes it in MigrationTable once all is done.
	EnvMigrateID = "MIGRATE_ID"
	// EnvPlatformID, EnvPlatformNamespace and EnvPlatformName tell whose database it is. The database notes it
	// in OwnerTable, and the Job refuses one of another platform.
	EnvPlatformID        = "PLATFORM_ID"
	EnvPlatformNamespace = "PLATFORM_NAMESPACE"
	EnvPlatformName      = "PLATFORM_NAME"
	// EnvMigrateRolePrefix + upper-case schema name holds the role name of a schema's service, as in ROLE_TODO.
	EnvMigrateRolePrefix = "ROLE_"
	// EnvMigratePasswordPrefix + upper-case schema name holds that role's password, as in PASSWORD_TODO. Empty:
	// nobody can log in as it.
	EnvMigratePasswordPrefix = "PASSWORD_"
	// EnvMigrateSecondRolePrefix and EnvMigrateSecondPasswordPrefix + upper-case schema name hold the other login that
	// acts as the role, as in SECOND_ROLE_TODO. Empty: there is none, or nobody can log in as it.
	EnvMigrateSecondRolePrefix     = "SECOND_ROLE_"
	EnvMigrateSecondPasswordPrefix = "SECOND_PASSWORD_"
)

// MigrationTable has one row, whose id is that of the migration which the database carries. Only the
// administrator may read it.
const MigrationTable = "todoplatform.migration"

// OwnerTable has one row with the id, namespace and name of the platform whose database it is. Only the
// administrator may read it.
const OwnerTable = "todoplatform.owner"

// DatabaseTaken says of a database that it is another platform's, by its name and namespace in OwnerTable.
func DatabaseTaken(name, namespace string) string {
	return fmt.Sprintf("the database belongs to the TodoPlatform %s in namespace %s, or to one of before: give this platform a database of its own; "+
		"if it is to take that one over, delete the row in %s", name, namespace, OwnerTable)
}

// Methods that services invoke on each other through Dapr.
const (
	MethodVerifySession          = "verify-session"
	MethodIssueTicket            = "issue-ticket"
	MethodOpenFeed               = "open-feed"
	MethodListChanges            = "list-changes"
	MethodListHeads              = "list-heads"
	MethodSharePresence          = "share-presence"
	MethodListReminding          = "list-reminding"
	MethodAdvanceOccurrence      = "advance-occurrence"
	MethodListMissingOccurrences = "list-missing-occurrences"
	MethodGetContact             = "get-contact"
	MethodIssueVerification      = "issue-verification"
	MethodIssueNotice            = "issue-notice"
	MethodListDue                = "list-due"
	MethodListEntries            = "list-entries"
	MethodListPlatformHeads      = "list-platform-heads"
	MethodListWebhooks           = "list-webhooks"
	MethodDisableWebhook         = "disable-webhook"
	MethodListWebhookDeliveries  = "list-webhook-deliveries"
	MethodReplayWebhookDelivery  = "replay-webhook-delivery"
	MethodListGivenUp            = "list-given-up"
	MethodReplayGivenUp          = "replay-given-up"
	MethodCountGivenUp           = "count-given-up"
	MethodReadMailState          = "read-mail-state"
	MethodRetryMail              = "retry-mail"
	MethodNameProject            = "name-project"
	MethodGetPushKey             = "get-push-key"
	MethodListPushSubscriptions  = "list-push-subscriptions"
	MethodSavePushSubscription   = "save-push-subscription"
	MethodDeletePushSubscription = "delete-push-subscription"
)

// Values of EnvEmailVerification.
const (
	EmailVerificationRequired = "required"
	EmailVerificationDisabled = "disabled"
)

// Values of EnvSignUp.
const (
	SignUpOpen       = "open"       // everybody
	SignUpInvitation = "invitation" // whoever was invited by an owner
	SignUpClosed     = "closed"     // nobody
)

// Invocation is one method that Caller may invoke on Callee; Dapr's access control refuses all others.
type Invocation struct {
	Caller string
	Callee string
	Method string
}

// Invocations lists every permitted invocation.
func Invocations() []Invocation {
	return []Invocation{
		{RealtimeSync, TodoAPI, MethodVerifySession},
		{RealtimeSync, TodoAPI, MethodIssueTicket},
		{RealtimeSync, TodoAPI, MethodOpenFeed},
		{RealtimeSync, TodoAPI, MethodListChanges},
		{RealtimeSync, TodoAPI, MethodListHeads},
		{RealtimeSync, TodoAPI, MethodSharePresence},
		{Audit, TodoAPI, MethodListChanges},
		{Audit, TodoAPI, MethodListHeads},
		{Notification, TodoAPI, MethodListChanges},
		{Notification, TodoAPI, MethodListHeads},
		{Notification, TodoAPI, MethodListReminding},
		{RecurringTask, TodoAPI, MethodAdvanceOccurrence},
		{RecurringTask, TodoAPI, MethodListMissingOccurrences},
		{Notification, TodoAPI, MethodGetContact},
		{Notification, TodoAPI, MethodIssueVerification},
		{Notification, TodoAPI, MethodIssueNotice},
		{Notification, TodoAPI, MethodListDue},
		{TodoAPI, Audit, MethodListEntries},
		{TodoAPI, Audit, MethodListPlatformHeads},
		{Notification, TodoAPI, MethodListWebhooks},
		{Notification, TodoAPI, MethodDisableWebhook},
		{TodoAPI, Notification, MethodListWebhookDeliveries},
		{TodoAPI, Notification, MethodReplayWebhookDelivery},
		{Notification, TodoAPI, MethodNameProject},
		{TodoAPI, Notification, MethodListGivenUp},
		{TodoAPI, Notification, MethodReplayGivenUp},
		{TodoAPI, Notification, MethodCountGivenUp},
		{TodoAPI, Notification, MethodReadMailState},
		{TodoAPI, Notification, MethodRetryMail},
		{TodoAPI, Notification, MethodGetPushKey},
		{TodoAPI, Notification, MethodListPushSubscriptions},
		{TodoAPI, Notification, MethodSavePushSubscription},
		{TodoAPI, Notification, MethodDeletePushSubscription},
	}
}
