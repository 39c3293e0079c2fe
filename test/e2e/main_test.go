// Package e2e tells the product's whole story on a real cluster: Kubernetes, Dapr,
// Kafka, PostgreSQL, Contour and a browser.
//
// It brings up a cluster of its own, with the driver that DRIVER names, and takes it down again. For daily work,
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
	describeFor = 30 * time.Second

	deleteWithin = 3 * time.Minute
)

var (
	platformKey = client.ObjectKey{Namespace: namespace, Name: "todo"}
	clusterName string
	kubeconfig  string
	baseURL     string
	cluster     *kube
)

// own is the cluster that the tests bring up, and the tag of its images. Tests with a build tag have another one.
var own = struct{ name, port, nodes, tag string }{"e2e", "18080", "1", "dev"}

// installOperator puts the operator into the cluster. Upgrades begin with another one.
var installOperator = func() error { return program("operator") }

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // what fails here fails the test
	os.Exit(run(m))
}

func run(m *testing.M) int {
	port := os.Getenv("E2E_PORT")
	if clusterName = os.Getenv("E2E_CLUSTER"); clusterName == "" {
		clusterName, port = own.name, own.port
		defer program("down") //nolint:errcheck // the result of the tests counts
	}
	baseURL = "http://localhost:" + port
	if err := prepare(port); err != nil {
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
func prepare(port string) error {
	if err := program("up", "--port", port, "--nodes", own.nodes, "--driver", os.Getenv("DRIVER")); err != nil {
		return err
	}
	if err := installOperator(); err != nil {
		return err
	}
	path, err := programCommand("kubeconfig").Output()
	if err != nil {
		return fmt.Errorf("ask for the kubeconfig: %w", err)
	}
	kubeconfig = strings.TrimSpace(string(path))
	cluster, err = connect(kubeconfig)
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

// programCommand is a command of the local cluster's program for the cluster under test.
func programCommand(args ...string) *exec.Cmd {
	args = append([]string{"run", "-C", "../../hack/cluster", "."}, args...)
	return exec.Command("go", append(args, "--name", clusterName)...)
}

// program runs the local cluster's program and shows what it says.
func program(args ...string) error {
	command := programCommand(args...)
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
