package render

import (
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// shape puts what the manifest says of pods into the template of a component: of all pods, then of the component's.
func (in *Input) shape(component string, template *corev1.PodTemplateSpec, own v1alpha1.PodTemplate) {
	pod := &template.Spec
	for _, wanted := range []v1alpha1.PodTemplate{in.Platform.Spec.PodTemplate, own} {
		template.Labels = merged(template.Labels, labelValues(wanted.Labels))
		template.Annotations = merged(template.Annotations, wanted.Annotations)
		pod.NodeSelector = merged(pod.NodeSelector, labelValues(wanted.NodeSelector))
		if wanted.Tolerations != nil {
			pod.Tolerations = wanted.Tolerations
		}
		if wanted.Affinity != nil {
			pod.Affinity = wanted.Affinity
		}
		if wanted.TopologySpreadConstraints != nil {
			pod.TopologySpreadConstraints = in.countingOwn(component, wanted.TopologySpreadConstraints)
		}
		if wanted.PriorityClassName != "" {
			pod.PriorityClassName = wanted.PriorityClassName
		}
	}
}

// merged adds entries to those that are there; an added one goes before one of the same name. It makes no empty map.
func merged(there, added map[string]string) map[string]string {
	if len(added) == 0 {
		return there
	}
	all := map[string]string{}
	maps.Copy(all, there)
	maps.Copy(all, added)
	return all
}

func labelValues(labels map[string]v1alpha1.LabelValue) map[string]string {
	values := map[string]string{}
	for name, value := range labels {
		values[name] = string(value)
	}
	return values
}

// countingOwn has constraints that do not say which pods they count count those of the component.
func (in *Input) countingOwn(component string, constraints []corev1.TopologySpreadConstraint) []corev1.TopologySpreadConstraint {
	constraints = slices.Clone(constraints)
	for i := range constraints {
		if constraints[i].LabelSelector == nil {
			constraints[i].LabelSelector = &metav1.LabelSelector{MatchLabels: in.selector(component)}
		}
	}
	return constraints
}

// spread has the pods of an app spread over zones and nodes, unless there is no room: an app that cannot run as
// wanted runs all the same. During a roll-out the pods of each side are counted alone, or new ones would go
// where the old ones were not.
func (in *Input) spread(app string) []corev1.TopologySpreadConstraint {
	if !in.mayHaveSeveral(app) {
		return nil
	}
	var constraints []corev1.TopologySpreadConstraint
	for _, topology := range []string{corev1.LabelTopologyZone, corev1.LabelHostname} {
		constraints = append(constraints, corev1.TopologySpreadConstraint{
			MaxSkew:           1,
			TopologyKey:       topology,
			WhenUnsatisfiable: corev1.ScheduleAnyway,
			MatchLabelKeys:    []string{appsv1.DefaultDeploymentUniqueLabelKey},
		})
	}
	return in.countingOwn(app, constraints)
}

// manifestEnv gives the environment that the manifest adds to an app.
func manifestEnv(wanted []v1alpha1.EnvVar) []corev1.EnvVar {
	var env []corev1.EnvVar
	for _, variable := range wanted {
		added := corev1.EnvVar{Name: variable.Name, Value: variable.Value}
		if from := variable.ValueFrom; from != nil {
			added.ValueFrom = &corev1.EnvVarSource{SecretKeyRef: from.SecretKeyRef, ConfigMapKeyRef: from.ConfigMapKeyRef}
		}
		env = append(env, added)
	}
	return env
}
