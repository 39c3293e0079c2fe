package notification

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/push"
)

// owes makes what the user has due on every day.
func (u *user) owes(due calls.ListDueReply) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.due[u.id] = due
}

func dueTasks(total int, titles ...string) calls.DueTasks {
	due := calls.DueTasks{Total: total}
	for _, title := range titles {
		due.Tasks = append(due.Tasks, calls.DueTask{Title: title, Due: todo.Due{Date: "2026-12-01"}})
	}
	return due
}

// untilDigest makes the time of the user's list of a kind come now.
func (u *user) untilDigest(kind calls.NoticeKind) {
	u.t.Helper()
	tag, err := u.db.Exec(u.t.Context(), `UPDATE notification.digests SET next_at = now(), day = (now() AT TIME ZONE zone)::date WHERE user_id = $1 AND kind = $2`, u.id, string(kind))
	if err != nil || tag.RowsAffected() != 1 {
		u.t.Fatalf("%d lists are planned, %v", tag.RowsAffected(), err)
	}
}

// atMidnight has the time of all lists be over on each day.
func atMidnight(by ...string) func(*todo.Settings) {
	return func(s *todo.Settings) {
		s.Zone, s.DigestBy, s.DigestAt, s.OverdueBy, s.OverdueAt = "UTC", by, "00:00", by, "00:00"
	}
}

// elsewhereToday is a zone whose clocks are an hour off and show the same day.
func elsewhereToday() string {
	if time.Now().UTC().Hour() < 12 {
		return "Etc/GMT-1" // east
	}
	return "Etc/GMT+1"
}

