package todoapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

func TestSkip(t *testing.T) {
	h := newHarness(t)
	recurring := h.invoker(t, contract.RecurringTask)

	t.Run("makes the next occurrence of this one, and is undone", func(t *testing.T) {
		c := h.user(t)
		task := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-11-27", Time: "09:00"}, Recurrence: &client.Recurrence{Rule: "FREQ=WEEKLY"}, Deadline: "2026-11-28"})
		for range 2 { // under one key it is skipped once
			skipped, err := c.SkipTask(t.Context(), task.ID, client.IdempotencyKey("once"))
			if err != nil || skipped.ID != task.ID || *skipped.Due != (client.Due{Date: "2026-12-04", Time: "09:00"}) || skipped.Series.Occurrence != 1 || *skipped.Deadline != "2026-12-05" {
				t.Fatalf("got %+v, %v", skipped, err)
			}
		}
		if _, err := c.CompleteTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		if next, err := advance(t, recurring, c, task.ID, &calls.Occurrence{Due: client.Due{Date: "2026-12-11", Time: "09:00"}}); err != nil || !next.Created {
			t.Fatalf("got %+v, %v", next, err)
		}
		if _, err := c.ReopenTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		again, err := c.SkipTask(t.Context(), task.ID)
		if err != nil || again.Series.Occurrence != 2 {
			t.Fatalf("got %+v, %v", again, err)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		if got, err := c.GetTask(t.Context(), task.ID); err != nil || got.Due.Date != "2026-12-04" || got.Series.Occurrence != 1 {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("is refused where there is nothing to skip to", func(t *testing.T) {
		c := h.user(t)
		plain := newTask(t, c, client.Draft{Title: "a"})
		last := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-11-27"}, Recurrence: &client.Recurrence{Rule: "FREQ=WEEKLY;COUNT=1"}})
		done := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-11-27"}, Recurrence: &client.Recurrence{Rule: "FREQ=WEEKLY"}})
		if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		for id, message := range map[string]string{plain.ID: "does not repeat", last.ID: "last time", done.ID: "is completed"} {
			_, err := c.SkipTask(t.Context(), id)
			wantProblem(t, err, http.StatusConflict, "", message)
		}
		_, err := c.SkipTask(t.Context(), last.ID, client.IfVersion(7))
		wantStatus(t, err, http.StatusPreconditionFailed)
	})
}

func TestAgenda(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	for _, draft := range []client.Draft{
		{Title: "late", Due: &client.Due{Date: "2026-11-20"}, Recurrence: &client.Recurrence{Rule: "FREQ=WEEKLY"}},
		{Title: "once", Due: &client.Due{Date: "2026-12-02"}}, {Title: "before", Due: &client.Due{Date: "2026-11-30"}}, {Title: "none"},
		{Title: "Tokyo", Due: &client.Due{Date: "2026-12-08", Time: "01:00", Zone: "Asia/Tokyo"}}, // the 7th in Berlin
		{Title: "days", Due: &client.Due{Date: "2026-12-03", Time: "09:00"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY;INTERVAL=2"}},
	} {
		newTask(t, c, draft)
	}
	var agenda view.Agenda
	if err := c.Do(t.Context(), http.MethodGet, "/agenda?from=2026-12-01&to=2026-12-07", nil, &agenda); err != nil {
		t.Fatal(err)
	}
	var upcoming []string
	for _, u := range agenda.Upcoming {
		upcoming = append(upcoming, u.Title+" "+u.Due.Date)
	}
	if got := titlesOf(agenda.Tasks); got != "once days Tokyo" {
		t.Errorf("due are %s", got)
	}
	if got := strings.Join(upcoming, ", "); got != "late 2026-12-04, days 2026-12-05, days 2026-12-07" {
		t.Errorf("upcoming are %s", got)
	}
	for query, place := range map[string]string{"from=2026-12-01&to=2026-11-30": "query.to", "from=2026-12-01&to=2027-03-03": "query.to", "from=soon&to=2026-12-01": "query.from"} {
		err := c.Do(t.Context(), http.MethodGet, "/agenda?"+query, nil, nil)
		wantStatus(t, err, http.StatusUnprocessableEntity)
		if !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v", query, err)
		}
	}
}
