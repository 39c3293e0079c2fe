package v1alpha1

// ObservabilitySpec says what the platform tells those who watch it.
type ObservabilitySpec struct {
	// Tracing sends spans of the services and their Dapr sidecars to a collector. Default: none are made.
	// +optional
	Tracing *TracingSpec `json:"tracing,omitempty"`
	// Monitors is Enabled where a PodMonitor shall have the Prometheus operator read the metrics of services and
	// their sidecars. Default: Disabled.
	// +optional
	Monitors MonitorsMode `json:"monitors,omitempty"`
}

// MonitorsMode says whether there are monitors.
//
// +kubebuilder:validation:Enum=Enabled;Disabled
type MonitorsMode string

// The modes of monitors.
const (
	MonitorsEnabled  MonitorsMode = "Enabled"
	MonitorsDisabled MonitorsMode = "Disabled"
)

// TracingSpec says where spans go, and of how many requests there are any. A change rolls all services.
type TracingSpec struct {
	// Endpoint is host:port of a receiver of OpenTelemetry's protocol (OTLP), as in collector.monitoring.svc:4317.
	Endpoint HostPort `json:"endpoint"`
	// Protocol in which the receiver is spoken to: grpc (the default), usually on port 4317, or http, usually on 4318.
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self in ['grpc', 'http']",message="observability.tracing.protocol: must be grpc or http"
	// +optional
	Protocol TracingProtocol `json:"protocol,omitempty"`
	// Insecure sends spans unencrypted. Default: by TLS, to a receiver whose certificate the images of sidecars and services trust.
	// +optional
	Insecure bool `json:"insecure,omitempty"`
	// SamplingRatio is the part of the requests that are traced, from "0" to "1", as in "0.01" for one of a hundred. What
	// came with a trace of its own is traced as that says. Default: "0.1".
	// +kubebuilder:validation:MaxLength=8
	// +kubebuilder:validation:XValidation:rule="self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')",message="observability.tracing.samplingRatio: must be a number from \"0\" to \"1\" with at most six decimals, as in \"0.01\""
	// +optional
	SamplingRatio string `json:"samplingRatio,omitempty"`
}

// TracingProtocol is a way to speak OTLP, in the words of Dapr.
type TracingProtocol string

// The ways to speak OTLP.
const (
	TracingGRPC TracingProtocol = "grpc"
	TracingHTTP TracingProtocol = "http"
)
