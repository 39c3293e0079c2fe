package controllers

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// pollRoute is how soon a route is looked at again that no controller has taken: its status is watched, the
// Gateway is not.
const pollRoute = 30 * time.Second

// reconcileRoute applies the route of exposure type Gateway and waits until the Gateway has taken it.
func (p *pass) reconcileRoute(ctx context.Context) (string, string, error) {
	kind := render.RouteKind()
	known, err := p.knows(kind)
	if err != nil {
		return "", "", err
	}
	if !known {
		return "", "", status.Stalled(v1alpha1.ReasonGatewayMissing, "the cluster does not know the kind %s of %s: install the Gateway API and a controller for it, or set exposure.type to Ingress or NodePort",
			kind.Kind, kind.GroupVersion())
	}
	if err := p.watch(kind); err != nil {
		return "", "", err
	}
	if err := p.applier.Sync(ctx, p.platform, render.PartExposure, render.ExposureObjects(p.in)); err != nil {
		return "", "", err
	}
	route, err := p.liveRoute(ctx, p.platform.Namespace)
	if err != nil {
		return "", "", err
	}
	gateway := render.GatewayOf(p.platform)
	return "", "Gateway " + gateway.Namespace + "/" + gateway.Name + " leads to the platform", routeTaken(gateway, route)
}

// liveRoute reads the route of a namespace's platform; nil when there is none.
func (p *pass) liveRoute(ctx context.Context, namespace string) (*gatewayv1.HTTPRoute, error) {
	if known, err := p.knows(render.RouteKind()); err != nil || !known {
		return nil, err
	}
	route := &gatewayv1.HTTPRoute{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: render.RouteName}, route)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read HTTPRoute %s: %w", render.RouteName, err)
	}
	return route, nil
}

// routeTaken reads from the status of a route whether a Gateway's controllers have taken it as it is.
func routeTaken(gateway v1alpha1.GatewayReference, route *gatewayv1.HTTPRoute) error {
	pending := status.Waiting(v1alpha1.ReasonRoutePending, pollRoute,
		"no controller has taken HTTPRoute %s yet: is there a Gateway %s in namespace %s that is Programmed, and does its allowedRoutes let this namespace in?",
		render.RouteName, gateway.Name, gateway.Namespace)
	if route == nil || len(route.Status.Parents) == 0 {
		return pending
	}
	for _, parent := range route.Status.Parents {
		for _, kind := range []gatewayv1.RouteConditionType{gatewayv1.RouteConditionAccepted, gatewayv1.RouteConditionResolvedRefs} {
			said := meta.FindStatusCondition(parent.Conditions, string(kind))
			switch {
			case said == nil || said.ObservedGeneration != route.Generation:
				return pending
			case said.Status != metav1.ConditionTrue:
				return status.Stalled(v1alpha1.ReasonRouteRefused, "%s does not take HTTPRoute %s at Gateway %s of namespace %s (%s: %s): %s",
					parent.ControllerName, render.RouteName, gateway.Name, gateway.Namespace, kind, said.Reason, said.Message)
			}
		}
	}
	return nil
}
