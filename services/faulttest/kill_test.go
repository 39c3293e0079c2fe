// Package faulttest kills services between any two of their steps.
//
// Each service runs as a process of its own, of which every call to its sidecar is a point at which it
// can be killed. First a story is told with nobody killed, which shows the points. Then it is told once
// for each point of each service, with a kill there, and for pairs of points, with a kill at the one and
// of the process that follows at the other; the services take their turns at the same time, so that they
// die while others do. After every story all that had to come of it is there, once.
package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// attempt bounds one try of what is repeated until it goes well.
const attempt = 30 * time.Second

// apps are the services that write something.
var apps = []string{contract.TodoAPI, contract.RecurringTask, contract.Notification, contract.Audit}

func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	p := startPlatform(t)
	found := p.findPoints(t)
	var told, killed atomic.Int64
	t.Run("kill", func(t *testing.T) {
		for _, app := range apps {
			t.Run(app, func(t *testing.T) {
				t.Parallel()
				for _, at := range deaths(found[app], pairs(t)) {
					told.Add(1)
					kills := p.kill(t, app, at)
					killed.Add(int64(kills))
					if kills < len(at) {
						t.Logf("%s: %d kills", strings.Join(at, ", then "), kills)
					}
				}
			})
		}
	})
	t.Logf("%d stories, %d kills", told.Load(), killed.Load())
	p.env.WantNoDeadLetters(t)
}

// pairs is how many pairs of points of each service are tried: one, or what TODOPLATFORM_FAULT_PAIRS says.
func pairs(t *testing.T) int { return intFromEnv(t, "TODOPLATFORM_FAULT_PAIRS", 1) }

// deaths lists at which points one process after the other is to die: at each alone, and at some pairs,
// drawn at random, of all that there are.
func deaths(points []string, pairs int) [][]string {
	var single, double [][]string
	for _, first := range points {
		single = append(single, []string{first})
		for _, second := range points {
			double = append(double, []string{first, second})
		}
	}
	rand.Shuffle(len(double), func(i, j int) { double[i], double[j] = double[j], double[i] })
	return append(single, double[:min(pairs, len(double))]...)
}

// kill tells the story with kills of one service at some points, and says at how many it came to them.
func (p *platform) kill(t *testing.T, app string, at []string) int {
	t.Helper()
	s := p.begin(t, app+" "+strings.Join(at, ", then "))
	p.children[app].arm(t, fault{user: s.user(), at: at, trace: s.trace(app)})
	began := p.children[app].startsSince(0)
	s.tell(t)
	s.check(t)
	return p.children[app].startsSince(began)
}

// platform is the services that share events, each a process of its own.
type platform struct {
	env      *daprtest.Env
	db       *pgxpool.Pool
	mailbox  *mailtest.Box
	dir      string
	children map[string]*child
	people   atomic.Uint32
}

func startPlatform(t *testing.T) *platform {
	t.Helper()
	env := daprtest.New(t)
	db := env.Database(t, todoapi.Schema(), notification.Schema(), audit.Schema())
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(keys)})
	p := &platform{env: env, db: db, mailbox: mailtest.New(t), dir: t.TempDir(), children: map[string]*child{}}
	runs := map[string]daprtest.Run{}
	for _, app := range apps {
		c := &child{app: app, dir: p.dir, mail: p.mailbox.Address}
		p.children[app], runs[app] = c, c.run
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the log of %s ends with:\n%s", app, c.tail())
			}
		})
	}
	env.Platform(t, runs)
	return p
}

// findPoints tells the story with nobody killed, and returns the points that each service passed.
func (p *platform) findPoints(t *testing.T) map[string][]string {
	t.Helper()
	s := p.begin(t, "the story undisturbed")
	for _, app := range apps {
		p.children[app].arm(t, fault{user: s.user(), trace: s.trace(app)})
	}
	s.tell(t)
	s.check(t)
	found := map[string][]string{}
	for _, app := range apps {
		found[app] = points(s.trace(app))
		if len(found[app]) < 2 {
			t.Fatalf("%s passed only %q of its points", app, found[app])
		}
		t.Logf("%s passes %d points: %s", app, len(found[app]), strings.Join(found[app], ", "))
	}
	return found
}

// story is what one person does.
type story struct {
	*platform
	name  string
	email string
	c     *client.Client
}

