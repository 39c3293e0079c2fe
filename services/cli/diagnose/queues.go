package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/api/waiting"
	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
)

// countTime bounds counting: brokers that cannot be reached from here are nothing to wait for.
const countTime = 20 * time.Second

// CountQueues adds to a snapshot what waits on the topics, if Kafka can be reached.
func CountQueues(ctx context.Context, s *cluster.Snapshot, kafka *brokers.Options) {
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	queues, err := countQueues(ctx, &s.Platform, *kafka)
	if err != nil {
		s.Unread = append(s.Unread, cluster.Unread{What: "dead letters and events that wait", Why: err.Error()})
		return
	}
	s.Queues = queues
}

func countQueues(ctx context.Context, platform *v1alpha1.TodoPlatform, kafka brokers.Options) ([]cluster.Queue, error) {
	kafka.Prefix = cmp.Or(platform.Spec.Topics.Prefix, kafka.Prefix)
	c, err := kafka.Connect("todoplatform-diagnose")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	waits := func(group, topic string) (spans []waiting.Span, err error) {
		err = brokers.Patiently(ctx, func() (err error) {
			spans, err = c.Waiting(ctx, group, []string{topic})
			return err
		})
		return spans, err
	}
	var queues []cluster.Queue
	for _, s := range contract.Subscriptions() {
		if !s.DeadLetter { // those of the broadcast have a consumer group for each pod
			continue
		}
		queue := cluster.Queue{App: s.App, Topic: s.Topic}
		unhandled, err := waits(c.ServiceGroup(platform.Namespace, s.App), s.Topic)
		if err != nil {
			return nil, err
		}
		dead, err := waits(c.DeadLetterGroup(), contract.DeadLetterTopic(s.Topic, s.App))
		if err != nil {
			return nil, err
		}
		queue.Waiting, queue.DeadLetters = waiting.Count(unhandled), waiting.Count(dead)
		if queue.Oldest, err = oldest(ctx, c, unhandled); err != nil {
			return nil, err
		}
		queues = append(queues, queue)
	}
	return queues, nil
}

// oldest is when the first record of spans was published.
func oldest(ctx context.Context, c *brokers.Cluster, spans []waiting.Span) (first time.Time, err error) {
	for _, s := range spans {
		var records []brokers.Record
		err := brokers.Patiently(ctx, func() (err error) {
			records, err = c.Fetch(ctx, s.Topic, s.Partition, s.Next)
			return err
		})
		if err != nil {
			return first, fmt.Errorf("read %s, partition %d: %w", s.Topic, s.Partition, err)
		}
		if len(records) > 0 && (first.IsZero() || records[0].Time.Before(first)) {
			first = records[0].Time
		}
	}
	return first, nil
}
