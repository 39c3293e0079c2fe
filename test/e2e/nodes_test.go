//go:build nodes

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// The nodes and what the drills have on them. The first one has the control plane, Dapr's too.
const (
	controlNode = "node-1" // the operator, which tells what happens
	dataNode    = "node-2" // PostgreSQL and Kafka, whose volumes cannot move
	otherNode   = "node-3"
)

// Bounds of the drills. They are far above what was measured, which is logged.
const (
	noticedWithin  = 2 * time.Minute // the cluster calls a node lost after 50 seconds
	replacedWithin = 5 * time.Minute
	warmUp         = 10 * time.Second
	calm           = 20 * time.Second
)

func init() { own.name, own.port, own.nodes = "e2e-nodes", "18081", "3" }

// TestNodes tells what becomes of a platform on three nodes when one of them is emptied, or
// lost, and comes back. Its chapters build on each other.
func TestNodes(t *testing.T) {
	chapter := func(name string, tell func(*testing.T)) {
		if !t.Run(name, tell) {
			t.FailNow()
		}
	}
	chapter("two replicas of everything on three nodes", spreadReplicas)
	chapter("a node is drained", drainNode)
	chapter("a node with services is lost and returns", loseServices)
	chapter("the node with the data is lost and returns", loseServers)
}

// spreadReplicas puts operator and servers on nodes that are known, and leaves it to the cluster where
// services go.
func spreadReplicas(t *testing.T) {
	only(t, controlNode)
	for _, verb := range []string{"restart", "status"} {
		kubectl(t, "rollout", verb, "deployment/todoplatform-controller-manager", "--namespace=todoplatform-system")
	}
	only(t, dataNode)
	cluster.apply(t, mailbox(t)...)
	cluster.apply(t, inTwo(t, sample(t))...)
	cluster.waitReady(t, readyWithin)
	for _, server := range []string{"postgres", "kafka"} {
		for _, pod := range cluster.podsOf(t.Context(), t, server) {
			if pod.Spec.NodeName != dataNode {
				t.Fatalf("%s is on %s, want %s", pod.Name, pod.Spec.NodeName, dataNode)
			}
		}
	}
	place(t, controlNode, dataNode, otherNode)
	apart := 0
	for _, app := range contract.Services() {
		nodes := nodesOf(t, app)
		t.Logf("%s is on %v", app, nodes)
		if len(slices.Compact(nodes)) == 2 {
			apart++
		}
	}
	t.Logf("FIGURE %d of %d services have their replicas on two nodes", apart, len(contract.Services()))
}

// inTwo asks for two replicas of each service.
func inTwo(t *testing.T, objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	for _, object := range objects {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		for _, service := range []string{"todoAPI", "recurringTask", "notification", "audit", "realtimeSync"} {
			if err := unstructured.SetNestedField(object.Object, int64(2), "spec", "services", service, "replicas"); err != nil {
				t.Fatal(err)
			}
		}
	}
	return objects
}

