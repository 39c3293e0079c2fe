package brokers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/waiting"
)

const (
	// CallTimeout bounds one call to Kafka.
	CallTimeout = 10 * time.Second
	// MaxBytes bounds one answer, and one record that is published.
	MaxBytes = 4 << 20
	// settleTime is the pause before brokers that are finding their order are asked again.
	settleTime = 200 * time.Millisecond
	// settleLimit is how long they get for that.
	settleLimit = 30 * time.Second
	// fetchWait is how long a broker may wait for records.
	fetchWait = 500 * time.Millisecond
)

// Cluster is the topics of a platform, which are named without their prefix.
type Cluster struct {
	Client    *kafka.Client
	prefix    string
	transport *kafka.Transport
}

// Close closes the connections.
func (c *Cluster) Close() { c.transport.CloseIdleConnections() }

// Name is what the brokers call a topic.
func (c *Cluster) Name(topic string) string { return c.prefix + topic }

// ServiceGroup is the consumer group of a service of the platform in a namespace.
func (c *Cluster) ServiceGroup(namespace, app string) string {
	return contract.ConsumerGroup(c.prefix, namespace, app)
}

// DeadLetterGroup is the consumer group that has passed the dead letters that are settled.
func (c *Cluster) DeadLetterGroup() string { return contract.DeadLetterGroup(c.prefix) }

// Record is one record of a topic.
type Record struct {
	Partition int
	Offset    int64
	Time      time.Time // when it was put there
	Key       []byte
	Value     []byte
	Headers   []kafka.Header
}

// Patiently repeats a call while brokers say that they are finding their order, which they
// get some time for: a topic or a group has no leader when it is new or a broker has gone.
func Patiently(ctx context.Context, call func() error) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for {
		err := call()
		var fault kafka.Error
		if err == nil || !errors.As(err, &fault) || !fault.Temporary() {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(settleTime):
		}
	}
}

// Partitions lists the partitions of topics, by the names of the brokers.
func (c *Cluster) Partitions(ctx context.Context, topics []string) (map[string][]int, error) {
	return waiting.Partitions(ctx, c.Client, c.names(topics))
}

// Waiting finds what a consumer group has not passed of topics, sorted. Partitions of which nothing waits are not
// among the spans.
func (c *Cluster) Waiting(ctx context.Context, group string, topics []string) ([]waiting.Span, error) {
	spans, err := waiting.Spans(ctx, c.Client, group, c.names(topics))
	for i := range spans {
		spans[i].Topic = strings.TrimPrefix(spans[i].Topic, c.prefix)
	}
	return spans, err
}

func (c *Cluster) names(topics []string) []string {
	names := make([]string, 0, len(topics))
	for _, topic := range topics {
		names = append(names, c.Name(topic))
	}
	return names
}

// Fetch reads the records of a partition that come at once from an offset on. There may be none
// although some are there, because the broker is busy.
func (c *Cluster) Fetch(ctx context.Context, topic string, partition int, offset int64) (batch []Record, err error) {
	answer, err := c.Client.Fetch(ctx, &kafka.FetchRequest{
		Topic: c.Name(topic), Partition: partition, Offset: offset, MinBytes: 1, MaxBytes: MaxBytes, MaxWait: fetchWait,
	})
	if err != nil {
		return nil, err
	}
	if answer.Error != nil {
		return nil, answer.Error
	}
	for {
		record, err := answer.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return batch, nil
		}
		if err != nil {
			return nil, err
		}
		r, err := newRecord(partition, record)
		if err != nil {
			return nil, err
		}
		if r.Offset >= offset { // a batch may begin before what was asked for
			batch = append(batch, r)
		}
	}
}

func newRecord(partition int, record *kafka.Record) (Record, error) {
	key, err := readAll(record.Key)
	if err != nil {
		return Record{}, err
	}
	value, err := readAll(record.Value)
	if err != nil {
		return Record{}, err
	}
	return Record{Partition: partition, Offset: record.Offset, Time: record.Time, Key: key, Value: value, Headers: slices.Clone(record.Headers)}, nil
}

func readAll(bytes kafka.Bytes) ([]byte, error) {
	if bytes == nil {
		return nil, nil
	}
	return kafka.ReadAll(bytes)
}

// Publish puts records on a topic, each acknowledged by all replicas.
func (c *Cluster) Publish(ctx context.Context, topic string, balancer kafka.Balancer, records []kafka.Message) error {
	if len(records) == 0 {
		return nil
	}
	writer := &kafka.Writer{
		Addr: c.Client.Addr, Transport: c.transport, Topic: c.Name(topic), Balancer: balancer,
		RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond, BatchBytes: MaxBytes,
		WriteTimeout: CallTimeout, ReadTimeout: CallTimeout,
	}
	err := errors.Join(writer.WriteMessages(ctx, records...), writer.Close())
	if err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	return nil
}
