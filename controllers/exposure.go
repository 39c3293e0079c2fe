package controllers

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

const (
	// entryIndex finds platforms by the entry that their Ingresses ask for.
	entryIndex = "entry"
	// pollCertificate is how soon a certificate that somebody makes is looked for again, if its Secret
	// is not noticed before.
	pollCertificate = 30 * time.Second
)

// reconcileExposure applies the public entry, unless another platform has it.
func (p *pass) reconcileExposure(ctx context.Context) (string, string, error) {
	holder, err := p.entryHolder(ctx)
	if err != nil {
		return "", "", err
	}
	if holder != nil {
		return "", "", p.leaveEntry(ctx, holder)
	}
	if render.Exposure(&p.platform.Spec.Exposure) == v1alpha1.ExposureGateway {
		return p.reconcileRoute(ctx)
	}
	// The Ingress comes before its certificate: cert-manager makes one for an Ingress that is there.
	if err := p.applier.Sync(ctx, p.platform, render.PartExposure, render.ExposureObjects(p.in)); err != nil {
		return "", "", err
	}
	return "", "", p.certificate(ctx)
}

// certificate tells whether the Secret with the certificate is there.
func (p *pass) certificate(ctx context.Context) error {
	spec := &p.platform.Spec.Exposure
	if spec.TLSSecretName == "" {
		return nil
	}
	_, err := p.userSecret(ctx, "exposure.tlsSecretName", spec.TLSSecretName, keyPair(corev1.TLSCertKey, corev1.TLSPrivateKeyKey)...)
	if status.IsStalled(err) && render.AsksForCertificate(spec) {
		return status.Waiting(v1alpha1.ReasonSecretMissing, pollCertificate,
			"exposure.tlsSecretName: the certificate that exposure.annotations ask for is not there yet: kubectl describe certificate -n %s %s",
			p.platform.Namespace, spec.TLSSecretName)
	}
	return err
}

// entryHolder finds the platform that has the entry which this one asks for: the one whose Ingress is
// there already, or else the older one. Nobody could tell which of two would be reached.
func (p *pass) entryHolder(ctx context.Context) (*v1alpha1.TodoPlatform, error) {
	entry := render.Entry(p.platform)
	if entry == "" {
		return nil, nil
	}
	claimants := &v1alpha1.TodoPlatformList{}
	if err := p.client.List(ctx, claimants, client.MatchingFields{entryIndex: entry}); err != nil {
		return nil, fmt.Errorf("list the platforms of an entry: %w", err)
	}
	mine, err := p.hasEntry(ctx, p.platform)
	if err != nil {
		return nil, err
	}
	for i := range claimants.Items {
		other := &claimants.Items[i]
		if other.Namespace == p.platform.Namespace {
			continue
		}
		if first, err := p.comesFirst(ctx, other, mine); err != nil || first {
			return other, err
		}
	}
	return nil, nil
}

// comesFirst tells whether another platform has the entry rather than this one, which has its Ingress or not.
func (p *pass) comesFirst(ctx context.Context, other *v1alpha1.TodoPlatform, mine bool) (bool, error) {
	theirs, err := p.hasEntry(ctx, other)
	if err != nil || theirs != mine {
		return theirs, err
	}
	return (theirs || takesEntry(other)) && precedes(other, p.platform), nil
}

// takesEntry is false of platforms that make no Ingress for now.
func takesEntry(platform *v1alpha1.TodoPlatform) bool {
	ready := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
	refused := ready != nil && ready.Reason == v1alpha1.ReasonNamespaceTaken
	return platform.DeletionTimestamp.IsZero() && !platform.Spec.Suspend && !refused
}

// hasEntry tells whether the Ingress or the route of a platform is there to stay and answers to the host that
// it asks for.
func (p *pass) hasEntry(ctx context.Context, platform *v1alpha1.TodoPlatform) (bool, error) {
	entry, hosts, err := p.liveEntry(ctx, platform)
	if err != nil || entry == nil {
		return false, err
	}
	return platform.DeletionTimestamp.IsZero() && metav1.IsControlledBy(entry, platform) && slices.Equal(hosts, hostsOf(platform)), nil
}

// hostsOf gives the hosts that a platform asks for; none stands for every host.
func hostsOf(platform *v1alpha1.TodoPlatform) []string {
	if host := platform.Spec.Exposure.Host; host != "" {
		return []string{host}
	}
	return nil
}

// liveEntry reads the Ingress to todo-api, or the route, and the hosts that it answers to; nil when there is none.
func (p *pass) liveEntry(ctx context.Context, platform *v1alpha1.TodoPlatform) (metav1.Object, []string, error) {
	if render.Exposure(&platform.Spec.Exposure) == v1alpha1.ExposureGateway {
		route, err := p.liveRoute(ctx, platform.Namespace)
		if err != nil || route == nil {
			return nil, nil, err
		}
		var hosts []string
		for _, host := range route.Spec.Hostnames {
			hosts = append(hosts, string(host))
		}
		return route, hosts, nil
	}
	ingress := &networkingv1.Ingress{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: platform.Namespace, Name: render.EntryIngress}, ingress)
	if err != nil {
		return nil, nil, client.IgnoreNotFound(err)
	}
	var hosts []string
	for _, rule := range ingress.Spec.Rules {
		if rule.Host != "" {
			hosts = append(hosts, rule.Host)
		}
	}
	return ingress, hosts, nil
}

// leaveEntry says who has the entry. Where both have it, the Ingress of this platform goes; one of
// another host stays as it is.
func (p *pass) leaveEntry(ctx context.Context, holder *v1alpha1.TodoPlatform) error {
	mine, err := p.hasEntry(ctx, p.platform)
	if err != nil {
		return err
	}
	if mine {
		if err := p.applier.Sync(ctx, p.platform, render.PartExposure, nil); err != nil {
			return err
		}
	}
	what := "every host"
	if host := p.platform.Spec.Exposure.Host; host != "" {
		what = "host " + host
	}
	return status.Stalled(v1alpha1.ReasonHostTaken,
		"the TodoPlatform %s in namespace %s already answers to %s: set exposure.host to a name of this platform's own, or exposure.type to NodePort or None",
		holder.Name, holder.Namespace, what)
}
