// Package outagetest takes away what the services need, all of them together, and
// demands that nothing comes of it.
package outagetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/platformtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const (
	// outage is more than twice as long as ever an event was tried before it was given up.
	outage   = 25 * time.Second
	patience = 2 * time.Minute
	// each user has so many tasks, every third of which recurs and is completed.
	users, tasks = 4, 30
)

// outageTime is how long the database is away: outage, or what TODOPLATFORM_OUTAGE says.
func outageTime(t *testing.T) time.Duration {
	t.Helper()
	value := os.Getenv("TODOPLATFORM_OUTAGE")
	if value == "" {
		return outage
	}
	length, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

// consumers are the services that handle each event once.
var consumers = []string{contract.RecurringTask, contract.Notification, contract.Audit}

func TestTheDatabaseIsAwayUnderABurst(t *testing.T) {
	p := startPlatform(t)
	p.burst(t)
	p.env.Postgres().Kill(t)
	began := time.Now()
	p.repeatEvents(t) // a backlog that is there for certain
	waitUntil(t, began.Add(outageTime(t)))
	for _, app := range consumers[1:] { // recurring-task leaves what is no completion alone
		if p.env.Unhandled(t, app) == 0 {
			t.Errorf("%s has handled all without a database: the drill drills nothing", app)
		}
	}
	p.env.WantNoDeadLetters(t)

	p.env.Postgres().Start(t)
	p.wantAllHandledOnce(t)
}

func TestKafkaIsAwayUnderABurst(t *testing.T) {
	p := startPlatform(t)
	p.burst(t)
	p.env.Kafka().Kill(t)
	began := time.Now()
	p.burst(t) // writes go on
	waitUntil(t, began.Add(outageTime(t)))
	p.env.Kafka().Start(t)
	p.wantAllHandledOnce(t)
}

func TestAConsumerIsAwayUnderABurst(t *testing.T) {
	p := startPlatform(t)
	away := p.instances[contract.Notification]
	away.Stop()
	away.Kill()
	began := time.Now()
	p.burst(t)
	waitUntil(t, began.Add(outageTime(t)))
	away.Start(t)
	away.Restart(t)
	p.wantAllHandledOnce(t)
}

// Services that come up before their migration, as on a database that was restored from an older
// backup, serve nobody and take no events until it has run.
func TestServicesWaitForTheirSchema(t *testing.T) {
	p := startPlatform(t)
	p.burst(t)
	p.wantAllHandledOnce(t)
	schemas := []store.Schema{todoapi.Schema(), notification.Schema(), audit.Schema()}
	for _, app := range contract.DatabaseApps() {
		p.instances[app].Stop()
	}
	for _, schema := range schemas {
		if _, err := p.db.Exec(t.Context(), "UPDATE "+schema.Name+".schema_revision SET revision = 'older'"); err != nil {
			t.Fatal(err)
		}
	}
	for _, app := range contract.DatabaseApps() {
		instance := p.instances[app]
		instance.Restart(t)
		want := "503 the database carries an older schema " + contract.Schema(app) + " than this version needs: run its migration\n"
		daprtest.Eventually(t, patience, app+" says what it waits for", func() bool { return readiness(t, instance) == want })
	}
	p.repeatEvents(t)

	if err := migration.Run(t.Context(), p.db.Config().ConnString(), schemas, p.env.Roles(), "test"); err != nil {
		t.Fatal(err)
	}
	for _, app := range contract.DatabaseApps() {
		daprtest.Eventually(t, patience, app+" is ready", func() bool { return readiness(t, p.instances[app]) == "200 ok\n" })
	}
	p.burst(t)
	p.wantAllHandledOnce(t)
}

// readiness is what a service answers to the kubelet. Empty: nothing.
func readiness(t *testing.T, instance *daprtest.Instance) string {
	t.Helper()
	answer, err := http.Get("http://" + instance.HealthAddress + "/readyz")
	if err != nil {
		return ""
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", answer.StatusCode, text)
}

// platform is the services that share events, and people who use it.
type platform struct {
	env       *daprtest.Env
	db        *pgxpool.Pool
	instances map[string]*daprtest.Instance
	people    []*client.Client
	done      int // tasks that each has added
}

// startPlatform starts the services that share events, and signs people up.
func startPlatform(t *testing.T) *platform {
	t.Helper()
	env := daprtest.New(t)
	db := env.Database(t, todoapi.Schema(), notification.Schema(), audit.Schema())
	instances := platformtest.Start(t, env, contract.TodoAPI, contract.RecurringTask, contract.Notification, contract.Audit)
	return &platform{
		env: env, db: db, instances: instances,
		people: signUp(t, "http://"+instances[contract.TodoAPI].PublicAddress),
	}
}

func signUp(t *testing.T, address string) []*client.Client {
	t.Helper()
	var clients []*client.Client
	for n := range users {
		c := client.New(address, &http.Client{Timeout: 30 * time.Second})
		if err := c.SignUp(t.Context(), fmt.Sprintf("user%d@example.org", n), "correct horse battery", "Europe/Berlin"); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	return clients
}

// burst has all people work at once.
func (p *platform) burst(t *testing.T) {
	t.Helper()
	p.done += tasks
	var working sync.WaitGroup
	for _, c := range p.people {
		working.Go(func() {
			for n := range tasks {
				if err := work(t.Context(), c, n); err != nil {
					t.Errorf("task %d: %v", n, err)
				}
			}
		})
	}
	working.Wait()
}

func work(ctx context.Context, c *client.Client, n int) error {
	before := 10
	draft := client.Draft{Title: fmt.Sprintf("Task %d", n), Due: &client.Due{Date: "2099-12-01"}, Reminders: []client.Reminder{{MinutesBefore: &before}}}
	if n%3 == 0 {
		draft.Recurrence = &client.Recurrence{Rule: "FREQ=DAILY"}
	}
	task, err := c.CreateTask(ctx, draft)
	if err != nil || n%3 != 0 {
		return err
	}
	_, err = c.CompleteTask(ctx, task.ID)
	return err
}

// repeatEvents publishes all events once more.
func (p *platform) repeatEvents(t *testing.T) {
	t.Helper()
	var again []kafka.Message
	for _, record := range p.env.Records(t, contract.TopicTaskEvents) {
		again = append(again, kafka.Message{Key: []byte(record.Key), Value: record.Value})
	}
	p.env.Write(t, contract.TopicTaskEvents, again...)
}

// wantAllHandledOnce waits until everything that was written has had its effects, and
// demands that each is there once and nothing is left over.
func (p *platform) wantAllHandledOnce(t *testing.T) {
	t.Helper()
	for _, c := range p.people {
		wantAllHandled(t, c, p.done)
	}
	for _, app := range consumers {
		daprtest.Eventually(t, patience, app+" has handled all", func() bool { return p.env.Unhandled(t, app) == 0 })
	}
	var scheduled int
	want := p.done * len(p.people)
	daprtest.Eventually(t, patience, "each open task's reminder waits for its time", func() bool {
		return p.db.QueryRow(t.Context(), "SELECT count(*) FROM notification.reminders WHERE state = 'scheduled'").Scan(&scheduled) == nil && scheduled >= want
	})
	if scheduled != want {
		t.Errorf("%d reminders wait, want %d", scheduled, want)
	}
	p.env.WantNoDeadLetters(t)
	t.Logf("%d people with %d open tasks and reminders each; nothing lost, doubled or dead", len(p.people), p.done)
}

// wantAllHandled waits until the next occurrence of each completed task is there and
// each change is in the audit log.
func wantAllHandled(t *testing.T, c *client.Client, open int) {
	t.Helper()
	daprtest.Eventually(t, patience, "each recurring task has its next occurrence", func() bool {
		page, err := c.ListTasks(t.Context(), "open", 200, "")
		return err == nil && len(page.Items) == open
	})
	var head int64
	daprtest.Eventually(t, patience, "the feed is read", func() bool {
		changes, err := c.Changes(t.Context(), 0, 1)
		head = changes.Head
		return err == nil
	})
	daprtest.Eventually(t, patience, "each change is in the audit log", func() bool {
		var recorded int64
		for position := int64(0); ; {
			entries, err := c.Audit(t.Context(), position, 100)
			if err != nil {
				return false
			}
			if len(entries.Items) == 0 {
				return recorded == head
			}
			for _, entry := range entries.Items {
				if !strings.Contains(string(entry.Record), `"type":"reminder.`) {
					recorded++
				}
				position = entry.Position
			}
		}
	})
}

func waitUntil(t *testing.T, moment time.Time) {
	t.Helper()
	daprtest.Eventually(t, time.Until(moment)+patience, "the outage is over", func() bool { return time.Now().After(moment) })
}