// begin signs a person up, who then verifies the address.
func (p *platform) begin(t *testing.T, name string) *story {
	t.Helper()
	s := &story{platform: p, name: name, email: fmt.Sprintf("%d@example.org", time.Now().UnixNano())}
	address := "http://" + p.children[contract.TodoAPI].instance.PublicAddress
	from := fmt.Sprintf("2001:db8:0:%x::1", p.people.Add(1))
	s.persist(t, "sign up", func(ctx context.Context) error {
		s.c = client.New(address, &http.Client{Timeout: attempt, Transport: behindProxy(from)})
		if s.c.SignUp(ctx, s.email, "correct horse battery", "Europe/Berlin") == nil {
			return nil
		}
		return s.c.Login(ctx, s.email, "correct horse battery") // it may have gone well without an answer
	})
	s.verify(t)
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
	_, text, _ := mailtest.Read(t, bytes.NewReader(s.mailbox.WaitFor(t, s.email, 1)[0].Raw))
	_, rest, _ := strings.Cut(text, "#verify-email=")
	token, _, _ := strings.Cut(rest, "\n")
	s.persist(t, "verify the address", func(ctx context.Context) error { return s.c.VerifyEmail(ctx, token) })
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
		err = do(ctx)
		return err == nil
	})
}

// tell adds a task that reminds soon and one that recurs, completes the latter and edits the former.
func (s *story) tell(t *testing.T) {
	t.Helper()
	remind := time.Now().Add(3 * time.Second)
	var reminding, recurring client.Task
	s.persist(t, "add a task with a reminder", func(ctx context.Context) (err error) {
		reminding, err = s.c.CreateTask(ctx, client.Draft{Title: "Reminds", Reminders: []client.Reminder{{At: &remind}}}, client.IdempotencyKey("reminds"))
		return err
	})
	s.persist(t, "add a task that recurs", func(ctx context.Context) (err error) {
		recurring, err = s.c.CreateTask(ctx, client.Draft{Title: "Recurs", Due: &client.Due{Date: "2099-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}}, client.IdempotencyKey("recurs"))
		return err
	})
	s.persist(t, "complete it", func(ctx context.Context) error {
		_, err := s.c.CompleteTask(ctx, recurring.ID, client.IdempotencyKey("complete"))
		return err
	})
	s.persist(t, "edit the other", func(ctx context.Context) error {
		_, err := s.c.EditTask(ctx, reminding.ID, map[string]any{"notes": "edited"}, client.IdempotencyKey("edit"))
		return err
	})
}

// changes are those that the story makes, the account's and those of the next occurrence with them.
var changes = []string{"account.created", "account.verification_requested", "account.verified", "task.completed", "task.created", "task.created", "task.created", "task.updated"}

// check waits until all has come of the story that has to, and demands that each is there once.
func (s *story) check(t *testing.T) {
	t.Helper()
	want := append(slices.Clone(changes), "reminder.fired", "reminder.scheduled", "reminder.sent")
	slices.Sort(want)
	var got []string
	daprtest.Eventually(t, patience, s.name+": the audit log holds all", func() bool {
		var err error
		got, err = s.audited(t.Context())
		return err == nil && len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Errorf("%s: the audit log holds %q, want %q", s.name, got, want)
	}
	s.checkMails(t)
	var open []string
	s.persist(t, "list the tasks", func(ctx context.Context) error {
		page, err := s.c.ListTasks(ctx, "open", 100, "")
		open = nil
		for _, task := range page.Items {
			open = append(open, task.Title)
		}
		return err
	})
	slices.Sort(open)
	if !slices.Equal(open, []string{"Recurs", "Reminds"}) {
		t.Errorf("%s: %q are open", s.name, open)
	}
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

// checkMails waits for the reminder. A service that dies once the mail is out sends it again: by its
// Message-ID, mailboxes know it as the same.
func (s *story) checkMails(t *testing.T) {
	t.Helper()
	ids := map[string]bool{}
	daprtest.Eventually(t, patience, s.name+": the reminder comes by mail", func() bool {
		for _, letter := range s.mailbox.To(s.email) {
			if letter.Title == "Reminds" {
				ids[letter.MessageID] = true
			}
		}
		return len(ids) > 0
	})
	if len(ids) != 1 {
		t.Errorf("%s: there are %d mails of one reminder", s.name, len(ids))
	}
}

// audited returns the types of the records of the audit log, sorted.
func (s *story) audited(ctx context.Context) ([]string, error) {
	entries, err := s.c.Audit(ctx, 0, 100)
	var types []string
	for _, entry := range entries.Items {
		var record struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(entry.Record, &record); err != nil {
			return nil, err
		}
		types = append(types, record.Type)
	}
	slices.Sort(types)
	return types, err
}
