package diagnose

import (
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

func TestCountQueues(t *testing.T) {
	env := daprtest.New(t)
	begun := time.Now().Add(-time.Minute)
	env.Write(t, contract.TopicReminders, kafka.Message{Key: []byte("a"), Value: []byte("one")}, kafka.Message{Key: []byte("b"), Value: []byte("two")})
	env.Write(t, contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Notification), kafka.Message{Value: []byte("dead")})
	kafkaAt := func(address string) *brokers.Options {
		return &brokers.Options{Getenv: func(string) string { return "" }, Brokers: []string{address}, Prefix: env.TopicName("")}
	}

	s := &cluster.Snapshot{}
	s.Platform.Namespace = t.Name() // nothing has read as its consumer groups
	CountQueues(t.Context(), s, kafkaAt(env.Broker()))
	if len(s.Unread) > 0 || len(s.Queues) == 0 {
		t.Fatalf("%+v", s)
	}
	for _, q := range s.Queues {
		want := cluster.Queue{App: q.App, Topic: q.Topic}
		if q.Topic == contract.TopicReminders {
			want.Waiting = 2
		}
		if q.App == contract.Notification && q.Topic == contract.TopicTaskEvents {
			want.DeadLetters = 1
		}
		if q.Waiting != want.Waiting || q.DeadLetters != want.DeadLetters || q.Oldest.After(begun) != (q.Waiting > 0) {
			t.Errorf("it counts %+v, want %+v", q, want)
		}
	}

	away := &cluster.Snapshot{}
	CountQueues(t.Context(), away, kafkaAt("127.0.0.1:1"))
	if len(away.Queues) > 0 || len(away.Unread) != 1 {
		t.Errorf("without brokers it tells %+v", away)
	}
}
