package todoapi

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// lastGroup is what was done last with a user's data.
func lastGroup(t *testing.T, c *client.Client) string {
	t.Helper()
	change, err := lastChange(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return change.Group
}

// world is all that a user has, as far as acts can be undone.
type world struct {
	Tasks    map[string]client.Task
	Projects map[string]client.Project
	Sections map[string]client.Section
	Settings client.Settings
}

func worldOf(t *testing.T, c *client.Client) world {
	t.Helper()
	w := world{Tasks: map[string]client.Task{}, Projects: map[string]client.Project{}, Sections: map[string]client.Section{}}
	projects, sections, err := c.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range projects {
		w.Projects[p.ID] = p
	}
	for _, s := range sections {
		w.Sections[s.ID] = s
	}
	page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: "all | ##*", Status: "all", Limit: 200})
	if err != nil || page.Next != "" {
		t.Fatalf("a page that ends with %q, %v", page.Next, err)
	}
	for _, task := range page.Items {
		w.Tasks[task.ID] = task
	}
	if w.Settings, err = c.Settings(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// sameWorld compares but for what counts changes and tells when they were.
var sameWorld = cmp.Options{
	cmpopts.IgnoreFields(client.Task{}, "Version", "UpdatedAt"), cmpopts.IgnoreFields(client.Project{}, "Version", "UpdatedAt"),
	cmpopts.IgnoreFields(client.Section{}, "Version", "UpdatedAt"), cmpopts.IgnoreFields(client.Settings{}, "Version"),
}

// TestUndoneActsLeaveNothing does generated acts, and demands that each is undone by one request
// and done again by another.
func TestUndoneActsLeaveNothing(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	random := rand.New(rand.NewPCG(5, 6))
	seedWorld(t, c)
	done := 0
	for n := range 120 {
		before := worldOf(t, c)
		act := someAct(random, before)
		if _, err := c.Apply(t.Context(), false, act); err != nil {
			continue // not every generated act is one
		}
		after := worldOf(t, c)
		if cmp.Equal(before, after) {
			continue // nothing changed, so there is no act
		}
		done++
		group := lastGroup(t, c)
		if err := c.Undo(t.Context(), group); err != nil {
			t.Fatalf("%d: undo %+v: %v", n, act, err)
		}
		if diff := cmp.Diff(before, worldOf(t, c), sameWorld); diff != "" {
			t.Fatalf("%d: %+v undone (-before +after undo):\n%s", n, act, diff)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatalf("%d: redo %+v: %v", n, act, err)
		}
		if diff := cmp.Diff(after, worldOf(t, c), sameWorld); diff != "" {
			t.Fatalf("%d: %+v done again (-done +done again):\n%s", n, act, diff)
		}
		if random.IntN(4) > 0 { // or there would soon be nothing left
			if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
				t.Fatalf("%d: undo %+v once more: %v", n, act, err)
			}
		}
	}
	t.Logf("%d acts were undone and done again", done)
	if done < 60 {
		t.Error("too few")
	}
}

