package servers

import (
	"errors"
	"os"
	"testing"

	kafkago "github.com/segmentio/kafka-go"
	"sigs.k8s.io/yaml"
)

// RightsOf reads the rights in a manifest of a KafkaUser, as Strimzi's operator of users does, for a principal.
func RightsOf(t testing.TB, manifest, principal string) (rights []kafkago.ACLEntry) {
	t.Helper()
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	var user struct {
		Spec struct {
			Authorization struct {
				ACLs []struct {
					Resource struct {
						Type              kafkago.ResourceType
						Name, PatternType string
					}
					Operations []kafkago.ACLOperationType
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &user); err != nil {
		t.Fatal(err)
	}
	for _, rule := range user.Spec.Authorization.ACLs {
		if rule.Resource.PatternType != "prefix" {
			t.Fatalf("a rule for %s by %s", rule.Resource.Name, rule.Resource.PatternType)
		}
		for _, operation := range rule.Operations {
			rights = append(rights, kafkago.ACLEntry{
				ResourceType: rule.Resource.Type, ResourceName: rule.Resource.Name, ResourcePatternType: kafkago.PatternTypePrefixed,
				Principal: principal, Host: "*", Operation: operation, PermissionType: kafkago.ACLPermissionTypeAllow,
			})
		}
	}
	return rights
}

// Grant gives rights, of which the broker hears a moment later.
func (k *Kafka) Grant(t testing.TB, rights ...kafkago.ACLEntry) {
	t.Helper()
	answer, err := k.Client.CreateACLs(t.Context(), &kafkago.CreateACLsRequest{ACLs: rights})
	if err == nil {
		err = errors.Join(answer.Errors...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Revoke takes a right away.
func (k *Kafka) Revoke(t testing.TB, right kafkago.ACLEntry) {
	t.Helper()
	answer, err := k.Client.DeleteACLs(t.Context(), &kafkago.DeleteACLsRequest{Filters: []kafkago.DeleteACLsFilter{{
		ResourceTypeFilter: right.ResourceType, ResourceNameFilter: right.ResourceName, ResourcePatternTypeFilter: right.ResourcePatternType,
		PrincipalFilter: right.Principal, HostFilter: right.Host, Operation: right.Operation, PermissionType: right.PermissionType,
	}}})
	if err != nil || len(answer.Results) != 1 || len(answer.Results[0].MatchingACLs) != 1 {
		t.Fatalf("%+v, %v", answer, err)
	}
}
