package notification

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	netmail "net/mail"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/todoplatform/todoplatform/services/internal/calls"
)

//go:embed templates
var templateFiles embed.FS

var (
	textBodies = texttemplate.Must(texttemplate.ParseFS(templateFiles, "templates/*.txt"))
	htmlBodies = htmltemplate.Must(htmltemplate.ParseFS(templateFiles, "templates/*.html"))
)

// mailKind says what a mail is about: a notice by its kind, or a reminder.
type mailKind string

const (
	reminderMail mailKind = ""
	digestMail   mailKind = "due" // a list of what is due
)

// letters say for each kind of notice its subject and the name of its templates.
var letters = map[mailKind]struct{ subject, template string }{
	mailKind(noticeVerification):           {"Verify your e-mail address", "verification"},
	mailKind(calls.NoticePasswordChanged):  {"Your password was changed", "password-changed"},
	mailKind(calls.NoticePasswordReset):    {"Choose a new password", "password-reset"},
	mailKind(calls.NoticeEmailChange):      {"Verify your new e-mail address", "email-change"},
	mailKind(calls.NoticeEmailChangeAsked): {"Your e-mail address is about to change", "email-change-asked"},
	mailKind(calls.NoticeEmailChanged):     {"Your e-mail address was changed", "email-changed"},
}

// Mail is one mail as its reader sees it.
type Mail struct {
	Kind mailKind
	// ID stays the same over all attempts. It is the left side of the Message-ID (RFC 5322
	// section 3.6.4), by which a mail server can recognise a message that it took before,
	// though its answer got lost.
	ID    string
	To    string
	Title string
	// Due is the due date in the reader's words and zone; empty when the task has none.
	Due string
	// Link leads to the platform; empty when its public address is not known.
	Link string
	// Lists are the tasks that a list of what is due names.
	Lists []taskList
	// Answers lead to what can be done about a reminder; nil when nothing can from the mail.
	Answers *Answers
	// Unsubscribe leads to where such mails end; nil for those that are not sent again and again.
	Unsubscribe *Unsubscribe
	// Other is an address that a notice tells of.
	Other string
}

// compose builds the message. Text from users reaches headers only as one line without
// control characters, and the HTML part only escaped.
func compose(m Mail, from string) (*mail.Msg, error) {
	m.Title = oneLine(m.Title)
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("reading the sender's address: %w", err)
	}
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	message.FromMailAddress(sender)
	if err := message.To(m.To); err != nil {
		return nil, fmt.Errorf("reading the recipient's address: %w", err)
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetDate()
	// RFC 3834 section 5: tells vacation responders not to answer.
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != nil {
		message.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.Unsubscribe.OneClick+">") // an address cannot be broken
		message.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	form, ok := letters[m.Kind]
	switch {
	case m.Kind == reminderMail:
		form.subject, form.template = "Reminder: "+m.Title, "reminder"
	case m.Kind == digestMail:
		form.subject, form.template = m.Title, "due"
	case !ok:
		return nil, fmt.Errorf("there is no mail of kind %q", m.Kind)
	}
	message.Subject(form.subject)
	if err := message.SetBodyTextTemplate(textBodies.Lookup(form.template+".txt"), m); err != nil {
		return nil, fmt.Errorf("rendering the text part: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(htmlBodies.Lookup(form.template+".html"), m); err != nil {
		return nil, fmt.Errorf("rendering the HTML part: %w", err)
	}
	return message, nil
}

// oneLine turns every run of white space and control characters into one space.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}
