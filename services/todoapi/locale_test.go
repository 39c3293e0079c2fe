package todoapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/reminder"
)

// signUp is what a page sends of somebody new.
type signUp struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Zone     string `json:"zone"`
	Locale   string `json:"locale,omitempty"`
}

// Whatever reaches a person out of the page knows how they want to be spoken to, from the first mail on.
func TestMessagesKnowTheLocaleOfTheirReader(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.VerifyEmail = true })
	notification := h.invoker(t, contract.Notification)
	for given, want := range map[string]string{"": "en", "de-at": "de-AT", "fr-CA-u-hc-h12": "fr-CA-u-hc-h12"} {
		t.Run(want, func(t *testing.T) {
			c := h.guest()
			if err := c.Do(t.Context(), http.MethodPost, "/auth/sign-up", signUp{h.newEmail(), password, "Europe/Berlin", given}, &c.Grant); err != nil {
				t.Fatal(err)
			}
			id := c.Grant.User.ID
			verification, err := calls.IssueVerification.Call(t.Context(), notification, calls.IssueVerificationRequest{UserID: id})
			if err != nil || verification.Locale != want {
				t.Errorf("verification: %+v, %v", verification, err)
			}
			if err := c.VerifyEmail(t.Context(), verification.Token); err != nil {
				t.Fatal(err)
			}
			h.exec(t, `UPDATE todo.account SET reset_asked_at = now(), new_email = 'new.' || email, new_email_asked_at = now() WHERE id = $1`, id)
			h.exec(t, `INSERT INTO todo.former_email (user_id, email, changed_at) SELECT id, 'old.' || email, now() FROM todo.account WHERE id = $1`, id)
			for _, kind := range []calls.NoticeKind{calls.NoticePasswordChanged, calls.NoticePasswordReset, calls.NoticeEmailChange, calls.NoticeEmailChangeAsked, calls.NoticeEmailChanged} {
				notice, err := calls.IssueNotice.Call(t.Context(), notification, calls.IssueNoticeRequest{UserID: id, Kind: kind})
				if err != nil || !notice.Needed || notice.Locale != want {
					t.Errorf("%s: %+v, %v", kind, notice, err)
				}
			}
			contact, err := calls.GetContact.Call(t.Context(), notification, calls.GetContactRequest{UserID: id})
			if err != nil || contact.Locale != want {
				t.Errorf("contact: %+v, %v", contact, err)
			}
			at := time.Now().Add(time.Hour)
			task := newTask(t, c, client.Draft{Title: "Water plants", Reminders: []client.Reminder{{At: &at}}})
			var told reminder.Told
			link := linkBody{linkTo(t, notification, c, task, "email"), reminder.Hour}
			if err := h.guest().Do(t.Context(), http.MethodPost, "/reminder-links/read", link, &told); err != nil || told.Locale != want {
				t.Errorf("the page behind a link is told %+v, %v", told, err)
			}
		})
	}
	err := h.guest().Do(t.Context(), http.MethodPost, "/auth/sign-up", signUp{h.newEmail(), password, "Europe/Berlin", "in plain words"}, nil)
	wantStatus(t, err, http.StatusUnprocessableEntity)
}
