package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// Bounds of the story. They are far above what a healthy platform takes; the
// measured times are logged.
const (
	readyWithin   = 5 * time.Minute
	frameWithin   = 10 * time.Second
	mailLateness  = 5 * time.Second
	reminderAhead = 5 * time.Second
	kafkaDownFor  = time.Minute

	grownPartitions = 6 // more than the sample's
)

// TestPlatform tells the whole story, from the manifest to the deletion. Its chapters build on each other.
func TestPlatform(t *testing.T) {
	chapter := func(name string, tell func(*testing.T)) {
		if !t.Run(name, tell) {
			t.FailNow()
		}
	}
	var ada, bob *person
	chapter("one manifest brings up the platform", applySample)
	chapter("people sign up and live with it", func(t *testing.T) {
		ada, bob = signUp(t, "ada", "Europe/Berlin"), signUp(t, "bob", "Asia/Kolkata")
		waterPlants(t, ada, bob)
	})
	chapter("words do what hands do", func(t *testing.T) { actInWords(t, ada) })
	chapter("everybody is reminded by the clock of their own zone", func(t *testing.T) {
		remindByTheClock(t, ada, signUp(t, "cyd", "America/Los_Angeles"), signUp(t, "dee", "Asia/Kolkata"))
	})
	chapter("a browser shows it", func(t *testing.T) { useBrowser(t) })
	chapter("pods of every service die", func(t *testing.T) {
		deleteOnePodOfEachService(t)
		ada.login(t)
		bob.login(t)
		waterPlants(t, ada, bob)
	})
	chapter("Kafka stops for a minute", func(t *testing.T) {
		ada.login(t)
		surviveKafkaOutage(t, ada)
	})
	chapter("the manifest changes", func(t *testing.T) {
		followTheManifest(t)
		ada.login(t)
		bob.login(t)
		waterPlants(t, ada, bob)
	})
	chapter("a language model helps", func(t *testing.T) { askALanguageModel(t, ada) })
	chapter("a deleted Deployment comes back", recreateDeployment)
	chapter("people come through a Gateway", func(t *testing.T) { comeThroughAGateway(t, ada, bob) })
	chapter("bad manifests are refused by name", refuseBadManifests)
	chapter("a missing Secret is named while the services run on", nameMissingSecret)
	chapter("deletion keeps the data", func(t *testing.T) { deleteAndReturn(t, ada) })
	chapter("everything is lost and restored", loseEverything)
}

