package notification

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// soon is far enough ahead for a job to be set and near enough to wait for.
func soon() time.Time { return time.Now().Add(3 * time.Second).Truncate(time.Millisecond) }

func TestReminders(t *testing.T) {
	t.Parallel()
	h := newHarness(t)

	t.Run("arrive by mail on time and tell each step", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		at := soon()
		u.add(u.task("Water plants", at))
		got := u.waitForMail(1)[0]
		if lateness := got.At.Sub(at); lateness < 0 || lateness > 5*time.Second {
			t.Errorf("the mail came %s after its time", lateness)
		}
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired, events.TypeReminderSent)
		u.wantMails("Water plants")
	})

	t.Run("are sent once when events and jobs come twice", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		change := u.change(events.TypeTaskCreated, u.task("Once", soon()))
		u.publish(change, change, change)
		alarm := u.alarms()[0]
		data, err := json.Marshal(alarm)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"twin-a-" + alarm.ID, "twin-b-" + alarm.ID} {
			if err := h.sidecar.Client.ScheduleJob(t.Context(), dapr.Job{Name: name, DueTime: alarm.At, Data: data}); err != nil {
				t.Fatal(err)
			}
		}
		u.waitForMail(1)
		u.publish(change)
		u.wantMails("Once")
	})

	t.Run("of a task done or deleted before stay silent", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		done, gone := u.add(u.task("Done", soon())), u.add(u.task("Gone", soon()))
		now := time.Now()
		done.CompletedAt = &now
		u.publish(u.change(events.TypeTaskCompleted, done), u.change(events.TypeTaskDeleted, gone))
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderScheduled, events.TypeReminderCancelled, events.TypeReminderCancelled)
		u.wantMails()
	})

	t.Run("come back with a reopened task", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		task := u.add(u.task("Again", time.Now().Add(4*time.Second)))
		now := time.Now()
		task.CompletedAt = &now
		u.publish(u.change(events.TypeTaskCompleted, task))
		task.CompletedAt = nil
		u.publish(u.change(events.TypeTaskReopened, task))
		u.waitForMail(1)
		u.wantMails("Again")
	})

	t.Run("follow the newest change, whatever comes after it", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		task := u.task("Old title", soon())
		older := u.change(events.TypeTaskCreated, task)
		task.Title = "New title"
		later := time.Now().Add(3 * time.Second)
		task.Reminders[0].At = &later
		u.publish(u.change(events.TypeTaskUpdated, task), older)
		if got := u.waitForMail(1)[0]; got.At.Before(later) {
			t.Errorf("the mail came at the old time")
		}
		u.wantMails("New title")
	})

	t.Run("that moved fire once, at the new time", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		task := u.add(u.task("Moved", soon()))
		u.waitArmed()
		later := time.Now().Add(4 * time.Second)
		task.Reminders[0].At = &later
		u.publish(u.change(events.TypeTaskUpdated, task))
		if got := u.waitForMail(1)[0]; got.At.Before(later) {
			t.Errorf("the mail came at the old time")
		}
		u.wantMails("Moved")
	})

	t.Run("whose time was past when they were set stay silent", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.add(u.task("Past", time.Now().Add(-time.Hour)))
		u.wantMails()
	})

	t.Run("refused for good end as failed and are not tried again", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		h.mailbox.Refuse(u.email, func() error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
		})
		u.add(u.task("Refused", soon()))
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired, events.TypeReminderFailed)
		h.mailbox.Accept(u.email)
		u.wantMails()
	})

	t.Run("refused for now are tried again", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		refusals := 0
		h.mailbox.Refuse(u.email, func() error {
			if refusals++; refusals <= 2 {
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}
			}
			return nil
		})
		u.add(u.task("Later", soon()))
		u.waitForMail(1)
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired, events.TypeReminderSent)
		u.wantMails("Later")
	})

	t.Run("whose job got lost are found by the sweep", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		at := time.Now().Add(4 * time.Second)
		u.add(u.task("Lost", at))
		u.waitArmed()
		job, err := jobOf(u.alarms()[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := h.sidecar.Client.DeleteJob(t.Context(), job.Name); err != nil {
			t.Fatal(err)
		}
		if lateness := u.waitForMail(1)[0].At.Sub(at); lateness > 5*time.Second {
			t.Errorf("the mail came %s after its time", lateness)
		}
		u.wantMails("Lost")
	})

	t.Run("waiting for the mail server are dropped when the task gets done", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		h.mailbox.Refuse(u.email, func() error { return errors.New("busy") })
		task := u.add(u.task("Done meanwhile", soon()))
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired)
		now := time.Now()
		task.CompletedAt = &now
		u.publish(u.change(events.TypeTaskCompleted, task))
		daprtest.Eventually(t, 30*time.Second, "the delivery is cancelled", func() bool {
			var state string
			row := h.db.QueryRow(t.Context(), `SELECT state FROM notification.deliveries WHERE user_id = $1`, u.id)
			return row.Scan(&state) == nil && state == "cancelled"
		})
		h.mailbox.Accept(u.email)
		u.wantMails()
	})
}

