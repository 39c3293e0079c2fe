// Package project owns projects and their sections: the places of tasks.
package project

import (
	"cmp"
	"context"
	"embed"
	"io/fs"

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

// Names of the commands on projects.
const (
	commandCreate    = "project.create"
	commandUpdate    = "project.update"
	commandMove      = "project.move"
	commandArchive   = "project.archive"
	commandUnarchive = "project.unarchive"
	commandDelete    = "project.delete"
)

// Document is the JSON of a project.
type Document = document.Document[todo.Project]

// Draft is what a user sets of a new project.
type Draft struct {
	Name      string `json:"name" minLength:"1" maxLength:"120" example:"Garden" doc:"Its siblings have other names, without regard to case"`
	Colour    string `json:"colour,omitempty" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink" default:"grey"`
	Favourite bool   `json:"favourite,omitempty" doc:"Whether it is shown above the others"`
	ParentID  string `json:"parentId,omitempty" format:"uuid" doc:"Project to be below, at most 5 levels deep"`
}

// Patch is a merge patch (RFC 7396) of a project: what it does not name stays.
type Patch struct {
	Name      document.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"120" example:"Garden" doc:"Its siblings have other names, without regard to case"`
	Colour    document.Field[string] `json:"colour,omitzero" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink"`
	Favourite document.Field[bool]   `json:"favourite,omitzero" doc:"Whether it is shown above the others"`
	ParentID  document.Field[string] `json:"parentId,omitzero" nullable:"true" format:"uuid" doc:"Project to be below, at most 5 levels deep; null: none"`
}

// Move is where to put a project: last below a parent, or beside another project.
type Move struct {
	ParentID document.Field[string] `json:"parentId,omitzero" nullable:"true" format:"uuid" doc:"Project to be below; null: none"`
	Before   string                 `json:"before,omitempty" format:"uuid" doc:"Project before which to put this one; instead of a parent"`
	After    string                 `json:"after,omitempty" format:"uuid" doc:"Project after which to put this one; instead of a parent"`
}

// Service reads and changes projects and sections.
type Service struct {
	db       *store.DB
	commands *command.Service
}

// NewService makes the service on db, which changes projects by commands.
func NewService(db *store.DB, commands *command.Service) *Service {
	return &Service{db: db, commands: commands}
}

// Projects are the projects and sections of a user, each in the order of their positions.
type Projects struct {
	Projects document.Document[[]todo.Project] `json:"projects"`
	Sections document.Document[[]todo.Section] `json:"sections"`
}

// List reads all projects and sections of the caller, archived ones too.
func (s *Service) List(ctx context.Context, caller auth.Caller) (Projects, error) {
	var all Projects
	err := s.db.Call(ctx, "list_projects", map[string]string{"userId": caller.UserID}, &all)
	return all, err
}

// Get reads a project.
func (s *Service) Get(ctx context.Context, caller auth.Caller, id string) (Document, error) {
	var found Document
	err := s.db.Call(ctx, "get_project", map[string]string{"userId": caller.UserID, "id": id}, &found)
	return found, err
}

// Create makes the command that adds a project. id is a UUID of the caller's making, or "".
func Create(id string, draft Draft) (command.Command, error) {
	asked := draft
	var err error
	draft.Name, err = todo.CleanLine("name", draft.Name)
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, asked}}, err
}

// Update makes the command that changes the fields of a project that patch names.
func Update(id string, ifVersion int64, patch Patch) (command.Command, error) {
	asked := patch
	err := cleanPatch(&patch)
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, asked}}, err
}

func cleanPatch(p *Patch) error {
	for field, clear := range map[string]bool{"name": p.Name.IsClear(), "colour": p.Colour.IsClear(), "favourite": p.Favourite.IsClear()} {
		if clear {
			return failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	return cleanNameField(&p.Name)
}

// MoveTo makes the command that puts a project elsewhere.
func MoveTo(id string, ifVersion int64, to Move) (command.Command, error) {
	return command.Command{Name: commandMove, ID: id, IfVersion: ifVersion, Fields: to, Asked: []any{id, to}},
		checkPlace("parentId", !to.ParentID.IsZero(), to.Before, to.After)
}

// checkPlace refuses a move that names no place, or one in two ways.
func checkPlace(field string, placed bool, before, after string) error {
	ways := 0
	for _, named := range []bool{placed, before != "", after != ""} {
		if named {
			ways++
		}
	}
	if ways != 1 {
		return failure.InvalidField(field, "name one of %s, before and after", field)
	}
	return nil
}

func cleanNameField(field *document.Field[string]) error {
	name, ok := field.Get()
	if !ok {
		return nil
	}
	name, err := todo.CleanLine("name", name)
	*field = document.Set(name)
	return err
}

// Readers returns the readers of the commands on projects and sections, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	readers := map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft Draft) (command.Command, error) {
			return Create(asked.ID, draft)
		}),
		commandUpdate: command.WithID("project", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return Update(asked.ID, asked.IfVersion, patch)
		})),
		commandMove: command.WithID("project", command.Reading(api, func(asked command.Asked, to Move) (command.Command, error) {
			return MoveTo(asked.ID, asked.IfVersion, to)
		})),
		commandCreateSection: command.Reading(api, func(asked command.Asked, draft SectionDraft) (command.Command, error) {
			return CreateSection(asked.ID, draft)
		}),
		commandUpdateSection: command.WithID("section", command.Reading(api, func(asked command.Asked, patch SectionPatch) (command.Command, error) {
			return UpdateSection(asked.ID, asked.IfVersion, patch)
		})),
		commandMoveSection: command.WithID("section", command.Reading(api, func(asked command.Asked, to SectionMove) (command.Command, error) {
			return MoveSectionTo(asked.ID, asked.IfVersion, to)
		})),
		commandDeleteSection: command.WithID("section", command.Plain(commandDeleteSection)),
	}
	for _, name := range []string{commandArchive, commandUnarchive, commandDelete} {
		readers[name] = command.WithID("project", command.Plain(name))
	}
	return readers
}
