// Package manifest renders and tries manifests for tests: those of the chart, of config and of the documentation.
package manifest

import (
	"bytes"
	"context"
	"os/exec"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/test/servers"
)

// Tool finds a tool of the cache.
func Tool(t *testing.T, name string) string {
	t.Helper()
	binary, err := servers.Binary("bin", name)
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// Output runs a tool of the cache and gives what it writes.
func Output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var problems bytes.Buffer
	command := exec.Command(Tool(t, name), args...)
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, problems.String())
	}
	return out
}

// Render runs a tool of the cache and reads the objects that it writes, by kind and name.
func Render(t *testing.T, name string, args ...string) map[string]*unstructured.Unstructured {
	t.Helper()
	objects := map[string]*unstructured.Unstructured{}
	for _, object := range Parse(t, Output(t, name, args...)) {
		objects[object.GetKind()+"/"+object.GetName()] = object
	}
	return objects
}

// Parse reads the objects in a stream of YAML documents. A field that is there twice is refused.
func Parse(t *testing.T, stream []byte) (objects []*unstructured.Unstructured) {
	t.Helper()
	for _, document := range bytes.Split(stream, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict(document, &object.Object); err != nil {
			t.Fatalf("%v in:\n%s", err, document)
		}
		if len(object.Object) == 0 {
			continue
		}
		// Round trip, so that numbers have one type on all sides.
		content, err := object.MarshalJSON()
		if err == nil {
			err = object.UnmarshalJSON(content)
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, document)
		}
		objects = append(objects, object)
	}
	return objects
}

// Try asks an API server whether it would take an object, with every field of it. One that is there already is taken:
// whether there is one is asked last.
func Try(ctx context.Context, admin client.Client, object *unstructured.Unstructured) error {
	err := admin.Create(ctx, object.DeepCopy(), client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
	return client.IgnoreAlreadyExists(err)
}
