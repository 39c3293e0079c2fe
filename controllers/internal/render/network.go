package render

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// LabelKafkaClient with the value "true" lets other pods of the namespace reach embedded Kafka.
	LabelKafkaClient = "platform.todoplatform.dev/kafka-client"

	postgresPort = 5432
	kafkaPort    = 9092
	// daprMetricsPort is where sidecars tell their metrics; Dapr's default.
	daprMetricsPort = 9090
	// daprMetricsPortName is what Dapr's injector calls that port.
	daprMetricsPortName = "dapr-metrics"
)

// operatorLabels are those of the operator's pods, in whichever way it was installed.
var operatorLabels = map[string]string{"app.kubernetes.io/name": "todoplatform", "control-plane": "controller-manager"}

// NetworkPolicyMode gives how much of the network is policed.
func NetworkPolicyMode(spec *v1alpha1.TodoPlatformSpec) v1alpha1.NetworkPolicyMode {
	if spec.NetworkPolicy.Mode == "" {
		return v1alpha1.NetworkPolicyIngress
	}
	return spec.NetworkPolicy.Mode
}

// networkPolicies renders the policy of a component's pods: one, or none where the manifest wants none. They are
// allowed the paths that the platform needs, and no others; the kubelet reaches its pods in spite of every policy.
func (in *Input) networkPolicies(part Part, component string) []client.Object {
	mode := NetworkPolicyMode(&in.Platform.Spec)
	if mode == v1alpha1.NetworkPolicyDisabled {
		return nil
	}
	spec := networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: in.selector(component)},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		Ingress:     in.ingressRules(component),
	}
	if mode == v1alpha1.NetworkPolicyIngressAndEgress {
		spec.PolicyTypes = append(spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		spec.Egress = in.egressRules(component)
	}
	return []client.Object{&networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
		ObjectMeta: in.meta(part, component, component),
		Spec:       spec,
	}}
}

// way is a path on which pods of one component open connections to a port of another.
type way struct {
	from, to string
	port     int32
}

// ways lists the paths within the platform.
func (in *Input) ways() []way {
	var ways []way
	for _, invocation := range contract.Invocations() {
		ways = append(ways, way{invocation.Caller, invocation.Callee, daprInternalPort})
	}
	if in.Platform.Spec.Database.External == nil {
		for _, connection := range contract.Connections() {
			ways = append(ways, way{connection.App, PostgresServer, postgresPort})
		}
		for _, job := range []string{migrationName, BackupName, RestoreName} {
			ways = append(ways, way{job, PostgresServer, postgresPort})
		}
	}
	if in.Platform.Spec.Kafka.External == nil {
		for _, app := range contract.Services() {
			if len(in.topicsOf(app)) > 0 {
				ways = append(ways, way{app, KafkaServer, kafkaPort})
			}
		}
	}
	return ways
}

// ingressRules says who may reach a component: other components, people, what reads metrics, and the operator.
func (in *Input) ingressRules(component string) []networkingv1.NetworkPolicyIngressRule {
	var rules []networkingv1.NetworkPolicyIngressRule
	allow := func(from []networkingv1.NetworkPolicyPeer, ports ...int32) {
		rules = append(rules, networkingv1.NetworkPolicyIngressRule{From: from, Ports: tcp(ports...)})
	}
	callers := map[int32][]string{}
	for _, way := range in.ways() {
		if way.to == component {
			callers[way.port] = append(callers[way.port], way.from)
		}
	}
	for _, port := range []int32{daprInternalPort, postgresPort, kafkaPort} {
		if len(callers[port]) > 0 {
			allow(in.peers(unique(callers[port])), port)
		}
	}
	if _, public := contract.PublicApps()[component]; public {
		allow(nil, contract.PublicPort) // through an entry that may be anywhere, or a port of the nodes
	}
	if slices.Contains(contract.Services(), component) {
		allow(in.metricsReaders(), contract.HealthPort, daprMetricsPort)
	}
	if component == KafkaServer {
		allow([]networkingv1.NetworkPolicyPeer{labelled(map[string]string{LabelKafkaClient: "true"})}, kafkaPort)
	}
	if port, asked := operatorAsks[component]; asked && in.OperatorNamespace != "" {
		allow([]networkingv1.NetworkPolicyPeer{inNamespace(in.OperatorNamespace, operatorLabels)}, port)
	}
	return rules
}

// operatorAsks lists the components that the operator itself reaches, with the port.
var operatorAsks = map[string]int32{
	PostgresServer: postgresPort,
	KafkaServer:    kafkaPort,
	contract.Audit: contract.HealthPort,
}

// egressRules says what a component may reach.
func (in *Input) egressRules(component string) []networkingv1.NetworkPolicyEgressRule {
	var rules []networkingv1.NetworkPolicyEgressRule
	allow := func(to []networkingv1.NetworkPolicyPeer, ports ...int32) {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: to, Ports: tcp(ports...)})
	}
	if component == PostgresServer {
		return rules // it looks up nothing
	}
	rules = append(rules, networkingv1.NetworkPolicyEgressRule{Ports: dnsPorts()})
	callees := map[int32][]string{}
	for _, way := range in.ways() {
		if way.from == component {
			callees[way.port] = append(callees[way.port], way.to)
		}
	}
	for _, port := range []int32{daprInternalPort, postgresPort, kafkaPort} {
		if len(callees[port]) > 0 {
			allow(in.peers(unique(callees[port])), port)
		}
	}
	for _, part := range in.controlPlane(component) {
		allow([]networkingv1.NetworkPolicyPeer{inNamespace(in.DaprNamespace, map[string]string{"app": part.app})}, part.port)
	}
	if ports := in.outsidePorts(component); len(ports) > 0 {
		allow(nil, ports...)
	}
	if component == contract.Notification {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: in.webhookNetworks()}) // people name the port
	}
	return rules
}

