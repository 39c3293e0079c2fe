package notification

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/events/conform"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

// lastTitle is the title of the task with which a test ends, see addLast.
const lastTitle = "The last one"

// harness is a platform with this service in it. A small app stands in for todo-api: it
// publishes task events and knows the users' addresses.
type harness struct {
	t       testing.TB
	env     *daprtest.Env
	db      *pgxpool.Pool
	todoAPI *daprtest.Sidecar
	sidecar *daprtest.Sidecar
	mailbox *mailtest.Box
	cfg     Config
	stop    func()

	realTodoAPI bool           // no stand-in: the test runs todo-api itself
	schemas     []store.Schema // besides this service's own

	mu     sync.Mutex
	emails map[string]string             // by user id
	strays map[string]bool               // users who have not verified their address
	feed   map[string][]events.Change    // by user id
	floors map[string]int64              // up to which the feed is forgotten, by user id
	hooks  map[string][]calls.Webhook    // by user id
	chosen map[string]todo.Settings      // by user id
	open   map[string]todo.Task          // tasks that are open, by their ids
	owners map[string]string             // of tasks, by their ids
	due    map[string]calls.ListDueReply // by user id; of every day
	// disabled are the reasons for which webhooks were disabled, by their ids.
	disabled map[string]string
}

// newHarness starts the platform and the service. adjust may change the service's
// configuration before that.
func newHarness(t testing.TB, adjust ...func(*harness)) *harness {
	t.Helper()
	h := &harness{t: t, env: daprtest.New(t), mailbox: mailtest.New(t), emails: map[string]string{}, strays: map[string]bool{}, feed: map[string][]events.Change{},
		floors: map[string]int64{}, hooks: map[string][]calls.Webhook{}, chosen: map[string]todo.Settings{}, open: map[string]todo.Task{}, owners: map[string]string{}, due: map[string]calls.ListDueReply{}, disabled: map[string]string{}}
	host, port, err := net.SplitHostPort(h.mailbox.Address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	h.cfg = Config{
		Config: lifecycle.Config{PublicURL: &url.URL{Scheme: "https", Host: "todo.example.com", Path: "/"}},
		SMTP:   SMTPConfig{Host: host, Port: number, From: "todo@example.com", TLS: TLSNone},

		WebhookNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	for _, change := range adjust {
		change(h)
	}
	h.db = h.env.Database(t, append(h.schemas, Schema())...)
	todoAPI := daprtest.App{ID: contract.TodoAPI}
	if !h.realTodoAPI {
		todoAPI.Server = h.contacts()
	}
	h.todoAPI = h.env.Sidecar(t, todoAPI)
	h.sidecar = h.env.Sidecar(t, daprtest.App{ID: contract.Notification})
	h.start()
	h.waitForEvents()
	return h
}

// waitForEvents waits until task events reach the service, so that what a test publishes
// afterwards is handled at once.
func (h *harness) waitForEvents() {
	h.t.Helper()
	u := h.newUser(h.t)
	u.add(u.task("first"))
	daprtest.Eventually(h.t, time.Minute, "events reach the service", func() bool {
		var n int
		return h.db.QueryRow(h.t.Context(), `SELECT count(*) FROM notification.people`).Scan(&n) == nil && n > 0
	})
}

// start runs the service until the harness's test ends or h.stop is called.
func (h *harness) start() {
	h.t.Helper()
	h.stop = h.startReplica(h.sidecar)
}

func (h *harness) startReplica(sidecar *daprtest.Sidecar) (stop func()) {
	t := h.t
	t.Helper()
	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := h.cfg
	cfg.Dapr = daprtest.Config(sidecar.Address)
	app := sidecar.Listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx, cfg, app, health) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the service ended with: %v", err)
		}
	})
	t.Cleanup(stop)
	daprtest.Eventually(t, time.Minute, "the service is ready", func() bool { return ready(health.Addr().String()) })
	return stop
}

