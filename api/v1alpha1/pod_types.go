package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// PodTemplate adds to pods of the platform: where they run, and how they are known to others.
//
// +kubebuilder:validation:XValidation:rule="!has(self.labels) || self.labels.all(key, !['app.kubernetes.io/', 'dapr.io/', 'platform.todoplatform.dev/'].exists(prefix, key.startsWith(prefix)) && !(key in ['pod-template-hash', 'controller-revision-hash', 'controller-uid', 'job-name']))",message="podTemplate.labels: names that begin with app.kubernetes.io/, dapr.io/ or platform.todoplatform.dev/, and those that Kubernetes sets, are taken; use a name of your own"
// +kubebuilder:validation:XValidation:rule="!has(self.annotations) || self.annotations.all(key, !['app.kubernetes.io/', 'dapr.io/', 'platform.todoplatform.dev/'].exists(prefix, key.startsWith(prefix)))",message="podTemplate.annotations: names that begin with app.kubernetes.io/, dapr.io/ or platform.todoplatform.dev/ are taken; use a name of your own"
type PodTemplate struct {
	// Labels are added to those of the operator.
	// +kubebuilder:validation:MaxProperties=32
	// +optional
	Labels map[string]LabelValue `json:"labels,omitempty"`
	// Annotations are added to those of the operator.
	// +kubebuilder:validation:MaxProperties=32
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
	// NodeSelector names labels of the nodes that the pods may run on. Default: every node.
	// +kubebuilder:validation:MaxProperties=32
	// +optional
	NodeSelector map[string]LabelValue `json:"nodeSelector,omitempty"`
	// Tolerations name taints of nodes that the pods may run on all the same. Default: none.
	// +kubebuilder:validation:MaxItems=32
	// +listType=atomic
	// +optional
	Tolerations []corev1.Toleration `json:"tolerations,omitzero"` // an empty list says something else than none
	// Affinity says which nodes, and which other pods beside them, the pods seek or shun. Default: none.
	// +optional
	Affinity *corev1.Affinity `json:"affinity,omitempty"`
	// TopologySpreadConstraints say how pods spread over the cluster. One without a labelSelector counts the pods
	// of the same service or server. Default: services that may have several replicas spread over zones and over
	// nodes where they can. An empty list has them run anywhere.
	// +kubebuilder:validation:MaxItems=8
	// +listType=map
	// +listMapKey=topologyKey
	// +listMapKey=whenUnsatisfiable
	// +optional
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitzero"` // as above
	// PriorityClassName names the PriorityClass of the pods. Default: the cluster's default class.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	PriorityClassName string `json:"priorityClassName,omitempty"`
}

// LabelValue is the value of a label.
//
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$')",message="must be the value of a label: letters, digits, dots, underscores and hyphens, the first and the last a letter or a digit"
type LabelValue string

// ServicePodTemplate adds to the pods of one service.
type ServicePodTemplate struct {
	PodTemplate `json:",inline"`
	// Env is added to the environment of the service's container (not of its Dapr sidecar).
	// +kubebuilder:validation:MaxItems=32
	// +listType=map
	// +listMapKey=name
	// +optional
	Env []EnvVar `json:"env,omitempty"`
}

// EnvVar is a variable of the environment.
//
// +kubebuilder:validation:XValidation:rule="!(self.name in ['ACCESS_TOKEN_LIFETIME', 'AUDIT_RETENTION_DAYS', 'APP_API_TOKEN', 'CHANGES_DAYS', 'CONVERSATION_DAYS', 'CHAT_MODEL', 'CHAT_MODEL_DAILY_TOKENS', 'CHAT_MODEL_REDACT', 'DRAIN_DELAY', 'EMAIL_VERIFICATION', 'GOMEMLIMIT', 'HEAD_KEYS_SECRET', 'KEYS_SECRET', 'LOG_LEVEL', 'OWNERS', 'PUBLIC_URL', 'PUSH_KEYS_SECRET', 'SESSION_LIFETIME', 'SIGN_UP', 'SMTP_FROM', 'SMTP_HOST', 'SMTP_PER_MINUTE', 'SMTP_PORT', 'SMTP_SECRET', 'SMTP_TLS', 'TOPIC_PREFIX', 'TRACE_COLLECTOR', 'TRACE_SAMPLING', 'TRASH_DAYS', 'TRUSTED_PROXIES', 'WEBHOOK_NETWORKS']) && !self.name.startsWith('DAPR_')",messageExpression="'podTemplate.env: ' + self.name + ' is set by the operator or by Dapr; leave it out'"
// +kubebuilder:validation:XValidation:rule="!(has(self.value) && has(self.valueFrom))",message="podTemplate.env: set value or valueFrom, not both"
type EnvVar struct {
	// Name of the variable. Those that the operator or Dapr sets are refused.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="podTemplate.env.name: only letters, digits and underscores, and no digit at first"
	Name string `json:"name"`
	// Value of the variable. Default: the empty text.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Value string `json:"value,omitempty"`
	// ValueFrom takes the value from elsewhere. Pods read it when they start.
	// +optional
	ValueFrom *EnvVarSource `json:"valueFrom,omitempty"`
}

// EnvVarSource says where the value of a variable is.
//
// +kubebuilder:validation:XValidation:rule="has(self.secretKeyRef) != has(self.configMapKeyRef)",message="podTemplate.env.valueFrom: set secretKeyRef or configMapKeyRef, one of them"
type EnvVarSource struct {
	// SecretKeyRef takes the value of a key of a Secret.
	// +optional
	SecretKeyRef *corev1.SecretKeySelector `json:"secretKeyRef,omitempty"`
	// ConfigMapKeyRef takes the value of a key of a ConfigMap.
	// +optional
	ConfigMapKeyRef *corev1.ConfigMapKeySelector `json:"configMapKeyRef,omitempty"`
}
