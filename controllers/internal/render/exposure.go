package render

import (
	"maps"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// ExposureObjects renders the public entry; none unless it is an Ingress, because node
// ports belong to the Services themselves.
func ExposureObjects(in *Input) []client.Object {
	spec := &in.Platform.Spec.Exposure
	if Exposure(spec) != v1alpha1.ExposureIngress {
		return nil
	}
	meta := in.meta(PartExposure, "todoplatform", "todoplatform")
	// Contour answers a WebSocket with 403 unless told, in the words of the rule that
	// leads to it; others ignore this.
	meta.Annotations = map[string]string{"projectcontour.io/websocket-routes": contract.RealtimePath}
	maps.Copy(meta.Annotations, spec.Annotations)

	var paths []networkingv1.HTTPIngressPath
	public := contract.PublicApps()
	for _, app := range contract.Services() {
		if path, ok := public[app]; ok {
			paths = append(paths, ingressPath(app, path))
		}
	}
	ingress := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: meta,
		Spec: networkingv1.IngressSpec{
			IngressClassName: spec.ClassName,
			Rules: []networkingv1.IngressRule{{
				Host:             spec.Host,
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: paths}},
			}},
		},
	}
	if spec.TLSSecretName != "" {
		ingress.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{spec.Host}, SecretName: spec.TLSSecretName}}
	}
	return []client.Object{ingress}
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
