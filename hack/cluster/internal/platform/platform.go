// Package platform runs the product on a cluster: operator, development mailbox
// and the sample platform.
package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kubectl"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/lifecycle"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

const (
	manifestTag        = "dev" // of the operator's image in config/default
	operatorNamespace  = "todoplatform-system"
	operatorDeployment = "deployment/todoplatform-controller-manager"
	mailNamespace      = "mail"
	sampleNamespace    = "todo"
	sampleName         = "todo"
	rolloutTimeout     = 2 * time.Minute
	readyTimeout       = 5 * time.Minute
	pollEvery          = time.Second
)

// Platform is the product on one cluster.
type Platform struct {
	Manager lifecycle.Manager
	Cluster cluster.Cluster
	// Tag of our images. The operator takes it as its own version.
	Tag string
}

func (p Platform) kubectl() kubectl.Client { return p.Manager.Kubectl(p.Cluster) }

func (p Platform) read(elements ...string) ([]byte, error) {
	return os.ReadFile(filepath.Join(append([]string{p.Manager.Repository}, elements...)...))
}

// InstallOperator builds and loads our images and installs CRD and operator. What
// runs already on an image that changed is restarted.
func (p Platform) InstallOperator(ctx context.Context) error {
	changed, err := p.Manager.LoadProduct(ctx, p.Cluster, p.Tag)
	if err != nil {
		return err
	}
	return p.Manager.Progress.Do("install the operator", func(step *progress.Step) error {
		manifest, err := p.kustomize(ctx, "config", "default")
		if err != nil {
			return err
		}
		operator := image.Registry + "/manager:"
		manifest = bytes.ReplaceAll(manifest, []byte(operator+manifestTag), []byte(operator+p.Tag))
		if err := p.kubectl().Apply(ctx, step.Log(), manifest); err != nil {
			return err
		}
		if err := p.restart(ctx, step, changed); err != nil {
			return err
		}
		return p.kubectl().WaitForRollout(ctx, step.Log(), operatorNamespace, rolloutTimeout, operatorDeployment)
	})
}

// Up installs the operator, the mailbox and the sample and waits until it is Ready.
func (p Platform) Up(ctx context.Context) error {
	if err := p.InstallOperator(ctx); err != nil {
		return err
	}
	if err := p.Manager.Progress.Do("install the mailbox", p.installMailbox(ctx)); err != nil {
		return err
	}
	if err := p.Manager.Progress.Do("apply the sample platform", p.applySample(ctx)); err != nil {
		return err
	}
	err := p.Manager.Progress.Do("wait until the platform is Ready", func(*progress.Step) error { return p.waitUntilReady(ctx) })
	if err != nil {
		return p.explain(err)
	}
	return nil
}

// Reload builds and loads what changed and restarts only what runs on it.
func (p Platform) Reload(ctx context.Context) error {
	if err := p.InstallOperator(ctx); err != nil {
		return err
	}
	return p.Manager.Progress.Do("wait until the platform is Ready", func(*progress.Step) error { return p.waitUntilReady(ctx) })
}

func (p Platform) installMailbox(ctx context.Context) func(*progress.Step) error {
	return func(step *progress.Step) error {
		manifest, err := p.read("hack", "mailbox", "mailbox.yaml")
		if err != nil {
			return err
		}
		if err := p.kubectl().Apply(ctx, step.Log(), manifest); err != nil {
			return err
		}
		return p.kubectl().WaitForRollout(ctx, step.Log(), mailNamespace, rolloutTimeout, "deployment/mailbox")
	}
}

func (p Platform) applySample(ctx context.Context) func(*progress.Step) error {
	return func(step *progress.Step) error {
		sample, err := p.read("config", "samples", "platform_v1alpha1_todoplatform.yaml")
		if err != nil {
			return err
		}
		patch, err := p.read("hack", "mailbox", "platform-patch.yaml")
		if err != nil {
			return err
		}
		manifest, err := merge(sample, patch, p.Cluster.URL())
		if err != nil {
			return err
		}
		return p.kubectl().Apply(ctx, step.Log(), manifest)
	}
}

