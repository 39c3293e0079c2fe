package todoapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

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

	t.Run("without a token are refused", func(t *testing.T) {
		response := send(t, http.DefaultClient, http.MethodPost, h.url+mcp.Path, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, map[string]string{"Content-Type": "application/json"})
		if response.status != http.StatusUnauthorized || response.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%d, %v", response.status, response.header)
		}
	})
}