// controlPart is a part of Dapr's control plane, with the port of its pods.
type controlPart struct {
	app  string
	port int32
}

// controlPlane lists the parts of Dapr that a component's sidecar calls.
func (in *Input) controlPlane(component string) []controlPart {
	if !slices.Contains(contract.Services(), component) {
		return nil
	}
	parts := []controlPart{{"dapr-sentry", 50001}, {"dapr-operator", 6500}}
	if component == contract.Notification {
		parts = append(parts, controlPart{"dapr-scheduler-server", 50006})
	}
	return parts
}

// outsidePorts lists the ports on which a component reaches what is not the platform's: policies know no names, and
// nobody knows the addresses.
func (in *Input) outsidePorts(component string) []int32 {
	var ports []int32
	spec := &in.Platform.Spec
	if spec.Kafka.External != nil && len(in.topicsOf(component)) > 0 {
		for _, broker := range in.Kafka.Brokers {
			ports = append(ports, portOf(broker))
		}
	}
	if spec.Database.External != nil {
		if slices.ContainsFunc(contract.Connections(), func(c contract.Connection) bool { return c.App == component }) {
			ports = append(ports, portOf(in.Database.Address))
		}
		if component == migrationName {
			ports = append(ports, portOf(in.Database.Direct))
		}
	}
	if tracing := spec.Observability.Tracing; tracing != nil && slices.Contains(contract.Services(), component) {
		ports = append(ports, portOf(string(tracing.Endpoint)))
	}
	if len(in.readableSecrets(component)) > 0 || component == RestoreName {
		ports = append(ports, apiServerPorts...)
	}
	switch component {
	case contract.TodoAPI:
		if spec.Chat.Model != nil {
			ports = append(ports, urlPort(spec.Chat.Model.Endpoint))
		}
	case contract.Notification:
		if spec.Notifications.SMTP != nil {
			ports = append(ports, smtpPort(spec.Notifications.SMTP))
		}
	case BackupName:
		if backup := Backup(spec); backup != nil && backup.S3 != nil {
			ports = append(ports, urlPort(backup.S3.Endpoint))
		}
	case RestoreName:
		if restore := Restore(spec); restore != nil && restore.S3 != nil {
			ports = append(ports, urlPort(restore.S3.Endpoint))
		}
	}
	slices.Sort(ports)
	return slices.DeleteFunc(slices.Compact(ports), func(port int32) bool { return port == 0 })
}

// apiServerPorts are those of the API server, as its Service and as its own endpoint usually have them: some networks look
// at the one, some at the other.
var apiServerPorts = []int32{443, 6443}

// webhookNetworks are where people may have messages sent to: public addresses, as the service itself checks more
// closely, and what the manifest allows besides.
func (in *Input) webhookNetworks() []networkingv1.NetworkPolicyPeer {
	peers := []networkingv1.NetworkPolicyPeer{
		{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{
			"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}}},
		{IPBlock: &networkingv1.IPBlock{CIDR: "2000::/3"}},
	}
	for _, network := range in.Platform.Spec.Notifications.Webhooks.AllowedNetworks {
		prefix, err := netip.ParsePrefix(string(network))
		if err != nil {
			continue // the API server has checked its form
		}
		peers = append(peers, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: prefix.Masked().String()}})
	}
	return peers
}

// metricsReaders are the pods that may read metrics.
func (in *Input) metricsReaders() []networkingv1.NetworkPolicyPeer {
	namespaces := in.Platform.Spec.NetworkPolicy.MetricsFrom
	if len(namespaces) == 0 {
		return []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}
	}
	return []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpIn, Values: namespaces}},
	}}}
}

// peers are the pods of components.
func (in *Input) peers(components []string) []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for _, component := range components {
		peers = append(peers, labelled(in.selector(component)))
	}
	return peers
}

// labelled are the pods of the platform's namespace with labels.
func labelled(labels map[string]string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
}

// inNamespace are the pods of another namespace with labels.
func inNamespace(namespace string, labels map[string]string) networkingv1.NetworkPolicyPeer {
	peer := labelled(labels)
	peer.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}}
	return peer
}

func tcp(ports ...int32) []networkingv1.NetworkPolicyPort {
	var allowed []networkingv1.NetworkPolicyPort
	for _, port := range ports {
		allowed = append(allowed, networkingv1.NetworkPolicyPort{Protocol: ptr.To(corev1.ProtocolTCP), Port: ptr.To(intstr.FromInt32(port))})
	}
	return allowed
}

// dnsPorts are those of resolvers, which may be pods, caches on the node or servers elsewhere; OpenShift's pods listen on 5353.
func dnsPorts() []networkingv1.NetworkPolicyPort {
	ports := tcp(53, 5353)
	for _, port := range ports[:len(ports):len(ports)] {
		ports = append(ports, networkingv1.NetworkPolicyPort{Protocol: ptr.To(corev1.ProtocolUDP), Port: port.Port})
	}
	return ports
}

// portOf reads the port of a host:port; 0 is none that there can be.
func portOf(address string) int32 {
	_, text, _ := net.SplitHostPort(address)
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int32(port)
}

// urlPort reads the port of a URL; of none it is that of https.
func urlPort(address string) int32 {
	parsed, err := url.Parse(address)
	switch {
	case err == nil && parsed.Port() != "":
		return portOf(parsed.Host)
	case err == nil && parsed.Scheme == "http":
		return 80
	}
	return 443
}
