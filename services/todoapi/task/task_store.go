package task

import (
	"context"
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// maxPageBytes is where a page of tasks ends early, so that an answer fits into one
// message to the sidecar.
const maxPageBytes = 1 << 20

// tasks holds the statements that read tasks; they are changed by commands.
type tasks struct{ db *store.DB }

func (s tasks) get(ctx context.Context, userID, taskID string) (Document, error) {
	var t Document
	err := s.db.Call(ctx, "get_task", map[string]string{"userId": userID, "taskId": taskID}, &t)
	return t, err
}

// maxAtOnce is how many tasks are read by their ids at once: with the longest notes they fit into one
// message to the sidecar.
const maxAtOnce = 20

func (s tasks) getPresent(ctx context.Context, userID string, ids []string) ([]todo.Task, error) {
	var found []todo.Task
	err := s.db.Call(ctx, "get_tasks", map[string]any{"userId": userID, "ids": ids}, &found)
	return found, err
}

func (s tasks) subtasks(ctx context.Context, userID, taskID string) ([]todo.Task, error) {
	var found []todo.Task
	err := s.db.Call(ctx, "list_subtasks", map[string]any{"userId": userID, "taskId": taskID, "limit": maxAtOnce}, &found)
	return found, err
}

// list returns the tasks after a position, from the start for nil.
func (s tasks) list(ctx context.Context, userID, status string, limit int, after *position) (Page, error) {
	var found struct {
		Items document.Document[[]todo.Task] `json:"items"`
		Next  *position                      `json:"next"`
	}
	err := s.db.Call(ctx, "read_tasks", map[string]any{
		"userId": userID, "status": status, "limit": limit, "after": after, "bytes": maxPageBytes,
	}, &found)
	if err != nil {
		return Page{}, err
	}
	next, err := found.Next.cursor()
	return Page{Items: found.Items, Next: next}, err
}
