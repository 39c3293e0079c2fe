package node

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

//go:embed config
var configTemplates embed.FS

// configFiles maps files below a node's folder to their templates.
var configFiles = map[string]string{
	"kubelet.yaml":           "config/kubelet.yaml.tmpl",
	"containerd.toml":        "config/containerd.toml.tmpl",
	"cni/10-bridge.conflist": "config/bridge.conflist.tmpl",
	"resolv.conf":            "config/resolv.conf.tmpl",
}

const kubeadmTemplate = "config/kubeadm.yaml.tmpl"

type configValues struct {
	Node                                               Node
	PodRange, NodePodRange, ServiceRange, DNS, Service string
	PauseImage, KubernetesVersion                      string
}

func (c Cluster) kubeadmConfig() string { return c.Dir("kubeadm.yaml") }

// WriteConfig renders the configuration of every component of every node.
func (c Cluster) WriteConfig() error {
	if err := c.ControlPlane().writeConfig(kubeadmTemplate, c.kubeadmConfig()); err != nil {
		return err
	}
	for _, n := range c.Nodes() {
		for file, templateName := range configFiles {
			if err := n.writeConfig(templateName, n.Dir(file)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n Node) writeConfig(templateName, path string) error {
	content, err := n.renderConfig(templateName)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // no secret among them
		return fmt.Errorf("write %s: %w", path, err)
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
		PodRange:          network.PodRange,
		NodePodRange:      network.PodRangeOf(n.Number).String(),
		ServiceRange:      network.ServiceRange,
		DNS:               network.DNSService,
		Service:           network.APIService,
		PauseImage:        image.PauseReference,
		KubernetesVersion: tools.KubernetesVersion,
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return out.Bytes(), nil
}
