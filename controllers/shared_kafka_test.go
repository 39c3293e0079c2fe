package controllers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

// sharing makes a platform whose data goes with it, on brokers that others use.
func sharing(t *testing.T, namespace, brokers string) *v1alpha1.TodoPlatform {
	t.Helper()
	platform := newPlatform(t, namespace, v1alpha1.TodoPlatformSpec{
		DeletionPolicy: v1alpha1.DeletionDelete,
		Kafka:          v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{v1alpha1.HostPort(brokers)}}},
	})
	runNodes(t, namespace)
	return platform
}

func identityOf(t *testing.T, platform *v1alpha1.TodoPlatform) string {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretIdentity, secret); err != nil {
		t.Fatal(err)
	}
	return string(secret.Data[render.SecretKeyID])
}

func TestSharedKafka_platformsKeepApart(t *testing.T) {
	t.Parallel()
	const address = "shared:9092"
	brokers := suite.brokers.at(address)
	// A platform takes up topics that were there before anybody noted whose they are.
	brokers.put(topics.Topic{Name: "reminders", Partitions: 6, ReplicationFactor: 3, Config: map[string]string{}})
	first := waitReady(t, sharing(t, "shared-first", address))
	mine := slices.Sorted(maps.Keys(brokers.snapshot()))

	second := sharing(t, "shared-second", address)
	second = waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionTopicsReady, metav1.ConditionFalse, v1alpha1.ReasonTopicsTaken)
	waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonTopicsTaken)
	message := meta.FindStatusCondition(second.Status.Conditions, v1alpha1.ConditionTopicsReady).Message
	for _, part := range []string{
		"belong to platform shared-first/todo with the id " + identityOf(t, first), "as topic platform-owner says",
		"a topics.prefix of its own", "delete that topic",
	} {
		if !strings.Contains(message, part) {
			t.Errorf("message %q, want %q", message, part)
		}
	}
	if err := gone(t, second.Namespace, contract.TodoAPI, &appsv1.Deployment{}); err != nil {
		t.Errorf("services use the topics of another platform: %v", err)
	}

	change(t, second, func(spec *v1alpha1.TodoPlatformSpec) { spec.Topics.Prefix = "staging." })
	second = waitReady(t, second)
	both := slices.Sorted(maps.Keys(brokers.snapshot()))
	for _, name := range mine {
		if !slices.Contains(both, "staging."+name) {
			t.Errorf("topics %v, want %s of the second platform too", both, "staging."+name)
		}
	}
	if len(second.Status.Topics) != len(mine) || len(both) != 2*len(mine) {
		t.Errorf("topics %v, of which the second reports %+v", both, second.Status.Topics)
	}
	env := map[string]string{}
	deployment := &appsv1.Deployment{}
	if err := get(t, second.Namespace, contract.Audit, deployment); err != nil {
		t.Fatal(err)
	}
	for _, variable := range deployment.Spec.Template.Spec.Containers[0].Env {
		env[variable.Name] = variable.Value
	}
	if env[contract.EnvTopicPrefix] != "staging." {
		t.Errorf("audit is told the prefix %q", env[contract.EnvTopicPrefix])
	}

	if err := suite.client.Delete(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, second.Namespace, second.Name, second) })
	if live := slices.Sorted(maps.Keys(brokers.snapshot())); !slices.Equal(live, mine) {
		t.Errorf("topics %v are left, want those of the first: %v", live, mine)
	}
	if owner, err := brokers.Owner(t.Context(), "staging."); err != nil || owner != nil {
		t.Errorf("the deleted platform still owns topics: %+v, %v", owner, err)
	}
}

func TestSharedKafka_deletionSparesTopicsOfOthers(t *testing.T) {
	t.Parallel()
	const address = "spared:9092"
	waitReady(t, sharing(t, "spared-first", address))
	second := sharing(t, "spared-second", address)
	waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionTopicsReady, metav1.ConditionFalse, v1alpha1.ReasonTopicsTaken)
	before := suite.brokers.at(address).snapshot()
	if err := suite.client.Delete(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, second.Namespace, second.Name, &v1alpha1.TodoPlatform{}) })
	if after := suite.brokers.at(address).snapshot(); len(after) != len(before) {
		t.Errorf("topics %v, before %v", after, before)
	}
	if notes := topicsLeft(t, second); len(notes) != 1 || !strings.Contains(notes[0], "they belong to platform spared-first/todo") {
		t.Errorf("events tell %q", notes)
	}
}

func TestSharedKafka_topicsOfAPlatformThatIsGoneAreTakenOver(t *testing.T) {
	t.Parallel()
	const address = "taken-over:9092"
	brokers := suite.brokers.at(address)
	if _, err := brokers.Claim(t.Context(), "", 1, topics.Owner{ID: "of-long-ago", Namespace: "gone", Name: "todo"}); err != nil {
		t.Fatal(err)
	}
	platform := sharing(t, "taken-over", address)
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionTopicsReady, metav1.ConditionFalse, v1alpha1.ReasonTopicsTaken)
	if err := brokers.Delete(t.Context(), []string{topics.OwnerTopic}); err != nil {
		t.Fatal(err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Topics.Partitions = ptr.To[int32](8) }) // Sooner than the next check.
	waitReady(t, platform)
	if owner, err := brokers.Owner(t.Context(), ""); err != nil || owner.ID != identityOf(t, platform) {
		t.Errorf("the topics are %+v's: %v", owner, err)
	}
}

func TestDeletion_leavesTopicsThatAreNobodys(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*v1alpha1.TodoPlatform) error{
		"Secret platform-identity is gone": func(platform *v1alpha1.TodoPlatform) error {
			return suite.client.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: render.SecretIdentity, Namespace: platform.Namespace}})
		},
		"no topic platform-owner says that they are this platform's": func(platform *v1alpha1.TodoPlatform) error {
			return suite.brokers.at(string(platform.Spec.Kafka.External.Brokers[0])).Delete(t.Context(), []string{topics.OwnerTopic})
		},
	} {
		namespace := fmt.Sprintf("nobodys-%d", len(name))
		platform := waitReady(t, sharing(t, namespace, namespace+":9092"))
		change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = true }) // makes neither of them anew
		waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
		if err := errors.Join(lose(platform), suite.client.Delete(t.Context(), platform)); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
		if live := suite.brokers.at(namespace + ":9092").snapshot(); len(live) != 7 {
			t.Errorf("%s: topics %v", name, live)
		}
		if notes := topicsLeft(t, platform); len(notes) != 1 || !strings.Contains(notes[0], name) {
			t.Errorf("%s: events tell %q", name, notes)
		}
	}
}
