// Program argocd-sync makes one sync of an Application, with prune, by the library by which Argo CD does. It reads
// manifests from its input, takes for its own what the Application's name is a label of, and writes a line for each
// object that it deals with. Argo CD itself is more than a test can run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/argoproj/gitops-engine/pkg/cache"
	"github.com/argoproj/gitops-engine/pkg/engine"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	timeout = time.Minute
	// trackingLabel is that of Argo CD before release 3, and later where it is told to track by label.
	trackingLabel = "app.kubernetes.io/instance"
)

func main() {
	application := flag.String("application", "", "the name of the Application")
	namespace := flag.String("namespace", "", "the namespace of its destination")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := run(ctx, *application, *namespace); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, application, namespace string) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv(clientcmd.RecommendedConfigPathEnvVar))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 50, 100 // as Argo CD
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	wanted, err := kube.SplitYAML(input)
	if err != nil {
		return err
	}
	for _, object := range wanted {
		labels := object.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		labels[trackingLabel] = application
		object.SetLabels(labels)
	}
	live := cache.NewClusterCache(config, cache.SetPopulateResourceInfoHandler(func(object *unstructured.Unstructured, isRoot bool) (any, bool) {
		tracked := object.GetLabels()[trackingLabel] == application
		return tracked, tracked && isRoot
	}))
	gitops := engine.NewEngine(config, live)
	stop, err := gitops.Run()
	if err != nil {
		return err
	}
	defer stop()
	isManaged := func(object *cache.Resource) bool { return object.Info == any(true) }
	results, err := gitops.Sync(ctx, wanted, isManaged, "", namespace, sync.WithPrune(true))
	if err != nil {
		return err
	}
	for _, result := range results {
		fmt.Printf("%s/%s %s: %s\n", result.ResourceKey.Kind, result.ResourceKey.Name, result.Status, result.Message)
	}
	return nil
}
