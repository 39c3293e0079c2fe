package todoapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func newWebhook(t *testing.T, c *client.Client, types ...string) client.MadeWebhook {
	t.Helper()
	return made[client.MadeWebhook](t, c, "/webhooks", client.WebhookDraft{URL: "https://example.org/hook?key=1", Types: types})
}

func TestWebhooks(t *testing.T) {
	h := newHarness(t)
	notification := h.invoker(t, contract.Notification)
	targets := func(t *testing.T, c *client.Client) calls.ListWebhooksReply {
		t.Helper()
		reply, err := calls.ListWebhooks.Call(t.Context(), notification, calls.ListWebhooksRequest{UserID: c.Grant.User.ID})
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}

	t.Run("have a format, which can be taken back and notification learns", func(t *testing.T) {
		c := h.user(t)
		if got := newWebhook(t, c, "*"); got.Format != "todoplatform" {
			t.Errorf("a usual one has the format %q", got.Format)
		}
		slack := made[client.MadeWebhook](t, c, "/webhooks", client.WebhookDraft{URL: "https://hooks.slack.com/services/T/B/x", Types: []string{"*"}, Format: "slack"})
		path := "/webhooks/" + slack.ID
		var changed client.Webhook
		if err := c.Do(t.Context(), http.MethodPatch, path, json.RawMessage(`{"format":"ntfy"}`), &changed); err != nil || changed.Format != "ntfy" || changed.Version != 2 {
			t.Fatalf("got %+v, %v", changed, err)
		}
		for _, bad := range []string{`{"format":null}`, `{"format":"teams"}`} {
			wantStatus(t, c.Do(t.Context(), http.MethodPatch, path, json.RawMessage(bad), nil), http.StatusUnprocessableEntity)
		}
		formats := func() []string {
			var all []string
			for _, one := range targets(t, c).Webhooks {
				all = append(all, one.Format)
			}
			slices.Sort(all)
			return all
		}
		if got := formats(); !slices.Equal(got, []string{"ntfy", "todoplatform"}) {
			t.Errorf("notification learns %q", got)
		}
		changes, err := c.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Undo(t.Context(), changes.Items[len(changes.Items)-1].Group); err != nil {
			t.Fatal(err)
		}
		if got := formats(); !slices.Equal(got, []string{"slack", "todoplatform"}) {
			t.Errorf("after undo notification learns %q", got)
		}
	})

	t.Run("are made, changed, listed and deleted, each a change", func(t *testing.T) {
		c := h.user(t)
		got := newWebhook(t, c, "task.*", "tag.created", "task.*")
		if !got.Enabled || got.Version != 1 || !slices.Equal(got.Types, []string{"task.*", "tag.created"}) {
			t.Fatalf("got %+v", got)
		}
		path := "/webhooks/" + got.ID
		var changed client.Webhook
		if err := c.Do(t.Context(), http.MethodPatch, path, json.RawMessage(`{"types":["*"],"description":" for the lamp ","enabled":false}`), &changed); err != nil {
			t.Fatal(err)
		}
		if changed.URL != got.URL || changed.Enabled || changed.Description != "for the lamp" || changed.Version != 2 || !slices.Equal(changed.Types, []string{"*"}) {
			t.Errorf("got %+v", changed)
		}
		wantStatus(t, c.Do(t.Context(), http.MethodPost, path+"/test", nil, nil), http.StatusConflict) // it is disabled
		if err := c.Do(t.Context(), http.MethodPatch, path, json.RawMessage(`{"enabled":true}`), &changed); err != nil {
			t.Fatal(err)
		}
		if err := c.Do(t.Context(), http.MethodPost, path+"/test", nil, nil); err != nil {
			t.Fatal(err)
		}
		if all := listed[client.Webhook](t, c, "/webhooks"); len(all) != 1 || all[0].ID != got.ID {
			t.Errorf("got %+v", all)
		}
		if err := c.Do(t.Context(), http.MethodDelete, path, nil, nil); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, c.Do(t.Context(), http.MethodGet, path, nil, nil), http.StatusNotFound)
		want := []string{events.TypeWebhookCreated, events.TypeWebhookUpdated, events.TypeWebhookUpdated, events.TypeWebhookTested, events.TypeWebhookDeleted}
		if got := h.changesOf(t, c.Grant.User.ID); !slices.Equal(got[len(got)-len(want):], want) {
			t.Errorf("the feed holds %q", got)
		}
	})

	t.Run("a secret is shown to who makes it, and to notification", func(t *testing.T) {
		c := h.user(t)
		draft := client.WebhookDraft{URL: "https://example.org", Types: []string{"*"}}
		var first, again, rotated client.MadeWebhook
		for _, out := range []*client.MadeWebhook{&first, &again} { // whose answer got lost asks again
			if err := c.Do(t.Context(), http.MethodPost, "/webhooks", draft, out, client.IdempotencyKey("a-key")); err != nil {
				t.Fatal(err)
			}
		}
		encoded, ok := strings.CutPrefix(first.Secret, "whsec_")
		if key, err := base64.StdEncoding.DecodeString(encoded); !ok || err != nil || len(key) != 32 {
			t.Errorf("the secret is %q", first.Secret)
		}
		if again.ID != first.ID || again.Secret != first.Secret {
			t.Errorf("got %+v, then %+v", first, again)
		}
		if other := newWebhook(t, c, "*"); other.Secret == first.Secret {
			t.Error("two webhooks share a secret")
		}
		if err := c.Do(t.Context(), http.MethodPost, "/webhooks/"+first.ID+"/rotate-secret", nil, &rotated, client.IdempotencyKey("b-key")); err != nil {
			t.Fatal(err)
		}
		if rotated.Secret == first.Secret || rotated.Version != 2 {
			t.Errorf("got %+v", rotated)
		}
		told := targets(t, c).Webhooks[slices.IndexFunc(targets(t, c).Webhooks, func(w calls.Webhook) bool { return w.ID == first.ID })]
		if left := time.Until(*told.FormerUntil); told.Secret != rotated.Secret || told.FormerSecret != first.Secret || left < 23*time.Hour || left > 24*time.Hour {
			t.Errorf("notification is told %+v", told)
		}

		for _, path := range []string{"/webhooks", "/webhooks/" + first.ID, "/changes", "/sync", "/export"} {
			got := send(t, http.DefaultClient, http.MethodGet, h.url+"/api/v1"+path, "", map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
			if got.status != http.StatusOK || strings.Contains(string(got.body), "whsec_") {
				t.Errorf("%s: got %d %s", path, got.status, got.body)
			}
		}
		// Events are what the audit log keeps; operations are kept for idempotency.
		if rows := h.rowsOf(t, "whsec_"); len(rows) != 1 || rows["webhook"] == 0 {
			t.Errorf("secrets are in %v", rows)
		}
	})

	t.Run("what makes no sense is refused", func(t *testing.T) {
		c := h.user(t)
		types := `,"types":["*"]}`
		for name, refused := range map[string]struct{ body, location string }{
			"no address":         {`{"types":["*"]}`, "body"},
			"not encrypted":      {`{"url":"http://example.org"` + types, "body.url"},
			"another scheme":     {`{"url":"ftp://example.org"` + types, "body.url"},
			"no scheme":          {`{"url":"example.org/hook"` + types, "body.url"},
			"no host":            {`{"url":"https:///hook"` + types, "body.url"},
			"opaque":             {`{"url":"https:example.org"` + types, "body.url"},
			"a password":         {`{"url":"https://me:word@example.org"` + types, "body.url"},
			"a fragment":         {`{"url":"https://example.org/#here"` + types, "body.url"},
			"an empty fragment":  {`{"url":"https://example.org/#"` + types, "body.url"},
			"no such port":       {`{"url":"https://example.org:70000"` + types, "body.url"},
			"port 0":             {`{"url":"https://example.org:0"` + types, "body.url"},
			"two lines":          {`{"url":"https://example.org/\nhook"` + types, "body.url"},
			"too long":           {`{"url":"https://example.org/` + strings.Repeat("a", 2048) + `"` + types, "body.url"},
			"no types":           {`{"url":"https://example.org"}`, "body"},
			"an empty list":      {`{"url":"https://example.org","types":[]}`, "body.types"},
			"an unknown type":    {`{"url":"https://example.org","types":["task.exploded"]}`, "body.types"},
			"an unknown entity":  {`{"url":"https://example.org","types":["lamp.*"]}`, "body.types"},
			"long words":         {`{"url":"https://example.org","description":"` + strings.Repeat("a", 201) + `"` + types, "body.description"},
			"words of two lines": {`{"url":"https://example.org","description":"a\nb"` + types, "body.description"},
			"a secret":           {`{"url":"https://example.org","secret":"whsec_a"` + types, "body.secret"},
		} {
			got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/webhooks", refused.body,
				map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + c.Grant.AccessToken})
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"`+refused.location+`"`) {
				t.Errorf("%s: got %d %s, want 422 at %s", name, got.status, got.body, refused.location)
			}
		}
	})

	t.Run("an account has ten at most", func(t *testing.T) {
		c := h.user(t)
		first := newWebhook(t, c, "*")
		if err := c.Do(t.Context(), http.MethodDelete, "/webhooks/"+first.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
		deleted := lastGroup(t, c)
		for range 10 {
			newWebhook(t, c, "*")
		}
		err := c.Do(t.Context(), http.MethodPost, "/webhooks", client.WebhookDraft{URL: "https://example.org", Types: []string{"*"}}, nil)
		wantStatus(t, err, http.StatusConflict)
		if !strings.Contains(err.Error(), "10 webhooks") {
			t.Errorf("it says %v", err)
		}
		wantStatus(t, c.Undo(t.Context(), deleted), http.StatusConflict)
	})

	t.Run("acts are undone, and one that comes back has a new secret", func(t *testing.T) {
		c := h.user(t)
		got := newWebhook(t, c, "task.*")
		if err := c.Do(t.Context(), http.MethodPatch, "/webhooks/"+got.ID, json.RawMessage(`{"url":"https://example.org/other"}`), nil); err != nil {
			t.Fatal(err)
		}
		edited := lastGroup(t, c)
		if err := c.Undo(t.Context(), edited); err != nil {
			t.Fatal(err)
		}
		if told := targets(t, c).Webhooks; told[0].URL != got.URL || told[0].Secret != got.Secret {
			t.Errorf("got %+v", told)
		}
		if err := c.Do(t.Context(), http.MethodDelete, "/webhooks/"+got.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		told := targets(t, c)
		if len(told.Webhooks) != 1 || told.Webhooks[0].URL != got.URL || told.Webhooks[0].Secret == got.Secret || told.Webhooks[0].Since != told.Head {
			t.Errorf("got %+v", told)
		}
	})

	t.Run("a batch makes one for who has the scope, and undo takes it back for nobody else", func(t *testing.T) {
		c := h.user(t)
		writer, both := h.program(t, c, "tasks:write"), h.program(t, c, "tasks:write", "webhooks")
		commands := []client.Command{{Name: "webhook.create", Fields: map[string]any{"url": "https://example.org", "types": []string{"*"}}}}
		_, err := writer.Apply(t.Context(), false, commands)
		wantStatus(t, err, http.StatusForbidden)
		outcomes, err := both.Apply(t.Context(), false, commands)
		if err != nil || strings.Contains(string(outcomes[0].OK), "whsec_") {
			t.Fatalf("got %s, %v", outcomes[0].OK, err)
		}
		group := lastGroup(t, c)
		refused := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/undo", `{"group":"`+group+`"}`,
			map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + writer.Grant.AccessToken})
		wantOutOfScope(t, refused, "webhooks")
		if err := both.Undo(t.Context(), group); err != nil {
			t.Error(err)
		}
	})

	t.Run("the platform disables one at the version that failed, and says why", func(t *testing.T) {
		c := h.user(t)
		got := newWebhook(t, c, "*")
		disable := func(version int64) {
			request := calls.DisableWebhookRequest{UserID: c.Grant.User.ID, ID: got.ID, Version: version, Reason: "it is gone"}
			if _, err := calls.DisableWebhook.Call(t.Context(), notification, request); err != nil {
				t.Fatal(err)
			}
		}
		disable(7)
		if got := listed[client.Webhook](t, c, "/webhooks")[0]; !got.Enabled {
			t.Errorf("one that was changed since is disabled: %+v", got)
		}
		disable(1)
		disable(1)
		change, err := lastChange(t.Context(), c)
		if err != nil || change.Type != events.TypeWebhookUpdated || change.Version != 2 || change.By != (events.Actor{Kind: events.ActorSystem, ID: contract.Notification}) {
			t.Errorf("got %+v, %v", change, err)
		}
		if got := listed[client.Webhook](t, c, "/webhooks")[0]; got.Enabled || got.DisabledReason != "it is gone" {
			t.Errorf("got %+v", got)
		}
		var enabled client.Webhook
		if err := c.Do(t.Context(), http.MethodPatch, "/webhooks/"+got.ID, json.RawMessage(`{"enabled":true}`), &enabled); err != nil || !enabled.Enabled || enabled.DisabledReason != "" {
			t.Errorf("got %+v, %v", enabled, err)
		}
	})

	t.Run("of a deleted account notification learns nothing", func(t *testing.T) {
		c := h.user(t)
		got := newWebhook(t, c, "*")
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		_, err := calls.ListWebhooks.Call(t.Context(), notification, calls.ListWebhooksRequest{UserID: c.Grant.User.ID})
		if failure.KindOf(err) != failure.NotFound {
			t.Errorf("got %v", err)
		}
		_, err = calls.DisableWebhook.Call(t.Context(), notification, calls.DisableWebhookRequest{UserID: c.Grant.User.ID, ID: got.ID, Version: 1})
		if failure.KindOf(err) != failure.NotFound {
			t.Errorf("got %v", err)
		}
		h.waitErased(t, c.Grant.User.ID)
		if rows := h.rowsOf(t, got.ID); len(rows) != 0 {
			t.Errorf("left are %v", rows)
		}
	})
}

func TestWebhooksWithoutEncryptionWhereTheOwnerHasNetworks(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.PlainWebhooks = true })
	c := h.user(t)
	made[client.MadeWebhook](t, c, "/webhooks", client.WebhookDraft{URL: "http://lamp.internal:8080/hook", Types: []string{"*"}})
}

// The log is notification's: this asks for it as its user, and of no webhook that is not theirs.
func TestTheLogOfAWebhookIsAskedOfNotification(t *testing.T) {
	h := newHarness(t)
	asked := make(chan any, 2)
	want := calls.WebhookDelivery{ID: uuid.NewString(), Type: events.TypeTaskCreated, State: "waiting"}
	server := daprtest.StandIn(contract.Notification)
	calls.ListWebhookDeliveries.Handle(server, func(_ context.Context, in calls.ListWebhookDeliveriesRequest) (calls.WebhookDeliveries, error) {
		asked <- in
		return calls.WebhookDeliveries{Items: []calls.WebhookDelivery{want}, Next: want.ID}, nil
	})
	calls.ReplayWebhookDelivery.Handle(server, func(_ context.Context, in calls.ReplayWebhookDeliveryRequest) (calls.WebhookDelivery, error) {
		asked <- in
		return want, nil
	})
	h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Server: server})
	c := h.user(t)
	hook := newWebhook(t, c, "*")
	path := "/webhooks/" + hook.ID + "/deliveries"
	var page client.WebhookDeliveries
	daprtest.Eventually(t, soon, "notification answers", func() bool {
		return c.Do(t.Context(), http.MethodGet, path+"?limit=1&cursor="+want.ID, nil, &page) == nil
	})
	if got := <-asked; got != (calls.ListWebhookDeliveriesRequest{UserID: c.Grant.User.ID, WebhookID: hook.ID, Before: want.ID, Limit: 1}) || len(page.Items) != 1 || page.Items[0] != want || page.Next != want.ID {
		t.Errorf("asked %+v, got %+v", got, page)
	}
	var replayed client.WebhookDelivery
	if err := c.Do(t.Context(), http.MethodPost, path+"/"+want.ID+"/replay", nil, &replayed); err != nil || replayed != want {
		t.Errorf("got %+v, %v", replayed, err)
	}
	if got := <-asked; got != (calls.ReplayWebhookDeliveryRequest{UserID: c.Grant.User.ID, WebhookID: hook.ID, DeliveryID: want.ID}) {
		t.Errorf("asked %+v", got)
	}
}

func TestWhatDidNotGetOutIsAskedOfNotification(t *testing.T) {
	h := newHarness(t)
	owner, c := h.user(t), h.user(t) // the first account is an owner
	server := daprtest.StandIn(contract.Notification)
	calls.ListGivenUp.Handle(server, func(_ context.Context, in calls.ListGivenUpRequest) (calls.GivenUpPage, error) {
		return calls.GivenUpPage{Items: []calls.GivenUp{{ID: in.UserID, Channel: "email", State: "failed", Title: in.Before, Attempts: in.Limit}}}, nil
	})
	calls.ReplayGivenUp.Handle(server, func(_ context.Context, in calls.ReplayGivenUpRequest) (calls.GivenUp, error) {
		return calls.GivenUp{ID: in.ID, TaskID: in.UserID, Channel: "push", State: "waiting"}, nil
	})
	calls.ReadMailState.Handle(server, func(_ context.Context, in calls.MailStateRequest) (calls.MailState, error) {
		return calls.MailState{Refusals: 3, Stopped: true, Reason: in.UserID}, nil
	})
	calls.RetryMail.Handle(server, func(_ context.Context, in calls.MailStateRequest) (struct{}, error) {
		if in.UserID != c.Grant.User.ID {
			return struct{}{}, failure.New(failure.NotFound, "somebody else")
		}
		return struct{}{}, nil
	})
	calls.CountGivenUp.Handle(server, func(context.Context, struct{}) (calls.GivenUpCounts, error) {
		return calls.GivenUpCounts{Mails: 1, Pushes: 2, StoppedAddresses: 3}, nil
	})
	h.env.Sidecar(t, daprtest.App{ID: contract.Notification, Server: server})
	id := uuid.NewString()
	var page calls.GivenUpPage
	daprtest.Eventually(t, soon, "notification answers", func() bool {
		return c.Do(t.Context(), http.MethodGet, "/failed-reminders?limit=7&cursor="+id, nil, &page) == nil
	})
	if got := page.Items[0]; got.ID != c.Grant.User.ID || got.Title != id || got.Attempts != 7 {
		t.Errorf("asked for %+v", got)
	}
	var replayed calls.GivenUp
	if err := c.Do(t.Context(), http.MethodPost, "/failed-reminders/"+id+"/replay", nil, &replayed); err != nil || replayed.ID != id || replayed.TaskID != c.Grant.User.ID {
		t.Errorf("replayed %+v, %v", replayed, err)
	}
	var state calls.MailState
	if err := c.Do(t.Context(), http.MethodGet, "/reminder-mail", nil, &state); err != nil || !state.Stopped || state.Reason != c.Grant.User.ID {
		t.Errorf("state %+v, %v", state, err)
	}
	if err := c.Do(t.Context(), http.MethodPost, "/reminder-mail/retry", nil, nil); err != nil {
		t.Error(err)
	}
	var counts calls.GivenUpCounts
	if err := owner.Do(t.Context(), http.MethodGet, "/admin/failed-reminders", nil, &counts); err != nil || counts != (calls.GivenUpCounts{Mails: 1, Pushes: 2, StoppedAddresses: 3}) {
		t.Errorf("counts %+v, %v", counts, err)
	}
	wantStatus(t, c.Do(t.Context(), http.MethodGet, "/admin/failed-reminders", nil, nil), http.StatusForbidden)
}
