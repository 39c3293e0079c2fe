package render_test

import (
	"testing"

	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestConnections_areCountedAtTheirMost(t *testing.T) {
	tests := map[string]struct {
		change        func(*v1alpha1.TodoPlatformSpec)
		wanted, there int
	}{
		// Three databases with ten, two stores with four, and as many again while they are rolled.
		"by default": {func(*v1alpha1.TodoPlatformSpec) {}, 2 * (3*10 + 2*4), 190},
		"more of each": {func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Connections.PerReplica = ptr.To[int32](20) },
			2 * (3*20 + 2*4), 190},
		"more replicas": {func(spec *v1alpha1.TodoPlatformSpec) { spec.Services.Audit.Replicas = ptr.To[int32](5) },
			2*(2*10+2*4) + 6*10, 190},
		"replicas to come": {func(spec *v1alpha1.TodoPlatformSpec) {
			spec.Services.TodoAPI.Autoscaling = &v1alpha1.AutoscalingSpec{MaxReplicas: 9}
		}, 2*(2*10+4) + 10*(10+4), 190},
		"a larger server": {func(spec *v1alpha1.TodoPlatformSpec) {
			spec.Database.Embedded = &v1alpha1.EmbeddedDatabase{MaxConnections: ptr.To[int32](500)}
		}, 2 * (3*10 + 2*4), 490},
	}
	for name, test := range tests {
		spec := &v1alpha1.TodoPlatformSpec{}
		test.change(spec)
		if wanted, there := render.Connections(spec); wanted != test.wanted || there != test.there {
			t.Errorf("%s: %d of %d, want %d of %d", name, wanted, there, test.wanted, test.there)
		}
	}
}

func TestConnections_areThoseOfTheManifest(t *testing.T) {
	in := input(t, cases["tuned"])
	metadata := metadataOf(componentOf(t, in, contract.DatabaseComponent(contract.Audit)))
	if metadata["maxConns"] != "25" || metadata["connectionMaxIdleTime"] != "5m0s" {
		t.Errorf("audit's database: %v", metadata)
	}
	if store := metadataOf(componentOf(t, in, contract.ConversationStore)); store["maxConns"] != "4" || store["connectionMaxIdleTime"] != "5m0s" {
		t.Errorf("the store of conversations: %v", store)
	}
}
