// Package kind runs clusters in Docker, by the program kind: nothing of Kubernetes is
// compiled, and nodes pull what is public.
package kind

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// NodeImage is that of kind 0.33.
const NodeImage = "kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5"

const (
	askTimeout    = 15 * time.Second
	loadTimeout   = 5 * time.Minute
	removeTimeout = 2 * time.Minute
	// createTimeout has the node's image pulled, too.
	createTimeout = 15 * time.Minute
	pullTimeout   = 10 * time.Minute
)

//go:embed kind.yaml.tmpl
var configTemplate string

// Driver runs nodes that are containers of Docker.
type Driver struct{ Cache cache.Layout }

// Present reports whether anything on this machine hints at Docker or kind.
func Present() bool { return has("docker") || has("kind") }

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// Check wants one node, the programs, and an answer from Docker.
func (Driver) Check(ctx context.Context, nodes int) error {
	if nodes != 1 {
		return errors.New("a cluster in kind has one node, several need DRIVER=" + cluster.DriverHost)
	}
	for _, program := range []string{"docker", "kind", "kubectl"} {
		if !has(program) {
			return fmt.Errorf("%s is not installed", program)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	said, err := exec.CommandContext(ctx, "docker", "version", "--format={{.Server.Version}}").CombinedOutput()
	if err != nil {
		return fmt.Errorf("no Docker answers, is it started, and may you use it? (%s)", lastLine(said, err))
	}
	return nil
}

// lastLine is what a program that failed said at its end.
func lastLine(said []byte, err error) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}

// ToolSets are charts and manifests, and helm where it is not installed.
func (Driver) ToolSets() []string {
	sets := []string{"dapr-chart", "contour-manifests"}
	if !has("helm") {
		sets = append(sets, "helm")
	}
	return sets
}

// Program is the one that is installed, or else that of the tool sets.
func (d Driver) Program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return d.Cache.Binary(name)
}

// Bare says that kind brings names and storage, and its nodes reach what Docker reaches.
func (Driver) Bare() bool { return false }

// Claim has nothing to give: kind sees to addresses.
func (Driver) Claim(*cluster.Spec, []cluster.Cluster) error { return nil }

// Start creates the node.
func (Driver) Start(ctx context.Context, step *progress.Step, c cluster.Cluster) error {
	ctx, cancel := context.WithTimeout(ctx, createTimeout)
	defer cancel()
	config := c.Dir("kind.yaml")
	if err := writeConfig(config, c); err != nil {
		return err
	}
	return step.Run(ctx, "/", nil, "kind", "create", "cluster", "--name="+name(c), "--image="+NodeImage, "--config="+config, "--kubeconfig="+c.Kubeconfig())
}

func writeConfig(path string, c cluster.Cluster) error {
	parsed, err := template.New(filepath.Base(path)).Parse(configTemplate)
	if err != nil {
		return err
	}
	var content strings.Builder
	if err := parsed.Execute(&content, c); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content.String()), 0o600)
}

// name is what kind calls the cluster, beside those that are not ours.
func name(c cluster.Cluster) string { return "todoplatform-" + c.Name }

// Nodes names the only one, as kind does.
func (Driver) Nodes(c cluster.Cluster) []string { return []string{name(c) + "-control-plane"} }

// Running asks Docker for the node's container.
func (d Driver) Running(ctx context.Context, c cluster.Cluster) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	said, err := exec.CommandContext(ctx, "docker", "ps", "--quiet", "--filter=name=^"+d.Nodes(c)[0]+"$").CombinedOutput() //nolint:gosec // names of this program
	if err != nil {
		return false, fmt.Errorf("ask Docker for the node: %s", lastLine(said, err))
	}
	return len(said) > 0, nil
}

// Pull has the node's containerd pull an image that is not there.
func (Driver) Pull(ctx context.Context, step *progress.Step, _ cluster.Cluster, node, reference string) error {
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	return step.Run(ctx, "/", nil, "docker", "exec", node, "crictl", "pull", reference)
}

// Import puts a docker-archive file on a node.
func (Driver) Import(ctx context.Context, step *progress.Step, c cluster.Cluster, node, archive string) error {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	return step.Run(ctx, "/", nil, "kind", "load", "image-archive", archive, "--name="+name(c), "--nodes="+node)
}

// Remove ends the container with all in it.
func (Driver) Remove(ctx context.Context, step *progress.Step, c cluster.Cluster) error {
	ctx, cancel := context.WithTimeout(ctx, removeTimeout)
	defer cancel()
	return step.Run(ctx, "/", nil, "kind", "delete", "cluster", "--name="+name(c), "--kubeconfig="+c.Kubeconfig())
}

// Logs names the command that collects them.
func (Driver) Logs(c cluster.Cluster) string {
	return "The logs of the node: kind export logs --name=" + name(c)
}
