package notification

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// sink is the endpoint of all webhooks of a test, one path each.
type sink struct {
	server *httptest.Server

	mu       sync.Mutex
	received map[string][]received                                   // by path
	answers  map[string]func(w http.ResponseWriter, r *http.Request) // by path; others answer 200
}

// received is a request that came.
type received struct {
	header http.Header
	body   []byte
	event  events.Event
	change events.Change
}

func newSink(t *testing.T) *sink {
	s := &sink{received: map[string][]received{}, answers: map[string]func(http.ResponseWriter, *http.Request){}}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

func (s *sink) url(path string) string { return s.server.URL + "/" + path }

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := received{header: r.Header}
	got.body, _ = io.ReadAll(r.Body)                    // the test looks at what came
	got.event, _ = events.Decode(got.body)              // the same
	got.change, _ = events.DecodeChange(got.event.Data) // the same
	path := strings.TrimPrefix(r.URL.Path, "/")
	s.mu.Lock()
	s.received[path] = append(s.received[path], got)
	answer := s.answers[path]
	s.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

// answer has the path answer so from now on.
func (s *sink) answer(path string, answer func(http.ResponseWriter, *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = answer
}

func (s *sink) refuse(path string, status int) {
	s.answer(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

func (s *sink) to(path string) []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received[path])
}

// waitFor waits for the n-th request to a path and returns all of them.
func (s *sink) waitFor(t testing.TB, path string, n int) []received {
	t.Helper()
	daprtest.Eventually(t, 30*time.Second, "the webhook is called", func() bool { return len(s.to(path)) >= n })
	return s.to(path)
}

func typesOf(all []received) []string {
	var types []string
	for _, one := range all {
		types = append(types, one.event.Type)
	}
	return types
}

// hook makes a webhook of the user as todo-api does, and returns the change to publish.
func (u *user) hook(url string, types ...string) events.Change {
	u.t.Helper()
	change := u.changeHook(events.TypeWebhookCreated, uuid.NewString())
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hooks[u.id] = append(u.hooks[u.id], calls.Webhook{
		ID: change.ID, Version: 1, Since: change.Seq, URL: url, Types: types, Enabled: true, Secret: hookSecret,
	})
	return change
}

// changeHook makes a change of a webhook of the user.
func (u *user) changeHook(kind, id string) events.Change {
	return u.record(events.Change{Type: kind, Entity: events.EntityWebhook, ID: id})
}

// recordFor makes the next change of a user's feed.
func (h *harness) recordFor(userID string, change events.Change) events.Change {
	h.mu.Lock()
	defer h.mu.Unlock()
	change.UserID, change.Seq, change.EventID = userID, int64(len(h.feed[userID])+1), uuid.NewString()
	change.By, change.Zone, change.At = events.Actor{Kind: events.ActorPerson, ID: userID}, "Europe/Berlin", time.Now()
	h.feed[userID] = append(h.feed[userID], change)
	return change
}

func (u *user) record(change events.Change) events.Change {
	change = u.recordFor(u.id, change)
	u.seq = change.Seq
	return change
}

// disableWebhook does as todo-api does.
func (h *harness) disableWebhook(_ context.Context, in calls.DisableWebhookRequest) (struct{}, error) {
	h.mu.Lock()
	at := slices.IndexFunc(h.hooks[in.UserID], func(w calls.Webhook) bool { return w.ID == in.ID && w.Version == in.Version && w.Enabled })
	if at >= 0 {
		h.hooks[in.UserID][at].Enabled = false
		h.hooks[in.UserID][at].Version++
		h.disabled[in.ID] = in.Reason
	}
	h.mu.Unlock()
	if at >= 0 {
		u := &user{harness: h, t: h.t, id: in.UserID}
		u.publish(u.record(events.Change{Type: events.TypeWebhookUpdated, Entity: events.EntityWebhook, ID: in.ID}))
	}
	return struct{}{}, nil
}

func (h *harness) reasonOf(hookID string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.disabled[hookID]
}

// log reads the deliveries of a webhook as todo-api asks for them.
func (u *user) log(hookID string) []calls.WebhookDelivery {
	u.t.Helper()
	request := calls.ListWebhookDeliveriesRequest{UserID: u.id, WebhookID: hookID, Limit: 2}
	var all []calls.WebhookDelivery
	for {
		var page calls.WebhookDeliveries
		daprtest.Eventually(u.t, 30*time.Second, "the service answers", func() bool {
			var err error
			page, err = calls.ListWebhookDeliveries.Call(u.t.Context(), u.todoAPI.Client, request)
			return err == nil
		})
		all = append(all, page.Items...)
		if request.Before = page.Next; page.Next == "" {
			return all
		}
	}
}

// waitForLog waits until the newest delivery of a webhook is as it should be, and returns it.
func (u *user) waitForLog(hookID string, is func(calls.WebhookDelivery) bool) calls.WebhookDelivery {
	u.t.Helper()
	var last []calls.WebhookDelivery
	daprtest.Eventually(u.t, 30*time.Second, "the log says so", func() bool {
		last = u.log(hookID)
		return len(last) > 0 && is(last[0])
	})
	return last[0]
}

// putOff says that an attempt has failed and another one is due later.
func putOff(d calls.WebhookDelivery) bool {
	return d.Error != "" && d.NextAttemptAt != nil && d.NextAttemptAt.After(time.Now())
}

func inState(state string) func(calls.WebhookDelivery) bool {
	return func(d calls.WebhookDelivery) bool { return d.State == state }
}

// elapse has the time of the next attempts of a webhook come.
func (u *user) elapse(hookID string) {
	u.t.Helper()
	u.exec(`UPDATE notification.webhook_deliveries SET next_attempt_at = now() WHERE webhook_id = $1 AND state = 'waiting'`, hookID)
}

func (u *user) exec(statement string, args ...any) {
	u.t.Helper()
	if tag, err := u.db.Exec(u.t.Context(), statement, args...); err != nil || tag.RowsAffected() == 0 {
		u.t.Fatalf("%d rows, %v", tag.RowsAffected(), err)
	}
}

// toLastAttempt has the next attempt of a delivery be the last of its schedule.
func (u *user) toLastAttempt(hookID string) {
	u.t.Helper()
	u.exec(`UPDATE notification.webhook_deliveries SET attempts = 7, next_attempt_at = now() WHERE webhook_id = $1 AND state = 'waiting'`, hookID)
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	sink := newSink(t)
	begin := func(t *testing.T) *user {
		t.Parallel()
		return h.newUser(t)
	}

	t.Run("get each change that they are for once, signed", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "task.*", "tag.created")
		task := u.change(events.TypeTaskCreated, u.task("Water plants"))
		tag := u.record(events.Change{Type: events.TypeTagCreated, Entity: events.EntityTag, ID: uuid.NewString()})
		other := u.record(events.Change{Type: events.TypeTagDeleted, Entity: events.EntityTag, ID: tag.ID})
		u.publish(hook, task, task, tag, other, task)
		sink.waitFor(t, u.id, 2)
		last := u.change(events.TypeTaskCreated, u.task("Last"))
		u.publish(last)
		all := sink.waitFor(t, u.id, 3)
		got := typesOf(all)
		slices.Sort(got)
		if !slices.Equal(got, []string{events.TypeTagCreated, events.TypeTaskCreated, events.TypeTaskCreated}) {
			t.Fatalf("got %q", got)
		}
		one := all[slices.IndexFunc(all, func(r received) bool { return r.event.ID == task.EventID })]
		if one.change.Seq != task.Seq || !strings.Contains(string(one.change.After), "Water plants") || one.event.Source != contract.TodoAPI || one.event.Subject != task.ID || one.event.UserID != u.id {
			t.Errorf("got %s", one.body)
		}
		if id := one.header.Get("Webhook-Id"); id != task.EventID+"."+hook.ID {
			t.Errorf("the message has the id %q", id)
		}
		verifier, err := standardwebhooks.NewWebhook(hookSecret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(one.body, one.header); err != nil {
			t.Error(err)
		}
		if all := u.log(hook.ID); len(all) != 3 || all[0].EventID != last.EventID || all[2].Type != events.TypeTaskCreated {
			t.Errorf("the log is %+v", all)
		}
		done := u.waitForLog(hook.ID, inState("delivered"))
		if *done.Status != http.StatusOK || done.Attempts != 1 || done.Error != "" || done.NextAttemptAt != nil {
			t.Errorf("got %+v", done)
		}
	})

	t.Run("of others get nothing, and show nothing", func(t *testing.T) {
		u, stranger := begin(t), h.newUser(t)
		theirs := stranger.hook(sink.url(stranger.id), "*")
		mine := u.hook(sink.url(u.id), "*")
		stranger.publish(theirs)
		u.publish(mine, u.change(events.TypeTaskCreated, u.task("Mine")))
		sink.waitFor(t, u.id, 1)
		stranger.publish(stranger.change(events.TypeTaskCreated, stranger.task("Theirs")))
		all := sink.waitFor(t, stranger.id, 1)
		if len(all) != 1 || all[0].event.UserID != stranger.id {
			t.Errorf("got %+v", all)
		}
		if seen := u.log(theirs.ID); len(seen) != 0 {
			t.Errorf("somebody else sees %+v", seen)
		}
		delivery := stranger.log(theirs.ID)[0]
		for _, request := range []calls.ReplayWebhookDeliveryRequest{
			{UserID: u.id, WebhookID: theirs.ID, DeliveryID: delivery.ID}, {UserID: u.id, WebhookID: mine.ID, DeliveryID: delivery.ID},
		} {
			if _, err := calls.ReplayWebhookDelivery.Call(t.Context(), h.todoAPI.Client, request); failure.KindOf(err) != failure.NotFound {
				t.Errorf("somebody else replays: %v", err)
			}
		}
	})

	t.Run("get nothing of before they were made, also when it comes again", func(t *testing.T) {
		u := begin(t)
		before := u.change(events.TypeTaskCreated, u.task("Before"))
		hook := u.hook(sink.url(u.id), "*")
		after := u.change(events.TypeTaskCreated, u.task("After"))
		u.publish(before, hook, after, before, hook)
		sink.waitFor(t, u.id, 1)
		u.publish(u.change(events.TypeTaskDeleted, u.task("Last")))
		if all := sink.waitFor(t, u.id, 2); len(all) != 2 || all[0].event.ID != after.EventID {
			t.Errorf("got %q", typesOf(all))
		}
	})

	t.Run("that fail are called again, with the same id", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		calls := 0
		sink.answer(u.id, func(w http.ResponseWriter, _ *http.Request) {
			if calls++; calls < 3 {
				http.Error(w, "out of order", http.StatusInternalServerError)
			}
		})
		u.publish(hook, u.change(events.TypeTaskCreated, u.task("Again")))
		first := u.waitForLog(hook.ID, putOff)
		if pause := first.NextAttemptAt.Sub(*first.AttemptedAt); pause < 4*time.Second || first.State != "waiting" ||
			*first.Status != http.StatusInternalServerError || first.Error != "the endpoint answered 500 out of order" {
			t.Errorf("got %+v, the next attempt after %s", first, pause)
		}
		u.elapse(hook.ID)
		sink.waitFor(t, u.id, 2)
		u.waitForLog(hook.ID, putOff)
		u.elapse(hook.ID)
		if done := u.waitForLog(hook.ID, inState("delivered")); done.Attempts != 3 || done.Error != "" {
			t.Errorf("got %+v", done)
		}
		all := sink.to(u.id)
		if len(all) != 3 {
			t.Fatalf("called %d times", len(all))
		}
		for _, one := range all {
			if one.header.Get("Webhook-Id") != all[0].header.Get("Webhook-Id") || string(one.body) != string(all[0].body) {
				t.Errorf("got %v with %s", one.header, one.body)
			}
		}
	})

	t.Run("are given up after the last attempt, and replayed when asked for", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		sink.refuse(u.id, http.StatusBadGateway)
		u.publish(hook, u.change(events.TypeTaskCreated, u.task("Dead")))
		u.waitForLog(hook.ID, putOff)
		u.toLastAttempt(hook.ID)
		dead := u.waitForLog(hook.ID, inState("failed"))
		if dead.Attempts != 8 || dead.NextAttemptAt != nil || h.reasonOf(hook.ID) != "" {
			t.Errorf("got %+v, disabled because %q", dead, h.reasonOf(hook.ID))
		}
		sink.answer(u.id, nil)
		replayed, err := calls.ReplayWebhookDelivery.Call(t.Context(), h.todoAPI.Client, calls.ReplayWebhookDeliveryRequest{UserID: u.id, WebhookID: hook.ID, DeliveryID: dead.ID})
		if err != nil || replayed.ID != dead.ID || replayed.State != "waiting" || replayed.Attempts != 0 {
			t.Fatalf("got %+v, %v", replayed, err)
		}
		u.waitForLog(hook.ID, inState("delivered"))
		all := sink.to(u.id)
		if len(all) != 3 || all[0].header.Get("Webhook-Id") != all[2].header.Get("Webhook-Id") {
			t.Errorf("called %d times", len(all))
		}
	})

	t.Run("that are gone are disabled at once", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		sink.refuse(u.id, http.StatusGone)
		u.publish(hook, u.change(events.TypeTaskCreated, u.task("Gone")))
		got := u.waitForLog(hook.ID, inState("failed"))
		if !strings.Contains(h.reasonOf(hook.ID), "410") || *got.Status != http.StatusGone {
			t.Errorf("disabled because %q: %+v", h.reasonOf(hook.ID), got)
		}
		u.wantNoMore(sink, hook.ID)
	})

	t.Run("of which everything failed for three days are disabled", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		sink.refuse(u.id, http.StatusNotFound)
		u.publish(hook, u.change(events.TypeTaskCreated, u.task("Failing")))
		u.waitForLog(hook.ID, putOff)
		u.exec(`UPDATE notification.webhooks SET failing_since = now() - interval '3 days' WHERE id = $1`, hook.ID)
		u.toLastAttempt(hook.ID)
		daprtest.Eventually(t, 30*time.Second, "it is disabled", func() bool { return strings.Contains(h.reasonOf(hook.ID), "404") })
		u.wantNoMore(sink, hook.ID)
	})

	t.Run("that are disabled give up what waits", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		sink.refuse(u.id, http.StatusServiceUnavailable)
		u.publish(hook, u.change(events.TypeTaskCreated, u.task("Waits")))
		u.waitForLog(hook.ID, putOff)
		if _, err := h.disableWebhook(t.Context(), calls.DisableWebhookRequest{UserID: u.id, ID: hook.ID, Version: 1}); err != nil {
			t.Fatal(err)
		}
		got := u.waitForLog(hook.ID, inState("failed"))
		if got.Error != "the webhook was disabled" {
			t.Errorf("got %+v", got)
		}
		_, err := calls.ReplayWebhookDelivery.Call(t.Context(), h.todoAPI.Client, calls.ReplayWebhookDeliveryRequest{UserID: u.id, WebhookID: hook.ID, DeliveryID: got.ID})
		if failure.KindOf(err) != failure.Conflict {
			t.Errorf("it is replayed: %v", err)
		}
	})

	t.Run("are tried by a test of theirs alone", func(t *testing.T) {
		u := begin(t)
		tested, other := u.hook(sink.url(u.id), "tag.created"), u.hook(sink.url(u.id+"-other"), "*")
		u.publish(tested, other, u.changeHook(events.TypeWebhookTested, tested.ID))
		if got := typesOf(sink.waitFor(t, u.id, 1)); !slices.Equal(got, []string{events.TypeWebhookTested}) {
			t.Errorf("got %q", got)
		}
		u.publish(u.change(events.TypeTaskCreated, u.task("Last")))
		if got := typesOf(sink.waitFor(t, u.id+"-other", 1)); !slices.Equal(got, []string{events.TypeTaskCreated}) {
			t.Errorf("the other got %q", got)
		}
	})

	t.Run("that are slow hold up no other, and are called twice at a time at most", func(t *testing.T) {
		u, quick := begin(t), h.newUser(t)
		release := make(chan struct{})
		var mu sync.Mutex
		now, most := 0, 0
		sink.answer(u.id, func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-release
			mu.Lock()
			now--
			mu.Unlock()
		})
		changes := []events.Change{u.hook(sink.url(u.id), "*")}
		for range 6 {
			changes = append(changes, u.change(events.TypeTaskCreated, u.task("Slow")))
		}
		u.publish(changes...)
		sink.waitFor(t, u.id, 2)
		quick.publish(quick.hook(sink.url(quick.id), "*"), quick.change(events.TypeTaskCreated, quick.task("Quick")))
		sink.waitFor(t, quick.id, 1)
		close(release)
		sink.waitFor(t, u.id, 6)
		mu.Lock()
		defer mu.Unlock()
		if most != 2 {
			t.Errorf("%d calls at a time", most)
		}
	})

	t.Run("for which too much waits lose what comes, and say so", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		u.publish(hook)
		u.waitForHook(hook.ID)
		u.exec(`INSERT INTO notification.webhook_deliveries (id, webhook_id, user_id, event_id, type, seq, changed_at, body, state, next_attempt_at)
			SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'task.created', 1, now(), '', 'waiting', now() + interval '1 day' FROM generate_series(1, $3::int)`, hook.ID, u.id, maxWaiting)
		lost := u.change(events.TypeTaskCreated, u.task("Too much"))
		u.publish(lost)
		daprtest.Eventually(t, 30*time.Second, "it is dropped", func() bool {
			var n int
			row := h.db.QueryRow(t.Context(), `SELECT count(*) FROM notification.webhook_deliveries WHERE event_id = $1 AND state = 'dropped' AND body = ''`, lost.EventID)
			return row.Scan(&n) == nil && n == 1
		})
		u.exec(`DELETE FROM notification.webhook_deliveries WHERE webhook_id = $1 AND state = 'waiting'`, hook.ID)
		_, err := calls.ReplayWebhookDelivery.Call(t.Context(), h.todoAPI.Client, calls.ReplayWebhookDeliveryRequest{UserID: u.id, WebhookID: hook.ID, DeliveryID: u.log(hook.ID)[0].ID})
		if failure.KindOf(err) != failure.Conflict {
			t.Errorf("it is replayed: %v", err)
		}
	})

	t.Run("that the version before passed over are known with the next change", func(t *testing.T) {
		u := begin(t)
		hook := u.hook(sink.url(u.id), "*")
		u.exec(`INSERT INTO notification.people (user_id, seq) VALUES ($1, $2)`, u.id, hook.Seq)
		u.publish(u.change(events.TypeTaskCreated, u.task("First")))
		sink.waitFor(t, u.id, 1)
	})

	t.Run("are known also when their changes are forgotten", func(t *testing.T) {
		u := begin(t)
		u.publish(u.change(events.TypeTaskCreated, u.task("Known")))
		u.waitForProgress(1)
		hook := u.hook(sink.url(u.id), "*")
		u.change(events.TypeTaskCreated, u.task("Forgotten"))
		h.mu.Lock()
		h.floors[u.id] = hook.Seq + 1
		h.mu.Unlock()
		missed := u.change(events.TypeTaskCreated, u.task("Missed"))
		last := u.change(events.TypeTaskCreated, u.task("Last"))
		u.publish(last)
		sink.waitFor(t, u.id, 2)
		all := u.log(hook.ID)
		if len(all) != 2 || !slices.Contains([]string{all[0].EventID, all[1].EventID}, missed.EventID) {
			t.Errorf("got %+v", all)
		}
	})
}

