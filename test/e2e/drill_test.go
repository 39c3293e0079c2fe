//go:build observe

package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
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
	aside  bool     // nobody is kept from work, so that no budget has to recover
}

var drills = []drill{
	{"the bucket of backups", breakBackups, forgetBackups, []string{"TodoPlatformNotBackedUp"}, true},
	{"the audit log", tamper, setBack, []string{"TodoPlatformAuditDiverges"}, true},
	{"the manifest", refer("no-such-secret"), refer(""), []string{"TodoPlatformNotReady"}, true},
	{"todo-api", lose("app.kubernetes.io/name=" + contract.TodoAPI), letBack, []string{"TodoPlatformNotAvailable"}, false},
	{"the relay", holdRelay, letRelay, []string{"TodoPlatformFrameBudget"}, false},
	// One event that waits for todo-api keeps back those behind it, and the sweep finds the same.
	{
		"next occurrences", refuseOccurrences, takeOccurrences,
		[]string{"TodoPlatformEventsWait", "TodoPlatformRecurrenceBudget", "TodoPlatformRecurrenceStuck", "TodoPlatformServiceBehind"}, false,
	},
	{"PostgreSQL", lose("app.kubernetes.io/name=postgres"), letBack, []string{"TodoPlatformNotAvailable", "TodoPlatformRequestBudget"}, false},
	{
		"notification", lose("app.kubernetes.io/name=" + contract.Notification), letBack,
		[]string{"TodoPlatformNotAvailable", "TodoPlatformNotificationBudget"}, false,
	},
	// Without events, catching up, looks at the feed and sweeps find what is to be done, later than is promised.
	{
		"Kafka", lose("app.kubernetes.io/name=kafka"), letBack,
		[]string{"TodoPlatformFrameBudget", "TodoPlatformOutboxOld", "TodoPlatformRecurrenceBudget", "TodoPlatformReminderBudget"}, false,
	},
	{"an event", spoilEvent, dropDeadLetters, []string{"TodoPlatformDeadLetters", "TodoPlatformEventsDropped"}, false},
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
	if !d.aside {
		pause(t, recovers)
	}
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

const (
	onlyNode    = "node-1"
	headsSecret = "todo-audit-heads"
)

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

// breakBackups asks for backups to a bucket that is not there, and makes one.
func breakBackups(t *testing.T) {
	kubectl(t, "create", "secret", "generic", "bucket", "--namespace="+namespace, "--from-literal=accessKeyID=nobody", "--from-literal=secretAccessKey=nothing")
	cluster.patchPlatform(t, `{"spec":{"database":{"embedded":{"backup":{"schedule":"0 3 * * *",
		"s3":{"endpoint":"http://127.0.0.1:9","bucket":"backups","secretRef":{"name":"bucket"}}}}}}}`)
	eventually(t, backupWithin, "there is what makes backups", func(ctx context.Context) error {
		return cluster.Get(ctx, client.ObjectKey{Namespace: namespace, Name: backupName}, &batchv1.CronJob{})
	})
	kubectl(t, "create", "job", "backup-now", "--from=cronjob/"+backupName, "--namespace="+namespace)
}

func forgetBackups(t *testing.T) {
	cluster.patchPlatform(t, `{"spec":{"database":{"embedded":{"backup":null}}}}`)
	kubectl(t, "delete", "job/backup-now", "secret/bucket", "--namespace="+namespace)
	cluster.waitReady(t, readyWithin)
}

// tamper writes every platform head anew, with another digest.
func tamper(t *testing.T) {
	eventually(t, 10*time.Minute, "the operator keeps a platform head", func(ctx context.Context) error {
		kept := &corev1.Secret{}
		err := cluster.Get(ctx, client.ObjectKey{Namespace: namespace, Name: headsSecret}, kept)
		if err == nil && len(kept.Data) < 2 {
			err = errors.New("it keeps keys alone")
		}
		return err
	})
	query(t, `CREATE TABLE before_drill AS TABLE audit.signed_heads; SET session_replication_role = replica;
		UPDATE audit.signed_heads SET line = replace(line, line::jsonb->>'digest', translate(line::jsonb->>'digest', '0123456789abcdef', 'fedcba9876543210'))`)
	askOperator(t)
}

// setBack takes back what tamper did.
func setBack(t *testing.T) {
	query(t, `SET session_replication_role = replica;
		UPDATE audit.signed_heads h SET line = b.line FROM before_drill b WHERE b.number = h.number; DROP TABLE before_drill`)
	askOperator(t)
	cluster.waitReady(t, readyWithin)
}

// askOperator has the operator look now.
func askOperator(t *testing.T) {
	kubectl(t, "annotate", "--overwrite", "--namespace="+namespace, "todoplatform/"+platformKey.Name,
		v1alpha1.AnnotationReconcileRequested+"="+time.Now().Format(time.RFC3339Nano))
}

// refer has the manifest name a Secret with the key of a language model; empty: none.
func refer(secret string) func(*testing.T) {
	return func(t *testing.T) {
		if secret == "" {
			cluster.patchPlatform(t, `{"spec":{"chat":{"model":null}}}`)
			cluster.waitReady(t, readyWithin)
			return
		}
		cluster.patchPlatform(t, fmt.Sprintf(`{"spec":{"chat":{"model":{"name":"some","secretRef":{"name":%q}}}}}`, secret))
	}
}

// holdRelay keeps the relay of todo-api's outbox from its work for two seconds of each two and a half.
func holdRelay(t *testing.T) {
	command := queryCommand(t, `DO $$ BEGIN LOOP PERFORM FROM todo.event_lease FOR UPDATE; PERFORM pg_sleep(2); COMMIT; PERFORM pg_sleep(0.5); END LOOP; END $$`)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
}

func letRelay(t *testing.T) {
	query(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO %event_lease%' AND pid <> pg_backend_pid()`)
}

// refuseOccurrences has the database be full when a task is added that is due after today, as next occurrences are.
func refuseOccurrences(t *testing.T) {
	query(t, `CREATE FUNCTION todo.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full'' USING ERRCODE = ''disk_full''; END';
		CREATE TRIGGER refuse BEFORE INSERT ON todo.task FOR EACH ROW WHEN (NEW.due_date > (now() AT TIME ZONE 'Europe/Berlin')::date) EXECUTE FUNCTION todo.refuse()`)
}

func takeOccurrences(t *testing.T) { query(t, `DROP FUNCTION todo.refuse CASCADE`) }

// query has the administrator of the embedded PostgreSQL run statements.
func query(t *testing.T, statements string) {
	t.Helper()
	if told, err := queryCommand(t, statements).CombinedOutput(); err != nil {
		t.Fatalf("psql: %v: %s", err, told)
	}
}

func queryCommand(t *testing.T, statements string) *exec.Cmd {
	t.Helper()
	admin := &corev1.Secret{}
	if err := cluster.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "postgres-admin"}, admin); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(string(admin.Data["url"]))
	if err != nil {
		t.Fatal("the address of PostgreSQL is no URL")
	}
	address.Host = "127.0.0.1:" + address.Port()
	return kubectlCommand(t.Context(), t, "exec", "--namespace="+namespace, "postgres-0", "--",
		"psql", address.String(), "--set=ON_ERROR_STOP=1", "--command="+statements)
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
