package audit

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestEveryEventIsLoggedOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann, bob := newUser(), newUser()
	h.commit(ann, 6)
	h.commit(bob, 2)
	reminder := events.Event{
		ID: uuid.NewString(), Source: contract.Notification, Type: events.TypeReminderSent, UserID: ann, Time: time.Now(),
		Data: json.RawMessage(`{"reminderId":"r1","title":"Water plants"}`),
	}
	h.publish(t, ann, 1, 2, 3)
	h.publish(t, bob, 1, 1, 2)
	h.send(t, contract.TopicReminders, reminder, reminder)
	h.publish(t, ann, 2, 3, 1, 4, 5, 6) // as after a crash before the offsets were stored
	h.send(t, contract.TopicReminders, reminder)

	records := h.settled(t, ann, 7)
	checkChanges(t, records, 6)
	checkChanges(t, h.settled(t, bob, 2), 2)
	reminders := 0
	for _, record := range records {
		if record.Type == events.TypeReminderSent {
			reminders++
			if record.EventID != reminder.ID || !strings.Contains(string(record.Data), "Water plants") {
				t.Errorf("the reminder was logged as %+v", record)
			}
		}
	}
	if reminders != 1 {
		t.Errorf("the reminder was logged %d times", reminders)
	}
}

func TestMissingEventsAreReadFromTheChangeFeed(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	h.commit(ann, 12)
	h.setFeedDown(true)
	h.publish(t, ann, 2, 11) // nothing before 2, and a hole after it
	daprtest.Eventually(t, patience, "a lock on the log shows that the first event arrived", func() bool {
		var chains int
		if err := h.db.QueryRow(t.Context(), "SELECT count(*) FROM audit.chains WHERE user_id = $1", ann).Scan(&chains); err != nil {
			t.Fatal(err)
		}
		return chains == 1
	})
	if entries, _ := h.log(t, ann); len(entries) != 0 {
		t.Fatalf("the log holds %d entries although the first change is missing", len(entries))
	}
	h.setFeedDown(false)
	checkChanges(t, h.settled(t, ann, 12)[:11], 11)
}

func TestChangesThatTheFeedHasForgottenAreNamedAsAGap(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	h.commit(ann, 9)
	h.forget(ann, 6)
	h.publish(t, ann, 9)
	records := h.settled(t, ann, 4)
	if records[0].Type != typeGap || string(records[0].Data) != `{"upTo":6}` {
		t.Errorf("the first entry is %+v", records[0])
	}
	h.publish(t, ann, 5, 6) // Kafka still had them
	h.commit(ann, 1)
	h.publish(t, ann, 10)
	h.settled(t, ann, 7)
}

func TestALastChangeThatNoEventBroughtIsFound(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	h.commit(ann, 3)
	h.publish(t, ann, 1, 2)
	checkChanges(t, h.settled(t, ann, 3), 3)
}

func TestEventsSurviveTheLossOfSidecarAndDatabase(t *testing.T) {
	h := newHarness(t) // not parallel: it takes the database away from all
	ann := newUser()
	h.commit(ann, 60)
	all := func(from, to int64) (seqs []int64) {
		for seq := from; seq <= to; seq++ {
			seqs = append(seqs, seq)
		}
		return seqs
	}
	h.publish(t, ann, all(1, 20)...)
	h.sidecar.Kill()
	h.publish(t, ann, all(21, 40)...)
	h.sidecar.Start(t)
	h.env.Postgres().Kill(t)
	h.publish(t, ann, all(41, 60)...)
	h.env.Postgres().Start(t)
	checkChanges(t, h.settled(t, ann, 60), 60)
}

func TestWhatCannotBeLoggedGoesToTheDeadLetters(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	h.commit(ann, 1)
	h.send(t, contract.TopicTaskEvents, events.Event{
		ID: "poison", Source: contract.TodoAPI, Type: events.TypeTaskUpdated, UserID: ann, Time: time.Now(), Data: json.RawMessage(`{"seq":"one"}`),
	})
	h.publish(t, ann, 1)
	checkChanges(t, h.settled(t, ann, 1), 1) // what comes after is not held up
	daprtest.Eventually(t, patience, "the poison is among the dead letters", func() bool {
		for _, record := range h.env.Records(t, contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Audit)) {
			if strings.Contains(string(record.Value), "poison") && record.Key == ann {
				return true
			}
		}
		return false
	})
}

