package e2e

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/todoplatform/todoplatform/services/cli/todo"
	client "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// actInWords has a person tell the chatbot, an agent and the command line what to do, while a window is
// open that shows what becomes of it.
func actInWords(t *testing.T, p *person) {
	t.Helper()
	w := p.open(t)
	title := "order firewood " + uuid.NewString()[:8]

	asked := time.Now()
	say(t, p, "add "+title+" tomorrow p1")
	shown := w.wait(t, frameWithin, "what the chatbot adds", func(c client.Change) bool {
		return c.Type == "task.created" && strings.Contains(string(c.After), title)
	})
	if shown.By.Kind != "chat" {
		t.Errorf("it was added by %+v", shown.By)
	}
	t.Logf("FIGURE said to shown: %s", shown.at.Sub(asked).Round(time.Millisecond))
	say(t, p, "move it to friday")
	w.wait(t, frameWithin, "what the chatbot moves", isType("task.updated", shown.ID))

	made, err := p.api.CreateToken(t.Context(), client.TokenDraft{Name: "agent", Scopes: []string{"tasks:read", "tasks:write"}})
	if err != nil {
		t.Fatal(err)
	}
	completeAsAgent(t, made.Secret, shown.ID)
	done := w.wait(t, frameWithin, "what the agent completes", isType("task.completed", shown.ID))
	if done.By.Kind != "agent" || done.By.Client != "agent" {
		t.Errorf("it was completed by %+v", done.By)
	}

	listed := command(t, made.Secret, "list", "--status", "completed", "--sort", "-completed")
	if !strings.Contains(listed, "[x]  "+title) {
		t.Errorf("todo lists\n%s", listed)
	}
	command(t, made.Secret, "add", "stack "+title)
	w.wait(t, frameWithin, "what the command line adds", func(c client.Change) bool {
		return c.Type == "task.created" && strings.Contains(string(c.After), "stack "+title)
	})
	w.close()
}

// say tells the chatbot something, in a conversation of the person's, and returns the answer.
func say(t *testing.T, p *person, text string) string {
	t.Helper()
	conversation := uuid.NewSHA1(uuid.NameSpaceURL, []byte(p.email))
	var answer struct{ Text string }
	path := "/chat/conversations/" + conversation.String() + "/messages"
	if err := p.api.Do(t.Context(), http.MethodPost, path, map[string]string{"id": uuid.NewString(), "text": text}, &answer); err != nil {
		t.Fatalf("say %q: %v", text, err)
	}
	t.Logf("> %s\n%s", text, answer.Text)
	return answer.Text
}

// bearing adds a token to each request.
type bearing struct{ token string }

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return http.DefaultTransport.RoundTrip(r)
}

func completeAsAgent(t *testing.T, token, taskID string) {
	t.Helper()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "e2e", Version: "1"}, nil).Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: baseURL + "/mcp", HTTPClient: &http.Client{Transport: bearing{token}, Timeout: requestLimit},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "complete_tasks", Arguments: map[string]any{"ids": []string{taskID}}})
	if err != nil || result.IsError {
		t.Fatalf("%+v, %v", result, err)
	}
}

// command runs the command line of people with a token.
func command(t *testing.T, token string, args ...string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.json")
	run := func(args ...string) string {
		var out bytes.Buffer
		root := todo.New()
		root.SetOut(&out)
		root.SetErr(&out)
		root.SetArgs(append([]string{"--config", config}, args...))
		ctx, cancel := context.WithTimeout(t.Context(), requestLimit)
		defer cancel()
		if err := root.ExecuteContext(ctx); err != nil {
			t.Fatalf("todo %q: %v\n%s", args, err, &out)
		}
		return out.String()
	}
	run("login", baseURL, "--token", token)
	return run(args...)
}
