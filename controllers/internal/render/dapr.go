package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Kinds of Dapr that a platform needs. Their Go types would bring the whole of Dapr
// into the operator, so they are rendered as unstructured objects.
var (
	DaprComponent     = schema.GroupVersionKind{Group: "dapr.io", Version: "v1alpha1", Kind: "Component"}
	DaprConfiguration = schema.GroupVersionKind{Group: "dapr.io", Version: "v1alpha1", Kind: "Configuration"}
	DaprResiliency    = schema.GroupVersionKind{Group: "dapr.io", Version: "v1alpha1", Kind: "Resiliency"}
	DaprSubscription  = schema.GroupVersionKind{Group: "dapr.io", Version: "v2alpha1", Kind: "Subscription"}
)

// DaprKinds lists the kinds of Dapr that a platform needs.
func DaprKinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{DaprComponent, DaprConfiguration, DaprResiliency, DaprSubscription}
}

// trustDomain is the one that Dapr gives to every app whose Configuration names none.
const trustDomain = "public"

// DaprObjects renders the Components, Subscriptions, Configurations and the Resiliency
// of a platform, and the connection Secrets that the Components refer to.
func DaprObjects(in *Input) []client.Object {
	objects := ConnectionSecrets(in)
	for _, object := range in.daprObjects() {
		objects = append(objects, object)
	}
	return objects
}

func (in *Input) daprObjects() []*unstructured.Unstructured {
	objects := []*unstructured.Unstructured{
		in.pubSub(contract.PubSub, in.consumerGroup("{appID}"), "oldest"),
		// One group a replica: every replica gets every change for its own sockets.
		in.pubSub(contract.PubSubBroadcast, in.consumerGroup(contract.RealtimeSync+"-{podName}"), "newest"),
		in.secretStore(),
		in.resiliency(),
	}
	for _, connection := range contract.Connections() {
		objects = append(objects, in.connection(connection))
	}
	if model := in.Platform.Spec.Chat.Model; model != nil {
		objects = append(objects, in.languageModel(model))
	}
	for _, subscription := range contract.Subscriptions() {
		objects = append(objects, in.subscription(subscription))
	}
	for _, app := range contract.Services() {
		objects = append(objects, in.configuration(app))
	}
	return objects
}

func (in *Input) consumerGroup(app string) string {
	return contract.ConsumerGroup(in.Platform.Spec.Topics.Prefix, in.Platform.Namespace, app)
}

// topic is what the brokers call a topic.
func (in *Input) topic(name string) string { return in.Platform.Spec.Topics.Prefix + name }

// daprObject makes an object of Dapr for the apps in scopes; no scopes is every app of the namespace.
func (in *Input) daprObject(kind schema.GroupVersionKind, component, name string, spec map[string]any, scopes []string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	object.SetGroupVersionKind(kind)
	meta := in.meta(PartComponents, component, name)
	object.SetName(meta.Name)
	object.SetNamespace(meta.Namespace)
	object.SetLabels(meta.Labels)
	if len(scopes) > 0 {
		object.Object["scopes"] = list(scopes)
	}
	return object
}

func (in *Input) component(name, kind, version string, metadata []any, scopes []string) *unstructured.Unstructured {
	return in.daprObject(DaprComponent, name, name, map[string]any{
		"type":        kind,
		"version":     version,
		"initTimeout": contract.ComponentInitTimeout.String(),
		"metadata":    metadata,
	}, scopes)
}

// pubSub renders a pubsub.kafka component. Names with {appID} and {podName} are filled in by Dapr;
// {namespace} is not used, because it would also prefix every topic.
func (in *Input) pubSub(name, consumerID, initialOffset string) *unstructured.Unstructured {
	publishers, subscribers := map[string][]string{}, map[string][]string{}
	var apps, topics []string
	if name == contract.PubSub {
		for app, published := range contract.Publications() {
			apps = append(apps, app)
			for _, topic := range published {
				publishers[app] = append(publishers[app], in.topic(topic))
				topics = append(topics, in.topic(topic))
			}
		}
	}
	for _, subscription := range contract.Subscriptions() {
		if subscription.PubSub != name {
			continue
		}
		apps = append(apps, subscription.App)
		topics = append(topics, in.topic(subscription.Topic))
		subscribers[subscription.App] = append(subscribers[subscription.App], in.topic(subscription.Topic))
		if subscription.DeadLetter {
			// The subscriber publishes what it cannot handle.
			deadLetter := in.topic(contract.DeadLetterTopic(subscription.Topic, subscription.App))
			topics = append(topics, deadLetter)
			publishers[subscription.App] = append(publishers[subscription.App], deadLetter)
		}
	}
	topics = unique(topics)
	metadata := []any{
		value("brokers", strings.Join(in.Kafka.Brokers, ",")),
		value("consumerID", consumerID),
		value("initialOffset", initialOffset),
		value("allowedTopics", strings.Join(topics, ",")),
		// An app that no scope names is free to use every topic that is not protected.
		value("protectedTopics", strings.Join(topics, ",")),
		value("publishingScopes", scopeList(publishers)),
		value("subscriptionScopes", scopeList(subscribers)),
	}
	for _, setting := range contract.PubSubSettings() {
		metadata = append(metadata, value(setting.Name, setting.Value))
	}
	return in.component(name, "pubsub.kafka", "v1", append(metadata, in.kafkaLogin()...), unique(apps))
}

