package todoapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func newToken(t *testing.T, c *client.Client, draft client.TokenDraft) client.MadeToken {
	t.Helper()
	made, err := c.CreateToken(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// as returns a client that uses a secret.
func (h *harness) as(secret string) *client.Client {
	c := h.guest()
	c.Grant.AccessToken = secret
	return c
}

func TestTokens(t *testing.T) {
	h := newHarness(t)
	exec := func(t *testing.T, statement string, args ...any) {
		t.Helper()
		if tag, err := h.pool.Exec(t.Context(), statement, args...); err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%d rows, %v", tag.RowsAffected(), err)
		}
	}

	t.Run("a program works with one, under its name", func(t *testing.T) {
		c := h.user(t)
		expiry := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
		made := newToken(t, c, client.TokenDraft{Name: " backup script ", Scopes: []string{"tasks:write", "tasks:read", "tasks:write"}, ExpiresAt: &expiry})
		if !regexp.MustCompile(`^tdp_[a-z2-7]{40}$`).MatchString(made.Secret) || made.Prefix != made.Secret[:8] || made.Name != "backup script" ||
			!slices.Equal(made.Scopes, []string{"tasks:read", "tasks:write"}) || !made.ExpiresAt.Equal(expiry) || made.LastUsedAt != nil {
			t.Fatalf("got %+v", made)
		}
		program := h.as(made.Secret)
		err := program.Do(t.Context(), http.MethodPost, "/tasks", client.Draft{Title: "by a program"}, nil,
			func(r *http.Request) { r.Header.Set("X-Client", "another/1") })
		if err != nil {
			t.Fatal(err)
		}
		list, err := program.ListTasks(t.Context(), "open", 10, "")
		if err != nil || len(list.Items) != 1 || list.Items[0].Title != "by a program" {
			t.Fatalf("got %+v, %v", list, err)
		}
		changes, err := program.Changes(t.Context(), 2, 10)
		want := events.Actor{Kind: events.ActorToken, ID: made.ID, Client: "backup script"}
		if err != nil || len(changes.Items) != 1 || changes.Items[0].By != want {
			t.Errorf("got %+v, %v; want a change by %+v", changes, err, want)
		}
		tokens, err := c.Tokens(t.Context())
		if err != nil || len(tokens) != 1 || tokens[0].ID != made.ID || tokens[0].LastUsedAt == nil || time.Since(*tokens[0].LastUsedAt) > soon {
			t.Errorf("got %+v, %v", tokens, err)
		}
	})

	t.Run("the secret is shown once and stored nowhere", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"audit:read"}})
		for _, path := range []string{"/tokens", "/changes", "/sync"} {
			got := send(t, http.DefaultClient, http.MethodGet, h.url+"/api/v1"+path, "", map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
			if got.status != http.StatusOK || strings.Contains(string(got.body), made.Secret[len(made.Prefix):]) || strings.Contains(string(got.body), calls.HashTicket(made.Secret)) {
				t.Errorf("%s: got %d %s", path, got.status, got.body)
			}
		}
		var rows int
		if err := h.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM todo.api_token t WHERE t::text LIKE '%' || $1 || '%')
			+ (SELECT count(*) FROM todo.event e WHERE e::text LIKE '%' || $1 || '%' OR e::text LIKE '%' || $2 || '%')
			+ (SELECT count(*) FROM todo.outbox o WHERE o::text LIKE '%' || $1 || '%' OR o::text LIKE '%' || $2 || '%')`,
			made.Secret[len(made.Prefix):], calls.HashTicket(made.Secret)).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("found in %d rows, %v", rows, err)
		}
	})

	t.Run("making and revoking are changes", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		if err := c.RevokeToken(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		changes, err := c.Changes(t.Context(), 1, 10)
		if err != nil || len(changes.Items) != 2 {
			t.Fatalf("got %+v, %v", changes, err)
		}
		for i, kind := range []string{events.TypeTokenCreated, events.TypeTokenRevoked} {
			change := changes.Items[i]
			if change.Type != kind || change.Entity != events.EntityToken || change.ID != made.ID || change.By.Kind != events.ActorPerson || change.By.ID != c.Grant.User.ID {
				t.Errorf("got %+v", change)
			}
			state, absent := change.After, change.Before
			if kind == events.TypeTokenRevoked {
				state, absent = absent, state
			}
			var members map[string]any
			if err := json.Unmarshal(state, &members); err != nil || absent != nil || len(members) != 5 || members["name"] != "a" || members["expiresAt"] != nil {
				t.Errorf("it tells %s, %v", state, err)
			}
		}
	})

	t.Run("what makes no sense is refused", func(t *testing.T) {
		c := h.user(t)
		yes := `["account"]`
		late, past := time.Now().Add(367*24*time.Hour).Format(time.RFC3339), time.Now().Add(-time.Second).Format(time.RFC3339)
		for name, refused := range map[string]struct{ body, location string }{
			"no name":             {`{"scopes":` + yes + `}`, "body"},
			"an empty name":       {`{"name":"","scopes":` + yes + `}`, "body.name"},
			"a blank name":        {`{"name":" ","scopes":` + yes + `}`, "body.name"},
			"a name too long":     {`{"name":"` + strings.Repeat("ü", 101) + `","scopes":` + yes + `}`, "body.name"},
			"a name of two lines": {`{"name":"a\nb","scopes":` + yes + `}`, "body.name"},
			"two lines otherwise": {`{"name":"a\u2028b","scopes":` + yes + `}`, "body.name"},
			"no scopes":           {`{"name":"a"}`, "body"},
			"an empty list":       {`{"name":"a","scopes":[]}`, "body.scopes"},
			"an unknown scope":    {`{"name":"a","scopes":["account","tasks"]}`, "body.scopes[1]"},
			"what a session has":  {`{"name":"a","scopes":["session"]}`, "body.scopes[0]"},
			"an expiry long past": {`{"name":"a","scopes":` + yes + `,"expiresAt":"` + past + `"}`, "body.expiresAt"},
			"an expiry too late":  {`{"name":"a","scopes":` + yes + `,"expiresAt":"` + late + `"}`, "body.expiresAt"},
			"a day":               {`{"name":"a","scopes":` + yes + `,"expiresAt":"2026-12-01"}`, "body.expiresAt"},
			"an unknown field":    {`{"name":"a","scopes":` + yes + `,"secret":"tdp_x"}`, "body.secret"},
		} {
			got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/tokens", refused.body,
				map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + c.Grant.AccessToken})
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"location":"`+refused.location+`"`) {
				t.Errorf("%s: got %d %s, want 422 at %s", name, got.status, got.body, refused.location)
			}
		}
		newToken(t, c, client.TokenDraft{Name: strings.Repeat("ü", 100), Scopes: []string{"account"}})
		if tokens, err := c.Tokens(t.Context()); err != nil || len(tokens) != 1 {
			t.Errorf("got %+v, %v", tokens, err)
		}
	})

	t.Run("one that is not good is refused as an access token is", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		for _, wrong := range []string{
			"tdp_", "tdp_" + strings.Repeat("a", 40), made.Secret + "a", made.Secret[:len(made.Secret)-1], strings.ToUpper(made.Secret),
			made.Secret[4:], made.Prefix, calls.HashTicket(made.Secret), "tdp_" + strings.Repeat("a", 8000),
		} {
			got := send(t, http.DefaultClient, http.MethodGet, h.url+"/api/v1/me", "", map[string]string{"Authorization": "Bearer " + wrong})
			if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%.60s: got %d %s", wrong, got.status, got.body)
			}
		}
	})

	t.Run("revoking ends it with the next request", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"tasks:write", "account"}})
		other := newToken(t, c, client.TokenDraft{Name: "b", Scopes: []string{"account"}})
		program := h.as(made.Secret)
		if _, err := program.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.RevokeToken(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		_, err := program.Me(t.Context())
		wantStatus(t, err, http.StatusUnauthorized)
		_, err = program.CreateTask(t.Context(), client.Draft{Title: "too late"})
		wantStatus(t, err, http.StatusUnauthorized)
		wantStatus(t, c.RevokeToken(t.Context(), made.ID), http.StatusNotFound)
		wantStatus(t, c.RevokeToken(t.Context(), uuid.NewString()), http.StatusNotFound)
		if _, err := h.as(other.Secret).Me(t.Context()); err != nil {
			t.Errorf("the other one ended too: %v", err)
		}
		if tokens, err := c.Tokens(t.Context()); err != nil || len(tokens) != 1 || tokens[0].ID != other.ID {
			t.Errorf("got %+v, %v", tokens, err)
		}
	})

	t.Run("a write that was let in before changes nothing after", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"tasks:write"}})
		apply := func() (kind string) {
			row := h.pool.QueryRow(t.Context(), `SELECT coalesce(todo.answer('apply', jsonb_build_object('userId', $1::text, 'tokenId', $2::text, 'atomic', true,
				'by', jsonb_build_object('kind', 'token', 'id', $2::text), 'commands', '[{"name": "settings.update", "fields": {}}]'::jsonb))::jsonb->'error'->>'kind', '')`,
				c.Grant.User.ID, made.ID)
			if err := row.Scan(&kind); err != nil {
				t.Fatal(err)
			}
			return kind
		}
		if got := apply(); got != "" {
			t.Fatalf("got %s", got)
		}
		if err := c.RevokeToken(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		if got := apply(); got != "unauthenticated" {
			t.Errorf("got %q", got)
		}
	})

	t.Run("it ends when it expires", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		program := h.as(made.Secret)
		exec(t, `UPDATE todo.api_token SET expires_at = now() + interval '1 hour' WHERE id = $1`, made.ID)
		if _, err := program.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		exec(t, `UPDATE todo.api_token SET expires_at = now() WHERE id = $1`, made.ID)
		_, err := program.Me(t.Context())
		wantStatus(t, err, http.StatusUnauthorized)
		wantStatus(t, c.RevokeToken(t.Context(), made.ID), http.StatusNotFound)
	})

	t.Run("the end of sessions is nothing to it", func(t *testing.T) {
		c := h.user(t)
		program := h.as(newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"tasks:write"}}).Secret)
		if err := c.EndSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := program.CreateTask(t.Context(), client.Draft{Title: "goes on"}); err != nil {
			t.Error(err)
		}
	})

	t.Run("a session that was ended makes and revokes none", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		if err := c.EndSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := c.CreateToken(t.Context(), client.TokenDraft{Name: "b", Scopes: []string{"account"}})
		wantStatus(t, err, http.StatusUnauthorized)
		wantStatus(t, c.RevokeToken(t.Context(), made.ID), http.StatusUnauthorized)
	})

	t.Run("there are so many and no more", func(t *testing.T) {
		c := h.user(t)
		last := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		exec(t, `INSERT INTO todo.api_token (id, user_id, hash, prefix, name, scopes, created_at, expires_at)
			SELECT gen_random_uuid(), $1, sha256(gen_random_uuid()::text::bytea), 'tdp_', n, '{account}', now(), CASE WHEN n > 49 THEN now() END FROM generate_series(1, 60) n`, c.Grant.User.ID)
		_, err := c.CreateToken(t.Context(), client.TokenDraft{Name: "one too many", Scopes: []string{"account"}})
		wantStatus(t, err, http.StatusConflict)
		if !strings.Contains(err.Error(), "50") {
			t.Errorf("it does not say how many: %v", err)
		}
		if err := c.RevokeToken(t.Context(), last.ID); err != nil {
			t.Fatal(err)
		}
		newToken(t, c, client.TokenDraft{Name: "in its place", Scopes: []string{"account"}})
		newToken(t, h.user(t), client.TokenDraft{Name: "of somebody else", Scopes: []string{"account"}})
	})

	t.Run("its last use is noted once a minute", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"account"}})
		program := h.as(made.Secret)
		use := func() (at time.Time, version string) {
			if _, err := program.Me(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := h.pool.QueryRow(t.Context(), `SELECT last_used_at, xmin::text FROM todo.api_token WHERE id = $1`, made.ID).Scan(&at, &version); err != nil {
				t.Fatal(err)
			}
			return at, version
		}
		first, written := use()
		if again, rewritten := use(); !again.Equal(first) || rewritten != written {
			t.Errorf("written again, %s after", again.Sub(first))
		}
		exec(t, `UPDATE todo.api_token SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, made.ID)
		if later, _ := use(); later.Before(first) {
			t.Errorf("not written anew: %s", later)
		}
		var plan string
		rows, err := h.pool.Query(t.Context(), `EXPLAIN SELECT * FROM todo.api_token WHERE hash = '\x00'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		if !strings.Contains(plan, "api_token_hash_key") {
			t.Errorf("it is not found by an index:\n%s", plan)
		}
	})

	t.Run("those that ended a day ago are pruned, and nothing else", func(t *testing.T) {
		c := h.user(t)
		ids := map[string]string{}
		for _, name := range []string{"revoked", "just revoked", "expired", "just expired", "good", "for ever"} {
			ids[name] = newToken(t, c, client.TokenDraft{Name: name, Scopes: []string{"account"}}).ID
		}
		for name, change := range map[string]string{
			"revoked": "revoked_at = now() - interval '25 hours'", "just revoked": "revoked_at = now(), expires_at = now() + interval '1 hour'",
			"expired": "expires_at = now() - interval '25 hours'", "just expired": "expires_at = now()", "good": "expires_at = now() + interval '1 hour'",
		} {
			exec(t, `UPDATE todo.api_token SET `+change+` WHERE id = $1`, ids[name])
		}
		h.prune(t, time.Now())
		var left []string
		if err := h.pool.QueryRow(t.Context(), `SELECT array_agg(name ORDER BY name) FROM todo.api_token WHERE user_id = $1`, c.Grant.User.ID).Scan(&left); err != nil {
			t.Fatal(err)
		}
		if want := []string{"for ever", "good", "just expired", "just revoked"}; !slices.Equal(left, want) {
			t.Errorf("left are %v, want %v", left, want)
		}
	})

	t.Run("it counts to the limit of its user's requests", func(t *testing.T) {
		c := h.user(t)
		made := newToken(t, c, client.TokenDraft{Name: "a", Scopes: []string{"tasks:read"}})
		for n := 0; ; n++ {
			secret := made.Secret
			if n%2 == 0 {
				secret = c.Grant.AccessToken
			}
			got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/me/verification", "", map[string]string{"Authorization": "Bearer " + secret})
			if got.status == http.StatusTooManyRequests {
				wantLimited(t, got, `"writes";q=100;w=5`)
				return
			}
			if n > 2000 {
				t.Fatal("there is no limit")
			}
		}
	})

	t.Run("other services get tickets for it and verify sessions alone", func(t *testing.T) {
		c := h.user(t)
		realtime := h.invoker(t, contract.RealtimeSync)
		expiry := time.Now().Add(2 * time.Minute).UTC()
		reader := newToken(t, c, client.TokenDraft{Name: "reader", Scopes: []string{"tasks:read"}})
		brief := newToken(t, c, client.TokenDraft{Name: "brief", Scopes: []string{"tasks:read"}, ExpiresAt: &expiry})
		writer := newToken(t, c, client.TokenDraft{Name: "writer", Scopes: []string{"tasks:write"}})
		issue := func(secret string) (calls.Ticket, error) {
			return calls.IssueTicket.Call(t.Context(), realtime, calls.IssueTicketRequest{AccessToken: secret, Seconds: 30})
		}
		redeem := func(ticket calls.Ticket) (calls.OpenFeedReply, error) {
			return calls.OpenFeed.Call(t.Context(), realtime, calls.OpenFeedRequest{Ticket: ticket.Ticket, Limit: 1})
		}
		for _, made := range []client.MadeToken{reader, brief} {
			ticket, err := issue(made.Secret)
			if err != nil {
				t.Fatal(err)
			}
			opened, err := redeem(ticket)
			if err != nil || opened.Caller.UserID != c.Grant.User.ID || opened.Caller.TokenID != made.ID || opened.Caller.SessionID != "" {
				t.Fatalf("got %+v, %v", opened, err)
			}
			until := time.Now().Add(auth.TokenLifetime)
			if made.ExpiresAt != nil {
				until = *made.ExpiresAt
			}
			if off := opened.Caller.ExpiresAt.Sub(until); off > time.Second || off < -soon {
				t.Errorf("%s is taken for good until %s, want %s", made.Name, opened.Caller.ExpiresAt, until)
			}
		}
		_, err := issue(writer.Secret)
		if public := failure.Public(err); public.Kind != failure.Forbidden || public.Scope != string(auth.ScopeTasksRead) {
			t.Errorf("without the scope: got %+v", public)
		}
		_, err = calls.VerifySession.Call(t.Context(), realtime, calls.VerifySessionRequest{AccessToken: reader.Secret})
		if failure.KindOf(err) != failure.Unauthenticated || !strings.Contains(err.Error(), "no API token") {
			t.Errorf("as a session: got %v", err)
		}
		waiting, err := issue(reader.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.RevokeToken(t.Context(), reader.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := redeem(waiting); failure.KindOf(err) != failure.Unauthenticated {
			t.Errorf("a ticket of a revoked token: got %v", err)
		}
		if _, err := issue(reader.Secret); failure.KindOf(err) != failure.Unauthenticated {
			t.Errorf("a revoked token: got %v", err)
		}
	})
}
