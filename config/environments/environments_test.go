// Package environments_test checks the environments, and the pages that tell how to deploy them.
package environments_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/test/apiserver"
	"github.com/todoplatform/todoplatform/test/manifest"
	"github.com/todoplatform/todoplatform/test/servers"
)

// admin may do everything on a real API server that knows our kinds, and those of others in the versions that
// hack/tools/schemas pins.
var admin client.Client

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	var definitions []string
	for _, of := range []string{"cert-manager", "cloudnative-pg", "external-secrets"} {
		folder, err := servers.Binary("schemas", of)
		if err != nil {
			return 0, err
		}
		// The folder's own name is a link.
		if folder, err = filepath.EvalSymlinks(folder); err != nil {
			return 0, err
		}
		definitions = append(definitions, folder)
	}
	config, stop, err := apiserver.Start(definitions...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if admin, err = client.New(config, client.Options{}); err != nil {
		return 0, err
	}
	for _, name := range []string{"todoplatform-system", "todo"} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := admin.Create(context.Background(), namespace); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// Each object of each environment is one that its reader knows, with every field of it.
func TestEnvironments_areTakenStrictly(t *testing.T) {
	for _, place := range places(t) {
		t.Run(place, func(t *testing.T) {
			objects := manifest.Render(t, "kustomize", "build", place)
			for name, object := range objects {
				if err := try(t, object); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if objects["TodoPlatform/todo"] == nil || objects["Deployment/todoplatform-controller-manager"] == nil {
				t.Error("the platform or the operator is missing")
			}
		})
	}
}

// What is tried is looked at: each reader refuses a field that there is not.
func TestUnknownFields_areRefused(t *testing.T) {
	for _, kind := range []string{
		"platform.todoplatform.dev/v1alpha1 TodoPlatform", "cert-manager.io/v1 Issuer", "external-secrets.io/v1 SecretStore",
		"postgresql.cnpg.io/v1 Cluster", "gateway.networking.k8s.io/v1 Gateway", "kafka.strimzi.io/v1 Kafka",
		"kafka.strimzi.io/v1 KafkaNodePool", "kafka.strimzi.io/v1 KafkaUser",
	} {
		version, kind, _ := strings.Cut(kind, " ")
		object := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": "wrong", "namespace": "todo"},
			"spec": map[string]any{"dada": map[string]any{}},
		}}
		if err := try(t, object); err == nil || !strings.Contains(err.Error(), "dada") {
			t.Errorf("%s with a field that there is not: %v", kind, err)
		}
	}
}

// places lists the environments: each folder with a Kustomization that is neither a component nor the base of all.
func places(t *testing.T) (found []string) {
	t.Helper()
	files, err := filepath.Glob("*/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if place := filepath.Dir(file); place != "base" {
			found = append(found, place)
		}
	}
	if len(found) == 0 {
		t.Fatal("there is no environment")
	}
	return found
}

// unread are groups whose definitions are in no package registry, so that their objects are rendered and not tried.
var unread = []string{"networking.gke.io"}

// try asks who reads an object whether it would take it: Strimzi's own model, or the API server.
func try(t *testing.T, object *unstructured.Unstructured) error {
	t.Helper()
	switch group := object.GroupVersionKind().Group; {
	case slices.Contains(unread, group):
		return nil
	case group == "kafka.strimzi.io":
		return tryStrimzi(t, object)
	}
	return manifest.Try(t.Context(), admin, object)
}

func tryStrimzi(t *testing.T, object *unstructured.Unstructured) error {
	t.Helper()
	libs, err := servers.Binary("strimzi", "libs")
	if err != nil {
		t.Fatal(err)
	}
	content, err := object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(libs, "*") + string(filepath.ListSeparator) + filepath.Join(filepath.Dir(libs), "classes")
	command := exec.CommandContext(t.Context(), "java", "-XX:TieredStopAtLevel=1", "-cp", path, "Validate")
	command.Stdin = bytes.NewReader(content)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
