// Package client is a typed client of todo-api for the command line, tests and benchmarks.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/previews"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/quickadd"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/transfer"
	"github.com/todoplatform/todoplatform/services/todoapi/webhook"
)

// Shapes of the API, named here for packages that may not import those of the services.
type (
	// Account is a user.
	Account = account.Account
	// Grant is what signing in gives.
	Grant = account.Grant
	// Session is a signed-in device.
	Session = account.Session
	// Token is an API token.
	Token = account.Token
	// MadeToken is a new API token with its secret.
	MadeToken = account.MadeToken
	// TokenDraft is what a user says of a new API token.
	TokenDraft = account.TokenDraft
	// Draft is what a user sets of a task.
	Draft = task.Draft
	// Task is a task.
	Task = todo.Task
	// Due is when a task is due.
	Due = todo.Due
	// Recurrence says how a task repeats.
	Recurrence = todo.Recurrence
	// Reminder is a moment at which to remind of a task.
	Reminder = todo.Reminder
	// Project is a list of tasks.
	Project = todo.Project
	// Section is a part of a project.
	Section = todo.Section
	// Tag is what people know of a tag.
	Tag = todo.Tag
	// Comment is what was said about a task.
	Comment = todo.Comment
	// Import is an import in the background.
	Import = transfer.Import
	// ImportDetail is an import in the background with what became of it.
	ImportDetail = transfer.ImportDetail
	// Filter is one that a person keeps.
	Filter = todo.Filter
	// Webhook is an address to which changes are sent.
	Webhook = todo.Webhook
	// MadeWebhook is a webhook with its secret.
	MadeWebhook = webhook.Made
	// WebhookDraft is what a user sets of a new webhook.
	WebhookDraft = webhook.Draft
	// WebhookDelivery is what became of sending one change to one webhook.
	WebhookDelivery = calls.WebhookDelivery
	// WebhookDeliveries is a page of the log of a webhook.
	WebhookDeliveries = calls.WebhookDeliveries
	// ProjectDraft is what a user sets of a project.
	ProjectDraft = project.Draft
	// SectionDraft is what a user sets of a section.
	SectionDraft = project.SectionDraft
	// QuickAdd asks for the tasks that a text says.
	QuickAdd = quickadd.Request
	// Settings are what a user chose for all windows.
	Settings = todo.Settings
	// QuietHours are when mail and pushes of reminders wait.
	QuietHours = todo.QuietHours
	// Change is an entry of the change feed.
	Change = events.Change
	// Entries is a part of the audit log.
	Entries = calls.ListEntriesReply
	// RecurrenceRequest asks what a recurrence means.
	RecurrenceRequest = previews.RecurrenceRequest
	// RecurrencePreview says what a recurrence means.
	RecurrencePreview = previews.RecurrencePreview
	// QuickAddRequest asks for the tasks that a text says.
	QuickAddRequest = preview.QuickAddRequest
	// QuickAddPreview holds the tasks that a text says.
	QuickAddPreview = preview.QuickAddAnswer
)

// TaskPage is a part of a list of tasks.
type TaskPage struct {
	Items []Task `json:"items"`
	Next  string `json:"next"` // cursor of the following page; empty on the last one
}

// Changes is a part of the change feed.
type Changes struct {
	Items []Change `json:"items"`
	Head  int64    `json:"head"`
	Floor int64    `json:"floor"`
}

// Snapshot is a page of all open tasks and the comments on them.
type Snapshot struct {
	Head     int64     `json:"head"`
	Settings Settings  `json:"settings"`
	Projects []Project `json:"projects"`
	Sections []Section `json:"sections"`
	Tags     []Tag     `json:"tags"`
	Filters  []Filter  `json:"filters"`
	Tasks    []Task    `json:"tasks"`
	Comments []Comment `json:"comments"`
	Next     string    `json:"next"`
}

// Command is one of a batch.
type Command struct {
	Name      string `json:"name"`
	ID        string `json:"id,omitempty"`
	IfVersion int64  `json:"ifVersion,omitempty"`
	Fields    any    `json:"fields,omitempty"`
}

// Outcome is what became of one command of a batch.
type Outcome struct {
	OK    json.RawMessage `json:"ok"`
	Error *Problem        `json:"error"`
}

