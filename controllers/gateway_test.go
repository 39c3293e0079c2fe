package controllers

import (
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func behindGateway(host string) v1alpha1.TodoPlatformSpec {
	return v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{
		Type: v1alpha1.ExposureGateway, Gateway: &v1alpha1.GatewayReference{Name: "public", Namespace: "infra"}, Host: host,
	}}
}

// answerRoute plays the Gateway's controller.
func answerRoute(t *testing.T, namespace string, accepted metav1.ConditionStatus, reason, message string) {
	t.Helper()
	eventually(t, func() error {
		route := &gatewayv1.HTTPRoute{}
		if err := get(t, namespace, render.RouteName, route); err != nil {
			return err
		}
		condition := func(kind gatewayv1.RouteConditionType, is metav1.ConditionStatus, reason, message string) metav1.Condition {
			return metav1.Condition{Type: string(kind), Status: is, Reason: reason, Message: message, ObservedGeneration: route.Generation, LastTransitionTime: metav1.Now()}
		}
		route.Status.Parents = []gatewayv1.RouteParentStatus{{
			ParentRef: route.Spec.ParentRefs[0], ControllerName: "example.com/controller",
			Conditions: []metav1.Condition{
				condition(gatewayv1.RouteConditionAccepted, accepted, reason, message),
				condition(gatewayv1.RouteConditionResolvedRefs, metav1.ConditionTrue, "ResolvedRefs", ""),
			},
		}}
		return suite.client.Status().Update(t.Context(), route)
	})
}

func TestGateway_isReadyOnceItTakesTheRoute(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "gateway", behindGateway("gateway.example.com"))
	runNodes(t, platform.Namespace)
	key := client.ObjectKeyFromObject(platform)
	told := func(reason, want string) {
		t.Helper()
		platform := waitFor(t, key, v1alpha1.ConditionExposureReady, metav1.ConditionFalse, reason)
		if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionExposureReady).Message; !strings.Contains(message, want) {
			t.Errorf("message %q, want %q in it", message, want)
		}
	}
	told(v1alpha1.ReasonRoutePending, "is there a Gateway public in namespace infra")
	answerRoute(t, platform.Namespace, metav1.ConditionFalse, "NotAllowedByListeners", "no listener lets namespace gateway in")
	told(v1alpha1.ReasonRouteRefused, "example.com/controller does not take HTTPRoute todoplatform at Gateway public of namespace infra (Accepted: NotAllowedByListeners): no listener lets namespace gateway in")
	answerRoute(t, platform.Namespace, metav1.ConditionTrue, "Accepted", "")
	if ready := waitReady(t, platform); ready.Status.URL != "https://gateway.example.com" {
		t.Errorf("URL %q", ready.Status.URL)
	}

	// What the controller said of the route before does not hold for what it is now.
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure.Host = "moved.example.com" })
	told(v1alpha1.ReasonRoutePending, "no controller has taken")
	answerRoute(t, platform.Namespace, metav1.ConditionTrue, "Accepted", "")
	waitReady(t, platform)

	// The route is healed, and goes with its type.
	if err := suite.client.Delete(t.Context(), &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Name: render.RouteName, Namespace: platform.Namespace}}); err != nil {
		t.Fatal(err)
	}
	answerRoute(t, platform.Namespace, metav1.ConditionTrue, "Accepted", "")
	waitReady(t, platform)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure = ownHost(platform.Namespace) })
	waitReady(t, platform)
	if err := gone(t, platform.Namespace, render.RouteName, &gatewayv1.HTTPRoute{}); err != nil {
		t.Error(err)
	}
	if err := get(t, platform.Namespace, render.EntryIngress, &networkingv1.Ingress{}); err != nil {
		t.Error(err)
	}
}

func TestHost_atAGatewayIsOnePlatforms(t *testing.T) {
	t.Parallel()
	first := newPlatform(t, "gateway-first", behindGateway("one.example.com"))
	runNodes(t, first.Namespace)
	answerRoute(t, first.Namespace, metav1.ConditionTrue, "Accepted", "")
	waitReady(t, first)
	second := newPlatform(t, "gateway-second", behindGateway("one.example.com"))
	runNodes(t, second.Namespace)
	waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionExposureReady, metav1.ConditionFalse, v1alpha1.ReasonHostTaken)
	if err := gone(t, second.Namespace, render.RouteName, &gatewayv1.HTTPRoute{}); err != nil {
		t.Error(err)
	}
	change(t, second, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure.Host = "two.example.com" })
	answerRoute(t, second.Namespace, metav1.ConditionTrue, "Accepted", "")
	waitReady(t, second)
}

// mapperWithout does not know a kind.
type mapperWithout struct {
	meta.RESTMapper
	unknown schema.GroupVersionKind
}

func (m mapperWithout) RESTMapping(kind schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	if kind == m.unknown.GroupKind() {
		return nil, &meta.NoKindMatchError{GroupKind: kind, SearchedVersions: versions}
	}
	return m.RESTMapper.RESTMapping(kind, versions...)
}

type clientWithout struct {
	client.Client
	unknown schema.GroupVersionKind
}

func (c clientWithout) RESTMapper() meta.RESTMapper {
	return mapperWithout{c.Client.RESTMapper(), c.unknown}
}

// without returns a reconciler in a cluster that does not know a kind.
func without(kind schema.GroupVersionKind) *Reconciler {
	reconciler := New(suite.reconciler.Config)
	reconciler.client, reconciler.live = clientWithout{suite.reconciler.client, kind}, suite.reconciler.live
	reconciler.applier.Client, reconciler.applier.Live = reconciler.client, reconciler.live
	return reconciler
}

func TestGateway_isMissing(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "gateway-missing", v1alpha1.TodoPlatformSpec{Suspend: true, Exposure: behindGateway("missing.example.com").Exposure})
	reconciler := without(render.RouteKind())
	_, _, err := reconciler.newPass(platform).reconcileExposure(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the cluster does not know the kind HTTPRoute of gateway.networking.k8s.io/v1: install the Gateway API") {
		t.Errorf("got %v", err)
	}
	// An Ingress needs no Gateway API, and nothing of it is looked for.
	platform.Spec.Exposure = ownHost(platform.Namespace)
	if _, _, err := reconciler.newPass(platform).reconcileExposure(t.Context()); err != nil {
		t.Error(err)
	}
}
