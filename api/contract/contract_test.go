package contract_test

import (
	"slices"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

// What a group has read is forgotten with its name.
func TestConsumerGroup_keepsTheNamesOfPlatformsWithoutPrefix(t *testing.T) {
	for want, got := range map[string]string{
		"todo-audit":             contract.ConsumerGroup("", "todo", contract.Audit),
		"dead-letters":           contract.DeadLetterGroup(""),
		"staging-services.audit": contract.ConsumerGroup("staging-", "todo", contract.Audit),
		"staging-dead-letters":   contract.DeadLetterGroup("staging-"),
	} {
		if got != want {
			t.Errorf("group %q, want %q", got, want)
		}
	}
}

func TestContract_isConsistent(t *testing.T) {
	services, topics := contract.Services(), contract.Topics()
	published := map[string]bool{}
	for app, names := range contract.Publications() {
		if !slices.Contains(services, app) {
			t.Errorf("%q publishes but is no service", app)
		}
		for _, topic := range names {
			published[topic] = true
		}
	}
	for _, topic := range topics {
		if !published[topic] {
			t.Errorf("nobody publishes to %s", topic)
		}
	}
	for _, subscription := range contract.Subscriptions() {
		if !slices.Contains(services, subscription.App) || !slices.Contains(topics, subscription.Topic) {
			t.Errorf("subscription %+v names an unknown app or topic", subscription)
		}
	}
	for _, invocation := range contract.Invocations() {
		if !slices.Contains(services, invocation.Caller) || !slices.Contains(services, invocation.Callee) || invocation.Caller == invocation.Callee {
			t.Errorf("invocation %+v names an unknown app", invocation)
		}
	}
	for _, app := range contract.DatabaseApps() {
		if contract.Schema(app) == "" {
			t.Errorf("%s has a database component and no schema", app)
		}
	}
}

func TestReplicaOfGroup(t *testing.T) {
	const app = contract.RealtimeSync
	tests := map[string]struct{ prefix, namespace, group, pod string }{
		"a replica":                     {"", "todo", "todo-realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", "realtime-sync-6b8f9c7d5-x2x4z"},
		"with a prefix":                 {"staging.", "todo", "staging.services.realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", "realtime-sync-6b8f9c7d5-x2x4z"},
		"of another namespace":          {"", "todo", "todo2-realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", ""},
		"of one that begins like it":    {"", "a", "a-realtime-sync-realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", ""},
		"of a platform with a prefix":   {"", "todo", "staging.services.realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", ""},
		"of one with another prefix":    {"a.", "todo", "a.b.services.realtime-sync-realtime-sync-6b8f9c7d5-x2x4z", ""},
		"that all replicas share":       {"", "todo", "todo-realtime-sync", ""},
		"of another service":            {"", "todo", "todo-notification", ""},
		"somebody else's":               {"", "todo", "todo-realtime-sync-mirror", ""},
		"somebody else's, of two words": {"", "todo", "todo-realtime-sync-mirror-of-todo1", ""},
	}
	for name, test := range tests {
		if pod, is := contract.ReplicaOfGroup(test.prefix, test.namespace, app, test.group); pod != test.pod || is != (test.pod != "") {
			t.Errorf("%s: %q, %t, want %q", name, pod, is, test.pod)
		}
	}
	if pod, is := contract.ReplicaOfGroup("p.", "todo", app, contract.ConsumerGroup("p.", "todo", app+"-"+app+"-6b8f9c7d5-x2x4z")); !is || pod != app+"-6b8f9c7d5-x2x4z" {
		t.Errorf("a group as the component names it: %q, %t", pod, is)
	}
}