func drainNode(t *testing.T) {
	place(t, dataNode, otherNode)
	f := startTraffic(t)
	pause(t, warmUp)
	began := time.Now()
	kubectl(t, "drain", otherNode, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=5m")
	drained := time.Now()
	cluster.waitReady(t, replacedWithin)
	t.Logf("FIGURE drained after %s, Ready after %s", since(began, drained), since(began, time.Now()))
	kubectl(t, "uncordon", otherNode)
	pause(t, calm)
	for _, app := range contract.Services() {
		if nodes := nodesOf(t, app); len(nodes) != 2 {
			t.Errorf("%s is on %v", app, nodes)
		}
	}
	f.finish(t, began)
	if failed := f.failures(began, "read", "write"); failed > 0 {
		t.Errorf("%d requests failed", failed)
	}
}

func loseServices(t *testing.T) {
	place(t, dataNode, otherNode)
	for _, app := range contract.Services() {
		if nodes := nodesOf(t, app); !slices.Equal(nodes, []string{dataNode, otherNode}) {
			t.Fatalf("%s is on %v, want one replica on each of two nodes", app, nodes)
		}
	}
	f := startTraffic(t)
	pause(t, warmUp)
	stopNode(t, otherNode)
	lost := time.Now()
	waitCondition(t, v1alpha1.ConditionReady, metav1.ConditionFalse, noticedWithin)
	said := conditionOf(t, v1alpha1.ConditionReady).Message
	t.Logf("FIGURE not Ready %s after the node was lost: %s", since(lost, time.Now()), said)
	if !strings.Contains(said, "its node "+otherNode+" does not answer") {
		t.Errorf("the lost node %s is not named: %s", otherNode, said)
	}
	if available := conditionOf(t, v1alpha1.ConditionAvailable); available.Status != metav1.ConditionTrue {
		t.Errorf("not Available although a replica of each service serves: %s", available.Message)
	}
	cluster.waitReady(t, replacedWithin)
	t.Logf("FIGURE Ready again %s after the node was lost", since(lost, time.Now()))
	pause(t, calm)
	f.finish(t, lost)

	startNode(t, otherNode)
	returned := time.Now()
	waitNodeReady(t, otherNode)
	cluster.waitNobodyLeaves(t, replacedWithin)
	cluster.waitReady(t, replacedWithin)
	t.Logf("FIGURE nothing left of the loss %s after the node returned", since(returned, time.Now()))
}

// loseServers loses what cannot move. Nothing is served until the node returns; then all goes on by itself.
func loseServers(t *testing.T) {
	place(t, controlNode, otherNode)
	f := startTraffic(t)
	pause(t, warmUp)
	stopNode(t, dataNode)
	lost := time.Now()
	for _, server := range []struct{ name, condition string }{
		{"postgres", v1alpha1.ConditionDatabaseReady}, {"kafka", v1alpha1.ConditionKafkaReady},
	} {
		eventually(t, noticedWithin, server.condition+" names the node", func(context.Context) error {
			message := conditionOf(t, server.condition).Message
			if !strings.Contains(message, server.name+"-0") || !strings.Contains(message, dataNode) {
				return fmt.Errorf("it says %q", message)
			}
			return nil
		})
		t.Logf("FIGURE %s after %s: %s", server.condition, since(lost, time.Now()), conditionOf(t, server.condition).Message)
	}
	for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionAvailable} {
		if c := conditionOf(t, kind); c.Status != metav1.ConditionFalse || !strings.Contains(c.Message, "postgres-0") {
			t.Errorf("%s is %s: %s", kind, c.Status, c.Message)
		}
	}

	startNode(t, dataNode)
	returned := time.Now()
	cluster.waitReady(t, replacedWithin)
	t.Logf("FIGURE Ready %s after the node returned", since(returned, time.Now()))
	eventually(t, replacedWithin, "all is served again", func(context.Context) error {
		now := time.Now()
		pause(t, calm)
		if failed := f.failures(now, "read", "write", "audit"); failed > 0 {
			return fmt.Errorf("%d requests failed in %s", failed, calm)
		}
		return nil
	})
	f.finish(t, lost)
}

// only has new pods go to some nodes until the next call.
func only(t *testing.T, nodes ...string) {
	t.Helper()
	for _, node := range []string{controlNode, dataNode, otherNode} {
		verb := "cordon"
		if slices.Contains(nodes, node) {
			verb = "uncordon"
		}
		kubectl(t, verb, node)
	}
}

// place starts all services anew on some nodes, and lets them go to any node after that.
func place(t *testing.T, nodes ...string) {
	t.Helper()
	only(t, nodes...)
	for _, app := range contract.Services() {
		kubectl(t, "rollout", "restart", "deployment/"+app, "--namespace="+namespace)
	}
	for _, app := range contract.Services() {
		cluster.waitRolledOut(t, app, replacedWithin)
	}
	cluster.waitNobodyLeaves(t, replacedWithin)
	cluster.waitReady(t, replacedWithin)
	only(t, controlNode, dataNode, otherNode)
}

// nodesOf lists the nodes of the pods of an app, in order.
func nodesOf(t *testing.T, app string) []string {
	t.Helper()
	var nodes []string
	for _, pod := range cluster.podsOf(t.Context(), t, app) {
		nodes = append(nodes, pod.Spec.NodeName)
	}
	slices.Sort(nodes)
	return nodes
}

func stopNode(t *testing.T, node string) {
	t.Helper()
	if err := program("node", "stop", node); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program("node", "start", node) })
}

func startNode(t *testing.T, node string) {
	t.Helper()
	if err := program("node", "start", node); err != nil {
		t.Fatal(err)
	}
}

func waitNodeReady(t *testing.T, name string) {
	t.Helper()
	eventually(t, noticedWithin, name+" is Ready", func(ctx context.Context) error {
		node := &corev1.Node{}
		if err := cluster.Get(ctx, client.ObjectKey{Name: name}, node); err != nil {
			return err
		}
		for _, c := range node.Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("conditions: %v", node.Status.Conditions)
	})
}
