package daprtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
)

// partitions is how many each topic of a test has: more than one, so that order
// across users is not given by accident.
const partitions = 3

// kafka is the shared broker: one node in KRaft mode.
type kafka struct {
	process   *process
	transport *kafkago.Transport
	client    *kafkago.Client
	address   string
}

func startKafka(dir string) (*kafka, error) {
	libs, err := binary("kafka", "libs")
	if err != nil {
		return nil, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, fmt.Errorf("java is missing: install a Java runtime, version 17 or newer: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	k := &kafka{address: loopback(freePort()), transport: &kafkago.Transport{}}
	k.client = &kafkago.Client{Addr: kafkago.TCP(k.address), Timeout: 10 * time.Second, Transport: k.transport}
	properties := filepath.Join(dir, "server.properties")
	if err := os.WriteFile(properties, []byte(k.properties(filepath.Join(dir, "data"))), 0o600); err != nil {
		return nil, err
	}
	run := func(main string, args ...string) *exec.Cmd {
		// Quick to start rather than quick in the long run.
		jvm := []string{"-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", filepath.Join(libs, "*"), main}
		return exec.Command(java, append(jvm, args...)...)
	}
	if output, err := run("kafka.tools.StorageTool", "format", "-t", "daprtestdaprtestdaprte", "-c", properties).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("format Kafka's storage: %w\n%s", err, output)
	}
	k.process = newProcess("kafka", dir, func() *exec.Cmd { return run("kafka.Kafka", properties) })
	return k, k.start()
}

func (k *kafka) properties(data string) string {
	controller := loopback(freePort())
	return fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[1]s
listeners=PLAINTEXT://%[2]s,CONTROLLER://%[1]s
advertised.listeners=PLAINTEXT://%[2]s
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=%[3]s
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=300
broker.session.timeout.ms=1500
`, controller, k.address, data)
}

func (k *kafka) start() error {
	k.transport.CloseIdleConnections() // those to the broker before
	return k.process.start(func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		answer, err := k.client.Metadata(ctx, &kafkago.MetadataRequest{})
		return err == nil && len(answer.Brokers) == 1
	})
}

// Kill implements Server.
func (k *kafka) Kill(t testing.TB) { k.process.killForTest(t, k.start) }

// Start implements Server.
func (k *kafka) Start(t testing.TB) {
	t.Helper()
	if err := k.start(); err != nil {
		t.Fatal(err)
	}
}

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
			Topic: e.namespace + name, NumPartitions: partitions, ReplicationFactor: 1})
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for {
		failures, err := e.servers.kafka.create(ctx, request)
		if err == nil && len(failures) == 0 {
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

// create returns what was said against single topics; those that are there are right.
func (k *kafka) create(ctx context.Context, request *kafkago.CreateTopicsRequest) (failures []error, err error) {
	answer, err := k.client.CreateTopics(ctx, request)
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
func (e *Env) Broker() string { return e.servers.kafka.address }

// TopicName returns the name by which Kafka knows a topic of the platform.
func (e *Env) TopicName(topic string) string { return e.namespace + topic }

// Write puts records on a topic of the platform.
func (e *Env) Write(t testing.TB, topic string, records ...kafkago.Message) {
	t.Helper()
	writer := &kafkago.Writer{Addr: kafkago.TCP(e.Broker()), Topic: e.TopicName(topic), Balancer: &kafkago.Hash{},
		RequiredAcks: kafkago.RequireAll, BatchTimeout: time.Millisecond}
	var err error
	written := poll(startTimeout, func() bool { // a topic of a moment ago is not known everywhere yet
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
		records = append(records, e.readPartition(t, e.namespace+topic, partition)...)
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
	if !poll(startTimeout, func() bool { // a topic of a moment ago has no leader yet
		next, end, err = e.offsets(ctx, topic, partition)
		return !errors.Is(err, kafkago.NotLeaderForPartition) && !errors.Is(err, kafkago.LeaderNotAvailable)
	}) || err != nil {
		t.Fatalf("read topic %s: %v", topic, err)
	}
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: []string{e.servers.kafka.address}, Topic: topic, Partition: partition, MaxBytes: 16 << 20, MaxWait: 100 * time.Millisecond})
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
	answer, err := e.servers.kafka.client.OffsetFetch(ctx, &kafkago.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: all}})
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
