package topics

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
)

func (b *brokers) Waiting(ctx context.Context, group, topic string) (int64, error) {
	partitions, err := b.partitions(ctx, topic)
	if err != nil {
		return 0, err
	}
	var bounds []kafka.OffsetRequest
	for _, index := range partitions {
		bounds = append(bounds, kafka.FirstOffsetOf(index), kafka.LastOffsetOf(index))
	}
	offsets, err := b.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: bounds}})
	if err != nil {
		return 0, fmt.Errorf("read the offsets of topic %s: %w", topic, err)
	}
	passed, err := b.passed(ctx, group, topic, partitions)
	if err != nil {
		return 0, err
	}
	var waiting int64
	for _, p := range offsets.Topics[topic] {
		if p.Error != nil {
			return 0, fmt.Errorf("read the offsets of topic %s: %w", topic, p.Error)
		}
		// What has expired unread does not wait any more.
		waiting += p.LastOffset - max(p.FirstOffset, passed[p.Partition])
	}
	return waiting, nil
}

func (b *brokers) partitions(ctx context.Context, topic string) ([]int, error) {
	metadata, err := b.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, fmt.Errorf("read topic %s: %w", topic, err)
	}
	var partitions []int
	for _, found := range metadata.Topics {
		if found.Error != nil {
			return nil, fmt.Errorf("read topic %s: %w", topic, found.Error)
		}
		for _, partition := range found.Partitions {
			partitions = append(partitions, partition.ID)
		}
	}
	return partitions, nil
}

// passed reads what a group has committed, by partition. One that there is not has passed nothing.
func (b *brokers) passed(ctx context.Context, group, topic string, partitions []int) (map[int]int64, error) {
	answer, err := b.client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: partitions}})
	if err == nil {
		err = answer.Error
	}
	if errors.Is(err, kafka.GroupIdNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the offsets of consumer group %s: %w", group, err)
	}
	passed := map[int]int64{}
	for _, p := range answer.Topics[topic] {
		passed[p.Partition] = p.CommittedOffset
	}
	return passed, nil
}
