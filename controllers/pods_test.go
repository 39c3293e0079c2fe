package controllers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestPodTemplates_thatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	checkRefused(t, "refused-pods", map[string]refusal{
		"a label of the operator":           {`{podTemplate: {labels: {app.kubernetes.io/name: a}}}`, "podTemplate.labels: names that begin with app.kubernetes.io/"},
		"a label of Dapr":                   {`{services: {audit: {podTemplate: {labels: {dapr.io/app-id: a}}}}}`, "podTemplate.labels: names that begin with"},
		"a label of Kubernetes":             {`{podTemplate: {labels: {pod-template-hash: a}}}`, "and those that Kubernetes sets, are taken"},
		"a label of two words":              {`{podTemplate: {labels: {team: "a b"}}}`, "spec.podTemplate.labels[team]: Invalid value: \"a b\": must be the value of a label"},
		"a node of two words":               {`{podTemplate: {nodeSelector: {pool: "a b"}}}`, "must be the value of a label"},
		"an annotation of Dapr":             {`{services: {todoAPI: {podTemplate: {annotations: {dapr.io/config: a}}}}}`, "podTemplate.annotations: names that begin with"},
		"an annotation of the operator":     {`{podTemplate: {annotations: {platform.todoplatform.dev/config-hash: a}}}`, "podTemplate.annotations: names that begin with"},
		"one constraint twice":              {`{podTemplate: {topologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}, {topologyKey: a, maxSkew: 2, whenUnsatisfiable: DoNotSchedule}]}}`, "Duplicate value"},
		"a variable of the operator":        {`{services: {audit: {podTemplate: {env: [{name: LOG_LEVEL, value: debug}]}}}}`, "podTemplate.env: LOG_LEVEL is set by the operator or by Dapr; leave it out"},
		"a variable of Dapr":                {`{services: {audit: {podTemplate: {env: [{name: DAPR_GRPC_PORT, value: "1"}]}}}}`, "podTemplate.env: DAPR_GRPC_PORT is set by the operator or by Dapr"},
		"a variable of two words":           {`{services: {audit: {podTemplate: {env: [{name: A B}]}}}}`, "podTemplate.env.name: only letters, digits and underscores"},
		"a variable of two values":          {`{services: {audit: {podTemplate: {env: [{name: A, value: b, valueFrom: {secretKeyRef: {name: a, key: b}}}]}}}}`, "podTemplate.env: set value or valueFrom, not both"},
		"a variable from nowhere":           {`{services: {audit: {podTemplate: {env: [{name: A, valueFrom: {}}]}}}}`, "podTemplate.env.valueFrom: set secretKeyRef or configMapKeyRef"},
		"a variable from two places":        {`{services: {audit: {podTemplate: {env: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}, configMapKeyRef: {name: a, key: b}}}]}}}}`, "podTemplate.env.valueFrom: set secretKeyRef or configMapKeyRef"},
		"a toleration of a kind of its own": {`{podTemplate: {tolerations: [{key: a, value: [b]}]}}`, "spec.podTemplate.tolerations[0].value"},
	})
}

