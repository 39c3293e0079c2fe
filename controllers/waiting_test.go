package controllers

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/metrics"
)

func TestWhatWaitsOnTheTopics_isCounted(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "waiting", v1alpha1.TodoPlatformSpec{
		Kafka:  v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{"waiting:9092"}}},
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

func TestConsumerGroups_ofFormerReplicasAreDropped(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "groups", v1alpha1.TodoPlatformSpec{Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{"groups:9092"}}}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	deployment := &appsv1.Deployment{}
	if err := get(t, platform.Namespace, contract.RealtimeSync, deployment); err != nil {
		t.Fatal(err)
	}
	template := deployment.Spec.Template
	template.Name, template.Namespace = "realtime-sync-6b8f9c7d5-alive", platform.Namespace
	create(t, &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec})
	brokers := suite.brokers.at("groups:9092")
	left := map[string]bool{
		"groups-realtime-sync-realtime-sync-6b8f9c7d5-alive": false, // between two sessions
		"groups-realtime-sync-realtime-sync-6b8f9c7d5-bussy": true,  // of a node that was lost, perhaps
		"groups-audit": false,
		"other-realtime-sync-realtime-sync-6b8f9c7d5-x2x4z":      false,
		"p.services.realtime-sync-realtime-sync-6b8f9c7d5-x2x4z": false,
	}
	for group, busy := range left {
		brokers.consume(group, busy)
	}
	brokers.consume("groups-realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", false)
	counter := &counter{Reconciler: suite.reconciler}
	_ = counter.countAll(t.Context()) // of other tests' platforms some have no brokers
	if names, err := brokers.Groups(t.Context()); err != nil || !slices.Equal(names, slices.Sorted(maps.Keys(left))) {
		t.Errorf("left are %v, %v", names, err)
	}
	brokers.consume("groups-realtime-sync-realtime-sync-6b8f9c7d5-again", false)
	_ = counter.countAll(t.Context())
	if names, _ := brokers.Groups(t.Context()); len(names) != len(left)+1 {
		t.Errorf("it looks for groups in every round: left are %v", names)
	}
}