// wantNoMore checks that a change is not sent to a webhook that was disabled.
func (u *user) wantNoMore(sink *sink, hookID string) {
	u.t.Helper()
	before := len(sink.to(u.id))
	daprtest.Eventually(u.t, 30*time.Second, "the copy is disabled", func() bool {
		var enabled bool
		return u.db.QueryRow(u.t.Context(), `SELECT enabled FROM notification.webhooks WHERE id = $1`, hookID).Scan(&enabled) == nil && !enabled
	})
	witness := u.hook(sink.url(u.id+"-witness"), "*")
	u.publish(witness, u.change(events.TypeTaskCreated, u.task("No more")))
	sink.waitFor(u.t, u.id+"-witness", 1)
	if after := len(sink.to(u.id)); after != before {
		u.t.Errorf("it is called %d times more", after-before)
	}
}

// waitForHook waits until the service knows a webhook.
func (u *user) waitForHook(hookID string) {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "the webhook is known", func() bool {
		var n int
		return u.db.QueryRow(u.t.Context(), `SELECT count(*) FROM notification.webhooks WHERE id = $1`, hookID).Scan(&n) == nil && n == 1
	})
}

// waitForProgress waits until the user's changes up to a seq are noted as handled.
func (u *user) waitForProgress(seq int64) {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "the progress is noted", func() bool {
		var at int64
		return u.db.QueryRow(u.t.Context(), `SELECT seq FROM notification.people WHERE user_id = $1`, u.id).Scan(&at) == nil && at >= seq
	})
}

