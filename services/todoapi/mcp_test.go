package todoapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/mcp"
)

// bearing adds a token to each request.
type bearing struct{ token string }

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return http.DefaultTransport.RoundTrip(r)
}

// agent connects as an outside agent with a token of a user's.
func (h *harness) agent(t *testing.T, c *client.Client, scopes ...string) *sdk.ClientSession {
	t.Helper()
	made, err := c.CreateToken(t.Context(), client.TokenDraft{Name: "agent", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: h.url + mcp.Path, HTTPClient: &http.Client{Transport: bearing{made.Secret}, Timeout: soon},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// use calls a tool and returns what it answers.
func use(t *testing.T, session *sdk.ClientSession, tool string, input map[string]any) (text string, failed bool) {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: input})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return result.Content[0].(*sdk.TextContent).Text, result.IsError
}

func TestAgents(t *testing.T) {
	h := newHarness(t)

	t.Run("find the tools with whole schemas", func(t *testing.T) {
		session := h.agent(t, h.user(t), "tasks:read")
		listed, err := session.ListTools(t.Context(), nil)
		if err != nil || len(listed.Tools) != 20 {
			t.Fatalf("%d tools, %v", len(listed.Tools), err)
		}
		for _, tool := range listed.Tools {
			schema, err := json.Marshal(tool.InputSchema)
			if err != nil || !strings.Contains(string(schema), `"type":"object"`) {
				t.Errorf("%s takes %s", tool.Name, schema)
			}
			if reads := tool.Annotations.ReadOnlyHint; reads == strings.Contains(string(schema), "dryRun") {
				t.Errorf("%s reads only: %t, and takes %s", tool.Name, reads, schema)
			}
		}
	})

	t.Run("add, change, try and undo as agents", func(t *testing.T) {
		c := h.user(t)
		session := h.agent(t, c, "tasks:read", "tasks:write")
		for range 2 { // an answer was lost
			use(t, session, "add_tasks", map[string]any{"text": "milk #Home\neggs #Home", "idempotencyKey": "first"})
		}
		if got := openTitles(t, c); !slices.Equal(got, []string{"milk", "eggs"}) {
			t.Fatalf("open: %q", got)
		}
		change, err := lastChange(t.Context(), c)
		if err != nil || change.By.Kind != events.ActorAgent || change.By.Client != "agent" {
			t.Errorf("changed by %+v, %v", change.By, err)
		}
		tried, _ := use(t, session, "delete_tasks", map[string]any{"filter": "#Home", "dryRun": true})
		if !strings.Contains(tried, "milk") || len(openTitles(t, c)) != 2 {
			t.Fatalf("tried: %s, open: %q", tried, openTitles(t, c))
		}
		deleted, _ := use(t, session, "delete_tasks", map[string]any{"filter": "#Home"})
		var act struct{ Group string }
		if err := json.Unmarshal([]byte(deleted), &act); err != nil || len(openTitles(t, c)) != 0 {
			t.Fatalf("%s, %v, open: %q", deleted, err, openTitles(t, c))
		}
		use(t, session, "undo", map[string]any{"group": act.Group})
		if got := openTitles(t, c); len(got) != 2 {
			t.Errorf("after undo: %q", got)
		}
	})

	t.Run("are told what is wrong", func(t *testing.T) {
		session := h.agent(t, h.user(t), "tasks:read", "tasks:write")
		for tool, input := range map[string]map[string]any{
			"find_tasks":     {"filter": "(((", "status": "open"},
			"change_tasks":   {"filter": "all", "changes": map[string]any{"priority": 9}},
			"complete_tasks": {},
			"show_task":      {"id": "3a1f0e86-4d0c-4a2e-9d62-000000000000"},
		} {
			if text, failed := use(t, session, tool, input); !failed || text == "" {
				t.Errorf("%s: %s", tool, text)
			}
		}
	})

	t.Run("do what their token may", func(t *testing.T) {
		c := h.user(t)
		session := h.agent(t, c, "tasks:read")
		if text, failed := use(t, session, "add_tasks", map[string]any{"text": "milk"}); !failed || !strings.Contains(text, "tasks:write") {
			t.Errorf("%t, %s", failed, text)
		}
		if got := openTitles(t, c); len(got) != 0 {
			t.Errorf("open: %q", got)
		}
	})

	t.Run("read views and tasks of their person alone", func(t *testing.T) {
		owner, stranger := h.user(t), h.user(t)
		secret := newTask(t, owner, client.Draft{Title: "secret", Due: &client.Due{Date: "2020-01-01"}})
		own, other := h.agent(t, owner, "tasks:read"), h.agent(t, stranger, "tasks:read")
		read, err := own.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "todo://views/today"})
		if err != nil || !strings.Contains(read.Contents[0].Text, "secret") {
			t.Fatalf("%+v, %v", read, err)
		}
		if read, err = other.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "todo://views/today"}); err != nil || strings.Contains(read.Contents[0].Text, "secret") {
			t.Errorf("%+v, %v", read, err)
		}
		if _, err = other.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "todo://tasks/" + secret.ID}); err == nil {
			t.Error("the stranger reads the task")
		}
		prompts, err := own.ListPrompts(t.Context(), nil)
		if err != nil || len(prompts.Prompts) != 3 {
			t.Errorf("%+v, %v", prompts, err)
		}
	})

	t.Run("without a token are told where to learn of one", func(t *testing.T) {
		refused := listTools(t, h, nil)
		want := `Bearer resource_metadata="` + h.url + `/.well-known/oauth-protected-resource/mcp", scope="tasks:read"`
		if got := refused.header.Get("WWW-Authenticate"); refused.status != http.StatusUnauthorized || got != want {
			t.Errorf("%d, %s, want %s", refused.status, got, want)
		}
		for _, resource := range []string{"", mcp.Path} {
			metadata, err := oauthex.GetProtectedResourceMetadata(t.Context(), h.url+"/.well-known/oauth-protected-resource"+resource, h.url+resource, http.DefaultClient)
			if err != nil {
				t.Fatal(err)
			}
			want := &oauthex.ProtectedResourceMetadata{
				Resource: h.url + resource, ResourceName: "TodoPlatform", ResourceDocumentation: h.url + "/api/v1/docs",
				BearerMethodsSupported: []string{"header"}, ScopesSupported: []string{"tasks:read", "tasks:write"},
			}
			if diff := cmp.Diff(want, metadata); diff != "" {
				t.Errorf("of %q (-want +got):\n%s", resource, diff)
			}
		}
	})

	t.Run("with a token of too little scope are told which it needs", func(t *testing.T) {
		refused := listTools(t, h, map[string]string{"Authorization": "Bearer " + h.program(t, h.user(t), "account").Grant.AccessToken})
		want := `Bearer error="insufficient_scope", resource_metadata="` + h.url + `/.well-known/oauth-protected-resource/mcp", scope="tasks:read"`
		if got := refused.header.Get("WWW-Authenticate"); refused.status != http.StatusForbidden || got != want {
			t.Errorf("%d, %s, want %s", refused.status, got, want)
		}
	})
}

