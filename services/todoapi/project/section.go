package project

import (
	"cmp"
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Names of the commands on sections.
const (
	commandCreateSection = "section.create"
	commandUpdateSection = "section.update"
	commandMoveSection   = "section.move"
	commandDeleteSection = "section.delete"
)

// SectionDocument is the JSON of a section.
type SectionDocument = document.Document[todo.Section]

// SectionDraft is what a user sets of a new section.
type SectionDraft struct {
	ProjectID string `json:"projectId" format:"uuid" doc:"Project to be a part of"`
	Name      string `json:"name" minLength:"1" maxLength:"120" example:"Later" doc:"The other sections of the project have other names, without regard to case"`
}

// SectionPatch is a merge patch (RFC 7396) of a section.
type SectionPatch struct {
	Name document.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"120" example:"Later" doc:"The other sections of the project have other names, without regard to case"`
}

// SectionMove is where to put a section: last in a project, or beside another section.
type SectionMove struct {
	ProjectID string `json:"projectId,omitempty" format:"uuid" doc:"Project to put the section into, with its tasks"`
	Before    string `json:"before,omitempty" format:"uuid" doc:"Section before which to put this one; instead of a project"`
	After     string `json:"after,omitempty" format:"uuid" doc:"Section after which to put this one; instead of a project"`
}

// GetSection reads a section.
func (s *Service) GetSection(ctx context.Context, caller auth.Caller, id string) (SectionDocument, error) {
	var found SectionDocument
	err := s.db.Call(ctx, "get_section", map[string]string{"userId": caller.UserID, "id": id}, &found)
	return found, err
}

// CreateSection makes the command that adds a section. id is a UUID of the caller's making, or "".
func CreateSection(id string, draft SectionDraft) (command.Command, error) {
	asked := draft
	var err error
	draft.Name, err = todo.CleanLine("name", draft.Name)
	return command.Command{Name: commandCreateSection, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, asked}}, err
}

// UpdateSection makes the command that changes the fields of a section that patch names.
func UpdateSection(id string, ifVersion int64, patch SectionPatch) (command.Command, error) {
	asked := patch
	if patch.Name.IsClear() {
		return command.Command{}, failure.InvalidField("name", "must not be null: leave it out to keep it")
	}
	err := cleanNameField(&patch.Name)
	return command.Command{Name: commandUpdateSection, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, asked}}, err
}

// MoveSectionTo makes the command that puts a section elsewhere.
func MoveSectionTo(id string, ifVersion int64, to SectionMove) (command.Command, error) {
	return command.Command{Name: commandMoveSection, ID: id, IfVersion: ifVersion, Fields: to, Asked: []any{id, to}},
		checkPlace("projectId", to.ProjectID != "", to.Before, to.After)
}
