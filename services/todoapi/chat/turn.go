package chat

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

// Bounds of what is done and shown without asking.
const (
	maxListed  = 20 // tasks in one answer
	maxChoices = 8
	// maxUnasked is how many tasks an act may touch without consent.
	maxUnasked = 5
	// usualSnooze is for how many minutes people snooze who do not say it.
	usualSnooze = 10
)

// reply is what the chatbot says.
type reply struct {
	Text  string
	Parts []Part
}

// turn is one thing that a person says, being answered.
type turn struct {
	ctx    context.Context //nolint:containedctx // a turn lives as long as the request
	tools  *tool.Set
	caller auth.Caller
	person person
	kept   *kept
	key    string // of what it does
	places tool.Places
}

// call is one use of a tool in this turn. A turn does one act, which its key names.
func (t *turn) call() tool.Call { return tool.Call{Caller: t.caller, Key: t.key} }

// take answers what was said.
func (t *turn) take(text string) (reply, error) {
	options, err := t.options()
	if err != nil {
		return reply{}, err
	}
	said := intent.Parse(text, options)
	asked := t.kept.Asked
	t.kept.Asked = nil // whatever is said, the question is over
	if asked != nil {
		if answered, ok, err := t.answered(*asked, said); ok || err != nil {
			return answered, err
		}
	}
	return t.do(said)
}

// options are what the words depend on.
func (t *turn) options() (intent.Options, error) {
	options := intent.Options{Now: t.person.now, Locale: t.person.locale, WeekStart: t.person.weekStart}
	var err error
	if t.places, err = t.tools.ListProjects(t.ctx, t.call(), tool.None{}); err != nil {
		return intent.Options{}, err
	}
	for _, p := range t.places.Projects {
		options.Names.Projects = append(options.Names.Projects, p.Name)
	}
	for _, s := range t.places.Sections {
		options.Names.Sections = append(options.Names.Sections, s.Name)
	}
	tags, err := t.tools.ListTags(t.ctx, t.call(), tool.None{})
	if err != nil {
		return intent.Options{}, err
	}
	for _, tag := range tags.Tags {
		options.Names.Tags = append(options.Names.Tags, tag.Name)
	}
	options.Talk = intent.Talk{Shown: len(t.kept.Shown), Spoken: len(t.kept.Spoken)}
	if t.kept.Last != nil {
		options.Talk.Last = t.kept.Last.Verb
	}
	if asked := t.kept.Asked; asked != nil {
		options.Talk.Asked = asked.Question
		if asked.Question == intent.WhichTask { // positions are those of the choices
			options.Talk.Shown = len(asked.IDs)
		}
	}
	return options, nil
}

// answered takes what was said as the answer to a question; ok is false where it is none.
func (t *turn) answered(asked Asked, said intent.Intent) (answer reply, ok bool, err error) {
	switch {
	case said.Verb == intent.No:
		return reply{Text: t.person.phrase("kept", nil)}, true, nil
	case asked.Question == intent.Confirm && said.Verb == intent.Yes:
		answer, err = t.act(asked.Intent, asked.IDs)
		return answer, true, err
	case asked.Question == intent.WhichTask && said.Verb == intent.Choose:
		chosen, fault, err := t.chosen(asked.IDs, said.Target)
		if err != nil || fault != nil {
			return value(fault), true, err
		}
		answer, err = t.with(asked.Intent, chosen)
		return answer, true, err
	}
	return reply{}, false, nil
}

func value(r *reply) reply {
	if r == nil {
		return reply{}
	}
	return *r
}

// chosen are those of ids that an answer names.
func (t *turn) chosen(ids []string, target intent.Target) ([]todo.Task, *reply, error) {
	tasks, err := t.tools.Tasks.GetAll(t.ctx, t.caller, ids)
	if err != nil {
		return nil, nil, err
	}
	if target.Words != "" {
		tasks = slices.DeleteFunc(tasks, func(task todo.Task) bool { return !has(task.Title, target.Words) })
		if len(tasks) == 1 {
			return tasks, nil, nil
		}
		return nil, &reply{Text: t.person.phrase("none.words", values{"words": escaped.Replace(target.Words)})}, nil
	}
	return t.at(tasks, target.Positions)
}

