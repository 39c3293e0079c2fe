package contract

import "time"

// How sidecars deliver events, in the cluster as in tests. Whether an event can be
// handled at all is judged by the app's own server (services/internal/dapr), which
// keeps what it gives up on in the dead-letter topic; a sidecar only tries again,
// without end. See docs/decisions/0009-outages-dead-letter-nothing.md.
const (
	// DeliverTimeout bounds one delivery. It is longer than a call to the database may
	// take, and shorter than the minute after which Kafka ends a consumer that holds
	// up a rebalance.
	DeliverTimeout = 15 * time.Second
	// RedeliverAfter is the pause before an event that was not handled is delivered again.
	RedeliverAfter = time.Second
	// DeliverAttempts is how often an event is delivered whose handler fails although
	// everything it needs answers. Then it is taken for one that cannot be handled.
	DeliverAttempts = 8
	// ComponentInitTimeout is what a sidecar gives one component to connect. Dapr's own
	// five seconds are too short for a database that wakes from sleep.
	ComponentInitTimeout = 30 * time.Second
)

// How a sidecar asks whether its app can take events and jobs.
const (
	// AppHealthInterval is the pause between two questions.
	AppHealthInterval = time.Second
	// AppHealthTimeout is how long the app may take to answer.
	AppHealthTimeout = 500 * time.Millisecond
	// AppHealthThreshold is after how many bad answers in a row deliveries stop.
	AppHealthThreshold = 3
)

// How a sidecar stops: at SIGTERM it ends its subscriptions and serves its app for
// BlockShutdown, or until the app is gone; what is then left has GracefulShutdown.
const (
	BlockShutdown    = 20 * time.Second
	GracefulShutdown = 10 * time.Second
)

// MaxBodySize bounds one message between a sidecar and its app, in the form that
// Dapr reads. A result of the database may be several megabytes.
const MaxBodySize = "16Mi"

// Setting is one entry of a Dapr component's metadata.
type Setting struct{ Name, Value string }

// PubSubSettings lists what every pubsub.kafka component is told beside brokers,
// login and consumer group.
//
// Events are delivered again by the component and not by a Resiliency retry: that
// one goes on when the sidecar is told to stop or to give up a partition, and keeps
// it from doing either.
func PubSubSettings() []Setting {
	return []Setting{
		// At least 2.4, so that the client announces itself as newer brokers expect.
		{"version", "2.8.0"},
		{"clientConnectionTopicMetadataRefreshInterval", "30s"},
		{"consumeRetryEnabled", "true"},
		{"backOffPolicy", "constant"},
		{"backOffDuration", RedeliverAfter.String()},
		{"backOffMaxRetries", "-1"},
	}
}

// SubscriptionSpec returns the spec of the Dapr Subscription of s, to a topic with a prefix. The record
// travels to the app as it is: a sidecar that finds no CloudEvent in it would
// decide by itself what becomes of it. There is no dead-letter topic for the same
// reason.
func SubscriptionSpec(s Subscription, prefix string) map[string]any {
	return map[string]any{
		"pubsubname": s.PubSub,
		"topic":      prefix + s.Topic,
		"routes":     map[string]any{"default": "/"},
		"metadata":   map[string]any{"rawPayload": "true"},
	}
}

// ResiliencySpec returns the spec of the platform's Dapr Resiliency. Bindings are never retried: a write whose
// answer was lost may have happened, and only the caller knows its idempotency key. Calls between services are, each of
// which may happen twice: while nobody can be connected to, for two and a half seconds. No app is a target,
// because for one that is a sidecar does not do so, and keeps the connection to a replica that has gone.
func ResiliencySpec() map[string]any {
	components := map[string]any{
		PubSub: map[string]any{
			"inbound":  map[string]any{"timeout": "deliver"},
			"outbound": map[string]any{"timeout": "publish"},
		},
		PubSubBroadcast: map[string]any{"inbound": map[string]any{"timeout": "deliver"}},
	}
	for _, connection := range Connections() {
		components[connection.Component] = map[string]any{"outbound": map[string]any{"timeout": "query"}}
	}
	return map[string]any{
		"policies": map[string]any{
			"timeouts": map[string]any{"deliver": DeliverTimeout.String(), "publish": "10s", "query": "10s"},
			// int64 is what a number of an object of the cluster is.
			"retries": map[string]any{"DaprBuiltInServiceRetries": map[string]any{"policy": "constant", "duration": "250ms", "maxRetries": int64(10)}},
		},
		"targets": map[string]any{"components": components},
	}
}
