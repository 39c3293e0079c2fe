package platform

import (
	"slices"
	"strings"
	"testing"
)

const sample = `apiVersion: v1
kind: Namespace
metadata:
  name: todo
---
apiVersion: platform.todoplatform.dev/v1alpha1
kind: TodoPlatform
metadata:
  name: todo
spec:
  topics:
    partitions: 3
  exposure:
    type: Ingress
    url: http://localhost:8080
`

func TestMergeChangesOnlyThePlatform(t *testing.T) {
	merged, err := merge([]byte(sample), []byte("spec: {notifications: {smtp: {host: mailbox}}}"), "http://localhost:9000")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kind: Namespace", "host: mailbox", "url: http://localhost:9000", "partitions: 3", "type: Ingress"} {
		if !strings.Contains(string(merged), want) {
			t.Errorf("the merged manifest lacks %q:\n%s", want, merged)
		}
	}
}

func TestMergeWantsAPlatform(t *testing.T) {
	if _, err := merge([]byte("kind: Namespace"), []byte("{}"), ""); err == nil {
		t.Fatal("a manifest without a platform was taken")
	}
}

func TestDeploymentsOfChangedImages(t *testing.T) {
	list := `{"items": [
		{"metadata": {"namespace": "todo", "name": "todo-api"}, "spec": {"template": {"spec": {"containers": [{"image": "daprd"}, {"image": "r/todo-api:dev"}]}}}},
		{"metadata": {"namespace": "todo", "name": "audit"}, "spec": {"template": {"spec": {"containers": [{"image": "r/audit:dev"}]}}}}
	]}`
	got, err := deploymentsOf([]byte(list), []string{"r/todo-api:dev"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []deployment{{"todo", "todo-api"}}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}
