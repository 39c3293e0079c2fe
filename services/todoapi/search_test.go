package todoapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestSearch(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	search := func(t *testing.T, query string, more ...string) client.TaskPage {
		t.Helper()
		var page client.TaskPage
		if err := c.Do(t.Context(), http.MethodGet, "/search?q="+url.QueryEscape(query)+strings.Join(more, ""), nil, &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	notes := newTask(t, c, client.Draft{Title: "report", Notes: "the *milk* of July"})
	newTask(t, c, client.Draft{Title: "Buy milk"})
	newTask(t, c, client.Draft{Title: "Überweisung für Straße", Tags: []string{"Bank"}})
	newTask(t, c, client.Draft{Title: "Съешь булок"})
	said := newTask(t, c, client.Draft{Title: "cake"})
	comment := made[client.Comment](t, c, "/comments", map[string]any{"taskId": said.ID, "text": "needs milk too"})

	t.Run("by words of title, notes, tags and comments, the best first", func(t *testing.T) {
		for query, want := range map[string]string{
			"milk": "Buy milk|report|cake", "MIL": "Buy milk|report|cake", "uberweis strasse": "Überweisung für Straße", "bank": "Überweisung für Straße",
			"съеш": "Съешь булок", "milk july": "report", "cake milk": "cake", "ilk": "", "milk & | ! ( ) : * '": "Buy milk|report|cake",
		} {
			if got := strings.ReplaceAll(titlesOf(search(t, query).Items), " ", ""); got != strings.NewReplacer(" ", "", "|", "").Replace(want) {
				t.Errorf("%q found %q, want %q", query, got, want)
			}
		}
	})

	t.Run("in what they are now", func(t *testing.T) {
		if _, err := c.EditTask(t.Context(), notes.ID, map[string]any{"notes": "sugar"}); err != nil {
			t.Fatal(err)
		}
		if err := c.Do(t.Context(), http.MethodDelete, "/comments/"+comment.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := titlesOf(search(t, "milk").Items); got != "Buy milk" {
			t.Errorf("milk is in %s", got)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		if err := c.DeleteTask(t.Context(), notes.ID); err != nil {
			t.Fatal(err)
		}
		if got := titlesOf(search(t, "milk").Items) + titlesOf(search(t, "sugar").Items); got != "Buy milk cake" {
			t.Errorf("milk and sugar are in %s", got)
		}
	})

	t.Run("by status, page by page", func(t *testing.T) {
		if _, err := c.CompleteTask(t.Context(), said.ID); err != nil {
			t.Fatal(err)
		}
		if got := titlesOf(search(t, "milk", "&status=open").Items) + "|" + titlesOf(search(t, "milk", "&status=completed").Items); got != "Buy milk|cake" {
			t.Errorf("got %s", got)
		}
		var ids []string
		for n := range 25 {
			newTask(t, c, client.Draft{Title: strings.Repeat("page ", 1+n%3)})
		}
		for cursor := ""; ; {
			page := search(t, "page", "&limit=4&cursor="+cursor)
			for _, task := range page.Items {
				ids = append(ids, task.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != 25 {
			t.Errorf("%d tasks on the pages", len(ids))
		}
	})

	t.Run("what is wrong is named", func(t *testing.T) {
		wantProblem(t, c.Do(t.Context(), http.MethodGet, "/search?q=%26", nil, nil), http.StatusUnprocessableEntity, "query.q", "no word")
		wantProblem(t, c.Do(t.Context(), http.MethodGet, "/search?q=a&cursor=x", nil, nil), http.StatusUnprocessableEntity, "query.cursor", "not a cursor")
	})
}
