package notification

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// quietNow are quiet hours around the present moment, in UTC.
func quietNow() *todo.QuietHours {
	now := time.Now().UTC()
	return &todo.QuietHours{From: now.Add(-2 * time.Hour).Format("15:04"), To: now.Add(2 * time.Hour).Format("15:04")}
}

// inSchema is a connection that finds the functions of the service, as its role does.
func (h *harness) inSchema(t *testing.T) *pgx.Conn {
	t.Helper()
	cfg := h.db.Config().ConnConfig.Copy()
	cfg.RuntimeParams["search_path"] = contract.Schema(contract.Notification)
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // with the test's database
	return conn
}

// delivery is what is kept of a mail to the user.
type delivery struct {
	State    string
	Attempts int
	FiredAt  time.Time
	Next     time.Time
	Held     *time.Time
}

// deliveries are the mails to the user by reminders, in the order of their time.
func (u *user) deliveries() []delivery {
	u.t.Helper()
	rows, err := u.db.Query(u.t.Context(), `SELECT state, attempts, fired_at, next_attempt_at, held_until
		FROM notification.deliveries WHERE user_id = $1 ORDER BY next_attempt_at`, u.id)
	if err != nil {
		u.t.Fatal(err)
	}
	defer rows.Close()
	var all []delivery
	for rows.Next() {
		var d delivery
		if err := rows.Scan(&d.State, &d.Attempts, &d.FiredAt, &d.Next, &d.Held); err != nil {
			u.t.Fatal(err)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		u.t.Fatal(err)
	}
	return all
}

// waitForDelivery waits until there is one mail to the user by a reminder, and it is as wanted.
func (u *user) waitForDelivery(what string, wanted func(delivery) bool) delivery {
	u.t.Helper()
	var all []delivery
	daprtest.Eventually(u.t, 30*time.Second, what, func() bool {
		all = u.deliveries()
		return len(all) == 1 && wanted(all[0])
	})
	return all[0]
}

func held(d delivery) bool { return d.State == "pending" && d.Held != nil && d.Held.After(time.Now()) }

func TestRemindersGoByTheChosenChannels(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	cases := []struct {
		name        string
		remindersBy []string // nil: as it was
		notify      []string
		mail, push  bool
	}{
		{"by both, where nothing was chosen", nil, nil, true, true},
		{"by none", []string{}, nil, false, false},
		{"by mail", []string{todo.ChannelEmail}, nil, true, false},
		{"by push", []string{todo.ChannelPush}, nil, false, true},
		{"by none for the task alone", nil, []string{}, false, false},
		{"by push for the task alone", []string{todo.ChannelEmail}, []string{todo.ChannelPush}, false, true},
		{"by both for the task alone", []string{}, []string{todo.ChannelEmail, todo.ChannelPush}, true, true},
	}
	for n, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u, path := h.newUser(t), fmt.Sprintf("choice-%d", n)
			u.subscribe(service, path)
			if c.remindersBy != nil {
				u.choose(func(s *todo.Settings) { s.RemindersBy = c.remindersBy })
			}
			at := soon()
			task := u.task("Chosen", at)
			task.Notify = c.notify
			u.add(task)
			last := u.task(lastTitle, at.Add(time.Second)) // by which a message that is not wanted would be there
			last.Notify = []string{todo.ChannelEmail, todo.ChannelPush}
			u.add(last)
			for name, channel := range map[string]struct {
				wanted bool
				titles func() []string
			}{
				"mail": {c.mail, func() []string { return u.mailbox.Titles(u.email) }},
				"push": {c.push, func() []string { return service.titles(t, path) }},
			} {
				daprtest.Eventually(t, 30*time.Second, "the last one arrives", func() bool { return slices.Contains(channel.titles(), lastTitle) })
				if got := slices.Contains(channel.titles(), "Chosen"); got != channel.wanted {
					t.Errorf("%s: told %t, want %t", name, got, channel.wanted)
				}
			}
			fired := func() (n int) {
				for _, step := range u.steps() {
					if step == events.TypeReminderFired {
						n++
					}
				}
				return n
			}
			daprtest.Eventually(t, 30*time.Second, "the page is told of both", func() bool { return fired() >= 2 }) // by a way of its own
			if n := fired(); n != 2 {
				t.Errorf("the page was told of %d reminders, want both", n)
			}
		})
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	quiet := func(u *user) {
		u.choose(func(s *todo.Settings) { s.Zone, s.QuietHours = "UTC", quietNow() })
		u.waitForSettings()
	}

	t.Run("put off mail and push until they end, and the page is told at once", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.subscribe(service, "quiet")
		quiet(u)
		u.add(u.task("Hush", soon()))
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired)
		got := u.waitForDelivery("the mail waits", held)
		if clock := got.Held.UTC().Format("15:04"); clock != u.chosen[u.id].QuietHours.To || !got.Next.Equal(*got.Held) || !got.FiredAt.Equal(*got.Held) || got.Attempts != 0 {
			t.Errorf("got %+v, which is given up and late from %s on; want %s", got, clock, u.chosen[u.id].QuietHours.To)
		}
		var next, from time.Time
		if err := h.db.QueryRow(t.Context(), `SELECT next_attempt_at, fired_at FROM notification.push_deliveries WHERE user_id = $1`, u.id).Scan(&next, &from); err != nil || !next.Equal(got.Next) || !from.Equal(got.Next) {
			t.Errorf("the push waits until %s, %v", next, err)
		}
	})

	t.Run("that change have what waits go when the new ones end, once, and not late", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.subscribe(service, "changed")
		quiet(u)
		task := u.task("Patience", soon())
		u.add(task)
		before := u.waitForDelivery("the mail waits", held)
		u.choose(func(s *todo.Settings) {
			s.Zone = "Asia/Tokyo"
			s.QuietHours = quietNow()
			s.QuietHours.To = "23:59"
			s.QuietHours.From = "00:00"
		})
		u.waitForDelivery("the mail waits by the other zone", func(d delivery) bool { return held(d) && !d.Held.Equal(*before.Held) })
		u.choose(func(s *todo.Settings) { s.QuietHours = nil })
		service.waitFor(t, "changed", 1)
		u.waitForMail(1)
		u.wantMails("Patience")
		var meant, released time.Time
		if err := h.db.QueryRow(t.Context(), `SELECT notification.meant_at(r, d.held_until, d.fired_at), d.held_until
			FROM notification.deliveries d JOIN notification.reminders r ON r.id = d.reminder WHERE d.user_id = $1 AND r.task_id = $2`, u.id, task.ID).Scan(&meant, &released); err != nil || !meant.Equal(released) || meant.Before(*task.Reminders[0].At) {
			t.Errorf("meant at %s, released at %s, %v", meant, released, err)
		}
	})

	t.Run("let urgent tasks through where that was chosen", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.choose(func(s *todo.Settings) { s.Zone, s.QuietHours = "UTC", quietNow(); s.QuietHours.Urgent = true })
		u.waitForSettings()
		at := soon()
		urgent, other := u.task("Urgent", at), u.task("Other", at)
		urgent.Priority, other.Priority = 1, 2
		u.add(other)
		u.add(urgent)
		if got := u.waitForMail(1); got[0].Title != "Urgent" {
			t.Errorf("got %+v", got)
		}
		daprtest.Eventually(t, 30*time.Second, "the other one waits", func() bool {
			all := u.deliveries()
			return len(all) == 2 && held(all[1])
		})
	})

	t.Run("put off what is tried again, which is given up as late as before", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		h.mailbox.Refuse(u.email, func() error { return errors.New("busy") })
		u.add(u.task("Retried", soon()))
		before := u.waitForDelivery("an attempt has failed", func(d delivery) bool { return d.Attempts > 0 })
		quiet(u)
		got := u.waitForDelivery("the mail waits", held)
		if !got.FiredAt.Equal(before.FiredAt) {
			t.Errorf("given up a day after %s, want %s", got.FiredAt, before.FiredAt)
		}
		h.mailbox.Accept(u.email)
		u.choose(func(s *todo.Settings) { s.QuietHours = nil })
		u.waitForMail(1)
		u.wantMails("Retried")
	})
}

