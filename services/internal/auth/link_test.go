package auth_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestLinksOfReminders(t *testing.T) {
	now := time.Now()
	keys, others := newKeys(t), newKeys(t)
	want := auth.ReminderLink{UserID: "user", TaskID: "task", Ring: "row.1", Due: &todo.Due{Date: "2026-12-01", Time: "09:00"}, Via: "email"}
	token, err := keys.IssueReminderLink(want, now)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := others.IssueReminderLink(want, now)
	if err != nil {
		t.Fatal(err)
	}
	without, err := keys.IssueReminderLink(auth.ReminderLink{UserID: "user", Ring: "row.1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := keys.IssueEmailProof("user", "ann@example.com", now)
	if err != nil {
		t.Fatal(err)
	}
	access, _, err := keys.Issue("user", "session", now, auth.TokenLifetime)
	if err != nil {
		t.Fatal(err)
	}

	got, err := keys.VerifyReminderLink(token, now.Add(7*24*time.Hour-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, test := range map[string]struct {
		token string
		at    time.Time
		want  failure.Kind
	}{
		"a week later":             {token, now.Add(7*24*time.Hour + time.Minute), failure.Expired},
		"of other keys":            {foreign, now, failure.Invalid},
		"of no task":               {without, now, failure.Invalid},
		"a proof of an address":    {proof, now, failure.Invalid},
		"a proof, days later":      {proof, now.Add(48 * time.Hour), failure.Invalid},
		"an access token":          {access, now, failure.Invalid},
		"nothing":                  {"", now, failure.Invalid},
		"in another spelling":      {token[:40] + "\n" + token[40:], now, failure.Invalid},
		"with another claim":       {token[:60] + "A" + token[61:], now, failure.Invalid},
		"with another signature":   {token[:len(token)-8] + "AAAAAAAA", now, failure.Invalid},
		"altered and a week later": {token[:len(token)-8] + "AAAAAAAA", now.Add(8 * 24 * time.Hour), failure.Invalid},
	} {
		if _, err := keys.VerifyReminderLink(test.token, test.at); failure.KindOf(err) != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	if _, err := keys.Verify(token, now); failure.KindOf(err) != failure.Unauthenticated {
		t.Errorf("a link passes for an access token: %v", err)
	}
	if _, _, err := keys.VerifyEmailProof(token, now); failure.KindOf(err) != failure.Invalid {
		t.Errorf("a link passes for the proof of an address: %v", err)
	}
}

func TestLinksThatEndMails(t *testing.T) {
	now := time.Now()
	keys, others := newKeys(t), newKeys(t)
	token, err := keys.IssueMailStop("user", now)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := others.IssueMailStop("user", now)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := keys.IssueReminderLink(auth.ReminderLink{UserID: "user", TaskID: "task", Ring: "row.1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if user, err := keys.VerifyMailStop(token, now.Add(7*24*time.Hour-time.Second)); err != nil || user != "user" {
		t.Errorf("got %q, %v", user, err)
	}
	for name, test := range map[string]struct {
		token string
		at    time.Time
		want  failure.Kind
	}{
		"a week later":                   {token, now.Add(7*24*time.Hour + time.Minute), failure.Expired},
		"of other keys":                  {foreign, now, failure.Invalid},
		"a link that answers a reminder": {answer, now, failure.Invalid},
		"nothing":                        {"", now, failure.Invalid},
	} {
		if _, err := keys.VerifyMailStop(test.token, test.at); failure.KindOf(err) != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	if _, err := keys.VerifyReminderLink(token, now); failure.KindOf(err) != failure.Invalid {
		t.Errorf("it answers reminders: %v", err)
	}
	if _, err := keys.Verify(token, now); failure.KindOf(err) != failure.Unauthenticated {
		t.Errorf("it passes for an access token: %v", err)
	}
}
