//go:build gitops

package controllers

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/test/servers"
)

// An Application that has the platform's name, tracked by label, as Argo CD before release 3 does by default, takes the data
// of the platform for its own. By Argo CD's own library it prunes neither that nor what the platform owns.
func TestArgoCD(t *testing.T) {
	startGarbageCollector(t)
	const namespace = "argocd-todo"
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "todo"}}
	manifest := func(annotations map[string]string) string {
		return sample(t, namespace, func(platform *v1alpha1.TodoPlatform) {
			platform.Spec.Exposure, platform.Annotations = ownHost(namespace), annotations
		})
	}
	expect := func(synced map[string]string, status string, objects ...string) {
		t.Helper()
		for _, object := range objects {
			if synced[object] != status {
				t.Errorf("of %s Argo CD says %q, want %s", object, synced[object], status)
			}
		}
	}

	applied := syncArgoCD(t, platform, manifest(nil))
	expect(applied, "Synced", "Namespace/"+namespace, "TodoPlatform/todo")
	runNodes(t, namespace)
	waitReady(t, platform)
	waitQuiet(t, platform)

	retained := client.MatchingLabels{render.LabelRetained: "true"}
	data := inNamespace(t, namespace, retained)
	names := slices.Sorted(maps.Keys(data))
	if !slices.Contains(names, "PersistentVolumeClaim/postgres-data") || !slices.Contains(names, "Secret/"+render.SecretPostgresAdmin) {
		t.Fatalf("the data is %v", names)
	}
	before := inNamespace(t, namespace, nil)
	again := syncArgoCD(t, platform, manifest(nil))
	expect(again, "PruneSkipped", names...)
	if len(again) != len(names)+2 {
		t.Errorf("Argo CD deals with %v, want the manifest and %v alone", again, names)
	}
	if after := inNamespace(t, namespace, nil); !maps.Equal(after, before) {
		t.Errorf("resource versions were\n%v, are\n%v", before, after)
	}

	syncArgoCD(t, platform, manifest(map[string]string{"argocd.argoproj.io/sync-options": "Prune=false"}))
	expect(syncArgoCD(t, platform, ""), "PruneSkipped", append(names, "TodoPlatform/todo", "Namespace/"+namespace)...)

	syncArgoCD(t, platform, manifest(nil))
	pruned := syncArgoCD(t, platform, "")
	expect(pruned, "Pruned", "TodoPlatform/todo")
	expect(pruned, "PruneSkipped", append(names, "Namespace/"+namespace)...)
	eventuallyIn(t, gitopsPatience, func() error {
		if left := inNamespace(t, namespace, ours(platform)); !maps.Equal(left, data) {
			return fmt.Errorf("of the platform are left %v, want %v", left, data)
		}
		return gone(t, namespace, platform.Name, &v1alpha1.TodoPlatform{})
	})
	live := &corev1.Namespace{}
	if err := suite.client.Get(t.Context(), client.ObjectKey{Name: namespace}, live); err != nil || live.DeletionTimestamp != nil {
		t.Errorf("the namespace is deleted: %v, %v", live.DeletionTimestamp, err)
	}
}

// syncArgoCD makes one sync with prune of an Application with the name of the platform, and tells what became of each object.
func syncArgoCD(t *testing.T, platform *v1alpha1.TodoPlatform, manifest string) map[string]string {
	t.Helper()
	program, err := servers.Binary("bin", "argocd-sync")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-application", platform.Name, "-namespace", platform.Namespace)
	command.Env = append(os.Environ(), "KUBECONFIG="+administrator(t))
	command.Stdin = strings.NewReader(manifest)
	var log bytes.Buffer
	command.Stderr = &log
	out, err := command.Output()
	if err != nil {
		t.Fatal(errors.Join(err, errors.New(log.String())))
	}
	results := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^(\S+) (\w+): .*$`).FindAllStringSubmatch(string(out), -1) {
		results[line[1]] = line[2]
	}
	t.Logf("Argo CD:\n%s", out)
	return results
}