func TestWhatWaitsByAChannelThatIsSwitchedOffIsCancelled(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	u := h.newUser(t)
	u.subscribe(service, "off")
	service.Answer("off", slices.Repeat([]int{503}, 20)...)
	h.mailbox.Refuse(u.email, func() error { return errors.New("busy") })
	task := u.add(u.task("Off", soon()))
	u.waitForDelivery("an attempt has failed", func(d delivery) bool { return d.Attempts > 0 })
	u.choose(func(s *todo.Settings) { s.RemindersBy = []string{todo.ChannelPush} })
	u.waitForDelivery("the mail is cancelled", func(d delivery) bool { return d.State == "cancelled" })
	task.Notify = []string{todo.ChannelEmail}
	u.publish(u.change(events.TypeTaskUpdated, task))
	daprtest.Eventually(t, 30*time.Second, "the push is cancelled", func() bool {
		var state string
		return h.db.QueryRow(t.Context(), `SELECT state FROM notification.push_deliveries WHERE user_id = $1`, u.id).Scan(&state) == nil && state == "cancelled"
	})
	h.mailbox.Accept(u.email)
	u.choose(func(s *todo.Settings) { s.RemindersBy = []string{todo.ChannelEmail} })
	u.waitForSettings()
	u.wantMails()
}

