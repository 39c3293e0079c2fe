package controllers

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// cert-manager makes a certificate for an Ingress that asks for it, so the Ingress comes first.
func TestIngress_comesBeforeItsCertificate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		annotations map[string]string
		summary     string
	}{
		"made by somebody": {map[string]string{"cert-manager.io/cluster-issuer": "letsencrypt"}, v1alpha1.ConditionProgressing},
		"left to the user": {nil, v1alpha1.ConditionStalled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, "certificate-"+strings.ReplaceAll(name, " ", "-"), v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{
				Host: strings.ReplaceAll(name, " ", "-") + ".example.org", TLSSecretName: "todo-tls", Annotations: test.annotations,
			}})
			runNodes(t, platform.Namespace)
			key := client.ObjectKeyFromObject(platform)
			waitFor(t, key, v1alpha1.ConditionExposureReady, metav1.ConditionFalse, v1alpha1.ReasonSecretMissing)
			for _, ingress := range []string{render.EntryIngress, "todoplatform-realtime"} {
				if err := get(t, platform.Namespace, ingress, &networkingv1.Ingress{}); err != nil {
					t.Error(err)
				}
			}
			waitFor(t, key, test.summary, metav1.ConditionTrue, v1alpha1.ReasonSecretMissing)
			create(t, &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: "todo-tls", Namespace: platform.Namespace},
				StringData: map[string]string{"tls.crt": "c", "tls.key": "k"},
			})
			waitReady(t, platform)
		})
	}
}

func TestHost_isOnePlatforms(t *testing.T) {
	t.Parallel()
	same := v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Host: "shared.example.com"}}
	first := newPlatform(t, "host-first", same)
	runNodes(t, first.Namespace)
	waitReady(t, first)
	second := newPlatform(t, "host-second", same)
	runNodes(t, second.Namespace)
	taken := func(platform *v1alpha1.TodoPlatform, holder string) {
		t.Helper()
		platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionExposureReady, metav1.ConditionFalse, v1alpha1.ReasonHostTaken)
		message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionExposureReady).Message
		if !strings.Contains(message, "in namespace "+holder+" already answers to host shared.example.com") {
			t.Errorf("message %q", message)
		}
	}
	taken(second, first.Namespace)
	if err := gone(t, second.Namespace, render.EntryIngress, &networkingv1.Ingress{}); err != nil {
		t.Error(err)
	}
	waitReady(t, first)

	// Another class is another controller, and another address.
	change(t, second, func(spec *v1alpha1.TodoPlatformSpec) { class := "internal"; spec.Exposure.ClassName = &class })
	waitReady(t, second)
	change(t, second, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Exposure = v1alpha1.ExposureSpec{Host: "second.example.com"}
	})
	waitReady(t, second)

	// Who has it keeps it, also against an older platform, whose own Ingress stays as it is.
	change(t, first, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure.Host = "first.example.com" })
	waitReady(t, first)
	change(t, second, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure.Host = "shared.example.com" })
	waitReady(t, second)
	change(t, first, func(spec *v1alpha1.TodoPlatformSpec) { spec.Exposure.Host = "shared.example.com" })
	taken(first, second.Namespace)
	waitReady(t, second)
	ingress := &networkingv1.Ingress{}
	if err := get(t, first.Namespace, render.EntryIngress, ingress); err != nil || ingress.Spec.Rules[0].Host != "first.example.com" {
		t.Errorf("the Ingress of the first platform: %v, %v", ingress.Spec.Rules, err)
	}
}

// Versions that did not look made two Ingresses for one host.
func TestHost_thatTwoHaveIsTheOlderOnes(t *testing.T) {
	t.Parallel()
	first := newPlatform(t, "both-first", v1alpha1.TodoPlatformSpec{})
	second := newPlatform(t, "both-second", v1alpha1.TodoPlatformSpec{})
	for _, platform := range []*v1alpha1.TodoPlatform{first, second} {
		runNodes(t, platform.Namespace)
		waitReady(t, platform)
	}
	ingress := &networkingv1.Ingress{}
	if err := get(t, second.Namespace, render.EntryIngress, ingress); err != nil {
		t.Fatal(err)
	}
	ingress.Spec.Rules[0].Host = first.Spec.Exposure.Host
	second.Spec.Exposure.Host = first.Spec.Exposure.Host
	holder, err := staleReconciler(t, second.Namespace, ingress).newPass(second).entryHolder(t.Context())
	if err != nil || holder == nil || holder.Namespace != first.Namespace {
		t.Errorf("%v has the host, %v; want the older platform", holder, err)
	}
}