func TestTamperingIsRefusedOrFound(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	h.commit(ann, 5)
	h.publish(t, ann, 1, 2, 3, 4, 5)
	h.settled(t, ann, 5)

	for _, statement := range []string{
		"UPDATE audit.entries SET body = '{}'", "DELETE FROM audit.entries", "TRUNCATE audit.entries", "TRUNCATE audit.chains CASCADE",
	} {
		if _, err := h.db.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: error %v, want it refused", statement, err)
		}
	}
	for _, statement := range []string{
		"ALTER TABLE audit.entries DISABLE TRIGGER ALL", // whoever owns the database can do this
		"UPDATE audit.entries SET body = replace(body, 'more', 'less') WHERE position = 3",
	} {
		if _, err := h.db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	entries, head := h.log(t, ann)
	report := verify(ann, head, entries)
	if len(report.Faults) != 1 || report.Faults[0].Kind != chain.Altered || report.Faults[0].Position != 3 || report.Faults[0].Seq != 3 {
		t.Errorf("verify says %+v, want the entry at position 3 altered", report)
	}
}

func TestADeletedAccountLeavesATombstone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann, bob, cid := newUser(), newUser(), newUser()
	h.commit(ann, 5)
	h.commit(bob, 2)
	h.publish(t, ann, 1, 2, 3)
	h.publish(t, bob, 1, 2)
	h.settled(t, ann, 5) // the last two from the feed
	h.settled(t, bob, 2)
	end := h.headOf(t, ann)
	h.remove(ann)
	h.publish(t, ann, 6, 6)
	h.publish(t, ann, 2, 5, 6) // as after a crash before the offsets were stored
	// Of cid nothing has come yet, and the feed has forgotten all but the deletion; no event brings it.
	h.commit(cid, 3)
	h.remove(cid)
	h.forget(cid, 3)

	for user, want := range map[string]*chain.Head{ann: &end, cid: nil} {
		daprtest.Eventually(t, patience, "the log is erased", func() bool {
			var tombstones, rows int
			return h.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM audit.tombstones WHERE user_id = $1),
				(SELECT count(*) FROM audit.entries WHERE user_id = $1) + (SELECT count(*) FROM audit.chains WHERE user_id = $1)
				+ (SELECT count(*) FROM audit.erasures WHERE user_id = $1)`, user).Scan(&tombstones, &rows) == nil && tombstones == 1 && rows == 0
		})
		var at time.Time
		var position int64
		var hash []byte
		if err := h.db.QueryRow(t.Context(), "SELECT deleted_at, position, hash FROM audit.tombstones WHERE user_id = $1", user).Scan(&at, &position, &hash); err != nil {
			t.Fatal(err)
		}
		if last := (chain.Head{Position: position, Hash: chain.Hash(hash)}); time.Since(at) > 2*patience || want != nil && last != *want {
			t.Errorf("the tombstone says %s, %+v; want %+v", at, last, want)
		}
		if entries, head := h.log(t, user); len(entries) != 0 || head != (chain.Head{}) {
			t.Errorf("log %v with head %+v", entries, head)
		}
	}
	// What comes late is passed over, from the other topic too.
	for _, user := range []string{ann, bob} {
		h.send(t, contract.TopicReminders, events.Event{
			ID: uuid.NewString(), Source: contract.Notification, Type: events.TypeReminderSent, UserID: user, Time: time.Now(), Data: json.RawMessage(`{}`),
		})
	}
	h.publish(t, ann, 5, 6)
	h.settled(t, bob, 3)
	if entries, _ := h.log(t, ann); len(entries) != 0 {
		t.Errorf("the log of a deleted account holds %v", entries)
	}
	for _, statement := range []string{"DELETE FROM audit.entries", "DELETE FROM audit.entries WHERE user_id = '" + bob + "'"} {
		if _, err := h.db.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: error %v, want it refused", statement, err)
		}
	}
}

// find reads all that a filter means, page by page, and returns the positions.
func (h *harness) find(t *testing.T, request calls.ListEntriesRequest) (positions []int64, pages int) {
	t.Helper()
	for {
		page, err := h.list(t, request)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, item := range page.Items {
			positions = append(positions, item.Position)
		}
		switch {
		case page.Next == 0:
			return positions, pages
		case request.Before > 0:
			request.Before = page.Next
		default:
			request.After = page.Next
		}
	}
}

func TestEntriesAreFoundByWhatTheyTell(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann, bob, program := newUser(), newUser(), uuid.NewString()
	h.commit(ann, 5)
	h.commit(bob, 1)
	h.mu.Lock()
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for i := range h.feed[ann] {
		h.feed[ann][i].At = at.Add(time.Duration(i) * time.Hour)
	}
	task := h.feed[ann][0].ID
	h.feed[ann][2].ID = task
	h.feed[ann][3].Type, h.feed[ann][3].Entity = events.TypeProjectCreated, events.EntityProject
	h.feed[ann][4].By = events.Actor{Kind: events.ActorToken, ID: program, Client: "backup"}
	h.mu.Unlock()
	h.publish(t, ann, 1, 2, 3, 4, 5)
	h.publish(t, bob, 1)
	h.settled(t, ann, 5)
	h.settled(t, bob, 1)
	h.send(t, contract.TopicReminders, events.Event{
		ID: uuid.NewString(), Source: contract.Notification, Type: events.TypeReminderSent, UserID: ann, Time: at.Add(10 * time.Hour),
		Data: json.RawMessage(`{"reminderId":"r1","taskId":"` + task + `","title":"Water plants"}`),
	})
	h.settled(t, ann, 6)

	tests := map[string]struct {
		before int64
		filter calls.AuditFilter
		want   []int64
	}{
		"all":                        {0, calls.AuditFilter{}, []int64{1, 2, 3, 4, 5, 6}},
		"all, the latest first":      {100, calls.AuditFilter{}, []int64{6, 5, 4, 3, 2, 1}},
		"before a position":          {4, calls.AuditFilter{}, []int64{3, 2, 1}},
		"the history of a task":      {0, calls.AuditFilter{ID: task}, []int64{1, 3, 6}},
		"its latest first":           {100, calls.AuditFilter{ID: task}, []int64{6, 3, 1}},
		"its changes alone":          {0, calls.AuditFilter{ID: task, Entity: events.EntityTask}, []int64{1, 3}},
		"a kind of object":           {0, calls.AuditFilter{Entity: events.EntityProject}, []int64{4}},
		"a type":                     {0, calls.AuditFilter{Type: events.TypeTaskUpdated}, []int64{1, 2, 3, 5}},
		"what programs did":          {0, calls.AuditFilter{Actor: string(events.ActorToken)}, []int64{5}},
		"what one program did":       {0, calls.AuditFilter{Actor: program}, []int64{5}},
		"what the person did":        {0, calls.AuditFilter{Actor: ann}, []int64{1, 2, 3, 4}},
		"from a moment on":           {0, calls.AuditFilter{From: at.Add(3 * time.Hour)}, []int64{4, 5, 6}},
		"until a moment":             {0, calls.AuditFilter{Until: at.Add(2 * time.Hour)}, []int64{1, 2}},
		"of a span of time":          {100, calls.AuditFilter{From: at.Add(time.Hour), Until: at.Add(3 * time.Hour)}, []int64{3, 2}},
		"what never happened":        {0, calls.AuditFilter{Type: events.TypeTagCreated}, nil},
		"an object of somebody else": {0, calls.AuditFilter{ID: bob}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []int{2, maxPage} {
				got, _ := h.find(t, calls.ListEntriesRequest{UserID: ann, Before: test.before, Limit: limit, Filter: test.filter})
				if !slices.Equal(got, test.want) {
					t.Errorf("%d a page: got %v, want %v", limit, got, test.want)
				}
			}
		})
	}
}

// One request looks at 5,000 entries at most, whatever it is to find.
func TestWhatIsRareIsFoundOverSeveralPages(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ann := newUser()
	if _, err := h.db.Exec(t.Context(), `
		SET LOCAL search_path = audit;
		SELECT op_append_entries(jsonb_build_object('userId', '`+ann+`', 'entries', (
			SELECT jsonb_agg(jsonb_build_object('eventId', 'e' || n, 'body', jsonb_build_object('type', CASE WHEN n = 5500 THEN 'rare' ELSE 'common' END)::text))
			FROM generate_series(1, 6000) n)))`); err != nil {
		t.Fatal(err)
	}
	got, pages := h.find(t, calls.ListEntriesRequest{UserID: ann, Limit: 10, Filter: calls.AuditFilter{Type: "rare"}})
	if !slices.Equal(got, []int64{5500}) || pages != 2 {
		t.Errorf("found %v on %d pages", got, pages)
	}
}

func TestListEntriesRefusesBadRequests(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	tests := map[string]struct {
		request calls.ListEntriesRequest
		field   string
	}{
		"no user":           {calls.ListEntriesRequest{Limit: 1}, "userId"},
		"no limit":          {calls.ListEntriesRequest{UserID: newUser()}, "limit"},
		"too high a limit":  {calls.ListEntriesRequest{UserID: newUser(), Limit: maxPage + 1}, "limit"},
		"a negative cursor": {calls.ListEntriesRequest{UserID: newUser(), Limit: 1, After: -1}, "after"},
		"a negative end":    {calls.ListEntriesRequest{UserID: newUser(), Limit: 1, Before: -1}, "before"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := h.list(t, test.request)
			if refused, ok := errors.AsType[*failure.Error](err); !ok || refused.Kind != failure.Invalid || refused.Field != test.field {
				t.Errorf("error %v, want %s refused", err, test.field)
			}
		})
	}
	t.Run("an unknown user has an empty log", func(t *testing.T) {
		if entries, head := h.log(t, newUser()); len(entries) != 0 || head != (chain.Head{}) {
			t.Errorf("log %v with head %+v", entries, head)
		}
	})
}