// What a replica that is killed between sending and recording leaves behind is the lease: this
// takes it and sends in its place, and does no more.
func TestAKilledReplicaHasAMessageSentTwiceAtMost(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	sink := newSink(t)
	u := h.newUser(t)
	hook := u.hook(sink.url(u.id), "*")
	u.publish(hook)
	u.waitForHook(hook.ID)
	h.stop()
	deliveries := webhookStore{store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))}
	change := u.change(events.TypeTaskCreated, u.task("Killed"))
	body, err := bodyOf(change)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deliveries.add(t.Context(), change, []string{hook.ID}, todo.WebhookSigned, body); err != nil {
		t.Fatal(err)
	}
	claimed, err := deliveries.claim(t.Context(), webhooksWidth)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	message := webhook.Message{ID: change.EventID + "." + hook.ID, URL: claimed[0].URL, Body: []byte(claimed[0].Body), Secrets: claimed[0].Secrets}
	if got := webhook.NewSender(h.cfg.WebhookNetworks, time.Now).Send(t.Context(), message); got.Outcome != webhook.Delivered {
		t.Fatalf("got %+v", got)
	}
	h.start()
	if again, err := deliveries.claim(t.Context(), webhooksWidth); err != nil || len(again) != 0 {
		t.Errorf("the lease holds nobody off: %v, %v", again, err)
	}
	u.exec(`UPDATE notification.webhook_deliveries SET leased_until = now() WHERE webhook_id = $1`, hook.ID)
	u.waitForLog(hook.ID, inState("delivered"))
	all := sink.to(u.id)
	if len(all) != 2 || all[0].header.Get("Webhook-Id") != all[1].header.Get("Webhook-Id") {
		t.Errorf("called %d times", len(all))
	}
}

