package render

import (
	"maps"
	"strconv"
	"strings"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// lasting is how long an answer may take to end at the entry to realtime-sync. A stream of events
// ends with the access token that opened it, after 15 minutes.
const lasting = 20 * time.Minute

// EntryIngress is the name of the Ingress that leads to todo-api.
const EntryIngress = "todoplatform"

// RouteName is the name of the route that leads from a Gateway to both public apps.
const RouteName = "todoplatform"

// RouteKind is the kind of the route of exposure type Gateway.
func RouteKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: gatewayv1.GroupName, Version: gatewayv1.GroupVersion.Version, Kind: "HTTPRoute"}
}

// Entry says which requests the Ingresses or the route of a platform ask for: those of a host at a class of
// controllers or a Gateway. Two platforms cannot both have them. Empty: neither is there.
func Entry(platform *v1alpha1.TodoPlatform) string {
	spec := &platform.Spec.Exposure
	switch Exposure(spec) {
	case v1alpha1.ExposureIngress:
		return ptr.Deref(spec.ClassName, "") + "/" + spec.Host
	case v1alpha1.ExposureGateway:
		gateway := GatewayOf(platform)
		return "gateway/" + gateway.Namespace + "/" + gateway.Name + "/" + gateway.SectionName + "/" + spec.Host
	}
	return ""
}

// GatewayOf gives the Gateway that the manifest names, with its namespace.
func GatewayOf(platform *v1alpha1.TodoPlatform) v1alpha1.GatewayReference {
	gateway := ptr.Deref(platform.Spec.Exposure.Gateway, v1alpha1.GatewayReference{})
	if gateway.Namespace == "" {
		gateway.Namespace = platform.Namespace
	}
	return gateway
}

// AsksForCertificate tells whether the annotations have somebody make the certificate.
func AsksForCertificate(spec *v1alpha1.ExposureSpec) bool {
	for annotation, value := range spec.Annotations {
		if asksForCertificate(annotation, value) {
			return true
		}
	}
	return false
}

// ExposureObjects renders the public entry; none where there is neither Ingress nor route, because node
// ports belong to the Services themselves.
func ExposureObjects(in *Input) []client.Object {
	switch Exposure(&in.Platform.Spec.Exposure) {
	case v1alpha1.ExposureIngress:
		return in.ingresses()
	case v1alpha1.ExposureGateway:
		return []client.Object{in.route()}
	}
	return nil
}

// ingresses are two, because settings of most controllers hold for all paths of an Ingress.
func (in *Input) ingresses() []client.Object {
	asked, public := in.Platform.Spec.Exposure.Annotations, contract.PublicApps()
	todoAPI, realtime := entrySettings(contract.TodoAPI).ingress, entrySettings(contract.RealtimeSync).ingress
	maps.Copy(todoAPI, asked)
	maps.Copy(realtime, asked)
	maps.DeleteFunc(realtime, asksForCertificate)
	return []client.Object{
		in.ingress(EntryIngress, contract.TodoAPI, public[contract.TodoAPI], todoAPI),
		in.ingress("todoplatform-realtime", contract.RealtimeSync, public[contract.RealtimeSync], realtime),
	}
}

// Contour's words for trying other replicas when one cannot be connected to, and how many.
const (
	connectFailure = "connect-failure"
	connectRetries = "3"
)

// settings are annotations that tell ingress controllers about an app; each reads its own.
type settings struct{ ingress, service map[string]string }

