package node

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/supervise"
)

func testCluster() Cluster {
	spec := cluster.Spec{Name: "blue", Slot: 3, Port: 8080, Size: 3}
	return Cluster{cluster.Cluster{Spec: spec, Cache: cache.Layout{Root: "/cache"}}}
}

// rendered is a file of the second node.
func rendered(t *testing.T, file string) []byte {
	t.Helper()
	content, err := testCluster().Nodes()[1].renderConfig(configFiles[file])
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestKubeletConfigKeepsToTheNodesOwnPlaces(t *testing.T) {
	var config map[string]any
	if err := yaml.Unmarshal(rendered(t, "kubelet.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"cgroupRoot": "/todoplatform-blue/node-2",
		"resolvConf": "/cache/clusters/blue/nodes/node-2/resolv.conf",
	} {
		if config[field] != want {
			t.Errorf("%s is %v, want %v", field, config[field], want)
		}
	}
}

func TestKubeadmConfigIssuesForTheAddressOfTheControlPlane(t *testing.T) {
	content, err := testCluster().ControlPlane().renderConfig(kubeadmTemplate)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range strings.Split(string(content), "\n---\n") {
		if err := yaml.UnmarshalStrict([]byte(document), &map[string]any{}); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(content), "controlPlaneEndpoint: 10.89.3.2:6443") {
		t.Fatal("the control plane's endpoint is not the first node's address")
	}
}

func TestPodNetworkIsValidJSON(t *testing.T) {
	content := rendered(t, "cni/10-bridge.conflist")
	if err := json.Unmarshal(content, &map[string]any{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), `"10.244.1.0/24"`) {
		t.Fatalf("the pods of the second node have another range:\n%s", content)
	}
}

func TestNoNameServerOutsideTheNode(t *testing.T) {
	for _, line := range strings.Split(string(rendered(t, "resolv.conf")), "\n") {
		if server, found := strings.CutPrefix(line, "nameserver "); found && server != "127.0.0.1" {
			t.Fatalf("name server %s is outside the node", server)
		}
	}
}

func TestEveryConfigFileRenders(t *testing.T) {
	for file := range configFiles {
		if content := rendered(t, file); strings.Contains(string(content), "<no value>") {
			t.Errorf("%s has an empty place:\n%s", file, content)
		}
	}
}

func TestComponentsBindNothingToOtherClusters(t *testing.T) {
	for _, n := range testCluster().Nodes() {
		for _, component := range n.Components() {
			for _, argument := range component.Args {
				if strings.Contains(argument, "/clusters/") && !strings.Contains(argument, "/clusters/blue/") {
					t.Errorf("%s has a file of another cluster: %s", component.Name, argument)
				}
			}
		}
	}
}

func TestOnlyTheFirstNodeHasTheControlPlane(t *testing.T) {
	for _, n := range testCluster().Nodes() {
		has := slices.ContainsFunc(n.Components(), func(c supervise.Component) bool { return c.Name == "kube-apiserver" })
		if first := n.Hostname() == "node-1"; has != first {
			t.Errorf("%s has an API server: %t", n.Hostname(), has)
		}
	}
}
