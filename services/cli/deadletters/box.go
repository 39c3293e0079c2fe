package deadletters

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

const (
	// group is the consumer group that passes what is no longer a dead letter.
	group = "dead-letters"
	// callTimeout bounds one call to Kafka.
	callTimeout = 10 * time.Second
	// settleTime is the pause before brokers that are finding their order are asked again.
	settleTime = 200 * time.Millisecond
	// settleLimit is how long they get for that.
	settleLimit = 30 * time.Second
	// fetchBytes bounds one answer, and fetchWait how long a broker may wait for records.
	fetchBytes = 4 << 20
	fetchWait  = 500 * time.Millisecond
	// maxEmpty is after how many answers in a row without records a broker is given up.
	maxEmpty = 20
	// maxLetters bounds what is read of one partition at a time.
	maxLetters = 10_000
)

// box is the dead-letter topics of a platform.
type box struct {
	prefix    string
	transport *kafka.Transport
	client    *kafka.Client
}

func (b *box) close() { b.transport.CloseIdleConnections() }

// span is the part of a partition that has not been passed: from next up to end, which
// is not in it.
type span struct {
	topic     string
	partition int
	next, end int64
}

// letters reads the dead letters of topics, partition by partition, each in order.
// truncated says that there are more than are read at a time.
func (b *box) letters(ctx context.Context, topics []string) (letters []letter, truncated bool, err error) {
	var spans []span
	if err := patiently(ctx, func() (err error) { spans, err = b.spans(ctx, topics); return err }); err != nil {
		return nil, false, err
	}
	for _, s := range spans {
		if s.end-s.next > maxLetters {
			s.end = s.next + maxLetters
			truncated = true
		}
		var read []letter
		if err := patiently(ctx, func() (err error) { read, err = b.read(ctx, s); return err }); err != nil {
			return nil, false, fmt.Errorf("read %s, partition %d: %w", s.topic, s.partition, err)
		}
		letters = append(letters, read...)
	}
	return letters, truncated, nil
}

// patiently repeats a call while brokers say that they are finding their order, which they
// get some time for: a topic or a group has no leader when it is new or a broker has gone.
func patiently(ctx context.Context, call func() error) error {
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

// spans finds what has not been passed.
func (b *box) spans(ctx context.Context, topics []string) ([]span, error) {
	partitions, err := b.partitions(ctx, topics)
	if err != nil {
		return nil, err
	}
	bounds := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{}}
	passed := &kafka.OffsetFetchRequest{GroupID: group, Topics: partitions}
	for name, indexes := range partitions {
		for _, index := range indexes {
			bounds.Topics[name] = append(bounds.Topics[name], kafka.FirstOffsetOf(index), kafka.LastOffsetOf(index))
		}
	}
	offsets, err := b.client.ListOffsets(ctx, bounds)
	if err != nil {
		return nil, fmt.Errorf("ask for offsets: %w", err)
	}
	commits, err := b.client.OffsetFetch(ctx, passed)
	if err == nil {
		err = commits.Error
	}
	if err != nil && !errors.Is(err, kafka.GroupIdNotFound) {
		return nil, fmt.Errorf("ask for the offsets of group %s: %w", group, err)
	}
	committed := map[string]map[int]int64{}
	if err == nil {
		committed = committedOffsets(commits)
	}
	var spans []span
	for _, topic := range topics {
		name := b.prefix + topic
		for _, p := range offsets.Topics[name] {
			if p.Error != nil {
				return nil, fmt.Errorf("ask for offsets of %s: %w", topic, p.Error)
			}
			s := span{topic: topic, partition: p.Partition, next: max(p.FirstOffset, committed[name][p.Partition]), end: p.LastOffset}
			if s.next < s.end {
				spans = append(spans, s)
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
	})
	return spans, nil
}

func committedOffsets(answer *kafka.OffsetFetchResponse) map[string]map[int]int64 {
	offsets := map[string]map[int]int64{}
	for name, partitions := range answer.Topics {
		offsets[name] = map[int]int64{}
		for _, p := range partitions {
			offsets[name][p.Partition] = p.CommittedOffset
		}
	}
	return offsets
}

// partitions lists the partitions of topics.
func (b *box) partitions(ctx context.Context, topics []string) (map[string][]int, error) {
	request := &kafka.MetadataRequest{}
	for _, topic := range topics {
		request.Topics = append(request.Topics, b.prefix+topic)
	}
	answer, err := b.client.Metadata(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("ask the brokers for the topics: %w", err)
	}
	partitions := map[string][]int{}
	for _, topic := range answer.Topics {
		if topic.Error != nil {
			return nil, fmt.Errorf("ask for topic %s: %w", topic.Name, topic.Error)
		}
		for _, partition := range topic.Partitions {
			partitions[topic.Name] = append(partitions[topic.Name], partition.ID)
		}
	}
	return partitions, nil
}

// read reads all of a span. A busy broker may answer without records although it has some,
// so it is asked again; our topics hold nothing else.
func (b *box) read(ctx context.Context, s span) ([]letter, error) {
	var letters []letter
	for empty := 0; s.next < s.end; {
		batch, err := b.fetch(ctx, s)
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			if empty++; empty == maxEmpty {
				return nil, fmt.Errorf("the broker does not hand out the record at offset %d", s.next)
			}
			continue
		}
		empty = 0
		letters = append(letters, batch...)
		s.next = batch[len(batch)-1].offset + 1
	}
	return letters, nil
}

