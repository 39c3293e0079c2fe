package todoapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// signedIn lists the operations that no API token may reach, whatever its scopes.
var signedIn = map[string]bool{
	"POST /me/verification": true,
	"PUT /me/password":      true,
	"PUT /me/email":         true,
	"DELETE /me":            true,
	"GET /sessions":         true,
	"DELETE /sessions":      true,
	"DELETE /sessions/{id}": true,
	"GET /tokens":           true,
	"POST /tokens":          true,
	"DELETE /tokens/{id}":   true,
	"GET /calendar-feed":    true,
	"POST /calendar-feed":   true,
	"DELETE /calendar-feed": true,

	"GET /push/key":                   true,
	"GET /push/subscriptions":         true,
	"POST /push/subscriptions":        true,
	"DELETE /push/subscriptions/{id}": true,
}

// declaredScopes returns, by method and path, the scope that the OpenAPI document says an
// operation needs; auth.ScopeSession where it takes no API token.
func declaredScopes(t *testing.T, h *harness) map[string]auth.Scope {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := h.guest().Do(t.Context(), http.MethodGet, "/openapi.json", nil, &document); err != nil {
		t.Fatal(err)
	}
	declared := map[string]auth.Scope{}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			name := strings.ToUpper(method) + " " + path
			if open[name] {
				if len(operation.Security) > 0 {
					t.Errorf("%s is listed as open to all, and takes a token", name)
				}
				continue
			}
			declared[name] = scopeIn(t, name, operation.Security)
		}
	}
	return declared
}

func scopeIn(t *testing.T, operation string, security []map[string][]string) auth.Scope {
	t.Helper()
	var scope auth.Scope
	schemes := map[string]bool{}
	for _, requirement := range security {
		for scheme, scopes := range requirement {
			schemes[scheme] = true
			for _, s := range scopes {
				if scope != "" && scope != auth.Scope(s) {
					t.Errorf("%s needs %s and %s: a token must do with one", operation, scope, s)
				}
				scope = auth.Scope(s)
			}
		}
	}
	switch {
	case signedIn[operation] && schemes["accessToken"] && !schemes["apiToken"] && scope == "":
		return auth.ScopeSession
	case !signedIn[operation] && schemes["accessToken"] && schemes["apiToken"] && slices.Contains(auth.Scopes(), scope):
		return scope
	}
	t.Errorf("%s declares %v: name its scope where it is registered, or list it as open to all or to sessions alone", operation, security)
	return auth.ScopeSession
}