// TaskStates returns what a task was before a change and is after it; nil where it was not
// or is not there, and for changes of other objects.
func TaskStates(c Change) (before, after *Task, err error) {
	if c.Entity != events.EntityTask {
		return nil, nil, nil
	}
	return events.States[Task](c)
}

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 16 << 20

// Client calls one todo-api on behalf of at most one user. It is safe for concurrent
// use as long as nobody signs in or out meanwhile.
type Client struct {
	base string // without a slash at the end
	http *http.Client
	// Grant is what the last sign-up, login or refresh gave.
	Grant Grant
}

// New makes a client of the platform at base, such as http://localhost:8080. Its
// caller chooses deadlines, by context or in httpClient.
func New(base string, httpClient *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: httpClient}
}

// Problem is an answer that reports a failure (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"` // the reason, where the status does not tell it
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
	RetryAfter time.Duration `json:"-"` // of a limit; 0: it is not known
}

// Error returns the status, the detail and each field at fault.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail)
	for _, e := range p.Errors {
		text += fmt.Sprintf("; %s: %s", e.Location, e.Message)
	}
	return text
}

// StatusOf returns the HTTP status of a Problem, or 0 for other errors.
func StatusOf(err error) int {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem.Status
	}
	return 0
}

// File is a body that is sent as it is.
type File struct {
	Type    string // media type
	Content []byte
}

// Option changes one request.
type Option func(*http.Request)

// IdempotencyKey makes a write safe to repeat.
func IdempotencyKey(key string) Option {
	return func(r *http.Request) { r.Header.Set("Idempotency-Key", key) }
}

// IfVersion makes a write fail with status 412 unless the task is at version.
func IfVersion(version int64) Option {
	return func(r *http.Request) { r.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(version, 10))) }
}

// SignUp creates an account and signs the client in. An empty zone means UTC.
func (c *Client) SignUp(ctx context.Context, email, password, zone string) error {
	return c.sign(ctx, "/auth/sign-up", map[string]string{"email": email, "password": password, "zone": zone})
}

// Login signs the client in.
func (c *Client) Login(ctx context.Context, email, password string) error {
	return c.sign(ctx, "/auth/login", map[string]string{"email": email, "password": password})
}

// Refresh exchanges the refresh token for new tokens.
func (c *Client) Refresh(ctx context.Context) error {
	return c.sign(ctx, "/auth/refresh", map[string]string{"refreshToken": c.Grant.RefreshToken})
}

func (c *Client) sign(ctx context.Context, path string, body map[string]string) error {
	var grant Grant
	if err := c.Do(ctx, http.MethodPost, path, body, &grant); err != nil {
		return err
	}
	c.Grant = grant
	return nil
}

// Logout ends the client's session.
func (c *Client) Logout(ctx context.Context) error {
	return c.Do(ctx, http.MethodPost, "/auth/logout", map[string]string{"refreshToken": c.Grant.RefreshToken}, nil)
}

// Me reads the user's account.
func (c *Client) Me(ctx context.Context) (Account, error) {
	var me Account
	return me, c.Do(ctx, http.MethodGet, "/me", nil, &me)
}

// RequestVerification has the mail sent that verifies the user's address.
func (c *Client) RequestVerification(ctx context.Context) error {
	return c.Do(ctx, http.MethodPost, "/me/verification", nil, nil)
}

// VerifyEmail verifies an address by the token of a mail. It needs nobody signed in.
func (c *Client) VerifyEmail(ctx context.Context, token string) error {
	return c.Do(ctx, http.MethodPost, "/auth/verify-email", map[string]string{"token": token}, nil)
}

// RequestPasswordReset has a mail sent that leads to a new password. It needs nobody signed in.
func (c *Client) RequestPasswordReset(ctx context.Context, email string) error {
	return c.Do(ctx, http.MethodPost, "/auth/password-reset", map[string]string{"email": email}, nil)
}

// ConfirmPasswordReset chooses another password by the token of a mail. It needs nobody signed in.
func (c *Client) ConfirmPasswordReset(ctx context.Context, token, chosen string) error {
	return c.Do(ctx, http.MethodPost, "/auth/password-reset/confirm", map[string]string{"token": token, "password": chosen}, nil)
}

// ChangePassword chooses another password and ends all other sessions.
func (c *Client) ChangePassword(ctx context.Context, current, chosen string) error {
	return c.Do(ctx, http.MethodPut, "/me/password", map[string]string{"current": current, "new": chosen}, nil)
}

