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
