package todoapi

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

func TestBulk(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	home := newProject(t, c, client.ProjectDraft{Name: "Home"})
	for _, title := range []string{"a", "b", "c"} {
		parent := newTask(t, c, client.Draft{Title: title, ProjectID: home.ID, Tags: []string{"x"}})
		newTask(t, c, client.Draft{Title: title + title, ParentID: parent.ID})
	}
	newTask(t, c, client.Draft{Title: "other"})
	bulk := func(t *testing.T, body map[string]any, options ...client.Option) view.BulkResult {
		t.Helper()
		var result view.BulkResult
		if err := c.Do(t.Context(), http.MethodPost, "/tasks/bulk", body, &result, options...); err != nil {
			t.Fatal(err)
		}
		return result
	}

	t.Run("a trial says what it would touch, and touches nothing", func(t *testing.T) {
		before := worldOf(t, c)
		result := bulk(t, map[string]any{"filter": "#home", "command": "task.delete", "dryRun": true})
		if result.Count != 3 || len(result.Tasks) != 3 || result.Tasks[0].Title != "a" {
			t.Errorf("got %+v", result)
		}
		if diff := cmp.Diff(before, worldOf(t, c)); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("all tasks of a filter are changed, and changed back, as one act", func(t *testing.T) {
		for _, body := range []map[string]any{
			{"filter": "@x", "command": "task.update", "fields": map[string]any{"priority": 1, "due": map[string]any{"date": "2026-12-24"}}},
			{"filter": "#home", "command": "task.complete"},
			{"filter": "##home", "command": "task.move", "fields": map[string]any{"projectId": nil}},
			{"filter": "all", "command": "task.delete"},
		} {
			before := worldOf(t, c)
			if result := bulk(t, body); result.Count == 0 || cmp.Equal(before, worldOf(t, c), sameWorld) {
				t.Errorf("%v: got %+v", body, result)
			}
			if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, worldOf(t, c), sameWorld); diff != "" {
				t.Errorf("%v undone:\n%s", body, diff)
			}
		}
	})

	t.Run("a repeated request is answered as the first", func(t *testing.T) {
		body := map[string]any{"filter": "@x", "command": "task.complete"}
		first, second := bulk(t, body, client.IdempotencyKey("once")), bulk(t, body, client.IdempotencyKey("once"))
		if first.Count != 3 || second.Count != 3 {
			t.Errorf("got %+v and %+v", first, second)
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"other"}) {
			t.Errorf("%v are open", got)
		}
	})

	t.Run("what is wrong is named", func(t *testing.T) {
		for body, want := range map[*map[string]any][2]string{
			{"filter": "p1 &", "command": "task.delete"}:                                                 {"body.filter", "expected"},
			{"filter": "p1", "command": "task.burn"}:                                                     {"body.command", "task.delete"},
			{"filter": "all", "command": "task.update", "fields": map[string]any{"titel": "x"}}:          {"body.fields.titel", "titel"},
			{"filter": "all", "command": "task.update", "fields": map[string]any{"recurrence": "daily"}}: {"body.fields.recurrence", "object"},
		} {
			wantProblem(t, c.Do(t.Context(), http.MethodPost, "/tasks/bulk", *body, nil), http.StatusUnprocessableEntity, want[0], want[1])
		}
	})
}

func TestCounts(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	today := time.Now().In(berlin(t))
	day := func(n int) *client.Due { return &client.Due{Date: today.AddDate(0, 0, n).Format(time.DateOnly)} }
	home, shed := newProject(t, c, client.ProjectDraft{Name: "Home"}), newProject(t, c, client.ProjectDraft{Name: "Shed"})
	soon := newSection(t, c, home.ID, "Soon")
	for _, draft := range []client.Draft{
		{Title: "1", Due: day(0), Tags: []string{"x"}}, {Title: "2", Due: day(-1), ProjectID: home.ID}, {Title: "3", Due: day(7), SectionID: soon.ID, Tags: []string{"x", "y"}},
		{Title: "4", Due: day(8)}, {Title: "5", ProjectID: shed.ID, Due: day(0)},
		{Title: "paused", Due: day(0), Recurrence: &client.Recurrence{Rule: "FREQ=DAILY", Paused: true}},
	} {
		newTask(t, c, draft)
	}
	done := newTask(t, c, client.Draft{Title: "6", Due: day(0)})
	if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
		t.Fatal(err)
	}
	x := made[client.Filter](t, c, "/filters", map[string]any{"name": "x", "query": "@x"})
	place := made[client.Filter](t, c, "/filters", map[string]any{"name": "place", "query": "#Shed | #Home"})
	if err := c.Do(t.Context(), http.MethodPost, "/projects/"+shed.ID+"/archive", nil, nil); err != nil {
		t.Fatal(err)
	}
	var got view.Counts
	if err := c.Do(t.Context(), http.MethodGet, "/counts", nil, &got); err != nil {
		t.Fatal(err)
	}
	want := view.Counts{Open: 5, Inbox: 3, Today: 1, Overdue: 1, Upcoming: 1, Projects: map[string]int{home.ID: 2}, Sections: map[string]int{soon.ID: 1},
		Tags: map[string]int{"x": 2, "y": 1}, Filters: map[string]int{x.ID: 2, place.ID: 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Views and filters that say the same find the same, wherever tasks are due.
func TestCountsAgreeWithFilters(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	now := time.Now().In(berlin(t))
	for n, zone := range []string{"", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"} {
		for days := -2; days <= 9; days++ {
			for _, hour := range []int{0, 9, 23, now.Hour()} {
				due := &client.Due{Date: now.AddDate(0, 0, days).Format(time.DateOnly), Time: fmt.Sprintf("%02d:30", hour), Zone: zone}
				if n == 0 && hour == 9 {
					due = &client.Due{Date: due.Date}
				}
				newTask(t, c, client.Draft{Title: "x", Due: due})
			}
		}
	}
	var got view.Counts
	if err := c.Do(t.Context(), http.MethodGet, "/counts", nil, &got); err != nil {
		t.Fatal(err)
	}
	for query, count := range map[string]int{"today": got.Today, "overdue": got.Overdue, "due after: today & due <= in 7 days": got.Upcoming} {
		page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: query, Limit: 200})
		if err != nil || page.Next != "" {
			t.Fatal(err, page.Next)
		}
		if minute := time.Now().In(now.Location()).Truncate(30 * time.Minute); minute.Equal(now.Truncate(30*time.Minute)) && len(page.Items) != count {
			t.Errorf("%s finds %d tasks, and %d are counted", query, len(page.Items), count)
		}
	}
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