// at are the tasks at positions of a list.
func (t *turn) at(listed []todo.Task, positions []int) ([]todo.Task, *reply, error) {
	var tasks []todo.Task
	for _, n := range positions {
		if n < 0 {
			n = len(listed) + n + 1
		}
		if n < 1 || n > len(listed) {
			return nil, &reply{Text: t.person.counted("none.position", len(listed), nil)}, nil
		}
		tasks = append(tasks, listed[n-1])
	}
	return tasks, nil, nil
}

// do does what was said.
func (t *turn) do(said intent.Intent) (reply, error) {
	switch said.Verb {
	case intent.Add:
		return t.add(said)
	case intent.Find, intent.Count:
		return t.find(said, 0)
	case intent.More:
		return t.more()
	case intent.Summarize:
		return t.summarize(said)
	case intent.Free:
		return t.free(said)
	case intent.AddProject:
		return t.addProject(said)
	case intent.ListProjects, intent.ListTags, intent.ListFilters:
		return t.names(said.Verb)
	case intent.Undo:
		return t.undo()
	case intent.Correct:
		return t.correct(said)
	case intent.Yes, intent.No, intent.Choose:
		return reply{Text: t.person.phrase("nothingAsked", nil)}, nil
	case intent.Greet, intent.Thank, intent.Help, intent.Unknown:
		return t.talk(said), nil
	}
	tasks, fault, err := t.meant(said)
	if err != nil || fault != nil {
		return value(fault), err
	}
	return t.with(said, tasks)
}

// talk answers what asks for nothing to be done.
func (t *turn) talk(said intent.Intent) reply {
	switch said.Verb {
	case intent.Greet:
		return reply{t.person.phrase("hello", nil), []Part{{Kind: Suggestions, Choices: t.person.suggestions(intent.Find, intent.Summarize, intent.Help)}}}
	case intent.Thank:
		return reply{Text: t.person.phrase("welcome", nil)}
	case intent.Help:
		return t.help(intent.Verb(said.Text))
	}
	if said.Nearest == "" {
		return reply{t.person.phrase("unknown", nil), []Part{{Kind: Suggestions, Choices: t.person.suggestions(intent.Help)}}}
	}
	return reply{t.person.phrase("unknown.nearest", values{"nearest": escaped.Replace(said.Nearest)}),
		[]Part{{Kind: Suggestions, Choices: []Choice{{said.Nearest, said.Nearest}}}}}
}

// help tells what can be said, of one verb or of those that people need most.
func (t *turn) help(verb intent.Verb) reply {
	examples := intent.Examples(t.person.locale, verb)
	if len(examples) == 0 {
		for _, verb := range []intent.Verb{
			intent.Add, intent.Find, intent.Count, intent.When, intent.Complete, intent.Change, intent.Delete, intent.Remind,
			intent.Comment, intent.Summarize, intent.Free, intent.Undo,
		} {
			examples = append(examples, firstOf(intent.Examples(t.person.locale, verb))...)
		}
	}
	lines := []string{t.person.phrase("help", nil)}
	choices := []Choice{}
	for _, example := range examples {
		lines = append(lines, t.person.phrase("help.line", values{"example": escaped.Replace(example)}))
		choices = append(choices, Choice{example, example})
	}
	return reply{strings.Join(lines, "\n"), []Part{{Kind: Suggestions, Choices: choices[:min(len(choices), maxChoices)]}}}
}

func firstOf(examples []string) []string { return examples[:min(len(examples), 1)] }

// with goes on with the tasks that are meant: it tells of them, or acts on them once it may.
func (t *turn) with(said intent.Intent, tasks []todo.Task) (reply, error) {
	switch said.Verb {
	case intent.When:
		return t.when(tasks), nil
	case intent.Did:
		return t.did(tasks), nil
	case intent.Show:
		return t.show(tasks)
	}
	if said.Verb == intent.Delete || len(tasks) > maxUnasked {
		return t.ask(intent.Confirm, said, tasks, ""), nil
	}
	return t.act(said, idsOf(tasks))
}

