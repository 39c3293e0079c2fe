package topics_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

// kafka is the broker that the tests share.
var kafka struct {
	sync.Once
	dir    string
	broker *servers.Kafka
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if kafka.broker != nil {
		kafka.broker.Process.Kill()
	}
	_ = os.RemoveAll(kafka.dir) // a leftover in the temporary folder harms nobody
	os.Exit(code)
}

func startKafka(t *testing.T) *servers.Kafka {
	t.Helper()
	kafka.Do(func() {
		if kafka.dir, kafka.err = os.MkdirTemp("", "topics-"); kafka.err == nil {
			kafka.broker, kafka.err = servers.StartKafka(kafka.dir, "")
		}
	})
	if kafka.err != nil {
		t.Fatal(kafka.err)
	}
	return kafka.broker
}

func dial(t *testing.T, access topics.Access) topics.Brokers {
	t.Helper()
	brokers, err := topics.Dial(access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(brokers.Close)
	return brokers
}

// reach brings topics to what is wanted, and returns what the brokers then show.
func reach(t *testing.T, brokers topics.Brokers, managed map[string][]string, wanted ...topics.Topic) map[string]topics.Topic {
	t.Helper()
	var plan topics.Plan
	var live map[string]topics.Topic
	reached := servers.Poll(servers.StartTimeout, func() bool {
		var err error
		if live, err = brokers.Describe(t.Context(), topics.Names(wanted)); err != nil {
			t.Fatal(err)
		}
		if plan = topics.Difference(wanted, live, managed); plan.Empty() {
			return true
		}
		if err := brokers.Apply(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // no sooner do the brokers show it
		return false
	})
	if !reached {
		t.Fatalf("the brokers never show %s: %+v", plan.String(), live)
	}
	return live
}

// Whatever a value looks like that Kafka takes, it is set once, and not again because Kafka shows it otherwise.
func TestConfiguration_isComparedAsKafkaShowsIt(t *testing.T) {
	t.Parallel()
	brokers := dial(t, topics.Access{Brokers: []string{startKafka(t).Address(servers.Plaintext)}})
	values := map[string][]string{
		"cleanup.policy":                          {"compact,compact", "compact, delete", "delete,compact", " compact ,delete"},
		"compression.type":                        {"zstd", " gzip ", "producer"},
		"retention.bytes":                         {"-1", " 1073741824", "+5000", "0700"},
		"max.message.bytes":                       {"1048576 ", "01048588"},
		"min.cleanable.dirty.ratio":               {"0.5", ".25", "1", "5e-1", "0.10"},
		"unclean.leader.election.enable":          {"TRUE", " False "},
		"preallocate":                             {"False", "true"},
		"message.timestamp.type":                  {"LogAppendTime", " CreateTime"},
		"follower.replication.throttled.replicas": {"*", "0:1, 1:1"},
		"segment.ms":                              {"604800000"},
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		for i, value := range values[key] {
			name := fmt.Sprintf("%s-%d", key, i)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				created := topics.Topic{Name: name, Partitions: 1, ReplicationFactor: 1, Config: map[string]string{key: value}}
				altered := topics.Topic{Name: name + "-altered", Partitions: 1, ReplicationFactor: 1}
				reach(t, brokers, nil, altered)
				altered.Config = created.Config
				live := reach(t, brokers, nil, created, altered)
				t.Logf("%q is shown as %q", value, live[name].Config[key])
			})
		}
	}
}

func TestConfiguration_isResetWhenItIsManagedNoLonger(t *testing.T) {
	t.Parallel()
	brokers := dial(t, topics.Access{Brokers: []string{startKafka(t).Address(servers.Plaintext)}})
	topic := topics.Topic{Name: "reset", Partitions: 1, ReplicationFactor: 1,
		Config: map[string]string{"retention.ms": "3600000", "cleanup.policy": "compact", "min.insync.replicas": "2", "compression.type": "zstd"}}
	live := reach(t, brokers, nil, topic)
	if got := topics.Unwritable(live); !slices.Equal(got, []string{"reset"}) {
		t.Errorf("min.insync.replicas 2 with one replica: %v are unwritable", got)
	}
	managed := map[string][]string{"reset": {"cleanup.policy", "min.insync.replicas", "retention.ms"}}
	topic.Config = map[string]string{"retention.ms": "3600000"}
	live = reach(t, brokers, managed, topic)
	// What is not managed was set by somebody else.
	if got := live["reset"].Config; !maps.Equal(got, map[string]string{"retention.ms": "3600000", "compression.type": "zstd"}) {
		t.Errorf("configuration %v", got)
	}
	if got := topics.Unwritable(live); len(got) > 0 {
		t.Errorf("%v are unwritable with the brokers' default", got)
	}
	if got := topics.Managed(topic, live["reset"], managed["reset"]); !slices.Equal(got, []string{"retention.ms"}) {
		t.Errorf("managed are %v", got)
	}
}

// Addresses of this side change with every attempt, and would make of each a new condition.
func TestBrokersThatAreAway_areToldInTheSameWordsEachTime(t *testing.T) {
	t.Parallel()
	brokers := dial(t, topics.Access{Brokers: []string{servers.Loopback(servers.FreePort())}})
	calls := map[string]func() error{
		"Describe": func() error { _, err := brokers.Describe(t.Context(), []string{"a"}); return err },
		"Apply": func() error {
			return brokers.Apply(t.Context(), topics.Plan{Create: []topics.Topic{{Name: "a", Partitions: 1, ReplicationFactor: 1}}})
		},
		"Delete":  func() error { return brokers.Delete(t.Context(), []string{"a"}) },
		"Waiting": func() error { _, err := brokers.Waiting(t.Context(), "g", "a"); return err },
		"Probe":   func() error { return brokers.Probe(t.Context()) },
	}
	for name, call := range calls {
		first, second := call(), call()
		if first == nil || second == nil || first.Error() != second.Error() || strings.Contains(first.Error(), "->") {
			t.Errorf("%s: %v, then %v", name, first, second)
		}
	}
}
