package todoapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestOneClickEndsRemindersByMail(t *testing.T) {
	h := newHarness(t)
	c, other := h.user(t), h.user(t)
	contact, err := calls.GetContact.Call(t.Context(), h.invoker(t, contract.Notification), calls.GetContactRequest{
		UserID: c.Grant.User.ID, Link: &auth.ReminderLink{TaskID: "t", Ring: "r.1", Via: "email"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []*client.Client{c, other} {
		if _, err := who.EditSettings(t.Context(), fields{"digestBy": []string{"email"}, "overdueBy": []string{"push"}}); err != nil {
			t.Fatal(err)
		}
	}
	own := newTask(t, c, client.Draft{Title: "Mailed", Notify: []string{todo.ChannelEmail, todo.ChannelPush}})
	kept := newTask(t, c, client.Draft{Title: "Pushed", Notify: []string{todo.ChannelPush}})
	before, err := c.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	address := h.url + "/api/v1/reminder-links/unsubscribe?token=" + contact.StopToken

	asIs := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := send(t, asIs, http.MethodGet, address, "", nil)
	if got := page.header.Get("Location"); page.status != http.StatusSeeOther || got != "/#unsubscribe="+contact.StopToken {
		t.Errorf("to open it leads with %d to %q", page.status, got)
	}
	if after, err := c.Changes(t.Context(), before.Head, 100); err != nil || len(after.Items) != 0 {
		t.Fatalf("to open it changed %+v, %v", after.Items, err)
	}

	// As RFC 8058 section 3.2 has it: no cookies, no token of a session.
	for range 2 {
		got := send(t, http.DefaultClient, http.MethodPost, address, "List-Unsubscribe=One-Click", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
		if got.status != http.StatusNoContent {
			t.Fatalf("got %d: %s", got.status, got.body)
		}
	}
	settings, err := c.Settings(t.Context())
	if err != nil || !slices.Equal(settings.RemindersBy, []string{"push"}) || len(settings.DigestBy) != 0 || !slices.Equal(settings.OverdueBy, []string{"push"}) {
		t.Errorf("settings %+v, %v", settings, err)
	}
	for id, want := range map[string][]string{own.ID: {"push"}, kept.ID: {"push"}} {
		if got, err := c.GetTask(t.Context(), id); err != nil || !slices.Equal(got.Notify, want) {
			t.Errorf("task %+v, %v", got, err)
		}
	}
	after, err := c.Changes(t.Context(), before.Head, 100)
	if err != nil || len(after.Items) != 2 {
		t.Fatalf("changes %+v, %v; want that of the settings and of one task, once", after.Items, err)
	}
	for _, change := range after.Items {
		if change.By != (events.Actor{Kind: events.ActorLink, ID: c.Grant.User.ID, Client: "email"}) {
			t.Errorf("done by %+v", change.By)
		}
	}
	if settings, err := other.Settings(t.Context()); err != nil || !slices.Contains(settings.DigestBy, "email") {
		t.Errorf("somebody else's settings: %+v, %v", settings, err)
	}
	if err := c.Undo(t.Context(), after.Items[0].Group); err != nil {
		t.Fatal(err)
	}
	if settings, err := c.Settings(t.Context()); err != nil || !slices.Contains(settings.RemindersBy, "email") {
		t.Errorf("after undo: %+v, %v", settings, err)
	}

	for _, token := range []string{"", "nonsense", c.Grant.AccessToken, contact.LinkToken} {
		got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/reminder-links/unsubscribe?token="+token, "List-Unsubscribe=One-Click", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: got %d: %s", token, got.status, got.body)
		}
	}
}
