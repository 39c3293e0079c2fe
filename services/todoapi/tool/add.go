package tool

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/quickadd"
)

// AddInput says what to add.
type AddInput struct {
	Text      string `json:"text" minLength:"1" maxLength:"20000" example:"buy milk tomorrow #Home p1" doc:"One task a line"`
	ProjectID string `json:"projectId,omitempty" format:"uuid" doc:"Project for lines that name none"`
	SectionID string `json:"sectionId,omitempty" format:"uuid"`
	ParentID  string `json:"parentId,omitempty" format:"uuid" doc:"Task that those of lines are to be part of that name no project"`
	Reminded  bool   `json:"reminded,omitempty" doc:"Whether each task with a time reminds when it is due"`
}

// Add makes tasks of lines.
func (s *Set) Add(ctx context.Context, call Call, input AddInput) (Touched, error) {
	request := quickadd.Request{
		QuickAddRequest: preview.QuickAddRequest{Text: input.Text},
		ProjectID:       input.ProjectID, SectionID: input.SectionID, ParentID: input.ParentID, Reminded: input.Reminded,
	}
	if call.DryRun {
		read, err := s.QuickAdd.Read(ctx, call.Caller, request)
		touched := Touched{Tasks: []todo.Task{}}
		for _, t := range read {
			touched.Tasks = append(touched.Tasks, todo.Task{Title: t.Title, Priority: t.Priority, Tags: t.Tags})
		}
		return touched, err
	}
	added, err := s.QuickAdd.Add(ctx, call.Caller, call.Key, request)
	return Touched{Tasks: added.Tasks, Group: added.Group}, err
}

// CommentInput says what to say about a task.
type CommentInput struct {
	ID   string `json:"id" format:"uuid" doc:"Of the task"`
	Text string `json:"text" minLength:"1" maxLength:"16384" doc:"Markdown"`
}

// Comment adds a comment to a task.
func (s *Set) Comment(ctx context.Context, call Call, input CommentInput) (Touched, error) {
	tasks, err := s.Tasks.GetAll(ctx, call.Caller, []string{input.ID})
	if err != nil || call.DryRun {
		return Touched{Tasks: tasks}, err
	}
	c, err := commentOn(input)
	if err != nil {
		return Touched{}, err
	}
	made, err := command.One[todo.Comment](ctx, s.Commands, call.Caller, call.Key, c)
	return Touched{Tasks: tasks, Group: made.Group}, err
}

// taskOf reads the task that a command left; that of one that is gone has no id.
func taskOf(r command.Result) (todo.Task, error) {
	if len(r.Object) == 0 || string(r.Object) == "null" {
		return todo.Task{}, nil
	}
	t, err := document.Of[todo.Task](r.Object).Value()
	return t, failure.Wrap(failure.Internal, err, "read a task that was changed")
}
