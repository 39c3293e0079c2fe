package brokers

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

// Waiting finds what a consumer group has not passed of topics, in their order. Partitions of which nothing waits
// are not among the spans.
func (c *Cluster) Waiting(ctx context.Context, group string, topics []string) ([]Span, error) {
	partitions, err := c.Partitions(ctx, topics)
	if err != nil {
		return nil, err
	}
	bounds := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{}}
	for name, indexes := range partitions {
		for _, index := range indexes {
			bounds.Topics[name] = append(bounds.Topics[name], kafka.FirstOffsetOf(index), kafka.LastOffsetOf(index))
		}
	}
	offsets, err := c.Client.ListOffsets(ctx, bounds)
	if err != nil {
		return nil, fmt.Errorf("ask for offsets: %w", err)
	}
	passed, err := c.passed(ctx, group, partitions)
	if err != nil {
		return nil, err
	}
	var spans []Span
	for _, topic := range topics {
		name := c.Name(topic)
		for _, p := range offsets.Topics[name] {
			if p.Error != nil {
				return nil, fmt.Errorf("ask for offsets of %s: %w", topic, p.Error)
			}
			s := Span{Topic: topic, Partition: p.Partition, Next: max(p.FirstOffset, passed[name][p.Partition]), End: p.LastOffset}
			if s.Next < s.End {
				spans = append(spans, s)
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return spans, nil
}

// passed reads what a group has committed. One that there is not has passed nothing.
func (c *Cluster) passed(ctx context.Context, group string, partitions map[string][]int) (map[string]map[int]int64, error) {
	answer, err := c.Client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: partitions})
	if err == nil {
		err = answer.Error
	}
	if errors.Is(err, kafka.GroupIdNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the offsets of group %s: %w", group, err)
	}
	offsets := map[string]map[int]int64{}
	for name, found := range answer.Topics {
		offsets[name] = map[int]int64{}
		for _, p := range found {
			offsets[name][p.Partition] = p.CommittedOffset
		}
	}
	return offsets, nil
}
