package task

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Names of the commands on tasks that need no fields.
const (
	CommandComplete = "task.complete"
	CommandReopen   = "task.reopen"
	CommandDelete   = "task.delete"
	CommandPause    = "task.pause"
)

// Names of the other commands on tasks.
const (
	commandCreate  = "task.create"
	commandUpdate  = "task.update"
	commandRestore = "task.restore"
	commandMove    = "task.move"
	// An edit of one occurrence alone, and of all from one on.
	commandUpdateOccurrence = "task.update_occurrence"
	commandUpdateSeries     = "task.update_series"
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
	now         func() time.Time
}

// NewService makes the service on db, which changes tasks by commands. changed is called
// after each other change that services hear of.
func NewService(db *store.DB, commands *command.Service, changed func(), now func() time.Time) *Service {
	return &Service{tasks: tasks{db}, occurrences: occurrences{db}, commands: commands, changed: changed, now: now}
}

// Get reads a task.
func (s *Service) Get(ctx context.Context, caller auth.Caller, id string) (Document, error) {
	return s.tasks.get(ctx, caller.UserID, id)
}

// GetAll reads tasks in the order of ids; one that is not there is failure.NotFound.
func (s *Service) GetAll(ctx context.Context, caller auth.Caller, ids []string) ([]todo.Task, error) {
	all, err := s.GetPresent(ctx, caller, ids)
	if err == nil && len(all) < len(ids) {
		err = failure.New(failure.NotFound, "one of the tasks is not there any more")
	}
	return all, err
}

// GetPresent reads those tasks of ids that are there, in the order of ids.
func (s *Service) GetPresent(ctx context.Context, caller auth.Caller, ids []string) ([]todo.Task, error) {
	all := make([]todo.Task, 0, len(ids))
	for some := range slices.Chunk(ids, maxAtOnce) {
		found, err := s.tasks.getPresent(ctx, caller.UserID, some)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Subtasks reads the tasks that are parts of a task, without those below them, in manual order.
func (s *Service) Subtasks(ctx context.Context, caller auth.Caller, id string) ([]todo.Task, error) {
	return s.tasks.subtasks(ctx, caller.UserID, id)
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

// UpdateOccurrence makes the command that changes the fields that patch names of one occurrence of
// a recurring task: those that follow stay as they were.
func UpdateOccurrence(id string, ifVersion int64, patch Patch) (command.Command, error) {
	if err := patch.CheckAlone(); err != nil {
		return command.Command{}, err
	}
	update, err := Update(id, ifVersion, patch)
	update.Name = commandUpdateOccurrence
	return update, err
}

// UpdateSeries makes the command that changes the fields that patch names of an occurrence and of
// all that follow, when they are due too.
func UpdateSeries(id string, ifVersion int64, patch Patch) (command.Command, error) {
	update, err := Update(id, ifVersion, patch)
	update.Name = commandUpdateSeries
	return update, err
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
		commandMove: command.WithID("task", command.Reading(api, func(asked command.Asked, to Move) (command.Command, error) {
			return MoveTo(asked.ID, asked.IfVersion, to)
		})),
	}
	for name, update := range map[string]func(string, int64, Patch) (command.Command, error){
		commandUpdate: Update, commandUpdateOccurrence: UpdateOccurrence, commandUpdateSeries: UpdateSeries,
	} {
		readers[name] = command.WithID("task", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return update(asked.ID, asked.IfVersion, patch)
		}))
	}
	for _, name := range []string{CommandComplete, CommandReopen, CommandDelete, commandRestore, CommandPause} {
		readers[name] = command.WithID("task", command.Plain(name))
	}
	return readers
}

// Page is a part of a list of tasks.
type Page struct {
	Items document.Document[[]todo.Task] `json:"items"`
	Next  string                         `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}