// seedWorld gives a user something of everything.
func seedWorld(t *testing.T, c *client.Client) {
	t.Helper()
	home := newProject(t, c, client.ProjectDraft{Name: "Home"})
	garden := newProject(t, c, client.ProjectDraft{Name: "Garden", ParentID: home.ID})
	newProject(t, c, client.ProjectDraft{Name: "Work"})
	later := newSection(t, c, garden.ID, "Later")
	newSection(t, c, home.ID, "Now")
	for n := range 6 {
		parent := newTask(t, c, client.Draft{Title: fmt.Sprint("root ", n), SectionID: later.ID, Tags: []string{"a"}, Deadline: "2026-12-01"})
		child := newTask(t, c, client.Draft{Title: fmt.Sprint("child ", n), ParentID: parent.ID, Due: &client.Due{Date: "2026-12-01"}})
		newTask(t, c, client.Draft{Title: fmt.Sprint("below ", n), ParentID: child.ID})
		newTask(t, c, client.Draft{Title: fmt.Sprint("inbox ", n), Due: &client.Due{Date: "2026-12-01", Time: "09:00", Zone: "Asia/Tokyo"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
	}
}

// someAct is one to three commands on what there is.
func someAct(random *rand.Rand, w world) []client.Command {
	var act []client.Command
	for range 1 + random.IntN(3) {
		act = append(act, someCommand(random, w))
	}
	return act
}

func someCommand(random *rand.Rand, w world) client.Command {
	task, project, section := someKey(random, w.Tasks), someKey(random, w.Projects), someKey(random, w.Sections)
	switch random.IntN(20) {
	case 0:
		return client.Command{Name: "task.create", Fields: map[string]any{"title": "new", "projectId": project}}
	case 1:
		return client.Command{Name: "task.update", ID: task, Fields: map[string]any{"title": fmt.Sprint(random.IntN(9)), "due": nil}}
	case 2:
		return client.Command{Name: "task.update", ID: task, Fields: map[string]any{"priority": 1 + random.IntN(4), "tags": []string{"b"}, "start": "2026-11-30", "durationMinutes": 5,
			"notify": []any{nil, []string{}, []string{"push"}}[random.IntN(3)]}}
	case 3, 4:
		return client.Command{Name: "task.complete", ID: task}
	case 5, 6:
		return client.Command{Name: "task.reopen", ID: task}
	case 7:
		return client.Command{Name: "task.delete", ID: task}
	case 8:
		return client.Command{Name: "task.move", ID: task, Fields: map[string]any{"before": someKey(random, w.Tasks)}}
	case 9:
		return client.Command{Name: "task.move", ID: task, Fields: map[string]any{"projectId": project}}
	case 10:
		return client.Command{Name: "project.update", ID: project, Fields: map[string]any{"name": fmt.Sprint("P", random.IntN(99)), "colour": "red"}}
	case 11:
		return client.Command{Name: []string{"project.archive", "project.unarchive"}[random.IntN(2)], ID: project}
	case 12:
		return client.Command{Name: []string{"project.delete", "project.move"}[random.IntN(2)], ID: project, Fields: map[string]any{"parentId": nil}}
	case 13:
		return client.Command{Name: "section.move", ID: section, Fields: map[string]any{"projectId": project}}
	case 14:
		return client.Command{Name: []string{"section.delete", "section.update"}[random.IntN(2)], ID: section, Fields: map[string]any{"name": fmt.Sprint("S", random.IntN(99))}}
	case 15, 16:
		return client.Command{Name: "task.update_occurrence", ID: w.recurring(random), Fields: map[string]any{"title": fmt.Sprint("once ", random.IntN(9)), "deadline": nil, "due": map[string]any{"time": "10:00"}}}
	case 17:
		return client.Command{Name: "task.update_series", ID: w.recurring(random), Fields: map[string]any{"title": "from now on", "due": map[string]any{"date": "2026-12-05"}}}
	case 18:
		return client.Command{Name: "task.pause", ID: w.recurring(random)}
	default:
		return client.Command{Name: "settings.update", Fields: map[string]any{"weekStart": 1 + random.IntN(7),
			"quietHours": []any{nil, map[string]any{"from": "22:00", "to": "07:00"}, map[string]any{"from": "20:00", "to": "07:00", "urgent": true}}[random.IntN(3)]}}
	}
}

// recurring is a task that repeats, where there is one.
func (w world) recurring(random *rand.Rand) string {
	repeats := maps.Clone(w.Tasks)
	maps.DeleteFunc(repeats, func(_ string, t client.Task) bool { return t.Recurrence == nil || t.CompletedAt != nil })
	return someKey(random, repeats)
}

func someKey[T any](random *rand.Rand, of map[string]T) string {
	var keys []string
	for key := range of {
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return uuid.NewString()
	}
	slices.Sort(keys)
	return keys[random.IntN(len(keys))]
}

func TestUndo(t *testing.T) {
	h := newHarness(t)

	t.Run("the answer to each change names the act and its place in the feed", func(t *testing.T) {
		c := h.user(t)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/api/v1/tasks", io.NopCloser(strings.NewReader(`{"title":"a"}`)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+c.Grant.AccessToken)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", "once")
		for range 2 { // a repeated one is answered alike
			again := request.Clone(t.Context())
			again.Body = io.NopCloser(strings.NewReader(`{"title":"a"}`))
			response, err := http.DefaultClient.Do(again)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close() // the headers say it
			if got := response.Header.Get("Change-Group"); got != lastGroup(t, c) || response.Header.Get("Change-Seq") != "2" {
				t.Errorf("got group %q and seq %q", got, response.Header.Get("Change-Seq"))
			}
		}
	})

	t.Run("keeps what was changed since, and refuses where it is the same", func(t *testing.T) {
		c := h.user(t)
		task := newTask(t, c, client.Draft{Title: "a", Notes: "n"})
		edit := func(patch map[string]any) string {
			t.Helper()
			if _, err := c.EditTask(t.Context(), task.ID, patch); err != nil {
				t.Fatal(err)
			}
			return lastGroup(t, c)
		}
		title, notes := edit(map[string]any{"title": "b"}), edit(map[string]any{"notes": "m"})
		if err := c.Undo(t.Context(), title); err != nil {
			t.Fatal(err)
		}
		if got, err := c.GetTask(t.Context(), task.ID); err != nil || got.Title != "a" || got.Notes != "m" {
			t.Errorf("got %+v, %v", got, err)
		}
		edit(map[string]any{"notes": "o"})
		wantProblem(t, c.Undo(t.Context(), notes), http.StatusConflict, "", `notes of the task "a" was changed since; undo that first`)
		if err := c.DeleteTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, c.Undo(t.Context(), notes), http.StatusConflict, "", `the task "b" was deleted since`)
	})

	t.Run("takes back a completion with what followed from it", func(t *testing.T) {
		c, recurring := h.user(t), h.invoker(t, contract.RecurringTask)
		task := newTask(t, c, client.Draft{Title: "a", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
		if _, err := c.CompleteTask(t.Context(), task.ID); err != nil {
			t.Fatal(err)
		}
		group := lastGroup(t, c)
		if _, err := advance(t, recurring, c, task.ID, &calls.Occurrence{Due: client.Due{Date: "2026-12-02"}}); err != nil {
			t.Fatal(err)
		}
		if err := c.Undo(t.Context(), group); err != nil {
			t.Fatal(err)
		}
		page, err := c.ListTasks(t.Context(), "open", 10, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != task.ID {
			t.Errorf("got %+v, %v", page.Items, err)
		}
	})

	t.Run("is refused for acts of others, of long ago and on the account", func(t *testing.T) {
		c, stranger := h.user(t), h.user(t)
		newTask(t, c, client.Draft{Title: "a"})
		group := lastGroup(t, c)
		wantStatus(t, stranger.Undo(t.Context(), group), http.StatusNotFound)
		wantProblem(t, c.Undo(t.Context(), uuid.NewString()), http.StatusNotFound, "", "there is no such act of the last 24 hours")
		if _, err := h.pool.Exec(t.Context(), `UPDATE todo.event SET at = at - interval '25 hours' WHERE user_id = $1`, c.Grant.User.ID); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.Undo(t.Context(), group), http.StatusNotFound)
	})
}

// TestAProjectOfThousandsIsDeletedAndComesBack has more tasks than are in memory at once.
func TestAProjectOfThousandsIsDeletedAndComesBack(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	years := newProject(t, c, client.ProjectDraft{Name: "Years"})
	const tasks = 2500
	put := func(t *testing.T, more int) {
		t.Helper()
		h.fill(t, c, more)
		if _, err := h.pool.Exec(t.Context(), `UPDATE todo.task SET project_id = $2, completed_at = CASE WHEN title::int % 10 > 0 THEN date_trunc('milliseconds', now()) END
			WHERE user_id = $1 AND project_id IS NULL`, c.Grant.User.ID, years.ID); err != nil {
			t.Fatal(err)
		}
	}
	put(t, tasks)
	state := func(t *testing.T) (sum string) {
		t.Helper()
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) || ' ' || coalesce(sum(hashtext(title || coalesce(completed_at::text, 'open'))), 0)
			FROM todo.task WHERE user_id = $1 AND deleted_at IS NULL AND project_id = $2`, c.Grant.User.ID, years.ID).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := state(t)
	if err := c.Do(t.Context(), http.MethodDelete, "/projects/"+years.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := state(t); got != "0 0" {
		t.Errorf("there are still %s", got)
	}
	feed, err := c.Changes(t.Context(), 0, 1)
	if err != nil || feed.Head != tasks+3 {
		t.Errorf("the last of the changes is %d, %v", feed.Head, err)
	}
	if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
		t.Fatal(err)
	}
	if got := state(t); got != before {
		t.Errorf("there are %s, and were %s", got, before)
	}
	if kept := h.wantCounted(t, c); kept != tasks {
		t.Errorf("%d are counted", kept)
	}
	put(t, 2501)
	wantProblem(t, c.Do(t.Context(), http.MethodDelete, "/projects/"+years.ID, nil, nil), http.StatusConflict, "", "one act changes at most 5000")
}

func TestTrash(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	trash := func(t *testing.T) string {
		t.Helper()
		page, err := c.FindTasks(t.Context(), client.TaskQuery{Status: "deleted", Sort: "created"})
		if err != nil {
			t.Fatal(err)
		}
		return titlesOf(page.Items)
	}
	home := newProject(t, c, client.ProjectDraft{Name: "Home"})
	parent := newTask(t, c, client.Draft{Title: "parent", ProjectID: home.ID})
	child := newTask(t, c, client.Draft{Title: "child", ParentID: parent.ID})
	below := newTask(t, c, client.Draft{Title: "below", ParentID: child.ID})
	if err := c.DeleteTask(t.Context(), below.ID); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Millisecond) // what goes in one moment comes back together
	if err := c.DeleteTask(t.Context(), parent.ID); err != nil {
		t.Fatal(err)
	}
	if got := trash(t); got != "parent child below" {
		t.Errorf("the trash holds %s", got)
	}
	restored, err := c.RestoreTask(t.Context(), parent.ID)
	if err != nil || restored.ProjectID == nil || *restored.ProjectID != home.ID {
		t.Errorf("got %+v, %v", restored, err)
	}
	if got := trash(t); got != "below" || !slices.Equal(openTitles(t, c), []string{"parent", "child"}) {
		t.Errorf("the trash holds %s, %v are open", got, openTitles(t, c))
	}
	change, err := lastChange(t.Context(), c)
	if err != nil || change.Type != events.TypeTaskRestored || change.Before != nil || change.After == nil {
		t.Errorf("got %+v, %v", change, err)
	}

	if err := c.Do(t.Context(), http.MethodDelete, "/projects/"+home.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if restored, err = c.RestoreTask(t.Context(), child.ID); err != nil || restored.ProjectID != nil || restored.ParentID != nil {
		t.Errorf("a task whose project is gone comes back as %+v, %v", restored, err)
	}
	wantStatus(t, func() error { _, err := c.RestoreTask(t.Context(), uuid.NewString()); return err }(), http.StatusNotFound)
}

func lastChange(ctx context.Context, c *client.Client) (client.Change, error) {
	head, err := c.Changes(ctx, 0, 1)
	if err != nil {
		return client.Change{}, err
	}
	last, err := c.Changes(ctx, head.Head-1, 1)
	if err != nil {
		return client.Change{}, err
	}
	return last.Items[0], nil
}
