package notification

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/notification/speech"
)

var (
	// errUnverified marks a reminder to an address of which nobody has shown to read the mail.
	errUnverified = errors.New("the address is not verified")
	// errStopped marks a mail to an address that its server has refused again and again.
	errStopped = errors.New("the address was refused too often")
	// errNotNeeded marks a mail that nobody waits for any more.
	errNotNeeded = errors.New("the mail is not needed any more")
)

// writer writes the mails, with what todo-api knows of the user.
type writer struct {
	services calls.Invoker
	link     string // to the platform; empty when its address is not known
}

func newWriter(cfg Config, services calls.Invoker) writer {
	w := writer{services: services}
	if cfg.PublicURL != nil {
		w.link = cfg.PublicURL.String()
	}
	return w
}

func (w writer) reminder(ctx context.Context, d Delivery) (Mail, error) {
	contact, err := calls.GetContact.Call(ctx, w.services, calls.GetContactRequest{UserID: d.UserID, Link: &auth.ReminderLink{
		TaskID: d.TaskID, Ring: ringOf(d.ID, d.Version), Due: d.Due, Via: d.Channel,
	}})
	if err != nil {
		return Mail{}, fmt.Errorf("ask for the user's address: %w", err)
	}
	if contact.Unverified {
		return Mail{}, errUnverified
	}
	return Mail{
		ID: mailID(d), To: contact.Email, Locale: contact.Locale, Title: d.Title, Due: dueText(speech.To(contact.Locale), d.Due, contact.Zone), Link: w.link,
		Answers: w.answers(contact.LinkToken, contact.Locale), Unsubscribe: w.unsubscribe(contact.StopToken, contact.Locale),
	}, nil
}

// Answers are the links by which a reminder is answered.
type Answers struct{ Complete, TenMinutes, Hour, Tomorrow string }

// answers makes the links with a token, to a page in a locale; nil where there is none to make.
func (w writer) answers(token, locale string) *Answers {
	if token == "" || w.link == "" {
		return nil
	}
	to := func(answer string) string { return w.tokenLink("reminder", answer+"."+token, locale) }
	return &Answers{Complete: to("complete"), TenMinutes: to("tenMinutes"), Hour: to("hour"), Tomorrow: to("tomorrow")}
}

// Unsubscribe leads to where reminders by mail end: OneClick for mail programs, which do it by a POST
// (RFC 8058), and Page for people.
type Unsubscribe struct{ OneClick, Page string }

// unsubscribe makes the links with a token, to a page in a locale; nil where there is none to make.
func (w writer) unsubscribe(token, locale string) *Unsubscribe {
	if token == "" || w.link == "" {
		return nil
	}
	return &Unsubscribe{
		OneClick: strings.TrimSuffix(w.link, "/") + "/api/v1/reminder-links/unsubscribe?token=" + token,
		Page:     w.tokenLink("unsubscribe", token, locale),
	}
}

// ringOf names one ringing of the reminder that a row holds.
func ringOf(row string, version int) string { return fmt.Sprintf("%s.%d", row, version) }

// notice writes a mail that is not about one reminder: Title is its kind.
func (w writer) notice(ctx context.Context, d Delivery) (Mail, error) {
	kind := calls.NoticeKind(d.Title)
	switch kind {
	case noticeVerification:
		return w.verification(ctx, d)
	case digestOfDay, digestOverdue:
		return w.digest(ctx, d)
	}
	wanted, err := calls.IssueNotice.Call(ctx, w.services, calls.IssueNoticeRequest{UserID: d.UserID, Kind: kind})
	if err != nil {
		return Mail{}, fmt.Errorf("ask for what the mail needs: %w", err)
	}
	if !wanted.Needed {
		return Mail{}, errNotNeeded
	}
	mail := Mail{Kind: mailKind(kind), ID: mailID(d), To: wanted.Email, Locale: wanted.Locale, Link: w.link, Other: wanted.Other}
	if to, ok := tokenLinks[kind]; ok {
		if w.link == "" {
			return Mail{}, errNotNeeded
		}
		mail.Link = w.tokenLink(to, wanted.Token, wanted.Locale)
	}
	return mail, nil
}

// tokenLinks say, for the kinds of mails whose link carries a token, where the page takes it.
var tokenLinks = map[calls.NoticeKind]string{
	calls.NoticePasswordReset: "reset-password",
	calls.NoticeEmailChange:   "verify-email",
}

// tokenLink leads to a place of the page with a token. It stands behind a # in the link: no
// server and no log sees it, and nobody who opens links ahead of people does anything by it,
// because the page asks them first. It asks in the language of the locale: who opens a link
// may be signed in nowhere.
func (w writer) tokenLink(to, token, locale string) string {
	link := strings.TrimSuffix(w.link, "/") + "/"
	if locale != "" { // a todo-api of the version before tells none
		link += "?locale=" + url.QueryEscape(locale)
	}
	return link + "#" + to + "=" + token
}

// verification writes the mail by which a person shows to read the mail of an address.
func (w writer) verification(ctx context.Context, d Delivery) (Mail, error) {
	wanted, err := calls.IssueVerification.Call(ctx, w.services, calls.IssueVerificationRequest{UserID: d.UserID})
	if err != nil {
		return Mail{}, fmt.Errorf("ask for what verifies the address: %w", err)
	}
	if !wanted.Needed || w.link == "" {
		return Mail{}, errNotNeeded
	}
	return Mail{
		Kind: mailKind(noticeVerification), ID: mailID(d), To: wanted.Email, Locale: wanted.Locale,
		Link: w.tokenLink("verify-email", wanted.Token, wanted.Locale),
	}, nil
}

// mailID is the same over all attempts to send a mail.
func mailID(d Delivery) string { return ringOf(d.ID, d.Version) }