// restart rolls out the Deployments that run on one of the images.
func (p Platform) restart(ctx context.Context, step *progress.Step, images []string) error {
	if len(images) == 0 {
		return nil
	}
	out, err := p.kubectl().Output(ctx, "get", "deployments", "--all-namespaces", "--output=json")
	if err != nil {
		return fmt.Errorf("list the deployments: %w", err)
	}
	targets, err := deploymentsOf([]byte(out), images)
	if err != nil {
		return err
	}
	for _, target := range targets {
		if err := p.kubectl().Run(ctx, step.Log(), "--namespace="+target.namespace, "rollout", "restart", "deployment/"+target.name); err != nil {
			return err
		}
	}
	return nil
}

type deployment struct{ namespace, name string }

// deploymentsOf picks from a list those with a container of one of the images.
func deploymentsOf(list []byte, images []string) ([]deployment, error) {
	var deployments struct {
		Items []struct {
			Metadata struct{ Namespace, Name string }
			Spec     struct {
				Template struct {
					Spec struct{ Containers []struct{ Image string } }
				}
			}
		}
	}
	if err := json.Unmarshal(list, &deployments); err != nil {
		return nil, fmt.Errorf("read the deployments: %w", err)
	}
	var found []deployment
	for _, item := range deployments.Items {
		for _, container := range item.Spec.Template.Spec.Containers {
			if slices.Contains(images, container.Image) {
				found = append(found, deployment{item.Metadata.Namespace, item.Metadata.Name})
				break
			}
		}
	}
	return found, nil
}

// condition is what a step of the operator says.
type condition struct {
	Type, Status, Reason, Message string
}

// waitUntilReady waits for the platform's condition Ready and prints every change of a condition.
func (p Platform) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	seen := map[string]condition{}
	for {
		conditions, current, err := p.conditions(ctx)
		if err == nil {
			for _, now := range conditions {
				if before := seen[now.Type]; before.Status != now.Status || before.Reason != now.Reason {
					p.Manager.Progress.Printf("    %-18s %-8s %s %s", now.Type, now.Status, now.Reason, now.Message)
				}
				seen[now.Type] = now
			}
			if current && seen["Ready"].Status == "True" {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the platform was not Ready within %s", readyTimeout), err)
		case <-time.After(pollEvery):
		}
	}
}

// conditions reads the platform's conditions and whether they speak of its newest generation.
func (p Platform) conditions(ctx context.Context) (conditions []condition, current bool, err error) {
	out, err := p.kubectl().Output(ctx, "--namespace="+sampleNamespace, "get", "todoplatform", sampleName, "--output=json", "--request-timeout=5s")
	if err != nil {
		return nil, false, fmt.Errorf("read the platform: %w: %s", err, out)
	}
	var object struct {
		Metadata struct{ Generation int64 }
		Status   struct {
			ObservedGeneration int64
			Conditions         []condition
		}
	}
	if err := json.Unmarshal([]byte(out), &object); err != nil {
		return nil, false, fmt.Errorf("read the platform: %w", err)
	}
	return object.Status.Conditions, object.Status.ObservedGeneration == object.Metadata.Generation, nil
}

// explain adds to an error what the platform and its pods say.
func (p Platform) explain(cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var report strings.Builder
	for _, query := range []struct {
		title string
		args  []string
	}{
		{"Pods", []string{"get", "pods", "--namespace=" + sampleNamespace, "--output=wide"}},
		{"Warnings", []string{"get", "events", "--namespace=" + sampleNamespace, "--field-selector=type=Warning", "--sort-by=.lastTimestamp"}},
		{"Operator", []string{"logs", operatorDeployment, "--namespace=" + operatorNamespace, "--tail=15"}},
	} {
		out, _ := p.kubectl().Output(ctx, append(query.args, "--request-timeout=5s")...)
		_, _ = fmt.Fprintf(&report, "\n\n%s:\n%s", query.title, out)
	}
	return fmt.Errorf("%w%s", cause, report.String())
}