func TestWhatQuietHoursPutOffIsSentOnceByReplicas(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.startReplica(h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Replica: 1}))
	u := h.newUser(t)
	u.choose(func(s *todo.Settings) { s.Zone, s.QuietHours = "UTC", quietNow() })
	u.waitForSettings()
	const mails = 30
	var changes []events.Change
	for range mails {
		changes = append(changes, u.change(events.TypeTaskCreated, u.task("Held", soon())))
	}
	u.publish(changes...)
	daprtest.Eventually(t, 30*time.Second, "all mails wait", func() bool {
		all := u.deliveries()
		return len(all) == mails && !slices.ContainsFunc(all, func(d delivery) bool { return !held(d) })
	})
	u.choose(func(s *todo.Settings) { s.QuietHours = nil })
	u.waitForMail(mails)
	u.wantMails(slices.Repeat([]string{"Held"}, mails)...)
}

func TestWhatTheVersionBeforePassedOverIsLearned(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	u.add(u.task("First", time.Now().Add(time.Hour)))
	u.waitArmed()
	daprtest.Eventually(t, 30*time.Second, "the progress is saved", func() bool {
		var seq int64
		return h.db.QueryRow(t.Context(), `SELECT seq FROM notification.people WHERE user_id = $1 AND settings_as_of = 0`, u.id).Scan(&seq) == nil && seq == u.seq
	})
	u.mu.Lock()
	chosen := u.settingsOf(u.id)
	chosen.Version, chosen.RemindersBy = 2, []string{}
	u.chosen[u.id] = chosen
	u.mu.Unlock()
	// The version before handles a change of this user: it names no settings.
	if _, err := h.inSchema(t).Exec(t.Context(), `SELECT op_save_progress(jsonb_build_object('people', jsonb_build_array(jsonb_build_object('userId', $1::text, 'seq', $2::bigint, 'archivedAsOf', null, 'webhooksAsOf', null))))`, u.id, u.seq+1); err != nil {
		t.Fatal(err)
	}
	u.waitForSettings()
}

// A reminder that fired so long ago that its row is gone is no new one when all are reckoned anew.
func TestRemindersOfLongAgoDoNotComeAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	task := u.task("Long ago", time.Now().Add(-retention-time.Hour))
	task.UpdatedAt = time.Now().Add(-2 * retention)
	u.mu.Lock()
	u.owners[task.ID], u.open[task.ID] = u.id, *task
	u.mu.Unlock()
	u.choose(func(s *todo.Settings) { s.DayStart = "07:00" })
	u.waitForSettings()
	u.wantMails()
}