// sample is config/samples with what differs here: the entry's port and the mailbox.
func sample(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	objects := manifest(t, "config", "samples", "platform_v1alpha1_todoplatform.yaml")
	mailbox := manifest(t, "hack", "mailbox", "platform-patch.yaml")[0]
	notifications, found, err := unstructured.NestedMap(mailbox.Object, "spec", "notifications")
	if err != nil || !found {
		t.Fatalf("no spec.notifications in the mailbox's patch: %v", err)
	}
	for _, object := range objects {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		for path, value := range map[string]any{"exposure.url": baseURL, "notifications": notifications} {
			if err := unstructured.SetNestedField(object.Object, value, append([]string{"spec"}, strings.Split(path, ".")...)...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return objects
}

// mailbox is hack/mailbox with the image that was built for the cluster.
func mailbox(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	objects := manifest(t, "hack", "mailbox", "mailbox.yaml")
	for _, object := range objects {
		if object.GetKind() != "Deployment" {
			continue
		}
		path := []string{"spec", "template", "spec", "containers"}
		containers, _, err := unstructured.NestedSlice(object.Object, path...)
		if err != nil || len(containers) != 1 {
			t.Fatalf("the mailbox has containers %v, %v", containers, err)
		}
		containers[0].(map[string]any)["image"] = "ghcr.io/todoplatform/mailbox:" + own.tag
		if err := unstructured.SetNestedSlice(object.Object, containers, path...); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

func applySample(t *testing.T) {
	cluster.apply(t, mailbox(t)...)
	start := time.Now()
	cluster.apply(t, sample(t)...)
	sawProgress := false
	eventually(t, time.Minute, "the platform reports progress", func(context.Context) error {
		for _, c := range cluster.platform(t).Status.Conditions {
			sawProgress = sawProgress || c.Type == v1alpha1.ConditionProgressing && c.Status == metav1.ConditionTrue
		}
		if !sawProgress {
			return fmt.Errorf("conditions: %s", conditions(cluster.platform(t)))
		}
		return nil
	})
	cluster.waitReady(t, readyWithin)
	t.Logf("FIGURE apply to Ready: %s", time.Since(start).Round(100*time.Millisecond))

	if url := cluster.platform(t).Status.URL; url != baseURL {
		t.Errorf("status.url is %q, want %q", url, baseURL)
	}
	namespaceObject := &corev1.Namespace{}
	if err := cluster.Get(t.Context(), client.ObjectKey{Name: namespace}, namespaceObject); err != nil {
		t.Fatal(err)
	}
	if got := namespaceObject.Labels["pod-security.kubernetes.io/enforce"]; got != "restricted" {
		t.Errorf("the namespace enforces pod security %q, want restricted", got)
	}
}

// waterPlants is one day with a recurring task: two windows, a reminder, a completion, a successor.
func waterPlants(t *testing.T, ada, bob *person) {
	t.Helper()
	first, second, stranger := ada.open(t), ada.open(t), bob.open(t)
	remindAt := time.Now().Add(reminderAhead).UTC().Truncate(time.Millisecond)
	title := "Water plants " + remindAt.Format("15:04:05.000")

	asked := time.Now()
	task, err := ada.api.CreateTask(t.Context(), todo.Draft{
		Title:      title,
		Due:        &todo.Due{Date: ada.day(0)},
		Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY"},
		Reminders:  []todo.Reminder{{At: &remindAt}},
	})
	if err != nil {
		t.Fatalf("add the task: %v", err)
	}
	answered := time.Now()
	for i, window := range []*window{first, second} {
		frame := window.wait(t, frameWithin, "the new task's frame", isType("task.created", task.ID))
		t.Logf("FIGURE window %d: frame %s after the answer (%s after the request)", i+1, frame.at.Sub(answered).Round(time.Millisecond), frame.at.Sub(asked).Round(time.Millisecond))
	}

	mails := waitMail(t, ada.email, title, reminderAhead+2*mailLateness)
	late := mails[0].ReceivedAt.Sub(remindAt)
	t.Logf("FIGURE mail: %s late", late.Round(time.Millisecond))
	if late > mailLateness || late < 0 {
		t.Errorf("the mail came %s after its time, want 0 to %s", late, mailLateness)
	}

	if _, err := ada.api.CompleteTask(t.Context(), task.ID); err != nil {
		t.Fatalf("complete the task: %v", err)
	}
	isSuccessor := func(c todo.Change) bool {
		_, after, err := todo.TaskStates(c)
		return err == nil && c.Type == "task.created" && after != nil && after.Title == title && c.ID != task.ID
	}
	for _, window := range []*window{first, second} {
		successor := window.wait(t, frameWithin, "the next occurrence's frame", isSuccessor)
		_, after, err := todo.TaskStates(successor.Change)
		if err != nil {
			t.Fatal(err)
		}
		if got := after.Due.Date; got != ada.day(1) {
			t.Errorf("the next occurrence is due %s, want %s", got, ada.day(1))
		}
	}
	auditHoldsEveryStep(t, ada, title)
	for _, window := range []*window{first, second} {
		if got := window.all(t, isSuccessor); len(got) != 1 {
			t.Errorf("%d next occurrences, want 1", len(got))
		}
	}
	if got := waitMail(t, ada.email, title, mailLateness); len(got) != 1 {
		t.Errorf("%d mails about %q, want 1", len(got), title)
	}
	seesNothing(t, bob, stranger, task.ID)
	for _, window := range []*window{first, second, stranger} {
		window.close()
	}
}

func seesNothing(t *testing.T, bob *person, stranger *window, taskID string) {
	t.Helper()
	if _, err := bob.api.GetTask(t.Context(), taskID); todo.StatusOf(err) != http.StatusNotFound {
		t.Errorf("the second user reads the first one's task: got %v, want 404", err)
	}
	page, err := bob.api.ListTasks(t.Context(), "all", 10, "")
	if err != nil || len(page.Items) != 0 {
		t.Errorf("the second user lists %d tasks (%v), want none", len(page.Items), err)
	}
	if got := stranger.all(t, func(todo.Change) bool { return true }); len(got) != 0 {
		t.Errorf("the second user's socket got %d frames, want none", len(got))
	}
}

// step is one record of the audit log.
type step struct {
	Type string `json:"type"`
	Data struct {
		Seq   int64      `json:"seq"`
		Title string     `json:"title"`
		After *todo.Task `json:"after"`
	} `json:"data"`
}

func auditLog(ctx context.Context, p *person) ([]step, error) {
	var steps []step
	for after := int64(0); ; {
		page, err := p.api.Audit(ctx, after, 200)
		if err != nil {
			return nil, err
		}
		for _, entry := range page.Items {
			var s step
			if err := json.Unmarshal(entry.Record, &s); err != nil {
				return nil, fmt.Errorf("read audit record %d: %w", entry.Position, err)
			}
			steps = append(steps, s)
			after = entry.Position
		}
		if after >= page.Head.Position {
			return steps, nil
		}
	}
}

// auditHoldsEveryStep waits until the log tells the life of the titled task, and checks
// that changes stand in it without gap and in order.
func auditHoldsEveryStep(t *testing.T, p *person, title string) {
	t.Helper()
	wantInOrder := [][]string{
		{"task.created", "task.completed", "task.created"},
		{"reminder.scheduled", "reminder.fired", "reminder.sent"},
	}
	eventually(t, 20*time.Second, "the audit log holds every step", func(ctx context.Context) error {
		steps, err := auditLog(ctx, p)
		if err != nil {
			return err
		}
		var kinds []string
		seq := int64(0)
		for _, s := range steps {
			if !strings.HasPrefix(s.Type, "reminder.") { // those count on their own
				if seq++; s.Data.Seq != seq {
					return fmt.Errorf("change %d stands where %d should be", s.Data.Seq, seq)
				}
			}
			if s.Data.Title == title || s.Data.After != nil && s.Data.After.Title == title {
				kinds = append(kinds, s.Type)
			}
		}
		for _, want := range wantInOrder {
			if !containsInOrder(kinds, want) {
				return fmt.Errorf("log holds %v, want %v in this order", kinds, want)
			}
		}
		return nil
	})
}

func containsInOrder(all, wanted []string) bool {
	for _, one := range all {
		if len(wanted) > 0 && one == wanted[0] {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

func useBrowser(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	command := exec.CommandContext(t.Context(), "make", "web-browser-test")
	command.Dir = "../.."
	command.Env = append(command.Environ(), "BASE_URL="+baseURL, "REPORT="+report, "NO_COLOR=1")
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	for _, failed := range failedJourneys(t, report) {
		t.Run(failed.Name, func(t *testing.T) { t.Error(strings.Join(failed.Messages, "\n")) })
	}
	if err != nil {
		t.Fatalf("the browser's story failed: %v", err)
	}
}

type journey struct {
	Name     string   `json:"fullName"`
	Status   string   `json:"status"`
	Messages []string `json:"failureMessages"`
}

// failedJourneys reads what Vitest reports, so that a log that is cut still names what failed.
func failedJourneys(t *testing.T, path string) []journey {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("read what the browser's tests report: %v", err)
		return nil
	}
	var report struct {
		Files []struct {
			Journeys []journey `json:"assertionResults"`
		} `json:"testResults"`
	}
	if err := json.Unmarshal(content, &report); err != nil {
		t.Errorf("read what the browser's tests report: %v", err)
	}
	var failed []journey
	for _, file := range report.Files {
		for _, journey := range file.Journeys {
			if journey.Status == "failed" {
				failed = append(failed, journey)
			}
		}
	}
	return failed
}

func deleteOnePodOfEachService(t *testing.T) {
	t.Helper()
	deleted := map[string]string{}
	for _, app := range contract.Services() {
		pods := cluster.podsOf(t.Context(), t, app)
		if len(pods) == 0 {
			t.Fatalf("%s has no pod", app)
		}
		if err := cluster.Delete(t.Context(), &pods[0]); err != nil {
			t.Fatalf("delete a pod of %s: %v", app, err)
		}
		deleted[app] = pods[0].Name
	}
	for app, old := range deleted {
		eventually(t, 2*time.Minute, app+" has a new pod", func(ctx context.Context) error {
			for _, pod := range cluster.podsOf(ctx, t, app) {
				if pod.Name != old && isReady(&pod) {
					return nil
				}
			}
			return fmt.Errorf("none is ready")
		})
	}
	cluster.waitReady(t, time.Minute)
}

func surviveKafkaOutage(t *testing.T, ada *person) {
	window := ada.open(t)
	cluster.patchPlatform(t, `{"spec":{"suspend":true}}`)
	eventually(t, time.Minute, "the operator stands back", func(context.Context) error {
		return suspended(cluster.platform(t))
	})
	cluster.scale(t, "kafka", 0)
	eventually(t, 2*time.Minute, "Kafka is gone", func(ctx context.Context) error {
		if pods := cluster.podsOf(ctx, t, "kafka"); len(pods) > 0 {
			return fmt.Errorf("%s still runs", pods[0].Name)
		}
		return nil
	})

	var added []string
	back := time.Now().Add(kafkaDownFor)
	for i := 0; time.Now().Before(back); i++ {
		task, err := ada.api.CreateTask(t.Context(), todo.Draft{Title: fmt.Sprintf("Written without Kafka %d", i)})
		if err != nil {
			t.Fatalf("add task %d while Kafka is down: %v", i, err)
		}
		added = append(added, task.ID)
		pause(t, 2*time.Second)
	}
	cluster.scale(t, "kafka", 1)
	cluster.patchPlatform(t, `{"spec":{"suspend":false}}`)
	cluster.waitReady(t, 2*time.Minute)
	returned := time.Now()
	last := added[len(added)-1]
	frame := window.wait(t, 3*time.Minute, "the frame of the last task added", isType("task.created", last))
	t.Logf("FIGURE %d tasks added without Kafka; the last frame came %s after Ready", len(added), frame.at.Sub(returned).Round(time.Millisecond))
	for _, id := range added {
		if got := window.all(t, isType("task.created", id)); len(got) != 1 {
			t.Errorf("task %s came %d times, want once", id, len(got))
		}
	}
	eventually(t, 3*time.Minute, "the audit log holds what was written without Kafka", func(ctx context.Context) error {
		steps, err := auditLog(ctx, ada)
		if err != nil {
			return err
		}
		held := 0
		for _, s := range steps {
			if s.Type == "task.created" && s.Data.After != nil && slices.Contains(added, s.Data.After.ID) {
				held++
			}
		}
		if held != len(added) {
			return fmt.Errorf("%d of %d", held, len(added))
		}
		return nil
	})
}

// suspended reports whether the operator has seen spec.suspend.
func suspended(platform *v1alpha1.TodoPlatform) error {
	for _, c := range platform.Status.Conditions {
		if c.Reason == v1alpha1.ReasonSuspended {
			return nil
		}
	}
	return fmt.Errorf("conditions: %s", conditions(platform))
}

// pause waits as a person does between two actions.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal("the test ended")
	case <-time.After(d):
	}
}

func followTheManifest(t *testing.T) {
	cluster.patchPlatform(t, fmt.Sprintf(
		`{"spec":{"services":{"todoAPI":{"replicas":2},"realtimeSync":{"replicas":2}},"topics":{"partitions":%d}}}`, grownPartitions))
	cluster.waitReady(t, readyWithin)
	for _, app := range []string{contract.TodoAPI, contract.RealtimeSync} {
		cluster.waitRolledOut(t, app, time.Minute)
		if pods := cluster.podsOf(t.Context(), t, app); len(pods) != 2 {
			t.Errorf("%s has %d pods, want 2", app, len(pods))
		}
	}
	cluster.waitNobodyLeaves(t, time.Minute)
	for _, topic := range cluster.platform(t).Status.Topics {
		if slices.Contains(contract.Topics(), topic.Name) && topic.Partitions != grownPartitions {
			t.Errorf("topic %s has %d partitions, want %d", topic.Name, topic.Partitions, grownPartitions)
		}
	}
}

func recreateDeployment(t *testing.T) {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: contract.Audit}}
	if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(deployment), deployment); err != nil {
		t.Fatal(err)
	}
	old := deployment.UID
	if err := cluster.Delete(t.Context(), deployment); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "the Deployment comes back", func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(deployment), deployment); err != nil {
			return err
		}
		if deployment.UID == old {
			return fmt.Errorf("the old one is still there")
		}
		return nil
	})
	// The condition may still be the one of before: a moment ago the platform was Ready.
	cluster.waitRolledOut(t, contract.Audit, 2*time.Minute)
	cluster.waitReady(t, time.Minute)
}

