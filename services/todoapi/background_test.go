package todoapi

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// manyTasks is how many tasks largeFile has, and long is more than enough to import it.
const (
	manyTasks = 5000
	long      = 5 * time.Minute
)

// largeFile has tasks whose notes cannot be packed much, so that it is stored in several chunks.
func largeFile(t *testing.T) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	tasks := objects{}
	for i := range manyTasks {
		notes := ""
		for range 30 {
			notes += fmt.Sprintf("%x", r.Uint64())
		}
		tasks = append(tasks, map[string]any{"id": fmt.Sprint(i), "title": fmt.Sprint(i), "notes": notes, "projectId": "p"})
	}
	return fileOf(t, map[string]any{"projects": objects{{"id": "p", "name": "P"}}, "tags": objects{{"name": "T"}}, "tasks": tasks})
}

func startImport(t *testing.T, c *client.Client, file []byte, query string) client.Import {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	started, err := c.StartImport(t.Context(), client.File{Type: jsonFile, Content: file}, values)
	if err != nil {
		t.Fatal(err)
	}
	return started
}

// waitImport waits for a state of an import.
func (h *harness) waitImport(t *testing.T, c *client.Client, id, state string) (found client.ImportDetail) {
	t.Helper()
	daprtest.Eventually(t, long, "the import is "+state, func() bool {
		var err error
		if found, err = c.GetImport(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if found.EndedAt != nil && found.State != state {
			t.Fatalf("it is %s: %s", found.State, found.Reason)
		}
		return found.State == state
	})
	return found
}

// waitHandled waits until something of an import is done, and not all.
func (h *harness) waitHandled(t *testing.T, c *client.Client, id string) (found client.ImportDetail) {
	t.Helper()
	daprtest.Eventually(t, long, "something is imported", func() bool {
		var err error
		if found, err = c.GetImport(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return found.Handled > 0
	})
	if found.State != "running" || found.Handled >= found.Objects {
		t.Fatalf("got %+v", found)
	}
	return found
}

func (h *harness) chunks(t *testing.T, id string) (n int) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.import_chunk WHERE import_id::text = $1`, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// tasksOf counts the tasks of a user, and their titles.
func (h *harness) tasksOf(t *testing.T, c *client.Client) (tasks, titles int) {
	t.Helper()
	row := h.pool.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT title) FROM todo.task WHERE user_id::text = $1 AND deleted_at IS NULL`, c.Grant.User.ID)
	if err := row.Scan(&tasks, &titles); err != nil {
		t.Fatal(err)
	}
	return tasks, titles
}

