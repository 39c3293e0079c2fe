package node

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

//go:embed config
var configTemplates embed.FS

// configFiles maps files below the cluster's folder to their templates.
var configFiles = map[string]string{
	"kubeadm.yaml":           "config/kubeadm.yaml.tmpl",
	"kubelet.yaml":           "config/kubelet.yaml.tmpl",
	"containerd.toml":        "config/containerd.toml.tmpl",
	"cni/10-bridge.conflist": "config/bridge.conflist.tmpl",
	"resolv.conf":            "config/resolv.conf.tmpl",
}

type configValues struct {
	Node                                                        Node
	Address, PodRange, NodePodRange, ServiceRange, DNS, Service string
	Cgroup, PauseImage, KubernetesVersion                       string
}

// WriteConfig renders the configuration of every component into the cluster's folder.
func (n Node) WriteConfig() error {
	for file, templateName := range configFiles {
		content, err := n.renderConfig(templateName)
		if err != nil {
			return err
		}
		path := n.Dir(file)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // no secret among them
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

func (n Node) renderConfig(name string) ([]byte, error) {
	parsed, err := template.New(filepath.Base(name)).Option("missingkey=error").ParseFS(configTemplates, name)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	values := configValues{
		Node:              n,
		Address:           n.Slot.Node().String(),
		PodRange:          network.PodRange,
		NodePodRange:      network.NodePodRange,
		ServiceRange:      network.ServiceRange,
		DNS:               network.DNSService,
		Service:           network.APIService,
		Cgroup:            cgroup.Name(n.Name),
		PauseImage:        image.PauseReference,
		KubernetesVersion: tools.KubernetesVersion,
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return out.Bytes(), nil
}
