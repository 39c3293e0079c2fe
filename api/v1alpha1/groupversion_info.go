// Package v1alpha1 is the API of the TodoPlatform operator: one kind, TodoPlatform,
// whose manifest describes a complete todo product in one namespace.
//
// +kubebuilder:object:generate=true
// +groupName=platform.todoplatform.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion identifies the API.
var GroupVersion = schema.GroupVersion{Group: "platform.todoplatform.dev", Version: "v1alpha1"}

// AddToScheme registers the kinds of this package with a scheme.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &TodoPlatform{}, &TodoPlatformList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
