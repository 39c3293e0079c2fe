package todoapi

import (
	"fmt"
	"maps"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// addTasks adds tasks to the inbox, or to a project that fields name, in one batch.
func addTasks(t *testing.T, c *client.Client, n int, fields map[string]any, options ...client.Option) error {
	t.Helper()
	var commands []client.Command
	for i := range n {
		draft := map[string]any{"title": fmt.Sprint(i)}
		maps.Copy(draft, fields)
		commands = append(commands, client.Command{Name: "task.create", Fields: draft})
	}
	_, err := c.Apply(t.Context(), false, commands, options...)
	return err
}

func TestWhoWritesTooManyChangesIsRefused(t *testing.T) {
	begin := time.Now()
	var passed atomic.Int64 // by the clock of the allowance
	h := startHarness(t, allowance.New(changesOf(2, 40), func() time.Time { return begin.Add(time.Duration(passed.Load())) }), time.Now)
	c := h.user(t)
	home := newProject(t, c, client.ProjectDraft{Name: "Home"})
	batch := func(n int, key string) error {
		return addTasks(t, c, n, map[string]any{"projectId": home.ID}, client.IdempotencyKey(key))
	}
	if err := batch(39, "first"); err != nil { // with the project, all that may be at once
		t.Fatal(err)
	}
	first := lastGroup(t, c)
	if err := batch(30, "second"); err != nil {
		t.Fatalf("what runs into debt is done: %v", err)
	}

	const six = `[{"name":"task.create","fields":{"title":"a"}},{"name":"task.create","fields":{"title":"b"}},
		{"name":"task.create","fields":{"title":"c"}},{"name":"task.create","fields":{"title":"d"}},
		{"name":"task.create","fields":{"title":"e"}},{"name":"task.create","fields":{"title":"f"}}]`
	before := worldOf(t, c)
	for name, request := range map[string]struct{ method, path, body string }{
		"a batch":                           {http.MethodPost, "/commands", `{"commands":` + six + `}`},
		"a batch of which each may fail":    {http.MethodPost, "/commands", `{"each":true,"commands":` + six + `}`},
		"a change of all tasks of a filter": {http.MethodPost, "/tasks/bulk", `{"filter":"##home","command":"task.complete"}`},
		"quick-add of many lines":           {http.MethodPost, "/quick-add", `{"text":"a\nb\nc\nd\ne\nf"}`},
		"undo of much":                      {http.MethodPost, "/undo", `{"group":"` + first + `"}`},
		"deletion of much":                  {http.MethodDelete, "/projects/" + home.ID, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := h.by(t, c, request.method, request.path, request.body, "")
			wantLimited(t, got, `"changes";q=40;w=20`)
			if wait := got.header.Get("Retry-After"); wait != "15" {
				t.Errorf("Retry-After is %s, want 15", wait)
			}
			if diff := cmp.Diff(before, worldOf(t, c)); diff != "" {
				t.Error(diff)
			}
		})
	}

	t.Run("not who changes a few things", func(t *testing.T) {
		for range 10 {
			newTask(t, c, client.Draft{Title: "one"})
		}
		if err := batch(5, "five"); err != nil {
			t.Error(err)
		}
	})
	t.Run("not who repeats what was done", func(t *testing.T) {
		if err := batch(30, "second"); err != nil {
			t.Error(err)
		}
	})
	t.Run("not somebody else", func(t *testing.T) {
		if err := addTasks(t, h.user(t), 6, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("not who has waited", func(t *testing.T) {
		passed.Add(int64(23 * time.Second)) // for the 15 changes since, too
		if err := batch(30, "third"); err != nil {
			t.Error(err)
		}
	})
}

func TestAnImportIsSpreadOverTime(t *testing.T) {
	const perSecond, atOnce, tasks = 100, 100, 400
	h := startHarness(t, allowance.New(changesOf(perSecond, atOnce), time.Now), time.Now)
	many := make(objects, tasks)
	for i := range many {
		many[i] = map[string]any{"title": fmt.Sprint(i)}
	}
	file := fileOf(t, map[string]any{"tasks": many})
	for name, bring := range map[string]func(t *testing.T, c *client.Client){
		"in the foreground": func(t *testing.T, c *client.Client) {
			if report := imported(t, h, c, jsonFile, "", file); !report.Complete {
				t.Errorf("got %s\n%s", countsOf(report), linesOf(report))
			}
		},
		"in the background": func(t *testing.T, c *client.Client) {
			h.waitImport(t, c, startImport(t, c, file, "").ID, "done")
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := h.user(t)
			begin := time.Now()
			bring(t, c)
			if took, least := time.Since(begin), time.Second*(tasks-atOnce)/perSecond; took < least {
				t.Errorf("it took %s, want %s at least", took, least)
			}
			if got, _ := h.tasksOf(t, c); got != tasks {
				t.Errorf("there are %d tasks, want %d", got, tasks)
			}
			// It has left no debt, so its user may go on.
			if got := h.by(t, c, http.MethodPost, "/tasks/bulk", `{"filter":"all","command":"task.complete"}`, ""); got.status != http.StatusOK {
				t.Errorf("what follows at once: %d %s", got.status, got.body)
			}
		})
	}
}