func TestOutages(t *testing.T) {
	t.Parallel()
	h := newHarness(t)

	t.Run("wait for the mail server and are sent once", func(t *testing.T) {
		u := h.newUser(t)
		h.mailbox.Close()
		u.add(u.task("Mail server down", soon()))
		u.waitForAttempt()
		h.mailbox.Open(t)
		u.waitForMail(1)
		u.wantMails("Mail server down")
	})

	t.Run("due while the service is down are sent when it is back", func(t *testing.T) {
		u := h.newUser(t)
		at := soon()
		u.add(u.task("Service down", at))
		u.waitArmed()
		h.stop()
		daprtest.Eventually(t, 10*time.Second, "the time has passed", func() bool { return time.Now().After(at.Add(time.Second)) })
		h.start()
		u.waitForMail(1)
		u.wantMails("Service down")
	})

	t.Run("of todo-api put mails off", func(t *testing.T) {
		u := h.newUser(t)
		u.add(u.task("todo-api down", soon()))
		u.waitArmed()
		h.todoAPI.Kill()
		u.waitForAttempt()
		h.todoAPI.Start(t)
		u.waitForMail(1)
		u.wantMails("todo-api down")
	})
}

func TestRemindersWithoutMailServer(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(h *harness) { h.cfg.SMTP = SMTPConfig{} })
	u := h.newUser(t)
	u.add(u.task("In the app", soon()))
	u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired)
	if got := u.mailbox.To(u.email); len(got) != 0 {
		t.Errorf("%d mails went out", len(got))
	}
}

func TestAChangeThatCannotBeHandledHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	poison := u.change(events.TypeTaskCreated, u.task("Poison", time.Now().Add(time.Hour)))
	poison.After = json.RawMessage(`{"title":"Poison","reminders":[{"id":"r","minutesBefore":5}]}`) // before no due date
	u.replace(poison)
	u.publish(poison)
	u.add(u.task("Sound", time.Now().Add(2*time.Second)))
	u.waitForMail(1)
	u.wantMails("Sound")
}

func TestWhatNoEventBroughtIsFound(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	at := time.Now().Add(2 * time.Second)
	lost := u.change(events.TypeTaskCreated, u.task("Lost before another", at))
	u.add(u.task("Follows", at)) // shows the gap
	u.waitForMail(2)
	u.change(events.TypeTaskCreated, u.task("Lost at last", time.Now()))
	mails := u.waitForMail(3)
	if lost.Seq != 1 || len(mails) != 3 {
		t.Errorf("got %+v", mails)
	}
}

