package render_test

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// host is what sends or answers: a pod, or with no namespace something outside of the cluster.
type host struct {
	namespace string
	labels    map[string]string
	address   string
}

// network is what a plugin that enforces NetworkPolicies goes by.
type network []*networkingv1.NetworkPolicy

func networkOf(in *render.Input) network {
	var policies network
	objects := renderAll(in)
	if render.Backup(&in.Platform.Spec) != nil {
		objects = append(objects, render.BackupObjects(in)...)
	}
	if render.Restore(&in.Platform.Spec) != nil {
		objects = append(objects, render.RestoreObjects(in)...)
	}
	for _, object := range objects {
		if policy, ok := object.(*networkingv1.NetworkPolicy); ok {
			policies = append(policies, policy)
		}
	}
	return policies
}

// sends tells whether from may open a connection to a port of to, as far as from's own policies say.
func (n network) sends(t *testing.T, from, to host, port corev1.ServicePort) bool {
	return n.permits(t, from, networkingv1.PolicyTypeEgress, func(policy *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(policy.Spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
			return ofPeers(t, policy.Namespace, rule.To, to) && ofPorts(t, rule.Ports, port)
		})
	})
}

// takes tells whether to may be reached by from, as far as to's own policies say.
func (n network) takes(t *testing.T, from, to host, port corev1.ServicePort) bool {
	return n.permits(t, to, networkingv1.PolicyTypeIngress, func(policy *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(policy.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
			return ofPeers(t, policy.Namespace, rule.From, from) && ofPorts(t, rule.Ports, port)
		})
	})
}

// permits tells whether one of the policies that select a pod permits, or none selects it.
func (n network) permits(t *testing.T, pod host, direction networkingv1.PolicyType, one func(*networkingv1.NetworkPolicy) bool) bool {
	selected := false
	for _, policy := range n {
		if pod.namespace != policy.Namespace || !slices.Contains(policy.Spec.PolicyTypes, direction) || !matches(t, &policy.Spec.PodSelector, pod.labels) {
			continue
		}
		selected = true
		if one(policy) {
			return true
		}
	}
	return !selected
}

func ofPeers(t *testing.T, namespace string, peers []networkingv1.NetworkPolicyPeer, other host) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(peer networkingv1.NetworkPolicyPeer) bool {
		switch {
		case peer.IPBlock != nil:
			within := func(cidr string) bool {
				return netip.MustParsePrefix(cidr).Contains(netip.MustParseAddr(other.address))
			}
			return within(peer.IPBlock.CIDR) && !slices.ContainsFunc(peer.IPBlock.Except, within)
		case other.namespace == "":
			return false
		case peer.NamespaceSelector == nil && other.namespace != namespace,
			peer.NamespaceSelector != nil && !matches(t, peer.NamespaceSelector, map[string]string{corev1.LabelMetadataName: other.namespace}):
			return false
		}
		return peer.PodSelector == nil || matches(t, peer.PodSelector, other.labels)
	})
}

func ofPorts(t *testing.T, ports []networkingv1.NetworkPolicyPort, port corev1.ServicePort) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(allowed networkingv1.NetworkPolicyPort) bool {
		if allowed.Port == nil || allowed.Port.Type != intstr.Int || allowed.EndPort != nil || allowed.Protocol == nil {
			t.Fatalf("a port of another form than this test knows: %+v", allowed)
		}
		return allowed.Port.IntVal == port.Port && *allowed.Protocol == port.Protocol
	})
}

func matches(t *testing.T, selector *metav1.LabelSelector, set map[string]string) bool {
	t.Helper()
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Matches(labels.Set(set))
}

func tcp(port int32) corev1.ServicePort {
	return corev1.ServicePort{Port: port, Protocol: corev1.ProtocolTCP}
}

// platformHosts are the pods that a platform can have, by component, labelled as they are rendered.
func platformHosts() map[string]host {
	pods := map[string]host{}
	for _, name := range append(contract.Services(), render.PostgresServer, render.KafkaServer, "migrate", render.BackupName, render.RestoreName) {
		pods[name] = host{"todo", map[string]string{render.LabelName: name, render.LabelInstance: "todo", render.LabelManagedBy: render.ManagedBy}, "10.244.0.1"}
	}
	return pods
}