// contacts answers as todo-api does.
func (h *harness) contacts() *dapr.Server {
	server := daprtest.StandIn(contract.TodoAPI)
	calls.GetContact.Handle(server, func(_ context.Context, in calls.GetContactRequest) (calls.Contact, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		email, ok := h.emails[in.UserID]
		if !ok {
			return calls.Contact{}, failure.New(failure.NotFound, "there is no such user")
		}
		contact := calls.Contact{Email: email, Zone: "Europe/Berlin", Locale: h.settingsOf(in.UserID).Locale, Unverified: h.strays[in.UserID], StopToken: "stop." + in.UserID}
		if in.Link != nil {
			contact.LinkToken = strings.Join([]string{"link", in.Link.TaskID, in.Link.Ring, in.Link.Via}, ".")
		}
		return contact, nil
	})
	calls.IssueVerification.Handle(server, func(_ context.Context, in calls.IssueVerificationRequest) (calls.Verification, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if !h.strays[in.UserID] {
			return calls.Verification{}, nil
		}
		return calls.Verification{Email: h.emails[in.UserID], Locale: h.settingsOf(in.UserID).Locale, Token: "token.of." + in.UserID, Needed: true}, nil
	})
	calls.IssueNotice.Handle(server, func(_ context.Context, in calls.IssueNoticeRequest) (calls.Notice, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.strays[in.UserID] {
			return calls.Notice{}, nil
		}
		return h.notice(in), nil
	})
	calls.ListDue.Handle(server, func(_ context.Context, in calls.ListDueRequest) (calls.ListDueReply, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		zone, err := zones.Load(h.settingsOf(in.UserID).Zone)
		if err != nil || in.Day < time.Now().In(zone).Format(time.DateOnly) { // the day is over
			return calls.ListDueReply{}, err
		}
		return h.due[in.UserID], nil
	})
	calls.ListChanges.Handle(server, h.listChanges)
	calls.ListHeads.Handle(server, h.listHeads)
	calls.ListReminding.Handle(server, func(_ context.Context, in calls.ListRemindingRequest) (calls.ListRemindingReply, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		reply := calls.ListRemindingReply{Head: int64(len(h.feed[in.UserID])), Settings: h.settingsOf(in.UserID), Archived: []string{}}
		for id, task := range h.open {
			if h.owners[id] == in.UserID && len(task.Reminders) > 0 {
				reply.Tasks = append(reply.Tasks, task)
			}
		}
		return reply, nil
	})
	calls.ListWebhooks.Handle(server, func(_ context.Context, in calls.ListWebhooksRequest) (calls.ListWebhooksReply, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		return calls.ListWebhooksReply{Head: int64(len(h.feed[in.UserID])), Webhooks: slices.Clone(h.hooks[in.UserID])}, nil
	})
	calls.DisableWebhook.Handle(server, h.disableWebhook)
	calls.NameProject.Handle(server, func(_ context.Context, in calls.NameProjectRequest) (calls.ProjectName, error) {
		return projectName(in), nil
	})
	return server
}

// settingsOf is what a user has chosen, or begins with.
func (h *harness) settingsOf(user string) todo.Settings {
	if chosen, ok := h.chosen[user]; ok {
		return chosen
	}
	return todo.Settings{
		Version: 1, Zone: "Europe/Berlin", Locale: "en-GB", WeekStart: 1, DayStart: todo.DefaultDayStart,
		RemindersBy: []string{todo.ChannelEmail, todo.ChannelPush}, DigestBy: []string{}, DigestAt: "08:00", OverdueBy: []string{}, OverdueAt: "18:00",
	}
}

// notice is what todo-api tells of a mail to somebody whose address is verified.
func (h *harness) notice(in calls.IssueNoticeRequest) calls.Notice {
	notice := calls.Notice{Email: h.emails[in.UserID], Locale: h.settingsOf(in.UserID).Locale, Token: "token.of." + in.UserID, Other: "new." + h.emails[in.UserID], Needed: true}
	if in.Kind == calls.NoticeEmailChange {
		notice.Email, notice.Other = notice.Other, ""
	}
	return notice
}

// listChanges answers as todo-api does.
func (h *harness) listChanges(_ context.Context, in calls.ListChangesRequest) (calls.ListChangesReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.feed[in.UserID]
	reply := calls.ListChangesReply{Head: int64(len(all)), Floor: h.floors[in.UserID]}
	if in.After < reply.Floor {
		return reply, nil
	}
	for _, change := range all[min(in.After, reply.Head):] {
		encoded, err := json.Marshal(change)
		if err != nil {
			return calls.ListChangesReply{}, err
		}
		reply.Items = append(reply.Items, encoded)
	}
	return reply, nil
}

// listHeads answers as todo-api does.
func (h *harness) listHeads(_ context.Context, in calls.ListHeadsRequest) (calls.ListHeadsReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var reply calls.ListHeadsReply
	for _, user := range slices.Sorted(maps.Keys(h.feed)) {
		if user > in.After {
			reply.Items = append(reply.Items, calls.UserHead{UserID: user, Seq: int64(len(h.feed[user]))})
		}
	}
	return reply, nil
}

