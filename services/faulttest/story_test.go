package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	// attempt bounds one try of what is repeated until it goes well, and rest is the pause between two.
	attempt = 30 * time.Second
	rest    = 200 * time.Millisecond
	// notice is how long before it is due a reminder is set.
	notice = 3 * time.Second
	// pace is how long telling the story takes at least: people get no more than a number of mails an hour.
	pace = 8 * time.Second
)

// story is what one person does, who has a window open all the while.
type story struct {
	*platform
	name   string
	email  string
	c      *client.Client
	window *window
	told   int // how often
}

// begin signs a person up, who then verifies the address, has reminders pushed to a browser and opens a window.
func (p *platform) begin(t *testing.T, name string) *story {
	t.Helper()
	s := p.signUp(t, name)
	s.verify(t)
	s.subscribe(t)
	s.window = openWindow(t, p.children[contract.RealtimeSync], s.c.Grant.AccessToken)
	return s
}

func (p *platform) signUp(t *testing.T, name string) *story {
	t.Helper()
	person := p.people.Add(1)
	s := &story{platform: p, name: name, email: fmt.Sprintf("%d.%d@example.org", time.Now().UnixNano(), person)}
	address := "http://" + p.children[contract.TodoAPI].instance.PublicAddress
	from := fmt.Sprintf("2001:db8:0:%x::1", person)
	s.persist(t, "sign up", func(ctx context.Context) error {
		s.c = client.New(address, &http.Client{Timeout: attempt, Transport: behindProxy(from)})
		if s.c.SignUp(ctx, s.email, "correct horse battery", "Europe/Berlin") == nil {
			return nil
		}
		return s.c.Login(ctx, s.email, "correct horse battery") // it may have gone well without an answer
	})
	return s
}

// behindProxy has requests come from an address of their own: sign-ups from one are bounded.
type behindProxy string

func (from behindProxy) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("X-Forwarded-For", string(from))
	return http.DefaultTransport.RoundTrip(request)
}

// verify follows the link of the first mail.
func (s *story) verify(t *testing.T) {
	t.Helper()
	daprtest.Eventually(t, patience, s.name+": the mail comes that verifies the address", func() bool { return len(s.mailbox.To(s.email)) > 0 })
	_, text, _ := mailtest.Read(t, bytes.NewReader(s.mailbox.To(s.email)[0].Raw))
	_, rest, _ := strings.Cut(text, "#verify-email=")
	token, _, _ := strings.Cut(rest, "\n")
	s.persist(t, "verify the address", func(ctx context.Context) error { return s.c.VerifyEmail(ctx, token) })
}

// subscribe has reminders pushed to a browser, which the push service knows by the user's id.
func (s *story) subscribe(t *testing.T) {
	t.Helper()
	browser := s.pushes.Subscribe(t, s.user())
	draft := map[string]any{"endpoint": browser.Endpoint, "keys": map[string]string{"p256dh": browser.P256dh, "auth": browser.Auth}, "name": "Firefox"}
	s.persist(t, "have reminders pushed", func(ctx context.Context) error {
		return s.c.Do(ctx, http.MethodPost, "/push/subscriptions", draft, nil)
	})
}

func (s *story) user() string { return s.c.Grant.User.ID }

func (s *story) trace(app string) string { return filepath.Join(s.dir, s.user()+"."+app) }

// persist repeats something until it goes well, as people and programs do.
func (s *story) persist(t *testing.T, doing string, do func(context.Context) error) {
	t.Helper()
	var err error
	defer func() {
		if err != nil {
			t.Logf("%s: %s: %v", s.name, doing, err)
		}
	}()
	daprtest.Eventually(t, patience, s.name+": "+doing, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), attempt)
		defer cancel()
		if err = do(ctx); err != nil {
			time.Sleep(rest)
		}
		return err == nil
	})
}

// tellUntil tells the story again and again until it is over.
func (s *story) tellUntil(t *testing.T, over <-chan struct{}) {
	t.Helper()
	for {
		next := time.After(pace)
		s.tell(t)
		select {
		case <-over:
			return
		case <-next:
		}
	}
}

