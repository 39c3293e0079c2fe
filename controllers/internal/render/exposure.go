package render

import (
	"maps"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// lasting is how long an answer may take to end at the entry to realtime-sync. A stream of events
// ends with the access token that opened it, after 15 minutes.
const lasting = "20m"

// EntryIngress is the name of the Ingress that leads to todo-api.
const EntryIngress = "todoplatform"

// Entry says which requests the Ingresses of a platform ask for: those of a host at a class of
// controllers. Two platforms cannot both have them. Empty: there is no Ingress.
func Entry(spec *v1alpha1.ExposureSpec) string {
	if Exposure(spec) != v1alpha1.ExposureIngress {
		return ""
	}
	return ptr.Deref(spec.ClassName, "") + "/" + spec.Host
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

// ExposureObjects renders the public entry; none unless it is an Ingress, because node
// ports belong to the Services themselves.
func ExposureObjects(in *Input) []client.Object {
	if Exposure(&in.Platform.Spec.Exposure) != v1alpha1.ExposureIngress {
		return nil
	}
	public := contract.PublicApps()
	// Contour answers a WebSocket with 403 unless told, in the words of the rule that leads to it,
	// and ends every answer after 15 seconds: right for requests, which is why the two entries are
	// apart. Others ignore both; what matters to them is that heartbeats come.
	asked := in.Platform.Spec.Exposure.Annotations
	lasts := map[string]string{
		"projectcontour.io/websocket-routes": contract.RealtimePath,
		"projectcontour.io/response-timeout": lasting,
	}
	maps.Copy(lasts, asked)
	maps.DeleteFunc(lasts, asksForCertificate)
	return []client.Object{
		in.ingress(EntryIngress, contract.TodoAPI, public[contract.TodoAPI], asked),
		in.ingress("todoplatform-realtime", contract.RealtimeSync, public[contract.RealtimeSync], lasts),
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