// ask asks which of tasks is meant, or whether to do it to all of them.
func (t *turn) ask(question intent.Question, said intent.Intent, tasks []todo.Task, text string) reply {
	t.kept.Asked = &Asked{Question: question, Intent: said, IDs: idsOf(tasks)}
	if question == intent.WhichTask {
		shown := tasks[:min(len(tasks), maxChoices)]
		t.kept.Asked.IDs = idsOf(shown)
		choices := []Choice{}
		for i, task := range shown {
			choices = append(choices, Choice{task.Title, t.person.phrase("say.number", values{"n": i + 1})})
		}
		return reply{cmp.Or(text, t.person.phrase("ask.which", nil)) + t.listed(shown, 0), []Part{{Kind: Choices, Tasks: cards(shown), Total: len(tasks), Choices: choices}}}
	}
	kind := "act"
	if said.Verb == intent.Delete {
		kind = "delete"
	}
	shown := tasks[:min(len(tasks), maxListed)]
	text = t.person.counted("ask."+kind, len(tasks), values{"title": title(tasks[0])})
	if len(tasks) > 1 {
		text += t.listed(shown, 0)
	}
	return reply{text, []Part{{Kind: Consent, Tasks: cards(shown), Total: len(tasks), Destroys: said.Verb == intent.Delete, Choices: []Choice{
		{t.person.counted("yes."+kind, len(tasks), nil), t.person.phrase("say.yes", nil)},
		{t.person.phrase("no", nil), t.person.phrase("say.no", nil)},
	}}}}
}

// act does what was said to tasks, whose ids it is bound to.
func (t *turn) act(said intent.Intent, ids []string) (reply, error) {
	touched, phrase, with, err := t.touch(said, tool.Which{IDs: ids})
	if err != nil {
		return reply{}, err
	}
	t.acted(said, touched.Group)
	if said.Verb != intent.Delete {
		t.kept.Spoken = idsOf(touched.Tasks)
	} else {
		t.kept.Spoken = nil
		t.kept.Shown = slices.DeleteFunc(t.kept.Shown, func(id string) bool { return slices.Contains(ids, id) })
	}
	return t.tell(phrase, touched, with), nil
}

// acted notes what was done, which can be undone and corrected.
func (t *turn) acted(said intent.Intent, group string) {
	t.kept.Last, t.kept.Group = &said, group
}

// touch uses the tool of a verb on tasks; phrase tells what came of it.
func (t *turn) touch(said intent.Intent, which tool.Which) (touched tool.Touched, phrase string, with values, err error) {
	plain := map[intent.Verb]struct {
		use    func(context.Context, tool.Call, tool.Which) (tool.Touched, error)
		phrase string
	}{
		intent.Complete: {t.tools.Complete, "completed"}, intent.Reopen: {t.tools.Reopen, "reopened"}, intent.Delete: {t.tools.Delete, "deleted"},
		intent.Skip: {t.tools.Skip, "skipped"}, intent.Pause: {t.tools.Pause, "paused"}, intent.Resume: {t.tools.Resume, "resumed"},
	}
	if act, ok := plain[said.Verb]; ok {
		touched, err = act.use(t.ctx, t.call(), which)
		return touched, act.phrase, nil, err
	}
	switch said.Verb {
	case intent.Change:
		touched, err = t.tools.Change(t.ctx, t.call(), tool.ChangeInput{Which: which, Changes: tool.Alterations(said.Changes)})
		return touched, "changed", nil, err
	case intent.Remind:
		touched, with, err = t.remind(said, which)
		return touched, "reminded", with, err
	case intent.Snooze:
		if said.Reminder == nil {
			said.Reminder = &intent.Reminder{Minutes: usualSnooze}
		}
		until, err := t.instantOf(*said.Reminder)
		if err != nil {
			return tool.Touched{}, "", nil, err
		}
		touched, err = t.tools.Snooze(t.ctx, t.call(), tool.SnoozeInput{Which: which, Until: until})
		return touched, "snoozed", values{"when": t.person.phrase("moment", values{"when": t.person.moment(until)})}, err
	case intent.Comment:
		touched, err = t.tools.Comment(t.ctx, t.call(), tool.CommentInput{ID: which.IDs[0], Text: said.Text})
		return touched, "commented", nil, err
	}
	return tool.Touched{}, "", nil, failure.New(failure.Internal, "nothing does %s", said.Verb)
}

