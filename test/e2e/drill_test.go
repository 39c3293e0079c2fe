//go:build observe

package e2e

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
)

const (
	// settlesWithin is how long alerts may take to fire, or to end.
	settlesWithin = 25 * time.Minute
	// alone is how long no other alert may join those that a drill expects.
	alone = time.Minute
	// recovers is how long what comes late after a drill may burn budgets: a short window, and what alerts wait for.
	recovers = 8 * time.Minute
)

// drill breaks one thing and mends it.
type drill struct {
	broken string
	breaks func(*testing.T)
	mend   func(*testing.T)
	want   []string // the alerts that tell of it
}

var drills = []drill{
	{"PostgreSQL", lose("app.kubernetes.io/name=postgres"), letBack, []string{"TodoPlatformRequestBudget"}},
	// Without events, catching up and sweeps find what is to be done, later than is promised.
	{
		"Kafka", lose("app.kubernetes.io/name=kafka"), letBack,
		[]string{"TodoPlatformOutboxOld", "TodoPlatformRecurrenceBudget", "TodoPlatformReminderBudget"},
	},
	{"an event", spoilEvent, dropDeadLetters, []string{"TodoPlatformDeadLetters", "TodoPlatformEventsDropped"}},
	{"notification", lose("app.kubernetes.io/name=" + contract.Notification), letBack, []string{"TodoPlatformNotificationBudget"}},
}

// TestDrill breaks one thing after the other and waits, as long as the rules do, until the alerts begin that tell of it, and no other.
func TestDrill(t *testing.T) {
	watch(t)
	busy(t)
	for _, d := range drills {
		if !t.Run(d.broken, d.run) {
			t.FailNow()
		}
	}
}

func (d drill) run(t *testing.T) {
	before := settled(t)
	d.breaks(t)
	began := time.Now()
	eventually(t, settlesWithin, fmt.Sprintf("%q fire", d.want), func(ctx context.Context) error {
		found, err := begun(ctx, before)
		for _, alert := range found {
			if !slices.Contains(d.want, alert) {
				t.Fatalf("%s was broken, and %s fires after %s", d.broken, alert, since(began, time.Now()))
			}
		}
		if err == nil && !slices.Equal(found, d.want) {
			err = fmt.Errorf("%q fire", found)
		}
		return err
	})
	t.Logf("FIGURE %s: %s after %s", d.broken, strings.Join(d.want, " and "), since(began, time.Now()))
	pause(t, alone)
	if found, err := begun(t.Context(), before); err != nil || !slices.Equal(found, d.want) {
		t.Errorf("%q fire %s later, want %q: %v", found, alone, d.want, err)
	}
	d.mend(t)
	pause(t, recovers)
}

// settled waits until nothing is about to fire, and lists what fires: budgets take a while to recover from the drill before.
func settled(t *testing.T) (fires []string) {
	t.Helper()
	eventually(t, settlesWithin, "nothing is pending", func(ctx context.Context) error {
		pending, err := alerts(ctx, "pending")
		if err == nil && len(pending) > 0 {
			err = fmt.Errorf("%q are", pending)
		}
		return err
	})
	fires, err := alerts(t.Context(), "firing")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("what fires still: %q", fires)
	return fires
}

// begun lists the alerts that fire and did not before.
func begun(ctx context.Context, before []string) ([]string, error) {
	found, err := alerts(ctx, "firing")
	return slices.DeleteFunc(found, func(alert string) bool { return slices.Contains(before, alert) }), err
}

// alerts lists those in a state, in the order of their names. What burns a budget slowly is left out: the drills together do that.
func alerts(ctx context.Context, state string) ([]string, error) {
	found, err := ask(ctx, fmt.Sprintf(`ALERTS{alertstate=%q} unless ALERTS{slo!="",severity="warning"}`, state))
	names := map[string]bool{}
	for _, alert := range found {
		names[alert.Metric["alertname"]] = true
	}
	return slices.Sorted(maps.Keys(names)), err
}

const onlyNode = "node-1"

// lose ends pods, which find no node to come back on.
func lose(selector string) func(*testing.T) {
	return func(t *testing.T) {
		t.Cleanup(func() { _ = kubectlCommand(context.Background(), t, "uncordon", onlyNode).Run() })
		kubectl(t, "cordon", onlyNode)
		kubectl(t, "delete", "pods", "--selector="+selector, "--namespace="+namespace)
	}
}

// letBack has the node take pods again.
func letBack(t *testing.T) {
	kubectl(t, "uncordon", onlyNode)
	cluster.waitReady(t, readyWithin)
}

// spoilEvent publishes what nobody can read.
func spoilEvent(t *testing.T) {
	broker := forward(t, "kafka-0", "9092")
	writer := &kafka.Writer{
		Addr: kafka.TCP(broker), Topic: contract.TopicTaskEvents,
		// The broker names itself as pods know it.
		Transport: &kafka.Transport{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, broker)
		}},
	}
	defer writer.Close() //nolint:errcheck // it was written
	if err := writer.WriteMessages(t.Context(), kafka.Message{Value: []byte("no event")}); err != nil {
		t.Fatal(err)
	}
}

// forward opens an address on this machine that leads to a port of a pod until the test ends.
func forward(t *testing.T, pod, port string) string {
	t.Helper()
	command := kubectlCommand(t.Context(), t, "port-forward", "pod/"+pod, ":"+port, "--namespace="+namespace)
	said, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	line, err := bufio.NewReader(said).ReadString('\n') // Forwarding from 127.0.0.1:40001 -> 9092
	words := strings.Fields(line)
	if err != nil || len(words) < 3 {
		t.Fatalf("kubectl port-forward says %q: %v", line, err)
	}
	return words[2]
}

const dropDeadLettersPod = `
apiVersion: v1
kind: Pod
metadata: {name: dead-letters, namespace: todo, labels: {platform.todoplatform.dev/kafka-client: "true"}}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: dead-letters
    image: ghcr.io/todoplatform/todoplatform:dev
    args: [dead-letters, drop, --all]
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true}
    env:
    - {name: KAFKA_BROKERS, value: "kafka-0.kafka:9092"}
`

// dropDeadLetters sees to what nobody could read.
func dropDeadLetters(t *testing.T) {
	pod := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(dropDeadLettersPod), &pod.Object); err != nil {
		t.Fatal(err)
	}
	cluster.apply(t, pod)
	kubectl(t, "wait", "pod/dead-letters", "--namespace="+namespace, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=2m")
	kubectl(t, "delete", "pod/dead-letters", "--namespace="+namespace)
}
