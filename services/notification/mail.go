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
)

//go:embed templates
var templateFiles embed.FS

var (
	textBody = texttemplate.Must(texttemplate.ParseFS(templateFiles, "templates/reminder.txt"))
	htmlBody = htmltemplate.Must(htmltemplate.ParseFS(templateFiles, "templates/reminder.html"))
)

// Mail is one reminder as its reader sees it.
type Mail struct {
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
}

// compose builds the message. Text from users reaches headers only as one line without
// control characters, and the HTML part only escaped.
func compose(m Mail, from string) (*mail.Msg, error) {
	m.Title = oneLine(m.Title)
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("reading the sender's address: %w", err)
	}
	message := mail.NewMsg()
	message.FromMailAddress(sender)
	if err := message.To(m.To); err != nil {
		return nil, fmt.Errorf("reading the recipient's address: %w", err)
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetDate()
	// RFC 3834 section 5: tells vacation responders not to answer.
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.Subject("Reminder: " + m.Title)
	if err := message.SetBodyTextTemplate(textBody, m); err != nil {
		return nil, fmt.Errorf("rendering the text part: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(htmlBody, m); err != nil {
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