// listTools asks for the tools, with more header fields.
func listTools(t *testing.T, h *harness, more map[string]string) answer {
	t.Helper()
	header := map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
	maps.Copy(header, more)
	return send(t, http.DefaultClient, http.MethodPost, h.url+mcp.Path, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, header)
}

func TestAgentsReachThePlatformAtItsAddressAlone(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.PublicURL = &url.URL{Scheme: "https", Host: "todo.example.org"} })
	token := h.program(t, h.user(t), "tasks:read").Grant.AccessToken

	for name, test := range map[string]struct {
		header map[string]string
		status int
	}{
		"a program":                            {map[string]string{}, http.StatusOK},
		"a program that writes the port":       {map[string]string{"Host": "todo.example.org:443"}, http.StatusOK},
		"a page of the platform":               {map[string]string{"Origin": "https://todo.example.org", "Sec-Fetch-Site": "same-origin"}, http.StatusOK},
		"a page of another origin":             {map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		"a page that says so itself":           {map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"a page of a neighbour":                {map[string]string{"Origin": "https://other.example.org", "Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"a page without an origin":             {map[string]string{"Origin": "null"}, http.StatusForbidden},
		"a page whose name was bound to ours":  {map[string]string{"Origin": "http://evil.example", "Host": "evil.example"}, http.StatusForbidden},
		"a program that asks for another host": {map[string]string{"Host": "evil.example"}, http.StatusForbidden},
		"a program that asks for another port": {map[string]string{"Host": "todo.example.org:80"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"Host": "todo.example.org", "Authorization": "Bearer " + token}
			maps.Copy(header, test.header)
			got := listTools(t, h, header)
			if got.status != test.status || strings.Contains(string(got.body), "add_tasks") != (test.status == http.StatusOK) {
				t.Errorf("%d, want %d: %s", got.status, test.status, got.body)
			}
		})
	}

	t.Run("what a refusal names", func(t *testing.T) {
		refused := listTools(t, h, map[string]string{"Host": "todo.example.org"})
		challenges, err := oauthex.ParseWWWAuthenticate(refused.header.Values("WWW-Authenticate"))
		const metadata = "https://todo.example.org/.well-known/oauth-protected-resource/mcp"
		if err != nil || len(challenges) != 1 || challenges[0].Params["resource_metadata"] != metadata {
			t.Errorf("%+v, %v", challenges, err)
		}
		told := send(t, http.DefaultClient, http.MethodGet, h.url+"/.well-known/oauth-protected-resource/mcp", "", map[string]string{"Host": "evil.example"})
		if !strings.Contains(string(told.body), `"resource":"https://todo.example.org/mcp"`) || strings.Contains(string(told.body), "evil") {
			t.Errorf("%s", told.body)
		}
	})
}
