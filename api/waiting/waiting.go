// Package waiting finds what consumer groups have not passed of topics, for the operator, which counts it, and for the
// command line, which shows it.
package waiting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go"
)

// Span is the part of a partition that a consumer group has not passed: from Next up to End, which
// is not in it.
type Span struct {
	Topic     string
	Partition int
	Next, End int64
}

// Count is how many records lie in spans.
func Count(spans []Span) (records int64) {
	for _, span := range spans {
		records += span.End - span.Next
	}
	return records
}

// Spans finds what a consumer group has not passed of topics, sorted. Partitions of which nothing waits are
// not among the spans, nor is what has expired unread. The client bounds each call.
func Spans(ctx context.Context, client *kafka.Client, group string, topics []string) ([]Span, error) {
	partitions, err := Partitions(ctx, client, topics)
	if err != nil {
		return nil, err
	}
	bounds := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{}}
	for topic, indexes := range partitions {
		for _, index := range indexes {
			bounds.Topics[topic] = append(bounds.Topics[topic], kafka.FirstOffsetOf(index), kafka.LastOffsetOf(index))
		}
	}
	offsets, err := client.ListOffsets(ctx, bounds)
	if err != nil {
		return nil, fmt.Errorf("ask for offsets: %w", err)
	}
	passed, err := passed(ctx, client, group, partitions)
	if err != nil {
		return nil, err
	}
	var spans []Span
	for _, topic := range topics {
		for _, p := range offsets.Topics[topic] {
			if p.Error != nil {
				return nil, fmt.Errorf("ask for offsets of topic %s: %w", topic, p.Error)
			}
			s := Span{Topic: topic, Partition: p.Partition, Next: max(p.FirstOffset, passed[topic][p.Partition]), End: p.LastOffset}
			if s.Next < s.End {
				spans = append(spans, s)
			}
		}
	}
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return spans, nil
}

// Partitions lists the partitions of topics.
func Partitions(ctx context.Context, client *kafka.Client, topics []string) (map[string][]int, error) {
	answer, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
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

// passed reads what a group has committed, by topic and partition. One that there is not has passed nothing.
func passed(ctx context.Context, client *kafka.Client, group string, partitions map[string][]int) (map[string]map[int]int64, error) {
	answer, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: partitions})
	if err == nil {
		err = answer.Error
	}
	if errors.Is(err, kafka.GroupIdNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the offsets of consumer group %s: %w", group, err)
	}
	offsets := map[string]map[int]int64{}
	for topic, found := range answer.Topics {
		offsets[topic] = map[int]int64{}
		for _, p := range found {
			offsets[topic][p.Partition] = p.CommittedOffset
		}
	}
	return offsets, nil
}
