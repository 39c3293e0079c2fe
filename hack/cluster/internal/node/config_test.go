package node

import (
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
)

func testNode() Node {
	return Node{Spec: Spec{Name: "blue", Slot: 3, Port: 8080}, Cache: cache.Layout{Root: "/cache"}}
}

func rendered(t *testing.T, file string) []byte {
	t.Helper()
	content, err := testNode().renderConfig(configFiles[file])
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestKubeletConfigKeepsToTheClustersOwnPlaces(t *testing.T) {
	var config map[string]any
	if err := yaml.Unmarshal(rendered(t, "kubelet.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"cgroupRoot": "/todoplatform-blue",
		"resolvConf": "/cache/clusters/blue/resolv.conf",
	} {
		if config[field] != want {
			t.Errorf("%s is %v, want %v", field, config[field], want)
		}
	}
}

func TestKubeadmConfigIssuesForTheNodesAddress(t *testing.T) {
	for _, document := range strings.Split(string(rendered(t, "kubeadm.yaml")), "\n---\n") {
		if err := yaml.UnmarshalStrict([]byte(document), &map[string]any{}); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(rendered(t, "kubeadm.yaml")), "controlPlaneEndpoint: 10.89.3.2:6443") {
		t.Fatal("the control plane's endpoint is not the node's address")
	}
}

func TestPodNetworkIsValidJSON(t *testing.T) {
	if err := json.Unmarshal(rendered(t, "cni/10-bridge.conflist"), &map[string]any{}); err != nil {
		t.Fatal(err)
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
	for _, component := range testNode().Components() {
		for _, argument := range component.Args {
			if strings.Contains(argument, "/clusters/") && !strings.Contains(argument, "/clusters/blue/") {
				t.Errorf("%s has a file of another cluster: %s", component.Name, argument)
			}
		}
	}
}
