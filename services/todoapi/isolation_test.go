package todoapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// open lists the operations that need no access token; every other one is tried here.
var open = map[string]bool{
	"POST /auth/sign-up": true,
	"POST /auth/login":   true,
	"POST /auth/refresh": true,
	"POST /auth/logout":  true,

	"POST /auth/verify-email":           true,
	"POST /auth/password-reset":         true,
	"POST /auth/password-reset/confirm": true,
	"GET /calendar/{file}":              true,
	"POST /reminder-links/read":         true,
	"POST /reminder-links/answer":       true,
	"POST /reminder-links/unsubscribe":  true,
	"GET /reminder-links/unsubscribe":   true,
}

func TestIsolation(t *testing.T) {
	h := newHarness(t)
	owner, stranger := h.user(t), h.user(t)
	token := newToken(t, owner, client.TokenDraft{Name: "secret", Scopes: []string{"tasks:read"}})
	secret := newTask(t, owner, client.Draft{Title: "secret", Due: &client.Due{Date: "2026-12-01"}, Recurrence: &client.Recurrence{Rule: "FREQ=DAILY"}})
	project, section := newProject(t, owner, client.ProjectDraft{Name: "secret"}), client.Section{}
	if err := owner.Do(t.Context(), http.MethodPost, "/sections", client.SectionDraft{ProjectID: project.ID, Name: "secret"}, &section); err != nil {
		t.Fatal(err)
	}
	tag := made[client.Tag](t, owner, "/tags", map[string]any{"name": "secret"})
	comment := made[client.Comment](t, owner, "/comments", map[string]any{"taskId": secret.ID, "text": "secret"})
	filter := made[client.Filter](t, owner, "/filters", map[string]any{"name": "secret", "query": "p1"})
	webhook := made[client.MadeWebhook](t, owner, "/webhooks", client.WebhookDraft{URL: "https://example.org/secret", Types: []string{"*"}})
	file := fileOf(t, map[string]any{"tasks": objects{{"title": "secret"}}})
	background, err := owner.StartImport(t.Context(), client.File{Type: jsonFile, Content: file}, url.Values{"dryRun": {"true"}})
	if err != nil {
		t.Fatal(err)
	}
	h.waitImport(t, owner, background.ID, "done")
	sessions, err := owner.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, err := owner.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}

	// What a stranger gets of each operation, with the owner's ids in its path. All
	// operations of the API must be in this table.
	attempts := map[string]struct {
		body   string
		status int
	}{
		"GET /me":                   {"", 200},
		"POST /me/verification":     {"", 409}, // this platform verifies no addresses
		"PUT /me/password":          {`{"current":"wrong password","new":"another password"}`, 422},
		"PUT /me/email":             {`{"email":"own@example.org","password":"` + password + `"}`, 409}, // this platform verifies no addresses
		"DELETE /me":                {`{"password":"wrong password"}`, 422},
		"GET /sessions":             {"", 200},
		"DELETE /sessions/{id}":     {"", 404},
		"GET /tokens":               {"", 200},
		"POST /tokens":              {`{"name":"own","scopes":["account"]}`, 201},
		"DELETE /tokens/{id}":       {"", 404},
		"GET /tasks":                {"", 200},
		"POST /tasks":               {`{"title":"own"}`, 201},
		"GET /tasks/{id}":           {"", 404},
		"PATCH /tasks/{id}":         {`{"title":"stolen"}`, 404},
		"DELETE /tasks/{id}":        {"", 404},
		"POST /commands":            {`{"commands":[{"name":"task.complete","id":"` + secret.ID + `"}]}`, 404},
		"GET /settings":             {"", 200},
		"PATCH /settings":           {`{"weekStart":7}`, 200},
		"POST /tasks/{id}/complete": {"", 404},
		"POST /tasks/{id}/reopen":   {"", 404},
		"POST /quick-add":           {`{"text":"own #mine"}`, 201},
		"POST /tasks/{id}/restore":  {"", 404},
		"POST /tasks/{id}/skip":     {"", 404},
		"POST /tasks/{id}/pause":    {"", 404},
		"POST /tasks/{id}/resume":   {"", 404},
		"PATCH /tasks/{id}/series":  {`{"title":"stolen"}`, 404},
		"GET /agenda":               {"", 422}, // with days: in its own test
		"POST /undo":                {`{"group":"` + before.Items[len(before.Items)-1].Group + `"}`, 404},
		"POST /tasks/{id}/move":     {`{"projectId":null}`, 404},
		"GET /changes":              {"", 200},

		"PATCH /tasks/{id}/occurrence":   {`{"title":"stolen"}`, 404},
		"GET /admin/accounts":            {"", 403},
		"GET /admin/accounts/{id}":       {"", 403},
		"PATCH /admin/accounts/{id}":     {`{"disabled":true}`, 403},
		"GET /admin/figures":             {"", 403},
		"GET /admin/audit/heads":         {"", 403},
		"GET /admin/invitations":         {"", 403},
		"POST /admin/invitations":        {`{}`, 403},
		"DELETE /admin/invitations/{id}": {"", 403},
		"GET /search":                    {"", 422}, // with words: below
		"GET /counts":                    {"", 200},
		"GET /statistics":                {"", 422}, // with days: in its own test
		"POST /tasks/bulk":               {`{"filter":"all","status":"all","command":"task.delete"}`, 200},
		"GET /tags":                      {"", 200},
		"POST /tags":                     {`{"name":"own"}`, 201},
		"PATCH /tags/{id}":               {`{"name":"stolen"}`, 404},
		"DELETE /tags/{id}":              {"", 404},
		"GET /tasks/{id}/comments":       {"", 404},
		"POST /comments":                 {`{"taskId":"` + secret.ID + `","text":"own"}`, 404},
		"PATCH /comments/{id}":           {`{"text":"stolen"}`, 404},
		"DELETE /comments/{id}":          {"", 404},
		"GET /filters":                   {"", 200},
		"POST /filters":                  {`{"name":"own","query":"p1"}`, 201},
		"PATCH /filters/{id}":            {`{"name":"stolen"}`, 404},
		"POST /filters/{id}/move":        {`{"before":"` + secret.ID + `"}`, 404},
		"DELETE /filters/{id}":           {"", 404},
		"GET /projects":                  {"", 200},
		"POST /projects":                 {`{"name":"own"}`, 201},
		"GET /projects/{id}":             {"", 404},
		"PATCH /projects/{id}":           {`{"name":"stolen"}`, 404},
		"POST /projects/{id}/move":       {`{"parentId":null}`, 404},
		"POST /projects/{id}/archive":    {"", 404},
		"POST /projects/{id}/unarchive":  {"", 404},
		"DELETE /projects/{id}":          {"", 404},
		"POST /sections":                 {`{"projectId":"` + project.ID + `","name":"own"}`, 422},
		"GET /sections/{id}":             {"", 404},
		"PATCH /sections/{id}":           {`{"name":"stolen"}`, 404},
		"POST /sections/{id}/move":       {`{"projectId":"` + project.ID + `"}`, 404},
		"DELETE /sections/{id}":          {"", 404},

		"GET /chat":                              {"", 200},
		"GET /chat/conversations":                {"", 200},
		"GET /chat/conversations/{id}":           {"", 404},
		"DELETE /chat/conversations/{id}":        {"", 404},
		"POST /chat/conversations/{id}/messages": {`{"id":"` + uuid.NewString() + `","text":"find own"}`, 200},

		"GET /webhooks":                     {"", 200},
		"POST /webhooks":                    {`{"url":"https://example.org","types":["*"]}`, 201},
		"GET /webhooks/{id}":                {"", 404},
		"PATCH /webhooks/{id}":              {`{"url":"https://example.org/stolen"}`, 404},
		"DELETE /webhooks/{id}":             {"", 404},
		"POST /webhooks/{id}/rotate-secret": {"", 404},
		"POST /webhooks/{id}/test":          {"", 404},
		"GET /webhooks/{id}/deliveries":     {"", 404},

		"POST /webhooks/{id}/deliveries/{deliveryId}/replay": {"", 404},

		// The notification service is not running here; its own tests try these.
		"GET /failed-reminders":              {"", 503},
		"POST /failed-reminders/{id}/replay": {"", 503},
		"GET /reminder-mail":                 {"", 503},
		"POST /reminder-mail/retry":          {"", 503},
		"GET /admin/failed-reminders":        {"", 403},

		"GET /push/key":                   {"", 503},
		"GET /push/subscriptions":         {"", 503},
		"POST /push/subscriptions":        {`{"endpoint":"https://example.org/own","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"},"name":"own"}`, 503},
		"DELETE /push/subscriptions/{id}": {"", 503},

		"GET /calendar-feed":        {"", 200},
		"POST /calendar-feed":       {"", 201},
		"DELETE /calendar-feed":     {"", 204},
		"GET /export":               {"", 200},
		"POST /import":              {`{"format":"todoplatform","version":1,"tasks":[{"title":"own"}]}`, 200},
		"POST /imports":             {`{"format":"todoplatform","version":1,"tasks":[{"title":"own"}]}`, 202},
		"GET /imports":              {"", 200},
		"GET /imports/{id}":         {"", 404},
		"DELETE /imports/{id}":      {"", 404},
		"GET /sync":                 {"", 200},
		"POST /previews/recurrence": {`{"text":"every day"}`, 200},
		"POST /previews/quick-add":  {`{"text":"own"}`, 200},
		"GET /audit":                {"", 503}, // the audit service is not running here
		"GET /audit/export":         {"", 503},
		"DELETE /sessions":          {"", 204},
	}

	for _, operation := range operations(t, h) {
		if open[operation] {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			attempt, ok := attempts[operation]
			if !ok {
				t.Fatal("this operation is not tried: add it to the table")
			}
			method, path, _ := strings.Cut(operation, " ")
			id := secret.ID
			switch _, room, _ := strings.Cut(path, "/"); {
			case strings.HasPrefix(room, "chat"): // whatever begins a conversation makes its id
				id = uuid.NewString()
			case strings.HasPrefix(room, "sessions"):
				id = sessions[0].ID
			case strings.HasPrefix(room, "projects"):
				id = project.ID
			case strings.HasPrefix(room, "sections"):
				id = section.ID
			case strings.HasPrefix(room, "tags"):
				id = tag.ID
			case strings.HasPrefix(room, "comments"):
				id = comment.ID
			case strings.HasPrefix(room, "filters"):
				id = filter.ID
			case strings.HasPrefix(room, "imports"):
				id = background.ID
			case strings.HasPrefix(room, "tokens"):
				id = token.ID
			case strings.HasPrefix(room, "webhooks"):
				id = webhook.ID
			}
			path = strings.NewReplacer("{id}", id, "{deliveryId}", id).Replace(path)
			var body any
			if attempt.body != "" {
				body = json.RawMessage(attempt.body)
			}

			wantStatus(t, h.guest().Do(t.Context(), method, path, body, nil), http.StatusUnauthorized)

			var answer json.RawMessage
			out := any(&answer)
			if attempt.status == http.StatusNoContent {
				out = nil
			}
			err := stranger.Do(t.Context(), method, path, body, out)
			if attempt.status >= http.StatusBadRequest {
				wantStatus(t, err, attempt.status)
			} else if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(answer), `"secret":`, "") // a field of a new token
			if strings.Contains(text, "secret") || strings.Contains(text, owner.Grant.User.ID) || strings.Contains(text, secret.ID) || strings.Contains(text, token.ID) {
				t.Errorf("the stranger got %s", text)
			}
		})
	}

	// What a list could show depends on its query as well.
	for _, query := range []string{"filter=all", "filter=search:+secret&status=all", "sort=-title", "filter=recurring+%7C+!p1&sort=-completed&status=all"} {
		t.Run("GET /tasks?"+query, func(t *testing.T) {
			wantStatus(t, h.guest().Do(t.Context(), http.MethodGet, "/tasks?"+query, nil, nil), http.StatusUnauthorized)
			var answer json.RawMessage
			if err := stranger.Do(t.Context(), http.MethodGet, "/tasks?"+query, nil, &answer); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(answer), "secret") || strings.Contains(string(answer), secret.ID) {
				t.Errorf("the stranger got %s", answer)
			}
		})
	}

	t.Run("GET /search?q=secret", func(t *testing.T) {
		var found client.TaskPage
		if err := stranger.Do(t.Context(), http.MethodGet, "/search?q=secret", nil, &found); err != nil || len(found.Items) != 0 {
			t.Errorf("the stranger got %+v, %v", found, err)
		}
	})

	after, err := owner.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the stranger left traces:\n%s", diff)
	}
	if tokens, err := owner.Tokens(t.Context()); err != nil || len(tokens) != 1 {
		t.Errorf("the stranger left %v of the owner's token, %v", tokens, err)
	}
	if err := owner.Refresh(t.Context()); err != nil {
		t.Errorf("the stranger ended the owner's session: %v", err)
	}
}

// operations lists method and path of every operation in the OpenAPI document, the
// one that ends the stranger's own sessions last.
func operations(t *testing.T, h *harness) []string {
	t.Helper()
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := h.guest().Do(t.Context(), http.MethodGet, "/openapi.json", nil, &document); err != nil {
		t.Fatal(err)
	}
	var found []string
	for path, methods := range document.Paths {
		for method := range methods {
			found = append(found, strings.ToUpper(method)+" "+path)
		}
	}
	last := slices.Index(found, "DELETE /sessions")
	found = append(slices.Delete(found, last, last+1), "DELETE /sessions")
	if len(found) < len(open) {
		t.Fatalf("the document lists %v only", found)
	}
	return found
}
