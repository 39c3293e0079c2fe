package notification

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/recurringtask"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// freeAddress returns an address that a service under test may listen on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }() // free from here on
	return listener.Addr().String()
}

// serve runs a service until the test ends.
func serve(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("a service ended with: %v", err)
		}
	})
}

// newPlatform starts the platform for the real todo-api.
func newPlatform(t *testing.T, adjust ...func(*harness)) *harness {
	t.Helper()
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	return newHarness(t, append(adjust, func(h *harness) {
		h.env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(keys)})
		h.schemas = []store.Schema{todoapi.Schema()}
		h.realTodoAPI = true
	})...)
}

// serveTodoAPI runs the real todo-api and recurring-task beside this service, and returns
// the address of the API.
func serveTodoAPI(t *testing.T, h *harness) (url string) {
	t.Helper()
	api := todoapi.Config{
		Config: lifecycle.Config{
			Dapr: daprtest.Config(h.todoAPI.Address), HealthAddress: freeAddress(t), AppAddress: h.todoAPI.AppAddress,
		},
		PublicAddress: freeAddress(t), KeysSecret: "keys", VerifyEmail: true, PlainWebhooks: true,
	}
	serve(t, func(ctx context.Context) error { return todoapi.Run(ctx, api) })
	sidecar := h.env.Sidecar(t, daprtest.App{ID: contract.RecurringTask})
	recurring := recurringtask.Config{
		Dapr: daprtest.Config(sidecar.Address), HealthAddress: freeAddress(t), AppAddress: sidecar.AppAddress,
	}
	serve(t, func(ctx context.Context) error { return recurringtask.Run(ctx, recurring) })
	for _, health := range []string{api.HealthAddress, recurring.HealthAddress} {
		daprtest.Eventually(t, time.Minute, "the services are ready", func() bool { return ready(health) })
	}
	return "http://" + api.PublicAddress
}

