package todoapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestCommands(t *testing.T) {
	h := newHarness(t)
	titled := func(title string) client.Command {
		return client.Command{Name: "task.create", Fields: map[string]any{"title": title}}
	}

	t.Run("a batch is one act", func(t *testing.T) {
		c := h.user(t)
		water, plants := newTask(t, c, client.Draft{Title: "water"}), newTask(t, c, client.Draft{Title: "plants"})
		outcomes, err := c.Apply(t.Context(), false, []client.Command{
			titled("new"),
			{Name: "task.update", ID: water.ID, IfVersion: 1, Fields: map[string]any{"priority": 1}},
			{Name: "task.complete", ID: water.ID},
			{Name: "task.delete", ID: plants.ID},
			{Name: "settings.update", Fields: map[string]any{"zone": "Asia/Kolkata"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var done client.Task
		if len(outcomes) != 5 || json.Unmarshal(outcomes[2].OK, &done) != nil || done.Version != 3 || done.Priority != 1 || done.CompletedAt == nil {
			t.Fatalf("got %+v", outcomes)
		}
		changes, err := c.Changes(t.Context(), 3, 100)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{events.TypeTaskCreated, events.TypeTaskUpdated, events.TypeTaskCompleted, events.TypeTaskDeleted, events.TypeSettingsUpdated}
		if len(changes.Items) != len(want) {
			t.Fatalf("got %+v", changes.Items)
		}
		for i, change := range changes.Items {
			if change.Type != want[i] || change.Group != changes.Items[0].Group {
				t.Errorf("change %d is %s of group %s", i, change.Type, change.Group)
			}
		}
	})

	t.Run("the first failure undoes all, and says which it is", func(t *testing.T) {
		c := h.user(t)
		known := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
		for _, refused := range []struct {
			name     string
			command  client.Command
			status   int
			location string
		}{
			{"by the database", client.Command{Name: "task.update", ID: known.ID, Fields: map[string]any{"due": nil}}, 422, "body.commands[1].due"},
			{"by a rule", client.Command{Name: "task.update", ID: known.ID, Fields: map[string]any{"title": " "}}, 422, "body.commands[1].title"},
			{"by the schema", client.Command{Name: "task.update", ID: known.ID, Fields: map[string]any{"titel": "x"}}, 422, "body.commands[1].fields.titel"},
			{"for its version", client.Command{Name: "task.complete", ID: known.ID, IfVersion: 7}, 412, "body.commands[1]"},
			{"for its name", client.Command{Name: "task.burn", ID: known.ID}, 422, "body.commands[1].name"},
			{"for want of an id", client.Command{Name: "task.delete"}, 422, "body.commands[1].id"},
			{"as there is no such task", client.Command{Name: "task.delete", ID: uuid.NewString()}, 404, "body.commands[1]"},
		} {
			t.Run(refused.name, func(t *testing.T) {
				_, err := c.Apply(t.Context(), false, []client.Command{titled("undone"), refused.command})
				problem, ok := errors.AsType[*client.Problem](err)
				if !ok || problem.Status != refused.status || len(problem.Errors) != 1 || problem.Errors[0].Location != refused.location {
					t.Errorf("got %+v, want %d at %s", err, refused.status, refused.location)
				}
			})
		}
		if changes, err := c.Changes(t.Context(), 0, 100); err != nil || changes.Head != 2 {
			t.Errorf("got %+v, %v; want nothing done", changes, err)
		}
	})

	t.Run("with each, what can be done is done", func(t *testing.T) {
		c := h.user(t)
		known := newTask(t, c, client.Draft{Title: "a"})
		outcomes, err := c.Apply(t.Context(), true, []client.Command{
			titled(" "),
			{Name: "task.complete", ID: uuid.NewString()},
			{Name: "task.update", ID: known.ID, Fields: map[string]any{"recurrence": map[string]any{"rule": "FREQ=DAILY"}}},
			{Name: "task.complete", ID: known.ID},
		})
		if err != nil || len(outcomes) != 4 {
			t.Fatalf("got %+v, %v", outcomes, err)
		}
		for i, status := range []int{422, 404, 422, 0} {
			got := 0
			if outcomes[i].Error != nil {
				got = outcomes[i].Error.Status
			}
			if got != status {
				t.Errorf("outcome %d: got %+v, want status %d", i, outcomes[i].Error, status)
			}
		}
		if changes, err := c.Changes(t.Context(), 2, 100); err != nil || len(changes.Items) != 1 || changes.Items[0].Type != events.TypeTaskCompleted {
			t.Errorf("got %+v, %v", changes, err)
		}
	})

	t.Run("a key belongs to one request", func(t *testing.T) {
		c := h.user(t)
		key := client.IdempotencyKey("k")
		first, err := c.CreateTask(t.Context(), client.Draft{Title: "a"}, key)
		if err != nil {
			t.Fatal(err)
		}
		other := newTask(t, c, client.Draft{Title: "b"})
		for name, reuse := range map[string]error{
			"deletes another task":   c.DeleteTask(t.Context(), other.ID, key),
			"adds another task":      second(c.CreateTask(t.Context(), client.Draft{Title: "c"}, key)),
			"completes the task":     second(c.CompleteTask(t.Context(), first.ID, key)),
			"is a batch of the same": second(c.Apply(t.Context(), true, []client.Command{titled("a")}, key)),
		} {
			problem, ok := errors.AsType[*client.Problem](reuse)
			if !ok || problem.Status != http.StatusUnprocessableEntity || len(problem.Errors) != 1 || problem.Errors[0].Location != "header.Idempotency-Key" {
				t.Errorf("a request that %s under the key of another got %v", name, reuse)
			}
		}
		again, err := c.CreateTask(t.Context(), client.Draft{Title: "a"}, key)
		if err != nil || again.ID != first.ID {
			t.Errorf("got %+v, %v", again, err)
		}
		if changes, err := c.Changes(t.Context(), 0, 100); err != nil || changes.Head != 3 {
			t.Errorf("got %+v, %v", changes, err)
		}
	})

	t.Run("what changes nothing records nothing", func(t *testing.T) {
		c := h.user(t)
		made := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-12-01", Time: "09:00"}, Tags: []string{"x"}})
		same, err := c.EditTask(t.Context(), made.ID, map[string]any{"title": "a", "due": map[string]any{"time": "09:00"}, "tags": []string{"x"}, "notes": nil})
		if err != nil || same.Version != 1 {
			t.Errorf("got %+v, %v", same, err)
		}
		if _, err := c.EditSettings(t.Context(), map[string]any{"zone": "Europe/Berlin", "weekStart": 1}); err != nil {
			t.Error(err)
		}
		if changes, err := c.Changes(t.Context(), 0, 100); err != nil || changes.Head != 3 { // the account, the tag and the task
			t.Errorf("got %+v, %v", changes, err)
		}
	})

	t.Run("moving an occurrence keeps its series, another rule starts one", func(t *testing.T) {
		c := h.user(t)
		made := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
		moved, err := c.EditTask(t.Context(), made.ID, map[string]any{"due": map[string]any{"date": "2026-12-05"}})
		if err != nil || *moved.Series != *made.Series {
			t.Errorf("got %+v, %v", moved.Series, err)
		}
		weekly, err := c.EditTask(t.Context(), made.ID, map[string]any{"recurrence": map[string]any{"rule": "FREQ=WEEKLY"}})
		if err != nil || weekly.Series.ID == made.Series.ID || weekly.Series.Start.Date != "2026-12-05" || weekly.Recurrence.Anchor != "schedule" {
			t.Errorf("got %+v, %v", weekly, err)
		}
		once, err := c.EditTask(t.Context(), made.ID, map[string]any{"recurrence": nil})
		if err != nil || once.Series != nil || once.Recurrence != nil {
			t.Errorf("got %+v, %v", once, err)
		}
	})

	t.Run("what depends on a due date keeps it", func(t *testing.T) {
		c := h.user(t)
		minutes := 5
		made := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-12-01"}, Reminders: []client.Reminder{{MinutesBefore: &minutes}}})
		_, err := c.EditTask(t.Context(), made.ID, map[string]any{"due": nil})
		problem, ok := errors.AsType[*client.Problem](err)
		if !ok || problem.Errors[0].Location != "body.due" || problem.Detail != "a reminder of the task counts back from its due date; remove that reminder as well" {
			t.Errorf("got %v", err)
		}
		if _, err := c.EditTask(t.Context(), made.ID, map[string]any{"due": nil, "reminders": nil}); err != nil {
			t.Error(err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestSettings(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	got, err := c.Settings(t.Context())
	want := client.Settings{
		Version: 1, Zone: "Europe/Berlin", Locale: "en", WeekStart: 1, DayStart: "09:00",
		RemindersBy: []string{"email", "push"}, DigestBy: []string{}, DigestAt: "08:00", OverdueBy: []string{}, OverdueAt: "18:00",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	got, err = c.EditSettings(t.Context(), map[string]any{"zone": "Asia/Kathmandu", "dayStart": "06:30", "locale": "de-at"}, client.IfVersion(1))
	want.Version, want.Zone, want.DayStart, want.Locale = 2, "Asia/Kathmandu", "06:30", "de-AT"
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	changes, err := c.Changes(t.Context(), 1, 10)
	if err != nil || len(changes.Items) != 1 || changes.Items[0].Type != events.TypeSettingsUpdated || changes.Items[0].Zone != "Asia/Kathmandu" {
		t.Errorf("got %+v, %v", changes, err)
	}
	if me, err := c.Me(t.Context()); err != nil || me.Zone != "Asia/Kathmandu" {
		t.Errorf("the account says %+v, %v", me, err)
	}
	for name, patch := range map[string]any{
		"zone": "Mars/Olympus", "locale": "klingon!", "weekStart": 8, "dayStart": "9", "theme": "dark",
	} {
		_, err := c.EditSettings(t.Context(), map[string]any{name: patch})
		problem, ok := errors.AsType[*client.Problem](err)
		if !ok || problem.Status != 422 || len(problem.Errors) != 1 || problem.Errors[0].Location != "body."+name {
			t.Errorf("%s: got %v", name, err)
		}
	}
	wantStatus(t, second(c.EditSettings(t.Context(), map[string]any{"weekStart": 7}, client.IfVersion(1))), http.StatusPreconditionFailed)
}

func TestAnEndedSessionChangesNothing(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	laptop := h.guest()
	if err := laptop.Login(t.Context(), c.Grant.User.Email, password); err != nil {
		t.Fatal(err)
	}
	if err := c.EndSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, device := range []*client.Client{c, laptop} {
		_, err := device.CreateTask(t.Context(), client.Draft{Title: "too late"})
		wantStatus(t, err, http.StatusUnauthorized)
	}
	changes, err := c.Changes(t.Context(), 2, 10) // reading goes on until the token expires
	if err != nil || len(changes.Items) != 2 {
		t.Fatalf("got %+v, %v; want the end of two sessions", changes, err)
	}
	for _, change := range changes.Items {
		if change.Type != events.TypeSessionEnded || change.Entity != events.EntitySession || uuid.Validate(change.ID) != nil {
			t.Errorf("got %+v", change)
		}
	}
}

func TestWhatIsOldIsForgotten(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	old, young := newTask(t, c, client.Draft{Title: "old"}), newTask(t, c, client.Draft{Title: "young"})
	if err := c.DeleteTask(t.Context(), old.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateTask(t.Context(), client.Draft{Title: "keyed"}, client.IdempotencyKey("k")); err != nil {
		t.Fatal(err)
	}
	h.prune(t, time.Now()) // too early
	if all, err := c.Changes(t.Context(), 0, 10); err != nil || len(all.Items) != 5 {
		t.Errorf("got %+v, %v", all, err)
	}
	for _, age := range []string{
		"UPDATE todo.event SET at = now() - interval '1 year' WHERE seq <= 3",
		"UPDATE todo.task SET deleted_at = now() - interval '1 year' WHERE deleted_at IS NOT NULL",
		"UPDATE todo.operation SET at = now() - interval '1 year'",
	} {
		if _, err := h.pool.Exec(t.Context(), age); err != nil {
			t.Fatal(err)
		}
	}
	h.prune(t, time.Now())
	if _, err := c.Changes(t.Context(), 2, 10); client.StatusOf(err) != http.StatusGone {
		t.Errorf("changes that were forgotten: got %v", err)
	}
	rest, err := c.Changes(t.Context(), 3, 10)
	if err != nil || len(rest.Items) != 2 || rest.Floor != 3 || rest.Head != 5 {
		t.Errorf("got %+v, %v", rest, err)
	}
	var tasks, keys int
	if err := h.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM todo.task), (SELECT count(*) FROM todo.operation)").Scan(&tasks, &keys); err != nil {
		t.Fatal(err)
	}
	if tasks != 2 || keys != 0 {
		t.Errorf("%d tasks and %d keys are left", tasks, keys)
	}
	if _, err := c.GetTask(t.Context(), young.ID); err != nil {
		t.Error(err)
	}
}
