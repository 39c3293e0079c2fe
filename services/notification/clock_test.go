package notification

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
)

// All that is due and leased goes by the clock of the database. For it to jump is the same as for all
// moments that the database holds to move the other way; the scheduler, whose clock stays, then rings
// too early or too late.
func (h *harness) jump(d time.Duration) {
	h.t.Helper()
	_, err := h.db.Exec(h.t.Context(), fmt.Sprintf(`
		DO $$
		DECLARE
		  t record;
		BEGIN
		  FOR t IN
		    SELECT table_name AS name, string_agg(format('%%1$I = %%1$I - interval ''%d seconds''', column_name), ', ') AS moves
		    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		    WHERE table_schema = 'notification' AND table_type = 'BASE TABLE' AND data_type = 'timestamp with time zone' AND is_generated = 'NEVER'
		    GROUP BY table_name
		  LOOP
		    EXECUTE format('UPDATE notification.%%I SET %%s', t.name, t.moves);
		  END LOOP;
		END $$`, int(d.Seconds())))
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestClocksThatJump(t *testing.T) {
	t.Parallel()
	t.Run("ahead: what is overtaken comes once and what was sent not again", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		u := h.newUser(t)
		u.add(u.task("Before", time.Now()))
		u.waitForMail(1)
		u.add(u.task("Overtaken", time.Now().Add(30*time.Minute)))
		u.add(u.task("Later", time.Now().Add(90*time.Minute)))
		u.waitForAlarms(3)
		h.jump(time.Hour)
		u.waitForMail(2)
		u.wantMails("Before", "Overtaken")
	})

	t.Run("back and ahead again: what waits comes at its time and once", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		u := h.newUser(t)
		u.add(u.task("Before", time.Now()))
		u.waitForMail(1)
		u.add(u.task("Put off", soon()))
		u.waitForAlarms(2)
		h.jump(-time.Hour)
		other := h.newUser(t)
		other.add(other.task("Now", time.Now().Add(5*time.Second))) // after the job of the one put off
		other.waitForMail(1)
		if got := u.mailbox.Titles(u.email); !slices.Equal(got, []string{"Before"}) {
			t.Errorf("mails %q", got)
		}
		h.jump(time.Hour)
		u.waitForMail(2)
		u.wantMails("Before", "Put off")
	})
}

// waitForAlarms waits until the service knows n reminders of the user.
func (u *user) waitForAlarms(n int) {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "the reminders are stored", func() bool { return len(u.query()) == n })
}