// fetch reads the first records of a span.
func (b *box) fetch(ctx context.Context, s span) (batch []letter, err error) {
	answer, err := b.client.Fetch(ctx, &kafka.FetchRequest{
		Topic: b.prefix + s.topic, Partition: s.partition, Offset: s.next, MinBytes: 1, MaxBytes: fetchBytes, MaxWait: fetchWait,
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
		l, err := newLetter(s, record)
		if err != nil {
			return nil, err
		}
		if l.offset >= s.next && l.offset < s.end { // a batch may begin before what was asked for
			batch = append(batch, l)
		}
	}
}

func newLetter(s span, record *kafka.Record) (letter, error) {
	key, err := readAll(record.Key)
	if err != nil {
		return letter{}, err
	}
	value, err := readAll(record.Value)
	if err != nil {
		return letter{}, err
	}
	event, _ := events.Decode(value) // what is no event has none of its attributes
	return letter{
		topic: s.topic, partition: s.partition, offset: record.Offset, kept: record.Time, event: event,
		record: kafka.Message{Key: key, Value: value, Headers: slices.Clone(record.Headers)},
	}, nil
}

func readAll(bytes kafka.Bytes) ([]byte, error) {
	if bytes == nil {
		return nil, nil
	}
	return kafka.ReadAll(bytes)
}

// publish puts records on a topic, each acknowledged by all replicas.
func (b *box) publish(ctx context.Context, topic string, balancer kafka.Balancer, records []kafka.Message) error {
	if len(records) == 0 {
		return nil
	}
	writer := &kafka.Writer{
		Addr: b.client.Addr, Transport: b.transport, Topic: b.prefix + topic, Balancer: balancer,
		RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond, BatchBytes: fetchBytes,
		WriteTimeout: callTimeout, ReadTimeout: callTimeout,
	}
	err := errors.Join(writer.WriteMessages(ctx, records...), writer.Close())
	if err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	return nil
}

// pass says that all before offset next are dead letters no longer.
func (b *box) pass(ctx context.Context, topic string, partition int, next int64) error {
	name := b.prefix + topic
	const anyGeneration = -1 // the group has no members
	err := patiently(ctx, func() error {
		answer, err := b.client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
			GroupID: group, GenerationID: anyGeneration,
			Topics: map[string][]kafka.OffsetCommit{name: {{Partition: partition, Offset: next}}},
		})
		if err != nil {
			return err
		}
		var refused error
		for _, p := range answer.Topics[name] {
			refused = errors.Join(refused, p.Error)
		}
		return refused
	})
	if err != nil {
		return fmt.Errorf("commit the offset of %s, partition %d: %w", topic, partition, err)
	}
	return nil
}
