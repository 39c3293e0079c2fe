// Package cluster is how commands reach a platform in its Kubernetes cluster, and what they see there:
// a Snapshot, which is gathered with rights to read alone.
package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Options say which cluster and which platform in it.
type Options struct {
	// Name of the platform. Empty: the only one of the namespace.
	Name string

	kubeconfig, context, namespace   string
	operatorNamespace, daprNamespace string
	timeout                          time.Duration
}

// Bind adds the flags, named as kubectl names them, and the name of the platform as the only argument.
func (o *Options) Bind(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "file that says how to reach the cluster; default: $KUBECONFIG, ~/.kube/config, or the pod's own rights")
	flags.StringVar(&o.context, "context", "", "context of that file; default: the current one")
	flags.StringVarP(&o.namespace, "namespace", "n", "", "namespace of the platform; default: that of the context")
	flags.StringVar(&o.operatorNamespace, "operator-namespace", "todoplatform-system", "namespace of the operator")
	flags.StringVar(&o.daprNamespace, "dapr-namespace", "dapr-system", "namespace of Dapr's control plane")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "give up after this long")
	command.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("give the name of one platform, not %d", len(args))
		}
		o.Name = strings.Join(args, "")
		return nil
	}
}

// Cluster is a connection to the cluster of a platform.
type Cluster struct {
	// Platform is as it was when the connection was made.
	Platform v1alpha1.TodoPlatform

	api                              api
	operatorNamespace, daprNamespace string
}

// Within connects to the cluster, finds the platform, and has work done within the time that was given.
func (o *Options) Within(ctx context.Context, work func(context.Context, *Cluster) error) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	cluster, err := o.connect(ctx)
	if err != nil {
		return err
	}
	return work(ctx, cluster)
}

func (o *Options) connect(ctx context.Context) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.context})
	config, err := loading.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("find the cluster: %w", err)
	}
	namespace := o.namespace
	if namespace == "" {
		if namespace, _, err = loading.Namespace(); err != nil {
			return nil, fmt.Errorf("find the namespace: %w", err)
		}
	}
	api, err := newAPI(config)
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	cluster := &Cluster{api: api, operatorNamespace: o.operatorNamespace, daprNamespace: o.daprNamespace}
	return cluster, cluster.find(ctx, namespace, o.Name)
}

// find reads the platform.
func (c *Cluster) find(ctx context.Context, namespace, name string) error {
	if name != "" {
		if err := c.api.read(ctx, where(platforms, namespace, name), nil, &c.Platform); err != nil {
			return fmt.Errorf("read platform %s in namespace %s: %w", name, namespace, err)
		}
		return nil
	}
	found, err := list[v1alpha1.TodoPlatform](ctx, c.api, platforms, Selection{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list platforms of namespace %s: %w", namespace, err)
	}
	if len(found) == 1 {
		c.Platform = found[0]
		return nil
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no platform in namespace %s: name another one with --namespace", namespace)
	}
	var names []string
	for i := range found {
		names = append(names, found[i].Name)
	}
	return fmt.Errorf("namespace %s holds more than one platform: name one of %s", namespace, strings.Join(names, ", "))
}