// ChangeEmail has a mail sent to another address, whose link makes it the user's.
func (c *Client) ChangeEmail(ctx context.Context, email, password string) error {
	return c.Do(ctx, http.MethodPut, "/me/email", map[string]string{"email": email, "password": password}, nil)
}

// DeleteAccount deletes the user's account and all that it holds.
func (c *Client) DeleteAccount(ctx context.Context, password string) error {
	return c.Do(ctx, http.MethodDelete, "/me", map[string]string{"password": password}, nil)
}

// Sessions lists the user's signed-in devices.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	var list account.Sessions
	err := c.Do(ctx, http.MethodGet, "/sessions", nil, &list)
	return list.Items, err
}

// EndSession signs one device out.
func (c *Client) EndSession(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, "/sessions/"+url.PathEscape(id), nil, nil)
}

// EndSessions signs all devices out, this one too.
func (c *Client) EndSessions(ctx context.Context) error {
	return c.Do(ctx, http.MethodDelete, "/sessions", nil, nil)
}

// CreateToken makes an API token.
func (c *Client) CreateToken(ctx context.Context, draft TokenDraft) (MadeToken, error) {
	var made MadeToken
	err := c.Do(ctx, http.MethodPost, "/tokens", draft, &made)
	return made, err
}

// Tokens lists the user's API tokens.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	var list account.Tokens
	err := c.Do(ctx, http.MethodGet, "/tokens", nil, &list)
	return list.Items, err
}

// RevokeToken ends an API token.
func (c *Client) RevokeToken(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, "/tokens/"+url.PathEscape(id), nil, nil)
}

// CreateTask adds a task.
func (c *Client) CreateTask(ctx context.Context, draft Draft, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, "/tasks", draft, &t, options...)
	return t, err
}

// GetTask reads a task.
func (c *Client) GetTask(ctx context.Context, id string) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodGet, taskPath(id), nil, &t)
	return t, err
}

// EditTask applies a merge patch (RFC 7396), such as map[string]any{"due": nil}.
func (c *Client) EditTask(ctx context.Context, id string, patch any, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPatch, taskPath(id), patch, &t, options...)
	return t, err
}

// CompleteTask completes a task.
func (c *Client) CompleteTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/complete", nil, &t, options...)
	return t, err
}

// ReopenTask takes back the completion of a task.
func (c *Client) ReopenTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/reopen", nil, &t, options...)
	return t, err
}

// DeleteTask deletes a task.
func (c *Client) DeleteTask(ctx context.Context, id string, options ...Option) error {
	return c.Do(ctx, http.MethodDelete, taskPath(id), nil, nil, options...)
}

// QuickAdd adds the tasks that a text says, one a line.
func (c *Client) QuickAdd(ctx context.Context, request QuickAdd, options ...Option) ([]Task, error) {
	var added struct {
		Tasks []Task `json:"tasks"`
	}
	err := c.Do(ctx, http.MethodPost, "/quick-add", request, &added, options...)
	return added.Tasks, err
}

// Undo takes back what was done as one act.
func (c *Client) Undo(ctx context.Context, group string, options ...Option) error {
	return c.Do(ctx, http.MethodPost, "/undo", map[string]string{"group": group}, nil, options...)
}

// SkipTask leaves out an occurrence of a recurring task.
func (c *Client) SkipTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/skip", nil, &t, options...)
	return t, err
}

// EditOccurrence applies a merge patch to one occurrence of a recurring task alone.
func (c *Client) EditOccurrence(ctx context.Context, id string, patch any, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPatch, taskPath(id)+"/occurrence", patch, &t, options...)
	return t, err
}

// EditSeries applies a merge patch to an occurrence of a recurring task and to all that follow.
func (c *Client) EditSeries(ctx context.Context, id string, patch any, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPatch, taskPath(id)+"/series", patch, &t, options...)
	return t, err
}

// PauseTask has a recurring task wait.
func (c *Client) PauseTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/pause", nil, &t, options...)
	return t, err
}

// ResumeTask goes on with a recurring task that waits.
func (c *Client) ResumeTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/resume", nil, &t, options...)
	return t, err
}

// RestoreTask takes a task out of the trash.
func (c *Client) RestoreTask(ctx context.Context, id string, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/restore", nil, &t, options...)
	return t, err
}

// MoveTask puts a task elsewhere: to names projectId, sectionId or parentId, or before or after.
func (c *Client) MoveTask(ctx context.Context, id string, to any, options ...Option) (Task, error) {
	var t Task
	err := c.Do(ctx, http.MethodPost, taskPath(id)+"/move", to, &t, options...)
	return t, err
}

