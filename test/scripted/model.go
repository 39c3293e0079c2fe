// Package scripted is a language model for tests: a server that speaks OpenAI's protocol and says what a
// test has it say.
package scripted

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Request is what the model is asked.
type Request struct {
	Messages []Message `json:"messages"`
	Tools    []struct {
		Function struct {
			Name       string         `json:"name"`
			Parameters map[string]any `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
}

// Last is what the model was told last.
func (r Request) Last() string { return r.Messages[len(r.Messages)-1].Content }

// Told are the answers of tools that it has.
func (r Request) Told() (answers []string) {
	for _, m := range r.Messages {
		if m.Role == "tool" {
			answers = append(answers, m.Content)
		}
	}
	return answers
}

// Message is one of a conversation.
type Message struct {
	Role      string `json:"role"`
	Content   string `json:"content"`
	ToolCalls []Call `json:"tool_calls,omitempty"`
}

// Call is a use of a tool that the model wants.
type Call struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// Arguments are those of a call.
type Arguments = map[string]any

// Saying is an answer in words.
func Saying(text string) Message { return Message{Content: text} }

// Calling is an answer that has tools called: name, arguments, name, arguments, … Arguments that are a
// string are sent as they are.
func Calling(t testing.TB, pairs ...any) Message {
	t.Helper()
	var said Message
	for i := 0; i < len(pairs); i += 2 {
		call := Call{ID: fmt.Sprintf("call-%d", i), Type: "function"}
		call.Function.Name = pairs[i].(string)
		if text, isText := pairs[i+1].(string); isText {
			call.Function.Arguments = text
		} else {
			encoded, err := json.Marshal(pairs[i+1])
			if err != nil {
				t.Fatal(err)
			}
			call.Function.Arguments = string(encoded)
		}
		said.ToolCalls = append(said.ToolCalls, call)
	}
	return said
}

// Model is the server. Its address ends in /v1.
type Model struct {
	mu    sync.Mutex
	asked []Request
	says  func(Request) (Message, int)
	held  bool
}

// CutOff is a status of an answer that ends in its middle.
const CutOff = 0

// Says has the model answer by a function from now on, which returns a status beside the answer, and
// forgets what it was asked.
func (m *Model) Says(says func(Request) (Message, int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked, m.says, m.held = nil, says, false
}

// SaysInTurn has the model say one thing after the other, and the last one again and again.
func (m *Model) SaysInTurn(messages ...Message) {
	n := 0
	m.Says(func(Request) (Message, int) {
		said := messages[min(n, len(messages)-1)]
		n++
		return said, http.StatusOK
	})
}

// Hold has the model not answer until it says something else.
func (m *Model) Hold() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = true
}

// Requests are what the model was asked since it was told what to say.
func (m *Model) Requests() []Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

// ServeHTTP implements http.Handler.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked Request
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.asked = append(m.asked, asked)
	says, held := m.says, m.held
	m.mu.Unlock()
	if held {
		<-r.Context().Done()
		return
	}
	said, status := says(asked)
	if status == CutOff {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"id":"1","choices":[`)) // the server ends the connection when less comes than was said
		return
	}
	if status != http.StatusOK {
		http.Error(w, `{"error":{"message":"overloaded"}}`, status)
		return
	}
	said.Role = "assistant"
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "1", "object": "chat.completion", "model": "scripted",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": said}}}) // whoever has gone does not miss it
}
