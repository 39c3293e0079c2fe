package deadletters

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/waiting"
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

// letters reads the dead letters of topics, partition by partition, each in order.
// truncated says that there are more than are read at a time.
func (b *box) letters(ctx context.Context, topics []string) (letters []letter, truncated bool, err error) {
	var spans []waiting.Span
	if err := brokers.Patiently(ctx, func() (err error) { spans, err = b.Waiting(ctx, b.DeadLetterGroup(), topics); return err }); err != nil {
		return nil, false, err
	}
	for _, s := range spans {
		if s.End-s.Next > maxLetters {
			s.End = s.Next + maxLetters
			truncated = true
		}
		var read []letter
		if err := brokers.Patiently(ctx, func() (err error) { read, err = b.read(ctx, s); return err }); err != nil {
			return nil, false, fmt.Errorf("read %s, partition %d: %w", s.Topic, s.Partition, err)
		}
		letters = append(letters, read...)
	}
	return letters, truncated, nil
}

// read reads all of a span. A busy broker may answer without records although it has some,
// so it is asked again; our topics hold nothing else.
func (b *box) read(ctx context.Context, s waiting.Span) ([]letter, error) {
	var letters []letter
	for empty := 0; s.Next < s.End; {
		batch, err := b.Fetch(ctx, s.Topic, s.Partition, s.Next)
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			if empty++; empty == maxEmpty {
				return nil, fmt.Errorf("the broker does not hand out the record at offset %d", s.Next)
			}
			continue
		}
		empty = 0
		for _, record := range batch {
			if record.Offset < s.End {
				letters = append(letters, newLetter(s.Topic, record))
			}
		}
		s.Next = batch[len(batch)-1].Offset + 1
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