func refuseBadManifests(t *testing.T) {
	cases := map[string]struct{ patch, names string }{
		"both kinds of Kafka": {`{"spec":{"kafka":{"external":{"brokers":["kafka:9092"]}}}}`, "kafka"},
		"too many replicas":   {`{"spec":{"topics":{"replicationFactor":3}}}`, "topics.replicationFactor"},
		"negative replicas":   {`{"spec":{"services":{"todoAPI":{"replicas":-1}}}}`, "spec.services.todoAPI.replicas"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: platformKey.Name}}
			err := cluster.Patch(t.Context(), platform, client.RawPatch("application/merge-patch+json", []byte(c.patch)))
			if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), c.names) {
				t.Errorf("got %v, want a refusal that names %s", err, c.names)
			}
		})
	}
}

func nameMissingSecret(t *testing.T) {
	cluster.patchPlatform(t, `{"spec":{"notifications":{"smtp":{"secretRef":{"name":"nowhere"}}}}}`)
	eventually(t, time.Minute, "a condition names the missing Secret", func(context.Context) error {
		platform := cluster.platform(t)
		ready := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.Reason != v1alpha1.ReasonSecretMissing || !strings.Contains(ready.Message, "nowhere") {
			return fmt.Errorf("conditions: %s", conditions(platform))
		}
		return nil
	})
	if platform := cluster.platform(t); !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionAvailable) {
		t.Errorf("the services do not serve any more: %s", conditions(platform))
	}
	signUp(t, "carol", "Europe/Berlin")
	cluster.patchPlatform(t, `{"spec":{"notifications":{"smtp":{"secretRef":null}}}}`)
	cluster.waitReady(t, time.Minute)
}

