// Package quickadd makes tasks of lines as people type them. What the lines mean is told by
// package previews before, and is the same here.
package quickadd

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/previews"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// What becomes of a project or section that a line names and that is not there.
const (
	unknownCreate = "create"
	unknownRefuse = "refuse"
)

// Request asks for the tasks that a text says.
type Request struct {
	preview.QuickAddRequest
	ProjectID string `json:"projectId,omitempty" format:"uuid" doc:"Project for lines that name none; absent: the inbox"`
	SectionID string `json:"sectionId,omitempty" format:"uuid" doc:"Section for lines that name no project"`
	ParentID  string `json:"parentId,omitempty" format:"uuid" doc:"Task that those of lines are to be part of that name no project"`
	Reminded  bool   `json:"reminded,omitempty" doc:"Whether each task with a time reminds when it is due, as one does that people ask to be reminded of"`
	Unknown   string `json:"unknown,omitempty" enum:"create,refuse" default:"create" doc:"What becomes of a project or section that a line names and that is not there"`
}

// Added are the tasks that were made, in the order of their lines.
type Added struct {
	Tasks []todo.Task
	command.Act
}

// Service adds tasks.
type Service struct {
	previews *previews.Service
	commands *command.Service
}

// NewService makes the service, which reads lines as previews does.
func NewService(previews *previews.Service, commands *command.Service) *Service {
	return &Service{previews: previews, commands: commands}
}

// Add makes a task of each line that is not blank, all or none. A line that is indented below
// another becomes a subtask of it.
func (s *Service) Add(ctx context.Context, caller auth.Caller, key string, request Request) (Added, error) {
	read, err := s.Read(ctx, caller, request)
	if err != nil {
		return Added{}, err
	}
	commands, err := commandsOf(request, read)
	if err != nil {
		return Added{}, err
	}
	done, err := s.commands.Apply(ctx, caller, command.Request{Key: key, Commands: commands})
	if err != nil {
		return Added{}, ofLine(err)
	}
	return added(done)
}

// Read tells what Add would make tasks of.
func (s *Service) Read(ctx context.Context, caller auth.Caller, request Request) ([]quickadd.Task, error) {
	read, err := s.previews.QuickAdd(ctx, caller, request.QuickAddRequest)
	if err == nil && len(read) == 0 {
		err = failure.InvalidField("text", "must not be blank")
	}
	return read, err
}

func commandsOf(request Request, read []quickadd.Task) ([]command.Command, error) {
	parents := parentsOf(request.Text)
	commands := make([]command.Command, len(read))
	for i, t := range read {
		draft, err := draftOf(t)
		if err != nil {
			return nil, lineFault(i, err)
		}
		if request.Reminded && draft.Due != nil && len(draft.Reminders) == 0 {
			draft.Reminders = []todo.Reminder{{MinutesBefore: new(int)}}
		}
		place := task.NamedPlace{Project: t.Project, Section: t.Section, Create: request.Unknown != unknownRefuse}
		switch parent := parents[i]; {
		case t.Project != "":
		case parent >= 0:
			draft.ParentID = commands[parent].ID
		default:
			draft.ProjectID, draft.SectionID, draft.ParentID = request.ProjectID, request.SectionID, request.ParentID
		}
		if commands[i], err = task.CreateAt(draft, place, []any{request, i}); err != nil {
			return nil, lineFault(i, err)
		}
	}
	return commands, nil
}

// draftOf is the task that a line says.
func draftOf(t quickadd.Task) (task.Draft, error) {
	draft := task.Draft{Title: t.Title, Priority: t.Priority, Tags: t.Tags, DurationMinutes: int((t.DurationSeconds + 59) / 60)}
	if t.Due != nil {
		draft.Due = &todo.Due{Date: t.Due.Date, Time: t.Due.Time, Zone: t.Due.Zone}
	}
	if t.Start != nil {
		draft.Start = t.Start.Date
	}
	if t.Deadline != nil {
		draft.Deadline = t.Deadline.Date
	}
	if t.Recurrence != nil {
		draft.Recurrence = &todo.Recurrence{Rule: t.Recurrence.Rule, Anchor: string(t.Recurrence.Anchor)}
	}
	for _, r := range t.Reminders {
		reminder := todo.Reminder{MinutesBefore: r.MinutesBefore}
		if r.At != "" {
			at, err := time.Parse(time.RFC3339, r.At)
			if err != nil {
				return task.Draft{}, failure.Wrap(failure.Internal, err, "read the moment of a reminder")
			}
			reminder.At = &at
		}
		draft.Reminders = append(draft.Reminders, reminder)
	}
	return draft, nil
}

// parentsOf gives for each line that is not blank the number of the line that it is indented
// below, -1 for none.
func parentsOf(text string) []int {
	var parents, indents []int
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		trimmed := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(trimmed) == "" {
			continue
		}
		indent := width(line[:len(line)-len(trimmed)])
		parent := len(indents) - 1
		for parent >= 0 && indents[parent] >= indent {
			parent = parents[parent]
		}
		parents, indents = append(parents, parent), append(indents, indent)
	}
	return parents
}

// width is how far white space reaches; a tab goes on to the next multiple of four.
func width(space string) int {
	columns := 0
	for _, r := range space {
		if columns++; r == '\t' {
			columns = (columns + 3) / 4 * 4
		}
	}
	return columns
}

func added(done command.Done) (Added, error) {
	all := Added{Act: done.Act}
	for _, r := range done.Results {
		t, err := document.Of[todo.Task](r.Object).Value()
		if err != nil {
			return Added{}, failure.Wrap(failure.Internal, err, "read a task that was added")
		}
		all.Tasks = append(all.Tasks, t)
	}
	return all, nil
}

var commandOfBatch = regexp.MustCompile(`^commands\[(\d+)\]\.?`)

// ofLine says of which line a failure of the database is.
func ofLine(err error) error {
	public := failure.Public(err)
	if public.Kind != failure.Invalid && public.Kind != failure.Conflict {
		return err
	}
	found := commandOfBatch.FindStringSubmatch(public.Field)
	if found == nil {
		return &failure.Error{Kind: public.Kind, Field: "text", Message: public.Message}
	}
	line, convertErr := strconv.Atoi(found[1])
	if convertErr != nil {
		return err
	}
	return lineFault(line, public)
}

// lineFault is a failure that the line with a number, from 0, is the cause of.
func lineFault(line int, err error) error {
	public := failure.Public(err)
	message := public.Message
	if public.Field != "" {
		message = strings.TrimPrefix(public.Field, fmt.Sprintf("commands[%d].", line)) + " " + message
	}
	return &failure.Error{Kind: public.Kind, Field: "text", Message: fmt.Sprintf("line %d: %s", line+1, message)}
}
