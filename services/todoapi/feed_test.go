package todoapi

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/events/conform"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestFeed(t *testing.T) {
	h := newHarness(t)

	t.Run("every change is in the feed, with before and after", func(t *testing.T) {
		c := h.user(t)
		created := newTask(t, c, client.Draft{Title: "a"})
		edited, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": "b"}, client.IdempotencyKey("k"))
		if err != nil {
			t.Fatal(err)
		}
		completed, err := c.CompleteTask(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		reopened, err := c.ReopenTask(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.DeleteTask(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
		got, err := c.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		userID := c.Grant.User.ID
		want := []struct {
			change        client.Change
			before, after *client.Task
		}{
			{client.Change{Type: events.TypeAccountCreated, Entity: events.EntityAccount, ID: userID, Version: 1}, nil, nil},
			{client.Change{Type: events.TypeTaskCreated, Version: 1}, nil, &created},
			{client.Change{Type: events.TypeTaskUpdated, Version: 2, OpID: "k"}, &created, &edited},
			{client.Change{Type: events.TypeTaskCompleted, Version: 3}, &edited, &completed},
			{client.Change{Type: events.TypeTaskReopened, Version: 4}, &completed, &reopened},
			{client.Change{Type: events.TypeTaskDeleted, Version: 5}, &reopened, nil},
		}
		if len(got.Items) != len(want) || got.Head != 6 || got.Floor != 0 {
			t.Fatalf("got %+v", got)
		}
		for i, w := range want {
			change := got.Items[i]
			before, after, err := client.TaskStates(change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]*client.Task{w.before, w.after}, []*client.Task{before, after}); diff != "" {
				t.Errorf("change %d (-want +got):\n%s", i, diff)
			}
			w.change.Seq, w.change.UserID, w.change.Zone = int64(i+1), userID, "Europe/Berlin"
			w.change.By = events.Actor{Kind: events.ActorPerson, ID: userID}
			if w.change.Type == events.TypeAccountCreated {
				w.change.By.Client = "Go-http-client/1.1" // that of the first session
			}
			if w.change.Entity == "" {
				w.change.Entity, w.change.ID = events.EntityTask, created.ID
				if uuid.Validate(change.Group) != nil {
					t.Errorf("change %d has group %q", i, change.Group)
				}
			}
			w.change.EventID, w.change.At, w.change.Group, w.change.Before, w.change.After = change.EventID, change.At, change.Group, change.Before, change.After
			if diff := cmp.Diff(w.change, change); diff != "" {
				t.Errorf("change %d (-want +got):\n%s", i, diff)
			}
			if after != nil && !change.At.Equal(after.UpdatedAt) {
				t.Errorf("change %d happened at %s, but its task was updated at %s", i, change.At, after.UpdatedAt)
			}
		}
		seen := map[string]bool{}
		for _, change := range got.Items {
			if seen[change.EventID] || change.EventID == "" {
				t.Errorf("event id %q repeats", change.EventID)
			}
			seen[change.EventID] = true
		}
		rest, err := c.Changes(t.Context(), 4, 1)
		if err != nil || len(rest.Items) != 1 || rest.Items[0].Seq != 5 || rest.Head != 6 {
			t.Errorf("one change after 4: got %+v, %v", rest, err)
		}
		none, err := c.Changes(t.Context(), 6, 100)
		if err != nil || none.Items == nil || len(none.Items) != 0 || none.Head != 6 {
			t.Errorf("after the head: got %+v, %v", none, err)
		}
	})

	t.Run("a hundred writers at once leave no gap", func(t *testing.T) {
		c := h.user(t)
		const writers = 100
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				if _, err := c.CreateTask(t.Context(), client.Draft{Title: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got, err := c.Changes(t.Context(), 0, 500)
		if err != nil {
			t.Fatal(err)
		}
		if got.Head != writers+1 || len(got.Items) != writers+1 {
			t.Fatalf("got %d changes up to %d, want %d", len(got.Items), got.Head, writers+1)
		}
		for i, change := range got.Items {
			if change.Seq != int64(i+1) {
				t.Fatalf("change %d has seq %d", i, change.Seq)
			}
			if i > 0 && change.At.Before(got.Items[i-1].At) {
				t.Errorf("change %d happened before the one before it", change.Seq)
			}
		}
	})

	t.Run("a snapshot ends with the comments on open tasks", func(t *testing.T) {
		c := h.user(t)
		open, done := newTask(t, c, client.Draft{Title: "open"}), newTask(t, c, client.Draft{Title: "done"})
		for i, id := range []string{open.ID, done.ID, open.ID, open.ID} {
			made[client.Comment](t, c, "/comments", map[string]any{"taskId": id, "text": fmt.Sprint(i)})
		}
		if _, err := c.CompleteTask(t.Context(), done.ID); err != nil {
			t.Fatal(err)
		}
		var texts []string
		pages, cursor := 0, ""
		for page := (client.Snapshot{Next: "first"}); page.Next != ""; cursor = page.Next {
			var err error
			if page, err = c.Sync(t.Context(), 2, cursor); err != nil {
				t.Fatal(err)
			}
			for _, comment := range page.Comments {
				texts = append(texts, comment.Text)
			}
			pages++
		}
		if got := strings.Join(texts, " "); got != "0 2 3" || pages != 3 {
			t.Errorf("got %s on %d pages", got, pages)
		}
		if _, err := c.Sync(t.Context(), 2, "comments:x"); client.StatusOf(err) != http.StatusUnprocessableEntity {
			t.Errorf("got %v", err)
		}
	})

	t.Run("a snapshot and the changes after it show everything", func(t *testing.T) {
		c := h.user(t)
		for i := range 5 {
			newTask(t, c, client.Draft{Title: fmt.Sprint(i)})
		}
		first, err := c.Sync(t.Context(), 2, "")
		if err != nil || len(first.Tasks) != 2 || first.Head != 6 || first.Next == "" {
			t.Fatalf("got %+v, %v", first, err)
		}
		known := map[string]client.Task{}
		for _, task := range first.Tasks {
			known[task.ID] = task
		}
		// The world moves on between two pages.
		if _, err := c.CompleteTask(t.Context(), first.Tasks[0].ID); err != nil {
			t.Fatal(err)
		}
		newTask(t, c, client.Draft{Title: "5"})
		for cursor := first.Next; cursor != ""; {
			page, err := c.Sync(t.Context(), 2, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range page.Tasks {
				known[task.ID] = task
			}
			cursor = page.Next
		}
		changes, err := c.Changes(t.Context(), first.Head, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range changes.Items {
			_, after, err := client.TaskStates(change)
			if err != nil {
				t.Fatal(err)
			}
			if after != nil {
				known[change.ID] = *after
			}
		}
		page, err := c.ListTasks(t.Context(), "all", 100, "")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]client.Task{}
		for _, task := range page.Items {
			want[task.ID] = task
		}
		if diff := cmp.Diff(want, known); diff != "" {
			t.Errorf("(-truth +known):\n%s", diff)
		}
	})

	t.Run("other services read a user's changes", func(t *testing.T) {
		c := h.user(t)
		newTask(t, c, client.Draft{Title: "a"})
		audit := h.invoker(t, contract.Audit)
		var got client.Changes
		if err := audit.Invoke(t.Context(), contract.TodoAPI, contract.MethodListChanges,
			map[string]any{"userId": c.Grant.User.ID, "after": 1, "limit": 10}, &got); err != nil {
			t.Fatal(err)
		}
		want, err := c.Changes(t.Context(), 1, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got.Items) != 1 {
			t.Errorf("(-API +invocation):\n%s", diff)
		}
	})

	t.Run("the audit log is asked for one's own entries", func(t *testing.T) {
		c := h.user(t)
		_, err := c.Audit(t.Context(), 0, 10)
		wantStatus(t, err, http.StatusServiceUnavailable) // the service is not there yet

		asked := make(chan calls.ListEntriesRequest, 1)
		server := daprtest.StandIn(contract.Audit)
		dapr.HandleInvoke(server, contract.MethodListEntries, func(_ context.Context, in calls.ListEntriesRequest) (json.RawMessage, error) {
			asked <- in
			return json.RawMessage(`{"items":[{"position":5,"hash":"aa","record":{"type":"user.created"}}],"head":{"position":5,"hash":"aa"},"next":5}`), nil
		})
		h.env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
		var entries client.Entries
		daprtest.Eventually(t, soon, "the audit service answers", func() bool {
			entries, err = c.Audit(t.Context(), 4, 10)
			return err == nil
		})
		if len(entries.Items) != 1 || entries.Items[0].Position != 5 || entries.Head.Position != 5 || string(entries.Items[0].Record) != `{"type":"user.created"}` || entries.Next != 5 {
			t.Errorf("got %+v", entries)
		}
		if diff := cmp.Diff(calls.ListEntriesRequest{UserID: c.Grant.User.ID, After: 4, Limit: 10}, <-asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}

		object := uuid.NewString()
		if _, err := c.FindAudit(t.Context(), url.Values{"before": {"9"}, "entity": {"task"}, "id": {object}, "type": {"task.updated"}, "actor": {"token"},
			"from": {"2026-11-30T12:00:00+01:00"}, "until": {"2026-12-01T12:00:00Z"}}); err != nil {
			t.Fatal(err)
		}
		noon := time.Date(2026, 11, 30, 11, 0, 0, 0, time.UTC)
		want := calls.ListEntriesRequest{UserID: c.Grant.User.ID, Before: 9, Limit: 100, Filter: calls.AuditFilter{
			Entity: "task", ID: object, Type: "task.updated", Actor: "token", From: noon, Until: noon.Add(25 * time.Hour),
		}}
		if diff := cmp.Diff(want, <-asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		for _, query := range []url.Values{{"id": {"no id"}}, {"before": {"0"}}, {"from": {"yesterday"}}} {
			_, err := c.FindAudit(t.Context(), query)
			wantStatus(t, err, http.StatusUnprocessableEntity)
		}
	})
}

// keptLog stands in for the audit service with one user's log, of which it answers short pages.
type keptLog struct {
	mu      sync.Mutex
	user    string
	entries []calls.AuditEntry
	lost    bool  // the log ends before its head
	dropped int64 // entries that are too old
}

func (l *keptLog) listEntries(_ context.Context, in calls.ListEntriesRequest) (calls.ListEntriesReply, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	reply := calls.ListEntriesReply{Head: calls.AuditHead{Hash: strings.Repeat("0", 64)}}
	if in.UserID != l.user {
		return reply, nil
	}
	last := l.entries[len(l.entries)-1]
	reply.Head = calls.AuditHead{Position: last.Position, Hash: last.Hash}
	const page = 3
	after := max(in.After, l.dropped)
	if l.dropped > 0 {
		reply.Begin = &calls.AuditHead{Position: l.dropped, Hash: l.entries[l.dropped-1].Hash}
	}
	if reply.Items = l.entries[after:min(after+page, last.Position)]; l.lost && in.After > 0 {
		reply.Items = nil
	}
	l.grow(1) // while it is read
	return reply, nil
}

// grow appends entries to the log.
func (l *keptLog) grow(n int) {
	var head chain.Head
	if len(l.entries) > 0 {
		last := l.entries[len(l.entries)-1]
		head.Position = last.Position
		_ = head.Hash.UnmarshalText([]byte(last.Hash)) // as it was written below
	}
	for range n {
		data := fmt.Sprintf(`{"seq":%d,"id":"task-1","by":{"kind":"token","id":"t1","client":"=1+1, \"x\""},"after":{"title":"<Größe> & more"}}`, head.Position+1)
		record, _ := chain.Record{UserID: l.user, EventID: "e", Type: "task.updated", Data: json.RawMessage(data)}.Canonical() // it is JSON
		head = head.Next(record)
		l.entries = append(l.entries, calls.AuditEntry{Position: head.Position, Hash: head.Hash.String(), Record: record})
	}
}

func TestTheAuditLogIsExported(t *testing.T) {
	h := newHarness(t)
	c, empty := h.user(t), h.user(t)
	log := &keptLog{user: c.Grant.User.ID}
	log.grow(10)
	server := daprtest.StandIn(contract.Audit)
	calls.ListEntries.Handle(server, log.listEntries)
	h.env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
	export := func(t *testing.T, c *client.Client, format string) (io.ReadCloser, error) {
		t.Helper()
		var file io.ReadCloser
		var err error
		daprtest.Eventually(t, soon, "the audit service answers", func() bool {
			file, err = c.ExportAudit(t.Context(), format)
			problem, ok := errors.AsType[*client.Problem](err)
			return !ok || problem.Status != http.StatusServiceUnavailable
		})
		return file, err
	}

	t.Run("as lines that can be verified", func(t *testing.T) {
		for reader, min := range map[*client.Client]int64{c: 10, empty: 0} {
			file, err := export(t, reader, "ndjson")
			if err != nil {
				t.Fatal(err)
			}
			header, report, err := chain.VerifyExport(file)
			if err != nil || !report.Sound() || report.Head != header.Head || report.Entries < min || header.UserID != reader.Grant.User.ID {
				t.Errorf("%+v, %+v, %v", header, report, err)
			}
			file.Close() //nolint:errcheck // it was read to its end
		}
	})

	t.Run("without what was dropped for its age", func(t *testing.T) {
		drop := func(upTo int64) {
			log.mu.Lock()
			defer log.mu.Unlock()
			log.dropped = upTo
		}
		drop(4)
		defer drop(0)
		file, err := export(t, c, "ndjson")
		if err != nil {
			t.Fatal(err)
		}
		header, report, err := chain.VerifyExport(file)
		if err != nil || !report.Sound() || header.Begin == nil || header.Begin.Position != 4 || report.Entries != header.Head.Position-4 {
			t.Errorf("%+v, %+v, %v", header, report, err)
		}
		file.Close() //nolint:errcheck // it was read to its end
	})

	t.Run("as a table", func(t *testing.T) {
		file, err := export(t, c, "csv")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil || len(rows) < 11 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		got := map[string]string{}
		for i, column := range rows[0] {
			got[column] = rows[2][i]
		}
		data := got["data"]
		delete(got, "data")
		want := map[string]string{"position": "2", "at": "0001-01-01T00:00:00.000Z", "type": "task.updated", "id": "task-1", "actor": "token", "actorId": "t1",
			"client": `=1+1, "x"`, "eventId": "e", "hash": log.entries[1].Hash}
		if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(data, `"seq":2`) {
			t.Errorf("data %s (-want +got):\n%s", data, diff)
		}
	})

	t.Run("one that ends early is broken off", func(t *testing.T) {
		log.mu.Lock()
		log.lost = true
		log.mu.Unlock()
		file, err := export(t, c, "ndjson")
		if err == nil { // otherwise nothing had been sent before it broke off
			_, err = io.ReadAll(file)
		}
		if err == nil {
			t.Error("the part is taken for the whole")
		}
	})
}

func TestHeadsOfUsers(t *testing.T) {
	h := newHarness(t)
	realtime := h.invoker(t, contract.RealtimeSync)
	ann, bob := h.user(t), h.user(t)
	h.user(t) // is not asked for
	newTask(t, ann, client.Draft{Title: "a"})
	heads := func(users ...string) (calls.ListHeadsReply, error) {
		return calls.ListHeads.Call(t.Context(), realtime, calls.ListHeadsRequest{Users: users})
	}
	got, err := heads(bob.Grant.User.ID, ann.Grant.User.ID, uuid.NewString())
	want := []calls.UserHead{{UserID: ann.Grant.User.ID, Seq: 2}, {UserID: bob.Grant.User.ID, Seq: 1}}
	if err != nil || !cmp.Equal(got.Items, want) {
		t.Errorf("the heads are %v, %v; want %v", got.Items, err, want)
	}
	if _, err := heads(make([]string, 1001)...); failure.KindOf(err) != failure.Invalid {
		t.Errorf("error %v for too many users", err)
	}
}

func TestRelay(t *testing.T) {
	h := newHarness(t)

	t.Run("every change arrives on both topics in the order of seq", func(t *testing.T) {
		users := []*client.Client{h.user(t), h.user(t), h.user(t)}
		var all sync.WaitGroup
		for _, c := range users {
			all.Go(func() {
				for i := range 20 {
					if _, err := c.CreateTask(t.Context(), client.Draft{Title: fmt.Sprint(i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for _, c := range users {
			h.wantDelivered(t, c)
		}
	})

	t.Run("writes go on without Kafka and arrive when it is back", func(t *testing.T) {
		c := h.user(t)
		h.env.Kafka().Kill(t)
		for i := range 10 {
			newTask(t, c, client.Draft{Title: fmt.Sprint(i)})
		}
		h.env.Kafka().Start(t)
		h.wantDelivered(t, c)
	})

	t.Run("a backlog of the largest changes drains too", func(t *testing.T) {
		c := h.user(t)
		// JSON writes six bytes for each of these, in before and in after.
		created := newTask(t, c, client.Draft{Title: "a", Notes: strings.Repeat("\x01", 16*1024)})
		h.env.Kafka().Kill(t)
		for i := range 90 {
			if _, err := c.EditTask(t.Context(), created.ID, map[string]any{"title": fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		h.env.Kafka().Start(t)
		daprtest.Eventually(t, 2*time.Minute, "nothing waits any more", func() bool {
			var waiting int
			if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.event WHERE sent_at IS NULL`).Scan(&waiting); err != nil {
				t.Fatal(err)
			}
			return waiting == 0
		})
	})

	t.Run("what was written before a crash of the sidecar arrives after it", func(t *testing.T) {
		c := h.user(t)
		for i := range 10 {
			newTask(t, c, client.Draft{Title: fmt.Sprint(i)})
		}
		h.sidecar.Kill()
		_, err := c.CreateTask(t.Context(), client.Draft{Title: "lost"})
		wantStatus(t, err, http.StatusServiceUnavailable)
		h.sidecar.Start(t)
		daprtest.Eventually(t, soon, "writes work again", func() bool {
			_, err := c.CreateTask(t.Context(), client.Draft{Title: "after"}, client.IdempotencyKey("after"))
			return err == nil
		})
		h.wantDelivered(t, c)
	})
}

// wantDelivered waits until the user's whole feed is on both topics, each event at
// least once, with nothing before what precedes it.
func (h *harness) wantDelivered(t *testing.T, c *client.Client) {
	t.Helper()
	feed, err := c.Changes(t.Context(), 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{contract.TopicTaskEvents, contract.TopicTaskUpdates} {
		var delivered []client.Change
		daprtest.Eventually(t, 2*time.Minute, "the feed is on "+topic, func() bool {
			delivered = h.delivered(t, topic, c.Grant.User.ID)
			return int64(len(delivered)) >= feed.Head
		})
		// Members of objects come in another order through Dapr.
		inAnyOrder := cmp.Transformer("JSON", func(raw json.RawMessage) (value any) {
			if len(raw) > 0 && json.Unmarshal(raw, &value) != nil {
				t.Errorf("%s is no JSON", raw)
			}
			return value
		})
		if diff := cmp.Diff(feed.Items, delivered, inAnyOrder); diff != "" {
			t.Errorf("%s differs from the feed (-feed +topic):\n%s", topic, diff)
		}
	}
}

// delivered returns the user's changes on a topic, each at its first delivery.
func (h *harness) delivered(t *testing.T, topic, userID string) []client.Change {
	t.Helper()
	var changes []client.Change
	seen := map[string]bool{}
	for _, record := range h.env.Records(t, topic) {
		event, err := events.Decode(record.Value)
		if err != nil {
			t.Fatal(err)
		}
		if event.UserID != userID || seen[event.ID] {
			continue
		}
		seen[event.ID] = true
		if err := conform.Check(t.Context(), record.Value); err != nil {
			t.Error(err)
		}
		var change client.Change
		if err := event.DataInto(&change); err != nil {
			t.Fatal(err)
		}
		if record.Key != userID || event.ID != change.EventID || event.Type != change.Type || event.Source != contract.TodoAPI {
			t.Errorf("event %+v under key %s does not fit its change %+v", event, record.Key, change)
		}
		changes = append(changes, change)
	}
	return changes
}
