package todoapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

func TestStatistics(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	today := time.Now().In(berlin(t))
	due := func(days int) *client.Due { return &client.Due{Date: today.AddDate(0, 0, days).Format(time.DateOnly)} }
	home := newProject(t, c, client.ProjectDraft{Name: "Home"})
	complete := func(c *client.Client, draft client.Draft) string {
		task := newTask(t, c, draft)
		if _, err := c.CompleteTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		return task.ID
	}
	for _, draft := range []client.Draft{{Title: "1", Due: due(0), ProjectID: home.ID}, {Title: "2", Due: due(-1), ProjectID: home.ID}, {Title: "3"}, {Title: "4", Due: due(1)}} {
		complete(c, draft)
	}
	newTask(t, c, client.Draft{Title: "open"})
	if err := c.DeleteTask(t.Context(), complete(c, client.Draft{Title: "deleted"})); err != nil {
		t.Fatal(err)
	}
	complete(h.user(t), client.Draft{Title: "of somebody else"})

	read := func(from, to int) (got view.Statistics) {
		query := "?from=" + due(from).Date + "&to=" + due(to).Date
		if err := c.Do(t.Context(), http.MethodGet, "/statistics"+query, nil, &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := view.Statistics{
		Days:     []view.DoneOnDay{{Day: due(0).Date, Completed: 4}},
		Projects: []view.DoneInProject{{Completed: 2}, {ProjectID: &home.ID, Completed: 2}},
		OnTime:   2, Late: 1,
	}
	got := read(-6, 0)
	if got.Projects[0].ProjectID != nil { // as many in both
		got.Projects[0], got.Projects[1] = got.Projects[1], got.Projects[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(view.Statistics{Days: []view.DoneOnDay{}, Projects: []view.DoneInProject{}}, read(-6, -1)); diff != "" {
		t.Errorf("days before (-want +got):\n%s", diff)
	}
	for _, query := range []string{"", "?from=2026-12-01", "?from=2026-12-02&to=2026-12-01", "?from=2026-01-01&to=2026-12-01", "?from=x&to=y"} {
		wantStatus(t, c.Do(t.Context(), http.MethodGet, "/statistics"+query, nil, nil), http.StatusUnprocessableEntity)
	}
}
