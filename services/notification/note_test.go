package notification

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

func TestNotesOfChanges(t *testing.T) {
	due := &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Europe/Berlin"}
	for name, c := range map[string]struct {
		change  events.Change
		object  noted
		project string
		want    webhook.Note
	}{
		"a task": {
			events.Change{Type: "task.completed", Entity: "task", ID: "t1", Zone: "Europe/Berlin"}, noted{Title: "Water\u2028plants", Due: due, Priority: 1}, "Home",
			webhook.Note{What: "Task completed", Name: "Water plants", Details: []string{"Due: Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)", "Project: Home"}, Link: "https://todo.example.com/today?task=t1", Urgent: true, Tag: "white_check_mark"},
		},
		"a project": {events.Change{Type: "project.updated", Entity: "project", ID: "p1"}, noted{Name: "Home", Priority: 1}, "", webhook.Note{What: "Project updated", Name: "Home", Tag: "pencil2"}},
		"what has no name": {
			events.Change{Type: "account.password_reset_requested", Entity: "account", ID: "u1"}, noted{}, "", webhook.Note{What: "Account password reset requested"},
		},
	} {
		if diff := cmp.Diff(c.want, noteOf(c.change, c.object, c.project, "https://todo.example.com/")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWebhooksGetTheFormatThatTheyWereMadeFor(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	sink := newSink(t)
	u := h.newUser(t)
	formats := []string{todo.WebhookSigned, todo.WebhookSlack, todo.WebhookDiscord, todo.WebhookNtfy}
	var last events.Change
	for n, format := range formats {
		last = u.hook(sink.url(format), "task.*")
		u.mu.Lock()
		u.hooks[u.id][n].Format = format
		u.mu.Unlock()
	}
	u.publish(last) // it brings those before along
	task := u.task("Bread & butter")
	task.Due, task.ProjectID = &todo.Due{Date: "2026-12-01"}, new("home")
	sink.answer(todo.WebhookSlack, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		sink.answer(todo.WebhookSlack, nil)
	})
	u.publish(u.change(events.TypeTaskCreated, task))
	link := `https://todo.example.com/today?task=` + task.ID
	if got := sink.waitFor(t, todo.WebhookSigned, 1)[0]; got.event.Type != events.TypeTaskCreated || got.change.ID != task.ID || got.header.Get("Webhook-Signature") == "" {
		t.Errorf("signed is %s", got.body)
	}
	for format, want := range map[string]string{
		todo.WebhookSlack:   `{"text":"Task created: Bread &amp; butter\nDue: Tuesday, 1 December 2026\nProject: Home\n` + link + `","mrkdwn":false}`,
		todo.WebhookDiscord: `{"content":"Task created: Bread & butter\nDue: Tuesday, 1 December 2026\nProject: Home\n` + link + `","allowed_mentions":{"parse":[]},"flags":4}`,
		todo.WebhookNtfy:    "Bread & butter\nDue: Tuesday, 1 December 2026\nProject: Home",
	} {
		if got := sink.waitFor(t, format, 1)[0]; string(got.body) != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got.body, want)
		}
	}
	// One that is asked to wait comes again, the same.
	u.mu.Lock()
	slack := u.hooks[u.id][slices.Index(formats, todo.WebhookSlack)].ID
	u.mu.Unlock()
	put := u.waitForLog(slack, putOff)
	if wait := time.Until(*put.NextAttemptAt); *put.Status != http.StatusTooManyRequests || wait < 0 {
		t.Errorf("put off as %+v", put)
	}
	all := sink.waitFor(t, todo.WebhookSlack, 2)
	if string(all[0].body) != string(all[1].body) {
		t.Errorf("first %s, then %s", all[0].body, all[1].body)
	}
}

// projectName answers as todo-api does.
func projectName(in calls.NameProjectRequest) calls.ProjectName {
	return calls.ProjectName{Name: map[string]string{"home": "Home"}[in.ID]}
}