func TestManyWebhooksOfOneUserLeaveOthersTheirTurn(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u, other := h.newUser(t), h.newUser(t)
	own := other.hook("https://203.0.113.1/", "tag.created")
	other.publish(own)
	other.waitForHook(own.ID)
	for range 10 {
		hook := u.hook("https://203.0.113.1/", "tag.created")
		u.publish(hook)
		u.waitForHook(hook.ID)
	}
	h.stop()
	u.exec(`INSERT INTO notification.webhook_deliveries (id, webhook_id, user_id, event_id, type, seq, changed_at, body, state, next_attempt_at)
		SELECT gen_random_uuid(), w.id, w.user_id, gen_random_uuid(), 'task.created', 1, now(), '{}', 'waiting',
			now() - CASE WHEN w.user_id = $1 THEN interval '1 hour' ELSE '1 second' END
		FROM notification.webhooks w, generate_series(1, 3)`, u.id)
	deliveries := webhookStore{store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))}
	claimed, err := deliveries.claim(t.Context(), webhooksWidth)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]int{}
	for _, d := range claimed {
		of[d.UserID]++
	}
	if of[u.id] != userWidth || of[other.id] != webhookWidth {
		t.Errorf("claimed %d of one with many webhooks, and %d of the other", of[u.id], of[other.id])
	}
	if again, err := deliveries.claim(t.Context(), webhooksWidth); err != nil || len(again) != 0 {
		t.Errorf("more than may be under way: %d, %v", len(again), err)
	}
}

