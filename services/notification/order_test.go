package notification

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

// Reminders of one person that are due one right after the other ring at the same time, at two replicas
// and beside the sweep.
func TestNoReminderIsOvertakenByALaterOneOfThePerson(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(h *harness) { h.cfg.SMTP = SMTPConfig{} })
	h.startReplica(h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Replica: 1}))
	const people, each = 3, 200
	first := time.Now().Add(5 * time.Second) // time enough to set their alarms
	if _, err := h.db.Exec(t.Context(), `INSERT INTO notification.reminders (user_id, task_id, reminder_id, fire_at, title, state, updated_at)
		SELECT md5(person::text)::uuid, gen_random_uuid(), n::text, $1::timestamptz + n * interval '2 milliseconds', 'Many', 'scheduled', now()
		FROM generate_series(1, $2::integer) person, generate_series(1, $3::integer) n`, first, people, each); err != nil {
		t.Fatal(err)
	}
	var told []toldReminder
	daprtest.Eventually(t, time.Minute, "all are told", func() bool {
		told = toldReminders(t, h)
		return len(told) >= people*each
	})
	for user, own := range ofEach(told) {
		if most := overtaken(own); most > 0 || len(own) != each {
			t.Errorf("of %s, %d are told, and one is overtaken by one that is due %s later", user, len(own), most)
		}
	}
}

type toldReminder struct {
	user      string
	due, told time.Time
}

// toldReminders are the reminders on the page's topic, those of each person in their order.
func toldReminders(t testing.TB, h *harness) []toldReminder {
	t.Helper()
	var told []toldReminder
	for _, record := range h.env.Records(t, contract.TopicReminders) {
		event, err := events.Decode(record.Value)
		if err != nil {
			t.Fatal(err)
		}
		var about struct {
			Title string    `json:"title"`
			At    time.Time `json:"at"`
		}
		if err := json.Unmarshal(event.Data, &about); err != nil {
			t.Fatal(err)
		}
		if event.Type == events.TypeReminderFired && about.Title == "Many" {
			told = append(told, toldReminder{event.UserID, about.At, record.Time})
		}
	}
	return told
}

func ofEach(told []toldReminder) map[string][]toldReminder {
	own := map[string][]toldReminder{}
	for _, one := range told {
		own[one.user] = append(own[one.user], one)
	}
	return own
}

// overtaken is by how much the one that was told after a later one was due before that.
func overtaken(told []toldReminder) (most time.Duration) {
	var latest time.Time
	for _, one := range told {
		most = max(most, latest.Sub(one.due))
		if one.due.After(latest) {
			latest = one.due
		}
	}
	return most
}