// CreateProject adds a project.
func (c *Client) CreateProject(ctx context.Context, draft ProjectDraft, options ...Option) (Project, error) {
	var p Project
	err := c.Do(ctx, http.MethodPost, "/projects", draft, &p, options...)
	return p, err
}

// CreateSection adds a section to a project.
func (c *Client) CreateSection(ctx context.Context, draft SectionDraft, options ...Option) (Section, error) {
	var s Section
	err := c.Do(ctx, http.MethodPost, "/sections", draft, &s, options...)
	return s, err
}

// Projects reads all projects and sections.
func (c *Client) Projects(ctx context.Context) ([]Project, []Section, error) {
	var all struct {
		Projects []Project `json:"projects"`
		Sections []Section `json:"sections"`
	}
	err := c.Do(ctx, http.MethodGet, "/projects", nil, &all)
	return all.Projects, all.Sections, err
}

// ListTasks reads one page of the tasks that are open, completed or all.
func (c *Client) ListTasks(ctx context.Context, status string, limit int, cursor string) (TaskPage, error) {
	query := url.Values{"status": {status}, "limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var page TaskPage
	err := c.Do(ctx, http.MethodGet, "/tasks?"+query.Encode(), nil, &page)
	return page, err
}

// TaskQuery says which tasks to find; what is empty or 0 is up to the service.
type TaskQuery struct {
	Filter string // in the filter language
	Status string // open, completed or all
	Sort   string // such as title, or -title for the reverse
	Limit  int
	Cursor string // Next of the page before of the same query
}

// FindTasks reads one page of the tasks of a query.
func (c *Client) FindTasks(ctx context.Context, find TaskQuery) (TaskPage, error) {
	query := url.Values{}
	for name, value := range map[string]string{"filter": find.Filter, "status": find.Status, "sort": find.Sort, "cursor": find.Cursor} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if find.Limit != 0 {
		query.Set("limit", strconv.Itoa(find.Limit))
	}
	var page TaskPage
	err := c.Do(ctx, http.MethodGet, "/tasks?"+query.Encode(), nil, &page)
	return page, err
}

// Apply applies commands in one transaction. With each, every one may fail on its own.
func (c *Client) Apply(ctx context.Context, each bool, commands []Command, options ...Option) ([]Outcome, error) {
	var answer struct {
		Results []Outcome `json:"results"`
	}
	body := map[string]any{"commands": commands, "each": each}
	err := c.Do(ctx, http.MethodPost, "/commands", body, &answer, options...)
	return answer.Results, err
}

// Settings reads the user's settings.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	var settings Settings
	err := c.Do(ctx, http.MethodGet, "/settings", nil, &settings)
	return settings, err
}

// EditSettings applies a merge patch (RFC 7396), such as map[string]any{"zone": "Asia/Kolkata"}.
func (c *Client) EditSettings(ctx context.Context, patch any, options ...Option) (Settings, error) {
	var settings Settings
	err := c.Do(ctx, http.MethodPatch, "/settings", patch, &settings, options...)
	return settings, err
}

// Changes reads the changes that follow seq after.
func (c *Client) Changes(ctx context.Context, after int64, limit int) (Changes, error) {
	var changes Changes
	err := c.Do(ctx, http.MethodGet, fmt.Sprintf("/changes?after=%d&limit=%d", after, limit), nil, &changes)
	return changes, err
}

// Sync reads one page of the open tasks and the seq from which to follow the changes.
func (c *Client) Sync(ctx context.Context, limit int, cursor string) (Snapshot, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var snapshot Snapshot
	err := c.Do(ctx, http.MethodGet, "/sync?"+query.Encode(), nil, &snapshot)
	return snapshot, err
}

// StartImport has a file imported in the background; query says how, such as each=true.
func (c *Client) StartImport(ctx context.Context, file File, query url.Values) (Import, error) {
	var queued Import
	err := c.Do(ctx, http.MethodPost, "/imports?"+query.Encode(), file, &queued)
	return queued, err
}

// Imports lists the user's imports in the background, the newest first.
func (c *Client) Imports(ctx context.Context) ([]Import, error) {
	var imports transfer.Imports
	err := c.Do(ctx, http.MethodGet, "/imports", nil, &imports)
	return imports.Items, err
}

