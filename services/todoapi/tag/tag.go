// Package tag owns tags: what people know of them besides the name by which tasks have them.
package tag

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

// Names of the commands on tags.
const (
	commandCreate = "tag.create"
	commandUpdate = "tag.update"
	commandDelete = "tag.delete"
)

// Draft is what a user sets of a new tag.
type Draft struct {
	Name      string `json:"name" minLength:"1" maxLength:"50" example:"waiting" doc:"Other tags have other names, without regard to case"`
	Colour    string `json:"colour,omitempty" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink" default:"grey"`
	Favourite bool   `json:"favourite,omitempty" doc:"Whether it is shown above the others"`
}

// Patch is a merge patch (RFC 7396) of a tag: what it does not name stays.
type Patch struct {
	Name      document.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"50" example:"waiting" doc:"New name of the tag on all tasks; the name of another tag makes one of the two"`
	Colour    document.Field[string] `json:"colour,omitzero" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink"`
	Favourite document.Field[bool]   `json:"favourite,omitzero" doc:"Whether it is shown above the others"`
}

// Service reads and changes tags.
type Service struct {
	db       *store.DB
	commands *command.Service
}

// NewService makes the service on db, which changes tags by commands.
func NewService(db *store.DB, commands *command.Service) *Service {
	return &Service{db: db, commands: commands}
}

// List reads the caller's tags by name.
func (s *Service) List(ctx context.Context, caller auth.Caller) (document.Document[[]todo.Tag], error) {
	var found document.Document[[]todo.Tag]
	err := s.db.Call(ctx, "list_tags", map[string]string{"userId": caller.UserID}, &found)
	return found, err
}

// Create makes the command that adds a tag. id is a UUID of the caller's making, or "".
func Create(id string, draft Draft) (command.Command, error) {
	asked := draft
	var err error
	draft.Name, err = todo.CleanLine("name", draft.Name)
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, asked}}, err
}

// Update makes the command that changes the fields of a tag that patch names.
func Update(id string, ifVersion int64, patch Patch) (command.Command, error) {
	asked := patch
	for field, clear := range map[string]bool{"name": patch.Name.IsClear(), "colour": patch.Colour.IsClear(), "favourite": patch.Favourite.IsClear()} {
		if clear {
			return command.Command{}, failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	if name, ok := patch.Name.Get(); ok {
		name, err := todo.CleanLine("name", name)
		if err != nil {
			return command.Command{}, err
		}
		patch.Name = document.Set(name)
	}
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, asked}}, nil
}

// Readers returns the readers of the commands on tags, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	return map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft Draft) (command.Command, error) {
			return Create(asked.ID, draft)
		}),
		commandUpdate: command.WithID("tag", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return Update(asked.ID, asked.IfVersion, patch)
		})),
		commandDelete: command.WithID("tag", command.Plain(commandDelete)),
	}
}
