package v1alpha1

// NetworkPolicySpec says which paths over the network the operator allows to the platform's pods. What it allows
// adds to NetworkPolicies of your own.
type NetworkPolicySpec struct {
	// Mode is Ingress (the default): the platform's pods can be reached along the paths that it needs alone.
	// IngressAndEgress: they can also reach nothing else than it needs. What lies outside of the platform is told
	// apart by port there, because policies know no names. Disabled: the operator makes no policy.
	// +optional
	Mode NetworkPolicyMode `json:"mode,omitempty"`
	// MetricsFrom names the namespaces whose pods may read the metrics of services and sidecars, as in
	// monitoring. Default: all namespaces.
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.all(n, n.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'))",message="networkPolicy.metricsFrom: must be names of namespaces, as in monitoring"
	// +listType=set
	// +optional
	MetricsFrom []string `json:"metricsFrom,omitempty"`
}

// NetworkPolicyMode says how much of the network is policed.
//
// +kubebuilder:validation:Enum=Ingress;IngressAndEgress;Disabled
type NetworkPolicyMode string

// The modes of network policies.
const (
	NetworkPolicyIngress          NetworkPolicyMode = "Ingress"
	NetworkPolicyIngressAndEgress NetworkPolicyMode = "IngressAndEgress"
	NetworkPolicyDisabled         NetworkPolicyMode = "Disabled"
)