func TestAClaimFitsIntoOneMessage(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	var changes []events.Change
	for range 10 {
		changes = append(changes, u.hook("https://203.0.113.1/", "tag.created"))
	}
	u.publish(changes...)
	for _, hook := range changes {
		u.waitForHook(hook.ID)
	}
	h.stop()
	u.exec(`UPDATE notification.webhooks SET user_id = gen_random_uuid()`) // there are bounds for one user, too
	u.exec(`INSERT INTO notification.webhook_deliveries (id, webhook_id, user_id, event_id, type, seq, changed_at, body, state)
		SELECT gen_random_uuid(), w.id, w.user_id, gen_random_uuid(), 'task.created', 1, now(), repeat('"<', 500000), 'waiting'
		FROM notification.webhooks w, generate_series(1, 2)`)
	deliveries := webhookStore{store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))}
	all := 0
	for {
		claimed, err := deliveries.claim(t.Context(), webhooksWidth)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		all += len(claimed)
	}
	if all != 20 {
		t.Errorf("claimed %d of 20", all)
	}
}

// countingBinding counts the calls to the database.
type countingBinding struct {
	binding store.Binding
	calls   int
	then    func() // happens once, before an answer is handed on
}

func (b *countingBinding) Binding(ctx context.Context, component, operation string, metadata map[string]string) ([]byte, error) {
	b.calls++
	answer, err := b.binding.Binding(ctx, component, operation, metadata)
	if then := b.then; then != nil {
		b.then = nil
		then()
	}
	return answer, err
}

