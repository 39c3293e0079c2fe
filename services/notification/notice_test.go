package notification

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
)

const verifySubject = "Verify your e-mail address"

func TestNothingIsKeptOfADeletedAccount(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	rows := func(u *user) (n, departed int) {
		if err := h.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM notification.reminders WHERE user_id = $1) + (SELECT count(*) FROM notification.deliveries WHERE user_id = $1)
			+ (SELECT count(*) FROM notification.task_versions WHERE user_id = $1) + (SELECT count(*) FROM notification.notices WHERE user_id = $1)
			+ (SELECT count(*) FROM notification.people WHERE user_id = $1) + (SELECT count(*) FROM notification.digests WHERE user_id = $1) + (SELECT count(*) FROM notification.rates WHERE user_id = $1) + (SELECT count(*) FROM notification.outbox WHERE user_id = $1)
			+ (SELECT count(*) FROM notification.webhooks WHERE user_id = $1) + (SELECT count(*) FROM notification.webhook_deliveries WHERE user_id = $1)
			+ (SELECT count(*) FROM notification.event_head WHERE user_id = $1), (SELECT count(*) FROM notification.departed WHERE user_id = $1)`, u.id).Scan(&n, &departed); err != nil {
			t.Fatal(err)
		}
		return n, departed
	}
	gone, missed, stays := h.newUser(t), h.newUser(t), h.newUser(t)
	var created []events.Change
	sink := newSink(t)
	for _, u := range []*user{gone, missed, stays} {
		u.publish(u.hook(sink.url(u.id), "*"))
		change := u.change(events.TypeTaskCreated, u.task("Later", time.Now().Add(time.Hour)))
		u.publish(change)
		created = append(created, change)
		u.waitArmed()
		u.publish(u.change(events.TypeTaskCreated, u.task("Soon", soon())))
		u.waitForMail(1)
		u.choose(atMidnight("email"))
		u.waitForSettings()
	}
	last := gone.changeAccount(events.TypeAccountDeleted, time.Now())
	gone.publish(last, last)
	missed.changeAccount(events.TypeAccountDeleted, time.Now()) // of which no event comes
	for _, u := range []*user{gone, missed} {
		daprtest.Eventually(t, 2*time.Minute, "all is erased", func() bool {
			n, departed := rows(u)
			return n == 0 && departed == 1
		})
	}
	// What comes late is passed over, also what comes from the feed.
	late := gone.change(events.TypeTaskCreated, gone.task("Too late", time.Now().Add(time.Hour)))
	gone.publish(created[0], late, last)
	missed.publish(created[1])
	stays.wantMails("Soon")
	for _, u := range []*user{gone, missed} {
		if n, departed := rows(u); n != 0 || departed != 1 {
			t.Errorf("%d rows, %d", n, departed)
		}
	}
	if n, departed := rows(stays); n == 0 || departed != 0 {
		t.Errorf("of somebody else: %d rows, %d", n, departed)
	}
}

func TestAddressesAreVerified(t *testing.T) {
	t.Parallel()
	h := newHarness(t)

	t.Run("by a mail with a link, once for each time that it is asked for", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.stray(true)
		first := u.askVerification(time.Now())
		u.publish(first, first)
		u.publish(first)
		mail := u.waitForMail(1)[0]
		_, text, html := mailtest.Read(t, strings.NewReader(string(mail.Raw)))
		link := "https://todo.example.com/?locale=en-GB#verify-email=token.of." + u.id
		if mail.Title != verifySubject || !strings.Contains(text, link) || !strings.Contains(html, `href="`+link+`"`) {
			t.Errorf("%s:\n%s\n%s", mail.Title, text, html)
		}
		u.publish(u.askVerification(time.Now()))
		u.waitForMail(2)
		u.stray(false)
		u.wantMails(verifySubject, verifySubject)
	})

	t.Run("and get no reminders before", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.stray(true)
		u.add(u.task("Not for strangers", soon()))
		u.waitForSteps(events.TypeReminderScheduled, events.TypeReminderFired, events.TypeReminderFailed)
		u.stray(false)
		u.wantMails()
	})

	t.Run("without a mail when that is not needed any more", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.publish(u.askVerification(time.Now().Add(-25*time.Hour)), u.askVerification(time.Now()))
		daprtest.Eventually(t, 30*time.Second, "the mail is given up", func() bool {
			var failed, all int
			row := h.db.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE state = 'failed'), count(*) FROM notification.notices WHERE user_id = $1`, u.id)
			return row.Scan(&failed, &all) == nil && failed == 1 && all == 1 // of the one that is not too old
		})
		u.wantMails()
	})

	t.Run("and a change of the password is told, once, to whoever reads there", func(t *testing.T) {
		t.Parallel()
		u, stray := h.newUser(t), h.newUser(t)
		stray.stray(true)
		change := u.changeAccount(events.TypePasswordChanged, time.Now())
		u.publish(change, change)
		stray.publish(stray.changeAccount(events.TypePasswordChanged, time.Now()))
		mail := u.waitForMail(1)[0]
		_, text, html := mailtest.Read(t, strings.NewReader(string(mail.Raw)))
		if mail.Title != "Your password was changed" || !strings.Contains(text, "If it was not you") || !strings.Contains(html, `href="https://todo.example.com/"`) {
			t.Errorf("%s:\n%s\n%s", mail.Title, text, html)
		}
		u.wantMails("Your password was changed")
		stray.stray(false)
		stray.wantMails()
	})

	t.Run("and a new password comes by a link", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.publish(u.changeAccount(events.TypePasswordResetRequested, time.Now()))
		_, text, html := mailtest.Read(t, strings.NewReader(string(u.waitForMail(1)[0].Raw)))
		link := "https://todo.example.com/?locale=en-GB#reset-password=token.of." + u.id
		if !strings.Contains(text, link) || !strings.Contains(html, `href="`+link+`"`) {
			t.Errorf("%s\n%s", text, html)
		}
		u.wantMails("Choose a new password")
	})

	t.Run("and a new one by its own mail, of which the old one is told", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		change := u.changeAccount(events.TypeEmailChangeRequested, time.Now())
		u.publish(change, change)
		_, text, html := mailtest.Read(t, strings.NewReader(string(u.mailbox.WaitFor(t, "new."+u.email, 1)[0].Raw)))
		link := "https://todo.example.com/?locale=en-GB#verify-email=token.of." + u.id
		if !strings.Contains(text, link) || !strings.Contains(html, `href="`+link+`"`) || strings.Contains(text, u.email) {
			t.Errorf("%s\n%s", text, html)
		}
		_, text, html = mailtest.Read(t, strings.NewReader(string(u.waitForMail(1)[0].Raw)))
		if !strings.Contains(text, "new."+u.email) || !strings.Contains(html, "new."+u.email) || strings.Contains(text+html, "token.of") {
			t.Errorf("%s\n%s", text, html)
		}
		u.publish(u.changeAccount(events.TypeEmailChanged, time.Now()))
		u.waitForMail(2)
		u.wantMails("Your e-mail address is about to change", "Your e-mail address was changed")
		if got := u.mailbox.Titles("new." + u.email); len(got) != 1 || got[0] != "Verify your new e-mail address" {
			t.Errorf("the new address got %q", got)
		}
	})

	t.Run("after the mail server was away", func(t *testing.T) {
		t.Parallel()
		u := h.newUser(t)
		u.stray(true)
		attempts := 0
		h.mailbox.Refuse(u.email, func() error {
			if attempts++; attempts == 1 {
				return errors.New("busy")
			}
			return nil
		})
		u.publish(u.askVerification(time.Now()))
		u.waitForMail(1)
		u.stray(false)
		u.wantMails(verifySubject)
	})
}
