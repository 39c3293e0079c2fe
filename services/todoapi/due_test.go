package todoapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestWhatIsDueOnADay(t *testing.T) {
	// Noon in Berlin, and evening in Tokyo.
	h := newHarnessAt(t, time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC))
	notification := h.invoker(t, contract.Notification)
	list := func(t *testing.T, c *client.Client, day string, limit int) calls.ListDueReply {
		t.Helper()
		got, err := calls.ListDue.Call(t.Context(), notification, calls.ListDueRequest{UserID: c.Grant.User.ID, Day: day, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	titles := func(due calls.DueTasks) []string {
		all := []string{}
		for _, task := range due.Tasks {
			all = append(all, task.Title)
		}
		return all
	}
	c, other := h.user(t), h.user(t)
	on := func(date string) *client.Due { return &client.Due{Date: date} }
	hidden := newProject(t, c, client.ProjectDraft{Name: "hidden"})
	for _, draft := range []client.Draft{
		{Title: "today", Due: on("2026-12-01")},
		{Title: "later today", Due: &client.Due{Date: "2026-12-01", Time: "18:00"}},
		{Title: "this morning", Due: &client.Due{Date: "2026-12-01", Time: "08:00"}},
		{Title: "today here, tomorrow there", Due: &client.Due{Date: "2026-12-02", Time: "06:00", Zone: "Asia/Tokyo"}},
		{Title: "tomorrow", Due: on("2026-12-02")},
		{Title: "yesterday", Due: on("2026-11-30")},
		{Title: "hidden", Due: on("2026-12-01"), ProjectID: hidden.ID},
		{Title: "some day"},
	} {
		newTask(t, c, draft)
	}
	done, waits := newTask(t, c, client.Draft{Title: "done", Due: on("2026-12-01")}), newTask(t, c, client.Draft{Title: "waits", Due: on("2026-12-01"), Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
	if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/tasks/" + waits.ID + "/pause", "/projects/" + hidden.ID + "/archive"} {
		if err := c.Do(t.Context(), http.MethodPost, path, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	newTask(t, other, client.Draft{Title: "of another", Due: on("2026-12-01")})

	got := list(t, c, "2026-12-01", 10)
	if diff := cmp.Diff([]string{"yesterday", "this morning"}, titles(got.Overdue)); diff != "" || got.Overdue.Total != 2 {
		t.Errorf("overdue, %d (-want +got):\n%s", got.Overdue.Total, diff)
	}
	if diff := cmp.Diff([]string{"today", "later today", "today here, tomorrow there"}, titles(got.Today)); diff != "" || got.Today.Total != 3 {
		t.Errorf("today, %d (-want +got):\n%s", got.Today.Total, diff)
	}
	if got := list(t, c, "2026-12-01", 1); len(got.Today.Tasks) != 1 || got.Today.Total != 3 || got.Today.Tasks[0].Title != "today" {
		t.Errorf("of one that is named: %+v", got.Today)
	}
	if got := list(t, c, "2026-11-30", 10); got.Overdue.Total != 0 || got.Today.Total != 0 || got.Today.Tasks == nil {
		t.Errorf("of a day that is over: %+v", got)
	}
	if got := list(t, h.user(t), "2026-12-01", 10); got.Overdue.Total+got.Today.Total != 0 {
		t.Errorf("of somebody without tasks: %+v", got)
	}
	if _, err := calls.ListDue.Call(t.Context(), notification, calls.ListDueRequest{UserID: c.Grant.User.ID, Day: "someday"}); failure.KindOf(err) != failure.Invalid {
		t.Errorf("of no day: %v", err)
	}
}