// user is one person with a change feed of their own.
type user struct {
	*harness
	t     testing.TB
	id    string
	email string
	seq   int64
}

func (h *harness) newUser(t testing.TB) *user {
	u := &user{harness: h, t: t, id: uuid.NewString()}
	u.email = u.id + "@example.com"
	h.mu.Lock()
	defer h.mu.Unlock()
	h.emails[u.id] = u.email
	return u
}

// stray makes the user one who has not verified the address, or who has.
func (u *user) stray(unverified bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.strays[u.id] = unverified
}

// askVerification makes the change that asks for the mail which verifies the address.
func (u *user) askVerification(at time.Time) events.Change {
	return u.changeAccount(events.TypeVerificationRequested, at)
}

// changeAccount makes a change of the user's account.
func (u *user) changeAccount(kind string, at time.Time) events.Change {
	u.seq++
	change := events.Change{
		UserID: u.id, Seq: u.seq, EventID: uuid.NewString(), Type: kind, Entity: events.EntityAccount, ID: u.id,
		By: events.Actor{Kind: events.ActorPerson, ID: u.id}, Zone: "Europe/Berlin", At: at,
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.feed[u.id] = append(u.feed[u.id], change)
	return change
}

// task makes a task of the user that is not published yet, with a reminder at each moment.
func (u *user) task(title string, reminders ...time.Time) *todo.Task {
	task := &todo.Task{ID: uuid.NewString(), Title: title}
	for _, at := range reminders {
		task.Reminders = append(task.Reminders, todo.Reminder{ID: uuid.NewString(), At: &at})
	}
	return task
}

// change makes the next change of the user's feed; publish sends it.
func (u *user) change(kind string, task *todo.Task) events.Change {
	u.seq++
	change := events.Change{
		UserID: u.id, Seq: u.seq, EventID: uuid.NewString(), Type: kind, Entity: events.EntityTask, ID: task.ID,
		By: events.Actor{Kind: events.ActorPerson, ID: u.id}, Zone: "Europe/Berlin", At: time.Now(),
	}
	state, err := json.Marshal(task)
	if err != nil {
		u.t.Fatal(err)
	}
	change.Before = state // the tests change only what a reminder depends on
	if kind != events.TypeTaskDeleted {
		change.After = state
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.owners[task.ID] = u.id
	u.open[task.ID] = *task
	if kind == events.TypeTaskDeleted || task.CompletedAt != nil {
		delete(u.open, task.ID)
	}
	u.feed[u.id] = append(u.feed[u.id], change)
	return change
}

// choose changes the user's settings, and publishes that.
func (u *user) choose(adjust func(*todo.Settings)) events.Change {
	u.t.Helper()
	u.mu.Lock()
	before := u.settingsOf(u.id)
	after := before
	after.Version++
	adjust(&after)
	u.chosen[u.id] = after
	u.seq++
	change := events.Change{
		UserID: u.id, Seq: u.seq, EventID: uuid.NewString(), Type: events.TypeSettingsUpdated, Entity: events.EntitySettings, ID: u.id,
		By: events.Actor{Kind: events.ActorPerson, ID: u.id}, Zone: after.Zone, At: time.Now(),
	}
	for state, settings := range map[*json.RawMessage]todo.Settings{&change.Before: before, &change.After: after} {
		encoded, err := json.Marshal(settings)
		if err != nil {
			u.t.Fatal(err)
		}
		*state = encoded
	}
	u.feed[u.id] = append(u.feed[u.id], change)
	u.mu.Unlock()
	u.publish(change)
	return change
}

// waitForSettings waits until the service knows what the user has chosen last.
func (u *user) waitForSettings() {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "the settings are known", func() bool {
		var version int64
		row := u.db.QueryRow(u.t.Context(), `SELECT (settings->'version')::bigint FROM notification.people WHERE user_id = $1`, u.id)
		u.mu.Lock()
		defer u.mu.Unlock()
		return row.Scan(&version) == nil && version == u.chosen[u.id].Version
	})
}

// replace puts another form of a change into the user's feed.
func (u *user) replace(change events.Change) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.feed[u.id][change.Seq-1] = change
}