// otherHosts are in the cluster and outside of it, and none of them is the platform's.
func otherHosts() map[string]host {
	system := func(app string) host { return host{"dapr-system", map[string]string{"app": app}, "10.244.1.1"} }
	return map[string]host{
		"the operator":   {"todoplatform-system", map[string]string{"app.kubernetes.io/name": "todoplatform", "control-plane": "controller-manager"}, "10.244.2.1"},
		"its neighbour":  {"todoplatform-system", map[string]string{"app.kubernetes.io/name": "todoplatform"}, "10.244.2.2"},
		"Prometheus":     {"monitoring", map[string]string{"app.kubernetes.io/name": "prometheus"}, "10.244.3.1"},
		"the entry":      {"projectcontour", map[string]string{"app": "envoy"}, "10.244.4.1"},
		"a stranger":     {"todo", map[string]string{"app": "stranger"}, "10.244.5.1"},
		"a Kafka client": {"todo", map[string]string{render.LabelKafkaClient: "true"}, "10.244.5.2"},
		"an impostor":    {"other", map[string]string{render.LabelName: contract.TodoAPI, render.LabelInstance: "todo", render.LabelKafkaClient: "true"}, "10.244.6.1"},
		"a neighbour":    {"todo", map[string]string{render.LabelName: contract.TodoAPI, render.LabelInstance: "another"}, "10.244.5.3"},
		"a person":       {"", nil, "203.0.113.7"},
		"dapr-sentry":    system("dapr-sentry"),
		"dapr-operator":  system("dapr-operator"),
	}
}

const (
	sidecarPort = 50002
	metricsPort = 9090
)

// neededPaths lists who has to reach which port of the platform's pods, from what the services say of themselves.
func neededPaths() map[string]bool {
	needed := map[string]bool{}
	need := func(from, to string, port int32) { needed[fmt.Sprintf("%s → %s:%d", from, to, port)] = true }
	for _, invocation := range contract.Invocations() {
		need(invocation.Caller, invocation.Callee, sidecarPort)
	}
	for _, connection := range contract.Connections() {
		need(connection.App, render.PostgresServer, 5432)
	}
	for app := range contract.Publications() {
		need(app, render.KafkaServer, 9092)
	}
	for _, subscription := range contract.Subscriptions() {
		need(subscription.App, render.KafkaServer, 9092)
	}
	for _, job := range []string{"migrate", render.BackupName, render.RestoreName} {
		need(job, render.PostgresServer, 5432)
	}
	need("the operator", render.PostgresServer, 5432)
	need("the operator", render.KafkaServer, 9092)
	need("the operator", contract.Audit, contract.HealthPort)
	need("a Kafka client", render.KafkaServer, 9092)
	for _, app := range contract.Services() {
		need("Prometheus", app, contract.HealthPort)
		need("Prometheus", app, metricsPort)
	}
	for app := range contract.PublicApps() {
		for other := range otherHosts() {
			need(other, app, contract.PublicPort)
		}
	}
	return needed
}

// Every path between any two hosts is either needed or refused.
func TestNetworkPolicies_allowWhatIsNeededAlone(t *testing.T) {
	ports := []int32{sidecarPort, contract.PublicPort, contract.HealthPort, metricsPort, 5432, 9092, contract.AppPort, 50001, 3500, 443}
	for _, mode := range []v1alpha1.NetworkPolicyMode{v1alpha1.NetworkPolicyIngress, v1alpha1.NetworkPolicyIngressAndEgress} {
		t.Run(string(mode), func(t *testing.T) {
			in := input(t, "testdata/backup.input.yaml")
			in.Platform.Spec.NetworkPolicy = v1alpha1.NetworkPolicySpec{Mode: mode, MetricsFrom: []string{"monitoring"}}
			policed, pods := networkOf(in), platformHosts()
			needed := neededPaths()
			if mode == v1alpha1.NetworkPolicyIngress {
				for app := range contract.PublicApps() { // pods of the platform are as good as any other
					for pod := range pods {
						needed[fmt.Sprintf("%s → %s:%d", pod, app, contract.PublicPort)] = true
					}
				}
			}
			sources := platformHosts()
			maps.Copy(sources, otherHosts())
			for to, target := range pods {
				for from, source := range sources {
					for _, port := range ports {
						path := fmt.Sprintf("%s → %s:%d", from, to, port)
						allowed := policed.takes(t, source, target, tcp(port)) && policed.sends(t, source, target, tcp(port))
						if allowed != needed[path] {
							t.Errorf("%s: needed %t, allowed %t", path, needed[path], allowed)
						}
						delete(needed, path)
					}
				}
			}
			if len(needed) > 0 {
				t.Errorf("paths between hosts that this test does not know: %v", slices.Collect(maps.Keys(needed)))
			}
		})
	}
}

