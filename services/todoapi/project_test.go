package todoapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func newProject(t *testing.T, c *client.Client, draft client.ProjectDraft) client.Project {
	t.Helper()
	created, err := c.CreateProject(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func newSection(t *testing.T, c *client.Client, projectID, name string) client.Section {
	t.Helper()
	created, err := c.CreateSection(t.Context(), client.SectionDraft{ProjectID: projectID, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return created
}

// names lists the projects and sections of a user in their orders.
func names(t *testing.T, c *client.Client) (projects, sections []string) {
	t.Helper()
	all, parts, err := c.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		projects = append(projects, p.Name)
	}
	for _, s := range parts {
		sections = append(sections, s.Name)
	}
	return projects, sections
}

// openTitles lists the open tasks in the order that people gave them.
func openTitles(t *testing.T, c *client.Client) (titles []string) {
	t.Helper()
	page, err := c.FindTasks(t.Context(), client.TaskQuery{Status: "open", Sort: "manual", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range page.Items {
		titles = append(titles, task.Title)
	}
	return titles
}

// wantProblem checks status, place and a part of the message of a refusal.
func wantProblem(t *testing.T, err error, status int, location, message string) {
	t.Helper()
	problem, ok := errors.AsType[*client.Problem](err)
	if !ok || problem.Status != status {
		t.Fatalf("got %v, want status %d", err, status)
	}
	at := ""
	if len(problem.Errors) > 0 {
		at = problem.Errors[0].Location
	}
	if at != location || !strings.Contains(problem.Error(), message) {
		t.Errorf("got %v, want %q at %s", problem, message, location)
	}
}

func TestProjects(t *testing.T) {
	h := newHarness(t)

	t.Run("are made, renamed and put into order", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: " Home ", Colour: "green", Favourite: true})
		if home.Name != "Home" || home.Colour != "green" || !home.Favourite || home.Version != 1 || home.ParentID != nil {
			t.Errorf("got %+v", home)
		}
		work, garden := newProject(t, c, client.ProjectDraft{Name: "Work"}), newProject(t, c, client.ProjectDraft{Name: "Garden", ParentID: home.ID})
		var renamed client.Project
		if err := c.Do(t.Context(), http.MethodPatch, "/projects/"+work.ID, map[string]any{"name": "Office"}, &renamed, client.IfVersion(1)); err != nil || renamed.Name != "Office" || renamed.Colour != "grey" {
			t.Fatalf("got %+v, %v", renamed, err)
		}
		err := c.Do(t.Context(), http.MethodPatch, "/projects/"+work.ID, map[string]any{"name": "Late"}, nil, client.IfVersion(1))
		wantStatus(t, err, http.StatusPreconditionFailed)
		for _, to := range []map[string]any{{"before": home.ID}, {"after": work.ID}} {
			id := work.ID
			if to["after"] != nil {
				id = garden.ID
			}
			if err := c.Do(t.Context(), http.MethodPost, "/projects/"+id+"/move", to, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got, _ := names(t, c); !slices.Equal(got, []string{"Office", "Garden", "Home"}) {
			t.Errorf("got %v", got)
		}
	})

	t.Run("are refused where they are wrong", func(t *testing.T) {
		c, stranger := h.user(t), h.user(t)
		home, foreign := newProject(t, c, client.ProjectDraft{Name: "Home"}), newProject(t, stranger, client.ProjectDraft{Name: "Foreign"})
		deep := home
		for level := 2; level <= 5; level++ {
			deep = newProject(t, c, client.ProjectDraft{Name: fmt.Sprint(level), ParentID: deep.ID})
		}
		for name, refused := range map[string]struct {
			method, path string
			body         any
			status       int
			location     string
			message      string
		}{
			"a sibling's name":    {"POST", "/projects", client.ProjectDraft{Name: "hOME"}, 409, "body.name", "there is a project hOME already"},
			"no name":             {"POST", "/projects", client.ProjectDraft{Name: "  "}, 422, "body.name", "blank"},
			"an unknown colour":   {"POST", "/projects", client.ProjectDraft{Name: "x", Colour: "mauve"}, 422, "body.colour", "grey"},
			"a foreign parent":    {"POST", "/projects", client.ProjectDraft{Name: "x", ParentID: foreign.ID}, 422, "body.parentId", "there is no such project"},
			"too deep":            {"POST", "/projects", client.ProjectDraft{Name: "x", ParentID: deep.ID}, 422, "body.parentId", "at most 5 levels"},
			"below itself":        {"PATCH", "/projects/" + home.ID, map[string]any{"parentId": deep.ID}, 422, "body.parentId", "itself"},
			"moved nowhere":       {"POST", "/projects/" + home.ID + "/move", map[string]any{}, 422, "body.parentId", "name one of parentId, before and after"},
			"beside a stranger":   {"POST", "/projects/" + home.ID + "/move", map[string]any{"after": foreign.ID}, 422, "body.after", "there is no such project"},
			"a null name":         {"PATCH", "/projects/" + home.ID, map[string]any{"name": nil}, 422, "body.name", "null"},
			"a foreign section":   {"POST", "/sections", client.SectionDraft{ProjectID: foreign.ID, Name: "x"}, 422, "body.projectId", "there is no such project"},
			"a task elsewhere":    {"POST", "/tasks", client.Draft{Title: "x", ProjectID: foreign.ID}, 422, "body.projectId", "there is no such project"},
			"a task in no parent": {"POST", "/tasks", client.Draft{Title: "x", ParentID: uuid.NewString()}, 422, "body.parentId", "there is no such task"},
		} {
			t.Run(name, func(t *testing.T) {
				wantProblem(t, c.Do(t.Context(), refused.method, refused.path, refused.body, nil), refused.status, refused.location, refused.message)
			})
		}
	})

	t.Run("an archived one hides its tasks until it is shown again", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		garden := newProject(t, c, client.ProjectDraft{Name: "Garden", ParentID: home.ID})
		newTask(t, c, client.Draft{Title: "inbox"})
		newTask(t, c, client.Draft{Title: "garden", ProjectID: garden.ID})
		if err := c.Do(t.Context(), http.MethodPost, "/projects/"+home.ID+"/archive", nil, nil); err != nil {
			t.Fatal(err)
		}
		listed, err := c.ListTasks(t.Context(), "open", 10, "")
		if err != nil || len(listed.Items) != 1 || !slices.Equal(openTitles(t, c), []string{"inbox"}) {
			t.Errorf("got %+v and %v, %v", listed.Items, openTitles(t, c), err)
		}
		if err := c.Do(t.Context(), http.MethodPost, "/projects/"+home.ID+"/unarchive", nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"inbox", "garden"}) {
			t.Errorf("got %v", got)
		}
	})

	t.Run("a deleted one takes with it what is in it, as one act", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		garden := newProject(t, c, client.ProjectDraft{Name: "Garden", ParentID: home.ID})
		later := newSection(t, c, garden.ID, "Later")
		newTask(t, c, client.Draft{Title: "inbox"})
		parent := newTask(t, c, client.Draft{Title: "garden", SectionID: later.ID})
		newTask(t, c, client.Draft{Title: "below", ParentID: parent.ID})
		before, err := c.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Do(t.Context(), http.MethodDelete, "/projects/"+home.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
		after, err := c.Changes(t.Context(), before.Head, 100)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, change := range after.Items {
			counts[change.Type]++
			if change.Group != after.Items[0].Group {
				t.Errorf("%s is of another group", change.Type)
			}
		}
		want := map[string]int{events.TypeProjectDeleted: 2, events.TypeSectionDeleted: 1, events.TypeTaskDeleted: 2}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Error(diff)
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"inbox"}) {
			t.Errorf("got %v", got)
		}
	})

	t.Run("a section goes to another project with its tasks", func(t *testing.T) {
		c := h.user(t)
		home, work := newProject(t, c, client.ProjectDraft{Name: "Home"}), newProject(t, c, client.ProjectDraft{Name: "Work"})
		later := newSection(t, c, home.ID, "Later")
		task := newTask(t, c, client.Draft{Title: "a", SectionID: later.ID})
		if *task.ProjectID != home.ID {
			t.Errorf("the task is in project %s", *task.ProjectID)
		}
		if err := c.Do(t.Context(), http.MethodPost, "/sections/"+later.ID+"/move", map[string]any{"projectId": work.ID}, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := c.GetTask(t.Context(), task.ID); err != nil || *got.ProjectID != work.ID || *got.SectionID != later.ID {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("are in the snapshot from which clients start", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		newSection(t, c, home.ID, "Later")
		snapshot, err := c.Sync(t.Context(), 10, "")
		if err != nil || len(snapshot.Projects) != 1 || len(snapshot.Sections) != 1 || snapshot.Projects[0] != home {
			t.Errorf("got %+v, %v", snapshot, err)
		}
	})

	t.Run("are forgotten some time after they were deleted", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		newSection(t, c, home.ID, "Later")
		if err := c.Do(t.Context(), http.MethodDelete, "/projects/"+home.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
		h.prune(t, time.Now().Add(31*24*time.Hour))
		var left int
		row := h.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM todo.project WHERE id = $1) + (SELECT count(*) FROM todo.section WHERE project_id = $1)`, home.ID)
		if err := row.Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows are left, %v", left, err)
		}
	})
}

func TestPlaces(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	home, work := newProject(t, c, client.ProjectDraft{Name: "Home"}), newProject(t, c, client.ProjectDraft{Name: "Work"})
	soon := newSection(t, c, home.ID, "Soon")

	t.Run("a subtask is where its parent is, wherever that goes", func(t *testing.T) {
		parent := newTask(t, c, client.Draft{Title: "parent", SectionID: soon.ID})
		child := newTask(t, c, client.Draft{Title: "child", ParentID: parent.ID})
		below := newTask(t, c, client.Draft{Title: "below", ParentID: child.ID})
		if *below.ProjectID != home.ID || *below.SectionID != soon.ID {
			t.Errorf("got %+v", below)
		}
		if _, err := c.EditTask(t.Context(), parent.ID, map[string]any{"projectId": work.ID}); err != nil {
			t.Fatal(err)
		}
		got, err := c.GetTask(t.Context(), below.ID)
		if err != nil || *got.ProjectID != work.ID || got.SectionID != nil || *got.ParentID != child.ID {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a subtask that goes elsewhere leaves its parent", func(t *testing.T) {
		parent := newTask(t, c, client.Draft{Title: "parent", ProjectID: home.ID})
		child := newTask(t, c, client.Draft{Title: "child", ParentID: parent.ID})
		moved, err := c.MoveTask(t.Context(), child.ID, map[string]any{"projectId": nil})
		if err != nil || moved.ParentID != nil || moved.ProjectID != nil {
			t.Errorf("got %+v, %v", moved, err)
		}
	})

	t.Run("what does not go together is refused", func(t *testing.T) {
		root := newTask(t, c, client.Draft{Title: "root", ProjectID: home.ID})
		deepest := root
		for range 4 {
			deepest = newTask(t, c, client.Draft{Title: "below", ParentID: deepest.ID})
		}
		done := newTask(t, c, client.Draft{Title: "done"})
		if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		for name, refused := range map[string]struct {
			id                string
			patch             map[string]any
			location, message string
		}{
			"under itself":               {root.ID, map[string]any{"parentId": root.ID}, "body.parentId", "itself"},
			"under its subtask":          {root.ID, map[string]any{"parentId": deepest.ID}, "body.parentId", "one of its subtasks"},
			"six levels":                 {newTask(t, c, client.Draft{Title: "a"}).ID, map[string]any{"parentId": deepest.ID}, "body.parentId", "at most 5 levels"},
			"under what is done":         {root.ID, map[string]any{"parentId": done.ID}, "body.parentId", "reopen it first"},
			"away from its parent":       {deepest.ID, map[string]any{"parentId": *deepest.ParentID, "projectId": work.ID}, "body.projectId", "that of the parent"},
			"a section of another":       {root.ID, map[string]any{"projectId": work.ID, "sectionId": soon.ID}, "body.sectionId", "another project"},
			"a day that there is not":    {root.ID, map[string]any{"deadline": "2026-02-30"}, "body.deadline", "date"},
			"a duration that takes none": {root.ID, map[string]any{"durationMinutes": 0}, "body.durationMinutes", "1"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := c.EditTask(t.Context(), refused.id, refused.patch)
				wantProblem(t, err, http.StatusUnprocessableEntity, refused.location, refused.message)
			})
		}
	})

	t.Run("start, deadline and duration come and go", func(t *testing.T) {
		task := newTask(t, c, client.Draft{Title: "a", Start: "2026-12-01", Deadline: "2026-12-24", DurationMinutes: 45})
		if *task.Start != "2026-12-01" || *task.Deadline != "2026-12-24" || *task.DurationMinutes != 45 {
			t.Errorf("got %+v", task)
		}
		got, err := c.EditTask(t.Context(), task.ID, map[string]any{"start": nil, "deadline": nil, "durationMinutes": nil})
		if err != nil || got.Start != nil || got.Deadline != nil || got.DurationMinutes != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestSubtasks(t *testing.T) {
	h := newHarness(t)
	recurring := h.invoker(t, contract.RecurringTask)
	family := func(t *testing.T, c *client.Client, draft client.Draft) (parent, child, below client.Task) {
		t.Helper()
		parent = newTask(t, c, draft)
		child = newTask(t, c, client.Draft{Title: "child", ParentID: parent.ID, Due: &client.Due{Date: "2026-11-30"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
		below = newTask(t, c, client.Draft{Title: "below", ParentID: child.ID})
		return parent, child, below
	}

	t.Run("are completed and deleted with their parent, and reopen it", func(t *testing.T) {
		c := h.user(t)
		parent, child, below := family(t, c, client.Draft{Title: "parent"})
		if _, err := c.CompleteTask(t.Context(), parent.ID); err != nil {
			t.Fatal(err)
		}
		if got := openTitles(t, c); len(got) != 0 {
			t.Errorf("%v are open", got)
		}
		if got := missing(t, recurring, c); len(got) != 0 {
			t.Errorf("%v wait for their next occurrences", got)
		}
		if _, err := c.ReopenTask(t.Context(), below.ID); err != nil {
			t.Fatal(err)
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"parent", "child", "below"}) {
			t.Errorf("%v are open", got)
		}
		if err := c.DeleteTask(t.Context(), child.ID); err != nil {
			t.Fatal(err)
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"parent"}) {
			t.Errorf("%v are open", got)
		}
	})

	t.Run("come back open with the next occurrence, as many days later", func(t *testing.T) {
		c := h.user(t)
		parent, child, below := family(t, c, client.Draft{Title: "parent", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=WEEKLY"}})
		if _, err := c.CompleteTask(t.Context(), below.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CompleteTask(t.Context(), child.ID); err != nil { // and its next occurrence comes
			t.Fatal(err)
		}
		if _, err := advance(t, recurring, c, child.ID, &calls.Occurrence{Due: client.Due{Date: "2026-12-01"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CompleteTask(t.Context(), parent.ID); err != nil {
			t.Fatal(err)
		}
		next, err := advance(t, recurring, c, parent.ID, &calls.Occurrence{Due: client.Due{Date: "2026-12-08"}})
		if err != nil || !next.Created {
			t.Fatalf("got %+v, %v", next, err)
		}
		page, err := c.ListTasks(t.Context(), "open", 10, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]client.Task{}
		for _, task := range page.Items {
			got[task.Title] = task
		}
		again, ok := got["child"]
		if len(page.Items) != 3 || !ok || *again.ParentID != next.TaskID || again.Due.Date != "2026-12-08" || again.Series.Occurrence != 0 || *got["below"].ParentID != again.ID {
			t.Errorf("got %+v", page.Items)
		}

		if _, err := c.ReopenTask(t.Context(), parent.ID); err != nil { // nobody has touched what followed
			t.Fatal(err)
		}
		if _, err := c.GetTask(t.Context(), again.ID); client.StatusOf(err) != http.StatusNotFound {
			t.Errorf("what followed is still there: %v", err)
		}
	})

	t.Run("nothing follows a subtask of what is over", func(t *testing.T) {
		c := h.user(t)
		parent, child, _ := family(t, c, client.Draft{Title: "parent"})
		if _, err := c.CompleteTask(t.Context(), child.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CompleteTask(t.Context(), parent.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := advance(t, recurring, c, child.ID, &calls.Occurrence{Due: client.Due{Date: "2026-12-01"}}); err != nil || got.Created {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// TestOrder puts tasks before and after others at random, and compares with a list in memory.
func TestOrder(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	random := rand.New(rand.NewPCG(1, 2))
	var drafts []client.Command
	for n := range 12 { // in one act, so at one moment
		drafts = append(drafts, client.Command{Name: "task.create", Fields: map[string]any{"title": fmt.Sprint(n)}})
	}
	outcomes, err := c.Apply(t.Context(), false, drafts)
	if err != nil {
		t.Fatal(err)
	}
	var order []client.Task
	for _, outcome := range outcomes {
		var task client.Task
		if err := json.Unmarshal(outcome.OK, &task); err != nil {
			t.Fatal(err)
		}
		order = append(order, task)
	}
	for range 150 {
		moved := random.IntN(len(order))
		task := order[moved]
		order = slices.Delete(order, moved, moved+1)
		at := random.IntN(len(order))
		side := "before"
		if random.IntN(2) == 0 {
			side = "after"
		}
		if _, err := c.MoveTask(t.Context(), task.ID, map[string]any{side: order[at].ID}); err != nil {
			t.Fatal(err)
		}
		if side == "after" {
			at++
		}
		order = slices.Insert(order, at, task)
	}
	var want []string
	for _, task := range order {
		want = append(want, task.Title)
	}
	if got := openTitles(t, c); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestOrderKeys makes keys between keys until they are long.
func TestOrderKeys(t *testing.T) {
	h := newHarness(t)
	tx, err := h.pool.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), `SET LOCAL search_path = todo`)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // nothing was written
	between := func(lower, upper *string) (key string) {
		t.Helper()
		row := tx.QueryRow(t.Context(), `SELECT order_key_between($1, $2)`, lower, upper)
		if err := row.Scan(&key); err != nil {
			t.Fatal(err)
		}
		return key
	}
	random := rand.New(rand.NewPCG(3, 4))
	keys := []string{between(nil, nil)}
	longest := 0
	for range 1500 {
		at := random.IntN(len(keys) + 1)
		if random.IntN(2) == 0 {
			at = min(1, len(keys)) // again and again at one place
		}
		var lower, upper *string
		if at > 0 {
			lower = &keys[at-1]
		}
		if at < len(keys) {
			upper = &keys[at]
		}
		key := between(lower, upper)
		if lower != nil && key <= *lower || upper != nil && key >= *upper || strings.HasSuffix(key, "0") {
			t.Fatalf("%q is not between %v and %v", key, lower, upper)
		}
		keys = slices.Insert(keys, at, key)
		longest = max(longest, len(key))
	}
	t.Logf("the longest of %d keys has %d digits", len(keys), longest)
	if longest > 300 {
		t.Errorf("a key has %d digits", longest)
	}
}
