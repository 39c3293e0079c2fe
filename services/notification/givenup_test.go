package notification

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
)

// givenUp are the messages of the user that were given up, as todo-api reads them, two a page.
func (u *user) givenUp() []calls.GivenUp {
	u.t.Helper()
	request := calls.ListGivenUpRequest{UserID: u.id, Limit: 2}
	var all []calls.GivenUp
	for {
		page, err := calls.ListGivenUp.Call(u.t.Context(), u.todoAPI.Client, request)
		if err != nil {
			u.t.Fatal(err)
		}
		all = append(all, page.Items...)
		if request.Before = page.Next; page.Next == "" {
			return all
		}
	}
}

func (u *user) waitForGivenUp(n int) []calls.GivenUp {
	u.t.Helper()
	daprtest.Eventually(u.t, 30*time.Second, "messages are given up", func() bool { return len(u.givenUp()) == n })
	return u.givenUp()
}

func (u *user) mailState() calls.MailState {
	u.t.Helper()
	state, err := calls.ReadMailState.Call(u.t.Context(), u.todoAPI.Client, calls.MailStateRequest{UserID: u.id})
	if err != nil {
		u.t.Fatal(err)
	}
	return state
}

func (u *user) remind(title string) {
	u.t.Helper()
	u.add(u.task(title, time.Now().Add(time.Second)))
}

func noSuchMailbox() error {
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
}

func TestAnAddressThatIsRefusedIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	u, other := h.newUser(t), h.newUser(t)
	attempts := 0
	h.mailbox.Refuse(u.email, func() error { attempts++; return noSuchMailbox() })
	for n := range 3 {
		u.remind("Refused")
		u.waitForGivenUp(n + 1)
	}
	state := u.mailState()
	if !state.Stopped || state.Refusals != 3 || state.Reason != "your mail server refused the address: 550 5.1.1" || state.Since == nil || !state.Since.Before(*state.LastAt) {
		t.Errorf("state %+v", state)
	}
	u.remind("Stopped")
	if got := u.waitForGivenUp(4)[0]; got.Title != "Stopped" || !strings.Contains(got.Error, "refused the address before") || attempts != 3 {
		t.Errorf("given up %+v after %d attempts at the server", got, attempts)
	}
	if got := other.mailState(); got.Refusals != 0 || got.Stopped {
		t.Errorf("somebody else has %+v", got)
	}
	other.wantMails()

	t.Run("until its person asks to try again", func(t *testing.T) {
		h.mailbox.Accept(u.email)
		if _, err := calls.RetryMail.Call(t.Context(), u.todoAPI.Client, calls.MailStateRequest{UserID: u.id}); err != nil {
			t.Fatal(err)
		}
		u.remind("Again")
		u.waitForMail(1)
		if got := u.mailState(); got.Stopped || got.Refusals != 0 {
			t.Errorf("state %+v", got)
		}
	})

	t.Run("or verifies an address", func(t *testing.T) {
		for _, kind := range []string{events.TypeAccountVerified, events.TypeEmailChanged} {
			u.exec(`INSERT INTO notification.mail_refusals VALUES ($1, 3, now(), now(), 'refused')`, u.id)
			u.publish(u.changeAccount(kind, time.Now()))
			daprtest.Eventually(t, 30*time.Second, "mail goes there again", func() bool { return !u.mailState().Stopped })
		}
	})

	t.Run("and is forgotten with the account", func(t *testing.T) {
		u.exec(`INSERT INTO notification.mail_refusals VALUES ($1, 3, now(), now(), 'refused')`, u.id)
		u.publish(u.changeAccount(events.TypeAccountDeleted, time.Now()))
		daprtest.Eventually(t, 30*time.Second, "it is erased", func() bool { return u.mailState().Refusals == 0 && len(u.givenUp()) == 0 })
	})
}