// kafkaLogin gives the metadata of pubsub.kafka that encrypts and logs in.
func (in *Input) kafkaLogin() []any {
	var metadata []any
	switch {
	case in.Kafka.Mechanism != "":
		metadata = append(metadata,
			value("authType", "password"),
			value("saslMechanism", daprMechanism(in.Kafka.Mechanism)),
			in.kafkaUser(),
			secretValue("saslPassword", in.Kafka.LoginSecret, in.Kafka.PasswordKey),
		)
		if !in.Kafka.TLS {
			metadata = append(metadata, value("disableTls", "true"))
		}
	case in.Kafka.CertSecret != "":
		metadata = append(metadata,
			value("authType", "mtls"),
			secretValue("clientCert", in.Kafka.CertSecret, in.Kafka.CertKey),
			secretValue("clientKey", in.Kafka.CertSecret, in.Kafka.PrivateKeyKey),
		)
	case in.Kafka.TLS:
		metadata = append(metadata, value("authType", "certificate"))
	default:
		metadata = append(metadata, value("authType", "none"))
	}
	if in.Kafka.CASecret != "" {
		metadata = append(metadata, secretValue("caCert", in.Kafka.CASecret, in.Kafka.CAKey))
	}
	return metadata
}

func (in *Input) kafkaUser() any {
	if in.Kafka.Username != "" {
		return value("saslUsername", in.Kafka.Username)
	}
	return secretValue("saslUsername", in.Kafka.LoginSecret, in.Kafka.UsernameKey)
}

// SecretKeyCA is the default key of certificate authorities in Secrets.
const SecretKeyCA = "ca.crt"

func daprMechanism(mechanism v1alpha1.SASLMechanism) string {
	switch mechanism {
	case v1alpha1.SASLScramSHA256:
		return "SHA-256"
	case v1alpha1.SASLScramSHA512:
		return "SHA-512"
	default:
		return "PLAINTEXT"
	}
}

// connection renders the component of a connection.
func (in *Input) connection(connection contract.Connection) *unstructured.Unstructured {
	metadata := []any{
		secretValue("connectionString", connectionSecretName(connection), SecretKeyURL),
		value("maxConns", strconv.Itoa(perReplica(&in.Platform.Spec, connection))),
		value("timeout", "20s"),
	}
	if idle := in.Platform.Spec.Database.Connections.IdleTime; idle != nil {
		metadata = append(metadata, value("connectionMaxIdleTime", idle.Duration.String()))
	}
	if in.Database.Pooled {
		// The only mode that is right behind a pooler in transaction mode: others prepare
		// statements on one server connection and run them on another.
		metadata = append(metadata, value("queryExecMode", "exec"))
	}
	scopes := []string{connection.App}
	if !connection.State {
		return in.component(connection.Component, "bindings.postgresql", "v1", metadata, scopes)
	}
	return in.component(connection.Component, "state.postgresql", "v2", append(metadata,
		value("tablePrefix", connection.Schema+"."),
		value("metadataTableName", connection.Schema+".dapr_metadata"),
		value("cleanupInterval", "10m"),
	), scopes)
}

// secretStore is for the apps that read a Secret: the sidecar of any other has no token
// for the API server, and would not start with a store that it cannot open.
func (in *Input) secretStore() *unstructured.Unstructured {
	var apps []string
	for _, app := range contract.Services() {
		if len(in.readableSecrets(app)) > 0 {
			apps = append(apps, app)
		}
	}
	return in.component(contract.SecretStore, "secretstores.kubernetes", "v1", []any{}, apps)
}

func (in *Input) subscription(subscription contract.Subscription) *unstructured.Unstructured {
	return in.daprObject(DaprSubscription, subscription.App, subscription.App+"-"+subscription.Topic,
		contract.SubscriptionSpec(subscription, in.Platform.Spec.Topics.Prefix), []string{subscription.App})
}

func (in *Input) resiliency() *unstructured.Unstructured {
	return in.daprObject(DaprResiliency, Platform, "todoplatform", contract.ResiliencySpec(), nil)
}

