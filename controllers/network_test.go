package controllers

import (
	"errors"
	"fmt"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestNetworkPolicies_followTheirMode(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "policed", v1alpha1.TodoPlatformSpec{
		NetworkPolicy: v1alpha1.NetworkPolicySpec{Mode: v1alpha1.NetworkPolicyIngressAndEgress},
		Notifications: v1alpha1.NotificationsSpec{Webhooks: v1alpha1.WebhooksSpec{AllowedNetworks: []v1alpha1.Network{"10.20.1.7/16", "fc00::1/7"}}},
	})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	checkPolicies := func(want int, directions int) {
		t.Helper()
		eventually(t, func() error {
			policies := &networkingv1.NetworkPolicyList{}
			if err := suite.client.List(t.Context(), policies, client.InNamespace(platform.Namespace)); err != nil {
				return err
			}
			if len(policies.Items) != want {
				return fmt.Errorf("%d policies, want %d", len(policies.Items), want)
			}
			for _, policy := range policies.Items {
				if len(policy.Spec.PolicyTypes) != directions {
					return fmt.Errorf("%s is about %v, want %d directions", policy.Name, policy.Spec.PolicyTypes, directions)
				}
			}
			return nil
		})
	}
	all := len(contract.Services()) + 3 // of the servers and the migration
	checkPolicies(all, 2)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.NetworkPolicy.Mode = "" })
	checkPolicies(all, 1)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.NetworkPolicy.Mode = v1alpha1.NetworkPolicyDisabled })
	checkPolicies(0, 0)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.NetworkPolicy.Mode = v1alpha1.NetworkPolicyIngress })
	checkPolicies(all, 1)

	// One that somebody takes away or opens comes back.
	policy := &networkingv1.NetworkPolicy{}
	if err := get(t, platform.Namespace, render.PostgresServer, policy); err != nil {
		t.Fatal(err)
	}
	policy.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{}}
	if err := suite.client.Update(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if err := get(t, platform.Namespace, render.PostgresServer, policy); err != nil {
			return err
		}
		if len(policy.Spec.Ingress) != 2 {
			return errors.New("the policy stays open")
		}
		return nil
	})
	if err := suite.client.Delete(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	checkPolicies(all, 1)
}
