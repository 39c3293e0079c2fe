package controllers

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/servers"
)

// operatorSystem is the namespace of the operator in these tests, as config/default has it.
const operatorSystem = "todoplatform-system"

// operatorUser is whom the API server takes the operator for.
const operatorUser = "system:serviceaccount:" + operatorSystem + ":todoplatform-controller-manager"

var operatorGroups = []string{"system:serviceaccounts", "system:serviceaccounts:" + operatorSystem, "system:authenticated"}

// asOperator gives a config with the rights of the operator alone.
func asOperator(config *rest.Config) *rest.Config {
	operator := rest.CopyConfig(config)
	operator.Impersonate = rest.ImpersonationConfig{UserName: operatorUser, Groups: operatorGroups}
	return operator
}

// installRights gives the operator the rights of config/default.
func installRights(ctx context.Context, admin client.Client) error {
	kustomize, err := servers.Binary("bin", "kustomize")
	if err != nil {
		return err
	}
	manifests, err := exec.CommandContext(ctx, kustomize, "build", "../config/default").Output()
	if err != nil {
		return fmt.Errorf("build config/default: %w", err)
	}
	return createRights(ctx, admin, manifests)
}

// createRights creates what manifests say about rights, and the namespace of the operator.
func createRights(ctx context.Context, admin client.Client, manifests []byte) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: operatorSystem}}
	if err := client.IgnoreAlreadyExists(admin.Create(ctx, namespace)); err != nil {
		return err
	}
	for _, document := range bytes.Split(manifests, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			return err
		}
		if object.GroupVersionKind().Group != "rbac.authorization.k8s.io" {
			continue
		}
		if err := admin.Create(ctx, object); err != nil {
			return fmt.Errorf("create %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// The whole suite runs with the operator's rights; this is what they do not hold.
func TestOperator_mayDoNothingThatItDoesNotNeed(t *testing.T) {
	t.Parallel()
	const everywhere = ""
	refused := []authorizationv1.ResourceAttributes{
		{Verb: "create", Resource: "pods"},
		{Verb: "patch", Resource: "pods"},
		{Verb: "create", Resource: "pods", Subresource: "exec"},
		{Verb: "create", Resource: "pods", Subresource: "attach"},
		{Verb: "create", Resource: "pods", Subresource: "portforward"},
		{Verb: "create", Resource: "pods", Subresource: "ephemeralcontainers"},
		{Verb: "create", Resource: "serviceaccounts", Subresource: "token"},
		{Verb: "impersonate", Resource: "serviceaccounts"},
		{Verb: "impersonate", Resource: "users"},
		{Verb: "list", Resource: "configmaps"},
		{Verb: "get", Resource: "nodes"},
		{Verb: "get", Resource: "nodes", Subresource: "proxy"},
		{Verb: "list", Resource: "namespaces"},
		{Verb: "create", Resource: "namespaces"},
		{Verb: "delete", Resource: "namespaces"},
		{Verb: "get", Resource: "persistentvolumes"},
		{Verb: "deletecollection", Resource: "secrets"},
		{Verb: "update", Resource: "secrets"},
		{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"},
		{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings"},
		{Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "roles"},
		{Verb: "bind", Group: "rbac.authorization.k8s.io", Resource: "roles"},
		{Verb: "bind", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"},
		{Verb: "create", Group: "platform.todoplatform.dev", Resource: "todoplatforms"},
		{Verb: "delete", Group: "platform.todoplatform.dev", Resource: "todoplatforms"},
		{Verb: "update", Group: "platform.todoplatform.dev", Resource: "todoplatforms"},
		{Verb: "create", Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions"},
		{Verb: "get", Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions"},
		{Verb: "create", Group: "admissionregistration.k8s.io", Resource: "mutatingwebhookconfigurations"},
		{Verb: "create", Group: "apps", Resource: "daemonsets"},
		{Verb: "get", Group: "storage.k8s.io", Resource: "storageclasses"},
		{Verb: "*", Resource: "secrets"},
		{Verb: "get", Group: "*", Resource: "*"},
	}
	for _, namespace := range []string{everywhere, operatorSystem, "kube-system"} {
		for _, attributes := range refused {
			attributes.Namespace = namespace
			if mayOperator(t, attributes) {
				t.Errorf("the operator may %s %s/%s of %q in %q", attributes.Verb, attributes.Resource, attributes.Subresource, attributes.Group, namespace)
			}
		}
	}
	if !mayOperator(t, authorizationv1.ResourceAttributes{Verb: "create", Group: "apps", Resource: "deployments", Namespace: "anywhere"}) {
		t.Error("the operator may do nothing at all: this test asks for somebody else")
	}
}

// Otherwise nothing in this suite shows that the operator has the right to owners that some clusters ask for.
func TestAPIServer_asksForARightToTheOwner(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "owned", v1alpha1.TodoPlatformSpec{Suspend: true})
	create(t,
		&rbacv1.Role{
			ObjectMeta: metav1.ObjectMeta{Name: "secrets", Namespace: platform.Namespace},
			Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create"}}},
		},
		&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "secrets", Namespace: platform.Namespace},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "secrets"},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "ada"}},
		})
	config := rest.CopyConfig(suite.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "ada"}
	ada, err := client.New(config, client.Options{Scheme: suite.client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	owned := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "owned", Namespace: platform.Namespace}}
	if err := controllerutil.SetControllerReference(platform, owned, suite.client.Scheme()); err != nil {
		t.Fatal(err)
	}
	if err := ada.Create(t.Context(), owned); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "blockOwnerDeletion") {
		t.Errorf("an owned Secret of somebody without a right to its owner: %v", err)
	}
	owned.OwnerReferences = nil
	if err := ada.Create(t.Context(), owned); err != nil {
		t.Errorf("a Secret of nobody: %v", err)
	}
}

func mayOperator(t *testing.T, attributes authorizationv1.ResourceAttributes) bool {
	t.Helper()
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: operatorUser, Groups: operatorGroups, ResourceAttributes: &attributes,
	}}
	if err := suite.client.Create(t.Context(), review); err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}
