package topics_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl/plain"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

// The rights of the KafkaUser in config/environments are enough for the operator and the services, and none can go.
func TestRights_ofTheKafkaUserAreEnoughAndNeeded(t *testing.T) {
	broker := secured{servers.StartGuardedKafka(t, user, password)}
	rights := servers.RightsOf(t, "../../../config/environments/components/strimzi/user.yaml", "User:"+user)
	broker.Grant(t, rights...)
	prefix := settles(t, broker, "with all rights", func(err error) bool { return err == nil })

	brokers := dial(t, broker.login(v1alpha1.SASLScramSHA512))
	if err := brokers.Delete(t.Context(), []string{prefix + contract.TopicReminders}); !errors.Is(err, kafkago.TopicAuthorizationFailed) {
		t.Errorf("topics are deleted without a right to it: %v", err)
	}
	if _, err := brokers.Claim(t.Context(), "other.", 1, topics.Owner{ID: "todo"}); !errors.Is(err, kafkago.TopicAuthorizationFailed) {
		t.Errorf("topics of others are claimed: %v", err)
	}
	for _, right := range rights {
		name := fmt.Sprintf("without %s of a %s", right.Operation, right.ResourceType)
		broker.Revoke(t, right)
		settles(t, broker, name, func(err error) bool {
			return errors.Is(err, kafkago.TopicAuthorizationFailed) || errors.Is(err, kafkago.GroupAuthorizationFailed)
		})
		broker.Grant(t, right)
	}
}

// settles does what a platform does, each time with topics behind a prefix of its own, until it ends as it should:
// brokers hear of a right a moment later. It gives the prefix that was last.
func settles(t *testing.T, broker secured, name string, as func(error) bool) (prefix string) {
	t.Helper()
	brokers, service := dial(t, broker.login(v1alpha1.SASLScramSHA512)), clientOf(t, broker)
	var err error
	if !servers.Poll(servers.StartTimeout, func() bool {
		prefix = fmt.Sprintf("todo.%d.", rand.Uint64())
		if err = reconcile(t.Context(), brokers, prefix); err == nil {
			err = serve(t.Context(), brokers, service, prefix)
		}
		return as(err)
	}) {
		t.Errorf("%s: %v", name, err)
	}
	return prefix
}

// reconcile does what the operator does with topics, but for deleting them.
func reconcile(ctx context.Context, brokers topics.Brokers, prefix string) error {
	if err := brokers.Probe(ctx); err != nil {
		return err
	}
	if _, err := brokers.Claim(ctx, prefix, 1, topics.Owner{ID: prefix}); err != nil {
		return err
	}
	name := prefix + contract.TopicReminders
	topic := topics.Topic{Name: name, Partitions: 1, ReplicationFactor: 1, Config: map[string]string{"retention.ms": "3600000"}}
	for _, plan := range []topics.Plan{
		{Create: []topics.Topic{topic}},
		{Grow: map[string]int{name: 2}},
		{Configure: map[string]map[string]string{name: {"retention.ms": "7200000"}}},
		{Reset: map[string][]string{name: {"retention.ms"}}},
	} {
		if err := untilShown(func() error { return brokers.Apply(ctx, plan) }); err != nil {
			return err
		}
	}
	_, err := brokers.Describe(ctx, []string{name})
	return err
}

// serve does what services do with a topic, and what the operator and the command line do with their groups.
func serve(ctx context.Context, brokers topics.Brokers, service *kafkago.Client, prefix string) error {
	topic, group := prefix+contract.TopicReminders, contract.ConsumerGroup(prefix, "todo", contract.Audit)
	err := untilShown(func() error {
		answer, err := service.Produce(ctx, &kafkago.ProduceRequest{Topic: topic, RequiredAcks: kafkago.RequireAll,
			Records: kafkago.NewRecordReader(kafkago.Record{Value: kafkago.NewBytes([]byte("a"))})})
		if err == nil {
			err = answer.Error
		}
		return err
	})
	if err != nil {
		return err
	}
	// Nobody consumes in the group at present, so whoever may read can say how far it has come.
	committed, err := service.OffsetCommit(ctx, &kafkago.OffsetCommitRequest{GroupID: group, GenerationID: -1,
		Topics: map[string][]kafkago.OffsetCommit{topic: {{Partition: 0, Offset: 0}}}})
	if err != nil {
		return err
	}
	if err := committed.Topics[topic][0].Error; err != nil {
		return err
	}
	if _, err := brokers.Waiting(ctx, group, topic); err != nil {
		return err
	}
	groups, err := brokers.Groups(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(groups, group) {
		return fmt.Errorf("%s is not shown: %w", group, kafkago.GroupAuthorizationFailed)
	}
	_, err = brokers.DropGroup(ctx, group)
	return err
}

// untilShown tries again while a topic of a moment ago is not known to the broker.
func untilShown(attempt func() error) (err error) {
	servers.Poll(servers.StartTimeout, func() bool {
		err = attempt()
		return !errors.Is(err, kafkago.UnknownTopicOrPartition)
	})
	return err
}

// clientOf connects as a service does.
func clientOf(t *testing.T, broker secured) *kafkago.Client {
	t.Helper()
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(broker.Authority.PEM)
	transport := &kafkago.Transport{
		TLS:  &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
		SASL: plain.Mechanism{Username: user, Password: password},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &kafkago.Client{Addr: kafkago.TCP(broker.Address(servers.WithLogin)), Timeout: 10 * time.Second, Transport: transport}
}