func TestNetworkPolicies_letOutWhatIsNeeded(t *testing.T) {
	outside := func(address string) host { return host{address: address} }
	system := func(app string) host { return host{"dapr-system", map[string]string{"app": app}, "10.244.1.1"} }
	pod := func(namespace string) host { return host{namespace, map[string]string{"app": "any"}, "10.244.9.9"} }
	ports := map[string]struct {
		to   host
		port corev1.ServicePort
	}{
		"names":                {pod("kube-system"), corev1.ServicePort{Port: 53, Protocol: corev1.ProtocolUDP}},
		"names, if long":       {outside("169.254.20.10"), tcp(53)},
		"names in OpenShift":   {pod("openshift-dns"), corev1.ServicePort{Port: 5353, Protocol: corev1.ProtocolUDP}},
		"certificates":         {system("dapr-sentry"), tcp(50001)},
		"components":           {system("dapr-operator"), tcp(6500)},
		"alarm clocks":         {system("dapr-scheduler-server"), tcp(50006)},
		"actors":               {system("dapr-placement-server"), tcp(50005)},
		"a false sentry":       {pod("other"), tcp(50001)},
		"the API server":       {outside("172.18.0.2"), tcp(6443)},
		"brokers":              {outside("10.9.0.1"), tcp(9093)},
		"the database":         {outside("10.9.0.2"), tcp(5432)},
		"its pooler":           {outside("10.9.0.2"), tcp(6432)},
		"the collector":        {pod("tracing"), tcp(4317)},
		"mail":                 {outside("10.9.0.3"), tcp(2525)},
		"the language model":   {pod("ai"), tcp(11434)},
		"backups":              {outside("10.9.0.4"), tcp(9000)},
		"push services":        {outside("203.0.113.1"), tcp(443)},
		"push services, by v6": {outside("2001:db8::1"), tcp(443)},
		"webhooks":             {outside("203.0.113.2"), tcp(8443)},
		"webhooks within":      {outside("10.20.0.7"), tcp(8080)},
		"what is private":      {outside("10.21.0.7"), tcp(8080)},
		"metadata of a cloud":  {outside("169.254.169.254"), tcp(80)},
		"a pod of others":      {pod("other"), tcp(8080)},
	}
	names := []string{"names", "names, if long", "names in OpenShift"}
	sidecar := slices.Concat(names, []string{"certificates", "components", "brokers", "the collector"})
	wanted := map[string][]string{
		contract.TodoAPI:       slices.Concat(sidecar, []string{"the API server", "its pooler", "the language model", "push services", "push services, by v6"}),
		contract.RecurringTask: sidecar,
		contract.Notification: slices.Concat(sidecar, []string{"the API server", "its pooler", "alarm clocks", "mail",
			"push services", "push services, by v6", "webhooks", "webhooks within"}),
		contract.Audit:        slices.Concat(sidecar, []string{"the API server", "its pooler", "push services", "push services, by v6"}),
		contract.RealtimeSync: slices.Concat(sidecar, []string{"its pooler"}),
		"migrate":             slices.Concat(names, []string{"the database"}),
		render.BackupName:     slices.Concat(names, []string{"backups"}),
		render.RestoreName:    slices.Concat(names, []string{"backups", "the API server", "push services", "push services, by v6"}),
		render.PostgresServer: nil,
		render.KafkaServer:    names,
	}

	external, embedded := input(t, cases["external"]), input(t, "testdata/backup.input.yaml")
	for _, in := range []*render.Input{external, embedded} {
		spec := &in.Platform.Spec
		in.Platform.Namespace = "todo"
		spec.NetworkPolicy.Mode = v1alpha1.NetworkPolicyIngressAndEgress
		spec.Notifications.SMTP = &v1alpha1.SMTPSpec{Host: "mail.example.com", Port: new(int32(2525))}
		spec.Notifications.Webhooks.AllowedNetworks = []v1alpha1.Network{"10.20.0.0/16"}
		spec.Observability.Tracing = &v1alpha1.TracingSpec{Endpoint: "collector.tracing.svc:4317"}
		spec.Chat.Model = &v1alpha1.ModelSpec{Name: "llama3.1:8b", Endpoint: "http://ollama.ai.svc:11434/v1"}
	}
	var err error
	if external.Database, err = render.ParseAdminURL("postgres://admin:admin@postgres.example.com/todo", render.Place{Namespace: "todo", Pooler: "pooler.example.com:6432"}); err != nil {
		t.Fatal(err)
	}
	store := &v1alpha1.S3Spec{Endpoint: "http://s3.example.com:9000"}
	embedded.Platform.Spec.Database.Embedded.Backup.Volume, embedded.Platform.Spec.Database.Embedded.Backup.S3 = nil, store
	embedded.Platform.Spec.Database.Embedded.Restore.S3 = store
	policies := networkOf(external)
	for _, policy := range networkOf(embedded) { // those of what external servers make needless
		if !slices.ContainsFunc(policies, func(p *networkingv1.NetworkPolicy) bool { return p.Name == policy.Name }) {
			policies = append(policies, policy)
		}
	}
	for from, pod := range platformHosts() {
		want, known := wanted[from]
		if !known {
			t.Errorf("this test does not know what %s needs", from)
		}
		for what, target := range ports {
			if got := policies.sends(t, pod, target.to, target.port); got != slices.Contains(want, what) {
				t.Errorf("%s reaches %s: %t", from, what, got)
			}
		}
	}
}