// program returns a client with an API token of a user's.
func (h *harness) program(t *testing.T, c *client.Client, scopes ...string) *client.Client {
	t.Helper()
	made, err := c.CreateToken(t.Context(), client.TokenDraft{Name: "program", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	program := h.guest()
	program.Grant.AccessToken = made.Secret
	program.Grant.User = c.Grant.User
	return program
}

func TestScopes(t *testing.T) {
	h := newHarness(t)
	owner := h.user(t)
	declared := declaredScopes(t, h)
	with, without := map[auth.Scope]*client.Client{}, map[auth.Scope]*client.Client{}
	everything := make([]string, 0, len(auth.Scopes()))
	for _, scope := range auth.Scopes() {
		everything = append(everything, string(scope))
	}
	// Each has a user of its own, because requests of one are limited.
	without[auth.ScopeSession] = h.program(t, h.user(t), everything...)
	for i, scope := range auth.Scopes() {
		with[scope] = h.program(t, h.user(t), string(scope))
		without[scope] = h.program(t, h.user(t), slices.Delete(slices.Clone(everything), i, i+1)...)
	}
	with[auth.ScopeAdmin] = h.program(t, owner, string(auth.ScopeAdmin))

	// Bodies with which some operations come past the schema. It is looked at after the scope.
	bodies := map[string]string{
		"POST /tasks":               `{"title":"own"}`,
		"PATCH /tasks/{id}":         `{"title":"own"}`,
		"POST /commands":            `{"commands":[{"name":"task.create","fields":{"title":"own"}}]}`,
		"PATCH /settings":           `{"weekStart":7}`,
		"POST /previews/recurrence": `{"text":"every day"}`,
		"POST /previews/quick-add":  `{"text":"own"}`,
		"POST /quick-add":           `{"text":"own #own"}`,
		"POST /projects":            `{"name":"own"}`,
		"POST /tokens":              `{"name":"own","scopes":["account"]}`,
		"POST /webhooks":            `{"url":"https://example.org","types":["*"]}`,
		"PUT /me/password":          `{"current":"wrong password","new":"another password"}`,
	}
	for operation, scope := range declared {
		t.Run(operation, func(t *testing.T) {
			method, path, _ := strings.Cut(operation, " ")
			url := h.url + "/api/v1" + strings.ReplaceAll(path, "{id}", uuid.NewString())
			header := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + without[scope].Grant.AccessToken}
			if method == http.MethodPatch {
				header["Content-Type"] = "application/merge-patch+json"
			}
			refused := send(t, http.DefaultClient, method, url, bodies[operation], header)
			wantOutOfScope(t, refused, scope)
			if scope == auth.ScopeSession {
				return
			}
			header["Authorization"] = "Bearer " + with[scope].Grant.AccessToken
			if got := send(t, http.DefaultClient, method, url, bodies[operation], header); got.status == http.StatusUnauthorized || got.status == http.StatusForbidden {
				t.Errorf("with the scope %s: got %d: %s", scope, got.status, got.body)
			}
		})
	}
}

func wantOutOfScope(t *testing.T, got answer, scope auth.Scope) {
	t.Helper()
	challenge := `Bearer error="insufficient_scope"`
	if scope != auth.ScopeSession {
		challenge += `, scope="` + string(scope) + `"`
	}
	var problem client.Problem
	if err := json.Unmarshal(got.body, &problem); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	if got.status != http.StatusForbidden || got.header.Get("WWW-Authenticate") != challenge || problem.Code != "insufficient_scope" {
		t.Errorf("got %d with the challenge %q, want %q: %s", got.status, got.header.Get("WWW-Authenticate"), challenge, got.body)
	}
	if scope != auth.ScopeSession && !strings.Contains(problem.Detail, string(scope)) {
		t.Errorf("%q does not name %s", problem.Detail, scope)
	}
}

func TestEachCommandOfABatchIsInScope(t *testing.T) {
	h := newHarness(t)
	owner := h.user(t)
	writer := h.program(t, owner, "tasks:write")
	commands := []client.Command{
		{Name: "task.create", Fields: map[string]string{"title": "a"}},
		{Name: "settings.update", Fields: map[string]int{"weekStart": 7}},
	}
	body, err := json.Marshal(map[string]any{"commands": commands})
	if err != nil {
		t.Fatal(err)
	}
	refused := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/commands", string(body),
		map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + writer.Grant.AccessToken})
	wantOutOfScope(t, refused, auth.ScopeAccount)
	if !strings.Contains(string(refused.body), "body.commands[1]") {
		t.Errorf("it does not say which command: %s", refused.body)
	}
	if list, err := owner.ListTasks(t.Context(), "all", 10, ""); err != nil || len(list.Items) != 0 {
		t.Errorf("got %+v, %v; want nothing done", list, err)
	}

	outcomes, err := writer.Apply(t.Context(), true, commands)
	if err != nil || outcomes[0].Error != nil || outcomes[1].Error == nil ||
		outcomes[1].Error.Status != http.StatusForbidden || outcomes[1].Error.Code != "insufficient_scope" {
		t.Errorf("got %+v, %v", outcomes, err)
	}
	if settings, err := owner.Settings(t.Context()); err != nil || settings.WeekStart == 7 {
		t.Errorf("the settings were changed: %+v, %v", settings, err)
	}

	if _, err := h.program(t, owner, "tasks:write", "account").Apply(t.Context(), false, commands); err != nil {
		t.Error(err)
	}
}

func TestUndoIsInScopeOfWhatItTakesBack(t *testing.T) {
	h := newHarness(t)
	owner := h.user(t)
	writer := h.program(t, owner, "tasks:write")
	if _, err := owner.Apply(t.Context(), false, []client.Command{
		{Name: "task.create", Fields: map[string]string{"title": "a"}},
		{Name: "settings.update", Fields: map[string]int{"weekStart": 7}},
	}); err != nil {
		t.Fatal(err)
	}
	newTask(t, owner, client.Draft{Title: "b"})
	changes, err := owner.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	last := len(changes.Items) - 1
	settings, task := changes.Items[last-1], changes.Items[last]
	refused := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1/undo", `{"group":"`+settings.Group+`"}`,
		map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + writer.Grant.AccessToken})
	wantOutOfScope(t, refused, auth.ScopeAccount)
	if after, err := owner.Changes(t.Context(), changes.Head, 10); err != nil || len(after.Items) != 0 {
		t.Errorf("got %+v, %v; want nothing done", after, err)
	}
	if err := writer.Undo(t.Context(), task.Group); err != nil {
		t.Errorf("of what it may write: %v", err)
	}
	if err := h.program(t, owner, "tasks:write", "account").Undo(t.Context(), settings.Group); err != nil {
		t.Errorf("with both scopes: %v", err)
	}
}