// Whatever the operator says to a service nobody else can say.
func TestPodTemplates_cannotSetWhatTheOperatorSets(t *testing.T) {
	t.Parallel()
	goldens, err := filepath.Glob("internal/render/testdata/*.golden.yaml")
	if err != nil || len(goldens) == 0 {
		t.Fatal(goldens, err)
	}
	names := map[string]bool{}
	for _, golden := range goldens {
		content, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range strings.Split(string(content), "---\n") {
			deployment := &appsv1.Deployment{}
			if err := yaml.Unmarshal([]byte(document), deployment); err != nil {
				t.Fatal(err)
			}
			if deployment.Kind != "Deployment" || strings.HasSuffix(golden, "tuned.golden.yaml") {
				continue
			}
			for _, variable := range deployment.Spec.Template.Spec.Containers[0].Env {
				names[variable.Name] = true
			}
		}
	}
	namespace := newNamespace(t, "refused-env")
	for name := range names {
		object := manifest(t, namespace, "refused", fmt.Sprintf(`{services: {audit: {podTemplate: {env: [{name: %s}]}}}}`, name))
		if err := suite.client.Create(t.Context(), object); err == nil || !strings.Contains(err.Error(), name+" is set by the operator") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(names) < 10 {
		t.Errorf("the operator sets %v alone", names)
	}
}

func TestPodTemplates_areAppliedOnce(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("internal/render/testdata/tuned.input.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tuned := &v1alpha1.TodoPlatform{}
	if err := yaml.UnmarshalStrict(content, tuned); err != nil {
		t.Fatal(err)
	}
	platform := newPlatform(t, "tuned", tuned.Spec)
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	waitQuiet(t, platform)
}

// A pod that never came up is not replaced by its StatefulSet, however the manifest is corrected.
func TestEmbeddedServer_thatNeverStartedIsReplaced(t *testing.T) {
	t.Parallel()
	nowhere := v1alpha1.PodTemplate{NodeSelector: map[string]v1alpha1.LabelValue{"pool": "gone"}}
	platform := newPlatform(t, "stuck-server", v1alpha1.TodoPlatformSpec{PodTemplate: nowhere})
	runNodes(t, platform.Namespace, render.PostgresServer)
	key := client.ObjectKeyFromObject(platform)
	waitFor(t, key, v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	set := &appsv1.StatefulSet{}
	observed := func(update string) {
		t.Helper()
		eventually(t, func() error {
			if err := get(t, platform.Namespace, render.PostgresServer, set); err != nil {
				return err
			}
			set.Status = appsv1.StatefulSetStatus{ObservedGeneration: set.Generation, Replicas: 1, CurrentReplicas: 1, CurrentRevision: "a", UpdateRevision: update}
			return suite.client.Status().Update(t.Context(), set)
		})
	}
	observed("a")
	pod := &corev1.Pod{ObjectMeta: set.Spec.Template.ObjectMeta, Spec: set.Spec.Template.Spec}
	pod.Name, pod.Namespace = "postgres-0", platform.Namespace
	pod.Labels[appsv1.StatefulSetRevisionLabel] = "a"
	create(t, pod)
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "no node has pool=gone"}}
	if err := suite.client.Status().Update(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		if message := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionDatabaseReady).Message; !strings.Contains(message, "no node has pool=gone") {
			return errors.New(message)
		}
		return nil
	})
	if err := get(t, platform.Namespace, pod.Name, pod); err != nil {
		t.Fatalf("a pod that is as wanted does not stay: %v", err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.PodTemplate = v1alpha1.PodTemplate{} })
	eventually(t, func() error {
		if err := get(t, platform.Namespace, render.PostgresServer, set); err != nil || set.Spec.Template.Spec.NodeSelector != nil {
			return fmt.Errorf("node selector %v, %w", set.Spec.Template.Spec.NodeSelector, err)
		}
		return nil
	})
	observed("b")
	eventually(t, func() error { return gone(t, platform.Namespace, pod.Name, &corev1.Pod{}) })
}

// A migration that found no node goes on with what the manifest says next.
func TestMigration_thatNeverStartedIsReplaced(t *testing.T) {
	t.Parallel()
	nowhere := v1alpha1.PodTemplate{NodeSelector: map[string]v1alpha1.LabelValue{"pool": "gone"}}
	platform := newPlatform(t, "stuck-migration", v1alpha1.TodoPlatformSpec{PodTemplate: nowhere})
	runNodes(t, platform.Namespace, "migrate")
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
	job := func() *batchv1.Job {
		jobs := &batchv1.JobList{}
		if err := suite.client.List(t.Context(), jobs, client.InNamespace(platform.Namespace)); err != nil || len(jobs.Items) != 1 {
			return nil
		}
		return &jobs.Items[0]
	}
	first := job()
	if first == nil {
		t.Fatal("there is no migration")
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.PodTemplate = v1alpha1.PodTemplate{} })
	eventually(t, func() error {
		if next := job(); next == nil || next.Name == first.Name || next.Spec.Template.Spec.NodeSelector != nil {
			return errors.New("there is no other migration")
		}
		return nil
	})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
}
