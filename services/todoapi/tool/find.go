package tool

import (
	"cmp"
	"context"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// maxFound bounds what is read at once to be counted, and maxShown what of it is given.
const (
	maxFound = 500
	maxShown = 50
)

// FindInput says what to find.
type FindInput struct {
	Filter string `json:"filter,omitempty" maxLength:"1000" example:"(today | overdue) & !@waiting" doc:"In the filter language"`
	Words  string `json:"words,omitempty" maxLength:"200" example:"dentist" doc:"Each must begin a word of title, notes, tags or comments"`
	Status string `json:"status,omitempty" enum:"open,completed,all" default:"open"`
	Sort   string `json:"sort,omitempty" enum:"due,-due,priority,created,-created,updated,-updated,completed,-completed,title,manual" default:"due" doc:"Of a filter; words give the best first"`
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"50" default:"20"`
}

// Found are tasks, of which there may be more.
type Found struct {
	Tasks []todo.Task `json:"tasks"`
	Total int         `json:"total" doc:"How many there are, counted to 500"`
}

// Find finds tasks.
func (s *Set) Find(ctx context.Context, call Call, input FindInput) (Found, error) {
	var all []todo.Task
	var err error
	if input.Words == "" {
		all, err = s.filtered(ctx, call, input)
	} else {
		all, err = s.searched(ctx, call, input)
	}
	return Found{all[:min(len(all), cmp.Or(input.Limit, 20))], len(all)}, err
}

func (s *Set) filtered(ctx context.Context, call Call, input FindInput) ([]todo.Task, error) {
	query := view.Query{Filter: input.Filter, Status: cmp.Or(input.Status, "open"), Sort: input.Sort, Limit: 200}
	return pages(func(cursor string) (task.Page, error) {
		query.Cursor = cursor
		return s.Views.Find(ctx, call.Caller, query)
	})
}

// searched finds tasks by words, of those that a filter selects where there is one too.
func (s *Set) searched(ctx context.Context, call Call, input FindInput) ([]todo.Task, error) {
	search := view.Search{Text: input.Words, Status: cmp.Or(input.Status, "open"), Limit: 200}
	hits, err := pages(func(cursor string) (task.Page, error) {
		search.Cursor = cursor
		return s.Views.Search(ctx, call.Caller, search)
	})
	if err != nil || input.Filter == "" {
		return hits, err
	}
	selected, err := s.filtered(ctx, call, FindInput{Filter: input.Filter, Status: input.Status})
	if err != nil {
		return nil, err
	}
	chosen := map[string]bool{}
	for _, t := range selected {
		chosen[t.ID] = true
	}
	both := []todo.Task{}
	for _, t := range hits {
		if chosen[t.ID] {
			both = append(both, t)
		}
	}
	return both, nil
}

// pages reads tasks page by page, up to maxFound.
func pages(read func(cursor string) (task.Page, error)) ([]todo.Task, error) {
	all, cursor := []todo.Task{}, ""
	for {
		page, err := read(cursor)
		if err != nil {
			return nil, err
		}
		tasks, err := page.Items.Value()
		if err != nil {
			return nil, failure.Wrap(failure.Internal, err, "read tasks")
		}
		all = append(all, tasks...)
		if cursor = page.Next; cursor == "" || len(all) >= maxFound {
			return all[:min(len(all), maxFound)], nil
		}
	}
}

// ShowInput names a task.
type ShowInput struct {
	ID string `json:"id" format:"uuid"`
}

// Shown is all of a task.
type Shown struct {
	Task     todo.Task      `json:"task"`
	Subtasks []todo.Task    `json:"subtasks"`
	Comments []todo.Comment `json:"comments"`
	Project  string         `json:"project,omitempty" doc:"Name of the project"`
}

// Show reads all of a task.
func (s *Set) Show(ctx context.Context, call Call, input ShowInput) (Shown, error) {
	found, err := s.Tasks.Get(ctx, call.Caller, input.ID)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	if shown.Task, err = found.Value(); err != nil {
		return Shown{}, failure.Wrap(failure.Internal, err, "read a task")
	}
	if shown.Subtasks, err = s.Tasks.Subtasks(ctx, call.Caller, input.ID); err != nil {
		return Shown{}, err
	}
	comments, err := s.Comments.List(ctx, call.Caller, input.ID)
	if err != nil {
		return Shown{}, err
	}
	if shown.Comments, err = comments.Value(); err != nil {
		return Shown{}, failure.Wrap(failure.Internal, err, "read the comments")
	}
	if shown.Task.ProjectID != nil {
		places, err := s.places(ctx, call)
		if err != nil {
			return Shown{}, err
		}
		shown.Project = places.NameOf(*shown.Task.ProjectID)
	}
	return shown, nil
}

// None is the input of tools that take nothing.
type None struct{}

// ListTags reads all tags.
func (s *Set) ListTags(ctx context.Context, call Call, _ None) (Tags, error) {
	found, err := s.Tags.List(ctx, call.Caller)
	if err != nil {
		return Tags{}, err
	}
	tags, err := found.Value()
	return Tags{tags}, failure.Wrap(failure.Internal, err, "read the tags")
}

// Tags are all tags.
type Tags struct {
	Tags []todo.Tag `json:"tags"`
}

// ListFilters reads the filters that are kept.
func (s *Set) ListFilters(ctx context.Context, call Call, _ None) (Filters, error) {
	found, err := s.Views.Saved(ctx, call.Caller)
	if err != nil {
		return Filters{}, err
	}
	filters, err := found.Value()
	return Filters{filters}, failure.Wrap(failure.Internal, err, "read the filters")
}

// Filters are the filters that are kept.
type Filters struct {
	Filters []todo.Filter `json:"filters"`
}

// AddProjectInput says what project to add.
type AddProjectInput struct {
	Name     string `json:"name" minLength:"1" maxLength:"120" example:"Garden"`
	ParentID string `json:"parentId,omitempty" format:"uuid" doc:"Project to be below"`
}

// AddedProject is a project that was added.
type AddedProject struct {
	Project todo.Project `json:"project"`
	Group   string       `json:"group"`
}

// AddProject adds a project.
func (s *Set) AddProject(ctx context.Context, call Call, input AddProjectInput) (AddedProject, error) {
	if call.DryRun {
		return AddedProject{Project: todo.Project{Name: input.Name}}, nil
	}
	return s.addProject(ctx, call, project.Draft{Name: input.Name, ParentID: input.ParentID})
}
