package deadletters

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

const (
	// maxEmpty is after how many answers in a row without records a broker is given up.
	maxEmpty = 20
	// maxLetters bounds what is read of one partition at a time.
	maxLetters = 10_000
)

// box is the dead-letter topics of a platform.
type box struct{ *brokers.Cluster }

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
	if err := brokers.Patiently(ctx, func() (err error) { spans, err = b.spans(ctx, topics); return err }); err != nil {
		return nil, false, err
	}
	for _, s := range spans {
		if s.end-s.next > maxLetters {
			s.end = s.next + maxLetters
			truncated = true
		}
		var read []letter
		if err := brokers.Patiently(ctx, func() (err error) { read, err = b.read(ctx, s); return err }); err != nil {
			return nil, false, fmt.Errorf("read %s, partition %d: %w", s.topic, s.partition, err)
		}
		letters = append(letters, read...)
	}
	return letters, truncated, nil
}

// spans finds what has not been passed.
func (b *box) spans(ctx context.Context, topics []string) ([]span, error) {
	partitions, err := b.Partitions(ctx, topics)
	if err != nil {
		return nil, err
	}
	bounds := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{}}
	group := b.DeadLetterGroup() // passes what is no longer a dead letter
	passed := &kafka.OffsetFetchRequest{GroupID: group, Topics: partitions}
	for name, indexes := range partitions {
		for _, index := range indexes {
			bounds.Topics[name] = append(bounds.Topics[name], kafka.FirstOffsetOf(index), kafka.LastOffsetOf(index))
		}
	}
	offsets, err := b.Client.ListOffsets(ctx, bounds)
	if err != nil {
		return nil, fmt.Errorf("ask for offsets: %w", err)
	}
	commits, err := b.Client.OffsetFetch(ctx, passed)
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
		name := b.Name(topic)
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

// read reads all of a span. A busy broker may answer without records although it has some,
// so it is asked again; our topics hold nothing else.
func (b *box) read(ctx context.Context, s span) ([]letter, error) {
	var letters []letter
	for empty := 0; s.next < s.end; {
		batch, err := b.Fetch(ctx, s.topic, s.partition, s.next)
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
		for _, record := range batch {
			if record.Offset < s.end {
				letters = append(letters, newLetter(s.topic, record))
			}
		}
		s.next = batch[len(batch)-1].Offset + 1
	}
	return letters, nil
}

// newLetter makes a letter of a record on a topic.
func newLetter(topic string, record brokers.Record) letter {
	event, _ := events.Decode(record.Value) // what is no event has none of its attributes
	return letter{
		topic: topic, partition: record.Partition, offset: record.Offset, kept: record.Time, event: event,
		record: kafka.Message{Key: record.Key, Value: record.Value, Headers: record.Headers},
	}
}

// pass says that all before offset next are dead letters no longer.
func (b *box) pass(ctx context.Context, topic string, partition int, next int64) error {
	name := b.Name(topic)
	const anyGeneration = -1 // the group has no members
	err := brokers.Patiently(ctx, func() error {
		answer, err := b.Client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
			GroupID: b.DeadLetterGroup(), GenerationID: anyGeneration,
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
