package topics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
)

const (
	// OwnerTopic names, behind the prefix, the topic whose first record says which platform the topics with
	// that prefix belong to. Kafka knows who may use a topic, and not for whom it is there.
	OwnerTopic = "platform-owner"
	// settleTimeout is how long a topic of a moment ago gets to take its first record.
	settleTimeout = 5 * time.Second
	// settlePause is the pause before it is tried again.
	settlePause = 200 * time.Millisecond
	// maxOwner bounds what is read of a record.
	maxOwner = 16 << 10
)

// Owner is the platform that topics belong to.
type Owner struct {
	// ID is the platform's own; empty if the record is not one of a platform.
	ID string `json:"id"`
	// Namespace and Name tell people which platform that is, or was.
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// ownerTopic is the topic with the record of the owner. Nothing in it ever expires.
func ownerTopic(prefix string, replication int) Topic {
	return Topic{Name: prefix + OwnerTopic, Partitions: 1, ReplicationFactor: replication,
		Config: map[string]string{configRetention: "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}}
}

func (b *brokers) Claim(ctx context.Context, prefix string, replication int, claimant Owner) (Owner, error) {
	owner, err := b.Owner(ctx, prefix)
	if err != nil {
		return Owner{}, err
	}
	if owner != nil {
		return *owner, nil
	}
	topic := ownerTopic(prefix, replication)
	if err := b.create(ctx, []Topic{topic}); err != nil {
		return Owner{}, err
	}
	record, err := json.Marshal(claimant)
	if err != nil {
		return Owner{}, fmt.Errorf("encode the owner: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		if err = b.write(ctx, topic.Name, record); err == nil {
			// Another platform may have been quicker: what counts is which record is the first.
			if owner, err = b.Owner(ctx, prefix); err == nil && owner != nil {
				return *owner, nil
			}
		}
		if err != nil && Permanent(err) {
			return Owner{}, err
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = fmt.Errorf("topic %s does not show its owner yet", topic.Name)
			}
			return Owner{}, err
		case <-time.After(settlePause):
		}
	}
}

func (b *brokers) write(ctx context.Context, topic string, record []byte) error {
	response, err := b.client.Produce(ctx, &kafka.ProduceRequest{
		Topic: topic, RequiredAcks: kafka.RequireAll,
		Records: kafka.NewRecordReader(kafka.Record{Value: kafka.NewBytes(record)}),
	})
	if err == nil {
		err = response.Error
	}
	if err != nil {
		return fmt.Errorf("write to topic %s: %w", topic, cause(err))
	}
	return nil
}

func (b *brokers) Owner(ctx context.Context, prefix string) (*Owner, error) {
	topic := prefix + OwnerTopic
	metadata, err := b.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, fmt.Errorf("read topic %s: %w", topic, cause(err))
	}
	for _, found := range metadata.Topics {
		if errors.Is(found.Error, kafka.UnknownTopicOrPartition) {
			return nil, nil
		}
		if found.Error != nil {
			return nil, fmt.Errorf("read topic %s: %w", topic, found.Error)
		}
	}
	record, err := b.first(ctx, topic)
	if err != nil || record == nil {
		return nil, err
	}
	owner := &Owner{}
	if json.Unmarshal(record, owner) != nil {
		*owner = Owner{} // somebody's, and no platform's
	}
	return owner, nil
}

// first reads the first record of a topic with one partition; nil when there is none.
func (b *brokers) first(ctx context.Context, topic string) ([]byte, error) {
	bounds, err := b.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}}})
	if err != nil {
		return nil, fmt.Errorf("read the offsets of topic %s: %w", topic, cause(err))
	}
	partitions := bounds.Topics[topic]
	if len(partitions) != 1 {
		return nil, fmt.Errorf("the brokers tell no offsets of topic %s", topic)
	}
	switch partition := partitions[0]; {
	case partition.Error != nil:
		return nil, fmt.Errorf("read the offsets of topic %s: %w", topic, partition.Error)
	case partition.FirstOffset >= partition.LastOffset:
		return nil, nil
	default:
		return b.fetch(ctx, topic, partition.FirstOffset)
	}
}

func (b *brokers) fetch(ctx context.Context, topic string, offset int64) ([]byte, error) {
	response, err := b.client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, Offset: offset, MinBytes: 1, MaxBytes: maxOwner, MaxWait: time.Second})
	if err == nil {
		err = response.Error
	}
	if err != nil {
		return nil, fmt.Errorf("read topic %s: %w", topic, cause(err))
	}
	record, err := response.Records.ReadRecord()
	if errors.Is(err, io.EOF) {
		// A busy broker answers with nothing, although something is there.
		return nil, fmt.Errorf("read topic %s: %w", topic, kafka.RequestTimedOut)
	}
	if err != nil {
		return nil, fmt.Errorf("read topic %s: %w", topic, cause(err))
	}
	if record.Value == nil {
		return []byte{}, nil
	}
	value, err := kafka.ReadAll(record.Value)
	if err != nil {
		return nil, fmt.Errorf("read topic %s: %w", topic, err)
	}
	return value, nil
}