func TestAPersonGetsNoMoreMailsAnHourThanTheBound(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u, other := h.newUser(t), h.newUser(t)
	at := soon()
	var changes []events.Change
	for range mailsAnHour + 10 {
		changes = append(changes, u.change(events.TypeTaskCreated, u.task("Flood", at)))
	}
	u.publish(changes...)
	other.add(other.task("Calm", at.Add(time.Second)))
	other.waitForMail(1)
	u.waitForMail(mailsAnHour)
	var waiting []delivery
	daprtest.Eventually(t, 30*time.Second, "the others have their places", func() bool {
		waiting = slices.DeleteFunc(u.deliveries(), func(d delivery) bool { return d.State != "pending" })
		return len(waiting) == 10 && waiting[0].Next.After(time.Now().Add(10*time.Second))
	})
	for n, d := range waiting[1:] {
		if pause := d.Next.Sub(waiting[n].Next); (pause-time.Hour/mailsAnHour).Abs() > 10*time.Second || d.Attempts != 0 {
			t.Errorf("%s after the one before, %d attempts", pause, d.Attempts)
		}
	}
	if got := len(u.mailbox.To(u.email)); got != mailsAnHour {
		t.Errorf("%d mails, want %d", got, mailsAnHour)
	}
	// Their time comes, and none is lost.
	if _, err := h.db.Exec(t.Context(), `UPDATE notification.deliveries SET next_attempt_at = now() WHERE user_id = $1 AND state = 'pending'`, u.id); err != nil {
		t.Fatal(err)
	}
	u.waitForMail(mailsAnHour + 10)
}

func TestThePlatformSendsNoMoreMailsAMinuteThanTheBound(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stop()
	const aMinute, mails = 120, 40 // two a second
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	for range mails {
		u := h.newUser(t)
		reminder := u.insertReminder("fired", time.Now())
		if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.deliveries (reminder, version, channel, user_id, state, fired_at, next_attempt_at)
			VALUES ($1, 1, 'email', $2, 'pending', now(), now())`, reminder, u.id); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	claimed := map[string]bool{}
	began := time.Now()
	var replicas sync.WaitGroup
	for range 2 {
		replicas.Go(func() {
			for time.Since(began) < 4*time.Second {
				some, err := reminderMails(db, aMinute).claim(t.Context(), time.Minute, 16)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, d := range some {
					if claimed[d.ID] {
						t.Errorf("%s is claimed twice", d.ID)
					}
					claimed[d.ID] = true
				}
				mu.Unlock()
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	replicas.Wait()
	if most, least := 4+int(2*time.Since(began).Seconds()), 6; len(claimed) > most || len(claimed) < least {
		t.Errorf("%d mails in %s, want %d to %d", len(claimed), time.Since(began), least, most)
	}
	// A mail about an account does not wait behind those, nor behind lists of what is due.
	if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.notices (id, user_id, kind, day, state, asked_at, next_attempt_at)
		SELECT gen_random_uuid(), gen_random_uuid(), CASE WHEN n = 20 THEN 'password_reset' ELSE 'digest' END, CASE WHEN n < 20 THEN now()::date END, 'pending', now(), now()
		FROM generate_series(1, 20) n`); err != nil {
		t.Fatal(err)
	}
	if some, err := noticeMails(db, aMinute).claim(t.Context(), time.Minute, 16); err != nil || len(some) != 1 || some[0].Title != "password_reset" {
		t.Errorf("claimed %+v, %v", some, err)
	}
	// Nor do reminders.
	var lists, reminders int
	for began := time.Now(); time.Since(began) < 4*time.Second; time.Sleep(20 * time.Millisecond) {
		some, err := noticeMails(db, aMinute).claim(t.Context(), time.Minute, 1)
		if err != nil {
			t.Fatal(err)
		}
		lists += len(some)
		if some, err = reminderMails(db, aMinute).claim(t.Context(), time.Minute, 1); err != nil {
			t.Fatal(err)
		}
		reminders += len(some)
	}
	if lists > 0 || reminders == 0 {
		t.Errorf("%d lists and %d reminders", lists, reminders)
	}
}

