package todoapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func titlesOf(tasks []client.Task) string {
	var all []string
	for _, t := range tasks {
		all = append(all, t.Title)
	}
	return strings.Join(all, " ")
}

func TestTasksAreFoundByFilter(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	for _, draft := range []client.Draft{
		{Title: "beans", Tags: []string{"shop"}, Priority: 2},
		{Title: "apples", Tags: []string{"Shop"}},
		{Title: "Corn", Tags: []string{"shop"}, Priority: 1},
		{Title: "rest"},
	} {
		newTask(t, c, draft)
	}
	find := func(t *testing.T, query client.TaskQuery, want string) client.TaskPage {
		t.Helper()
		page, err := c.FindTasks(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		if got := titlesOf(page.Items); got != want {
			t.Errorf("%+v found %s, want %s", query, got, want)
		}
		return page
	}

	t.Run("by filter, in an order", func(t *testing.T) {
		find(t, client.TaskQuery{Filter: "@shop", Sort: "title"}, "apples beans Corn")
		find(t, client.TaskQuery{Filter: "@shop", Sort: "-title"}, "Corn beans apples")
		find(t, client.TaskQuery{Filter: "@shop & !p1"}, "beans apples")
		find(t, client.TaskQuery{Sort: "priority", Limit: 2}, "Corn beans")
		find(t, client.TaskQuery{Filter: "completed", Status: "all"}, "")
	})

	t.Run("by project, section, parent and days", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		garden := newProject(t, c, client.ProjectDraft{Name: "Garden", ParentID: home.ID})
		later := newSection(t, c, garden.ID, "Later on")
		seed := newTask(t, c, client.Draft{Title: "seed", SectionID: later.ID, Deadline: "2026-03-01"})
		newTask(t, c, client.Draft{Title: "buy", ParentID: seed.ID, Start: "2026-02-01"})
		newTask(t, c, client.Draft{Title: "dust", ProjectID: home.ID})
		newTask(t, c, client.Draft{Title: "inbox"})
		for filter, want := range map[string]string{
			"#home": "dust", "##home": "seed buy dust", "#gard*": "seed buy", "/later on & !subtask": "seed", "subtask": "buy", "#nowhere": "",
			"!##home": "inbox", "deadline < 2027-01-01": "seed", "start: 2026-02-01": "buy", "no deadline & ##home": "buy dust",
		} {
			page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: filter, Sort: "manual"})
			if got := titlesOf(page.Items); err != nil || got != want {
				t.Errorf("%s found %q, want %q, %v", filter, got, want, err)
			}
		}
		if err := c.Do(t.Context(), http.MethodPost, "/projects/"+home.ID+"/archive", nil, nil); err != nil {
			t.Fatal(err)
		}
		for filter, want := range map[string]string{"all": "inbox", "##home": "seed buy dust"} {
			page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: filter, Sort: "manual"})
			if got := titlesOf(page.Items); err != nil || got != want {
				t.Errorf("%s found %q once Home is archived, want %q, %v", filter, got, want, err)
			}
		}
	})

	t.Run("page by page", func(t *testing.T) {
		first := find(t, client.TaskQuery{Filter: "@shop", Sort: "title", Limit: 2}, "apples beans")
		last := find(t, client.TaskQuery{Filter: "@shop", Sort: "title", Limit: 2, Cursor: first.Next}, "Corn")
		if last.Next != "" {
			t.Errorf("after the last page comes %s", last.Next)
		}
	})

	t.Run("words mean what they do in the zone of the settings", func(t *testing.T) {
		if _, err := c.EditSettings(t.Context(), map[string]any{"locale": "fr-FR", "zone": "Pacific/Kiritimati", "weekStart": 7}); err != nil {
			t.Fatal(err)
		}
		find(t, client.TaskQuery{Filter: "created: today", Sort: "-created", Limit: 1}, "rest")
	})

	t.Run("what is wrong is named", func(t *testing.T) {
		for _, test := range []struct {
			query        client.TaskQuery
			place, about string
		}{
			{client.TaskQuery{Filter: "p1 &"}, "query.filter", "expected"},
			{client.TaskQuery{Filter: strings.Repeat("p", 1001)}, "query.filter", "1000"},
			{client.TaskQuery{Filter: "p1", Cursor: "nothing"}, "query.cursor", "not a cursor"},
			{client.TaskQuery{Sort: "colour"}, "query.sort", "priority"},
		} {
			_, err := c.FindTasks(t.Context(), test.query)
			wantStatus(t, err, http.StatusUnprocessableEntity)
			if !strings.Contains(err.Error(), test.place) || !strings.Contains(err.Error(), test.about) {
				t.Errorf("%+v: %v", test.query, err)
			}
		}
	})
}
