package render

import (
	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// NamespaceClaimName names the Lease that says which platform has a namespace.
const NamespaceClaimName = "todoplatform"

// NamespaceClaim renders the Lease by which a platform has its namespace for as long as it exists.
func NamespaceClaim(platform *v1alpha1.TodoPlatform) *coordinationv1.Lease {
	in := &Input{Platform: platform}
	return &coordinationv1.Lease{
		TypeMeta:   metav1.TypeMeta{APIVersion: "coordination.k8s.io/v1", Kind: "Lease"},
		ObjectMeta: in.meta(PartNamespace, Platform, NamespaceClaimName),
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: &platform.Name},
	}
}
