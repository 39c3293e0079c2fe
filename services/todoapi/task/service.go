package task

import (
	"cmp"
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Names of the commands on tasks.
const (
	commandCreate   = "task.create"
	commandUpdate   = "task.update"
	commandComplete = "task.complete"
	commandReopen   = "task.reopen"
	commandDelete   = "task.delete"
	commandRestore  = "task.restore"
	commandMove     = "task.move"
)

// Document is the JSON of a task.
type Document = document.Document[todo.Task]

// Made is a task after it was changed.
type Made = command.Made[todo.Task]

// Service reads and changes tasks.
type Service struct {
	tasks       tasks
	occurrences occurrences
	commands    *command.Service
	changed     func() // told after a change was committed
}

// NewService makes the service on db, which changes tasks by commands. changed is called
// after each other change that services hear of.
func NewService(db *store.DB, commands *command.Service, changed func()) *Service {
	return &Service{tasks: tasks{db}, occurrences: occurrences{db}, commands: commands, changed: changed}
}

// Get reads a task.
func (s *Service) Get(ctx context.Context, caller auth.Caller, id string) (Document, error) {
	return s.tasks.get(ctx, caller.UserID, id)
}

// List reads a page of tasks by due date, priority and age. status is open, completed or
// all; cursor is Next of the page before, "" for the first.
func (s *Service) List(ctx context.Context, caller auth.Caller, status string, limit int, cursor string) (Page, error) {
	after, err := parseCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	return s.tasks.list(ctx, caller.UserID, status, limit, after)
}

func (s *Service) one(ctx context.Context, caller auth.Caller, key string, c command.Command) (Made, error) {
	return command.One[todo.Task](ctx, s.commands, caller, key, c)
}

// Create makes the command that adds a task. id is a UUID of the caller's making, or "".
func Create(id string, draft Draft) (command.Command, error) {
	clean, err := draft.Clean()
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: clean, Asked: []any{id, draft}}, err
}

// NamedPlace is a place by the names that people type.
type NamedPlace struct {
	Project string `json:"project,omitempty"`
	Section string `json:"section,omitempty"` // of the project
	Create  bool   `json:"create,omitempty"`  // whether to make what is not there; otherwise the task is refused
}

// CreateAt makes the command that adds a task at a place, if one is named. By asked a repeated
// request is known.
func CreateAt(draft Draft, place NamedPlace, asked any) (command.Command, error) {
	clean, err := draft.Clean()
	fields := struct {
		Draft
		Place NamedPlace `json:"place"`
	}{clean, place}
	return command.Command{Name: commandCreate, ID: command.NewID(), Fields: fields, Asked: asked}, err
}

// Update makes the command that changes the fields of a task that patch names.
func Update(id string, ifVersion int64, patch Patch) (command.Command, error) {
	clean, err := patch.Clean()
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: clean, Asked: []any{id, patch}}, err
}

// MoveTo makes the command that puts a task elsewhere.
func MoveTo(id string, ifVersion int64, to Move) (command.Command, error) {
	return command.Command{Name: commandMove, ID: id, IfVersion: ifVersion, Fields: to, Asked: []any{id, to}}, to.check()
}

// Readers returns the readers of the commands on tasks, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	readers := map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft Draft) (command.Command, error) {
			return Create(asked.ID, draft)
		}),
		commandUpdate: command.WithID("task", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return Update(asked.ID, asked.IfVersion, patch)
		})),
		commandMove: command.WithID("task", command.Reading(api, func(asked command.Asked, to Move) (command.Command, error) {
			return MoveTo(asked.ID, asked.IfVersion, to)
		})),
	}
	for _, name := range []string{commandComplete, commandReopen, commandDelete, commandRestore} {
		readers[name] = command.WithID("task", command.Plain(name))
	}
	return readers
}

// Page is a part of a list of tasks.
type Page struct {
	Items document.Document[[]todo.Task] `json:"items"`
	Next  string                         `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}
