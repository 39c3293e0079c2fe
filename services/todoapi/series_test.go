package todoapi

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/series"
	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

type fields = map[string]any

// daily is a task of a user that repeats each day, due so many days from today.
func daily(t *testing.T, c *client.Client, days int, more func(*client.Draft)) client.Task {
	t.Helper()
	draft := client.Draft{
		Title: "Water plants", Due: &client.Due{Date: inBerlin(days), Time: "09:00"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"},
	}
	if more != nil {
		more(&draft)
	}
	return newTask(t, c, draft)
}

// inBerlin is the day so many days from today, where the harness's users live.
func inBerlin(days int) string {
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return time.Now().In(zone).AddDate(0, 0, days).Format(time.DateOnly)
}

// completeAndFollow completes a task, and has made what follows as recurring-task does.
func completeAndFollow(t *testing.T, recurring *dapr.Client, c *client.Client, id string) client.Task {
	t.Helper()
	done, err := c.CompleteTask(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	next, err := series.Next(done, "Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := advance(t, recurring, c, id, next)
	if err != nil {
		t.Fatal(err)
	}
	following, err := c.GetTask(t.Context(), reply.TaskID)
	if err != nil {
		t.Fatal(err)
	}
	return following
}

func TestOneOccurrenceAlone(t *testing.T) {
	h := newHarness(t)
	recurring := h.invoker(t, contract.RecurringTask)
	before := 30

	t.Run("what follows is as it was", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, func(d *client.Draft) {
			d.Deadline, d.Reminders = inBerlin(1), []client.Reminder{{MinutesBefore: &before}}
		})
		edited, err := c.EditOccurrence(t.Context(), made.ID, fields{
			"title": "Water plants at Anna's", "priority": 1, "deadline": nil, "reminders": []any{}, "due": fields{"time": "18:00"},
		})
		if err != nil || edited.Title != "Water plants at Anna's" || edited.Priority != 1 || edited.Due.Time != "18:00" || len(edited.Reminders) != 0 {
			t.Fatalf("got %+v, %v", edited, err)
		}
		if edited.Usual == nil || *edited.Usual.Title != "Water plants" || *edited.Usual.Priority != 4 || edited.Series.ID != made.Series.ID {
			t.Errorf("got usual %+v, series %+v", edited.Usual, edited.Series)
		}
		next := completeAndFollow(t, recurring, c, made.ID)
		if next.Title != "Water plants" || next.Priority != 4 || next.Due.Time != "09:00" || next.Deadline == nil || len(next.Reminders) != 1 || next.Usual != nil {
			t.Errorf("what follows is %+v", next)
		}
	})

	t.Run("what is set back differs no more", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, nil)
		for _, title := range []string{"Another", "A third", "Water plants"} {
			if _, err := c.EditOccurrence(t.Context(), made.ID, fields{"title": title}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.GetTask(t.Context(), made.ID); err != nil || got.Usual != nil {
			t.Errorf("got %+v, %v", got.Usual, err)
		}
	})

	t.Run("an edit of the task holds for all that follow", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, nil)
		if _, err := c.EditOccurrence(t.Context(), made.ID, fields{"title": "Today only", "notes": "today"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.EditTask(t.Context(), made.ID, fields{"title": "From now on"}); err != nil {
			t.Fatal(err)
		}
		if next := completeAndFollow(t, recurring, c, made.ID); next.Title != "From now on" || next.Notes != "" {
			t.Errorf("what follows is %q with %q", next.Title, next.Notes)
		}
	})

	t.Run("skipping it brings what is usual", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, nil)
		if _, err := c.EditOccurrence(t.Context(), made.ID, fields{"title": "Today only"}); err != nil {
			t.Fatal(err)
		}
		if next, err := c.SkipTask(t.Context(), made.ID); err != nil || next.Title != "Water plants" || next.Due.Date != inBerlin(1) {
			t.Errorf("got %+v, %v", next, err)
		}
	})

	t.Run("undo takes it back", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, nil)
		if _, err := c.EditOccurrence(t.Context(), made.ID, fields{"title": "Today only"}); err != nil {
			t.Fatal(err)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetTask(t.Context(), made.ID)
		if err != nil || got.Title != made.Title || got.Usual != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("it needs a task that repeats, and fields that occurrences can have of their own", func(t *testing.T) {
		c := h.user(t)
		once := newTask(t, c, client.Draft{Title: "Once"})
		if _, err := c.EditOccurrence(t.Context(), once.ID, fields{"title": "x"}); client.StatusOf(err) != http.StatusConflict {
			t.Errorf("got %v, want a conflict", err)
		}
		made := daily(t, c, 0, nil)
		for _, field := range []string{"recurrence", "projectId", "sectionId", "parentId"} {
			if _, err := c.EditOccurrence(t.Context(), made.ID, fields{field: nil}); client.StatusOf(err) != http.StatusUnprocessableEntity {
				t.Errorf("%s: got %v, want it refused", field, err)
			}
		}
	})
}