func (u *user) publish(changes ...events.Change) {
	u.t.Helper()
	var batch []events.Event
	for _, change := range changes {
		data, err := json.Marshal(change)
		if err != nil {
			u.t.Fatal(err)
		}
		batch = append(batch, events.Event{
			ID: change.EventID, Source: contract.TodoAPI, Type: change.Type, Subject: change.ID,
			UserID: u.id, Time: change.At, Data: data,
		})
	}
	if _, err := u.todoAPI.Client.Publish(u.t.Context(), contract.PubSub, contract.TopicTaskEvents, batch); err != nil {
		u.t.Fatal(err)
	}
}

// add publishes a new task.
func (u *user) add(task *todo.Task) *todo.Task {
	u.t.Helper()
	u.publish(u.change(events.TypeTaskCreated, task))
	return task
}

// waitForMail waits for the n-th mail to the user and returns all of them.
func (u *user) waitForMail(n int) []mailtest.Letter {
	u.t.Helper()
	return u.mailbox.WaitFor(u.t, u.email, n)
}

// wantMails checks that the user got the mails with these titles and no other.
func (u *user) wantMails(titles ...string) {
	u.t.Helper()
	u.addLast()
	u.wantBeforeLast(titles...)
}

// addLast sets one more reminder. By the time its mail arrives, a doubled or unwanted one of
// before would have arrived, too.
func (u *user) addLast() {
	u.t.Helper()
	u.add(u.task(lastTitle, time.Now().Add(time.Second)))
}

func (u *user) wantBeforeLast(titles ...string) {
	u.t.Helper()
	want := slices.Concat(titles, []string{lastTitle})
	var got []string
	daprtest.Eventually(u.t, 30*time.Second, "the last mail arrives", func() bool {
		got = u.mailbox.Titles(u.email)
		return slices.Contains(got, lastTitle)
	})
	if !slices.Equal(got, want) {
		u.t.Errorf("mails %q, want %q", got, want)
	}
}

// waitForAttempt waits until an attempt to send the user's mail has failed.
func (u *user) waitForAttempt() {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "an attempt has failed", func() bool {
		var attempts int
		row := u.db.QueryRow(u.t.Context(), `SELECT attempts FROM notification.deliveries WHERE user_id = $1 AND error <> ''`, u.id)
		return row.Scan(&attempts) == nil && attempts > 0
	})
}

// alarms returns the user's reminders as their jobs name them, once there are some in the database.
func (u *user) alarms() []Alarm {
	u.t.Helper()
	var alarms []Alarm
	daprtest.Eventually(u.t, 30*time.Second, "the reminders are stored", func() bool {
		alarms = u.query()
		return len(alarms) > 0
	})
	return alarms
}

func (u *user) query() []Alarm {
	u.t.Helper()
	rows, err := u.db.Query(u.t.Context(), `SELECT id::text, version, fire_at FROM notification.reminders WHERE user_id = $1 ORDER BY fire_at`, u.id)
	if err != nil {
		u.t.Fatal(err)
	}
	defer rows.Close()
	var alarms []Alarm
	for rows.Next() {
		alarm := Alarm{UserID: u.id}
		if err := rows.Scan(&alarm.ID, &alarm.Version, &alarm.At); err != nil {
			u.t.Fatal(err)
		}
		alarms = append(alarms, alarm)
	}
	if err := rows.Err(); err != nil {
		u.t.Fatal(err)
	}
	return alarms
}

// waitArmed waits until the scheduler holds a job for the user's reminder.
func (u *user) waitArmed() {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "the job is set", func() bool {
		var armed bool
		row := u.db.QueryRow(u.t.Context(), `SELECT armed_version = version FROM notification.reminders WHERE user_id = $1`, u.id)
		return row.Scan(&armed) == nil && armed
	})
}

// steps returns the types of the user's events on the topic reminders, in order.
func (u *user) steps() []string {
	u.t.Helper()
	var steps []string
	for _, record := range u.env.Records(u.t, contract.TopicReminders) {
		event, err := events.Decode(record.Value)
		if err != nil {
			u.t.Fatal(err)
		}
		if event.UserID == u.id {
			if err := conform.Check(u.t.Context(), record.Value); err != nil {
				u.t.Error(err)
			}
			steps = append(steps, event.Type)
		}
	}
	return steps
}

// waitForSteps waits until the user's events on the topic reminders are these.
func (u *user) waitForSteps(want ...string) {
	u.t.Helper()
	var got []string
	daprtest.Eventually(u.t, 30*time.Second, "the events are on the topic", func() bool {
		got = u.steps()
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		u.t.Errorf("events %q, want %q", got, want)
	}
}
