package notification

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// takeover is how soon what a killed replica had begun is done by another.
const takeover = 10 * time.Second

// What a replica that is killed leaves behind is the lease that it took: these tests take it in
// its place, and do no more.
func TestWhatAKilledReplicaBeganIsTakenOver(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))

	t.Run("an alarm that it had not set", func(t *testing.T) {
		u := h.newUser(t)
		h.stop()
		u.insertReminder("scheduled", time.Now().Add(time.Hour))
		now := time.Now()
		if _, err := (reminderStore{db}).claimUnarmed(t.Context(), now, now.Add(horizon), armLease, armBatch); err != nil {
			t.Fatal(err)
		}
		// The replica that was stopped may have asked for it with its last breath: it is lost with that one, too.
		var leased bool
		if err := h.db.QueryRow(t.Context(), `SELECT arming_until > now() FROM notification.reminders WHERE user_id = $1`, u.id).Scan(&leased); err != nil || !leased {
			t.Fatalf("leased: %t, %v", leased, err)
		}
		h.start()
		daprtest.Eventually(t, takeover, "the job is set", func() bool {
			var armed bool
			row := h.db.QueryRow(t.Context(), `SELECT armed_version = version FROM notification.reminders WHERE user_id = $1`, u.id)
			return row.Scan(&armed) == nil && armed
		})
	})

	t.Run("a mail that it had not sent", func(t *testing.T) {
		u := h.newUser(t)
		h.stop()
		reminder := u.insertReminder("fired", time.Now())
		if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.deliveries (reminder, version, channel, user_id, state, fired_at, next_attempt_at)
			VALUES ($1, 1, 'email', $2, 'pending', now(), now())`, reminder, u.id); err != nil {
			t.Fatal(err)
		}
		if _, err := reminderMails(db, 0).claim(t.Context(), mailLease, mailWidth); err != nil {
			t.Fatal(err)
		}
		// The replica that was stopped may have asked for it with its last breath: it is lost with that one, too.
		var attempts int
		if err := h.db.QueryRow(t.Context(), `SELECT attempts FROM notification.deliveries WHERE reminder = $1`, reminder).Scan(&attempts); err != nil || attempts != 1 {
			t.Fatalf("%d attempts have begun, %v", attempts, err)
		}
		h.start()
		daprtest.Eventually(t, takeover, "the mail arrives", func() bool { return len(u.mailbox.To(u.email)) == 1 })
	})
}

func TestAMailThatTakesLongIsSentOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u := h.newUser(t)
	release := make(chan struct{})
	h.mailbox.Refuse(u.email, func() error {
		<-release
		return nil
	})
	u.add(u.task("Slow", soon()))
	var first time.Time
	daprtest.Eventually(t, 30*time.Second, "the mail is under way", func() bool {
		row := h.db.QueryRow(t.Context(), `SELECT next_attempt_at FROM notification.deliveries WHERE user_id = $1 AND attempts = 1`, u.id)
		return row.Scan(&first) == nil
	})
	daprtest.Eventually(t, 30*time.Second, "its first lease is over", func() bool {
		var over bool
		return h.db.QueryRow(t.Context(), `SELECT now() > $1::timestamptz + interval '1 second'`, first).Scan(&over) == nil && over
	})
	close(release)
	u.waitForMail(1)
	u.wantMails("Slow")
	var attempts int
	row := h.db.QueryRow(t.Context(), `SELECT max(attempts) FROM notification.deliveries WHERE user_id = $1`, u.id)
	if err := row.Scan(&attempts); err != nil || attempts != 1 {
		t.Errorf("%d attempts, %v: want one", attempts, err)
	}
}

func TestALeaseThatIsLostEndsTheAttempt(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	db := store.Open(h.sidecar.Client, contract.DatabaseComponent(contract.Notification), contract.Schema(contract.Notification))
	p := &postman{deliveries: reminderMails(db, 0), now: time.Now}
	lost := make(chan struct{})
	// No row is at this attempt: another replica has taken the delivery over.
	d := Delivery{UserID: uuid.NewString(), ID: uuid.NewString(), Version: 1, Channel: "email", Attempt: 1}
	go p.keepLease(t.Context(), d, time.Now().Add(mailLease), func() { close(lost) })
	select {
	case <-lost:
	case <-time.After(mailLease):
		t.Error("the attempt goes on")
	}
}

// insertReminder adds a reminder of the user in a state, past all events, and returns its id.
func (u *user) insertReminder(state string, at time.Time) (id string) {
	u.t.Helper()
	row := u.db.QueryRow(u.t.Context(), `INSERT INTO notification.reminders (user_id, task_id, reminder_id, fire_at, title, state, updated_at)
		VALUES ($1, gen_random_uuid(), 'r', $2, 'Taken over', $3, now()) RETURNING id::text`, u.id, at, state)
	if err := row.Scan(&id); err != nil {
		u.t.Fatal(err)
	}
	return id
}
