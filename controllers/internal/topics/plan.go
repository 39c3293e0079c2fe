// Package topics keeps the platform's Kafka topics: it reads what is, plans the
// difference to what is wanted, and carries the plan out.
package topics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Topic is a Kafka topic, wanted or live.
type Topic struct {
	Name string
	// Partitions of the topic.
	Partitions int
	// ReplicationFactor of the topic; BrokerDefault when the brokers are to choose.
	ReplicationFactor int
	// Config holds topic configuration by Kafka's keys. Of a wanted topic: the managed
	// keys, all others are left alone. Of a live one: what is set on the topic itself.
	Config map[string]string
}

// BrokerDefault leaves the replication factor of a new topic to the brokers.
const BrokerDefault = -1

const (
	// defaultRetention keeps events for a week.
	defaultRetention = 7 * 24 * time.Hour
	// deadLetterRetention leaves a month to look at what failed.
	deadLetterRetention = 30 * 24 * time.Hour
	configRetention     = "retention.ms"
)

// Wanted lists the topics that a manifest asks for, sorted by name.
func Wanted(spec *v1alpha1.TodoPlatformSpec) []Topic {
	replication := BrokerDefault
	if spec.Kafka.External == nil {
		replication = 1 // Embedded Kafka has one broker.
	}
	if spec.Topics.ReplicationFactor != nil {
		replication = int(*spec.Topics.ReplicationFactor)
	}
	var wanted []Topic
	for _, name := range contract.Topics() {
		topic := Topic{
			Name:              name,
			Partitions:        int(ptr.Deref(spec.Topics.Partitions, v1alpha1.DefaultPartitions)),
			ReplicationFactor: replication,
			Config:            map[string]string{},
		}
		retention := defaultRetention
		if spec.Topics.Retention != nil {
			retention = spec.Topics.Retention.Duration
		}
		for _, override := range spec.Topics.Overrides {
			if override.Name != name {
				continue
			}
			topic.Partitions = int(ptr.Deref(override.Partitions, int32(topic.Partitions))) //nolint:gosec // bounded by the API to 1000
			if override.Retention != nil {
				retention = override.Retention.Duration
			}
			maps.Copy(topic.Config, override.Config)
		}
		topic.Config[configRetention] = milliseconds(retention)
		wanted = append(wanted, topic)
	}
	for _, subscription := range contract.Subscriptions() {
		if subscription.DeadLetter {
			wanted = append(wanted, Topic{
				Name:              contract.DeadLetterTopic(subscription.Topic, subscription.App),
				Partitions:        1,
				ReplicationFactor: replication,
				Config:            map[string]string{configRetention: milliseconds(deadLetterRetention)},
			})
		}
	}
	slices.SortFunc(wanted, func(a, b Topic) int { return strings.Compare(a.Name, b.Name) })
	return wanted
}

// Names lists the names of topics.
func Names(topics []Topic) []string {
	names := make([]string, 0, len(topics))
	for _, topic := range topics {
		names = append(names, topic.Name)
	}
	return names
}

// Plan is what has to be done to the brokers. It is empty when nothing differs.
type Plan struct {
	// Create holds missing topics.
	Create []Topic
	// Grow holds the wanted number of partitions of topics that have fewer, by name.
	Grow map[string]int
	// Configure holds the managed configuration that differs, by topic name and key.
	Configure map[string]map[string]string
	// Shrink names topics that have more partitions than wanted, which Kafka cannot change.
	Shrink []Topic
	// Notes says, by topic name, what differs and is left as it is.
	Notes map[string]string
}

// Empty says whether nothing is to be done.
func (p *Plan) Empty() bool {
	return len(p.Create) == 0 && len(p.Grow) == 0 && len(p.Configure) == 0
}

// Difference plans the way from the live topics to the wanted ones.
func Difference(wanted []Topic, live map[string]Topic) Plan {
	plan := Plan{Grow: map[string]int{}, Configure: map[string]map[string]string{}, Notes: map[string]string{}}
	for _, topic := range wanted {
		have, exists := live[topic.Name]
		if !exists {
			plan.Create = append(plan.Create, topic)
			continue
		}
		switch {
		case have.Partitions < topic.Partitions:
			plan.Grow[topic.Name] = topic.Partitions
		case have.Partitions > topic.Partitions:
			plan.Shrink = append(plan.Shrink, topic)
			plan.Notes[topic.Name] = fmt.Sprintf("has %d partitions, the manifest asks for %d; Kafka cannot remove partitions", have.Partitions, topic.Partitions)
		}
		if topic.ReplicationFactor != BrokerDefault && have.ReplicationFactor != topic.ReplicationFactor {
			plan.Notes[topic.Name] = fmt.Sprintf("has replication factor %d, the manifest asks for %d; reassign its partitions with Kafka's own tools", have.ReplicationFactor, topic.ReplicationFactor)
		}
		for key, value := range topic.Config {
			if have.Config[key] == value {
				continue
			}
			if plan.Configure[topic.Name] == nil {
				plan.Configure[topic.Name] = map[string]string{}
			}
			plan.Configure[topic.Name][key] = value
		}
	}
	return plan
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10)
}
