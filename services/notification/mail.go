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

	"github.com/todoplatform/todoplatform/services/notification/speech"
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

// Mail is one mail as its reader sees it.
type Mail struct {
	Kind mailKind
	// ID stays the same over all attempts. It is the left side of the Message-ID (RFC 5322
	// section 3.6.4), by which a mail server can recognise a message that it took before,
	// though its answer got lost.
	ID string
	To string
	// Locale is how its reader wants to be spoken to (BCP 47).
	Locale string
	Title  string
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

// spokenMail is a mail with who speaks to its reader: what the templates take.
type spokenMail struct {
	Mail
	speech.Speaker
}

// Subject is what the mail is about, in a line.
func (l spokenMail) Subject() string {
	switch l.Kind {
	case reminderMail:
		return l.Say("reminder.subject", "title", l.Title)
	case digestMail:
		return l.Title
	}
	return l.Text("subject")
}

// Text says a part of a notice.
func (l spokenMail) Text(part string) string {
	return l.Say(string(l.Kind)+"."+part, "other", l.Other)
}

// LinkTo says in a line of text where a link leads that HTML would show as a message.
func (l spokenMail) LinkTo(message, link string) string {
	return l.Say("line.link", "label", l.Say(message), "link", link)
}

// template is the name of that of its bodies.
func (l spokenMail) template() (string, error) {
	switch {
	case l.Kind == reminderMail:
		return "reminder", nil
	case l.Kind == digestMail:
		return "due", nil
	case !l.Knows(string(l.Kind) + ".subject"):
		return "", fmt.Errorf("there is no mail of kind %q", l.Kind)
	}
	return "notice", nil
}

// compose builds the message. Text from users reaches headers only as one line without
// control characters, and the HTML part only escaped.
func compose(m Mail, from string) (*mail.Msg, error) {
	m.Title = oneLine(m.Title)
	l := spokenMail{m, speech.To(m.Locale)}
	template, err := l.template()
	if err != nil {
		return nil, err
	}
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
	message.SetGenHeader("Content-Language", l.Lang())
	if m.Unsubscribe != nil {
		message.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.Unsubscribe.OneClick+">") // an address cannot be broken
		message.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	message.Subject(l.Subject())
	if err := message.SetBodyTextTemplate(textBodies.Lookup(template+".txt"), l); err != nil {
		return nil, fmt.Errorf("rendering the text part: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(htmlBodies.Lookup(template+".html"), l); err != nil {
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