// tell adds a task that reminds soon and one that recurs, completes the latter and edits the former, and
// looks at both after the reminder is due.
func (s *story) tell(t *testing.T) {
	t.Helper()
	s.told++
	key := func(of string) client.Option { return client.IdempotencyKey(fmt.Sprintf("%s-%d", of, s.told)) }
	remind := time.Now().Add(notice)
	var reminding, recurring client.Task
	s.persist(t, "add a task with a reminder", func(ctx context.Context) (err error) {
		reminding, err = s.c.CreateTask(ctx, client.Draft{Title: s.reminding(s.told), Reminders: []client.Reminder{{At: &remind}}}, key("reminds"))
		return err
	})
	s.persist(t, "add a task that recurs", func(ctx context.Context) (err error) {
		recurring, err = s.c.CreateTask(ctx, client.Draft{Title: s.recurring(s.told), Due: &client.Due{Date: "2099-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}}, key("recurs"))
		return err
	})
	s.persist(t, "complete it", func(ctx context.Context) error {
		_, err := s.c.CompleteTask(ctx, recurring.ID, key("complete"))
		return err
	})
	s.persist(t, "edit the other", func(ctx context.Context) error {
		_, err := s.c.EditTask(ctx, reminding.ID, map[string]any{"notes": "edited"}, key("edit"))
		return err
	})
	time.Sleep(time.Until(remind))
	s.openTasks(t)
	s.verifyLog(t)
}

func (s *story) reminding(nth int) string { return fmt.Sprintf("Reminds %d", nth) }
func (s *story) recurring(nth int) string { return fmt.Sprintf("Recurs %d", nth) }

// counts says how many records of each type the audit log holds.
type counts map[string]int

// expected are the changes of an account that begins, and those of each telling, with those of the next
// occurrence and the steps of the reminder, which goes out by mail and push.
func expected(told int) counts {
	return counts{
		"account.created": 1, "account.verification_requested": 1, "account.verified": 1,
		"task.created": 3 * told, "task.completed": told, "task.updated": told,
		"reminder.scheduled": told, "reminder.fired": told, "reminder.sent": 2 * told,
	}
}

// covers says whether there are as many of each type as in other, or more.
func (c counts) covers(other counts) bool {
	for kind, n := range other {
		if c[kind] < n {
			return false
		}
	}
	return true
}

// check waits until all has come of the stories that has to, and demands that each is there once.
func (s *story) check(t *testing.T) {
	t.Helper()
	want := expected(s.told)
	var got counts
	s.persist(t, "the audit log holds all", func(ctx context.Context) (err error) {
		got, err = s.audited(ctx)
		if err == nil && !got.covers(want) {
			err = fmt.Errorf("it holds %v", got)
		}
		return err
	})
	if !maps.Equal(got, want) {
		t.Errorf("%s: the audit log holds %v, want %v", s.name, got, want)
	}
	s.verifyLog(t)
	open := s.openTasks(t)
	for nth := 1; nth <= s.told; nth++ {
		s.checkMails(t, s.reminding(nth))
		s.checkPushes(t, s.reminding(nth))
		for _, title := range []string{s.reminding(nth), s.recurring(nth)} {
			if open[title] != 1 {
				t.Errorf("%s: %d open tasks are called %q", s.name, open[title], title)
			}
		}
	}
	s.persist(t, "all changes come to the window", func(ctx context.Context) error {
		changes, err := s.c.Changes(ctx, 0, 1)
		if err == nil && s.window.last.Load() < changes.Head {
			err = fmt.Errorf("of %d, the last was %d", changes.Head, s.window.last.Load())
		}
		return err
	})
}

// checkMails waits for a reminder. A service that dies once the mail is out sends it again: by its
// Message-ID, mailboxes know it as the same.
func (s *story) checkMails(t *testing.T, title string) {
	t.Helper()
	ids := map[string]bool{}
	daprtest.Eventually(t, patience, s.name+": the reminder comes by mail", func() bool {
		for _, letter := range s.mailbox.To(s.email) {
			if letter.Title == title {
				ids[letter.MessageID] = true
			}
		}
		return len(ids) > 0
	})
	if len(ids) != 1 {
		t.Errorf("%s: there are %d mails of one reminder", s.name, len(ids))
	}
}

// checkPushes waits for a reminder at the browser. One that is pushed again takes the place of the one
// before: at the push service by its topic, and where it is shown by the id that makes its tag.
func (s *story) checkPushes(t *testing.T, title string) {
	t.Helper()
	places := map[string]bool{}
	daprtest.Eventually(t, patience, s.name+": the reminder is pushed", func() bool {
		for _, message := range s.pushes.Taken(s.user()) {
			var shown struct{ ReminderID, Title string }
			if err := json.Unmarshal(message.Body, &shown); err != nil {
				t.Errorf("%s: the browser read %q: %v", s.name, message.Body, err)
			}
			if shown.Title == title {
				places[message.Header.Get("Topic")+" "+shown.ReminderID] = true
			}
		}
		return len(places) > 0
	})
	if len(places) != 1 {
		t.Errorf("%s: one reminder is shown %d times", s.name, len(places))
	}
}

// openTasks counts the open tasks by their titles.
func (s *story) openTasks(t *testing.T) map[string]int {
	t.Helper()
	var titles map[string]int
	s.persist(t, "list the tasks", func(ctx context.Context) error {
		titles = map[string]int{}
		for cursor := ""; ; {
			page, err := s.c.ListTasks(ctx, "open", 100, cursor)
			for _, task := range page.Items {
				titles[task.Title]++
			}
			if cursor = page.Next; err != nil || cursor == "" {
				return err
			}
		}
	})
	return titles
}

// verifyLog demands that the audit log is sound.
func (s *story) verifyLog(t *testing.T) {
	t.Helper()
	var report chain.Report
	s.persist(t, "verify the log", func(ctx context.Context) error {
		export, err := s.c.ExportAudit(ctx, "ndjson")
		if err != nil {
			return err
		}
		defer func() { _ = export.Close() }() // it has been read
		_, report, err = chain.VerifyExport(export)
		return err
	})
	if !report.Sound() {
		t.Errorf("%s: the audit log is unsound: %v", s.name, report.Faults)
	}
}

// audited counts the records of the audit log, but for exports, which are repeated when they fail, and
// sign-ins, by which somebody goes on whose sign-up got no answer.
func (s *story) audited(ctx context.Context) (counts, error) {
	found := counts{}
	for after := int64(0); ; {
		entries, err := s.c.Audit(ctx, after, 100)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries.Items {
			var record struct {
				Type string `json:"type"`
			}
			if err := json.Unmarshal(entry.Record, &record); err != nil {
				return nil, err
			}
			if record.Type != "account.exported" && record.Type != "session.created" {
				found[record.Type]++
			}
		}
		if after = entries.Next; after == 0 {
			return found, nil
		}
	}
}
