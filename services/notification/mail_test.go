package notification

import (
	"bytes"
	"mime"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/mailtest"
)

func composed(t *testing.T, letter Mail) *bytes.Buffer {
	t.Helper()
	message, err := compose(letter, "TodoPlatform <todo@example.com>")
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := message.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return &raw
}

func TestMailAsItsReaderSeesIt(t *testing.T) {
	header, text, html := mailtest.Read(t, composed(t, Mail{
		ID: "abc.1", To: "ann@example.com", Title: "Blumen gießen",
		Due: "Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)", Link: "https://todo.example.com/",
		Answers: writer{link: "https://todo.example.com/"}.answers("ey.J0"),
	}))
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != "Reminder: Blumen gießen" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if got := header.Get("Message-ID"); got != "<abc.1@example.com>" {
		t.Errorf("Message-ID %s", got)
	}
	if got := header.Get("From"); got != `"TodoPlatform" <todo@example.com>` {
		t.Errorf("From %s", got)
	}
	if got := header.Get("To"); got != "<ann@example.com>" {
		t.Errorf("To %s", got)
	}
	const wantText = "Reminder: Blumen gießen\n\nDue: Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)\n\n" +
		"Complete it: https://todo.example.com/#reminder=complete.ey.J0\n\n" +
		"Remind me again\nin 10 minutes: https://todo.example.com/#reminder=tenMinutes.ey.J0\nin 1 hour: https://todo.example.com/#reminder=hour.ey.J0\n" +
		"tomorrow: https://todo.example.com/#reminder=tomorrow.ey.J0\n\nThese links are good for a week. They ask before they do anything.\n\n" +
		"Open your tasks: https://todo.example.com/\n"
	if strings.TrimSpace(text) != strings.TrimSpace(wantText) {
		t.Errorf("text part:\n%s", text)
	}
	for _, want := range []string{">Blumen gießen</h1>", "Due: Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)", `<a href="https://todo.example.com/">`,
		`<a href="https://todo.example.com/#reminder=complete.ey.J0">Complete it</a>`, `<a href="https://todo.example.com/#reminder=tomorrow.ey.J0">tomorrow</a>`} {
		if !strings.Contains(html, want) {
			t.Errorf("HTML part lacks %s:\n%s", want, html)
		}
	}
}

func TestTitlesCannotInjectHeadersOrMarkup(t *testing.T) {
	for _, title := range []string{
		"x\r\nBcc: eve@example.com",
		"x\nBcc: eve@example.com",
		"x\r\n\r\n<html>Bcc: eve@example.com",
		"x\u2028Bcc: eve@example.com",
		"x\x00\x1b[31mBcc: eve@example.com",
		"<script>alert(1)</script>",
		strings.Repeat("long ", 400),
	} {
		t.Run(title[:min(len(title), 20)], func(t *testing.T) {
			header, _, html := mailtest.Read(t, composed(t, Mail{ID: "abc.1", To: "ann@example.com", Title: title}))
			if header.Get("Bcc") != "" {
				t.Error("a Bcc header got in")
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
			if err != nil || strings.TrimSpace(subject) != strings.TrimSpace("Reminder: "+oneLine(title)) {
				t.Errorf("subject %q, %v", subject, err)
			}
			if strings.Contains(html, "<script") || strings.Contains(html, "<html>Bcc") {
				t.Errorf("markup got in:\n%s", html)
			}
		})
	}
}

func TestRecipientMustBeOneAddress(t *testing.T) {
	for _, to := range []string{"", "nobody", "ann@example.com\r\nBcc: eve@example.com", "ann@example.com, eve@example.com"} {
		if _, err := compose(Mail{ID: "abc.1", To: to, Title: "x"}, "todo@example.com"); err == nil {
			t.Errorf("%q was taken as an address", to)
		}
	}
}
