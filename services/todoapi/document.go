package todoapi

import "github.com/danielgtaylor/huma/v2"

// overview begins the OpenAPI document.
const overview = `Everything that the web page does, a program can do too.

**Begin** with a session (` + "`POST /auth/sign-up` or `POST /auth/login`" + `) or, for a program, with an API token that somebody who is signed in makes (` + "`POST /tokens`" + `). Both go into ` + "`Authorization: Bearer …`" + `.

**Change** things safely: ` + "`Idempotency-Key`" + ` lets a request come twice with one effect, ` + "`If-Match`" + ` binds it to the version that was read, and ` + "`Change-Group`" + ` of the answer is what ` + "`POST /undo`" + ` takes back.

**Follow** what changes: read ` + "`GET /sync`" + ` once, then ` + "`GET /changes`" + ` from its ` + "`head`" + `.

**Refusals** are problem documents (RFC 9457): ` + "`detail`" + ` is for people, ` + "`errors[].location`" + ` names the input at fault, ` + "`code`" + ` is for programs.`

// tags are the groups of operations, in the order in which people meet them.
var tags = []*huma.Tag{
	{Name: "Account", Description: "Sign up and in, sessions, and what becomes of an account."},
	{Name: "API tokens", Description: "Let a program act for its user, in scopes."},
	{Name: "Tasks", Description: "Add, find, change and finish tasks, one or many at once."},
	{Name: "Comments", Description: "What is said about a task."},
	{Name: "Projects", Description: "Lists of tasks, and the sections of a list."},
	{Name: "Tags", Description: "Words that tasks of any project share."},
	{Name: "Filters", Description: "Queries that a user keeps by name."},
	{Name: "Webhooks", Description: "Have changes sent to an address as they happen."},
	{Name: "Reminders", Description: "Answer reminders where they arrive."},
	{Name: "Web push", Description: "Have reminders shown by browsers, also while no page is open."},
	{Name: "Chat", Description: "Ask about tasks, and change them, in plain words."},
	{Name: "Settings", Description: "What a user has chosen for all windows."},
	{Name: "Previews", Description: "What words will mean, before anything is made of them."},
	{Name: "Commands", Description: "Several changes as one act, and undoing an act."},
	{Name: "Feed", Description: "Follow changes, and read the audit log."},
	{Name: "Calendar", Description: "What is due, for calendar programs to subscribe to."},
	{Name: "Export and import", Description: "Take everything out, bring files in."},
	{Name: "Administration", Description: "What owners of the platform do with accounts and invitations."},
}

// examples are bodies that work as they stand, where one that is made of the schema does not:
// by operation.
var examples = map[string]any{
	"create-task": map[string]any{
		"title": "Water plants", "priority": 2, "tags": []string{"home"},
		"due":        map[string]any{"date": "2026-12-01", "time": "09:00", "zone": "Europe/Berlin"},
		"recurrence": map[string]any{"rule": "FREQ=WEEKLY;BYDAY=TU"},
		"reminders":  []any{map[string]any{"minutesBefore": 30}},
	},
	"edit-task":  map[string]any{"priority": 1, "due": nil, "recurrence": nil, "reminders": []any{}},
	"move-task":  map[string]any{"projectId": nil},
	"quick-add":  map[string]any{"text": "Trip to Rome #Family @travel\n  Book hotel tomorrow 9am p1\n  Pack"},
	"bulk-tasks": map[string]any{"filter": "@travel", "command": "task.update", "fields": map[string]any{"priority": 2}, "dryRun": true},
	"apply-commands": map[string]any{"each": true, "commands": []any{
		map[string]any{"name": "task.create", "id": "0190d3f0-0000-7000-8000-00000000000a", "fields": map[string]any{"title": "Call Ann"}},
		map[string]any{"name": "task.complete", "id": "0190d3f0-0000-7000-8000-00000000000a"},
	}},
	"preview-recurrence": map[string]any{"text": "every other monday at 9am"},
	"preview-quick-add":  map[string]any{"text": "Water plants every day p2 !in 1 minute"},
	"create-token":       map[string]any{"name": "backup script", "scopes": []string{"tasks:read", "tasks:write"}},
}

// describe says what the API is as a whole, and gives examples; operations describe themselves.
func describe(document *huma.OpenAPI) {
	document.Info.Description = overview
	document.Info.Contact = &huma.Contact{Name: "TodoPlatform", URL: "https://github.com/todoplatform/todoplatform"}
	document.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	document.Tags = tags
	for _, item := range document.Paths {
		for _, operation := range []*huma.Operation{item.Post, item.Patch} {
			if operation == nil || examples[operation.OperationID] == nil {
				continue
			}
			for _, media := range operation.RequestBody.Content {
				media.Example = examples[operation.OperationID]
			}
		}
	}
}