func TestPeopleAreToldWhatIsDue(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	h.startReplica(h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Replica: 1}))

	t.Run("once, by each way that was chosen, whatever comes twice", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.subscribe(service, "digest-laptop")
		u.subscribe(service, "digest-phone")
		u.owes(calls.ListDueReply{Overdue: dueTasks(14, "Tax <b>return</b>\r\nBcc: eve@example.com", "Call"), Today: dueTasks(1, "Water plants")})
		change := u.choose(atMidnight(todo.ChannelEmail, todo.ChannelPush))
		u.waitForSettings()
		u.untilDigest(digestOfDay)
		mail := u.waitForMail(1)[0]
		for _, path := range []string{"digest-laptop", "digest-phone"} {
			if got := service.waitFor(t, path, 1)[0]; got.pushed.Title != "1 task today, 14 tasks overdue" || got.pushed.TaskID != "" || got.pushed.ReminderID == "" {
				t.Errorf("%s shows %+v", path, got.pushed)
			}
		}
		header, text, html := mailtest.Read(t, strings.NewReader(string(mail.Raw)))
		want := "1 task today, 14 tasks overdue\n\nOverdue\n- Tax <b>return</b> Bcc: eve@example.com (Tuesday, 1 December 2026)\n- Call (Tuesday, 1 December 2026)\nand 12 more\n\n" +
			"Today\n- Water plants (Tuesday, 1 December 2026)\n\nOpen your tasks: https://todo.example.com/\n\n" +
			"No reminders by mail any more: https://todo.example.com/?locale=en-GB#unsubscribe=stop." + u.id
		if diff := cmp.Diff(want, strings.TrimSpace(text)); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
		if got := header.Get("List-Unsubscribe"); got != "<https://todo.example.com/api/v1/reminder-links/unsubscribe?token=stop."+u.id+">" {
			t.Errorf("List-Unsubscribe %s", got)
		}
		if header.Get("Subject") != "1 task today, 14 tasks overdue" || strings.Contains(html, "<b>") || !strings.Contains(html, "<p>and 12 more</p>") || !strings.Contains(html, "Water plants</span>") {
			t.Errorf("subject %q, HTML:\n%s", header.Get("Subject"), html)
		}
		// The change comes again, as do the time and the day, in another zone.
		u.publish(change)
		u.untilDigest(digestOfDay)
		u.choose(func(s *todo.Settings) { s.Zone = elsewhereToday() })
		u.waitForSettings()
		u.untilDigest(digestOfDay)
		u.wantMails("1 task today, 14 tasks overdue")
		service.waitFor(t, "digest-laptop", 2)
		if got := service.titles(t, "digest-laptop"); !slices.Equal(got, []string{"1 task today, 14 tasks overdue", lastTitle}) {
			t.Errorf("shows %q", got)
		}
	})

	t.Run("in their language, as reminders come", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.subscribe(service, "german")
		u.owes(calls.ListDueReply{Overdue: dueTasks(2, "Steuer"), Today: dueTasks(1, "Blumen")})
		u.choose(func(s *todo.Settings) {
			atMidnight(todo.ChannelEmail, todo.ChannelPush)(s)
			s.Locale = "de-AT-u-hc-h12"
		})
		u.waitForSettings()
		u.untilDigest(digestOfDay)
		header, text, html := mailtest.Read(t, strings.NewReader(string(u.waitForMail(1)[0].Raw)))
		const summary = "1 Aufgabe heute, 2 Aufgaben überfällig"
		for _, want := range []string{summary, "- Steuer (Dienstag, 1. Dezember 2026)\nund 1 weitere", "https://todo.example.com/?locale=de-AT-u-hc-h12#unsubscribe="} {
			if !strings.Contains(text, want) {
				t.Errorf("the mail lacks %q:\n%s", want, text)
			}
		}
		if header.Get("Content-Language") != "de" || !strings.Contains(html, `<html lang="de" dir="ltr">`) {
			t.Errorf("language %q, HTML:\n%s", header.Get("Content-Language"), html)
		}
		if got := service.waitFor(t, "german", 1)[0].pushed; got.Title != summary || got.Lang != "de" {
			t.Errorf("pushed %+v", got)
		}
		task := u.task("Blumen gießen", soon())
		task.Due = &todo.Due{Date: "2026-12-01", Time: "17:30", Zone: "Europe/Berlin"}
		u.add(task)
		_, text, _ = mailtest.Read(t, strings.NewReader(string(u.waitForMail(2)[1].Raw)))
		if !strings.Contains(text, "Fällig: Dienstag, 1. Dezember 2026 um 5:30 PM (Europe/Berlin)") {
			t.Errorf("the mail says\n%s", text)
		}
		if got := service.waitFor(t, "german", 2)[1].pushed; got.Body != "Dienstag, 1. Dezember 2026 um 5:30 PM" || got.Complete != "Erledigen" || got.Snooze != "In 10 Min." {
			t.Errorf("pushed %+v", got)
		}
	})

	t.Run("of what is overdue alone, where there is some", func(t *testing.T) {
		t.Parallel()
		u, tidy := h.newUser(t), h.newUser(t)
		u.owes(calls.ListDueReply{Overdue: dueTasks(2, "One", "Two"), Today: dueTasks(1, "Three")})
		tidy.owes(calls.ListDueReply{Today: dueTasks(1, "Three")})
		for _, who := range []*user{u, tidy} {
			who.choose(atMidnight(todo.ChannelEmail))
			who.waitForSettings()
			who.untilDigest(digestOverdue)
		}
		if got := u.waitForMail(1)[0].Title; got != "2 tasks overdue" {
			t.Errorf("mail %q", got)
		}
		tidy.wantMails()
	})

	t.Run("not any more once it was switched off", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.owes(calls.ListDueReply{Today: dueTasks(1, "One")})
		u.choose(atMidnight(todo.ChannelEmail))
		u.waitForSettings()
		u.choose(func(s *todo.Settings) { s.DigestBy = []string{} })
		u.waitForSettings()
		u.untilDigest(digestOfDay)
		u.wantMails()
	})
}