// remindByTheClock has each person add a task that is due at the next minute of their own
// clock, with a reminder at that moment, and waits for the mails.
func remindByTheClock(t *testing.T, people ...*person) {
	t.Helper()
	due := time.Now().Add(15 * time.Second).Truncate(time.Minute).Add(time.Minute)
	onTime := 0
	for _, p := range people {
		local := due.In(p.zone)
		_, err := p.api.CreateTask(t.Context(), todo.Draft{
			Title:     "Lunch in " + p.zone.String(),
			Due:       &todo.Due{Date: local.Format(time.DateOnly), Time: local.Format("15:04")},
			Reminders: []todo.Reminder{{MinutesBefore: &onTime}},
		})
		if err != nil {
			t.Fatalf("add a task in %s: %v", p.zone, err)
		}
	}
	for _, p := range people {
		mails := waitMail(t, p.email, "Lunch in "+p.zone.String(), time.Until(due)+2*mailLateness)
		late := mails[0].ReceivedAt.Sub(due)
		t.Logf("FIGURE mail in %s: %s late", p.zone, late.Round(time.Millisecond))
		if len(mails) != 1 || late < 0 || late > mailLateness {
			t.Errorf("%d mails in %s, the first %s after its time", len(mails), p.zone, late)
		}
	}
}

