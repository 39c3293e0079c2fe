package topics_test

import (
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

func TestWanted_emptySpecGivesEveryTopicOfTheContract(t *testing.T) {
	want := []string{
		"reminders", "reminders.audit.dlq", "task-events", "task-events.audit.dlq",
		"task-events.notification.dlq", "task-events.recurring-task.dlq", "task-updates",
	}
	wanted := topics.Wanted(&v1alpha1.TodoPlatformSpec{})
	if got := topics.Names(wanted); !reflect.DeepEqual(got, want) {
		t.Fatalf("topics %v, want %v", got, want)
	}
	if events := wanted[2]; events.Partitions != 6 || events.ReplicationFactor != 1 || events.Config["retention.ms"] != "604800000" {
		t.Errorf("task-events: %+v", events)
	}
	if deadLetter := wanted[3]; deadLetter.Partitions != 1 || deadLetter.Config["retention.ms"] != "2592000000" {
		t.Errorf("dead-letter topic: %+v", deadLetter)
	}
}

func TestWanted_overrideChangesOneTopic(t *testing.T) {
	spec := &v1alpha1.TodoPlatformSpec{
		Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{}},
		Topics: v1alpha1.TopicsSpec{
			Partitions: ptr.To[int32](12),
			Overrides: []v1alpha1.TopicOverride{{
				Name: "reminders", Partitions: ptr.To[int32](24),
				Retention: &metav1.Duration{Duration: time.Hour}, Config: map[string]string{"compression.type": "zstd"},
			}},
		},
	}
	wanted := topics.Wanted(spec)
	reminders := topics.Topic{Name: "reminders", Partitions: 24, ReplicationFactor: topics.BrokerDefault,
		Config: map[string]string{"retention.ms": "3600000", "compression.type": "zstd"}}
	if !reflect.DeepEqual(wanted[0], reminders) {
		t.Errorf("reminders: %+v, want %+v", wanted[0], reminders)
	}
	if events := wanted[2]; events.Partitions != 12 || len(events.Config) != 1 {
		t.Errorf("task-events took part in the override: %+v", events)
	}
}

func TestDifference(t *testing.T) {
	topic := func(partitions, replication int, config map[string]string) topics.Topic {
		return topics.Topic{Name: "reminders", Partitions: partitions, ReplicationFactor: replication, Config: config}
	}
	wanted := topic(6, 1, map[string]string{"retention.ms": "1000"})
	tests := map[string]struct {
		live    topics.Topic
		managed []string
		want    topics.Plan
	}{
		"converged topic asks for nothing": {
			live: topic(6, 1, map[string]string{"retention.ms": "1000"}),
		},
		"unmanaged configuration is left alone": {
			live: topic(6, 1, map[string]string{"retention.ms": "1000", "cleanup.policy": "compact"}),
		},
		"missing topic is created": {
			want: topics.Plan{Create: []topics.Topic{wanted}},
		},
		"partitions grow": {
			live: topic(3, 1, map[string]string{"retention.ms": "1000"}),
			want: topics.Plan{Grow: map[string]int{"reminders": 6}},
		},
		"partitions never shrink": {
			live: topic(9, 1, map[string]string{"retention.ms": "1000"}),
			want: topics.Plan{Notes: map[string]string{
				"reminders": "has 9 partitions, the manifest asks for 6; Kafka cannot remove partitions"}},
		},
		"both are noted": {
			live: topic(9, 3, map[string]string{"retention.ms": "1000"}),
			want: topics.Plan{Notes: map[string]string{
				"reminders": "has 9 partitions, the manifest asks for 6; Kafka cannot remove partitions; " +
					"has replication factor 3, the manifest asks for 1; reassign its partitions with Kafka's own tools"}},
		},
		"managed configuration that is wanted no longer is reset": {
			live:    topic(6, 1, map[string]string{"retention.ms": "1000", "cleanup.policy": "compact", "segment.ms": "5"}),
			managed: []string{"cleanup.policy", "preallocate", "retention.ms"},
			want:    topics.Plan{Reset: map[string][]string{"reminders": {"cleanup.policy"}}},
		},
		"managed configuration is set back": {
			live: topic(6, 1, map[string]string{"retention.ms": "5"}),
			want: topics.Plan{Configure: map[string]map[string]string{"reminders": {"retention.ms": "1000"}}},
		},
		"replication is noted and not changed": {
			live: topic(6, 3, map[string]string{"retention.ms": "1000"}),
			want: topics.Plan{Notes: map[string]string{
				"reminders": "has replication factor 3, the manifest asks for 1; reassign its partitions with Kafka's own tools"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			live := map[string]topics.Topic{}
			if test.live.Name != "" {
				live[test.live.Name] = test.live
			}
			got := topics.Difference([]topics.Topic{wanted}, live, map[string][]string{wanted.Name: test.managed})
			if got.Empty() != test.want.Empty() {
				t.Errorf("Empty() = %v", got.Empty())
			}
			if !sameParts(got, test.want) {
				t.Errorf("plan %+v, want %+v", got, test.want)
			}
		})
	}
}

func sameParts(a, b topics.Plan) bool {
	return reflect.DeepEqual(a.Create, b.Create) && sameMap(a.Reset, b.Reset) && sameMap(a.Grow, b.Grow) && sameMap(a.Configure, b.Configure) && sameMap(a.Notes, b.Notes)
}

func sameMap[V any](a, b map[string]V) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}