func TestAListThatAKilledReplicaBeganIsSentOnceMore(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	u := h.newUser(t)
	device := u.subscribe(service, "digest-taken-over")
	u.owes(calls.ListDueReply{Today: dueTasks(1, "One")})
	h.stop()
	// What a replica that is killed leaves behind are its leases, which are over here already.
	id := uuid.NewString()
	if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.notices (id, user_id, kind, day, subscription, state, attempts, asked_at, next_attempt_at)
		SELECT id, $2, 'digest', (now() AT TIME ZONE 'Europe/Berlin')::date, subscription, 'pending', 1, now(), now() FROM (VALUES ($1::uuid, $3::uuid), (gen_random_uuid(), NULL)) n (id, subscription)`, id, u.id, device.ID); err != nil {
		t.Fatal(err)
	}
	h.start()
	if got := service.waitFor(t, "digest-taken-over", 1)[0]; got.pushed.ReminderID != id {
		t.Errorf("shows %+v: by its id, the second takes the place of the first", got.pushed)
	}
	u.waitForMail(1)
	// The outcome of the first arrives after all, and changes nothing.
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	late := pushDelivery{UserID: u.id, Reminder: id, Subscription: device.ID, Attempt: 1}
	if err := digestPushes(db).record(t.Context(), late, push.Result{Outcome: push.Refused}, nil); err != nil {
		t.Fatal(err)
	}
	daprtest.Eventually(t, 30*time.Second, "it is sent", func() bool {
		var sent int
		return h.db.QueryRow(t.Context(), `SELECT count(*) FROM notification.notices WHERE user_id = $1 AND state = 'sent'`, u.id).Scan(&sent) == nil && sent == 2
	})
	u.wantMails("1 task today")
}

// late makes the user's list of a day be one that an outage has delayed: it was to come so long ago.
func (u *user) late(ago time.Duration, days int, subscription string) {
	u.t.Helper()
	if _, err := u.db.Exec(u.t.Context(), `INSERT INTO notification.notices (id, user_id, kind, day, subscription, state, asked_at, next_attempt_at)
		SELECT gen_random_uuid(), $1, 'digest', (now() AT TIME ZONE 'UTC')::date - $2::integer, way, 'pending', now() - $3::interval, now()
		FROM (VALUES (NULL), ($4::uuid)) ways (way)`, u.id, days, ago, subscription); err != nil {
		u.t.Fatal(err)
	}
}

// waitForNotices waits until the user's notices are as a condition says.
func (u *user) waitForNotices(n int, condition string) {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, condition, func() bool {
		var found int
		return u.db.QueryRow(u.t.Context(), `SELECT count(*) FROM notification.notices WHERE user_id = $1 AND `+condition, u.id).Scan(&found) == nil && found == n
	})
}

func TestAListThatAnOutageDelayedKeepsQuietHours(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	const summary = "1 task today"
	quiet := func(from, to time.Duration) func(*todo.Settings) {
		clock := func(in time.Duration) string { return time.Now().UTC().Add(in).Format("15:04") }
		return func(s *todo.Settings) {
			s.Zone, s.QuietHours = "UTC", &todo.QuietHours{From: clock(from), To: clock(to)}
			s.DigestBy, s.DigestAt = []string{todo.ChannelEmail, todo.ChannelPush}, clock(-time.Hour)
		}
	}
	person := func(t *testing.T, path string, choice func(*todo.Settings)) (u *user, subscription string) {
		u = h.newUser(t)
		u.owes(calls.ListDueReply{Today: dueTasks(1, "One")})
		u.choose(choice)
		u.waitForSettings()
		return u, u.subscribe(service, path).ID
	}

	t.Run("by waiting for their end", func(t *testing.T) {
		t.Parallel()
		u, device := person(t, "held", quiet(-time.Hour, 2*time.Hour))
		u.late(2*time.Hour, 0, device)
		u.waitForNotices(2, `state = 'pending' AND attempts = 0 AND next_attempt_at = held_until AND held_until BETWEEN now() + interval '118 minutes' AND now() + interval '2 hours'`)
		u.choose(func(s *todo.Settings) { s.QuietHours = nil }) // which ends them
		u.waitForMail(1)
		u.wantMails(summary)
		if got := service.waitFor(t, "held", 1)[0].pushed.Title; got != summary {
			t.Errorf("shows %q", got)
		}
		u.waitForNotices(2, `state = 'sent'`)
	})

	t.Run("and does not come any more when its day is over by then", func(t *testing.T) {
		t.Parallel()
		u, device := person(t, "over", quiet(-2*time.Hour, -time.Hour))
		u.late(3*time.Hour, 1, device)
		u.waitForNotices(2, `state = 'failed' AND day < (now() AT TIME ZONE 'UTC')::date`)
		u.wantMails()
		service.waitFor(t, "over", 1)
		if got := service.titles(t, "over"); !slices.Equal(got, []string{lastTitle}) {
			t.Errorf("shows %q", got)
		}
	})

	t.Run("unless its person wants it in them", func(t *testing.T) {
		t.Parallel()
		u, device := person(t, "wanted", quiet(-time.Hour, 2*time.Hour))
		u.late(30*time.Minute, 0, device)
		u.waitForMail(1)
		if got := service.waitFor(t, "wanted", 1)[0].pushed.Title; got != summary {
			t.Errorf("shows %q", got)
		}
	})
}

func TestEachReplicaTellsOthers(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.startReplica(h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Replica: 1}))
	var all []*user
	for range 40 {
		u := h.newUser(t)
		u.owes(calls.ListDueReply{Today: dueTasks(1, "One")})
		u.choose(atMidnight(todo.ChannelEmail))
		all = append(all, u)
	}
	for _, u := range all {
		u.waitForSettings()
	}
	if _, err := h.db.Exec(t.Context(), `UPDATE notification.digests SET next_at = now(), day = (now() AT TIME ZONE zone)::date WHERE kind = 'digest'`); err != nil {
		t.Fatal(err)
	}
	for _, u := range all {
		u.waitForMail(1)
		u.addLast()
	}
	for _, u := range all {
		u.wantBeforeLast("1 task today")
	}
}

// planning plans lists of one person by a clock of its own, and tells of which days there was a notice.
type planning struct {
	t    *testing.T
	h    *harness
	user string
}

func (p planning) choose(now, zone, at string, by ...string) {
	p.t.Helper()
	settings := p.h.settingsOf(p.user)
	settings.Zone, settings.DigestAt, settings.DigestBy = zone, at, append([]string{}, by...)
	if err := newPeople(p.store()).chose(p.t.Context(), p.user, 0, settings, moment(now)); err != nil {
		p.t.Fatal(err)
	}
}

// at has the service look at a moment whose time has come, and returns the next one.
func (p planning) at(now string) (next string) {
	p.t.Helper()
	d := digester{db: p.store(), mail: true, now: func() time.Time { return moment(now) }, onIssued: func() {}}
	if _, err := d.issueOnce(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	var at time.Time
	if err := p.h.db.QueryRow(p.t.Context(), `SELECT next_at FROM notification.digests WHERE user_id = $1 AND kind = 'digest'`, p.user).Scan(&at); err != nil {
		p.t.Fatal(err)
	}
	return at.UTC().Format(time.RFC3339)
}

func (p planning) store() *store.DB {
	return store.Open(p.h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
}

func (p planning) days() []string {
	p.t.Helper()
	rows, err := p.h.db.Query(p.t.Context(), `SELECT day::text FROM notification.notices WHERE user_id = $1 ORDER BY asked_at`, p.user)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	days := []string{}
	for rows.Next() {
		var day string
		if err := rows.Scan(&day); err != nil {
			p.t.Fatal(err)
		}
		days = append(days, day)
	}
	return days
}

func TestWhenPeopleAreToldWhatIsDue(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stop()
	const berlin, email = "Europe/Berlin", todo.ChannelEmail
	for _, c := range []struct {
		name string
		do   func(p planning) (next string)
		next string
		days []string
	}{
		{"from the day on whose time is to come", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			return p.at("2026-12-01T06:59:59Z")
		}, "2026-12-01T07:00:00Z", []string{}},
		{"from the next one on, when that of today is over", func(p planning) string {
			p.choose("2026-12-01T07:00:00Z", berlin, "08:00", email)
			return p.at("2026-12-01T12:00:00Z")
		}, "2026-12-02T07:00:00Z", []string{}},
		{"each day once", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			for _, now := range []string{"2026-12-01T07:00:00Z", "2026-12-01T07:00:01Z", "2026-12-02T07:00:00Z", "2026-12-02T23:30:00Z"} {
				p.at(now)
			}
			return p.at("2026-12-03T07:00:05Z")
		}, "2026-12-04T07:00:00Z", []string{"2026-12-01", "2026-12-02", "2026-12-03"}},
		{"late on the same day, and never of days that are over", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			p.at("2026-12-01T22:59:59Z") // the last second of the day
			p.at("2026-12-04T06:00:00Z") // two days were missed, and that of today is to come
			return p.at("2026-12-05T20:00:00Z")
		}, "2026-12-06T07:00:00Z", []string{"2026-12-01", "2026-12-05"}},
		{"at the same clock time over both changes of clocks", func(p planning) string {
			p.choose("2026-03-28T06:00:00Z", berlin, "08:00", email)
			if next := p.at("2026-03-28T07:00:00Z"); next != "2026-03-29T06:00:00Z" {
				p.t.Errorf("in spring at %s", next)
			}
			p.choose("2026-10-24T05:00:00Z", berlin, "08:01", email)
			return p.at("2026-10-24T06:01:00Z")
		}, "2026-10-25T07:01:00Z", []string{"2026-03-28", "2026-10-24"}},
		{"once where the time is skipped, and once where it comes twice", func(p planning) string {
			p.choose("2026-03-28T22:00:00Z", berlin, "02:30", email)
			if next := p.at("2026-03-28T23:00:00Z"); next != "2026-03-29T01:30:00Z" {
				p.t.Errorf("skipped: at %s", next)
			}
			p.at("2026-03-29T01:30:00Z")
			p.choose("2026-10-24T22:00:00Z", berlin, "02:15", email)
			p.at("2026-10-25T00:15:00Z")
			return p.at("2026-10-25T01:15:00Z") // clocks read 02:15 again
		}, "2026-10-26T01:15:00Z", []string{"2026-03-29", "2026-10-25"}},
		{"never twice of a day when going west", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			p.at("2026-12-01T07:00:00Z")
			p.choose("2026-12-01T07:30:00Z", "America/New_York", "08:00", email)
			return p.at("2026-12-01T13:00:00Z")
		}, "2026-12-02T13:00:00Z", []string{"2026-12-01"}},
		{"never twice of a day when the time is put later", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			p.at("2026-12-01T07:00:00Z")
			p.choose("2026-12-01T08:00:00Z", berlin, "20:00", email)
			return p.at("2026-12-01T19:00:00Z")
		}, "2026-12-02T19:00:00Z", []string{"2026-12-01"}},
		{"never twice of a day when it is switched off and on", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			p.at("2026-12-01T07:00:00Z")
			p.choose("2026-12-01T08:00:00Z", berlin, "20:00")
			p.choose("2026-12-01T08:01:00Z", berlin, "20:00", email)
			return p.at("2026-12-01T19:00:00Z")
		}, "2026-12-02T19:00:00Z", []string{"2026-12-01"}},
		{"of no day twice and of each at all when going east over the date line", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", "Pacific/Honolulu", "08:00", email)
			p.at("2026-12-01T18:00:00Z")
			p.choose("2026-12-01T18:30:00Z", "Pacific/Auckland", "08:00", email) // it is the next day there
			return p.at("2026-12-01T19:00:00Z")
		}, "2026-12-02T19:00:00Z", []string{"2026-12-01", "2026-12-02"}},
		{"what is learned again changes nothing of what is late", func(p planning) string {
			p.choose("2026-12-01T06:00:00Z", berlin, "08:00", email)
			p.choose("2026-12-01T09:00:00Z", berlin, "08:00", email)
			return p.at("2026-12-01T09:00:01Z")
		}, "2026-12-02T07:00:00Z", []string{"2026-12-01"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planning{t, h, h.newUser(t).id}
			if next := c.do(p); next != c.next {
				t.Errorf("next at %s, want %s", next, c.next)
			}
			if diff := cmp.Diff(c.days, p.days()); diff != "" {
				t.Errorf("days (-want +got):\n%s", diff)
			}
		})
	}
}
