package task

import (
	"context"
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// maxPageBytes is where a page of tasks ends early, so that an answer fits into one
// message to the sidecar.
const maxPageBytes = 1 << 20

// tasks holds the statements on tasks.
type tasks struct{ db *store.DB }

// operation is who does what to which task, and under which key.
type operation struct {
	UserID  string `json:"userId"`
	TaskID  string `json:"taskId"`
	Actor   string `json:"actor"`
	OpID    string `json:"opId,omitempty"`    // repeats answer with the first result
	Version int64  `json:"version,omitempty"` // 0: whichever the task is at
}

// content is what is stored of a task that its user set.
type content struct {
	Draft
	Series *events.Series `json:"series,omitempty"`
}

type writeArgs struct {
	operation
	Content content `json:"content"`
}

func (s tasks) create(ctx context.Context, op operation, c content) (events.Task, error) {
	var t events.Task
	err := s.db.Call(ctx, "create_task", writeArgs{op, c}, &t)
	return t, err
}

func (s tasks) get(ctx context.Context, userID, taskID string) (events.Task, error) {
	var t events.Task
	err := s.db.Call(ctx, "get_task", map[string]string{"userId": userID, "taskId": taskID}, &t)
	return t, err
}

// beginEdit returns the task to edit; repeated says that op was carried out before
// and the task is its result.
func (s tasks) beginEdit(ctx context.Context, op operation) (t events.Task, repeated bool, err error) {
	var begun struct {
		Task     events.Task `json:"task"`
		Repeated bool        `json:"repeated"`
	}
	err = s.db.Call(ctx, "begin_edit", op, &begun)
	return begun.Task, begun.Repeated, err
}

func (s tasks) update(ctx context.Context, op operation, c content) (events.Task, error) {
	var t events.Task
	err := s.db.Call(ctx, "update_task", writeArgs{op, c}, &t)
	return t, err
}

func (s tasks) setCompleted(ctx context.Context, op operation, completed bool) (events.Task, error) {
	var t events.Task
	err := s.db.Call(ctx, "set_completed", struct {
		operation
		Completed bool `json:"completed"`
	}{op, completed}, &t)
	return t, err
}

func (s tasks) remove(ctx context.Context, op operation) error {
	return s.db.Call(ctx, "delete_task", op, nil)
}

// list returns the tasks after a position, from the start for nil, and the position
// after which the next page begins, nil on the last one.
func (s tasks) list(ctx context.Context, userID, status string, limit int, after *position) ([]events.Task, *position, error) {
	var page struct {
		Items []events.Task `json:"items"`
		Next  *position     `json:"next"`
	}
	err := s.db.Call(ctx, "list_tasks", map[string]any{
		"userId": userID, "status": status, "limit": limit, "after": after, "bytes": maxPageBytes,
	}, &page)
	return page.Items, page.Next, err
}