// configuration renders what one app's sidecar may do: who may call which of its
// methods, and which Secrets it may read.
func (in *Input) configuration(app string) *unstructured.Unstructured {
	operations := map[string][]any{}
	for _, invocation := range contract.Invocations() {
		if invocation.Callee == app {
			operations[invocation.Caller] = append(operations[invocation.Caller], map[string]any{"name": "/" + invocation.Method, "action": "allow"})
		}
	}
	policies := []any{}
	for _, caller := range contract.Services() {
		if len(operations[caller]) > 0 {
			policies = append(policies, map[string]any{
				"appId":         caller,
				"namespace":     in.Platform.Namespace,
				"trustDomain":   trustDomain,
				"defaultAction": "deny",
				"operations":    operations[caller],
			})
		}
	}
	spec := map[string]any{
		"tracing": in.tracing(),
		"metrics": map[string]any{"enabled": true, "http": map[string]any{"increasedCardinality": false}},
		"nameResolution": map[string]any{
			"component": "kubernetes",
			"version":   "v1",
			"configuration": map[string]any{
				"template": "{{.ID}}" + internalSuffix + ".{{.Namespace}}.svc:{{.Port}}",
			},
		},
		"accessControl": map[string]any{
			"defaultAction": "deny",
			"trustDomain":   trustDomain,
			"policies":      policies,
		},
	}
	if secrets := in.readableSecrets(app); len(secrets) > 0 {
		spec["secrets"] = map[string]any{"scopes": []any{map[string]any{
			"storeName":      contract.SecretStore,
			"defaultAccess":  "deny",
			"allowedSecrets": list(namesOf(secrets)),
		}}}
	}
	return in.daprObject(DaprConfiguration, app, app, spec, nil)
}

// tracing says where an app's sidecar sends its spans. Dapr traces a part of the requests unless it is told that it is none.
func (in *Input) tracing() map[string]any {
	wanted := in.Platform.Spec.Observability.Tracing
	if wanted == nil {
		return map[string]any{"samplingRate": "0"}
	}
	return map[string]any{
		"samplingRate": samplingRatio(wanted),
		"otel": map[string]any{
			"endpointAddress": string(wanted.Endpoint),
			"isSecure":        !wanted.Insecure,
			"protocol":        string(cmp.Or(wanted.Protocol, v1alpha1.TracingGRPC)),
		},
	}
}

// collector is where spans go, as services read it.
func collector(wanted *v1alpha1.TracingSpec) string {
	scheme := string(cmp.Or(wanted.Protocol, v1alpha1.TracingGRPC))
	if !wanted.Insecure {
		scheme += "s"
	}
	return scheme + "://" + string(wanted.Endpoint)
}

// samplingRatio is the part of the requests that are traced.
func samplingRatio(wanted *v1alpha1.TracingSpec) string { return cmp.Or(wanted.SamplingRatio, "0.1") }

// readableSecret is a Secret that an app reads through Dapr's secret store, and what it takes from it.
type readableSecret struct {
	name string
	keys []string
}

// readableSecrets lists the Secrets that an app reads through Dapr's secret store.
func (in *Input) readableSecrets(app string) []readableSecret {
	switch app {
	case contract.TodoAPI:
		return []readableSecret{{SecretKeys, []string{contract.SecretKeySigning}}}
	case contract.Audit:
		return []readableSecret{{SecretAuditKeys, []string{contract.SecretKeySigning}}}
	case contract.Notification:
		secrets := []readableSecret{{SecretPushKeys, []string{contract.SecretKeyPushPrivate, contract.SecretKeyPushPublic}}}
		if smtp := in.Platform.Spec.Notifications.SMTP; smtp != nil && smtp.SecretRef != nil {
			secrets = append(secrets, readableSecret{smtp.SecretRef.Name, []string{contract.SecretKeyUsername, contract.SecretKeyPassword}})
		}
		return secrets
	}
	return nil
}

func namesOf(secrets []readableSecret) []string {
	var names []string
	for _, secret := range secrets {
		names = append(names, secret.name)
	}
	return names
}

// value is a plain entry of a component's metadata.
func value(name, text string) any {
	return map[string]any{"name": name, "value": text}
}

// secretValue is an entry of a component's metadata that Dapr fills from a Secret.
func secretValue(name, secret, key string) any {
	return map[string]any{"name": name, "secretKeyRef": map[string]any{"name": secret, "key": key}}
}

// scopeList writes topics by app the way Dapr reads them: app1=topic1,topic2;app2=topic3.
func scopeList(topics map[string][]string) string {
	var scopes []string
	for _, app := range contract.Services() {
		if len(topics[app]) > 0 {
			scopes = append(scopes, app+"="+strings.Join(topics[app], ","))
		}
	}
	return strings.Join(scopes, ";")
}

// unique sorts names and drops repeats.
func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// list converts names to the form that unstructured objects hold.
func list(names []string) []any {
	items := []any{}
	for _, name := range names {
		items = append(items, name)
	}
	return items
}