func TestImportInTheBackground(t *testing.T) {
	h := newQuickHarness(t)
	c, waits, stranger := h.user(t), h.user(t), h.user(t)
	file := largeFile(t)
	started := startImport(t, c, file, "")
	if started.State != "waiting" && started.State != "running" || started.Format != "json" {
		t.Errorf("got %+v", started)
	}
	if got := h.chunks(t, started.ID); got < 2 {
		t.Errorf("the file is in %d chunks", got)
	}
	_, err := c.StartImport(t.Context(), client.File{Type: jsonFile, Content: file}, nil)
	wantProblem(t, err, http.StatusConflict, "", "another import of yours is waiting or running")
	_, err = stranger.GetImport(t.Context(), started.ID)
	wantStatus(t, err, http.StatusNotFound)
	wantStatus(t, stranger.CancelImport(t.Context(), started.ID), http.StatusNotFound)
	if list, err := stranger.Imports(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the stranger got %+v, %v", list, err)
	}

	var handled []int
	var done client.ImportDetail
	daprtest.Eventually(t, long, "the import is done", func() bool {
		if done, err = c.GetImport(t.Context(), started.ID); err != nil || done.State == "failed" {
			t.Fatalf("got %+v, %v", done, err)
		}
		if len(handled) == 0 || handled[len(handled)-1] != done.Handled {
			handled = append(handled, done.Handled)
		}
		return done.State == "done"
	})
	if !slices.IsSorted(handled) || len(handled) < 4 || done.Handled != manyTasks+2 || done.Objects != manyTasks+2 {
		t.Errorf("of %d objects were handled %v", done.Objects, handled)
	}
	if got := h.chunks(t, started.ID); got != 0 {
		t.Errorf("%d chunks are left", got)
	}
	if diff := cmp.Diff(done.Report.Groups, done.Groups); diff != "" {
		t.Errorf("the groups differ: %s", diff)
	}
	report := imported(t, h, waits, jsonFile, "", file)
	if len(report.Groups) != len(done.Groups) {
		t.Errorf("got %d acts, want %d", len(done.Groups), len(report.Groups))
	}
	report.Groups = done.Report.Groups
	if diff := cmp.Diff(report, *done.Report); diff != "" {
		t.Errorf("the report differs from that of the import that is waited for:\n%s", diff)
	}
	again := h.waitImport(t, c, startImport(t, c, file, "").ID, "done")
	if got := countsOf(*again.Report); got != "projects 0/1/0, tags 0/1/0, tasks 0/5000/0" || len(again.Groups) != 0 {
		t.Errorf("the same file again: %s in %d acts", got, len(again.Groups))
	}
	list, err := c.Imports(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != again.ID || list[1].ID != started.ID {
		t.Errorf("got %+v, %v", list, err)
	}

	h.exec(t, `INSERT INTO todo.import (id, user_id, caller, options, state, created_at, free_at)
		VALUES (gen_random_uuid(), $1, '{}', '{}', 'receiving', now(), now())`, c.Grant.User.ID)
	for _, kept := range []struct {
		after time.Duration
		want  int
	}{{time.Minute, 3}, {2 * time.Hour, 2}, {8 * 24 * time.Hour, 0}} {
		h.prune(t, time.Now().Add(kept.after))
		if got := h.rowsOf(t, c.Grant.User.ID)["import"]; got != kept.want {
			t.Errorf("after %s %d imports are kept, want %d", kept.after, got, kept.want)
		}
	}
}

func TestImportInTheBackgroundGoesOn(t *testing.T) {
	h := newQuickHarness(t)
	c := h.user(t)
	program := h.program(t, c, "tasks:write")
	id := startImport(t, program, largeFile(t), "").ID
	tokens, err := c.Tokens(t.Context())
	if err != nil || len(tokens) != 1 {
		t.Fatalf("got %v, %v", tokens, err)
	}
	if err := c.RevokeToken(t.Context(), tokens[0].ID); err != nil {
		t.Fatal(err)
	}
	restart := func() {
		h.url, h.health = h.serve(t)
		grant := c.Grant
		c = h.guest()
		c.Grant = grant
	}
	first := h.waitHandled(t, c, id)
	h.stop()
	var state string
	if err := h.pool.QueryRow(t.Context(), `SELECT state FROM todo.import WHERE id::text = $1`, id).Scan(&state); err != nil || state != "waiting" {
		t.Fatalf("a service that stops leaves it %s, %v", state, err)
	}
	restart()
	daprtest.Eventually(t, long, "it goes on", func() bool {
		now, err := c.GetImport(t.Context(), id)
		return err == nil && now.Handled > first.Handled
	})
	h.stop()
	// As if the replica had died.
	h.exec(t, `UPDATE todo.import SET state = 'running', lease = gen_random_uuid(), free_at = now() WHERE id::text = $1`, id)
	restart()
	done := h.waitImport(t, c, id, "done")
	if got := countsOf(*done.Report); got != "projects 1/0/0, tags 1/0/0, tasks 5000/0/0" || !done.Report.Complete {
		t.Errorf("got %s\n%s", got, linesOf(*done.Report))
	}
	if tasks, titles := h.tasksOf(t, c); tasks != manyTasks || titles != manyTasks {
		t.Errorf("there are %d tasks with %d titles", tasks, titles)
	}
	changes, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if last := changes.Items[len(changes.Items)-1]; last.By.Kind != events.ActorToken || last.By.ID != tokens[0].ID {
		t.Errorf("it was done by %+v", last.By)
	}
	for _, group := range slices.Backward(done.Groups) {
		if err := c.Undo(t.Context(), group); err != nil {
			t.Fatal(err)
		}
	}
	if tasks, _ := h.tasksOf(t, c); tasks != 0 {
		t.Errorf("undoing all acts leaves %d tasks", tasks)
	}
}

func TestImportInTheBackgroundEndsEarly(t *testing.T) {
	h := newQuickHarness(t)
	file := largeFile(t)

	t.Run("cancelled, it leaves what it has brought, which can be undone", func(t *testing.T) {
		c := h.user(t)
		id := startImport(t, c, file, "").ID
		h.waitHandled(t, c, id)
		for range 2 { // as if the first answer was lost
			if err := c.CancelImport(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		// Who waits next is helped when the act under way is over.
		next := startImport(t, c, fileOf(t, map[string]any{"tasks": objects{{"title": "next"}}}), "")
		h.waitImport(t, c, next.ID, "done")
		cancelled := h.waitImport(t, c, id, "failed")
		if cancelled.Reason != "it was cancelled" || h.chunks(t, id) != 0 {
			t.Errorf("got %+v", cancelled)
		}
		brought, _ := h.tasksOf(t, c)
		if brought <= 1 || brought > manyTasks {
			t.Errorf("there are %d tasks", brought)
		}
		for _, group := range slices.Backward(cancelled.Groups) {
			if err := c.Undo(t.Context(), group); err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := h.tasksOf(t, c); left != 1 {
			t.Errorf("undone, there are %d tasks", left)
		}
	})

	t.Run("of an account that is disabled, it fails", func(t *testing.T) {
		c := h.user(t)
		id := startImport(t, c, file, "").ID
		h.waitHandled(t, c, id)
		h.exec(t, `INSERT INTO todo.disabled_account VALUES ($1, now())`, c.Grant.User.ID)
		h.wantRow(t, id, "failed", "this account is disabled; ask whoever runs the platform")
	})

	t.Run("of an account that is deleted, it ends", func(t *testing.T) {
		c := h.user(t)
		id := startImport(t, c, file, "").ID
		h.waitHandled(t, c, id)
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		h.waitErased(t, c.Grant.User.ID)
		if got := h.chunks(t, id); got != 0 {
			t.Errorf("%d chunks are left", got)
		}
	})

	// A database that is busy, for one task.
	h.exec(t, `CREATE FUNCTION todo.busy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '53000'; END $$`)
	h.exec(t, `CREATE TRIGGER busy BEFORE INSERT ON todo.task FOR EACH ROW WHEN (NEW.title = 'unlucky') EXECUTE FUNCTION todo.busy()`)
	unlucky := fileOf(t, map[string]any{"tasks": objects{{"title": "unlucky"}}})
	for _, test := range []struct{ name, change, state, reason string }{
		{"when the platform fails, it waits and goes on", `ALTER TABLE todo.task DISABLE TRIGGER busy`, "done", ""},
		{"when the platform fails for an hour, it fails", `UPDATE todo.import SET failing_since = now() - interval '2 hours' WHERE state = 'waiting'`,
			"failed", "for an hour the platform could not go on with it; send the file again later"},
		{"when its replicas die each time, it fails", `UPDATE todo.import SET state = 'running', lost = 4 WHERE state = 'waiting'`,
			"failed", "the platform broke off each time that it tried; divide the file, and say so to whoever runs the platform"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.exec(t, `ALTER TABLE todo.task ENABLE TRIGGER busy`)
			c := h.user(t)
			id := startImport(t, c, unlucky, "").ID
			daprtest.Eventually(t, soon, "it has failed once", func() bool {
				var failures int
				return h.pool.QueryRow(t.Context(), `SELECT failures FROM todo.import WHERE id::text = $1`, id).Scan(&failures) == nil && failures > 0
			})
			h.exec(t, test.change)
			h.exec(t, `UPDATE todo.import SET free_at = now() WHERE id::text = $1`, id)
			h.wantRow(t, id, test.state, test.reason)
		})
	}
}

// wantRow waits until an import ended so, which its user may not see any more.
func (h *harness) wantRow(t *testing.T, id, state, reason string) {
	t.Helper()
	var gotState, gotReason string
	daprtest.Eventually(t, long, "the import is "+state, func() bool {
		row := h.pool.QueryRow(t.Context(), `SELECT state, coalesce(reason, '') FROM todo.import WHERE id::text = $1`, id)
		return row.Scan(&gotState, &gotReason) == nil && gotState == state
	})
	if gotReason != reason {
		t.Errorf("the reason is %q, want %q", gotReason, reason)
	}
}

func TestImportInTheBackgroundIsAskedForAsTheOther(t *testing.T) {
	h := newHarness(t)
	faulty := fileOf(t, map[string]any{"settings": map[string]any{"zone": "Asia/Tokyo"}, "tasks": objects{
		{"title": "good"}, {"title": "bad day", "due": map[string]any{"date": "2026-02-30"}}}})
	waits, c := h.user(t), h.user(t)

	t.Run("all or nothing", func(t *testing.T) {
		err := waits.Do(t.Context(), http.MethodPost, "/import", client.File{Type: jsonFile, Content: faulty}, nil)
		failed := h.waitImport(t, c, startImport(t, c, faulty, "").ID, "failed")
		if err == nil || !strings.Contains(err.Error(), failed.Reason) || !strings.Contains(failed.Reason, `"bad day": due.date`) {
			t.Errorf("got %q, want as in %v", failed.Reason, err)
		}
		if tasks, _ := h.tasksOf(t, c); tasks != 0 || failed.Report != nil || len(failed.Groups) != 0 {
			t.Errorf("it left %d tasks, and %+v", tasks, failed)
		}
	})
	for _, query := range []string{"dryRun=true", "each=true&dryRun=true", "each=true", "each=true&settings=true&importId=8f14e45f-ceea-467f-a0f8-6f7a2b1f0a13"} {
		t.Run(query, func(t *testing.T) {
			want := imported(t, h, waits, jsonFile, "?"+query, faulty)
			done := h.waitImport(t, c, startImport(t, c, faulty, query).ID, "done")
			if len(done.Report.Groups) != len(want.Groups) || done.Handled != done.Objects || done.Objects != 3 || done.DryRun != want.DryRun {
				t.Errorf("got %+v", done)
			}
			want.Groups = done.Report.Groups
			if diff := cmp.Diff(want, *done.Report); diff != "" {
				t.Errorf("the report differs:\n%s", diff)
			}
		})
	}
	if settings, err := c.Settings(t.Context()); err != nil || settings.Zone != "Asia/Tokyo" {
		t.Errorf("got %+v, %v", settings, err)
	}

	t.Run("what is refused at once", func(t *testing.T) {
		writer := h.program(t, c, "tasks:write")
		_, err := writer.StartImport(t.Context(), client.File{Type: jsonFile, Content: faulty}, url.Values{"settings": {"true"}})
		wantStatus(t, err, http.StatusForbidden)
		_, err = c.StartImport(t.Context(), client.File{Type: "image/png", Content: []byte("x")}, nil)
		wantProblem(t, err, http.StatusUnprocessableEntity, "query.format", "")
		long := []byte(`{"format":"todoplatform","version":1,"x":"` + strings.Repeat("x", 33<<20) + `"}`)
		_, err = c.StartImport(t.Context(), client.File{Type: jsonFile, Content: long}, nil)
		wantStatus(t, err, http.StatusRequestEntityTooLarge)
		// What broke off is no obstacle.
		h.waitImport(t, c, startImport(t, c, fileOf(t, map[string]any{"tasks": objects{}}), "").ID, "done")
	})
}