func (t *turn) remind(said intent.Intent, which tool.Which) (tool.Touched, values, error) {
	if said.Reminder == nil {
		said.Reminder = &intent.Reminder{MinutesBefore: new(int)}
	}
	input := tool.RemindInput{Which: which, MinutesBefore: said.Reminder.MinutesBefore}
	var when string
	if input.MinutesBefore != nil {
		when = t.person.counted("before", *input.MinutesBefore, nil)
	} else {
		at, err := t.instantOf(*said.Reminder)
		if err != nil {
			return tool.Touched{}, nil, err
		}
		input.At, when = &at, t.person.phrase("moment", values{"when": t.person.moment(at)})
	}
	touched, err := t.tools.Remind(t.ctx, t.call(), input)
	return touched, values{"when": when}, err
}

// instantOf is the moment of a reminder.
func (t *turn) instantOf(r intent.Reminder) (time.Time, error) {
	if r.At == "" {
		return t.person.now.Add(time.Duration(r.Minutes) * time.Minute).UTC().Truncate(time.Minute), nil
	}
	at, err := time.Parse(time.RFC3339, r.At)
	return at.UTC(), failure.Wrap(failure.Internal, err, "read the moment of a reminder")
}

// tell tells what was done to tasks, and offers to take it back.
func (t *turn) tell(phrase string, touched tool.Touched, with values) reply {
	if phrase == "commented" {
		return t.undoable(t.person.phrase(phrase, values{"title": title(touched.Tasks[0])}), touched)
	}
	all := values{}
	if len(touched.Tasks) > 0 {
		all["tasks"], all["title"] = t.line(touched.Tasks[0]), title(touched.Tasks[0])
	}
	for key, value := range with {
		all[key] = value
	}
	text := t.person.counted(phrase, len(touched.Tasks), all)
	if len(touched.Tasks) > 1 {
		text += t.listed(touched.Tasks[:min(len(touched.Tasks), maxListed)], 0)
	}
	return t.undoable(text, touched)
}

func (t *turn) undoable(text string, touched tool.Touched) reply {
	shown := touched.Tasks[:min(len(touched.Tasks), maxListed)]
	said := reply{Text: text, Parts: []Part{{Kind: Tasks, Tasks: cards(shown), Total: len(touched.Tasks)}}}
	if touched.Group != "" {
		said.Parts = append(said.Parts, Part{Kind: Done, Group: touched.Group})
	}
	return said
}

// listed are tasks as a list, whose numbers go on from those before.
func (t *turn) listed(tasks []todo.Task, before int) string {
	var lines strings.Builder
	for i, task := range tasks {
		lines.WriteString("\n" + t.person.phrase("list", values{"n": strconv.Itoa(before + i + 1), "task": t.line(task)}))
	}
	if lines.Len() == 0 {
		return ""
	}
	return "\n" + lines.String()
}

// line tells of a task and where it is.
func (t *turn) line(task todo.Task) string {
	line := t.person.task(task)
	if task.ProjectID == nil {
		return line
	}
	at := slices.IndexFunc(t.places.Projects, func(p todo.Project) bool { return p.ID == *task.ProjectID })
	if at < 0 {
		return line
	}
	return line + t.person.phrase("in", values{"project": escaped.Replace(t.places.Projects[at].Name)})
}

func cards(tasks []todo.Task) []Card {
	all := []Card{}
	for _, t := range tasks {
		all = append(all, Card{t.ID, t.Title, t.Due, t.Priority, t.ProjectID, t.CompletedAt})
	}
	return all
}

func idsOf(tasks []todo.Task) []string {
	ids := []string{}
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids
}