func TestWhatIsRefusedByTheMessageLeavesTheAddressAlone(t *testing.T) {
	t.Parallel()
	box := mailtest.New(t)
	for name, c := range map[string]struct {
		answer  error
		refused bool
	}{
		"no such mailbox": {noSuchMailbox(), true},
		"busy":            {&smtp.SMTPError{Code: 451, Message: "later"}, false},
		"wants a login":   {&smtp.SMTPError{Code: 530, Message: "log in first"}, false},
	} {
		box.Refuse("ann@example.com", func() error { return c.answer })
		err := mailerTo(t, box, TLSNone, "", nil).Send(t.Context(), Mail{ID: "abc.1", To: "ann@example.com", Title: "x"})
		if got := isAddressRefused(err); got != c.refused {
			t.Errorf("%s: the address is refused: %t, %v", name, got, err)
		}
	}
}

func TestMessagesThatWereGivenUp(t *testing.T) {
	t.Parallel()
	service := newPushService(t)
	h := newHarness(t, service.adjust)
	u, other := h.newUser(t), h.newUser(t)
	u.subscribe(service, "laptop")
	service.Answer("laptop", http.StatusBadRequest)
	h.mailbox.Refuse(u.email, noSuchMailbox)
	task := u.task("Lost", soon())
	u.add(task)
	all := u.waitForGivenUp(2)
	at := slices.IndexFunc(all, func(g calls.GivenUp) bool { return g.Channel == "email" })
	mail, push := all[at], all[1-at]
	if mail.Title != "Lost" || mail.TaskID != task.ID || mail.State != "failed" || mail.Attempts != 1 || mail.Error != "your mail server refused the address: 550 5.1.1" || mail.Device != "" {
		t.Errorf("mail %+v", mail)
	}
	if push.Channel != "push" || push.Device != "laptop" || !strings.Contains(push.Error, "the push service answered 400") || !push.At.Equal(mail.At) {
		t.Errorf("push %+v", push)
	}
	counts, err := calls.CountGivenUp.Call(t.Context(), h.todoAPI.Client, struct{}{})
	if err != nil || counts.Mails != 1 || counts.Pushes != 1 || counts.StoppedAddresses != 0 {
		t.Errorf("counts %+v, %v", counts, err)
	}

	replay := func(ctx context.Context, user, id string) (calls.GivenUp, error) {
		return calls.ReplayGivenUp.Call(ctx, h.todoAPI.Client, calls.ReplayGivenUpRequest{UserID: user, ID: id})
	}
	if got := other.givenUp(); len(got) != 0 {
		t.Errorf("somebody else reads %+v", got)
	}
	for user, id := range map[string]string{other.id: mail.ID, u.id: uuid.NewString()} {
		if _, err := replay(t.Context(), user, id); failure.KindOf(err) != failure.NotFound {
			t.Errorf("got %v", err)
		}
	}
	h.mailbox.Accept(u.email)
	for _, one := range all {
		if got, err := replay(t.Context(), u.id, one.ID); err != nil || got.State != "waiting" || got.Error != "" {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	u.waitForMail(1)
	service.waitFor(t, "laptop", 1)
	daprtest.Eventually(t, 30*time.Second, "none is left", func() bool { return len(u.givenUp()) == 0 })

	t.Run("of a reminder that was set anew are not sent again", func(t *testing.T) {
		h.mailbox.Refuse(u.email, noSuchMailbox)
		moved := u.task("Moved", soon())
		u.add(moved)
		id := u.waitForGivenUp(1)[0].ID
		later := time.Now().Add(time.Hour)
		moved.Reminders[0].At = &later
		u.publish(u.change(events.TypeTaskUpdated, moved))
		daprtest.Eventually(t, 30*time.Second, "it is set anew", func() bool {
			var version int
			return h.db.QueryRow(t.Context(), `SELECT version FROM notification.reminders WHERE task_id = $1`, moved.ID).Scan(&version) == nil && version == 2
		})
		if _, err := replay(t.Context(), u.id, id); failure.KindOf(err) != failure.Conflict {
			t.Errorf("got %v", err)
		}
	})
}