// GetImport reads how far an import in the background is.
func (c *Client) GetImport(ctx context.Context, id string) (ImportDetail, error) {
	var found ImportDetail
	err := c.Do(ctx, http.MethodGet, "/imports/"+url.PathEscape(id), nil, &found)
	return found, err
}

// CancelImport ends an import in the background where it is.
func (c *Client) CancelImport(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, "/imports/"+url.PathEscape(id), nil, nil)
}

// Audit reads the entries of the user's audit log that follow position after.
func (c *Client) Audit(ctx context.Context, after int64, limit int) (Entries, error) {
	var entries Entries
	err := c.Do(ctx, http.MethodGet, fmt.Sprintf("/audit?after=%d&limit=%d", after, limit), nil, &entries)
	return entries, err
}

// FindAudit reads a page of the user's audit log that a query means, such as id=…&before=….
func (c *Client) FindAudit(ctx context.Context, query url.Values) (Entries, error) {
	var entries Entries
	err := c.Do(ctx, http.MethodGet, "/audit?"+query.Encode(), nil, &entries)
	return entries, err
}

// ExportAudit reads all of the user's audit log as a file in a format, as it comes. Its caller
// closes it, and bounds how long it takes by ctx.
func (c *Client) ExportAudit(ctx context.Context, format string) (io.ReadCloser, error) {
	path := "/audit/export?format=" + url.QueryEscape(format)
	request, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < http.StatusBadRequest {
		return response.Body, nil
	}
	defer response.Body.Close() //nolint:errcheck // the body is read to its end
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return nil, fmt.Errorf("read the answer of GET %s: %w", path, err)
	}
	return nil, problemOf(response, body)
}

// PreviewRecurrence reads a recurrence, as a rule or in words, and lists its occurrences.
func (c *Client) PreviewRecurrence(ctx context.Context, request RecurrenceRequest) (RecurrencePreview, error) {
	var answer RecurrencePreview
	err := c.Do(ctx, http.MethodPost, "/previews/recurrence", request, &answer)
	return answer, err
}

// PreviewQuickAdd reads tasks as people type them, one a line.
func (c *Client) PreviewQuickAdd(ctx context.Context, request QuickAddRequest) (QuickAddPreview, error) {
	var answer QuickAddPreview
	err := c.Do(ctx, http.MethodPost, "/previews/quick-add", request, &answer)
	return answer, err
}

func taskPath(id string) string { return "/tasks/" + url.PathEscape(id) }

// maxPatience is the longest wait that a limit may ask for; one of longer is a refusal.
const maxPatience = 10 * time.Second

// Do sends one request to path under /api/v1 with in, as JSON unless it is a File, and decodes the answer
// into out; both may be nil. A refusal is a *Problem. A request that is limited for a
// short while is sent again after it.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...Option) error {
	for {
		err := c.once(ctx, method, path, in, out, options...)
		problem, ok := errors.AsType[*Problem](err)
		if !ok || problem.RetryAfter == 0 || problem.RetryAfter > maxPatience {
			return err
		}
		select {
		case <-time.After(problem.RetryAfter):
		case <-ctx.Done():
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, method, path string, in, out any, options ...Option) error {
	request, err := c.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	for _, option := range options {
		option(request)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // the body is read to its end
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("read the answer of %s %s: %w", method, path, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return problemOf(response, body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("decode the answer of %s %s: %w", method, path, err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	file, raw := in.(File)
	if !raw && in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode the body of %s %s: %w", method, path, err)
		}
		file = File{"application/json", encoded}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, bytes.NewReader(file.Content))
	if err != nil {
		return nil, err
	}
	if file.Type != "" {
		request.Header.Set("Content-Type", file.Type)
	}
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	if c.Grant.AccessToken != "" {
		request.Header.Set("Authorization", "Bearer "+c.Grant.AccessToken)
	}
	return request, nil
}

// problemOf decodes a problem document; whatever else came, such as a proxy's page, is its detail.
func problemOf(response *http.Response, body []byte) error {
	problem := &Problem{}
	if err := json.Unmarshal(body, problem); err != nil || problem.Status == 0 {
		problem = &Problem{Status: response.StatusCode, Title: http.StatusText(response.StatusCode), Detail: string(body)}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && problem.Status == http.StatusTooManyRequests {
		problem.RetryAfter = time.Duration(seconds) * time.Second
	}
	return problem
}