// replica makes a consumer as the service has one, which is handed changes by hand.
func (h *harness) replica() (*consumer, *countingBinding) {
	binding := &countingBinding{binding: h.sidecar.Client}
	db := store.Open(binding, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	people, metrics := newPeople(db), newMetrics(prometheus.NewRegistry(), true)
	return &consumer{
		reminders: reminderStore{db}, notices: noticeStore{db}, people: people, todoAPI: h.sidecar.Client, now: time.Now, metrics: metrics,
		webhooks:  &forwarder{store: webhookStore{db}, people: people, todoAPI: h.sidecar.Client, now: time.Now, metrics: metrics, onWaiting: func() {}},
		onApplied: func(int) {}, onNotice: func() {},
	}, binding
}

func TestReplicasKnowTheWebhooksAsOfTheChangesThatTheyHandled(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stop() // replicas are made by hand
	sink := newSink(t)
	u := h.newUser(t)
	handle := func(c *consumer, change events.Change) {
		t.Helper()
		data, err := json.Marshal(change)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.handle(t.Context(), events.Event{ID: change.EventID, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	setUp := func(hookID string) (seqs []int64) {
		t.Helper()
		rows, err := h.db.Query(t.Context(), `SELECT seq FROM notification.webhook_deliveries WHERE webhook_id = $1 ORDER BY seq`, hookID)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var seq int64
			if err := rows.Scan(&seq); err != nil {
				t.Fatal(err)
			}
			seqs = append(seqs, seq)
		}
		return seqs
	}
	newTask := func() events.Change { return u.change(events.TypeTaskCreated, u.task("A task")) }

	first, counted := h.replica()
	second, _ := h.replica()
	handle(first, newTask()) // and it knows that there are no webhooks
	before := counted.calls
	handle(first, newTask())
	if counted.calls != before {
		t.Errorf("a change of somebody without webhooks costs %d calls", counted.calls-before)
	}

	// The partition moves, and what the first replica remembers gets old.
	if err := first.people.save(t.Context()); err != nil {
		t.Fatal(err)
	}
	hook := u.hook(sink.url(u.id), "task.*")
	handle(second, hook)
	third := newTask()
	handle(second, third)
	// It moves back: the gap shows that there is something to learn.
	fourth := newTask()
	handle(first, fourth)
	if got := setUp(hook.ID); !slices.Equal(got, []int64{third.Seq, fourth.Seq}) {
		t.Errorf("set up are %v", got)
	}

	// The webhook goes; the second replica, which still remembers it, sees that too.
	h.mu.Lock()
	h.hooks[u.id] = nil
	h.mu.Unlock()
	handle(first, u.changeHook(events.TypeWebhookDeleted, hook.ID))
	other := u.hook(sink.url(u.id), "task.*")
	handle(first, other)
	last := newTask()
	handle(second, last)
	if got := setUp(other.ID); !slices.Equal(got, []int64{last.Seq}) || len(setUp(hook.ID)) != 0 {
		t.Errorf("set up are %v, and for the one that is gone %v", got, setUp(hook.ID))
	}

	// Of a replica that knows nothing yet, the database knows as much.
	if err := second.people.save(t.Context()); err != nil {
		t.Fatal(err)
	}
	fresh, answers := h.replica()
	newest := newTask()
	handle(fresh, newest)
	if got := setUp(other.ID); !slices.Equal(got, []int64{last.Seq, newest.Seq}) {
		t.Errorf("set up are %v", got)
	}

	// What was read before a change of a webhook was handled is not remembered after it.
	fresh.people.forget(u.id)
	late := u.hook(sink.url(u.id), "task.*")
	answers.then = func() { handle(fresh, late) }
	if _, err := fresh.people.get(t.Context(), u.id); err != nil {
		t.Fatal(err)
	}
	soon := newTask()
	handle(fresh, soon)
	if got := setUp(late.ID); !slices.Equal(got, []int64{soon.Seq}) {
		t.Errorf("set up are %v", got)
	}

	// An answer of todo-api that was on its way for long is not taken for the newest.
	if err := fresh.webhooks.store.save(t.Context(), u.id, calls.ListWebhooksReply{Head: hook.Seq, Webhooks: []calls.Webhook{}}); err != nil {
		t.Fatal(err)
	}
	u.waitForHook(other.ID)
}

func TestTheLogForgetsWhatIsOver(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	sink := newSink(t)
	u := h.newUser(t)
	hook := u.hook(sink.url(u.id), "*")
	u.publish(hook)
	u.waitForHook(hook.ID)
	u.exec(`INSERT INTO notification.webhook_deliveries (id, webhook_id, user_id, event_id, type, seq, changed_at, body, state, created_at, next_attempt_at)
		SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'task.created', 1, now(), '', state, now() - age, now() + interval '1 day'
		FROM unnest(ARRAY['waiting', 'delivered', 'failed', 'dropped']) state, unnest(ARRAY[interval '6 days', interval '8 days']) age`, hook.ID, u.id)
	deliveries := webhookStore{store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))}
	if more, err := deliveries.prune(t.Context(), time.Now().Add(-logRetention)); more || err != nil {
		t.Fatalf("more %t, %v", more, err)
	}
	if left := u.log(hook.ID); len(left) != 5 {
		t.Errorf("left are %+v", left)
	}
	old := u.change(events.TypeTaskCreated, u.task("Long ago"))
	old.At = time.Now().Add(-8 * 24 * time.Hour)
	u.replace(old)
	u.publish(old, u.change(events.TypeTaskCreated, u.task("Now")))
	if all := sink.waitFor(t, u.id, 1); len(all) != 1 || all[0].event.ID == old.EventID {
		t.Errorf("got %+v", all)
	}
}
