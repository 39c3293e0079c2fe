// Package comment owns what people say about tasks.
package comment

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// Names of the commands on comments.
const (
	commandCreate = "comment.create"
	commandUpdate = "comment.update"
	commandDelete = "comment.delete"
)

// maxBytes bounds the text of a comment.
const maxBytes = 16 << 10

// Draft is what a user says about a task.
type Draft struct {
	TaskID string `json:"taskId" format:"uuid"`
	Text   string `json:"text" minLength:"1" maxLength:"16384" doc:"Markdown, at most 16 KiB of UTF-8"`
}

// Patch is what a comment is to say instead.
type Patch struct {
	Text string `json:"text" minLength:"1" maxLength:"16384" doc:"Markdown, at most 16 KiB of UTF-8"`
}

// Service reads and changes comments.
type Service struct {
	db       *store.DB
	commands *command.Service
}

// NewService makes the service on db, which changes comments by commands.
func NewService(db *store.DB, commands *command.Service) *Service {
	return &Service{db: db, commands: commands}
}

// List reads the comments on a task of the caller, oldest first.
func (s *Service) List(ctx context.Context, caller auth.Caller, taskID string) (document.Document[[]todo.Comment], error) {
	var found document.Document[[]todo.Comment]
	err := s.db.Call(ctx, "list_comments", map[string]string{"userId": caller.UserID, "taskId": taskID}, &found)
	return found, err
}

// Create makes the command that adds a comment. id is a UUID of the caller's making, or "".
func Create(id string, draft Draft) (command.Command, error) {
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, draft}}, checkText(draft.Text)
}

// Update makes the command that changes what a comment says.
func Update(id string, ifVersion int64, patch Patch) (command.Command, error) {
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, patch}}, checkText(patch.Text)
}

func checkText(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return failure.InvalidField("text", "must not be blank")
	case len(text) > maxBytes:
		return failure.InvalidField("text", "must be at most %d bytes of UTF-8, not %d", maxBytes, len(text))
	case strings.ContainsRune(text, 0):
		return failure.InvalidField("text", "must not contain the character U+0000")
	}
	return nil
}

// Readers returns the readers of the commands on comments, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	return map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft Draft) (command.Command, error) {
			return Create(asked.ID, draft)
		}),
		commandUpdate: command.WithID("comment", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return Update(asked.ID, asked.IfVersion, patch)
		})),
		commandDelete: command.WithID("comment", command.Plain(commandDelete)),
	}
}
