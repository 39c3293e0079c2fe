// Package apiserver starts a real kube-apiserver for tests, with etcd, our kinds, those of Dapr, Gateways with
// their routes, and PodMonitors.
package apiserver

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/todoplatform/todoplatform/test/servers"
)

// Start starts one that knows the kinds in further files and folders of definitions, too. It has no kubelet and no
// controllers: a test plays their part. Stop it. The environment variable TODOPLATFORM_KUBERNETES names another minor
// version than that of the local cluster.
func Start(definitions ...string) (config *rest.Config, stop func() error, err error) {
	name := "kube-apiserver"
	if minor := os.Getenv("TODOPLATFORM_KUBERNETES"); minor != "" {
		name += "-" + minor
	}
	server, err := servers.Binary("bin", name)
	if err != nil {
		return nil, nil, err
	}
	if _, err := servers.Binary("bin", "etcd"); err != nil {
		return nil, nil, err
	}
	ours, err := module("github.com/todoplatform/todoplatform")
	if err != nil {
		return nil, nil, err
	}
	daprs, err := module("github.com/dapr/dapr")
	if err != nil {
		return nil, nil, err
	}
	gateways, err := module("sigs.k8s.io/gateway-api")
	if err != nil {
		return nil, nil, err
	}
	standard := filepath.Join(gateways, "config", "crd", "standard")
	podMonitors, err := servers.Binary("schemas", "prometheus-operator", "monitoring.coreos.com_podmonitors.yaml")
	if err != nil {
		return nil, nil, err
	}
	environment := &envtest.Environment{
		BinaryAssetsDirectory: filepath.Dir(server),
		CRDDirectoryPaths: append([]string{
			filepath.Join(ours, "config", "crd", "bases"),
			filepath.Join(daprs, "charts", "dapr", "crds"),
			podMonitors,
			filepath.Join(standard, "gateway.networking.k8s.io_gateways.yaml"),
			filepath.Join(standard, "gateway.networking.k8s.io_httproutes.yaml"),
		}, definitions...),
		ErrorIfCRDPathMissing: true,
	}
	started := environment.ControlPlane.GetAPIServer()
	started.Path = server
	// The usual 254 addresses are not enough for the Services of many platforms.
	started.Configure().Set("service-cluster-ip-range", "10.0.0.0/16")
	// Some clusters have it on: who makes a child that holds back the deletion of its owner needs a right to the owner.
	started.Configure().Append("enable-admission-plugins", "OwnerReferencesPermissionEnforcement")
	if config, err = environment.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the API server: %w", err)
	}
	return config, environment.Stop, nil
}

// module finds the folder of a module: ours, or one that go.mod pins.
func module(path string) (string, error) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return "", fmt.Errorf("find the module %s: %w", path, err)
	}
	return strings.TrimSpace(string(folder)), nil
}
