package todoapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/reminder"
)

// linkTo is the token in a message that reminds of a task, as notification gets it.
func linkTo(t *testing.T, notification calls.Invoker, c *client.Client, task client.Task, via string) string {
	t.Helper()
	contact, err := calls.GetContact.Call(t.Context(), notification, calls.GetContactRequest{
		UserID: c.Grant.User.ID, Link: &auth.ReminderLink{TaskID: task.ID, Ring: task.ID + ".1", Due: task.Due, Via: via},
	})
	if err != nil || contact.LinkToken == "" || contact.Email != c.Grant.User.Email {
		t.Fatalf("got %+v, %v", contact, err)
	}
	return contact.LinkToken
}

type linkBody struct {
	Token  string          `json:"token"`
	Answer reminder.Answer `json:"answer"`
}

func TestRemindersAreAnsweredByTheirLinks(t *testing.T) {
	h := newHarness(t)
	notification := h.invoker(t, contract.Notification)
	ask := func(t *testing.T, token string, answer reminder.Answer) reminder.Told {
		t.Helper()
		var asked reminder.Told
		if err := h.guest().Do(t.Context(), http.MethodPost, "/reminder-links/read", linkBody{token, answer}, &asked); err != nil {
			t.Fatal(err)
		}
		return asked
	}
	try := func(t *testing.T, token string, answer reminder.Answer) (reminder.Told, error) {
		t.Helper()
		var asked reminder.Told
		err := h.guest().Do(t.Context(), http.MethodPost, "/reminder-links/answer", linkBody{token, answer}, &asked)
		return asked, err
	}
	do := func(t *testing.T, token string, answer reminder.Answer) reminder.Told {
		t.Helper()
		asked, err := try(t, token, answer)
		if err != nil {
			t.Fatal(err)
		}
		return asked
	}
	in := func(d time.Duration) *time.Time { at := time.Now().Add(d).UTC().Truncate(time.Second); return &at }
	changesOf := func(t *testing.T, c *client.Client) []client.Change {
		t.Helper()
		changes, err := c.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return changes.Items
	}

	t.Run("a task is completed once, which its user sees and can undo", func(t *testing.T) {
		c := h.user(t)
		task := newTask(t, c, client.Draft{Title: "Water plants", Reminders: []client.Reminder{{At: in(-time.Minute)}}})
		mail, push := linkTo(t, notification, c, task, "email"), linkTo(t, notification, c, task, "push")
		before := changesOf(t, c)
		if got := ask(t, mail, reminder.Complete); got.Title != "Water plants" || got.State != reminder.Open || got.Until != nil || got.Zone != "Europe/Berlin" {
			t.Errorf("the page is told %+v", got)
		}
		if got := changesOf(t, c); len(got) != len(before) {
			t.Fatalf("to read it changed something: %+v", got)
		}
		for _, token := range []string{mail, mail, push} {
			if got := do(t, token, reminder.Complete); got.State != reminder.Completed || got.Title != "Water plants" {
				t.Errorf("got %+v", got)
			}
		}
		changes := changesOf(t, c)
		last := changes[len(changes)-1]
		if len(changes) != len(before)+1 || last.Type != events.TypeTaskCompleted ||
			last.By != (events.Actor{Kind: events.ActorLink, ID: c.Grant.User.ID, Client: "email"}) {
			t.Fatalf("changes %+v", changes)
		}
		if got := ask(t, mail, reminder.Hour); got.State != reminder.Completed || got.Until != nil {
			t.Errorf("the page is told %+v", got)
		}
		_, err := try(t, mail, reminder.Hour)
		wantStatus(t, err, http.StatusConflict)
		if err := c.Undo(t.Context(), last.Group); err != nil {
			t.Fatal(err)
		}
		if got, err := c.GetTask(t.Context(), task.ID); err != nil || got.CompletedAt != nil {
			t.Errorf("after undo: %+v, %v", got, err)
		}
		_, err = try(t, mail, reminder.Complete) // it is not told to be done
		wantStatus(t, err, http.StatusConflict)
	})

	t.Run("a reminder is put off as the page does it", func(t *testing.T) {
		c := h.user(t)
		minutes := 30
		ahead := in(time.Hour)
		task := newTask(t, c, client.Draft{Title: "Bread", Due: &client.Due{Date: inBerlin(1)},
			Reminders: []client.Reminder{{At: in(-time.Minute)}, {At: ahead}, {MinutesBefore: &minutes}}})
		token := linkTo(t, notification, c, task, "push")
		first := do(t, token, reminder.TenMinutes)
		again := do(t, token, reminder.TenMinutes)
		if wait := time.Until(*first.Until); wait < 9*time.Minute || wait > 10*time.Minute || !again.Until.Equal(*first.Until) {
			t.Errorf("it comes again at %s, and when asked once more at %s", first.Until, again.Until)
		}
		got, err := c.GetTask(t.Context(), task.ID)
		if err != nil || len(got.Reminders) != 3 || !got.Reminders[0].At.Equal(*ahead) || got.Reminders[1].MinutesBefore == nil || !got.Reminders[2].At.Equal(*first.Until) {
			t.Errorf("reminders %+v, %v", got.Reminders, err)
		}
		// Once that is past, it is put off anew, and that once.
		h.exec(t, `UPDATE todo.operation SET results = replace(results::text, left($2, 16), '2026-01-01T00:00')::jsonb WHERE user_id = $1 AND key = $3`,
			c.Grant.User.ID, first.Until.UTC().Format(time.RFC3339), "reminder."+task.ID+".1.tenMinutes")
		later := do(t, token, reminder.TenMinutes)
		if third := do(t, token, reminder.TenMinutes); !later.Until.After(*first.Until) || !third.Until.Equal(*later.Until) {
			t.Errorf("it comes again at %s, then at %s, which was at %s before", later.Until, third.Until, first.Until)
		}
		morning := do(t, token, reminder.Tomorrow)
		if asked := ask(t, token, reminder.Tomorrow); !asked.Until.Equal(*morning.Until) || !strings.HasPrefix(morning.Until.In(berlin(t)).Format("2006-01-02 15:04"), inBerlin(1)+" 09:00") {
			t.Errorf("tomorrow is %s, and the page is told %s", morning.Until, asked.Until)
		}
	})

	t.Run("one time of a task that repeats is put off alone, and no other time is touched", func(t *testing.T) {
		c := h.user(t)
		task := daily(t, c, 0, func(d *client.Draft) { d.Reminders = []client.Reminder{{At: in(-time.Minute)}} })
		token := linkTo(t, notification, c, task, "email")
		do(t, token, reminder.Hour)
		got, err := c.GetTask(t.Context(), task.ID)
		if err != nil || got.Usual == nil || got.Usual.Reminders == nil || len(*got.Usual.Reminders) != 1 {
			t.Errorf("task %+v, %v", got, err)
		}
		if _, err := c.SkipTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, token, reminder.Complete); got.State != reminder.Past {
			t.Errorf("the page is told %+v", got)
		}
		_, err = try(t, token, reminder.Complete)
		wantStatus(t, err, http.StatusConflict)
	})

	t.Run("a task that is gone, or has no room, is left alone", func(t *testing.T) {
		c := h.user(t)
		gone := newTask(t, c, client.Draft{Title: "Gone"})
		token := linkTo(t, notification, c, gone, "email")
		if err := c.DeleteTask(t.Context(), gone.ID); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, token, reminder.Complete); got.State != reminder.Deleted || got.Title != "" {
			t.Errorf("the page is told %+v", got)
		}
		_, err := try(t, token, reminder.Complete)
		wantStatus(t, err, http.StatusGone)

		var many []client.Reminder
		for range 20 {
			many = append(many, client.Reminder{At: in(time.Hour)})
		}
		full := newTask(t, c, client.Draft{Title: "Full", Reminders: many})
		_, err = try(t, linkTo(t, notification, c, full, "email"), reminder.Hour)
		wantStatus(t, err, http.StatusConflict)
	})

	t.Run("a token for anything else is refused, and one for this opens nothing else", func(t *testing.T) {
		c, other := h.user(t), h.user(t)
		task := newTask(t, c, client.Draft{Title: "Mine"})
		token := linkTo(t, notification, c, task, "email")
		for _, bad := range []string{"", "nonsense", c.Grant.AccessToken, c.Grant.RefreshToken, token[:len(token)-4] + "AAAA", newToken(t, c, client.TokenDraft{Name: "program", Scopes: []string{"tasks:write"}}).Secret} {
			_, err := try(t, bad, reminder.Complete)
			wantStatus(t, err, http.StatusUnprocessableEntity)
			wantStatus(t, h.guest().Do(t.Context(), http.MethodPost, "/reminder-links/read", linkBody{bad, reminder.Complete}, nil), http.StatusUnprocessableEntity)
		}
		holder := h.guest()
		holder.Grant.AccessToken = token
		for _, path := range []string{"/me", "/tasks", "/changes"} {
			wantStatus(t, holder.Do(t.Context(), http.MethodGet, path, nil, nil), http.StatusUnauthorized)
		}
		wantStatus(t, h.guest().VerifyEmail(t.Context(), token), http.StatusUnprocessableEntity)
		late, err := h.keys.IssueReminderLink(auth.ReminderLink{UserID: c.Grant.User.ID, TaskID: task.ID, Ring: "r.1"}, time.Now().Add(-8*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		_, err = try(t, late, reminder.Complete)
		wantStatus(t, err, http.StatusGone)
		// A task of somebody else is not there.
		foreign, err := h.keys.IssueReminderLink(auth.ReminderLink{UserID: other.Grant.User.ID, TaskID: task.ID, Ring: "r.1"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, foreign, reminder.Complete); got.State != reminder.Deleted || got.Title != "" {
			t.Errorf("somebody else is told %+v", got)
		}
		if got, err := c.GetTask(t.Context(), task.ID); err != nil || got.Version != task.Version {
			t.Errorf("the task is %+v, %v", got, err)
		}
	})

	t.Run("an account that is gone or disabled answers nothing", func(t *testing.T) {
		c, disabled := h.user(t), h.user(t)
		token := linkTo(t, notification, c, newTask(t, c, client.Draft{Title: "Mine"}), "email")
		its := linkTo(t, notification, disabled, newTask(t, disabled, client.Draft{Title: "Its"}), "email")
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		_, err := try(t, token, reminder.Complete)
		wantStatus(t, err, http.StatusGone)
		h.exec(t, `INSERT INTO todo.disabled_account VALUES ($1, now())`, disabled.Grant.User.ID)
		_, err = try(t, its, reminder.Complete)
		wantStatus(t, err, http.StatusForbidden)
		unknown, err := h.keys.IssueReminderLink(auth.ReminderLink{UserID: uuid.NewString(), TaskID: uuid.NewString(), Ring: "r.1"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, err = try(t, unknown, reminder.Complete)
		wantStatus(t, err, http.StatusGone)
	})

	t.Run("too many from one address are refused, and no log has a token", func(t *testing.T) {
		var logs bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&logs, nil)))
		defer slog.SetDefault(before)
		c := h.user(t)
		body, err := json.Marshal(linkBody{linkTo(t, notification, c, newTask(t, c, client.Draft{Title: "Mine"}), "email"), reminder.Complete})
		if err != nil {
			t.Fatal(err)
		}
		header := map[string]string{"Content-Type": "application/json", "X-Forwarded-For": "192.0.2.77"}
		for _, path := range []string{"read", "answer"} {
			if got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/reminder-links/"+path, string(body), header); got.status != http.StatusOK || got.header.Get("Referrer-Policy") != "no-referrer" {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
		}
		h.setAttempts(t, "guest", "192.0.2.77", 100)
		for _, path := range []string{"read", "answer"} {
			wantLimited(t, send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/reminder-links/"+path, string(body), header), `"links";q=100;w=900`)
		}
		if strings.Contains(logs.String(), "eyJ") {
			t.Errorf("a token is in the log:\n%s", logs.String())
		}
	})
}