func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.startReplica(h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Replica: 1}))
	const users, each = 20, 10
	at := time.Now().Add(10 * time.Second)
	var all []*user
	for range users {
		u := h.newUser(t)
		all = append(all, u)
		var changes []events.Change
		for range each {
			changes = append(changes, u.change(events.TypeTaskCreated, u.task("Together", at)))
		}
		u.publish(changes...)
	}
	for _, u := range all {
		for _, mail := range u.waitForMail(each) {
			if lateness := mail.At.Sub(at); lateness > 5*time.Second {
				t.Errorf("a mail came %s after its time", lateness)
			}
		}
		u.addLast()
	}
	for _, u := range all {
		u.wantBeforeLast(slices.Repeat([]string{"Together"}, each)...)
	}
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stop()
	_, err := h.db.Exec(t.Context(), `
		INSERT INTO notification.reminders (user_id, task_id, reminder_id, fire_at, title, state, updated_at)
		SELECT gen_random_uuid(), gen_random_uuid(), 'r', now() + interval '1 year', state, state, now() - age
		FROM unnest(ARRAY['scheduled', 'fired', 'cancelled']) state, unnest(ARRAY[interval '29 days', interval '31 days']) age;
		DELETE FROM notification.task_versions;
		INSERT INTO notification.task_versions SELECT user_id, task_id, 1, updated_at FROM notification.reminders`)
	if err != nil {
		t.Fatal(err)
	}
	h.start()
	count := func(statement string) (n int) {
		if err := h.db.QueryRow(t.Context(), statement).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	daprtest.Eventually(t, 30*time.Second, "old rows are gone", func() bool {
		return count(`SELECT count(*) FROM notification.task_versions`) == 4
	})
	if left := count(`SELECT count(*) FROM notification.reminders WHERE state = 'scheduled' OR updated_at > now() - interval '30 days'`); left != 4 {
		t.Errorf("%d of the 4 reminders that matter are left", left)
	}
	if left := count(`SELECT count(*) FROM notification.reminders`); left != 4 {
		t.Errorf("%d reminders are left, want 4", left)
	}
}

func TestDatabaseDown(t *testing.T) {
	h := newHarness(t)
	u := h.newUser(t)
	at := soon()
	u.add(u.task("Database down", at))
	u.waitArmed()
	h.env.Postgres().Kill(t)
	daprtest.Eventually(t, 10*time.Second, "the time has passed", func() bool { return time.Now().After(at.Add(time.Second)) })
	h.env.Postgres().Start(t)
	u.waitForMail(1)
	u.wantMails("Database down")
}

func TestSchedulerDown(t *testing.T) {
	h := newHarness(t)
	h.env.Scheduler().Kill(t)
	u := h.newUser(t)
	at := time.Now().Add(4 * time.Second)
	u.add(u.task("Scheduler down", at))
	u.alarms()
	if time.Now().After(at) {
		t.Error("the event waited for the scheduler")
	}
	if lateness := u.waitForMail(1)[0].At.Sub(at); lateness > 5*time.Second {
		t.Errorf("the mail came %s after its time", lateness)
	}
	u.wantMails("Scheduler down")
}

// A job may meet a sidecar that stops, or a scheduler that is away: soon after its time a reminder is
// looked for without it.
func TestAReminderIsLeftToItsJobForAMomentAlone(t *testing.T) {
	h := newHarness(t)
	h.stop()
	now := time.Now().UTC().Truncate(time.Millisecond)
	u := h.newUser(t)
	var looks []time.Duration
	f := &firer{
		reminders: reminderStore{store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))},
		now:       func() time.Time { return now }, metrics: newMetrics(prometheus.NewRegistry(), false), onFired: func() {},
		sweepIn: func(after time.Duration) { looks = append(looks, after) },
	}
	for _, due := range []time.Duration{time.Minute, 700 * time.Millisecond, 900 * time.Millisecond} {
		if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.reminders (user_id, task_id, reminder_id, fire_at, title, state, updated_at)
			VALUES ($1, gen_random_uuid(), 'r', $2, 'Soon', 'scheduled', now())`, u.id, now.Add(due)); err != nil {
			t.Fatal(err)
		}
	}
	sweep := func() {
		if _, err := f.sweepOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	now = now.Add(950 * time.Millisecond) // fires the two whose jobs did not ring
	sweep()
	if want := []time.Duration{700*time.Millisecond + jobPatience}; !slices.Equal(looks, want) {
		t.Errorf("looks again after %v, want %v", looks, want)
	}
}
