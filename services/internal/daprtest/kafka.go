package daprtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/test/servers"
)

// partitions is how many each topic of a test has: more than one, so that order
// across users is not given by accident.
const partitions = 3

// createTopics creates the platform's topics and dead-letter topics for this test.
// Dapr puts the namespace before a topic's name where a component's metadata
// mentions {namespace}; that keeps tests apart that share a broker.
func (e *Env) createTopics(t testing.TB) {
	t.Helper()
	names := contract.Topics()
	for _, s := range contract.Subscriptions() {
		if s.DeadLetter {
			names = append(names, contract.DeadLetterTopic(s.Topic, s.App))
		}
	}
	request := &kafkago.CreateTopicsRequest{}
	for _, name := range names {
		request.Topics = append(request.Topics, kafkago.TopicConfig{
			Topic: e.TopicName(name), NumPartitions: partitions, ReplicationFactor: 1})
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for {
		failures, err := create(ctx, e.servers.kafka.Client, request)
		if err == nil && len(failures) == 0 {
			e.waitForLeaders(t, names)
			return
		}
		if !isFenced(failures, err) {
			t.Fatalf("create topics: %v", errors.Join(append(failures, err)...))
		}
		select {
		case <-ctx.Done():
			t.Fatalf("create topics: %v", errors.Join(append(failures, err)...))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// waitForLeaders waits until the broker leads every partition: it answers for a topic before it does, and
// refuses what is published meanwhile.
func (e *Env) waitForLeaders(t testing.TB, names []string) {
	t.Helper()
	request := &kafkago.ListOffsetsRequest{Topics: map[string][]kafkago.OffsetRequest{}}
	for _, name := range names {
		for partition := range partitions {
			request.Topics[e.TopicName(name)] = append(request.Topics[e.TopicName(name)], kafkago.LastOffsetOf(partition))
		}
	}
	var failure error
	if !servers.Poll(startTimeout, func() bool {
		answer, err := e.servers.kafka.Client.ListOffsets(t.Context(), request)
		if failure = err; err != nil {
			return false
		}
		for topic, offsets := range answer.Topics {
			for _, offset := range offsets {
				if offset.Error != nil {
					failure = fmt.Errorf("partition %d of %s: %w", offset.Partition, topic, offset.Error)
				}
			}
		}
		return failure == nil
	}) {
		t.Fatalf("wait for the leaders of topics: %v", failure)
	}
}

// create returns what was said against single topics; those that are there are right.
func create(ctx context.Context, client *kafkago.Client, request *kafkago.CreateTopicsRequest) (failures []error, err error) {
	answer, err := client.CreateTopics(ctx, request)
	if err != nil {
		return nil, err
	}
	for topic, err := range answer.Errors {
		if err != nil && !errors.Is(err, kafkago.TopicAlreadyExists) {
			failures = append(failures, fmt.Errorf("%s: %w", topic, err))
		}
	}
	return failures, nil
}

// isFenced reports whether what was said is that no broker is there, or none that can take a
// replica: on a busy machine the only one is late with a heartbeat now and then, and is back at
// the next.
func isFenced(failures []error, err error) bool {
	if err != nil {
		return errors.Is(err, kafkago.BrokerNotAvailable)
	}
	return !slices.ContainsFunc(failures, func(err error) bool { return !errors.Is(err, kafkago.InvalidReplicationFactor) })
}

// Broker returns the address of Kafka, for programs that speak its protocol.
func (e *Env) Broker() string { return e.servers.kafka.Address(servers.Plaintext) }

// TopicName returns the name by which Kafka knows a topic of the platform.
func (e *Env) TopicName(topic string) string { return e.namespace + e.prefix + topic }

// Write puts records on a topic of the platform.
func (e *Env) Write(t testing.TB, topic string, records ...kafkago.Message) {
	t.Helper()
	writer := &kafkago.Writer{Addr: kafkago.TCP(e.Broker()), Topic: e.TopicName(topic), Balancer: &kafkago.Hash{},
		RequiredAcks: kafkago.RequireAll, BatchTimeout: time.Millisecond}
	var err error
	written := servers.Poll(startTimeout, func() bool { // a topic of a moment ago is not known everywhere yet
		err = writer.WriteMessages(t.Context(), records...)
		return !errors.Is(err, kafkago.UnknownTopicOrPartition) && !errors.Is(err, kafkago.NotLeaderForPartition)
	})
	if err := errors.Join(err, writer.Close()); err != nil || !written {
		t.Fatalf("write to topic %s: %v", topic, err)
	}
}

// Record is one record of a topic.
type Record struct {
	Key   string
	Value []byte
	Time  time.Time // of its publication
}

// Records returns all that was published to a topic so far, partition by partition,
// each in its order.
func (e *Env) Records(t testing.TB, topic string) []Record {
	t.Helper()
	var records []Record
	for partition := range partitions {
		records = append(records, e.readPartition(t, e.TopicName(topic), partition)...)
	}
	return records
}

// WantNoDeadLetters fails the test if there is an event that a service could not handle.
func (e *Env) WantNoDeadLetters(t testing.TB) {
	t.Helper()
	for _, s := range contract.Subscriptions() {
		if !s.DeadLetter {
			continue
		}
		topic := contract.DeadLetterTopic(s.Topic, s.App)
		if dead := e.Records(t, topic); len(dead) > 0 {
			t.Errorf("%d dead letters on %s", len(dead), topic)
		}
	}
}

func (e *Env) readPartition(t testing.TB, topic string, partition int) []Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	var next, end int64
	var err error
	if !servers.Poll(startTimeout, func() bool { // a topic of a moment ago has no leader yet
		next, end, err = e.offsets(ctx, topic, partition)
		return !errors.Is(err, kafkago.NotLeaderForPartition) && !errors.Is(err, kafkago.LeaderNotAvailable)
	}) || err != nil {
		t.Fatalf("read topic %s: %v", topic, err)
	}
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: []string{e.Broker()}, Topic: topic, Partition: partition, MaxBytes: 16 << 20, MaxWait: 100 * time.Millisecond})
	defer func() { _ = reader.Close() }() // all has been read
	var records []Record
	for next < end {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			t.Fatalf("read topic %s: %v", topic, err)
		}
		records = append(records, Record{Key: string(message.Key), Value: message.Value, Time: message.Time})
		next = message.Offset + 1
	}
	return records
}

