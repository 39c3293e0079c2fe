package render_test

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestImages_areThoseOfTheManifest(t *testing.T) {
	pods := podsOf(t, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.ImagePullPolicy = corev1.PullAlways
		spec.ToolsImage = "example.com/tools:1"
		spec.Kafka.Embedded = &v1alpha1.EmbeddedSpec{Image: "example.com/kafka:2"}
		spec.Database.Embedded.Image = "example.com/postgres:18.1"
		spec.Services.Audit.Image = "example.com/audit:3"
	})
	want := map[string][]string{
		"kafka":            {"example.com/kafka:2"},
		"postgres":         {"example.com/postgres:18.1"},
		"migrate":          {"example.com/tools:1"},
		render.BackupName:  {"example.com/tools:1", "example.com/postgres:18.1", "example.com/tools:1"},
		render.RestoreName: {"example.com/tools:1", "example.com/postgres:18.1", "example.com/postgres:18.1"},
		contract.Audit:     {"example.com/audit:3"},
		contract.TodoAPI:   {"ghcr.io/todoplatform/todo-api:1.2.3"},
	}
	for name, pod := range pods {
		var images []string
		for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			images = append(images, container.Image)
			if container.ImagePullPolicy != corev1.PullAlways {
				t.Errorf("%s: container %s is pulled %s", name, container.Name, container.ImagePullPolicy)
			}
		}
		if want[name] != nil && !slices.Equal(images, want[name]) {
			t.Errorf("%s: images %v, want %v", name, images, want[name])
		}
	}
}

func TestPostgresMajor_isThatOfTheTag(t *testing.T) {
	for image, want := range map[v1alpha1.ImageReference]string{
		"":                                  "18",
		"docker.io/library/postgres:17":     "17",
		"localhost:5000/postgres:19.1-slim": "19",
		"example.com/postgres:16.2@sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": "16",
	} {
		spec := &v1alpha1.TodoPlatformSpec{}
		spec.Database.Embedded = &v1alpha1.EmbeddedDatabase{EmbeddedSpec: v1alpha1.EmbeddedSpec{Image: image}}
		if got := render.PostgresMajor(spec); got != want {
			t.Errorf("%s: got %s, want %s", image, got, want)
		}
	}
}