func TestNetworkPolicies_areNoneWhereNoneAreWanted(t *testing.T) {
	in := input(t, cases["empty"])
	in.Platform.Spec.NetworkPolicy.Mode = v1alpha1.NetworkPolicyDisabled
	if policies := networkOf(in); len(policies) > 0 {
		t.Errorf("%d policies", len(policies))
	}
}

func TestNetworkPolicies_byDefaultLetEveryNamespaceReadMetrics(t *testing.T) {
	policed, pods := networkOf(input(t, cases["empty"])), platformHosts()
	for name, other := range otherHosts() {
		if got := policed.takes(t, other, pods[contract.RecurringTask], tcp(contract.HealthPort)); got != (other.namespace != "") {
			t.Errorf("%s reads metrics: %t", name, got)
		}
	}
}

// Pods are selected by labels that they have, and the operator by those of its manifest.
func TestNetworkPolicies_selectPodsThatAreRendered(t *testing.T) {
	in := input(t, cases["empty"])
	for _, object := range renderAll(in) {
		var template corev1.PodTemplateSpec
		switch object := object.(type) {
		case *appsv1.Deployment:
			template = object.Spec.Template
		case *appsv1.StatefulSet:
			template = object.Spec.Template
		default:
			continue
		}
		pod := platformHosts()[object.GetName()]
		for label, value := range pod.labels {
			if template.Labels[label] != value {
				t.Errorf("pods of %s have the labels %v, want those of this test: %v", object.GetName(), template.Labels, pod.labels)
			}
		}
	}
	content, err := os.ReadFile("../../../config/manager/manager.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manager := &appsv1.Deployment{}
	document, _, _ := strings.Cut(string(content), "\n---\n")
	if err := yaml.UnmarshalStrict([]byte(document), manager); err != nil {
		t.Fatal(err)
	}
	if want := otherHosts()["the operator"].labels; !reflect.DeepEqual(manager.Spec.Template.Labels, want) {
		t.Errorf("the operator's pods have the labels %v, want those of this test: %v", manager.Spec.Template.Labels, want)
	}
}
