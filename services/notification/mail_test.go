package notification

import (
	"bytes"
	"fmt"
	"mime"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/speech"
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
	header, _, _ := mailtest.Read(t, composed(t, Mail{ID: "abc.1", To: "ann@example.com", Locale: "de-AT", Title: "Blumen gießen"}))
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != "Erinnerung: Blumen gießen" {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<abc.1@example.com>", "From": `"TodoPlatform" <todo@example.com>`, "To": "<ann@example.com>", "Content-Language": "de",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s %s, want %s", name, got, want)
		}
	}
}

// Every mail in every language, as its reader sees it.
func TestMailsInEveryLanguage(t *testing.T) {
	w := writer{link: "https://todo.example.com/"}
	for _, locale := range []string{"en-US", "de-AT", "fr-CA"} {
		var got strings.Builder
		to := speech.To(locale)
		due := dueText(to, &todo.Due{Date: "2026-12-01", Time: "17:30"}, "Europe/Berlin")
		footed := Mail{Link: w.link, Unsubscribe: w.unsubscribe("ey.J1", locale)}
		reminder, list := footed, footed
		reminder.Title, reminder.Due, reminder.Answers = "<Blumen> & Bäume gießen", due, w.answers("ey.J0", locale)
		list.Kind = digestMail
		overdue := calls.DueTasks{Total: 22, Tasks: []calls.DueTask{{Title: "Donaudampfschifffahrtsgesellschaftskapitänswitwe anrufen", Due: todo.Due{Date: "2026-11-30"}}, {Title: "תה", Due: todo.Due{Date: "2026-11-30", Time: "08:00"}}}}
		today := calls.DueTasks{Total: 1, Tasks: []calls.DueTask{{Title: "Tax", Due: todo.Due{Date: "2026-12-01"}}}}
		list.Title = dueSummary(to, calls.ListDueReply{Overdue: overdue, Today: today})
		list.Lists = []taskList{listOf(to, "list.overdue", overdue, "Europe/Berlin"), listOf(to, "list.today", today, "Europe/Berlin")}
		mails := []Mail{reminder, list}
		for _, kind := range noticeKinds() {
			mails = append(mails, Mail{Kind: mailKind(kind), Link: w.tokenLink("verify-email", "ey.J2", locale), Other: "new@example.com"})
		}
		for _, one := range mails {
			one.ID, one.To, one.Locale = "abc.1", "ann@example.com", locale
			header, text, html := mailtest.Read(t, composed(t, one))
			subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "Subject: %s\n\n%s\n%s\n", subject, text, html)
		}
		golden := "testdata/mails." + to.Lang() + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("mails differ from %s: if that is intended, run go test -run EveryLanguage -update (-want +got):\n%s", golden, diff)
		}
	}
}

// noticeKinds are the kinds of mails about accounts.
func noticeKinds() []calls.NoticeKind {
	var kinds []calls.NoticeKind
	for _, asked := range noticesOf {
		kinds = append(kinds, asked...)
	}
	slices.Sort(kinds)
	return kinds
}

func TestAMailOfNoKindIsNotSent(t *testing.T) {
	if _, err := compose(Mail{ID: "abc.1", To: "ann@example.com", Kind: "surprise"}, "todo@example.com"); err == nil {
		t.Error("it was composed")
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
