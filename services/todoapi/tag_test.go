package todoapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// made adds an object by the operation at a path.
func made[T any](t *testing.T, c *client.Client, path string, draft any) T {
	t.Helper()
	var object T
	if err := c.Do(t.Context(), http.MethodPost, path, draft, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// listed reads all objects at a path.
func listed[T any](t *testing.T, c *client.Client, path string) []T {
	t.Helper()
	var all struct {
		Items []T `json:"items"`
	}
	if err := c.Do(t.Context(), http.MethodGet, path, nil, &all); err != nil {
		t.Fatal(err)
	}
	return all.Items
}

// tagNames gives the tags in their order, each with its colour.
func tagNames(t *testing.T, c *client.Client) string {
	t.Helper()
	var names []string
	for _, tag := range listed[client.Tag](t, c, "/tags") {
		names = append(names, tag.Name+":"+tag.Colour)
	}
	return strings.Join(names, " ")
}

func TestTags(t *testing.T) {
	h := newHarness(t)
	tagsOf := func(t *testing.T, c *client.Client, id string) []string {
		t.Helper()
		task, err := c.GetTask(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return task.Tags
	}

	t.Run("come to be by use, in one spelling", func(t *testing.T) {
		c := h.user(t)
		newTask(t, c, client.Draft{Title: "a", Tags: []string{"Home", "Übung"}})
		second := newTask(t, c, client.Draft{Title: "b", Tags: []string{"hOME", "work", "u\u0308BUNG"}})
		if got := tagNames(t, c); got != "Home:grey work:grey Übung:grey" || !slices.Equal(second.Tags, []string{"Home", "work", "Übung"}) {
			t.Errorf("there are %s, and the task has %v", got, second.Tags)
		}
	})

	t.Run("are renamed, merged and deleted on all tasks, and all that is undone", func(t *testing.T) {
		c := h.user(t)
		task := newTask(t, c, client.Draft{Title: "a", Tags: []string{"home", "errand"}})
		tags := listed[client.Tag](t, c, "/tags")
		errand, home := tags[0], tags[1]
		for _, step := range []struct {
			method, path string
			body         any
			tags         string
			onTask       []string
		}{
			{http.MethodPatch, "/tags/" + home.ID, map[string]any{"name": "House", "colour": "red"}, "errand:grey House:red", []string{"House", "errand"}},
			{http.MethodPatch, "/tags/" + errand.ID, map[string]any{"name": "house"}, "House:red", []string{"House"}},
			{http.MethodDelete, "/tags/" + home.ID, nil, "", []string{}},
		} {
			before, tagged := tagNames(t, c), tagsOf(t, c, task.ID)
			if err := c.Do(t.Context(), step.method, step.path, step.body, nil); err != nil {
				t.Fatal(err)
			}
			for range 2 { // and once more after it was undone
				if got := tagNames(t, c); got != step.tags || !slices.Equal(tagsOf(t, c, task.ID), step.onTask) {
					t.Fatalf("%s: there are %q, and the task has %v", step.path, got, tagsOf(t, c, task.ID))
				}
				if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
					t.Fatal(err)
				}
				if got := tagNames(t, c); got != before || !slices.Equal(tagsOf(t, c, task.ID), tagged) {
					t.Fatalf("%s undone: there are %q, and the task has %v", step.path, got, tagsOf(t, c, task.ID))
				}
				if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
					t.Fatal(err)
				}
			}
		}
	})

	t.Run("are refused where they are wrong", func(t *testing.T) {
		c := h.user(t)
		made[client.Tag](t, c, "/tags", map[string]any{"name": "home"})
		wantProblem(t, c.Do(t.Context(), http.MethodPost, "/tags", map[string]any{"name": "HOME"}, nil), http.StatusConflict, "body.name", "there is a tag HOME already")
		wantProblem(t, c.Do(t.Context(), http.MethodPost, "/tags", map[string]any{"name": "a\tb"}, nil), http.StatusUnprocessableEntity, "body.name", "one line")
	})
}

func TestComments(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	task := newTask(t, c, client.Draft{Title: "a"})
	first := made[client.Comment](t, c, "/comments", map[string]any{"taskId": task.ID, "text": "**one**"})
	second := made[client.Comment](t, c, "/comments", map[string]any{"taskId": task.ID, "text": "two"})
	texts := func() string {
		t.Helper()
		var all []string
		for _, comment := range listed[client.Comment](t, c, "/tasks/"+task.ID+"/comments") {
			all = append(all, comment.Text)
		}
		return strings.Join(all, " ")
	}
	for _, step := range []struct {
		method, id string
		body       any
		want       string
	}{
		{http.MethodPatch, first.ID, map[string]any{"text": "1"}, "1 two"},
		{http.MethodDelete, second.ID, nil, "**one**"},
	} {
		before := texts()
		if err := c.Do(t.Context(), step.method, "/comments/"+step.id, step.body, nil); err != nil {
			t.Fatal(err)
		}
		if got := texts(); got != step.want {
			t.Errorf("the comments are %q, want %q", got, step.want)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil || texts() != before {
			t.Errorf("undone the comments are %q, want %q, %v", texts(), before, err)
		}
	}
	wantProblem(t, c.Do(t.Context(), http.MethodPost, "/comments", map[string]any{"taskId": task.ID, "text": " "}, nil), http.StatusUnprocessableEntity, "body.text", "blank")
	if err := c.Do(t.Context(), http.MethodDelete, "/comments/"+first.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	h.prune(t, time.Now().Add(31*24*time.Hour))
	var left int
	if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.comment`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d comments are kept, %v", left, err)
	}
}

func TestSavedFilters(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	due := made[client.Filter](t, c, "/filters", map[string]any{"name": "Due", "query": "today | nächsten freitag", "favourite": true, "colour": "red"})
	work := made[client.Filter](t, c, "/filters", map[string]any{"name": "Work", "query": "#Work"})
	order := func() string {
		t.Helper()
		var names []string
		for _, f := range listed[client.Filter](t, c, "/filters") {
			names = append(names, f.Name)
		}
		return strings.Join(names, " ")
	}
	if err := c.Do(t.Context(), http.MethodPost, "/filters/"+work.ID+"/move", map[string]any{"before": due.ID}, nil); err != nil || order() != "Work Due" {
		t.Errorf("the order is %s, %v", order(), err)
	}
	if err := c.Do(t.Context(), http.MethodDelete, "/filters/"+work.ID, nil, nil); err != nil || order() != "Due" {
		t.Errorf("there are %s, %v", order(), err)
	}
	if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil || order() != "Work Due" {
		t.Errorf("undone there are %s, %v", order(), err)
	}
	wantProblem(t, c.Do(t.Context(), http.MethodPatch, "/filters/"+work.ID, map[string]any{"query": "today &"}, nil), http.StatusUnprocessableEntity, "body.query", "expected")
	wantProblem(t, c.Do(t.Context(), http.MethodPost, "/filters", map[string]any{"name": "due", "query": "p1"}, nil), http.StatusConflict, "body.name", "already")
	if snapshot, err := c.Sync(t.Context(), 10, ""); err != nil || len(snapshot.Filters) != 2 || len(snapshot.Tags) != 0 {
		t.Errorf("got %+v, %v", snapshot, err)
	}
}