func ready(health string) bool {
	answer, err := http.Get("http://" + health + "/readyz")
	return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

func TestARecurringTaskRemindsAndComesBack(t *testing.T) {
	t.Parallel()
	h := newPlatform(t)
	const email = "ann@example.com"
	c := client.New(serveTodoAPI(t, h), http.DefaultClient)
	if err := c.SignUp(t.Context(), email, "correct horse battery", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	_, text, _ := mailtest.Read(t, bytes.NewReader(h.mailbox.WaitFor(t, email, 1)[0].Raw))
	_, rest, _ := strings.Cut(text, "#verify-email=")
	token, _, _ := strings.Cut(rest, "\n")
	if err := c.VerifyEmail(t.Context(), token); err != nil {
		t.Fatalf("%v: the mail says\n%s", err, text)
	}
	at := time.Now().Add(4 * time.Second).Truncate(time.Second)
	today := at.Format(time.DateOnly)
	task, err := c.CreateTask(t.Context(), client.Draft{
		Title: "Water plants", Due: &client.Due{Date: today, Time: "23:59", Zone: "UTC"},
		Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}, Reminders: []client.Reminder{{At: &at}},
	})
	if err != nil {
		t.Fatal(err)
	}
	mail := h.mailbox.WaitFor(t, email, 2)[1]
	if lateness := mail.At.Sub(at); lateness < 0 || lateness > 5*time.Second {
		t.Errorf("the mail came %s after its time", lateness)
	}
	if mail.Title != "Water plants" || !strings.Contains(string(mail.Raw), "(Europe/Berlin)") {
		t.Errorf("the mail lacks the title or the due time in the reader's zone:\n%s", mail.Raw)
	}

	if _, err := c.CompleteTask(t.Context(), task.ID); err != nil {
		t.Fatal(err)
	}
	var open client.TaskPage
	daprtest.Eventually(t, 30*time.Second, "the next occurrence is there", func() bool {
		open, err = c.ListTasks(t.Context(), "open", 10, "")
		return err == nil && len(open.Items) == 1
	})
	tomorrow := at.AddDate(0, 0, 1)
	if got := open.Items[0].Due.Date; got != tomorrow.Format(time.DateOnly) {
		t.Errorf("the next occurrence is due on %s, want %s", got, tomorrow.Format(time.DateOnly))
	}
	daprtest.Eventually(t, 30*time.Second, "its reminder is set for tomorrow", func() bool {
		var fireAt time.Time
		row := h.db.QueryRow(t.Context(), `SELECT fire_at FROM notification.reminders WHERE task_id = $1`, open.Items[0].ID)
		return row.Scan(&fireAt) == nil && fireAt.Equal(tomorrow)
	})
	if got := h.mailbox.To(email); len(got) != 2 {
		t.Errorf("%d mails, want 2", len(got))
	}
}

func TestAReminderIsAnsweredFromItsMail(t *testing.T) {
	t.Parallel()
	h := newPlatform(t)
	const email = "ann@example.com"
	url := serveTodoAPI(t, h)
	c, guest := client.New(url, http.DefaultClient), client.New(url, http.DefaultClient)
	if err := c.SignUp(t.Context(), email, "correct horse battery", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	// follow takes the token of the n-th mail that stands behind what a link begins with.
	follow := func(n int, begin string) string {
		t.Helper()
		_, text, _ := mailtest.Read(t, bytes.NewReader(h.mailbox.WaitFor(t, email, n)[n-1].Raw))
		_, rest, found := strings.Cut(text, "https://todo.example.com/?locale=en#"+begin)
		if !found {
			t.Fatalf("the mail says\n%s", text)
		}
		token, _, _ := strings.Cut(rest, "\n")
		return token
	}
	if err := c.VerifyEmail(t.Context(), follow(1, "verify-email=")); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(2 * time.Second)
	task, err := c.CreateTask(t.Context(), client.Draft{Title: "Water plants", Reminders: []client.Reminder{{At: &at}}})
	if err != nil {
		t.Fatal(err)
	}
	answer := func(token, answer string) {
		t.Helper()
		if err := guest.Do(t.Context(), http.MethodPost, "/reminder-links/answer", map[string]string{"token": token, "answer": answer}, nil); err != nil {
			t.Fatal(err)
		}
	}
	answer(follow(2, "reminder=tenMinutes."), "tenMinutes")
	daprtest.Eventually(t, 30*time.Second, "it is set for ten minutes later", func() bool {
		var left time.Duration
		var fireAt time.Time
		row := h.db.QueryRow(t.Context(), `SELECT fire_at FROM notification.reminders WHERE task_id = $1 AND state = 'scheduled'`, task.ID)
		if row.Scan(&fireAt) == nil {
			left = time.Until(fireAt)
		}
		return left > 9*time.Minute && left <= 10*time.Minute
	})
	answer(follow(2, "reminder=complete."), "complete")
	if got, err := c.GetTask(t.Context(), task.ID); err != nil || got.CompletedAt == nil {
		t.Errorf("task %+v, %v", got, err)
	}
}

func TestAWebhookIsToldWhatItsPersonDoes(t *testing.T) {
	t.Parallel()
	h := newPlatform(t)
	sink := newSink(t)
	c := client.New(serveTodoAPI(t, h), http.DefaultClient)
	if err := c.SignUp(t.Context(), "ann@example.com", "correct horse battery", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	var hook client.MadeWebhook
	if err := c.Do(t.Context(), http.MethodPost, "/webhooks", client.WebhookDraft{URL: sink.url("story"), Types: []string{"task.*"}}, &hook); err != nil {
		t.Fatal(err)
	}
	task, err := c.CreateTask(t.Context(), client.Draft{Title: "Water plants"})
	if err != nil {
		t.Fatal(err)
	}
	var rotated client.MadeWebhook
	if err := c.Do(t.Context(), http.MethodPost, "/webhooks/"+hook.ID+"/rotate-secret", nil, &rotated); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CompleteTask(t.Context(), task.ID); err != nil {
		t.Fatal(err)
	}
	all := sink.waitFor(t, "story", 2)
	changes, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		at := slices.IndexFunc(changes.Items, func(change client.Change) bool { return change.EventID == one.event.ID })
		if at < 0 || one.change.Seq != changes.Items[at].Seq || !strings.Contains(string(one.change.After), "Water plants") {
			t.Errorf("the feed does not hold %s", one.body)
		}
	}
	// Both secrets sign from the rotation on, for a day.
	last := all[slices.IndexFunc(all, func(r received) bool { return r.event.Type == events.TypeTaskCompleted })]
	for _, secret := range []string{hook.Secret, rotated.Secret} {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(last.body, last.header); err != nil {
			t.Error(err)
		}
	}

	var page client.WebhookDeliveries
	daprtest.Eventually(t, 30*time.Second, "the log tells of both", func() bool {
		err := c.Do(t.Context(), http.MethodGet, "/webhooks/"+hook.ID+"/deliveries", nil, &page)
		return err == nil && len(page.Items) == 2 && page.Items[0].State == "delivered" && page.Items[1].State == "delivered"
	})
	if err := c.Do(t.Context(), http.MethodPost, "/webhooks/"+hook.ID+"/deliveries/"+page.Items[0].ID+"/replay", nil, nil); err != nil {
		t.Fatal(err)
	}
	sink.waitFor(t, "story", 3)

	sink.refuse("story", http.StatusGone)
	if err := c.Do(t.Context(), http.MethodPost, "/webhooks/"+hook.ID+"/test", nil, nil); err != nil {
		t.Fatal(err)
	}
	var disabled client.Webhook
	daprtest.Eventually(t, 30*time.Second, "the webhook is disabled", func() bool {
		return c.Do(t.Context(), http.MethodGet, "/webhooks/"+hook.ID, nil, &disabled) == nil && !disabled.Enabled
	})
	if !strings.Contains(disabled.DisabledReason, "410") {
		t.Errorf("the reason is %q", disabled.DisabledReason)
	}
}

func TestTasksOfArchivedProjectsDoNotRemind(t *testing.T) {
	t.Parallel()
	h := newPlatform(t)
	c := client.New(serveTodoAPI(t, h), http.DefaultClient)
	if err := c.SignUp(t.Context(), "ann@example.com", "correct horse battery", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	project := func(draft client.ProjectDraft) string {
		t.Helper()
		made, err := c.CreateProject(t.Context(), draft)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	remind := func(title, projectID string, at time.Time) client.Task {
		t.Helper()
		made, err := c.CreateTask(t.Context(), client.Draft{Title: title, ProjectID: projectID, Reminders: []client.Reminder{{At: &at}}})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	archive := func(verb, projectID string, want int) {
		t.Helper()
		if err := c.Do(t.Context(), http.MethodPost, "/projects/"+projectID+"/"+verb, nil, nil); err != nil {
			t.Fatal(err)
		}
		daprtest.Eventually(t, 30*time.Second, "notification knows", func() bool {
			var archived int
			row := h.db.QueryRow(t.Context(), `SELECT cardinality(archived) FROM notification.people WHERE user_id = $1`, c.Grant.User.ID)
			return row.Scan(&archived) == nil && archived == want
		})
	}
	waitFor := func(want map[string]string) {
		t.Helper()
		var got map[string]string
		daprtest.Eventually(t, time.Minute, "the reminders are as they are to be", func() bool {
			got = h.states(t, c.Grant.User.ID)
			return maps.Equal(got, want)
		})
	}

	garden := project(client.ProjectDraft{Name: "Garden"})
	below := project(client.ProjectDraft{Name: "Roses", ParentID: garden})
	at := time.Now().Add(20 * time.Second) // enough for all that is done before
	hour := time.Now().Add(time.Hour)
	remind("in it", garden, at)
	remind("below it", below, at)
	remind("elsewhere", "", at)
	edited, moved, later := remind("edited", garden, hour), remind("moved", "", hour), remind("later", below, hour)
	waitFor(map[string]string{"in it": "scheduled", "below it": "scheduled", "elsewhere": "scheduled",
		"edited": "scheduled", "moved": "scheduled", "later": "scheduled"})

	archive("archive", garden, 2)
	if time.Now().After(at) {
		t.Fatal("the machine is too slow for this test")
	}
	if _, err := c.MoveTask(t.Context(), moved.ID, map[string]any{"projectId": garden}); err != nil {
		t.Fatal(err)
	}
	for _, task := range []client.Task{edited, moved} {
		if _, err := c.EditTask(t.Context(), task.ID, map[string]any{"reminders": []client.Reminder{{At: &at}}}); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(map[string]string{"in it": "silent", "below it": "silent", "elsewhere": "fired",
		"edited": "silent", "moved": "silent", "later": "scheduled"})

	archive("unarchive", garden, 0)
	soon := time.Now().Add(2 * time.Second)
	if _, err := c.EditTask(t.Context(), later.ID, map[string]any{"reminders": []client.Reminder{{ID: later.Reminders[0].ID, At: &soon}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.EditSettings(t.Context(), map[string]any{"zone": "Asia/Tokyo"}); err != nil { // has all reckoned anew
		t.Fatal(err)
	}
	waitFor(map[string]string{"in it": "silent", "below it": "silent", "elsewhere": "fired",
		"edited": "silent", "moved": "silent", "later": "fired"})
}

// states are those of a user's reminders that are not cancelled, by the titles of their tasks.
func (h *harness) states(t *testing.T, user string) map[string]string {
	t.Helper()
	rows, err := h.db.Query(t.Context(), `SELECT title, state FROM notification.reminders WHERE user_id = $1 AND state <> 'cancelled'`, user)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	var title, state string
	if _, err := pgx.ForEachRow(rows, []any{&title, &state}, func() error { states[title] = state; return nil }); err != nil {
		t.Fatal(err)
	}
	return states
}
