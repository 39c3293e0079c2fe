package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

func (c Cluster) proxyKubeconfig() string { return c.Dir("kubeconfig", "kube-proxy.conf") }

// IssueCertificates has kubeadm make the certificates and the kubeconfig files
// that are missing.
func (c Cluster) IssueCertificates(ctx context.Context, step *progress.Step) error {
	kubeadm, config := c.Cache.Binary("kubeadm"), c.kubeadmConfig()
	if err := step.Run(ctx, "/", nil, kubeadm, "init", "phase", "certs", "all", "--config="+config); err != nil {
		return err
	}
	if err := step.Run(ctx, "/", nil, kubeadm, "init", "phase", "kubeconfig", "all", "--config="+config, "--kubeconfig-dir="+c.Dir("kubeconfig")); err != nil {
		return err
	}
	if err := c.issueKubeconfig(ctx, step, c.proxyKubeconfig(), "--client-name=system:kube-proxy"); err != nil {
		return err
	}
	for _, n := range c.Nodes() {
		if n.hasControlPlane() { // it is among those of above
			continue
		}
		if err := c.issueKubeconfig(ctx, step, n.kubeletKubeconfig(), "--client-name=system:node:"+n.Hostname(), "--org=system:nodes"); err != nil {
			return err
		}
	}
	return nil
}

// issueKubeconfig writes the kubeconfig file of a client, with a certificate of the cluster's authority.
func (c Cluster) issueKubeconfig(ctx context.Context, step *progress.Step, path string, client ...string) error {
	args := append([]string{"kubeconfig", "user", "--config=" + c.kubeadmConfig()}, client...)
	issue := exec.CommandContext(ctx, c.Cache.Binary("kubeadm"), args...) //nolint:gosec // our own binary
	issue.Stderr = step.Log()
	content, err := issue.Output()
	if err != nil {
		return fmt.Errorf("issue %s: %w", path, err)
	}
	return os.WriteFile(path, content, 0o600)
}
