package todoapi

import (
	"sync"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestOccurrences(t *testing.T) {
	h := newHarness(t)
	recurring := h.invoker(t, contract.RecurringTask)
	minutes := 30
	next := &calls.Occurrence{
		Due:       client.Due{Date: "2026-12-02", Time: "09:00"},
		Reminders: []client.Reminder{{MinutesBefore: &minutes}},
	}
	completedDaily := func(t *testing.T, c *client.Client) client.Task {
		t.Helper()
		created := newTask(t, c, client.Draft{
			Title: "Water plants", Notes: "all", Priority: 2, Tags: []string{"home"},
			Due: &client.Due{Date: "2026-12-01", Time: "09:00"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"},
			Reminders: []client.Reminder{{MinutesBefore: &minutes}},
		})
		completed, err := c.CompleteTask(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		return completed
	}

	t.Run("twenty requests at once make one next occurrence", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		var all sync.WaitGroup
		results := make([]calls.AdvanceOccurrenceReply, 20)
		for i := range results {
			all.Go(func() {
				var err error
				if results[i], err = advance(t, recurring, c, done.ID, next); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		created := 0
		for _, result := range results {
			if result.TaskID != results[0].TaskID || result.TaskID == "" {
				t.Errorf("got %+v and %+v", results[0], result)
			}
			if result.Created {
				created++
			}
		}
		if created != 1 {
			t.Errorf("%d requests say that they created it", created)
		}
		page, err := c.ListTasks(t.Context(), "open", 10, "")
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("got %+v, %v; want one open task", page, err)
		}
		got := page.Items[0]
		if got.Title != done.Title || got.Notes != done.Notes || got.Priority != done.Priority || got.Tags[0] != "home" ||
			*got.Due != next.Due || *got.Recurrence != *done.Recurrence || got.CompletedAt != nil {
			t.Errorf("got %+v", got)
		}
		if got.Series.ID != done.Series.ID || got.Series.Occurrence != 1 || got.Series.Start != done.Series.Start {
			t.Errorf("got series %+v after %+v", got.Series, done.Series)
		}
		if len(got.Reminders) != 1 || got.Reminders[0].ID == done.Reminders[0].ID {
			t.Errorf("got reminders %+v after %+v", got.Reminders, done.Reminders)
		}
		changes, err := c.Changes(t.Context(), 4, 10)
		if err != nil || len(changes.Items) != 1 {
			t.Fatalf("got %+v, %v; want one change", changes, err)
		}
		if change := changes.Items[0]; change.Type != events.TypeTaskCreated || change.By != (events.Actor{Kind: events.ActorSystem, ID: contract.RecurringTask}) {
			t.Errorf("got %+v", change)
		}
	})

	t.Run("what has no next occurrence yet is listed until it is settled", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		ended := completedDaily(t, c)
		deleted := completedDaily(t, c)
		if err := c.DeleteTask(t.Context(), deleted.ID); err != nil {
			t.Fatal(err)
		}
		if got := missing(t, recurring, c); len(got) != 3 || got[0].Task.ID != done.ID || got[0].Zone != "Europe/Berlin" {
			t.Fatalf("got %+v", got)
		}
		if _, err := advance(t, recurring, c, done.ID, next); err != nil {
			t.Fatal(err)
		}
		if got, err := advance(t, recurring, c, ended.ID, nil); err != nil || got.Created {
			t.Fatalf("got %+v, %v", got, err)
		}
		if got, err := advance(t, recurring, c, deleted.ID, next); err != nil || !got.Created {
			t.Fatalf("got %+v, %v", got, err)
		}
		if got := missing(t, recurring, c); len(got) != 0 {
			t.Errorf("got %+v", got)
		}
		if got, err := advance(t, recurring, c, ended.ID, next); err != nil || got.Created {
			t.Errorf("a series that has ended went on: %+v, %v", got, err)
		}
	})

	t.Run("reopening takes the untouched next one back", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		first, err := advance(t, recurring, c, done.ID, next)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReopenTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		page, err := c.ListTasks(t.Context(), "all", 10, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != done.ID {
			t.Fatalf("got %+v, %v; want the reopened task alone", page.Items, err)
		}
		changes, err := c.Changes(t.Context(), 5, 10)
		if err != nil || len(changes.Items) != 2 || changes.Items[1].Type != events.TypeTaskDeleted ||
			changes.Items[1].ID != first.TaskID || changes.Items[1].Group != changes.Items[0].Group {
			t.Fatalf("got %+v, %v", changes.Items, err)
		}
		if got, err := advance(t, recurring, c, done.ID, next); err != nil || got.Created {
			t.Errorf("an open task advanced: %+v, %v", got, err)
		}
		if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		again, err := advance(t, recurring, c, done.ID, next)
		if err != nil || !again.Created || again.TaskID == first.TaskID {
			t.Errorf("got %+v, %v; want another one", again, err)
		}
	})

	t.Run("completing again makes no second one beside one that was touched", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		first, err := advance(t, recurring, c, done.ID, next)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.EditTask(t.Context(), first.TaskID, map[string]any{"notes": "mine"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReopenTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		again, err := advance(t, recurring, c, done.ID, next)
		if err != nil || again.Created || again.TaskID != first.TaskID {
			t.Errorf("got %+v, %v; want %s again", again, err, first.TaskID)
		}
		if got := missing(t, recurring, c); len(got) != 0 {
			t.Errorf("still listed as missing: %+v", got)
		}
	})

	t.Run("a completion that was edited since is not followed from old data", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		edited, err := c.EditTask(t.Context(), done.ID, map[string]any{"recurrence": map[string]any{"rule": "FREQ=WEEKLY"}})
		if err != nil {
			t.Fatal(err)
		}
		stale := calls.AdvanceOccurrenceRequest{UserID: c.Grant.User.ID, TaskID: done.ID, Version: done.Version, Next: next}
		got, err := calls.AdvanceOccurrence.Call(t.Context(), recurring, stale)
		if err != nil || got.Created || got.Changed == nil || got.Changed.Version != edited.Version || got.Zone != "Europe/Berlin" {
			t.Fatalf("got %+v, %v; want the task as it is now", got, err)
		}
		stale.Version = edited.Version
		if got, err := calls.AdvanceOccurrence.Call(t.Context(), recurring, stale); err != nil || !got.Created {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a series that cannot go on says why, and is settled", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		ended := calls.AdvanceOccurrenceRequest{UserID: c.Grant.User.ID, TaskID: done.ID, Version: done.Version, Reason: "must lie before the year 2200"}
		if _, err := calls.AdvanceOccurrence.Call(t.Context(), recurring, ended); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetTask(t.Context(), done.ID)
		if err != nil || got.Series.Ended != ended.Reason || got.Version != done.Version+1 {
			t.Errorf("got %+v, %v", got.Series, err)
		}
		if got := missing(t, recurring, c); len(got) != 0 {
			t.Errorf("still listed as missing: %+v", got)
		}
	})

	t.Run("a new rule starts a new series, also after the old one went on", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		if _, err := advance(t, recurring, c, done.ID, next); err != nil {
			t.Fatal(err)
		}
		if _, err := c.EditTask(t.Context(), done.ID, map[string]any{"recurrence": map[string]any{"rule": "FREQ=WEEKLY"}}); err != nil {
			t.Fatal(err)
		}
		if got := missing(t, recurring, c); len(got) != 0 {
			t.Errorf("editing what is done called for another occurrence: %+v", got)
		}
		if _, err := c.ReopenTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		weekly, err := c.CompleteTask(t.Context(), done.ID)
		if err != nil || weekly.Series.ID == done.Series.ID || weekly.Series.Occurrence != 0 {
			t.Fatalf("got %+v, %v", weekly.Series, err)
		}
		if got, err := advance(t, recurring, c, done.ID, next); err != nil || !got.Created {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a task of someone else does not exist", func(t *testing.T) {
		done := completedDaily(t, h.user(t))
		if _, err := advance(t, recurring, h.user(t), done.ID, next); failure.KindOf(err) != failure.NotFound {
			t.Errorf("got %v, want not found", err)
		}
	})

	t.Run("a next occurrence that cannot be is refused", func(t *testing.T) {
		c := h.user(t)
		done := completedDaily(t, c)
		_, err := advance(t, recurring, c, done.ID, &calls.Occurrence{Due: client.Due{Date: "soon"}})
		if failure.KindOf(err) != failure.Invalid || failure.Public(err).Field != "due.date" {
			t.Errorf("got %v, want invalid due.date", err)
		}
	})
}

func advance(t *testing.T, from *dapr.Client, c *client.Client, taskID string, next *calls.Occurrence) (calls.AdvanceOccurrenceReply, error) {
	t.Helper()
	return calls.AdvanceOccurrence.Call(t.Context(), from, calls.AdvanceOccurrenceRequest{UserID: c.Grant.User.ID, TaskID: taskID, Next: next})
}

// missing lists the user's part of what has no next occurrence.
func missing(t *testing.T, from *dapr.Client, c *client.Client) []calls.MissingOccurrence {
	t.Helper()
	var all struct{ Tasks []calls.MissingOccurrence }
	if err := from.Invoke(t.Context(), contract.TodoAPI, contract.MethodListMissingOccurrences, map[string]any{"limit": 100}, &all); err != nil {
		t.Fatal(err)
	}
	var own []calls.MissingOccurrence
	for _, found := range all.Tasks {
		if found.UserID == c.Grant.User.ID {
			own = append(own, found)
		}
	}
	return own
}
