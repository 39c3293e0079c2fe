// Package feed is what other parties learn of changes: the change feed of each user,
// a snapshot to start from, and the audit log.
package feed

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema. Those of all kinds of
// objects need them.
func SQL() fs.FS { return sql }

const (
	// maxChanges is the most changes in one answer.
	maxChanges = 500
	// maxHeads is the most users in one answer.
	maxHeads = 1000
	// maxSnapshot is the most tasks on one page of a snapshot.
	maxSnapshot = 2000
	// maxPageBytes is where an answer ends early, so that it fits into one message to the sidecar.
	maxPageBytes = 1 << 20
)

// changes holds the statements on the change feed.
type changes struct{ db *store.DB }

// read reads into out the changes after a seq.
func (c changes) read(ctx context.Context, userID string, after int64, limit int, out any) error {
	return c.db.Call(ctx, "read_changes", map[string]any{
		"userId": userID, "after": after, "limit": limit, "bytes": maxPageBytes,
	}, out)
}

// open takes a ticket and reads what its caller's feed holds after a seq, a calls.OpenFeedReply.
func (c changes) open(ctx context.Context, request calls.OpenFeedRequest) (json.RawMessage, error) {
	var found json.RawMessage
	err := c.db.Call(ctx, "open_feed", map[string]any{
		"hash": calls.HashTicket(request.Ticket), "after": request.After, "limit": request.Limit, "bytes": maxPageBytes,
	}, &found)
	return found, err
}

// admit refuses a user whose account was deleted.
func (c changes) admit(ctx context.Context, userID string) error {
	return c.db.Call(ctx, "admit", map[string]string{"userId": userID}, nil)
}

// heads reads how far the feeds of the users after one go, or those of the users named.
func (c changes) heads(ctx context.Context, request calls.ListHeadsRequest) (calls.ListHeadsReply, error) {
	operation := "list_heads"
	if len(request.Users) > 0 {
		operation = "list_heads_of"
	}
	var found calls.ListHeadsReply
	err := c.db.Call(ctx, operation, request, &found.Items)
	return found, err
}

// Changes is a part of a user's change feed.
type Changes struct {
	Items document.Document[[]events.Change] `json:"items" doc:"In the order of seq, without gaps"`
	Head  int64                              `json:"head" doc:"Last seq of the user; there is more to read while it is greater than the last item's"`
	Floor int64                              `json:"floor" doc:"Changes up to this seq have been forgotten"`
}

// Snapshot is one page of what a user has open: first tasks, then the comments on them.
type Snapshot struct {
	Head     int64                             `json:"head" doc:"Last seq of the user when the page was read; follow the feed from the head of the first page"`
	Settings document.Document[todo.Settings]  `json:"settings"`
	Projects document.Document[[]todo.Project] `json:"projects" doc:"All projects, on the first page"`
	Sections document.Document[[]todo.Section] `json:"sections" doc:"All sections, on the first page"`
	Tags     document.Document[[]todo.Tag]     `json:"tags" doc:"All tags, on the first page"`
	Filters  document.Document[[]todo.Filter]  `json:"filters" doc:"All filters, on the first page"`
	Tasks    document.Document[[]todo.Task]    `json:"tasks"`
	Comments document.Document[[]todo.Comment] `json:"comments" doc:"Those on open tasks, on the pages after the last task"`
	Next     string                            `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

// commentsCursor is the cursor of the first page of a snapshot with comments, and how those of the
// following pages begin.
const commentsCursor = "comments"

// page reads into out the page of a snapshot at a cursor, "" for the first one.
func (c changes) page(ctx context.Context, userID, cursor string, limit int, out any) error {
	after, comments := strings.CutPrefix(cursor, commentsCursor)
	if !comments {
		return c.snapshot(ctx, userID, cursor, limit, false, out)
	}
	args := map[string]any{"userId": userID, "limit": limit, "bytes": maxPageBytes}
	if after = strings.TrimPrefix(after, ":"); after != "" {
		args["after"] = after
	}
	return c.db.Call(ctx, "read_snapshot_comments", args, out)
}

// snapshot reads into out the page of open tasks after the task id after, from the start
// when it is empty. reminding leaves out those without reminders.
func (c changes) snapshot(ctx context.Context, userID, after string, limit int, reminding bool, out any) error {
	args := map[string]any{"userId": userID, "limit": limit, "bytes": maxPageBytes}
	if after != "" {
		args["after"] = after
	}
	if reminding {
		args["reminding"] = true
	}
	return c.db.Call(ctx, "read_snapshot", args, out)
}
