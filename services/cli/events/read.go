package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

// waiting bounds the lines that are read and not yet printed: readers wait beyond it.
const waiting = 1000

// line is one record of a topic.
type line struct {
	topic  string
	record brokers.Record
	event  events.Event
	err    error // why it is no event
}

// span is the part of a partition from next up to end, which is not in it.
type span struct {
	topic     string
	partition int
	next, end int64
}

// spansSince finds where the records of a moment and later lie, and where the topics end now.
func spansSince(ctx context.Context, cluster *brokers.Cluster, topics []string, since time.Time) (spans []span, err error) {
	err = brokers.Patiently(ctx, func() error {
		spans, err = askSpans(ctx, cluster, topics, since)
		return err
	})
	return spans, err
}

func askSpans(ctx context.Context, cluster *brokers.Cluster, topics []string, since time.Time) ([]span, error) {
	partitions, err := cluster.Partitions(ctx, topics)
	if err != nil {
		return nil, err
	}
	begins, ends := map[string][]kafka.OffsetRequest{}, map[string][]kafka.OffsetRequest{}
	for name, indexes := range partitions {
		for _, index := range indexes {
			begins[name] = append(begins[name], kafka.TimeOffsetOf(index, since))
			ends[name] = append(ends[name], kafka.LastOffsetOf(index))
		}
	}
	begun, err := cluster.Client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: begins})
	if err != nil {
		return nil, fmt.Errorf("ask where the time lies: %w", err)
	}
	ended, err := cluster.Client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: ends})
	if err != nil {
		return nil, fmt.Errorf("ask where the topics end: %w", err)
	}
	var spans []span
	for _, topic := range topics {
		found, err := spansOf(topic, begun.Topics[cluster.Name(topic)], ended.Topics[cluster.Name(topic)])
		if err != nil {
			return nil, err
		}
		spans = append(spans, found...)
	}
	return spans, nil
}

// spansOf joins the answers about one topic. Where nothing is as late as was asked, a partition begins
// at its end.
func spansOf(topic string, begun, ended []kafka.PartitionOffsets) ([]span, error) {
	begins := map[int]int64{}
	for _, p := range begun {
		if p.Error != nil {
			return nil, fmt.Errorf("ask where the time lies in %s: %w", topic, p.Error)
		}
		for offset := range p.Offsets {
			begins[p.Partition] = offset
		}
	}
	var spans []span
	for _, p := range ended {
		if p.Error != nil {
			return nil, fmt.Errorf("ask where %s ends: %w", topic, p.Error)
		}
		next, known := begins[p.Partition]
		if !known || next < 0 {
			next = p.LastOffset
		}
		spans = append(spans, span{topic: topic, partition: p.Partition, next: next, end: p.LastOffset})
	}
	return spans, nil
}

// read hands over what lies in spans, the oldest first, and with follow what comes after them.
func read(ctx context.Context, cluster *brokers.Cluster, spans []span, follow bool, take func(line) error) error {
	ahead := make([][]line, len(spans)) // what is read of each and not yet handed over
	for {
		first := -1
		for i := range spans {
			if err := fill(ctx, cluster, &spans[i], &ahead[i]); err != nil {
				return err
			}
			if len(ahead[i]) > 0 && (first < 0 || ahead[i][0].record.Time.Before(ahead[first][0].record.Time)) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		if err := take(ahead[first][0]); err != nil {
			return err
		}
		ahead[first] = ahead[first][1:]
	}
	if !follow {
		return nil
	}
	return readOn(ctx, cluster, spans, take)
}

// fill reads on in s up to its end, where nothing is read ahead. A broker that is busy answers with
// nothing, and is asked again.
func fill(ctx context.Context, cluster *brokers.Cluster, s *span, ahead *[]line) error {
	for len(*ahead) == 0 && s.next < s.end {
		batch, err := fetch(ctx, cluster, s)
		if err != nil {
			return err
		}
		for _, l := range batch {
			if l.record.Offset < s.end {
				*ahead = append(*ahead, l)
			}
		}
		s.next = min(s.next, s.end)
	}
	return nil
}

// readOn hands over what comes after spans, until ctx ends, which is no error.
func readOn(ctx context.Context, cluster *brokers.Cluster, spans []span, take func(line) error) error {
	lines := make(chan line, waiting)
	readers, reading := errgroup.WithContext(ctx)
	for i := range spans {
		readers.Go(func() error {
			return pass(reading, cluster, &spans[i], lines)
		})
	}
	readers.Go(func() error {
		for {
			select {
			case l := <-lines:
				if err := take(l); err != nil {
					return err
				}
			case <-reading.Done():
				return reading.Err()
			}
		}
	})
	err := readers.Wait()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// pass passes on what comes after s, until ctx ends.
func pass(ctx context.Context, cluster *brokers.Cluster, s *span, lines chan<- line) error {
	for {
		batch, err := fetch(ctx, cluster, s)
		if err != nil {
			return err
		}
		for _, l := range batch {
			select {
			case lines <- l:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// fetch reads the next records of s and moves it on.
func fetch(ctx context.Context, cluster *brokers.Cluster, s *span) (batch []line, err error) {
	var records []brokers.Record
	err = brokers.Patiently(ctx, func() (err error) {
		records, err = cluster.Fetch(ctx, s.topic, s.partition, s.next)
		return err
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("read %s, partition %d, from offset %d: %w", s.topic, s.partition, s.next, err)
	}
	for _, record := range records {
		l := line{topic: s.topic, record: record}
		l.event, l.err = events.Decode(record.Value)
		batch = append(batch, l)
		s.next = record.Offset + 1
	}
	return batch, nil
}
