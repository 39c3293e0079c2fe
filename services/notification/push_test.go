package notification

import (
	"crypto/rand"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/push"
	"github.com/todoplatform/todoplatform/services/notification/push/pushtest"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// pushService is the push service of all browsers of a test, and what they show.
type pushService struct{ *pushtest.Service }

// shown is a message that a browser read.
type shown struct {
	header http.Header
	pushed pushed
}

func newPushService(t *testing.T) pushService { return pushService{pushtest.NewService(t)} }

// adjust has the service send by these keys.
func (s pushService) adjust(h *harness) {
	h.env.Secret(h.t, "web-push-keys", map[string]string{contract.SecretKeyPushPrivate: s.Keys.Private, contract.SecretKeyPushPublic: s.Keys.Public})
	h.cfg.PushKeysSecret = "web-push-keys"
}

// shown are the messages that a browser showed, in order.
func (s pushService) shown(t testing.TB, path string) []shown {
	t.Helper()
	var all []shown
	for _, message := range s.Taken(path) {
		one := shown{header: message.Header}
		if err := json.Unmarshal(message.Body, &one.pushed); err != nil {
			t.Errorf("%s read %q: %v", path, message.Body, err)
		}
		all = append(all, one)
	}
	return all
}

// titles are those that a browser showed, in order.
func (s pushService) titles(t testing.TB, path string) []string {
	t.Helper()
	var titles []string
	for _, one := range s.shown(t, path) {
		titles = append(titles, one.pushed.Title)
	}
	return titles
}

func (s pushService) waitFor(t testing.TB, path string, n int) []shown {
	t.Helper()
	daprtest.Eventually(t, 30*time.Second, "the browser is reached", func() bool { return len(s.Taken(path)) >= n })
	return s.shown(t, path)
}

// subscribe adds a browser of the user, as todo-api asks it.
func (u *user) subscribe(s pushService, path string) calls.PushSubscription {
	u.t.Helper()
	draft := s.Subscribe(u.t, path)
	saved, err := calls.SavePushSubscription.Call(u.t.Context(), u.todoAPI.Client, calls.SavePushSubscriptionRequest{
		UserID: u.id, Endpoint: draft.Endpoint, P256dh: draft.P256dh, Auth: draft.Auth, Name: path,
	})
	if err != nil {
		u.t.Fatal(err)
	}
	return saved
}

// devices are the user's browsers, as todo-api reads them.
func (u *user) devices() []calls.PushSubscription {
	u.t.Helper()
	found, err := calls.ListPushSubscriptions.Call(u.t.Context(), u.todoAPI.Client, calls.ListPushSubscriptionsRequest{UserID: u.id})
	if err != nil {
		u.t.Fatal(err)
	}
	return found.Items
}

func TestRemindersArePushedToEachBrowser(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)

	t.Run("once, with what its user wants to know", func(t *testing.T) {
		u, other := h.newUser(t), h.newUser(t)
		u.subscribe(service, "ann-laptop")
		u.subscribe(service, "ann-phone")
		other.subscribe(service, "bob")
		task := u.task("Water plants", soon())
		task.Due = &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Europe/Berlin"}
		u.add(task)
		want := pushed{ReminderID: task.Reminders[0].ID, TaskID: task.ID, Lang: "en", Title: "Water plants", Body: "Tuesday, 1 December 2026 at 09:00", Due: task.Due, Complete: "Complete", Snooze: "In 10 min"}
		want.Token = "link." + task.ID + "." + u.alarms()[0].ID + ".1.push"
		for _, path := range []string{"ann-laptop", "ann-phone"} {
			got := service.waitFor(t, path, 1)[0]
			if diff := cmp.Diff(want, got.pushed); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
			if len(got.header.Get("Topic")) != 32 || got.header.Get("Urgency") != "high" || got.header.Get("Ttl") < "86390" {
				t.Errorf("%s: headers %v", path, got.header)
			}
		}
		u.wantMails("Water plants") // the last one is pushed as well
		for _, path := range []string{"ann-laptop", "ann-phone"} {
			service.waitFor(t, path, 2)
			if got := service.titles(t, path); !slices.Equal(got, []string{"Water plants", lastTitle}) {
				t.Errorf("%s shows %q", path, got)
			}
		}
		if got := service.titles(t, "bob"); len(got) > 0 {
			t.Errorf("somebody else's browser shows %q", got)
		}
		for _, device := range u.devices() {
			if device.SentAt == nil || device.Error != "" {
				t.Errorf("device %+v", device)
			}
		}
	})

	t.Run("again while its push service is not able, and once in the end", func(t *testing.T) {
		u := h.newUser(t)
		u.subscribe(service, "busy")
		service.Answer("busy", http.StatusServiceUnavailable, http.StatusTooManyRequests)
		u.add(u.task("Patience", soon()))
		service.waitFor(t, "busy", 1)
		u.wantMails("Patience")
		service.waitFor(t, "busy", 2)
		if got := service.titles(t, "busy"); !slices.Equal(got, []string{"Patience", lastTitle}) {
			t.Errorf("shows %q", got)
		}
	})

	t.Run("not any more once the browser has ended its subscription", func(t *testing.T) {
		for path, status := range map[string]int{"gone": http.StatusGone, "unknown": http.StatusNotFound} {
			u := h.newUser(t)
			u.subscribe(service, path)
			kept := u.subscribe(service, path+"-not")
			service.Answer(path, status)
			u.add(u.task("Farewell", soon()))
			service.waitFor(t, path+"-not", 1)
			daprtest.Eventually(t, 30*time.Second, "the subscription goes", func() bool { return len(u.devices()) == 1 })
			if got := u.devices(); got[0].ID != kept.ID {
				t.Errorf("left are %+v", got)
			}
		}
	})

	t.Run("not again where the push service refuses it, which its user is told", func(t *testing.T) {
		for path, status := range map[string]int{"malformed": http.StatusBadRequest, "large": http.StatusRequestEntityTooLarge} {
			u := h.newUser(t)
			u.subscribe(service, path)
			service.Answer(path, status)
			u.add(u.task("Refused", soon()))
			daprtest.Eventually(t, 30*time.Second, "it is told", func() bool { return slices.Contains(u.steps(), "reminder.failed") })
			if got := u.devices(); len(got) != 1 || got[0].SentAt != nil || !strings.Contains(got[0].Error, "the push service answered 4") {
				t.Errorf("device %+v", got)
			}
			if got := service.titles(t, path); len(got) > 0 {
				t.Errorf("shows %q", got)
			}
		}
	})

	t.Run("not once the task is done", func(t *testing.T) {
		u := h.newUser(t)
		u.subscribe(service, "late")
		service.Answer("late", slices.Repeat([]int{http.StatusServiceUnavailable}, 20)...)
		task := u.add(u.task("Too late", soon()))
		daprtest.Eventually(t, 30*time.Second, "an attempt has failed", func() bool { return len(u.devices()) == 1 && u.devices()[0].Error != "" })
		now := time.Now()
		task.CompletedAt = &now
		u.publish(u.change("task.completed", task))
		daprtest.Eventually(t, 30*time.Second, "it is given up", func() bool {
			var state string
			return h.db.QueryRow(t.Context(), `SELECT state FROM notification.push_deliveries WHERE user_id = $1`, u.id).Scan(&state) == nil && state == "cancelled"
		})
	})

	t.Run("not to an account that is gone", func(t *testing.T) {
		u := h.newUser(t)
		u.subscribe(service, "departed")
		service.Answer("departed", slices.Repeat([]int{http.StatusServiceUnavailable}, 20)...)
		u.add(u.task("Left over", soon()))
		daprtest.Eventually(t, 30*time.Second, "an attempt has failed", func() bool { return len(u.devices()) == 1 && u.devices()[0].Error != "" })
		u.publish(u.changeAccount("account.deleted", time.Now()))
		daprtest.Eventually(t, 30*time.Second, "all is erased", func() bool {
			var n int
			err := h.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM notification.push_subscriptions WHERE user_id = $1)
				+ (SELECT count(*) FROM notification.push_deliveries WHERE user_id = $1)`, u.id).Scan(&n)
			return err == nil && n == 0
		})
		_, err := calls.SavePushSubscription.Call(t.Context(), u.todoAPI.Client, calls.SavePushSubscriptionRequest{
			UserID: u.id, Endpoint: service.URL + "/back", P256dh: "k", Auth: "a", Name: "back",
		})
		if failure.KindOf(err) != failure.NotFound {
			t.Errorf("it subscribes again: %v", err)
		}
	})
}

// A push service may refuse what is longer than 4096 bytes encrypted (RFC 8030 section 7.2), which
// leaves 3993 (RFC 8291 section 4).
func TestTheLongestReminderFitsIntoAPush(t *testing.T) {
	set, err := auth.GenerateKeys(rand.Text())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.ParseKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	due := &todo.Due{Date: "2026-12-01", Time: "09:00", Zone: strings.Repeat("Z", 64)}
	token, err := keys.IssueReminderLink(auth.ReminderLink{UserID: uuid.NewString(), TaskID: uuid.NewString(), Ring: ringOf(uuid.NewString(), math.MaxInt32), Due: due, Via: todo.ChannelPush}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, character := range []string{"<", "\u2028", "\"", "😀"} {
		body, err := json.Marshal(pushed{ReminderID: uuid.NewString(), TaskID: uuid.NewString(), Title: strings.Repeat(character, 500), Due: due, Token: token})
		if err != nil || len(body) > 3993 {
			t.Errorf("500 times %q are %d bytes, %v", character, len(body), err)
		}
	}
}

func TestAPushThatAKilledReplicaBeganIsSentOnceMore(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	u := h.newUser(t)
	device := u.subscribe(service, "taken-over")
	h.stop()
	// What a replica that is killed leaves behind is its lease, which is over here already: it may have
	// sent the message, or not.
	reminder := u.insertReminder("fired", time.Now())
	if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.push_deliveries (reminder, version, subscription, user_id, state, attempts, fired_at, next_attempt_at, leased_until)
		VALUES ($1, 1, $2, $3, 'pending', 1, now(), now(), now())`, reminder, device.ID, u.id); err != nil {
		t.Fatal(err)
	}
	h.start()
	got := service.waitFor(t, "taken-over", 1)[0]
	if want := strings.ReplaceAll(reminder, "-", ""); got.header.Get("Topic") != want || got.pushed.ReminderID != "r" {
		t.Errorf("topic %s, want %s: by it, and by the id in %+v, the second takes the place of the first", got.header.Get("Topic"), want, got.pushed)
	}
	// Its outcome arrives after all, and changes nothing.
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	late := pushDelivery{UserID: u.id, Reminder: reminder, Version: 1, Subscription: device.ID, Attempt: 1}
	daprtest.Eventually(t, 30*time.Second, "the outcome is recorded", func() bool { return len(u.steps()) > 0 })
	for _, outcome := range []push.Outcome{push.Refused, push.Delivered} {
		if err := reminderPushes(db).record(t.Context(), late, push.Result{Outcome: outcome}, nil); err != nil {
			t.Fatal(err)
		}
	}
	u.addLast()
	service.waitFor(t, "taken-over", 2)
	if got := service.titles(t, "taken-over"); !slices.Equal(got, []string{"Taken over", lastTitle}) {
		t.Errorf("shows %q", got)
	}
	if got := u.steps()[0]; got != "reminder.sent" || slices.Contains(u.steps(), "reminder.failed") {
		t.Errorf("events %q", u.steps())
	}
}

func TestSlowBrowsersOfAUserLeaveOthersTheirTurn(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	h.stop()
	hog, other := h.newUser(t), h.newUser(t)
	add := func(u *user, path string, at time.Time, leased bool) {
		var device string
		if err := h.db.QueryRow(t.Context(), `INSERT INTO notification.push_subscriptions (user_id, endpoint, p256dh, auth, name) VALUES ($1, $2, 'k', 'a', $2) RETURNING id::text`,
			u.id, service.URL+"/"+path).Scan(&device); err != nil {
			t.Fatal(err)
		}
		reminder := uuid.NewString()
		if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.reminders (id, user_id, task_id, reminder_id, fire_at, title, state, updated_at)
			VALUES ($1, $2, gen_random_uuid(), 'r', now(), 'Turn', 'fired', now())`, reminder, u.id); err != nil {
			t.Fatal(err)
		}
		if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.push_deliveries (reminder, version, subscription, user_id, state, fired_at, next_attempt_at, leased_until)
			VALUES ($1, 1, $2, $3, 'pending', now(), $4, CASE WHEN $5 THEN now() + interval '1 minute' END)`, reminder, device, u.id, at, leased); err != nil {
			t.Fatal(err)
		}
	}
	first := time.Now().Add(-time.Minute)
	for n := range pushUserWidth {
		add(hog, "under-way-"+string(rune('a'+n)), time.Now().Add(time.Minute), true)
	}
	add(hog, "waits", first, false)
	add(other, "goes", first.Add(time.Second), false)
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	claimed, err := reminderPushes(db).claim(t.Context(), 10)
	if err != nil || len(claimed) != 1 || claimed[0].UserID != other.id {
		t.Errorf("claimed %+v, %v", claimed, err)
	}
}

func TestBrowsersSubscribe(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	u, other := h.newUser(t), h.newUser(t)
	save := func(u *user, endpoint, auth string) (calls.PushSubscription, error) {
		return calls.SavePushSubscription.Call(t.Context(), u.todoAPI.Client, calls.SavePushSubscriptionRequest{UserID: u.id, Endpoint: endpoint, P256dh: "k", Auth: auth, Name: "n"})
	}
	if key, err := calls.GetPushKey.Call(t.Context(), u.todoAPI.Client, struct{}{}); err != nil || key.PublicKey != service.Keys.Public {
		t.Errorf("the key is %+v, %v", key, err)
	}
	one, err := save(u, "https://push.example.com/one", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := save(u, "https://push.example.com/one", "another"); err != nil || again.ID != one.ID {
		t.Errorf("the same browser is %+v, %v", again, err)
	}
	if _, err := save(other, "https://push.example.com/one", "guess"); failure.KindOf(err) != failure.Conflict {
		t.Errorf("somebody who does not know its secret takes it: %v", err)
	}
	if _, err := calls.DeletePushSubscription.Call(t.Context(), u.todoAPI.Client, calls.DeletePushSubscriptionRequest{UserID: other.id, ID: one.ID}); failure.KindOf(err) != failure.NotFound {
		t.Errorf("somebody else removes it: %v", err)
	}
	if _, err := save(other, "https://push.example.com/one", "another"); err != nil || len(u.devices()) != 0 || len(other.devices()) != 1 {
		t.Errorf("who uses the browser now has %v, %v; who did before has %v", other.devices(), err, u.devices())
	}
	for n := range maxPushSubscriptions {
		if _, err := save(u, "https://push.example.com/"+uuid.NewString(), "secret"); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
	}
	if _, err := save(u, "https://push.example.com/more", "secret"); failure.KindOf(err) != failure.Conflict {
		t.Errorf("one more than there may be: %v", err)
	}
	devices := u.devices()
	if _, err := save(u, devices[0].Endpoint, "secret"); err != nil {
		t.Errorf("one of them again: %v", err)
	}
	if _, err := calls.DeletePushSubscription.Call(t.Context(), u.todoAPI.Client, calls.DeletePushSubscriptionRequest{UserID: u.id, ID: devices[0].ID}); err != nil || len(u.devices()) != maxPushSubscriptions-1 {
		t.Errorf("removed: %v, %d are left", err, len(u.devices()))
	}
}

func TestAPlatformWithoutKeysSaysSo(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := calls.GetPushKey.Call(t.Context(), h.todoAPI.Client, struct{}{}); failure.KindOf(err) != failure.NotFound {
		t.Errorf("got %v", err)
	}
}

// The whole way, from the API to what the browser shows.
func TestABrowserSubscribesByTheAPI(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newPlatform(t, service.adjust)
	url := serveTodoAPI(t, h)
	ann, eve := client.New(url, http.DefaultClient), client.New(url, http.DefaultClient)
	for name, c := range map[string]*client.Client{"ann": ann, "eve": eve} {
		if err := c.SignUp(t.Context(), name+"@example.com", "correct horse battery", "Europe/Berlin"); err != nil {
			t.Fatal(err)
		}
	}
	var key struct{ PublicKey string }
	if err := ann.Do(t.Context(), http.MethodGet, "/push/key", nil, &key); err != nil || key.PublicKey != service.Keys.Public {
		t.Errorf("the key is %q, %v", key.PublicKey, err)
	}
	draft := service.Subscribe(t, "by-the-api")
	var saved calls.PushSubscription
	body := map[string]any{"endpoint": draft.Endpoint, "keys": map[string]string{"p256dh": draft.P256dh, "auth": draft.Auth}, "name": "Firefox"}
	if err := ann.Do(t.Context(), http.MethodPost, "/push/subscriptions", body, &saved); err != nil {
		t.Fatal(err)
	}
	var list calls.PushSubscriptions
	if err := eve.Do(t.Context(), http.MethodGet, "/push/subscriptions", nil, &list); err != nil || len(list.Items) != 0 {
		t.Errorf("somebody else sees %+v, %v", list, err)
	}
	if err := eve.Do(t.Context(), http.MethodDelete, "/push/subscriptions/"+saved.ID, nil, nil); err == nil {
		t.Error("somebody else removes it")
	}
	at := time.Now().Add(3 * time.Second)
	if _, err := ann.CreateTask(t.Context(), client.Draft{Title: "Call Ann", Reminders: []client.Reminder{{At: &at}}}); err != nil {
		t.Fatal(err)
	}
	if got := service.waitFor(t, "by-the-api", 1); got[0].pushed.Title != "Call Ann" {
		t.Errorf("the browser shows %+v", got)
	}
	if err := ann.Do(t.Context(), http.MethodDelete, "/push/subscriptions/"+saved.ID, nil, nil); err != nil {
		t.Error(err)
	}
	if err := ann.Do(t.Context(), http.MethodGet, "/push/subscriptions", nil, &list); err != nil || len(list.Items) != 0 {
		t.Errorf("removed, it is still there: %+v, %v", list, err)
	}
}

func TestPushRetry(t *testing.T) {
	fired := moment("2026-12-01T09:00:00Z")
	cases := []struct {
		name    string
		result  push.Result
		attempt int
		after   time.Duration // since it fired
		want    time.Duration // at least so much later; 0: given up
	}{
		{"soon after the first attempt", push.Result{Outcome: push.Deferred}, 1, 0, pushRetry.First},
		{"ever later", push.Result{Outcome: push.Deferred}, 4, 0, 8 * pushRetry.First},
		{"never later than the limit", push.Result{Outcome: push.Deferred}, 50, time.Hour, pushRetry.Most},
		{"when the push service wants it", push.Result{Outcome: push.Deferred, RetryAfter: 2 * time.Hour}, 1, 0, 2 * time.Hour},
		{"not when it wants it too late", push.Result{Outcome: push.Deferred, RetryAfter: 25 * time.Hour}, 1, 0, 0},
		{"not for ever", push.Result{Outcome: push.Deferred}, 200, giveUpAfter, 0},
		{"not once it was taken", push.Result{Outcome: push.Delivered}, 1, 0, 0},
		{"not once it was refused", push.Result{Outcome: push.Refused}, 1, 0, 0},
		{"not once the subscription is gone", push.Result{Outcome: push.Gone}, 1, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			now := fired.Add(c.after)
			p := pusher{now: func() time.Time { return now }}
			pauses := map[time.Duration]bool{}
			for range 20 {
				got := p.retryAt(pushDelivery{Attempt: c.attempt, FiredAt: fired}, c.result)
				switch {
				case c.want == 0 && got != nil:
					t.Fatalf("tried again at %s", got)
				case c.want != 0 && (got == nil || got.Sub(now) < c.want || got.Sub(now) > c.want+c.want/5):
					t.Fatalf("got %v, want %s later or little more", got, c.want)
				case got != nil:
					pauses[got.Sub(now)] = true
				}
			}
			if c.want != 0 && len(pauses) < 2 {
				t.Error("many who failed together would try again in step")
			}
		})
	}
}
