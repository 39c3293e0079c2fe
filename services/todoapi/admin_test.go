package todoapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/admin"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// manage changes what an owner may of an account.
func manage(t *testing.T, owner *client.Client, id string, patch map[string]any) (admin.ManagedAccount, error) {
	t.Helper()
	var managed admin.ManagedAccount
	return managed, owner.Do(t.Context(), http.MethodPatch, "/admin/accounts/"+id, patch, &managed)
}

func TestTheFirstAccountIsTheOwners(t *testing.T) {
	h := newHarness(t)
	var all sync.WaitGroup
	users := make([]*client.Client, 5)
	for i := range users {
		all.Go(func() { users[i] = h.user(t) })
	}
	all.Wait()
	owners := 0
	for _, c := range users {
		me, err := c.Me(t.Context())
		if err != nil || me.Owner != c.Grant.User.Owner {
			t.Errorf("got %+v, %v after %+v", me, err, c.Grant.User)
		}
		if me.Owner {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d of those who signed up at once are owners", owners)
	}
}

func TestOwnersOfTheManifest(t *testing.T) {
	const named = "owner@example.org"
	h := newHarness(t, func(cfg *Config) { cfg.Owners = []string{named} })
	if first := h.user(t); first.Grant.User.Owner {
		t.Error("the first account is an owner beside those that the manifest names")
	}
	c := h.guest()
	if err := c.SignUp(t.Context(), named, password, ""); err != nil {
		t.Fatal(err)
	}
	err := c.Do(t.Context(), http.MethodGet, "/admin/figures", nil, nil)
	wantProblem(t, err, http.StatusForbidden, "", "only an owner") // anybody may sign up with the address
	h.exec(t, `UPDATE todo.account SET verified_at = now() WHERE email = $1`, named)
	if me, err := c.Me(t.Context()); err != nil || !me.Owner {
		t.Errorf("got %+v, %v", me, err)
	}
	var figures admin.Figures
	if err := c.Do(t.Context(), http.MethodGet, "/admin/figures", nil, &figures); err != nil || figures.Accounts != 2 || figures.VerifiedAccounts != 1 || figures.Sessions != 2 || figures.DatabaseBytes == 0 {
		t.Errorf("got %+v, %v", figures, err)
	}
}

func TestOwnersManageAccounts(t *testing.T) {
	h := newHarness(t)
	owner, user := h.user(t), h.user(t)
	id := user.Grant.User.ID
	notification := h.invoker(t, contract.Notification)
	newTask(t, user, client.Draft{Title: "secret"})

	t.Run("they find accounts page by page", func(t *testing.T) {
		h.user(t)
		var emails []string
		path := "/admin/accounts?limit=2&prefix=USER"
		for page := (admin.AccountPage{Next: "first"}); page.Next != ""; {
			page = admin.AccountPage{}
			if err := owner.Do(t.Context(), http.MethodGet, path, nil, &page); err != nil {
				t.Fatal(err)
			}
			items, err := page.Items.Value()
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range items {
				emails = append(emails, item.Email)
				if item.ID == id && (item.Tasks != 1 || item.SeenAt == nil || item.Owner || item.DisabledAt != nil || item.TaskQuota != 100_000) {
					t.Errorf("got %+v", item)
				}
			}
			path = "/admin/accounts?limit=2&prefix=USER&cursor=" + url.QueryEscape(page.Next)
		}
		if got := strings.Join(emails, " "); got != "user1@example.org user2@example.org user3@example.org" {
			t.Errorf("got %s", got)
		}
	})

	t.Run("a disabled account is signed out and does nothing, and is as it was when enabled again", func(t *testing.T) {
		token := h.program(t, user, "tasks:read")
		managed, err := manage(t, owner, id, map[string]any{"disabled": true})
		if err != nil || managed.DisabledAt == nil {
			t.Fatalf("got %+v, %v", managed, err)
		}
		_, err = user.ListTasks(t.Context(), "all", 10, "")
		wantProblem(t, err, http.StatusForbidden, "", "disabled")
		_, err = user.CreateTask(t.Context(), client.Draft{Title: "more"})
		wantProblem(t, err, http.StatusForbidden, "", "disabled")
		_, err = token.ListTasks(t.Context(), "all", 10, "")
		wantProblem(t, err, http.StatusForbidden, "", "disabled")
		wantStatus(t, user.Refresh(t.Context()), http.StatusUnauthorized)
		again := h.guest()
		wantProblem(t, again.Login(t.Context(), user.Grant.User.Email, password), http.StatusForbidden, "", "disabled")

		// What other services need to keep in step they get, and no address.
		if _, err := calls.ListReminding.Call(t.Context(), notification, calls.ListRemindingRequest{UserID: id}); err != nil {
			t.Error(err)
		}
		if _, err := calls.GetContact.Call(t.Context(), notification, calls.GetContactRequest{UserID: id}); failure.KindOf(err) != failure.NotFound {
			t.Errorf("got %v, want no contact", err)
		}

		var page admin.AccountPage
		if err := owner.Do(t.Context(), http.MethodGet, "/admin/accounts?status=disabled", nil, &page); err != nil {
			t.Fatal(err)
		}
		if items, err := page.Items.Value(); err != nil || len(items) != 1 || items[0].ID != id {
			t.Errorf("got %+v, %v", items, err)
		}
		if managed, err = manage(t, owner, id, map[string]any{"disabled": false}); err != nil || managed.DisabledAt != nil {
			t.Fatalf("got %+v, %v", managed, err)
		}
		if err := again.Login(t.Context(), user.Grant.User.Email, password); err != nil {
			t.Fatal(err)
		}
		*user = *again
		if tasks, err := user.ListTasks(t.Context(), "all", 10, ""); err != nil || len(tasks.Items) != 1 {
			t.Errorf("got %+v, %v", tasks, err)
		}
		changes, err := user.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, change := range changes.Items {
			if change.Type == events.TypeAccountDisabled || change.Type == events.TypeAccountEnabled {
				told = append(told, change.Type+" by "+change.By.ID)
			}
		}
		by := " by " + owner.Grant.User.ID
		if got := strings.Join(told, ", "); got != events.TypeAccountDisabled+by+", "+events.TypeAccountEnabled+by {
			t.Errorf("the user is told: %s", got)
		}
	})

	t.Run("a quota holds", func(t *testing.T) {
		if managed, err := manage(t, owner, id, map[string]any{"taskQuota": 1}); err != nil || managed.TaskQuota != 1 {
			t.Fatalf("got %+v, %v", managed, err)
		}
		_, err := user.CreateTask(t.Context(), client.Draft{Title: "one too many"})
		wantProblem(t, err, http.StatusConflict, "", "an account may have 1 tasks, and there are 1 already")
		if managed, err := manage(t, owner, id, map[string]any{"taskQuota": nil}); err != nil || managed.TaskQuota != 100_000 {
			t.Fatalf("got %+v, %v", managed, err)
		}
		newTask(t, user, client.Draft{Title: "one more"})
	})

	t.Run("owners name others, and nobody locks themselves out", func(t *testing.T) {
		for _, patch := range []map[string]any{{"disabled": true}, {"owner": false}} {
			_, err := manage(t, owner, owner.Grant.User.ID, patch)
			wantStatus(t, err, http.StatusConflict)
		}
		if managed, err := manage(t, owner, id, map[string]any{"owner": true}); err != nil || !managed.Owner {
			t.Fatalf("got %+v, %v", managed, err)
		}
		if managed, err := manage(t, user, owner.Grant.User.ID, map[string]any{"owner": false}); err != nil || managed.Owner {
			t.Fatalf("got %+v, %v", managed, err)
		}
		wantStatus(t, owner.Do(t.Context(), http.MethodGet, "/admin/figures", nil, nil), http.StatusForbidden)
	})

	t.Run("what is wrong is refused", func(t *testing.T) {
		for _, patch := range []map[string]any{{"disabled": nil}, {"owner": nil}, {"taskQuota": -1}, {"email": "x@example.org"}} {
			_, err := manage(t, user, id, patch)
			wantStatus(t, err, http.StatusUnprocessableEntity)
		}
		_, err := manage(t, user, "01900000-0000-7000-8000-000000000000", map[string]any{"owner": true})
		wantStatus(t, err, http.StatusNotFound)
		wantStatus(t, user.Do(t.Context(), http.MethodGet, "/admin/accounts?cursor=%21", nil, nil), http.StatusUnprocessableEntity)
	})
}

func TestSignUpByInvitation(t *testing.T) {
	h := newHarness(t, func(cfg *Config) {
		cfg.SignUp = account.SignUpByInvitation
		cfg.PublicURL = &url.URL{Scheme: "https", Host: "todo.example.org"}
	})
	owner := h.user(t) // the first needs none
	invite := func(draft map[string]any) admin.MadeInvitation {
		t.Helper()
		return made[admin.MadeInvitation](t, owner, "/admin/invitations", draft)
	}
	signUp := func(email, invitation string) (*client.Client, error) {
		c := h.guest()
		body := map[string]string{"email": email, "password": password, "invitation": invitation}
		return c, c.Do(t.Context(), http.MethodPost, "/auth/sign-up", body, &c.Grant)
	}

	anybody, grace := invite(map[string]any{}), invite(map[string]any{"email": "Grace@example.org", "days": 1})
	if anybody.Link != "https://todo.example.org/#invitation="+anybody.Token || grace.Email != "grace@example.org" {
		t.Errorf("got %+v and %+v", anybody, grace)
	}
	for name, invitation := range map[string]string{"none": "", "an unknown one": "x", "that of somebody else": grace.Token} {
		if _, err := signUp(h.newEmail(), invitation); client.StatusOf(err) != http.StatusForbidden || !strings.Contains(err.Error(), "by invitation") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	guest, err := signUp(h.newEmail(), anybody.Token)
	if err != nil {
		t.Fatal(err)
	}
	if guest.Grant.User.Owner {
		t.Error("whoever is invited is an owner")
	}
	if _, err := signUp(h.newEmail(), anybody.Token); client.StatusOf(err) != http.StatusForbidden {
		t.Errorf("used twice: got %v", err)
	}

	var open admin.Invitations
	if err := owner.Do(t.Context(), http.MethodGet, "/admin/invitations", nil, &open); err != nil || len(open.Items) != 1 || open.Items[0].ID != grace.ID {
		t.Errorf("got %+v, %v", open, err)
	}
	if err := owner.Do(t.Context(), http.MethodDelete, "/admin/invitations/"+grace.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := signUp("grace@example.org", grace.Token); client.StatusOf(err) != http.StatusForbidden {
		t.Errorf("withdrawn: got %v", err)
	}
	wantStatus(t, owner.Do(t.Context(), http.MethodDelete, "/admin/invitations/"+grace.ID, nil, nil), http.StatusNotFound)
	wantStatus(t, owner.Do(t.Context(), http.MethodPost, "/admin/invitations", map[string]any{"email": guest.Grant.User.Email}, nil), http.StatusConflict)

	late := invite(map[string]any{})
	h.exec(t, `UPDATE todo.invitation SET expires_at = now() - interval '1 second' WHERE id = $1::text::uuid`, late.ID)
	if _, err := signUp(h.newEmail(), late.Token); client.StatusOf(err) != http.StatusForbidden {
		t.Errorf("expired: got %v", err)
	}
}

func TestOwnersReadThePlatformHeads(t *testing.T) {
	h := newHarness(t)
	owner, other := h.user(t), h.user(t)
	lines := []string{"head 1", "line 1", "head 2", "line 2", "line 3"} // another service knows what is in them
	server := daprtest.StandIn(contract.Audit)
	calls.ListPlatformHeads.Handle(server, func(_ context.Context, in calls.ListPlatformHeadsRequest) (calls.ListPlatformHeadsReply, error) {
		next := 0
		if in.After != nil {
			next = int(in.After.Number)
		}
		reply := calls.ListPlatformHeadsReply{Lines: lines[next:min(next+2, len(lines))]}
		if next+2 < len(lines) {
			reply.Next = &calls.PlatformHeadLine{Number: int64(next + 2), UserID: owner.Grant.User.ID}
		}
		return reply, nil
	})
	h.env.Sidecar(t, daprtest.App{ID: contract.Audit, Server: server})
	read := func(c *client.Client) answer {
		return send(t, http.DefaultClient, http.MethodGet, h.url+"/api/v1/admin/audit/heads", "", map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
	}
	var got answer
	daprtest.Eventually(t, soon, "the audit service answers", func() bool {
		got = read(owner)
		return got.status != http.StatusServiceUnavailable
	})
	want := `{"format":"todoplatform-audit-heads","version":1}` + "\n" + strings.Join(lines, "\n") + "\n"
	if got.status != http.StatusOK || string(got.body) != want || got.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("got %d %v: %s", got.status, got.header, got.body)
	}
	if got := read(other); got.status != http.StatusForbidden {
		t.Errorf("somebody else got %d: %s", got.status, got.body)
	}
}