// entrySettings are what the controllers that we know need to be told about an app, because of what they
// do by themselves:
//   - Contour answers a WebSocket with 403, ends every answer after 15 seconds, has the 1,025th
//     connection wait for one of the others to end, and gives up where one replica cannot be connected
//     to, or is told to try another one, but has three requests do so at a time: on a node that is lost
//     without a word, replicas are called for another 45 seconds. To try another one is safe for any
//     request, because nothing was sent.
//   - ingress-nginx refuses a body of more than a megabyte, ends a socket that is silent for a minute, and
//     holds back the events of a stream until a buffer is full.
//   - Traefik needs nothing.
func entrySettings(app string) settings {
	upload := strconv.Itoa(contract.MaxUploadBytes>>20) + "m"
	limits := func(open string) map[string]string {
		return map[string]string{
			"projectcontour.io/max-connections":      open,
			"projectcontour.io/max-requests":         open,
			"projectcontour.io/max-pending-requests": "4096",
			"projectcontour.io/max-retries":          "4096",
		}
	}
	if app == contract.RealtimeSync {
		seconds := strconv.Itoa(int(lasting.Seconds()))
		return settings{
			ingress: map[string]string{
				"projectcontour.io/retry-on":                     connectFailure,
				"projectcontour.io/num-retries":                  connectRetries,
				"projectcontour.io/websocket-routes":             contract.RealtimePath,
				"projectcontour.io/response-timeout":             strconv.Itoa(int(lasting.Minutes())) + "m",
				"nginx.ingress.kubernetes.io/proxy-read-timeout": seconds,
				"nginx.ingress.kubernetes.io/proxy-send-timeout": seconds,
				"nginx.ingress.kubernetes.io/proxy-buffering":    "off",
			},
			service: limits("65536"), // sockets of three full replicas
		}
	}
	return settings{
		ingress: map[string]string{
			"projectcontour.io/retry-on":                  connectFailure,
			"projectcontour.io/num-retries":               connectRetries,
			"nginx.ingress.kubernetes.io/proxy-body-size": upload,
		},
		service: limits("4096"),
	}
}

// route leads from the Gateway to both apps: sockets and streams last as long as they live.
func (in *Input) route() *gatewayv1.HTTPRoute {
	spec, public, gateway := &in.Platform.Spec.Exposure, contract.PublicApps(), GatewayOf(in.Platform)
	meta := in.meta(PartExposure, Platform, RouteName)
	meta.Annotations = maps.Clone(spec.Annotations)
	parent := gatewayv1.ParentReference{
		Group:     ptr.To(gatewayv1.Group(gatewayv1.GroupName)),
		Kind:      ptr.To(gatewayv1.Kind("Gateway")),
		Namespace: ptr.To(gatewayv1.Namespace(gateway.Namespace)),
		Name:      gatewayv1.ObjectName(gateway.Name),
	}
	if gateway.SectionName != "" {
		parent.SectionName = ptr.To(gatewayv1.SectionName(gateway.SectionName))
	}
	lasting := routeRule(contract.RealtimeSync, public[contract.RealtimeSync])
	lasting.Timeouts = &gatewayv1.HTTPRouteTimeouts{Request: ptr.To(gatewayv1.Duration("0s"))} // none
	route := &gatewayv1.HTTPRoute{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "HTTPRoute"},
		ObjectMeta: meta,
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{parent}},
			Rules:           []gatewayv1.HTTPRouteRule{lasting, routeRule(contract.TodoAPI, public[contract.TodoAPI])},
		},
	}
	if spec.Host != "" {
		route.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(spec.Host)}
	}
	return route
}

func routeRule(app, path string) gatewayv1.HTTPRouteRule {
	backend := gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(app), Port: ptr.To(gatewayv1.PortNumber(publicServicePort))}
	return gatewayv1.HTTPRouteRule{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: ptr.To(gatewayv1.PathMatchPathPrefix), Value: ptr.To(path)}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: backend}}},
	}
}

// asksForCertificate tells whether an annotation has cert-manager make a Certificate for an
// Ingress, or says how. Both entries have one Secret: asked for by both, its Certificate would
// belong to whichever cert-manager saw first, and the other would be refused for ever.
func asksForCertificate(annotation, _ string) bool {
	group, _, _ := strings.Cut(annotation, "/")
	return group == "cert-manager.io" || strings.HasSuffix(group, ".cert-manager.io") || annotation == "kubernetes.io/tls-acme"
}

// ingress leads what is asked for below a path to an app.
func (in *Input) ingress(name, app, path string, annotations map[string]string) *networkingv1.Ingress {
	spec := &in.Platform.Spec.Exposure
	meta := in.meta(PartExposure, Platform, name)
	meta.Annotations = maps.Clone(annotations)
	ingress := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: meta,
		Spec: networkingv1.IngressSpec{
			IngressClassName: spec.ClassName,
			Rules: []networkingv1.IngressRule{{
				Host:             spec.Host,
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{ingressPath(app, path)}}},
			}},
		},
	}
	if spec.TLSSecretName != "" {
		ingress.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{spec.Host}, SecretName: spec.TLSSecretName}}
	}
	return ingress
}

func ingressPath(app, path string) networkingv1.HTTPIngressPath {
	return networkingv1.HTTPIngressPath{
		Path:     path,
		PathType: ptr.To(networkingv1.PathTypePrefix),
		Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
			Name: app, Port: networkingv1.ServiceBackendPort{Name: "http"},
		}},
	}
}
