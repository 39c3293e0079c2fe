//go:build nodes || observe || neighbours

package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/test/servers"
)

// kubectl does what an administrator does.
func kubectl(t *testing.T, args ...string) {
	t.Helper()
	if output, err := kubectlCommand(t.Context(), t, args...).CombinedOutput(); err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}

func kubectlCommand(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := servers.Binary("bin", "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(ctx, binary, append([]string{"--kubeconfig=" + kubeconfig}, args...)...)
}

func since(began, ended time.Time) time.Duration {
	return ended.Sub(began).Round(100 * time.Millisecond)
}
