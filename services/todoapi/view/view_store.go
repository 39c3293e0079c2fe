package view

import (
	"context"
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
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

// condition is SQL on a row that is called task, with its parameters as elements of paramList.
type condition struct {
	SQL      string        `json:"condition"`
	Params   []string      `json:"params"`
	Archived bool          `json:"archived"` // whether it is tried on the tasks of archived projects too
	Bounds   filter.Bounds `json:"bounds"`   // of the tasks that it is tried on
	// Brief says that it looks at nothing of an open task but what indexes hold (brief_columns).
	Brief bool `json:"brief,omitempty"`
}

const paramList = "$2"

// everything is the condition that always holds.
var everything = condition{SQL: "true", Params: []string{}}

// search are the arguments of the operation find_tasks.
type search struct {
	UserID string `json:"userId"`
	Status string `json:"status"`
	order
	condition
	After []string `json:"after"` // place of the last task before the page, null for the first page
	Limit int      `json:"limit"`
	Bytes int      `json:"bytes"`
}

// found holds the statement that finds tasks. The database tries the condition as a role
// that sees nothing but the user's tasks, so a fault in it can show nothing else.
type found struct{ db *store.DB }

// page returns tasks and the place of the last one, nil where no page follows.
func (f found) page(ctx context.Context, wanted search) (items document.Document[[]todo.Task], next []string, err error) {
	var answer struct {
		Items document.Document[[]todo.Task] `json:"items"`
		Next  []string                       `json:"next"`
	}
	err = f.db.Read(ctx, "find_tasks", wanted, &answer)
	return answer.Items, answer.Next, err
}
