package chat

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

// touched is how many tasks were added or changed for the model so far.
func (t *turn) touched() (tasks int) {
	for _, r := range t.kept.Told {
		for _, p := range r.Parts {
			if p.Kind == Tasks {
				tasks += p.Total
			}
		}
	}
	return tasks
}

// useTools does what the model wants done, up to what the person has to be asked first.
func (t *turn) useTools() (question *reply, err error) {
	work := t.kept.Work
	for pending := work.Pending(); len(pending) > 0; pending = work.Pending() {
		t.key = fmt.Sprintf("%s/%d", t.message, len(work.Messages))
		before := t.acts
		result, said, err := t.use(pending[0])
		if public := failure.Public(err); err != nil {
			if public.Kind == failure.Unavailable || public.Kind == failure.Internal {
				return nil, err
			}
			result = map[string]string{"error": strings.TrimSpace(public.Field + " " + public.Message)}
		}
		if t.kept.Asked != nil {
			return &said, nil
		}
		if t.acts > before {
			t.kept.Told = append(t.kept.Told, said)
		}
		work.Answer(pending[0], brief(result))
	}
	return nil, nil
}

// use does one thing that the model wants: result is for the model, and said for the person where
// something was done.
func (t *turn) use(call dapr.ModelCall) (result any, said reply, err error) {
	if len(t.kept.Work.Messages) > maxWorkMessages {
		return nil, reply{}, failure.New(failure.Invalid, "these are too many calls; answer the person")
	}
	if call.Name == undoTool.Name {
		said, err = t.undo()
		return t.resultOf(said), said, err
	}
	arguments := json.RawMessage(call.Arguments)
	if call.Arguments == "" || call.Arguments == "null" { // as models write no arguments
		arguments = json.RawMessage("{}")
	}
	input, err := t.tools.Read(call.Name, arguments)
	if err != nil {
		return nil, reply{}, err
	}
	meaning, which, acts := meaningOf(call.Name, input)
	switch doing := t.kept.Doing; {
	case !acts:
		result, err = t.tools.Do(t.ctx, t.call(), call.Name, arguments)
		return result, reply{}, err
	case doing != nil && doing.Key == t.key: // before the platform failed
		said, err = t.act(doing.Intent, doing.IDs)
	default:
		said, err = t.actFor(meaning, which, input)
	}
	return t.resultOf(said), said, err
}

// resultOf is what the model is told of an act. Where nothing was done, the text says why.
func (t *turn) resultOf(said reply) any {
	cards := []Card{}
	for _, p := range said.Parts {
		if p.Kind == Tasks {
			cards = append(cards, p.Tasks...)
		}
	}
	return map[string]any{"told": said.Text, "tasks": cards}
}

// actFor does what a tool is to do as if the person had said it.
func (t *turn) actFor(said intent.Intent, which tool.Which, input any) (reply, error) {
	switch input := input.(type) {
	case tool.AddInput:
		if lines := 1 + strings.Count(strings.TrimSpace(input.Text), "\n"); t.touched()+lines > maxAdded {
			return reply{}, failure.InvalidField("text", "adds too many tasks at once; at most %d in answer to one message", maxAdded)
		}
		return t.addOf(said, input)
	case tool.AddProjectInput:
		return t.addProject(input)
	}
	tasks, err := t.tools.Meant(t.ctx, t.call(), which, said.Verb == intent.Delete)
	if err == nil && len(tasks) == 0 {
		err = failure.New(failure.NotFound, "no task fits")
	}
	if err != nil {
		return reply{}, err
	}
	return t.with(said, tasks)
}

// meaningOf is what a person would say to have done what a tool does; ok is false for tools that only read.
func meaningOf(name string, input any) (said intent.Intent, which tool.Which, ok bool) {
	switch input := input.(type) {
	case tool.AddInput:
		return intent.Intent{Verb: intent.Add, Lines: input.Text, Reminded: input.Reminded}, tool.Which{}, true
	case tool.AddProjectInput:
		return intent.Intent{Verb: intent.AddProject, Text: input.Name}, tool.Which{}, true
	case tool.ChangeInput:
		return intent.Intent{Verb: intent.Change, Changes: intent.Changes(input.Changes)}, input.Which, true
	case tool.RemindInput:
		r := &intent.Reminder{MinutesBefore: input.MinutesBefore}
		if input.At != nil {
			r.At = input.At.Format(time.RFC3339)
		}
		return intent.Intent{Verb: intent.Remind, Reminder: r}, input.Which, true
	case tool.SnoozeInput:
		return intent.Intent{Verb: intent.Snooze, Reminder: &intent.Reminder{At: input.Until.Format(time.RFC3339)}}, input.Which, true
	case tool.CommentInput:
		return intent.Intent{Verb: intent.Comment, Text: input.Text}, tool.Which{IDs: []string{input.ID}}, true
	case tool.Which:
		return intent.Intent{Verb: plainVerbs[name]}, input, true
	}
	return intent.Intent{}, tool.Which{}, false
}

// plainVerbs are what the tools mean that take tasks and nothing else.
var plainVerbs = map[string]intent.Verb{
	"complete_tasks": intent.Complete, "reopen_tasks": intent.Reopen, "delete_tasks": intent.Delete,
	"skip_occurrences": intent.Skip, "pause_tasks": intent.Pause, "resume_tasks": intent.Resume,
}

// undoTool takes back what was done last in the conversation: a model knows no other act.
var undoTool = dapr.ModelTool{Name: "undo", Description: "Take back what was done for the last message that changed anything.",
	Parameters: map[string]any{"type": "object", "properties": map[string]any{}}}

// modelTools are the tools as the model sees them. Ids are no UUIDs to it, see model.Veil.
func modelTools(set *tool.Set) ([]dapr.ModelTool, error) {
	var tools []dapr.ModelTool
	for _, t := range set.All() {
		if t.Name == undoTool.Name {
			tools = append(tools, undoTool)
			continue
		}
		schema, err := set.Schema(t)
		if err != nil {
			return nil, err
		}
		withoutFormat(schema)
		tools = append(tools, dapr.ModelTool{Name: t.Name, Description: t.Description, Parameters: schema})
	}
	return tools, nil
}

func withoutFormat(schema any) {
	switch schema := schema.(type) {
	case map[string]any:
		if schema["format"] == "uuid" {
			delete(schema, "format")
		}
		for _, inner := range schema {
			withoutFormat(inner)
		}
	case []any:
		for _, inner := range schema {
			withoutFormat(inner)
		}
	}
}
