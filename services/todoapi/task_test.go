package todoapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestTasks(t *testing.T) {
	h := newHarness(t)

	t.Run("a task comes back as it was added", func(t *testing.T) {
		c := h.user(t)
		at, minutes := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC), 30
		created := newTask(t, c, client.Draft{
			Title: "Water plants 🌱", Notes: "all \"of\" them\n\\ and 'that'", Priority: 2, Tags: []string{"home", "Ünïcode"},
			Due:        &client.Due{Date: "2026-12-01", Time: "09:00", Zone: "Europe/Berlin"},
			Recurrence: &client.Recurrence{Rule: "FREQ=DAILY", Anchor: "completion"},
			Reminders:  []client.Reminder{{At: &at}, {MinutesBefore: &minutes}},
		})
		read, err := c.GetTask(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(created, read); diff != "" {
			t.Errorf("read something else (-created +read):\n%s", diff)
		}
		want := client.Task{
			ID: created.ID, Version: 1, Title: "Water plants 🌱", Notes: "all \"of\" them\n\\ and 'that'", Priority: 2,
			Tags: []string{"home", "Ünïcode"}, Due: &client.Due{Date: "2026-12-01", Time: "09:00", Zone: "Europe/Berlin"},
			Recurrence: &client.Recurrence{Rule: "FREQ=DAILY", Anchor: "completion"},
			Reminders:  []client.Reminder{{ID: created.Reminders[0].ID, At: &at}, {ID: created.Reminders[1].ID, MinutesBefore: &minutes}},
			Series:     created.Series, CreatedAt: created.CreatedAt, UpdatedAt: created.CreatedAt, Position: created.Position,
		}
		if diff := cmp.Diff(want, created); diff != "" {
			t.Errorf("created something else (-want +got):\n%s", diff)
		}
		if created.Series.Occurrence != 0 || created.Series.Start != *created.Due {
			t.Errorf("got series %+v", created.Series)
		}
	})

	t.Run("a title is enough", func(t *testing.T) {
		created := newTask(t, h.user(t), client.Draft{Title: "Call mum"})
		if created.Priority != 4 || created.Due != nil || created.Series != nil || created.Tags == nil || created.Reminders == nil {
			t.Errorf("got %+v", created)
		}
	})

	t.Run("a merge patch changes what it names", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "Water plants", Notes: "all", Due: &client.Due{Date: "2026-12-01", Time: "09:00"}})
		edited, err := c.EditTask(t.Context(), created.ID, map[string]any{"notes": nil, "due": map[string]any{"time": nil}, "priority": 1})
		if err != nil {
			t.Fatal(err)
		}
		want := created
		want.Version, want.Notes, want.Due, want.Priority, want.UpdatedAt = 2, "", &client.Due{Date: "2026-12-01"}, 1, edited.UpdatedAt
		if diff := cmp.Diff(want, edited); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		same, err := c.EditTask(t.Context(), created.ID, map[string]any{"priority": 1})
		if err != nil || same.Version != 2 {
			t.Errorf("an edit that changes nothing gave %+v, %v", same, err)
		}
		if _, err := c.EditTask(t.Context(), created.ID, map[string]any{"due": nil}); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("edits at once do not undo each other", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "a"})
		var all sync.WaitGroup
		for _, patch := range []map[string]any{{"title": "b"}, {"notes": "n"}, {"priority": 1}} {
			all.Go(func() {
				if _, err := c.EditTask(t.Context(), created.ID, patch); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got, err := c.GetTask(t.Context(), created.ID)
		if err != nil || got.Title != "b" || got.Notes != "n" || got.Priority != 1 || got.Version != 4 {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a write may be bound to a version", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "a"})
		if _, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": "b"}, client.IfVersion(1)); err != nil {
			t.Fatal(err)
		}
		_, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": "c"}, client.IfVersion(1))
		wantStatus(t, err, http.StatusPreconditionFailed)
		_, err = c.CompleteTask(t.Context(), created.ID, client.IfVersion(1))
		wantStatus(t, err, http.StatusPreconditionFailed)
		wantStatus(t, c.DeleteTask(t.Context(), created.ID, client.IfVersion(1)), http.StatusPreconditionFailed)
		if err := c.DeleteTask(t.Context(), created.ID, client.IfVersion(2)); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("completing and reopening may be repeated", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "a"})
		first, err := c.CompleteTask(t.Context(), created.ID)
		if err != nil || first.CompletedAt == nil || first.Version != 2 {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := c.CompleteTask(t.Context(), created.ID)
		if err != nil || cmp.Diff(first, again) != "" {
			t.Errorf("completing again gave %+v, %v", again, err)
		}
		for range 2 {
			reopened, err := c.ReopenTask(t.Context(), created.ID)
			if err != nil || reopened.CompletedAt != nil || reopened.Version != 3 {
				t.Errorf("got %+v, %v", reopened, err)
			}
		}
	})

	t.Run("a deleted task is gone", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "a"})
		if err := c.DeleteTask(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.DeleteTask(t.Context(), created.ID), http.StatusNotFound)
		_, err := c.GetTask(t.Context(), created.ID)
		wantStatus(t, err, http.StatusNotFound)
		page, err := c.ListTasks(t.Context(), "all", 10, "")
		if err != nil || len(page.Items) != 0 {
			t.Errorf("still listed: %+v, %v", page, err)
		}
	})

	t.Run("a repeated request answers with its first result", func(t *testing.T) {
		c := h.user(t)
		created, err := c.CreateTask(t.Context(), client.Draft{Title: "a"}, client.IdempotencyKey("create"))
		if err != nil {
			t.Fatal(err)
		}
		edited, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": "b"}, client.IdempotencyKey("edit"), client.IfVersion(1))
		if err != nil {
			t.Fatal(err)
		}
		completed, err := c.CompleteTask(t.Context(), created.ID, client.IdempotencyKey("complete"))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.DeleteTask(t.Context(), created.ID, client.IdempotencyKey("delete")); err != nil {
			t.Fatal(err)
		}
		// All of them once more, although the task is gone by now.
		createdAgain, err := c.CreateTask(t.Context(), client.Draft{Title: "a"}, client.IdempotencyKey("create"))
		if err != nil || cmp.Diff(created, createdAgain) != "" {
			t.Errorf("create: %+v, %v", createdAgain, err)
		}
		editedAgain, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": "b"}, client.IdempotencyKey("edit"), client.IfVersion(1))
		if err != nil || cmp.Diff(edited, editedAgain) != "" {
			t.Errorf("edit: %+v, %v", editedAgain, err)
		}
		completedAgain, err := c.CompleteTask(t.Context(), created.ID, client.IdempotencyKey("complete"))
		if err != nil || cmp.Diff(completed, completedAgain) != "" {
			t.Errorf("complete: %+v, %v", completedAgain, err)
		}
		if err := c.DeleteTask(t.Context(), created.ID, client.IdempotencyKey("delete")); err != nil {
			t.Errorf("delete: %v", err)
		}
		changes, err := c.Changes(t.Context(), 0, 100)
		if err != nil || changes.Head != 5 {
			t.Errorf("got head %d, %v; want 5: signing up and four changes", changes.Head, err)
		}
		// Keys are the user's own.
		other := h.user(t)
		theirs, err := other.CreateTask(t.Context(), client.Draft{Title: "theirs"}, client.IdempotencyKey("create"))
		if err != nil || theirs.Title != "theirs" {
			t.Errorf("another user's key: %+v, %v", theirs, err)
		}
	})

	t.Run("twenty requests at once under one key add one task", func(t *testing.T) {
		c := h.user(t)
		ids := make([]string, 20)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				created, err := c.CreateTask(t.Context(), client.Draft{Title: "a"}, client.IdempotencyKey("once"))
				if err != nil {
					t.Error(err)
				}
				ids[i] = created.ID
			})
		}
		all.Wait()
		if len(slices.Compact(ids)) != 1 {
			t.Errorf("got tasks %v", ids)
		}
	})

	t.Run("pages follow due date, priority and age", func(t *testing.T) {
		c := h.user(t)
		drafts := []client.Draft{
			{Title: "1", Due: &client.Due{Date: "2026-12-01"}},
			{Title: "2", Due: &client.Due{Date: "2026-12-01", Time: "09:00"}, Priority: 1},
			{Title: "3", Due: &client.Due{Date: "2026-12-01", Time: "09:00"}, Priority: 3},
			{Title: "4", Due: &client.Due{Date: "2026-12-02"}},
			{Title: "5", Priority: 1},
			{Title: "6"},
			{Title: "7"},
		}
		// 6 and 7 differ in age alone, so they are added in that order.
		for _, i := range []int{3, 5, 6, 0, 4, 2, 1} {
			newTask(t, c, drafts[i])
		}
		for _, limit := range []int{1, 2, 3, 7, 200} {
			if got := titles(t, c, "open", limit); got != "1234567" {
				t.Errorf("pages of %d: got %s", limit, got)
			}
		}
		page, err := c.ListTasks(t.Context(), "open", 1, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.CompleteTask(t.Context(), page.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		for status, want := range map[string]string{"open": "234567", "completed": "1", "all": "1234567"} {
			if got := titles(t, c, status, 2); got != want {
				t.Errorf("%s: got %s, want %s", status, got, want)
			}
		}
	})

	t.Run("a page of long tasks ends early instead of failing", func(t *testing.T) {
		c := h.user(t)
		const many = 110
		var all sync.WaitGroup
		for worker := range 5 {
			all.Go(func() {
				for i := range many / 5 {
					// JSON writes six bytes for each of these, and seven inside what daprd carries.
					draft := client.Draft{Title: fmt.Sprint(worker, i), Notes: strings.Repeat("\x01", 16*1024)}
					if _, err := c.CreateTask(t.Context(), draft); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		seen, pages, cursor := 0, 0, ""
		for {
			page, err := c.ListTasks(t.Context(), "open", 200, cursor)
			if err != nil {
				t.Fatal(err)
			}
			seen, pages, cursor = seen+len(page.Items), pages+1, page.Next
			if cursor == "" {
				break
			}
		}
		if seen != many || pages < 2 {
			t.Errorf("saw %d tasks on %d pages, want %d on several", seen, pages, many)
		}
		seen = 0
		for after := int64(0); ; {
			changes, err := c.Changes(t.Context(), after, 500)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(changes.Items)
			after = changes.Items[len(changes.Items)-1].Seq
			if after == changes.Head {
				break
			}
		}
		if seen != many+1 {
			t.Errorf("saw %d changes, want %d", seen, many+1)
		}
		seen, cursor = 0, ""
		for {
			snapshot, err := c.Sync(t.Context(), 1000, cursor)
			if err != nil {
				t.Fatal(err)
			}
			seen, cursor = seen+len(snapshot.Tasks), snapshot.Next
			if cursor == "" {
				break
			}
		}
		if seen != many {
			t.Errorf("the snapshot holds %d tasks, want %d", seen, many)
		}
	})
}

// titles reads all pages and joins the titles.
func titles(t *testing.T, c *client.Client, status string, limit int) string {
	t.Helper()
	var found strings.Builder
	for cursor := ""; ; {
		page, err := c.ListTasks(t.Context(), status, limit, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range page.Items {
			found.WriteString(task.Title)
		}
		if page.Next == "" {
			return found.String()
		}
		cursor = page.Next
	}
}

func TestBadInput(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	existing := newTask(t, c, client.Draft{Title: "a"})
	before, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}

	long := strings.Repeat("x", 501)
	type header = map[string]string
	tests := []struct {
		name, method, path, body string
		header                   header
		status                   int
		location                 string // of the first error; "" when there is none
	}{
		{"no body", "POST", "/tasks", ``, nil, 400, ""},
		{"no JSON", "POST", "/tasks", `{`, nil, 400, "body"},
		{"no object", "POST", "/tasks", `[]`, nil, 422, "body"},
		{"no title", "POST", "/tasks", `{}`, nil, 422, "body"},
		{"blank title", "POST", "/tasks", `{"title":" "}`, nil, 422, "body.title"},
		{"long title", "POST", "/tasks", `{"title":"` + long + `"}`, nil, 422, "body.title"},
		{"unknown field", "POST", "/tasks", `{"title":"a","colour":"red"}`, nil, 422, "body.colour"},
		{"unknown field inside", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01","tz":"UTC"}}`, nil, 422, "body.due.tz"},
		{"field of the wrong type", "POST", "/tasks", `{"title":7}`, nil, 422, "body.title"},
		{"read-only field", "POST", "/tasks", `{"title":"a","version":3}`, nil, 422, "body.version"},
		{"priority out of range", "POST", "/tasks", `{"title":"a","priority":5}`, nil, 422, "body.priority"},
		{"date that does not exist", "POST", "/tasks", `{"title":"a","due":{"date":"2026-02-30"}}`, nil, 422, "body.due.date"},
		{"time that does not exist", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01","time":"25:00"}}`, nil, 422, "body.due.time"},
		{"zone that does not exist", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01","time":"09:00","zone":"Mars/X"}}`, nil, 422, "body.due.zone"},
		{"recurrence without due", "POST", "/tasks", `{"title":"a","recurrence":{"rule":"FREQ=DAILY"}}`, nil, 422, "body.recurrence"},
		{"rule that is none", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01"},"recurrence":{"rule":"sometimes"}}`, nil, 422, "body.recurrence.rule"},
		{"anchor that is none", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01"},"recurrence":{"rule":"FREQ=DAILY","anchor":"moon"}}`, nil, 422, "body.recurrence.anchor"},
		{"reminder without a moment", "POST", "/tasks", `{"title":"a","reminders":[{}]}`, nil, 422, "body.reminders[0]"},
		{"reminder at no time", "POST", "/tasks", `{"title":"a","reminders":[{"at":"tomorrow"}]}`, nil, 422, "body.reminders[0].at"},
		{"reminder before no due", "POST", "/tasks", `{"title":"a","reminders":[{"minutesBefore":5}]}`, nil, 422, "body.reminders[0].minutesBefore"},
		{"too many reminders", "POST", "/tasks", `{"title":"a","reminders":[` + strings.Repeat(`{},`, 20) + `{}]}`, nil, 422, "body.reminders"},
		{"tag twice", "POST", "/tasks", `{"title":"a","tags":["x","X"]}`, nil, 422, "body.tags[1]"},
		{"NUL", "POST", "/tasks", `{"title":"a","notes":"\u0000"}`, nil, 422, "body.notes"},
		{"null for notes", "POST", "/tasks", `{"title":"a","notes":null}`, nil, 422, "body.notes"},
		{"null for a time", "POST", "/tasks", `{"title":"a","due":{"date":"2026-12-01","time":null}}`, nil, 422, "body.due.time"},
		{"notes too long", "POST", "/tasks", `{"title":"a","notes":"` + strings.Repeat("é", 33000) + `"}`, nil, 422, "body.notes"},
		{"body too long", "POST", "/tasks", `{"title":"a","notes":"` + strings.Repeat("x", 300<<10) + `"}`, nil, 413, ""},
		{"key with spaces", "POST", "/tasks", `{"title":"a"}`, header{"Idempotency-Key": "a b"}, 422, "header.Idempotency-Key"},
		{"key too long", "POST", "/tasks", `{"title":"a"}`, header{"Idempotency-Key": strings.Repeat("k", 129)}, 422, "header.Idempotency-Key"},

		{"patch with an unknown field", "PATCH", "/tasks/" + existing.ID, `{"colour":"red"}`, nil, 422, "body.colour"},
		{"patch that clears the title", "PATCH", "/tasks/" + existing.ID, `{"title":null}`, nil, 422, "body.title"},
		{"patch that is no object", "PATCH", "/tasks/" + existing.ID, `"title"`, nil, 422, "body"},
		{"patch without a body", "PATCH", "/tasks/" + existing.ID, ``, nil, 400, ""},
		{"patch that is not UTF-8", "PATCH", "/tasks/" + existing.ID, "{\"title\":\"J\xf6rg\"}", nil, 422, "body.title"},
		{"patch of half a character", "PATCH", "/tasks/" + existing.ID, `{"tags":["a","\ud800"]}`, nil, 422, "body.tags[1]"},
		{"patch of a date", "PATCH", "/tasks/" + existing.ID, `{"due":{"date":"soon"}}`, nil, 422, "body.due.date"},
		{"version that is none", "PATCH", "/tasks/" + existing.ID, `{"title":"b"}`, header{"If-Match": `W/"1"`}, 422, "header.If-Match"},
		{"version without quotes", "DELETE", "/tasks/" + existing.ID, ``, header{"If-Match": `1`}, 422, "header.If-Match"},
		{"id that is none", "GET", "/tasks/7", ``, nil, 422, "path.id"},
		{"task that does not exist", "GET", "/tasks/00000000-0000-7000-8000-000000000000", ``, nil, 404, ""},

		{"unknown status", "GET", "/tasks?status=done", ``, nil, 422, "query.status"},
		{"limit of nothing", "GET", "/tasks?limit=0", ``, nil, 422, "query.limit"},
		{"limit too high", "GET", "/tasks?limit=201", ``, nil, 422, "query.limit"},
		{"cursor that is none", "GET", "/tasks?cursor=zzz", ``, nil, 422, "query.cursor"},
		{"unknown parameter", "GET", "/tasks?colour=red", ``, nil, 422, "query.colour"},
		{"bulk with NUL", "POST", "/tasks/bulk", `{"filter":"search: \u0000","command":"task.delete"}`, nil, 422, "body.filter"},
		{"search for NUL", "GET", "/search?q=a%00", ``, nil, 422, "query.q"},
		{"filter with NUL", "GET", "/tasks?filter=%00&sort=title", ``, nil, 422, "query.filter"},
		{"negative seq", "GET", "/changes?after=-1", ``, nil, 422, "query.after"},
		{"seq that is no number", "GET", "/changes?after=x", ``, nil, 422, "query.after"},
		{"cursor of a snapshot that is none", "GET", "/sync?cursor=x", ``, nil, 422, "query.cursor"},

		{"address that is none", "POST", "/auth/sign-up", `{"email":"ada","password":"12345678"}`, nil, 422, "body.email"},
		{"short password", "POST", "/auth/sign-up", `{"email":"ada@example.org","password":"1234567"}`, nil, 422, "body.password"},
		{"long password", "POST", "/auth/sign-up", `{"email":"ada@example.org","password":"` + strings.Repeat("x", 129) + `"}`, nil, 422, "body.password"},
		{"zone of nowhere", "POST", "/auth/sign-up", `{"email":"ada@example.org","password":"12345678","zone":"Mars/X"}`, nil, 422, "body.zone"},
		{"unknown field of an account", "POST", "/auth/sign-up", `{"email":"ada@example.org","password":"12345678","admin":true}`, nil, 422, "body.admin"},
		{"password that is not UTF-8", "POST", "/auth/sign-up", "{\"email\":\"ada@example.org\",\"password\":\"\xff\xfe345678\"}", nil, 422, "body.password"},
		{"password of half a character", "POST", "/auth/login", `{"email":"ada@example.org","password":"\ud80012345678"}`, nil, 422, "body.password"},
		{"address of half a character", "POST", "/auth/login", `{"email":"\udc00@example.org","password":"12345678"}`, nil, 422, "body.email"},
		{"null for an address", "POST", "/auth/login", `{"email":null,"password":"12345678"}`, nil, 422, "body.email"},
		{"null for a zone", "POST", "/auth/sign-up", `{"email":"ada@example.org","password":"12345678","zone":null}`, nil, 422, "body.zone"},
		{"no refresh token", "POST", "/auth/refresh", ``, nil, 401, ""},

		{"no such operation", "GET", "/nothing", ``, nil, 404, ""},
		{"no such method", "PUT", "/tasks", `{}`, nil, 405, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + c.Grant.AccessToken}
			maps.Copy(header, test.header)
			got := send(t, http.DefaultClient, test.method, h.url+"/api/v1"+test.path, test.body, header)
			if contentType := got.header.Get("Content-Type"); contentType != "application/problem+json" {
				t.Errorf("got content type %q: %s", contentType, got.body)
			}
			var problem client.Problem
			if err := json.Unmarshal(got.body, &problem); err != nil {
				t.Fatalf("%s is not a problem: %v", got.body, err)
			}
			if got.status != test.status {
				t.Fatalf("got status %d, want %d: %+v", got.status, test.status, problem)
			}
			location := ""
			if len(problem.Errors) > 0 {
				location = problem.Errors[0].Location
			}
			if location != test.location {
				t.Errorf("got location %q, want %q: %+v", location, test.location, problem)
			}
			if problem.Status != test.status || problem.Detail == "" {
				t.Errorf("the problem does not say what is wrong: %+v", problem)
			}
		})
	}

	after, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if after.Head != before.Head {
		t.Errorf("refused requests left %d changes", after.Head-before.Head)
	}
}