func TestThisAndFollowing(t *testing.T) {
	h := newHarness(t)
	recurring := h.invoker(t, contract.RecurringTask)
	c := h.user(t)
	made := daily(t, c, 0, nil)
	moved, err := c.EditSeries(t.Context(), made.ID, fields{"due": fields{"time": "18:00"}, "title": "Water plants late"})
	if err != nil || moved.Due.Time != "18:00" || moved.Series.ID == made.Series.ID || moved.Series.Start != *moved.Due || moved.Series.Occurrence != 0 {
		t.Fatalf("got %+v, %+v, %v", moved, moved.Series, err)
	}
	if next := completeAndFollow(t, recurring, c, made.ID); next.Due.Time != "18:00" || next.Title != "Water plants late" {
		t.Errorf("what follows is %+v", next)
	}
}

func TestPause(t *testing.T) {
	h := newHarness(t)

	t.Run("what is paused is due at no time, and comes back on its first day that is not past", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, -3, nil)
		paused, err := c.PauseTask(t.Context(), made.ID)
		if err != nil || !paused.Recurrence.Paused || paused.Due.Date != made.Due.Date {
			t.Fatalf("got %+v, %v", paused, err)
		}
		for filter, want := range map[string]int{"overdue": 0, "due before: tomorrow": 0, "paused": 1, "recurring": 1} {
			page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: filter})
			if err != nil || len(page.Items) != want {
				t.Errorf("%s finds %d tasks, %v; want %d", filter, len(page.Items), err, want)
			}
		}
		today := []string{inBerlin(0), inBerlin(1)} // midnight may come now
		resumed, err := c.ResumeTask(t.Context(), made.ID, client.IdempotencyKey("once"))
		if err != nil || resumed.Recurrence.Paused || !slices.Contains(today, resumed.Due.Date) || resumed.Due.Time != "09:00" || resumed.Series.ID != made.Series.ID {
			t.Fatalf("got %+v, %v", resumed, err)
		}
		again, err := c.ResumeTask(t.Context(), made.ID, client.IdempotencyKey("once"))
		if diff := cmp.Diff(resumed, again); err != nil || diff != "" {
			t.Errorf("repeated: %v %s", err, diff)
		}
	})

	t.Run("what is due ahead stays there", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 5, nil)
		if _, err := c.PauseTask(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		resumed, err := c.ResumeTask(t.Context(), made.ID)
		if err != nil || *resumed.Due != *made.Due || resumed.Series.Occurrence != 0 {
			t.Errorf("got %+v, %v", resumed, err)
		}
	})

	t.Run("undo goes on, and an edit does not", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, 0, nil)
		if _, err := c.PauseTask(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		pausing := lastGroup(t, c)
		edited, err := c.EditTask(t.Context(), made.ID, fields{"recurrence": fields{"rule": "FREQ=WEEKLY"}})
		if err != nil || !edited.Recurrence.Paused {
			t.Errorf("got %+v, %v", edited.Recurrence, err)
		}
		for _, group := range []string{lastGroup(t, c), pausing} {
			if err := c.Undo(t.Context(), group); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.GetTask(t.Context(), made.ID); err != nil || got.Recurrence.Paused || got.Recurrence.Rule != "FREQ=DAILY" {
			t.Errorf("got %+v, %v", got.Recurrence, err)
		}
	})

	t.Run("a rule that has run out says so", func(t *testing.T) {
		c := h.user(t)
		made := daily(t, c, -5, func(d *client.Draft) { d.Recurrence.Rule = "FREQ=DAILY;COUNT=2" })
		if _, err := c.PauseTask(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ResumeTask(t.Context(), made.ID); client.StatusOf(err) != http.StatusConflict {
			t.Errorf("got %v, want a conflict", err)
		}
	})

	t.Run("a task that does not repeat cannot pause", func(t *testing.T) {
		c := h.user(t)
		once := newTask(t, c, client.Draft{Title: "Once"})
		for what, act := range map[string]func() error{
			"pause":  func() error { _, err := c.PauseTask(t.Context(), once.ID); return err },
			"resume": func() error { _, err := c.ResumeTask(t.Context(), once.ID); return err },
		} {
			if err := act(); client.StatusOf(err) != http.StatusConflict {
				t.Errorf("%s: got %v, want a conflict", what, err)
			}
		}
	})
}

// A function of the first version that began before the upgrade calls one of this version after it.
func TestATaskOfTheFirstVersionIsNotPaused(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	row := fmt.Sprintf(`{"id":%q,"user_id":%q,"version":1,"title":"Old","notes":"","priority":4,"tags":[],"reminders":[],"created_at":"2026-11-30T10:00:00Z","updated_at":"2026-11-30T10:00:00Z"}`,
		uuid.NewString(), c.Grant.User.ID)
	var paused bool
	err := pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL search_path = todo`); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), `SELECT paused FROM insert_task(jsonb_populate_record(NULL::task, $1::jsonb))`, row).Scan(&paused)
	})
	if err != nil || paused {
		t.Errorf("paused: %t, %v", paused, err)
	}
}
