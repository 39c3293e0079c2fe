package render_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// podsOf gives the pod templates of all that the manifests of the tests can have, by kind and name.
func podsOf(t *testing.T, change func(*v1alpha1.TodoPlatformSpec)) map[string]*corev1.PodTemplateSpec {
	t.Helper()
	in := input(t, "testdata/backup.input.yaml")
	change(&in.Platform.Spec)
	templates := map[string]*corev1.PodTemplateSpec{}
	for _, object := range append(append(renderAll(in), render.BackupObjects(in)...), render.RestoreObjects(in)...) {
		switch object := object.(type) {
		case *appsv1.Deployment:
			templates[object.Name] = &object.Spec.Template
		case *appsv1.StatefulSet:
			templates[object.Name] = &object.Spec.Template
		case *batchv1.Job:
			templates[object.Spec.Template.Labels[render.LabelName]] = &object.Spec.Template
		case *batchv1.CronJob:
			templates[object.Name] = &object.Spec.JobTemplate.Spec.Template
		}
	}
	if want := len(contract.Services()) + len([]string{"kafka", "postgres", "migrate", "backup", "restore"}); len(templates) != want {
		t.Fatalf("%d templates, want %d", len(templates), want)
	}
	return templates
}

func TestPodTemplate_isOfAllPods(t *testing.T) {
	plain := podsOf(t, func(*v1alpha1.TodoPlatformSpec) {})
	shaped := podsOf(t, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.PodTemplate = v1alpha1.PodTemplate{
			Labels:                    map[string]v1alpha1.LabelValue{"team": "planning"},
			Annotations:               map[string]string{"example.com/owner": "planning"},
			NodeSelector:              map[string]v1alpha1.LabelValue{"kubernetes.io/arch": "arm64"},
			Tolerations:               []corev1.Toleration{{Key: "dedicated"}},
			Affinity:                  &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{}},
			TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{TopologyKey: corev1.LabelHostname, MaxSkew: 1, WhenUnsatisfiable: corev1.DoNotSchedule}},
			PriorityClassName:         "production",
		}
	})
	for name, pod := range shaped {
		want := plain[name].DeepCopy()
		want.Labels["team"] = "planning"
		want.Annotations = maps.Clone(want.Annotations)
		if want.Annotations == nil {
			want.Annotations = map[string]string{}
		}
		want.Annotations["example.com/owner"] = "planning"
		want.Spec.NodeSelector = map[string]string{"kubernetes.io/arch": "arm64"}
		want.Spec.Tolerations = append([]corev1.Toleration{{Key: "dedicated"}}, want.Spec.Tolerations...) // of lost nodes
		want.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{}}
		want.Spec.PriorityClassName = "production"
		got := pod.DeepCopy()
		got.Spec.TopologySpreadConstraints = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		// Each counts its own, not those of all.
		counted := pod.Spec.TopologySpreadConstraints[0].LabelSelector.MatchLabels
		if !reflect.DeepEqual(counted, map[string]string{render.LabelName: pod.Labels[render.LabelName], render.LabelInstance: "todo"}) {
			t.Errorf("%s: counts %v", name, counted)
		}
	}
}

func TestPodTemplate_ofAServiceGoesFirst(t *testing.T) {
	pods := podsOf(t, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.PodTemplate = v1alpha1.PodTemplate{
			Labels:            map[string]v1alpha1.LabelValue{"team": "planning", "tier": "all"},
			Tolerations:       []corev1.Toleration{{Key: "dedicated"}},
			PriorityClassName: "production",
		}
		spec.Services.Audit.PodTemplate = v1alpha1.ServicePodTemplate{
			PodTemplate: v1alpha1.PodTemplate{
				Labels:            map[string]v1alpha1.LabelValue{"tier": "log"},
				Tolerations:       []corev1.Toleration{},
				PriorityClassName: "low",
			},
			Env: []v1alpha1.EnvVar{{Name: "GODEBUG", Value: "x"}},
		}
	})
	for name, want := range map[string]string{
		contract.Audit:   "planning log low 2",
		contract.TodoAPI: "planning all production 3",
		"postgres":       "planning all production 1",
	} {
		pod := pods[name]
		if got := fmt.Sprint(pod.Labels["team"], " ", pod.Labels["tier"], " ", pod.Spec.PriorityClassName, " ", len(pod.Spec.Tolerations)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		var set bool
		for _, variable := range pod.Spec.Containers[0].Env {
			set = set || variable.Name == "GODEBUG" && variable.Value == "x"
		}
		if set != (name == contract.Audit) {
			t.Errorf("%s: env %v", name, pod.Spec.Containers[0].Env)
		}
	}
}

func TestServices_spreadWhereTheyHaveSeveralReplicas(t *testing.T) {
	several := ptr.To[int32](2)
	keysOf := func(change func(*v1alpha1.TodoPlatformSpec)) []string {
		var keys []string
		for _, constraint := range podsOf(t, change)[contract.TodoAPI].Spec.TopologySpreadConstraints {
			keys = append(keys, constraint.TopologyKey+" "+string(constraint.WhenUnsatisfiable)+" "+fmt.Sprint(constraint.MatchLabelKeys))
		}
		return keys
	}
	byDefault := []string{"topology.kubernetes.io/zone ScheduleAnyway [pod-template-hash]", "kubernetes.io/hostname ScheduleAnyway [pod-template-hash]"}
	own := []corev1.TopologySpreadConstraint{{TopologyKey: "rack", MaxSkew: 1, WhenUnsatisfiable: corev1.DoNotSchedule}}
	tests := map[string]struct {
		change func(*v1alpha1.TodoPlatformSpec)
		want   []string
	}{
		"one":     {func(*v1alpha1.TodoPlatformSpec) {}, nil},
		"several": {func(spec *v1alpha1.TodoPlatformSpec) { spec.Services.TodoAPI.Replicas = several }, byDefault},
		"autoscaled": {func(spec *v1alpha1.TodoPlatformSpec) {
			spec.Services.TodoAPI.Autoscaling = &v1alpha1.AutoscalingSpec{MaxReplicas: 3}
		}, byDefault},
		"in another way": {func(spec *v1alpha1.TodoPlatformSpec) {
			spec.Services.TodoAPI.Replicas = several
			spec.PodTemplate.TopologySpreadConstraints = own
		}, []string{"rack DoNotSchedule []"}},
		"anywhere": {func(spec *v1alpha1.TodoPlatformSpec) {
			spec.Services.TodoAPI.Replicas = several
			spec.Services.TodoAPI.PodTemplate.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{}
		}, nil},
	}
	for name, test := range tests {
		if got := keysOf(test.change); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestLogLevel_isToldToServicesAndSidecars(t *testing.T) {
	for level, want := range map[v1alpha1.LogLevel]string{"": "info", v1alpha1.LogDebug: "debug", v1alpha1.LogError: "error"} {
		pods := podsOf(t, func(spec *v1alpha1.TodoPlatformSpec) { spec.Logging.Level = level })
		for _, app := range contract.Services() {
			if got := pods[app].Annotations["dapr.io/log-level"]; got != want {
				t.Errorf("%q: the sidecar of %s logs %q", level, app, got)
			}
			if env := pods[app].Spec.Containers[0].Env; !slices.Contains(env, corev1.EnvVar{Name: contract.EnvLogLevel, Value: want}) {
				t.Errorf("%q: %s is told %v", level, app, env)
			}
		}
	}
}
