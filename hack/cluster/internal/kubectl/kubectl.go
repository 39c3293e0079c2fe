// Package kubectl runs the command of that name against one cluster.
package kubectl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// callTimeout bounds calls that do not wait for anything by themselves.
const callTimeout = 2 * time.Minute

// Client runs kubectl with the rights of a kubeconfig file.
type Client struct {
	Binary, Kubeconfig string
}

// Apply creates or changes the objects of a manifest by server-side apply.
func (c Client) Apply(ctx context.Context, log io.Writer, manifest []byte) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	command := c.command(ctx, "apply", "--server-side", "--force-conflicts", "--field-manager=cluster", "--filename=-")
	command.Stdin = bytes.NewReader(manifest)
	return run(command, log)
}

// WaitForRollout waits until every pod of a workload, such as deployment/coredns, is ready.
func (c Client) WaitForRollout(ctx context.Context, log io.Writer, namespace string, timeout time.Duration, workloads ...string) error {
	for _, workload := range workloads {
		if err := run(c.command(ctx, "--namespace="+namespace, "rollout", "status", workload, "--timeout="+timeout.String()), log); err != nil {
			return fmt.Errorf("%s in namespace %s did not become ready: %w", workload, namespace, err)
		}
	}
	return nil
}

// Run runs kubectl with the arguments and sends what it prints to log.
func (c Client) Run(ctx context.Context, log io.Writer, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return run(c.command(ctx, args...), log)
}

// Output returns what kubectl prints.
func (c Client) Output(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	err := c.Run(ctx, &out, args...)
	return strings.TrimSpace(out.String()), err
}

func (c Client) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, c.Binary, append([]string{"--kubeconfig=" + c.Kubeconfig}, args...)...) //nolint:gosec // our own binary
}

func run(command *exec.Cmd, log io.Writer) error {
	command.Stdout, command.Stderr = log, log
	if err := command.Run(); err != nil {
		return fmt.Errorf("kubectl: %w", err)
	}
	return nil
}
