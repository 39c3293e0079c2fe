package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

func (n Node) proxyKubeconfig() string { return n.Dir("kubeconfig", "kube-proxy.conf") }

// IssueCertificates has kubeadm make the certificates and the kubeconfig files
// that are missing.
func (n Node) IssueCertificates(ctx context.Context, step *progress.Step) error {
	kubeadm, config := n.Cache.Binary("kubeadm"), n.Dir("kubeadm.yaml")
	if err := step.Run(ctx, "/", nil, kubeadm, "init", "phase", "certs", "all", "--config="+config); err != nil {
		return err
	}
	if err := step.Run(ctx, "/", nil, kubeadm, "init", "phase", "kubeconfig", "all", "--config="+config, "--kubeconfig-dir="+n.Dir("kubeconfig")); err != nil {
		return err
	}
	issue := exec.CommandContext(ctx, kubeadm, "kubeconfig", "user", "--client-name=system:kube-proxy", "--config="+config) //nolint:gosec // our own binary
	issue.Stderr = step.Log()
	content, err := issue.Output()
	if err != nil {
		return fmt.Errorf("issue the kubeconfig of kube-proxy: %w", err)
	}
	return os.WriteFile(n.proxyKubeconfig(), content, 0o600)
}
