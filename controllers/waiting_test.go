package controllers

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/metrics"
)

func TestWhatWaitsOnTheTopics_isCounted(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "waiting", v1alpha1.TodoPlatformSpec{
		Kafka:  v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []string{"waiting:9092"}}},
		Topics: v1alpha1.TopicsSpec{Prefix: "staging."},
	})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	brokers := suite.brokers.at("waiting:9092")
	brokers.leave(contract.ConsumerGroup("staging.", platform.Namespace, contract.Notification), "staging."+contract.TopicTaskEvents, 7)
	brokers.leave(contract.DeadLetterGroup("staging."), "staging."+contract.DeadLetterTopic(contract.TopicReminders, contract.Audit), 2)

	counter := &counter{Reconciler: suite.reconciler}
	_ = counter.countAll(t.Context()) // of other tests' platforms some have no brokers
	for service, want := range map[string]float64{contract.Notification: 7, contract.RecurringTask: 0} {
		if got := figure(t, metrics.EventsWaiting, platform, service, contract.TopicTaskEvents); got == nil || *got != want {
			t.Errorf("%v events wait for %s, want %v", got, service, want)
		}
	}
	if got := figure(t, metrics.DeadLetters, platform, contract.Audit, contract.TopicReminders); got == nil || *got != 2 {
		t.Errorf("%v dead letters, want 2", got)
	}

	brokers.fail(errors.New("connection refused"))
	_ = counter.countAll(t.Context())
	if got := figure(t, metrics.EventsWaiting, platform, contract.Notification, contract.TopicTaskEvents); got != nil {
		t.Errorf("of brokers that are away it still tells that %v events wait", *got)
	}
}

// Kafka tells nobody that a topic was deleted.
func TestDeletedTopic_comesBackBeforeTheNextCheckForDrift(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "deleted-topic", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	brokers := suite.brokers.embedded(platform.Namespace)
	if err := brokers.Delete(t.Context(), []string{contract.TopicTaskUpdates}); err != nil {
		t.Fatal(err)
	}
	counter := &counter{Reconciler: suite.reconciler}
	_ = counter.countAll(t.Context()) // of other tests' platforms some have no brokers
	eventually(t, func() error {
		if _, there := brokers.snapshot()[contract.TopicTaskUpdates]; !there {
			return errors.New("the topic does not come back")
		}
		return nil
	})
}

// figure is what a gauge tells of a topic of a platform; nil: nothing.
func figure(t *testing.T, gauge *prometheus.GaugeVec, platform *v1alpha1.TodoPlatform, service, topic string) *float64 {
	t.Helper()
	want := map[string]string{"namespace": platform.Namespace, "name": platform.Name, "service": service, "topic": topic}
	found := make(chan prometheus.Metric, 10_000)
	gauge.Collect(found)
	close(found)
	for metric := range found {
		var told dto.Metric
		if err := metric.Write(&told); err != nil {
			t.Fatal(err)
		}
		matches := len(told.GetLabel()) == len(want)
		for _, label := range told.GetLabel() {
			matches = matches && want[label.GetName()] == label.GetValue()
		}
		if matches {
			return told.GetGauge().Value
		}
	}
	return nil
}