// Unhandled returns how many records of its topics the replicas of app have not handled
// yet. Sidecars note each second how far they are.
func (e *Env) Unhandled(t testing.TB, app string) int64 {
	t.Helper()
	group := e.namespace + "." + app // what Dapr makes of {namespace}
	var waiting int64
	for _, s := range contract.Subscriptions() {
		if s.App == app && s.PubSub == contract.PubSub {
			waiting += e.lag(t, group, e.TopicName(s.Topic))
		}
	}
	return waiting
}

func (e *Env) lag(t testing.TB, group, topic string) (lag int64) {
	t.Helper()
	all := make([]int, partitions)
	for partition := range partitions {
		all[partition] = partition
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	answer, err := e.servers.kafka.Client.OffsetFetch(ctx, &kafkago.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: all}})
	if err != nil {
		t.Fatalf("ask for the offsets of %s: %v", group, err)
	}
	for _, p := range answer.Topics[topic] {
		first, end, err := e.offsets(ctx, topic, p.Partition)
		if err := errors.Join(err, p.Error); err != nil {
			t.Fatalf("ask for the offsets of %s: %v", topic, err)
		}
		lag += end - max(first, p.CommittedOffset)
	}
	return lag
}

// offsets returns the first offset of a partition and the one after its last.
func (e *Env) offsets(ctx context.Context, topic string, partition int) (first, end int64, err error) {
	conn, err := kafkago.DialLeader(ctx, "tcp", e.Broker(), topic, partition)
	if err != nil {
		return 0, 0, err
	}
	first, end, err = conn.ReadOffsets()
	return first, end, errors.Join(err, conn.Close())
}
