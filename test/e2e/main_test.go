// Package e2e tells the product's whole story on a real cluster: Kubernetes, Dapr,
// Kafka, PostgreSQL, Contour and a browser.
//
// It brings up a cluster of its own and takes it down again. For daily work,
// E2E_CLUSTER and E2E_PORT name a running cluster to use instead; the sample's
// namespace in it is deleted first.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	namespace   = "todo" // of the sample
	ownCluster  = "e2e"
	ownPort     = "18080"
	describeFor = 30 * time.Second

	deleteWithin = 3 * time.Minute
)

var (
	platformKey = client.ObjectKey{Namespace: namespace, Name: "todo"}
	clusterName string
	baseURL     string
	cluster     *kube
)

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // what fails here fails the test
	os.Exit(run(m))
}

func run(m *testing.M) int {
	name, port := os.Getenv("E2E_CLUSTER"), os.Getenv("E2E_PORT")
	if name == "" {
		name, port = ownCluster, ownPort
		defer program("down", "--name", name) //nolint:errcheck // the result of the tests counts
	}
	clusterName, baseURL = name, "http://localhost:"+port
	if err := prepare(name, port); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if code != 0 {
		ctx, cancel := context.WithTimeout(context.Background(), describeFor)
		defer cancel()
		cluster.describe(ctx, os.Stderr)
	}
	return code
}

// prepare brings up a cluster with our images, the operator in it and no platform yet.
func prepare(name, port string) error {
	if err := program("up", "--name", name, "--port", port); err != nil {
		return err
	}
	if err := program("operator", "--name", name); err != nil {
		return err
	}
	path, err := exec.Command("go", "run", "-C", "../../hack/cluster", ".", "kubeconfig", "--name", name).Output()
	if err != nil {
		return fmt.Errorf("ask for the kubeconfig: %w", err)
	}
	cluster, err = connect(strings.TrimSpace(string(path)))
	if err != nil {
		return err
	}
	return deleteNamespace()
}

// deleteNamespace removes what an earlier run left behind.
func deleteNamespace() error {
	ctx, cancel := context.WithTimeout(context.Background(), deleteWithin)
	defer cancel()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	for {
		if err := cluster.Delete(ctx, object); apierrors.IsNotFound(err) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %s is not gone after %s", namespace, deleteWithin)
		case <-time.After(time.Second):
		}
	}
}

// program runs the local cluster's program and shows what it says.
func program(args ...string) error {
	command := exec.Command("go", append([]string{"run", "-C", "../../hack/cluster", "."}, args...)...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("cluster %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// namesIn lists the kind and name of each object of a list.
func namesIn(list client.ObjectList) ([]string, error) {
	objects, err := meta.ExtractList(list)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, object := range objects {
		accessor, err := meta.Accessor(object)
		if err != nil {
			return nil, err
		}
		names = append(names, fmt.Sprintf("%T/%s", object, accessor.GetName()))
	}
	return names, nil
}
