package view

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Names of the commands on filters that are kept.
const (
	commandCreate = "filter.create"
	commandUpdate = "filter.update"
	commandMove   = "filter.move"
	commandDelete = "filter.delete"
)

// FilterDraft is a filter that a user wants to keep.
type FilterDraft struct {
	Name      string `json:"name" minLength:"1" maxLength:"120" example:"Due work" doc:"Other filters have other names, without regard to case"`
	Query     string `json:"query" minLength:"1" maxLength:"1000" example:"(today | overdue) & !@waiting" doc:"In the filter language"`
	Colour    string `json:"colour,omitempty" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink" default:"grey"`
	Favourite bool   `json:"favourite,omitempty" doc:"Whether it is shown above the others"`
}

// FilterPatch is a merge patch (RFC 7396) of a filter: what it does not name stays.
type FilterPatch struct {
	Name      document.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"120"`
	Query     document.Field[string] `json:"query,omitzero" minLength:"1" maxLength:"1000" doc:"In the filter language"`
	Colour    document.Field[string] `json:"colour,omitzero" enum:"grey,red,orange,yellow,lime,green,teal,blue,violet,pink"`
	Favourite document.Field[bool]   `json:"favourite,omitzero" doc:"Whether it is shown above the others"`
}

// FilterMove is where to put a filter.
type FilterMove struct {
	Before string `json:"before,omitempty" format:"uuid" doc:"Filter before which to put this one"`
	After  string `json:"after,omitempty" format:"uuid" doc:"Filter after which to put this one"`
}

// Saved reads the filters that the caller keeps, in order.
func (s *Service) Saved(ctx context.Context, caller auth.Caller) (document.Document[[]todo.Filter], error) {
	var saved document.Document[[]todo.Filter]
	err := s.DB.Call(ctx, "list_filters", map[string]string{"userId": caller.UserID}, &saved)
	return saved, err
}

// CreateFilter makes the command that keeps a filter. id is a UUID of the caller's making, or "".
func CreateFilter(id string, draft FilterDraft) (command.Command, error) {
	asked := draft
	var err error
	if draft.Name, err = todo.CleanLine("name", draft.Name); err == nil {
		err = checkQuery(draft.Query)
	}
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, asked}}, err
}

// UpdateFilter makes the command that changes the fields of a filter that patch names.
func UpdateFilter(id string, ifVersion int64, patch FilterPatch) (command.Command, error) {
	asked := patch
	for field, clear := range map[string]bool{"name": patch.Name.IsClear(), "query": patch.Query.IsClear(), "colour": patch.Colour.IsClear(), "favourite": patch.Favourite.IsClear()} {
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
	if query, ok := patch.Query.Get(); ok {
		if err := checkQuery(query); err != nil {
			return command.Command{}, err
		}
	}
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, asked}}, nil
}

// MoveFilter makes the command that puts a filter beside another one.
func MoveFilter(id string, ifVersion int64, to FilterMove) (command.Command, error) {
	if (to.Before == "") == (to.After == "") {
		return command.Command{}, failure.InvalidField("before", "name one of before and after")
	}
	return command.Command{Name: commandMove, ID: id, IfVersion: ifVersion, Fields: to, Asked: []any{id, to}}, nil
}

// checkQuery refuses what is no filter in any language that has words for dates.
func checkQuery(query string) error {
	var fault error
	for _, locale := range words.All() {
		_, err := filter.Parse(query, filter.Options{Now: time.Unix(0, 0).UTC(), Locale: locale})
		if err == nil {
			return nil
		}
		fault = cmp.Or(fault, err)
	}
	return failure.InvalidField("query", "%s", fault)
}

// Readers returns the readers of the commands on filters, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	return map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft FilterDraft) (command.Command, error) {
			return CreateFilter(asked.ID, draft)
		}),
		commandUpdate: command.WithID("filter", command.Reading(api, func(asked command.Asked, patch FilterPatch) (command.Command, error) {
			return UpdateFilter(asked.ID, asked.IfVersion, patch)
		})),
		commandMove: command.WithID("filter", command.Reading(api, func(asked command.Asked, to FilterMove) (command.Command, error) {
			return MoveFilter(asked.ID, asked.IfVersion, to)
		})),
		commandDelete: command.WithID("filter", command.Plain(commandDelete)),
	}
}

// savedRoutes adds the operations on filters that are kept to api.
func (s *Service) savedRoutes(api huma.API, verify httpapi.Verify) {
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Filters"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-filters", Method: http.MethodGet, Path: "/filters",
		Summary: "Read the filters that one keeps, in order"}), s.listSaved)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "create-filter", Method: http.MethodPost, Path: "/filters",
		Summary: "Keep a filter", DefaultStatus: http.StatusCreated}), command.Creating[todo.Filter](s.Commands, CreateFilter))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "edit-filter", Method: http.MethodPatch, Path: "/filters/{id}",
		Summary: "Change fields of a filter (RFC 7396)"}), command.Editing[todo.Filter](s.Commands, UpdateFilter))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "move-filter", Method: http.MethodPost, Path: "/filters/{id}/move",
		Summary: "Put a filter beside another one"}), command.Moving[todo.Filter](s.Commands, MoveFilter))
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-filter", Method: http.MethodDelete, Path: "/filters/{id}",
		Summary: "Delete a filter"}), command.Deleting(s.Commands, commandDelete))
}

func (s *Service) listSaved(ctx context.Context, _ *struct{}) (*command.ListOutput[todo.Filter], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(s.Saved(ctx, caller))
}
