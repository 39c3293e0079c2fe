// Package cluster finds a local cluster and reads from it what a benchmark needs.
package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// callTimeout bounds one call of kubectl.
const callTimeout = 30 * time.Second

// Cluster is a local cluster that `make up` has started.
type Cluster struct {
	// URL of the platform's entry on this machine.
	URL string
	// Keeper is the id of the process above all others of the cluster.
	Keeper int

	kubectl, kubeconfig string
}

// Find reads where the cluster of a name is. The files are those of hack/cluster.
func Find(name string) (*Cluster, error) {
	root, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(root, "clusters", filepath.Base(name))
	spec, err := os.ReadFile(filepath.Join(folder, "cluster.json")) //nolint:gosec // below the cache
	if err != nil {
		return nil, fmt.Errorf("find the cluster %s (start it with `make up NAME=%s`): %w", name, name, err)
	}
	var parsed struct {
		Port   int
		Driver string
	}
	if err := json.Unmarshal(spec, &parsed); err != nil {
		return nil, fmt.Errorf("read cluster.json of the cluster %s: %w", name, err)
	}
	if parsed.Driver == "kind" {
		return nil, fmt.Errorf("the cluster %s runs in kind, where its processes cannot be measured: start one with DRIVER=host", name)
	}
	keeper, err := os.ReadFile(filepath.Join(folder, "keeper.lock")) //nolint:gosec // below the cache
	if err != nil {
		return nil, fmt.Errorf("find the keeper of the cluster %s: %w", name, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(keeper)))
	if err != nil {
		return nil, fmt.Errorf("read the keeper of the cluster %s: %w", name, err)
	}
	return &Cluster{
		URL: fmt.Sprintf("http://localhost:%d", parsed.Port), Keeper: pid,
		kubectl: filepath.Join(root, "bin", "kubectl"), kubeconfig: filepath.Join(folder, "kubeconfig", "super-admin.conf"),
	}, nil
}

func cacheFolder() (string, error) {
	if root := os.Getenv("TODOPLATFORM_CACHE"); root != "" {
		return filepath.Abs(root)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder (set TODOPLATFORM_CACHE to choose one): %w", err)
	}
	return filepath.Join(base, "todoplatform"), nil
}

// SecretKey returns the value of one key of a Secret.
func (c *Cluster) SecretKey(ctx context.Context, namespace, name, key string) ([]byte, error) {
	out, err := c.output(ctx, "--namespace="+namespace, "get", "secret", name, "--output=json")
	if err != nil {
		return nil, fmt.Errorf("read the Secret %s: %w", name, err)
	}
	var secret struct{ Data map[string][]byte }
	if err := json.Unmarshal(out, &secret); err != nil {
		return nil, fmt.Errorf("read the Secret %s: %w", name, err)
	}
	value, ok := secret.Data[key]
	if !ok {
		return nil, fmt.Errorf("the Secret %s has no key %s", name, key)
	}
	return value, nil
}

// Image returns the image of a Deployment's first container: the version that is measured.
func (c *Cluster) Image(ctx context.Context, namespace, deployment string) (string, error) {
	out, err := c.output(ctx, "--namespace="+namespace, "get", "deployment", deployment,
		"--output=jsonpath={.spec.template.spec.containers[0].image}")
	if err != nil {
		return "", fmt.Errorf("read the image of %s: %w", deployment, err)
	}
	return string(out), nil
}

func (c *Cluster) output(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := c.command(ctx, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("kubectl: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

func (c *Cluster) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, c.kubectl, append([]string{"--kubeconfig=" + c.kubeconfig}, args...)...) //nolint:gosec // the cache's own binary
}

// Forward opens a port of this machine's loopback address to a port of a workload,
// such as statefulset/postgres. It lasts until ctx ends or stop is called.
func (c *Cluster) Forward(ctx context.Context, namespace, workload string, port uint16) (local uint16, stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	command := c.command(ctx, "--namespace="+namespace, "port-forward", "--address=127.0.0.1", workload, fmt.Sprintf(":%d", port))
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		cancel()
		return 0, nil, fmt.Errorf("forward to %s: %w", workload, err)
	}
	stop = func() {
		cancel()
		_ = command.Wait() // it was killed
	}
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if err == nil {
		local, err = forwardedPort(line)
	}
	if err != nil {
		stop()
		return 0, nil, fmt.Errorf("forward to %s: %w", workload, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // a line for each connection
	return local, stop, nil
}

var forwarding = regexp.MustCompile(`^Forwarding from 127\.0\.0\.1:(\d+) -> `)

func forwardedPort(line string) (uint16, error) {
	match := forwarding.FindStringSubmatch(line)
	if match == nil {
		return 0, fmt.Errorf("kubectl said %q", line)
	}
	port, err := strconv.ParseUint(match[1], 10, 16)
	return uint16(port), err
}