func deleteAndReturn(t *testing.T, ada *person) {
	platform := cluster.platform(t)
	if err := cluster.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, 3*time.Minute, "everything the platform owned is gone", func(ctx context.Context) error {
		left, err := ownedObjects(ctx)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("left: %v", left)
		}
		return err
	})

	again := sample(t)
	for _, object := range again {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		// The topics stayed as they had grown, and Kafka cannot shrink them.
		if err := unstructured.SetNestedField(object.Object, int64(grownPartitions), "spec", "topics", "partitions"); err != nil {
			t.Fatal(err)
		}
	}
	cluster.apply(t, again...)
	cluster.waitReady(t, readyWithin)
	ada.login(t)
	page, err := ada.api.ListTasks(t.Context(), "all", 10, "")
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("after the return ada has %d tasks (%v), want those from before", len(page.Items), err)
	}
}

// ownedObjects lists what should go with the platform. Volumes and generated Secrets stay: they are the data.
func ownedObjects(ctx context.Context) ([]string, error) {
	lists := []client.ObjectList{
		&v1alpha1.TodoPlatformList{}, &appsv1.DeploymentList{}, &appsv1.StatefulSetList{}, &corev1.PodList{},
		&corev1.ServiceList{}, &networkingv1.IngressList{},
		daprList("Component", "v1alpha1"), daprList("Subscription", "v2alpha1"), daprList("Configuration", "v1alpha1"), daprList("Resiliency", "v1alpha1"),
	}
	var left []string
	for _, list := range lists {
		if err := cluster.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, err
		}
		names, err := namesIn(list)
		if err != nil {
			return nil, err
		}
		left = append(left, names...)
	}
	return left, nil
}

func daprList(kind, version string) *unstructured.UnstructuredList {
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion("dapr.io/" + version)
	list.SetKind(kind + "List")
	return list
}