// Bounds that a minute does not divide into are kept as well, and do not stop everything.
func TestAnyBoundLetsMailsThrough(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	db := h.inSchema(t)
	for aMinute := 1; aMinute < 200; aMinute++ {
		var left int
		if err := db.QueryRow(t.Context(), `SELECT mails_left($1, 1)`, aMinute).Scan(&left); err != nil || left != max(1, aMinute/60) {
			t.Errorf("%d a minute: %d at once, %v", aMinute, left, err)
		}
	}
}

func TestQuietHoursByTheClocksOfAZone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	db := h.inSchema(t)
	const berlin = "Europe/Berlin"
	for _, c := range []struct{ name, zone, from, to, at, want string }{
		{"before they begin", berlin, "22:00", "07:00", "2026-12-01T21:59:59+01:00", ""},
		{"as they begin", berlin, "22:00", "07:00", "2026-12-01T22:00:00+01:00", "2026-12-02T07:00:00+01:00"},
		{"after midnight", berlin, "22:00", "07:00", "2026-12-02T03:00:00+01:00", "2026-12-02T07:00:00+01:00"},
		{"as they end", berlin, "22:00", "07:00", "2026-12-02T07:00:00+01:00", ""},
		{"within a day", berlin, "13:00", "14:30", "2026-12-02T14:00:00+01:00", "2026-12-02T14:30:00+01:00"},
		{"in another zone", "Asia/Kathmandu", "22:00", "07:00", "2026-12-01T16:15:00Z", "2026-12-02T01:15:00Z"},
		{"in the short night", berlin, "22:00", "07:00", "2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		{"in the long night", berlin, "22:00", "07:00", "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"},
		{"that end in the hour that is skipped", berlin, "22:00", "02:30", "2026-03-29T00:00:00+01:00", "2026-03-29T03:30:00+02:00"},
		{"that end in the hour that comes twice", berlin, "22:00", "02:30", "2026-10-25T02:29:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"that ended in the hour that comes twice", berlin, "22:00", "02:30", "2026-10-25T02:15:00+01:00", ""},
		{"that begin in the hour that comes twice", berlin, "02:30", "07:00", "2026-10-25T02:15:00+01:00", "2026-10-25T07:00:00+01:00"},
		{"where the clocks jump at midnight", "America/Santiago", "23:30", "00:30", "2026-04-04T23:45:00-03:00", "2026-04-05T00:30:00-04:00"},
		{"in a zone that is not known", "Mars/Olympus", "00:00", "23:59", "2026-12-01T12:00:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *time.Time
			err := db.QueryRow(t.Context(), `SELECT quiet_end(jsonb_build_object('from', $1::text, 'to', $2::text), $3, $4::timestamptz)`, c.from, c.to, c.zone, moment(c.at)).Scan(&got)
			switch {
			case err != nil:
				t.Error(err)
			case c.want == "" && got != nil:
				t.Errorf("quiet until %s", got)
			case c.want != "" && (got == nil || !got.Equal(moment(c.want))):
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// The database and the services agree on which moment clocks mean.
func TestClocksMeanTheSameEverywhere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	db := h.inSchema(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "Africa/Casablanca"} {
		zone, err := zones.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		var walls []time.Time
		for day := range 365 {
			walls = append(walls, time.Date(2026, 1, 1+day, random.IntN(5), 15*random.IntN(4), 0, 0, time.UTC))
		}
		rows, err := db.Query(t.Context(), `SELECT clock_at(wall, $2) FROM unnest($1::timestamp[]) WITH ORDINALITY u (wall, n) ORDER BY n`, walls, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, wall := range walls {
			var got time.Time
			if !rows.Next() {
				t.Fatal(rows.Err())
			}
			if err := rows.Scan(&got); err != nil {
				t.Fatal(err)
			}
			if want := todo.Instant(wall, zone); !got.Equal(want) {
				t.Errorf("%s in %s: %s, want %s", wall.Format("2006-01-02 15:04"), name, got.UTC(), want.UTC())
			}
		}
		rows.Close()
	}
}
