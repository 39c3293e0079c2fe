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
	// MinInSync is how many replicas of a live topic must be in sync, wherever that is set.
	MinInSync int
}

// BrokerDefault leaves the replication factor of a new topic to the brokers.
const BrokerDefault = -1

const (
	// defaultRetention keeps events for a week.
	defaultRetention = 7 * 24 * time.Hour
	// deadLetterRetention leaves a month to look at what failed.
	deadLetterRetention = 30 * 24 * time.Hour
	configRetention     = "retention.ms"
	configMinInSync     = "min.insync.replicas"
)

// Replication gives the replication factor of new topics.
func Replication(spec *v1alpha1.TodoPlatformSpec) int {
	switch {
	case spec.Topics.ReplicationFactor != nil:
		return int(*spec.Topics.ReplicationFactor)
	case spec.Kafka.External == nil:
		return 1 // Embedded Kafka has one broker.
	}
	return BrokerDefault
}

// Wanted lists the topics that a manifest asks for, sorted by name.
func Wanted(spec *v1alpha1.TodoPlatformSpec) []Topic {
	prefix, replication := spec.Topics.Prefix, Replication(spec)
	var wanted []Topic
	for _, name := range contract.Topics() {
		topic := Topic{
			Name:              prefix + name,
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
				Name:              prefix + contract.DeadLetterTopic(subscription.Topic, subscription.App),
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
	// Reset holds the keys, by topic name, that were managed and go back to the brokers' default.
	Reset map[string][]string
	// Notes says, by topic name, what differs and is left as it is.
	Notes map[string]string
}

// Empty says whether nothing is to be done.
func (p *Plan) Empty() bool {
	return len(p.Create) == 0 && len(p.Grow) == 0 && len(p.Configure) == 0 && len(p.Reset) == 0
}

// String says what is to be done.
func (p *Plan) String() string {
	var parts []string
	for _, topic := range p.Create {
		parts = append(parts, "topic "+topic.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Grow)) {
		parts = append(parts, "partitions of topic "+name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Configure)) {
		parts = append(parts, strings.Join(slices.Sorted(maps.Keys(p.Configure[name])), ", ")+" of topic "+name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Reset)) {
		parts = append(parts, strings.Join(p.Reset[name], ", ")+" of topic "+name)
	}
	return strings.Join(parts, "; ")
}

// Difference plans the way from the live topics to the wanted ones. managed holds, by topic name, the keys
// that were set before, whether or not they are wanted still.
func Difference(wanted []Topic, live map[string]Topic, managed map[string][]string) Plan {
	plan := Plan{Grow: map[string]int{}, Configure: map[string]map[string]string{}, Reset: map[string][]string{}, Notes: map[string]string{}}
	for _, topic := range wanted {
		have, exists := live[topic.Name]
		if !exists {
			plan.Create = append(plan.Create, topic)
			continue
		}
		if have.Partitions < topic.Partitions {
			plan.Grow[topic.Name] = topic.Partitions
		}
		if notes := deviations(topic, have); len(notes) > 0 {
			plan.Notes[topic.Name] = strings.Join(notes, "; ")
		}
		for key, value := range topic.Config {
			if shown, isSet := have.Config[key]; isSet && same(value, shown) {
				continue
			}
			if plan.Configure[topic.Name] == nil {
				plan.Configure[topic.Name] = map[string]string{}
			}
			plan.Configure[topic.Name][key] = value
		}
		for _, key := range managed[topic.Name] {
			_, wanted := topic.Config[key]
			if _, isSet := have.Config[key]; isSet && !wanted {
				plan.Reset[topic.Name] = append(plan.Reset[topic.Name], key)
			}
		}
	}
	return plan
}

// deviations says how a live topic differs in ways that Kafka cannot change, or only by moving data.
func deviations(wanted, have Topic) []string {
	var notes []string
	if have.Partitions > wanted.Partitions {
		notes = append(notes, fmt.Sprintf("has %d partitions, the manifest asks for %d; Kafka cannot remove partitions", have.Partitions, wanted.Partitions))
	}
	if wanted.ReplicationFactor != BrokerDefault && have.ReplicationFactor != wanted.ReplicationFactor {
		notes = append(notes, fmt.Sprintf("has replication factor %d, the manifest asks for %d; reassign its partitions with Kafka's own tools", have.ReplicationFactor, wanted.ReplicationFactor))
	}
	return notes
}

// Managed lists the keys of a topic that are to be known as managed: those that are wanted, and those of
// before that are still set.
func Managed(wanted, have Topic, before []string) []string {
	keys := slices.Collect(maps.Keys(wanted.Config))
	for _, key := range before {
		if _, isSet := have.Config[key]; isSet {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Unwritable names the topics, in order, that take no record: they ask for more replicas in sync than they have.
func Unwritable(live map[string]Topic) []string {
	var names []string
	for name, topic := range live {
		if topic.MinInSync > topic.ReplicationFactor {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// same tells whether Kafka shows a value of configuration as shown after it was set to the text wanted. It
// shows what it has parsed: lists without spaces and repeats, numbers and truth values in one form.
func same(wanted, shown string) bool {
	return slices.EqualFunc(items(wanted), items(shown), sameItem)
}

func items(list string) []string {
	var items []string
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return items
}

func sameItem(a, b string) bool {
	if a == b {
		return true
	}
	if strings.EqualFold(a, b) {
		return strings.EqualFold(a, "true") || strings.EqualFold(a, "false")
	}
	x, wrongX := strconv.ParseInt(a, 10, 64)
	y, wrongY := strconv.ParseInt(b, 10, 64)
	if wrongX == nil && wrongY == nil {
		return x == y
	}
	f, wrongF := strconv.ParseFloat(a, 64)
	g, wrongG := strconv.ParseFloat(b, 64)
	return wrongF == nil && wrongG == nil && f == g
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10)
}
