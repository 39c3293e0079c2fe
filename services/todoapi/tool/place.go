package tool

import (
	"context"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/comment"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// Places are the projects and sections of a person.
type Places struct {
	Projects []todo.Project `json:"projects"`
	Sections []todo.Section `json:"sections"`
}

// ListProjects reads all projects that are not archived, and their sections.
func (s *Set) ListProjects(ctx context.Context, call Call, _ None) (Places, error) {
	all, err := s.places(ctx, call)
	if err != nil {
		return Places{}, err
	}
	current := Places{Projects: []todo.Project{}, Sections: all.Sections}
	for _, p := range all.Projects {
		if p.ArchivedAt == nil {
			current.Projects = append(current.Projects, p)
		}
	}
	return current, nil
}

func (s *Set) places(ctx context.Context, call Call) (Places, error) {
	found, err := s.Projects.List(ctx, call.Caller)
	if err != nil {
		return Places{}, err
	}
	var places Places
	if places.Projects, err = found.Projects.Value(); err != nil {
		return Places{}, failure.Wrap(failure.Internal, err, "read the projects")
	}
	places.Sections, err = found.Sections.Value()
	return places, failure.Wrap(failure.Internal, err, "read the sections")
}

// NameOf is the name of a project, "" if it is not among them.
func (p Places) NameOf(projectID string) string {
	for _, candidate := range p.Projects {
		if candidate.ID == projectID {
			return candidate.Name
		}
	}
	return ""
}

// project finds a project by its name, without regard to case; several of one name are not told apart.
func (p Places) project(name string) (todo.Project, error) {
	var found []todo.Project
	for _, candidate := range p.Projects {
		if strings.EqualFold(candidate.Name, name) {
			found = append(found, candidate)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return todo.Project{}, failure.InvalidField("changes.project", "there is no project %s", name)
	}
	return todo.Project{}, failure.InvalidField("changes.project", "there are %d projects of the name %s", len(found), name)
}

// section finds a section of a project by its name.
func (p Places) section(projectID, name string) (todo.Section, error) {
	for _, candidate := range p.Sections {
		if candidate.ProjectID == projectID && strings.EqualFold(candidate.Name, name) {
			return candidate, nil
		}
	}
	return todo.Section{}, failure.InvalidField("changes.section", "there is no section %s in the project", name)
}

// mover makes the command that puts a task where changes say; nil where they name no place.
func (s *Set) mover(ctx context.Context, call Call, changes Alterations) (func(todo.Task) (command.Command, error), error) {
	switch {
	case changes.Inbox:
		return func(t todo.Task) (command.Command, error) {
			return task.MoveTo(t.ID, 0, task.Move{ProjectID: document.Clear[string]()})
		}, nil
	case changes.Project == "" && changes.Section == "":
		return nil, nil
	}
	places, err := s.places(ctx, call)
	if err != nil {
		return nil, err
	}
	var into string
	if changes.Project != "" {
		found, err := places.project(changes.Project)
		if err != nil {
			return nil, err
		}
		into = found.ID
	}
	return func(t todo.Task) (command.Command, error) { return moveInto(t, places, into, changes.Section) }, nil
}

// moveInto makes the command that puts a task into a project, or a section of it or of its own one.
func moveInto(t todo.Task, places Places, projectID, section string) (command.Command, error) {
	if section == "" {
		return task.MoveTo(t.ID, 0, task.Move{ProjectID: document.Set(projectID)})
	}
	if projectID == "" && t.ProjectID != nil {
		projectID = *t.ProjectID
	}
	found, err := places.section(projectID, section)
	if err != nil {
		return command.Command{}, err
	}
	return task.MoveTo(t.ID, 0, task.Move{SectionID: document.Set(found.ID)})
}

func (s *Set) addProject(ctx context.Context, call Call, draft project.Draft) (AddedProject, error) {
	c, err := project.Create("", draft)
	if err != nil {
		return AddedProject{}, err
	}
	made, err := command.One[todo.Project](ctx, s.Commands, call.Caller, call.Key, c)
	if err != nil {
		return AddedProject{}, err
	}
	added, err := made.Object.Value()
	return AddedProject{added, made.Group}, failure.Wrap(failure.Internal, err, "read the project")
}

func commentOn(input CommentInput) (command.Command, error) {
	return comment.Create("", comment.Draft{TaskID: input.ID, Text: input.Text})
}
