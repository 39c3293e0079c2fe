// Package feed is what other parties learn of changes: the change feed of each user,
// a snapshot to start from, and the audit log.
package feed

import (
	"context"
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema. Those of tasks and
// accounts need them.
func SQL() fs.FS { return sql }

const (
	// maxChanges is the most changes in one answer.
	maxChanges = 500
	// maxPageBytes is where an answer ends early, so that it fits into one message to the sidecar.
	maxPageBytes = 1 << 20
)

// changes holds the statements on the change feed.
type changes struct{ db *store.DB }

// Changes is a part of a user's change feed.
type Changes struct {
	Items []events.Change `json:"items" doc:"In the order of seq, without gaps"`
	Head  int64           `json:"head" doc:"Last seq of the user; there is more to read while it is greater than the last item's"`
}

func (c changes) list(ctx context.Context, userID string, after int64, limit int) (Changes, error) {
	var found Changes
	err := c.db.Call(ctx, "list_changes", map[string]any{
		"userId": userID, "after": after, "limit": limit, "bytes": maxPageBytes,
	}, &found)
	return found, err
}

// Snapshot is one page of a user's open tasks.
type Snapshot struct {
	Head  int64         `json:"head" doc:"Last seq of the user when the page was read; follow the feed from the head of the first page"`
	Tasks []events.Task `json:"tasks"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

// snapshot reads the page after the task id after, from the start when it is empty.
func (c changes) snapshot(ctx context.Context, userID, after string, limit int) (Snapshot, error) {
	args := map[string]any{"userId": userID, "limit": limit, "bytes": maxPageBytes}
	if after != "" {
		args["after"] = after
	}
	var found Snapshot
	err := c.db.Call(ctx, "snapshot", args, &found)
	return found, err
}
