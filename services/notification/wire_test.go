package notification

import (
	"bytes"
	"flag"
	"net/mail"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/mailtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What differs from mail to mail.
var (
	dateLine     = regexp.MustCompile(`(?m)^Date: .*\r$`)
	boundaryLine = regexp.MustCompile(`boundary=([0-9a-f]+)`)
)

// A reminder, byte for byte as a mail server takes it.
func TestAReminderOnTheWire(t *testing.T) {
	box := mailtest.New(t)
	w := writer{link: "https://todo.example.com/"}
	letter := Mail{
		ID: "0190d3f0.1", To: "ann@example.com", Locale: "en-GB", Title: "Grüße an Zoë & <Bob>: die Unterlagen für die Steuererklärung zusammensuchen und abschicken",
		Due: "Tuesday, 1 December 2026 at 09:00 (Europe/Berlin)", Link: "https://todo.example.com/",
		Answers: w.answers("ey.J0", "en-GB"), Unsubscribe: w.unsubscribe("ey.J1", "en-GB"),
	}
	began := time.Now().Truncate(time.Second)
	for range 2 { // the second attempt is the same mail
		if err := mailerTo(t, box, TLSNone, "", nil).Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	for _, sent := range box.To("ann@example.com") {
		message, err := mail.ReadMessage(bytes.NewReader(sent.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if date, err := message.Header.Date(); err != nil || date.Before(began) || date.After(time.Now()) {
			t.Errorf("Date %s, %v", date, err)
		}
		boundary := boundaryLine.FindSubmatch(sent.Raw)
		if boundary == nil {
			t.Fatalf("no boundary in\n%s", sent.Raw)
		}
		got := strings.ReplaceAll(dateLine.ReplaceAllString(string(sent.Raw), "Date: DATE\r"), string(boundary[1]), "BOUNDARY")
		const golden = "testdata/reminder.eml"
		if *update {
			if err := os.WriteFile(golden, []byte(strings.ReplaceAll(got, "\r\n", "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.ReplaceAll(string(want), "\n", "\r\n") {
			t.Errorf("the mail differs from %s: if that is intended, run go test -run OnTheWire -update\n%s", golden, got)
		}
	}
}

// RFC 5322 section 2.1.1 and RFC 2047 section 2: but for what cannot be broken, such as addresses.
func TestLinesOfMailsAreShort(t *testing.T) {
	w := writer{link: "https://todo.example.com/"}
	token := strings.Repeat("0123456789", 60)
	for _, title := range []string{"x", strings.Repeat("ä", 500), strings.Repeat("long ", 100), strings.Repeat("😀 ", 250), strings.Repeat("x", 500)} {
		raw := composed(t, Mail{ID: strings.Repeat("0", 36) + ".1", To: "ann@example.com", Title: title, Link: w.link, Answers: w.answers(token, "en-GB"), Unsubscribe: w.unsubscribe(token, "en-GB")}).String()
		for line := range strings.SplitSeq(raw, "\r\n") {
			most := 78
			if strings.HasPrefix(line, "List-Unsubscribe:") || !strings.Contains(strings.TrimSpace(line), " ") {
				most = 998
			}
			if len(line) > most {
				t.Errorf("%q is %d bytes long", line, len(line))
			}
			for word := range strings.FieldsSeq(line) {
				if strings.HasPrefix(word, "=?") && len(word) > 75 {
					t.Errorf("the encoded word %s is %d characters long", word, len(word))
				}
			}
		}
	}
}

func TestMailsAboutAccountsCannotBeUnsubscribed(t *testing.T) {
	for _, kind := range noticeKinds() {
		header, _, _ := mailtest.Read(t, composed(t, Mail{ID: "abc.1", To: "ann@example.com", Kind: mailKind(kind)}))
		if header.Get("List-Unsubscribe") != "" || header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%s: %v", kind, header)
		}
	}
}
