// Package tool is what can be done for a person who does not do it with their own hands: by the
// chatbot, by a language model, by an outside agent. Each tool does what the rooms that own the
// objects do, as the caller, under one idempotency key and as one act that can be undone.
package tool

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/comment"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/quickadd"
	"github.com/todoplatform/todoplatform/services/todoapi/tag"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// Effect says what a tool does to the data of its caller.
type Effect string

// The effects.
const (
	Reads    Effect = "reads"
	Changes  Effect = "changes"
	Destroys Effect = "destroys" // takes away what the caller has; only a person may consent to it
)

// Call is one use of a tool.
type Call struct {
	Caller auth.Caller
	Key    string // idempotency key: the same call under it has its effect once; "" for none
	DryRun bool   // whether only to say what would be touched
}

// Rooms are those that the tools act through.
type Rooms struct {
	Tasks    *task.Service
	Views    *view.Service
	Projects *project.Service
	Tags     *tag.Service
	Comments *comment.Service
	QuickAdd *quickadd.Service
	Commands *command.Service
	Now      func() time.Time
}

// Set is all tools.
type Set struct {
	Rooms
	registry huma.Registry
	tools    []Tool
}

// Tool is one thing that can be done.
type Tool struct {
	Name        string
	Description string // for whoever chooses among them: a language model, an agent
	Effect      Effect
	Scope       auth.Scope   // that the caller must have
	Input       *huma.Schema // JSON Schema of what it takes
	read        func(json.RawMessage) (any, error)
	do          func(context.Context, Call, json.RawMessage) (any, error)
}

// NewSet makes the tools on rooms.
func NewSet(rooms Rooms) *Set {
	s := &Set{Rooms: rooms, registry: huma.NewMapRegistry(definitions, huma.DefaultSchemaNamer)}
	s.tools = []Tool{
		define(s, "add_tasks", Changes, "Add tasks from lines as people type them, one task a line. A line may say date, time, recurrence, p1 to p4, @tag, #Project and /Section.", s.Add),
		define(s, "find_tasks", Reads, "Find tasks by a filter such as `(today | overdue) & @home`, by words of title, notes and comments, or both.", s.Find),
		define(s, "show_task", Reads, "Read one task with its subtasks and comments.", s.Show),
		define(s, "change_tasks", Changes, "Change fields of tasks: due, priority, tags, place, title, notes, deadline, duration, recurrence. Moves dates of many at once.", s.Change),
		define(s, "complete_tasks", Changes, "Complete tasks; a recurring one gets its next occurrence.", s.Complete),
		define(s, "reopen_tasks", Changes, "Take back the completion of tasks.", s.Reopen),
		define(s, "delete_tasks", Destroys, "Delete tasks with their subtasks.", s.Delete),
		define(s, "skip_occurrences", Changes, "Leave out this occurrence of recurring tasks: each becomes its next one.", s.Skip),
		define(s, "pause_tasks", Changes, "Have recurring tasks wait for the time being.", s.Pause),
		define(s, "resume_tasks", Changes, "Go on with recurring tasks that wait.", s.Resume),
		define(s, "remind", Changes, "Remind of tasks at a moment or some minutes before they are due.", s.Remind),
		define(s, "snooze", Changes, "Remind of tasks again later, in place of the reminders that have come.", s.Snooze),
		define(s, "comment", Changes, "Add a comment to a task.", s.Comment),
		define(s, "add_project", Changes, "Add a project.", s.AddProject),
		define(s, "list_projects", Reads, "Read all projects and sections.", s.ListProjects),
		define(s, "list_tags", Reads, "Read all tags.", s.ListTags),
		define(s, "list_filters", Reads, "Read the filters that are kept.", s.ListFilters),
		define(s, "summarize_days", Reads, "Read what is due and overdue, and what was completed, from one day to another.", s.Summarize),
		define(s, "find_free_time", Reads, "Find the times of days that no task with a time takes.", s.FreeTime),
		define(s, "undo", Changes, "Take back an act of the last 24 hours by its group.", s.Undo),
	}
	return s
}

// All lists the tools.
func (s *Set) All() []Tool { return s.tools }

// Schema is the JSON Schema (2020-12) of what a tool takes, whole in itself.
func (s *Set) Schema(t Tool) (map[string]any, error) {
	encoded, err := json.Marshal(t.Input)
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "encode the schema of a tool")
	}
	others, err := json.Marshal(s.registry.Map())
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "encode the schemas of tools")
	}
	schema, defined := map[string]any{}, map[string]any{}
	if err := errors.Join(json.Unmarshal(encoded, &schema), json.Unmarshal(others, &defined)); err != nil {
		return nil, failure.Wrap(failure.Internal, err, "read the schemas of tools")
	}
	if used := referred(schema, defined); len(used) > 0 {
		schema["$defs"] = used
	}
	return schema, nil
}

// referred are the definitions that a schema refers to, and those that they refer to.
func referred(schema any, defined map[string]any) map[string]any {
	used := map[string]any{}
	var look func(any)
	look = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if ref, ok := value["$ref"].(string); ok {
				name := strings.TrimPrefix(ref, definitions)
				if _, known := used[name]; !known && defined[name] != nil {
					used[name] = defined[name]
					look(defined[name])
				}
			}
			for _, inner := range value {
				look(inner)
			}
		case []any:
			for _, inner := range value {
				look(inner)
			}
		}
	}
	look(schema)
	return used
}

// definitions is where schemas that others refer to lie.
const definitions = "#/$defs/"

// Do uses the tool with a name; what it answers is JSON. An input that does not fit its schema is
// failure.Invalid, and a name that no tool has failure.NotFound.
func (s *Set) Do(ctx context.Context, call Call, name string, input json.RawMessage) (any, error) {
	t, err := s.named(name)
	if err != nil {
		return nil, err
	}
	return t.do(ctx, call, input)
}

// Read reads what a tool is to take, as its method takes it; it fails as Do does.
func (s *Set) Read(name string, input json.RawMessage) (any, error) {
	t, err := s.named(name)
	if err != nil {
		return nil, err
	}
	return t.read(input)
}

func (s *Set) named(name string) (Tool, error) {
	for _, t := range s.tools {
		if t.Name == name {
			return t, nil
		}
	}
	return Tool{}, failure.New(failure.NotFound, "there is no tool %s", name)
}

// define makes a tool of a method.
func define[I, O any](s *Set, name string, effect Effect, description string, method func(context.Context, Call, I) (O, error)) Tool {
	t := Tool{Name: name, Description: description, Effect: effect, Scope: auth.ScopeTasksWrite, Input: s.registry.Schema(reflect.TypeFor[I](), false, name)}
	if effect == Reads {
		t.Scope = auth.ScopeTasksRead
	}
	decode := func(raw json.RawMessage) (I, error) {
		var input I
		err := httpapi.Decode(s.registry, t.Input, "input", raw, &input)
		return input, err
	}
	t.read = func(raw json.RawMessage) (any, error) { return decode(raw) }
	t.do = func(ctx context.Context, call Call, raw json.RawMessage) (any, error) {
		if err := call.Caller.Require(t.Scope); err != nil {
			return nil, err
		}
		input, err := decode(raw)
		if err != nil {
			return nil, err
		}
		return method(ctx, call, input)
	}
	return t
}
