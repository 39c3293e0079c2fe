package todoapi

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

func TestASignInIsTold(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	h.login(t, c)
	h.wantChanges(t, c, events.TypeAccountCreated, events.TypeSessionCreated)
	changes, err := c.Changes(t.Context(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := c.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told, newest := changes.Items[0], sessions[0]
	if told.ID != newest.ID || told.Entity != events.EntitySession || newest.Device == "" ||
		told.By != (events.Actor{Kind: events.ActorPerson, ID: c.Grant.User.ID, Client: newest.Device}) {
		t.Errorf("the session %+v is told as %+v", newest, told)
	}
	if err := c.EndSession(t.Context(), told.ID); err != nil {
		t.Fatal(err)
	}
	h.wantChanges(t, c, events.TypeAccountCreated, events.TypeSessionCreated, events.TypeSessionEnded)
}

// Whoever guesses passwords fills nobody's log, and learns nothing of which addresses have an account.
func TestFailedSignInsAreToldOnceAMinute(t *testing.T) {
	h := newHarness(t)
	c, other := h.user(t), h.user(t)
	unknown := h.newEmail()
	guess := func(t *testing.T, email string) string {
		t.Helper()
		got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/auth/login", `{"email":"`+email+`","password":"wrong password"}`,
			map[string]string{"Content-Type": "application/json"})
		if got.status != http.StatusUnauthorized {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		return regexp.MustCompile(`"(instance|requestId|traceId)":"[^"]*",?`).ReplaceAllString(string(got.body), "")
	}
	// told waits until n changes tell of failures, and returns the counts in them.
	told := func(t *testing.T, n int) (counts []int) {
		t.Helper()
		daprtest.Eventually(t, soon, "the failures are told", func() bool {
			changes, err := c.Changes(t.Context(), 0, 100)
			counts = nil
			for _, change := range changes.Items {
				if change.Type != events.TypeSignInFailed {
					continue
				}
				var details events.FailedSignIns
				if err := json.Unmarshal(change.Details, &details); err != nil || change.By != (events.Actor{Kind: events.ActorSystem, ID: contract.TodoAPI}) || change.ID != c.Grant.User.ID {
					t.Errorf("%+v, %v", change, err)
				}
				counts = append(counts, details.Count)
			}
			return err == nil && len(counts) == n
		})
		return counts
	}

	known := guess(t, c.Grant.User.Email)
	if got := guess(t, unknown); got != known {
		t.Errorf("an unknown address is answered %s, one with an account %s", got, known)
	}
	if got := told(t, 1); got[0] != 1 {
		t.Errorf("told %v", got)
	}
	for range 5 {
		guess(t, c.Grant.User.Email)
	}
	daprtest.Eventually(t, soon, "the failures are noted", func() bool {
		var failures int
		return h.pool.QueryRow(t.Context(), `SELECT failures FROM todo.failed_sign_in WHERE email = $1`, c.Grant.User.Email).Scan(&failures) == nil && failures == 5
	})
	told(t, 1)                                                                          // the minute is not over
	h.exec(t, `UPDATE todo.failed_sign_in SET tell_at = tell_at - interval '1 minute'`) // now it is
	guess(t, unknown)                                                                   // which has the loop look
	if got := told(t, 2); got[1] != 5 {
		t.Errorf("told %v", got)
	}
	h.exec(t, `UPDATE todo.failed_sign_in SET tell_at = tell_at - interval '1 minute'`)
	guess(t, unknown)
	daprtest.Eventually(t, soon, "all is forgotten", func() bool {
		var kept int
		return h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.failed_sign_in`).Scan(&kept) == nil && kept == 0
	})
	h.wantChanges(t, other, events.TypeAccountCreated)
}

func TestExportsAreTold(t *testing.T) {
	h := newHarness(t)
	server := daprtest.StandIn(contract.Audit)
	calls.ListEntries.Handle(server, (&keptLog{}).listEntries)
	h.env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
	c := h.user(t)
	program := h.program(t, c, "tasks:read", "audit:read")
	for _, form := range []string{"json", "csv", "ics"} {
		exportFile(t, h, program, "?format="+form)
	}
	daprtest.Eventually(t, soon, "the audit log is exported", func() bool {
		file, err := c.ExportAudit(t.Context(), "csv")
		if err != nil {
			return false
		}
		_, err = io.Copy(io.Discard, file)
		return err == nil
	})
	changes, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, change := range changes.Items {
		if change.Type == events.TypeAccountExported {
			got = append(got, string(change.By.Kind)+" "+string(change.Details))
		}
	}
	want := []string{`token {"form":"json"}`, `token {"form":"csv"}`, `token {"form":"ics"}`, `person {"form":"audit"}`}
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}

	t.Run("and refused when the session has ended", func(t *testing.T) {
		h.exec(t, `UPDATE todo.session SET revoked_at = now() WHERE user_id = $1`, uuid.MustParse(c.Grant.User.ID))
		refused := send(t, http.DefaultClient, http.MethodGet, h.url+"/api/v1/export", "", map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
		if refused.status != http.StatusUnauthorized {
			t.Errorf("got %d: %s", refused.status, refused.body)
		}
	})
}
