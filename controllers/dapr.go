package controllers

import (
	"context"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

const (
	// daprInjector is the Deployment that adds sidecars to pods.
	daprInjector = "dapr-sidecar-injector"
	// pollDapr is how soon an injector that starts is looked at again.
	pollDapr = 3 * time.Second
)

// recommendedDapr is the first release in which a path cannot slip past access control and
// no job name past the scheduler's checks.
var recommendedDapr = version.MustParseGeneric("1.16.15")

// reconcileDapr makes sure that Dapr can take our objects and add sidecars to our pods.
func (p *pass) reconcileDapr(ctx context.Context) (string, string, error) {
	for _, kind := range render.DaprKinds() {
		known, err := p.knows(kind)
		if err != nil {
			return "", "", err
		}
		if !known {
			return "", "", status.Stalled(v1alpha1.ReasonDaprMissing, "the cluster does not know the kind %s of %s: install Dapr 1.16 or later", kind.Kind, kind.GroupVersion())
		}
	}
	if err := p.watch(render.DaprKinds()...); err != nil {
		return "", "", err
	}
	injector := &appsv1.Deployment{}
	err := p.live.Get(ctx, client.ObjectKey{Namespace: p.DaprNamespace, Name: daprInjector}, injector)
	if apierrors.IsNotFound(err) {
		return "", "", status.Stalled(v1alpha1.ReasonDaprMissing,
			"there is no Deployment %s in namespace %s: install Dapr there, or start the operator with --dapr-namespace", daprInjector, p.DaprNamespace)
	}
	if apierrors.IsForbidden(err) { // an operator for single namespaces may have no rights there
		return v1alpha1.ReasonDaprUnseen, fmt.Sprintf("the operator may not read Deployment %s in namespace %s: whether Dapr runs, and which release, is not known",
			daprInjector, p.DaprNamespace), nil
	}
	if err != nil {
		return "", "", fmt.Errorf("read Deployment %s: %w", daprInjector, err)
	}
	if injector.Status.AvailableReplicas == 0 {
		return "", "", status.Waiting(v1alpha1.ReasonDaprStarting, pollDapr, "Dapr's sidecar injector has no available replica: pods would start without sidecar")
	}
	running := daprVersion(injector)
	if running != nil && running.LessThan(recommendedDapr) {
		return v1alpha1.ReasonDaprOutdated, fmt.Sprintf("Dapr %s runs; update to %s or later, which closes a way around access control and loses no jobs when a scheduler restarts", running, recommendedDapr), nil
	}
	return "", "", nil
}

// daprVersion reads Dapr's release from the injector's image; nil when it tells none.
func daprVersion(injector *appsv1.Deployment) *version.Version {
	for _, container := range injector.Spec.Template.Spec.Containers {
		image := container.Image
		if at := strings.Index(image, "@"); at >= 0 {
			image = image[:at]
		}
		running, err := version.ParseGeneric(image[strings.LastIndex(image, ":")+1:])
		if err == nil {
			return running
		}
	}
	return nil
}
