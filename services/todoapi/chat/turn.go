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
	Text  string `json:"text"`
	Parts []Part `json:"parts,omitempty"`
	model string // that wrote the text
}

// turn is one thing that a person says, being answered.
type turn struct {
	*Service
	ctx     context.Context //nolint:containedctx // a turn lives as long as the request
	caller  auth.Caller
	person  person
	kept    *kept
	message string // id of what was said
	key     string // of the act that is done next
	acts    int    // that this turn has done
}

// call is one use of a tool in this turn. Its key names the act that it does.
func (t *turn) call() tool.Call { return tool.Call{Caller: t.caller, Key: t.key} }

// answer answers what was said. What was begun for it before the platform failed goes on as it was decided.
func (t *turn) answer(text string) (reply, error) {
	options := t.options()
	switch {
	case t.kept.Work != nil && t.kept.Work.MessageID == t.message:
		return t.helped(text, options)
	case t.kept.Doing != nil && t.kept.Doing.Key == t.key:
		return t.act(t.kept.Doing.Intent, t.kept.Doing.IDs)
	}
	return t.take(text, options)
}

// take answers what was said.
func (t *turn) take(text string, options intent.Options) (reply, error) {
	said := t.resolved(intent.Parse(text, options))
	asked := t.kept.Asked
	t.kept.Asked = nil // whatever is said, the question is over
	switch {
	case t.needsHelp(said, asked):
		return t.helped(text, options)
	case said.Verb == intent.Unknown:
		return t.answerTo(asked, unknown(text, said, options))
	}
	return t.answerTo(asked, said)
}

// resolved says what the filters are that were named.
func (t *turn) resolved(said intent.Intent) intent.Intent {
	for _, f := range t.person.filters {
		if f.Name == said.Target.Saved {
			said.Target.Filter, said.Target.Saved = f.Query, ""
			break
		}
	}
	return said
}

// answerTo does what was said, as the answer to a question where one is open.
func (t *turn) answerTo(asked *Asked, said intent.Intent) (reply, error) {
	if asked != nil {
		if answered, ok, err := t.answered(*asked, said); ok || err != nil {
			return answered, err
		}
	}
	return t.do(said)
}

// unknown is what to make of words that are not understood. Consent is said at once or not at all.
func unknown(text string, said intent.Intent, options intent.Options) intent.Intent {
	if options.Talk.Asked == intent.Confirm {
		return said
	}
	return beside(text, said, options)
}

// beside finds what would be understood if more had been shown, spoken of or asked, so that the answer can
// tell what is missing. Of what it finds nothing can be done.
func beside(text string, unknown intent.Intent, options intent.Options) intent.Intent {
	for _, talk := range []intent.Talk{{Shown: maxListed, Spoken: 1}, {Shown: maxListed, Spoken: 2}, {Asked: intent.Confirm}} {
		options.Talk = talk
		said := intent.Parse(text, options)
		target := said.Target
		if said.Verb == intent.Yes || said.Verb == intent.No {
			return said
		}
		if target.Those || target.Rest || len(target.Positions) > 0 {
			return intent.Intent{Verb: intent.Unknown, Target: target}
		}
	}
	return unknown
}

// options are what the words depend on.
func (t *turn) options() intent.Options {
	options := intent.Options{Now: t.person.now, Locale: t.person.locale, WeekStart: t.person.weekStart}
	for _, p := range t.person.places.Projects {
		options.Names.Projects = append(options.Names.Projects, p.Name)
	}
	for _, s := range t.person.places.Sections {
		options.Names.Sections = append(options.Names.Sections, s.Name)
	}
	for _, tag := range t.person.tags {
		options.Names.Tags = append(options.Names.Tags, tag.Name)
	}
	for _, f := range t.person.filters {
		options.Names.Filters = append(options.Names.Filters, f.Name)
	}
	options.Talk = intent.Talk{Shown: len(t.kept.Shown), Spoken: len(t.kept.Spoken)}
	if t.kept.Last != nil {
		options.Talk.Last = t.kept.Last.Verb
	}
	if asked := t.kept.Asked; asked != nil {
		options.Talk.Asked = asked.Question
	}
	return options
}

// answered takes what was said as the answer to a question; ok is false where it is none.
func (t *turn) answered(asked Asked, said intent.Intent) (answer reply, ok bool, err error) {
	switch {
	case said.Verb == intent.No:
		return reply{Text: t.person.phrase("kept", nil)}, true, nil
	case asked.Question == intent.Confirm && (said.Verb == intent.Yes || t.insists(asked, said)):
		answer, err = t.act(asked.Intent, asked.IDs)
		return answer, true, err
	case asked.Question == intent.WhichTask && said.Verb == intent.Choose:
		chosen, fault, err := t.chosen(asked.IDs, said.Target)
		if err != nil || fault != nil {
			t.kept.Asked = &asked
			return value(fault), true, err
		}
		answer, err = t.with(asked.Intent, chosen)
		return answer, true, err
	case asked.Question == intent.WhichTask && said.Verb == intent.Yes:
		t.kept.Asked = &asked
		return reply{Text: t.person.phrase("ask.which", nil)}, true, nil
	}
	return reply{}, false, nil
}

// insists reports whether somebody who was asked "delete the report?" says "delete it". "Complete it" is
// something else, and no consent.
func (t *turn) insists(asked Asked, said intent.Intent) bool {
	return said.Verb == asked.Intent.Verb && said.Verb != intent.Change && said.Target.Those && slices.Equal(t.kept.Spoken, asked.IDs)
}

func value(r *reply) reply {
	if r == nil {
		return reply{}
	}
	return *r
}

// chosen are those of ids that an answer names, by a number or by what was told of them.
func (t *turn) chosen(ids []string, target intent.Target) ([]todo.Task, *reply, error) {
	if target.Words == "" {
		return t.at(ids, target.Positions)
	}
	tasks, err := t.present(ids)
	if err != nil {
		return nil, nil, err
	}
	tasks = slices.DeleteFunc(tasks, func(task todo.Task) bool { return !todo.HasWords(task.Title+" "+t.line(task), target.Words) })
	if len(tasks) != 1 {
		return nil, &reply{Text: t.person.phrase("ask.which", nil)}, nil
	}
	return tasks, nil, nil
}

// at are the tasks at positions of a list. Numbers stay those of the list, whatever is gone since.
func (t *turn) at(listed []string, positions []int) ([]todo.Task, *reply, error) {
	var named []string
	for _, n := range positions {
		if n < 0 {
			n = len(listed) + n + 1
		}
		if n < 1 || n > len(listed) {
			return nil, &reply{Text: t.person.counted("none.position", len(listed), nil)}, nil
		}
		if id := listed[n-1]; !slices.Contains(named, id) {
			named = append(named, id)
		}
	}
	tasks, err := t.present(named)
	if gone := len(named) - len(tasks); err == nil && gone > 0 {
		return nil, &reply{Text: t.person.counted("none.gone", gone, nil)}, nil
	}
	return tasks, nil, err
}

// do does what was said.
func (t *turn) do(said intent.Intent) (reply, error) {
	switch said.Verb {
	case intent.Add:
		return t.add(said)
	case intent.Find, intent.Count:
		return t.find(said)
	case intent.More:
		return t.more()
	case intent.Summarize:
		return t.summarize(said)
	case intent.Free:
		return t.free(said)
	case intent.AddProject:
		return t.addProject(tool.AddProjectInput{Name: said.Text})
	case intent.ListProjects, intent.ListTags, intent.ListFilters:
		return t.names(said.Verb), nil
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
		return reply{Text: t.person.phrase("hello", nil), Parts: []Part{{Kind: Suggestions, Choices: t.person.suggestions(intent.Find, intent.Summarize, intent.Help)}}}
	case intent.Thank:
		return reply{Text: t.person.phrase("welcome", nil)}
	case intent.Help:
		return t.help(intent.Verb(said.Text))
	}
	switch {
	case len(said.Target.Positions) > 0:
		return reply{Text: t.person.counted("none.position", len(t.kept.Shown), nil)}
	case said.Target.Named():
		return reply{Text: t.person.phrase("ask.which.none", nil)}
	case said.Nearest == "":
		return reply{Text: t.person.phrase("unknown", nil), Parts: []Part{{Kind: Suggestions, Choices: t.person.suggestions(intent.Help)}}}
	}
	return reply{Text: t.person.phrase("unknown.nearest", values{"nearest": escaped.Replace(said.Nearest)}),
		Parts: []Part{{Kind: Suggestions, Choices: []Choice{{said.Nearest, said.Nearest}}}}}
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
	return reply{Text: strings.Join(lines, "\n"), Parts: []Part{{Kind: Suggestions, Choices: choices[:min(len(choices), maxChoices)]}}}
}

func firstOf(examples []string) []string { return examples[:min(len(examples), 1)] }

// tells reports whether a verb asks about tasks, and changes none.
func tells(verb intent.Verb) bool {
	return verb == intent.When || verb == intent.Did || verb == intent.Show
}

// with goes on with the tasks that are meant: it tells of them, or acts on them once it may.
func (t *turn) with(said intent.Intent, tasks []todo.Task) (reply, error) {
	t.kept.speakOf(idsOf(tasks))
	switch said.Verb {
	case intent.When:
		return t.when(tasks), nil
	case intent.Did:
		return t.did(tasks), nil
	case intent.Show:
		return t.show(tasks)
	}
	left := slices.DeleteFunc(slices.Clone(tasks), func(task todo.Task) bool { return isSettled(said.Verb, task) })
	hindrance := t.hindered(said, left)
	switch {
	case len(left) == 0:
		return t.settled(tasks), nil
	case hindrance != "":
		return reply{Text: hindrance}, nil
	case said.Verb == intent.Comment && len(left) > 1:
		return t.ask(intent.WhichTask, said, left, ""), nil
	case said.Verb == intent.Delete || len(left) > maxUnasked-t.touched():
		return t.ask(intent.Confirm, said, left, ""), nil
	}
	return t.act(said, idsOf(left))
}

// isSettled reports whether a task is what a verb would make of it.
func isSettled(verb intent.Verb, task todo.Task) bool {
	return verb == intent.Complete && task.CompletedAt != nil || verb == intent.Reopen && task.CompletedAt == nil
}

// hindered says what a task lacks for what is to be done, or what is not there; "" where nothing is.
func (t *turn) hindered(said intent.Intent, tasks []todo.Task) string {
	project := said.Changes.Project
	if project != "" && !slices.ContainsFunc(t.person.places.Projects, func(p todo.Project) bool { return strings.EqualFold(p.Name, project) }) {
		return t.person.phrase("none.project", values{"title": "**" + escaped.Replace(project) + "**"})
	}
	for _, task := range tasks {
		switch {
		case task.Due == nil && countsFromDue(said):
			return t.person.phrase("when.none", values{"title": title(task)})
		case task.Recurrence == nil && (said.Verb == intent.Skip || said.Verb == intent.Pause || said.Verb == intent.Resume):
			return t.person.phrase("none.recurrence", values{"title": title(task)})
		}
	}
	return ""
}

// countsFromDue reports whether what is to be done needs to know when a task is due.
func countsFromDue(said intent.Intent) bool {
	c := said.Changes
	moves := c.Days != 0 || c.Months != 0 || c.Minutes != 0 || c.Whole && c.Date == ""
	return moves || said.Verb == intent.Remind && (said.Reminder == nil || said.Reminder.MinutesBefore != nil)
}

// ask asks which of tasks is meant, or whether to do it to all of them; text goes before.
func (t *turn) ask(question intent.Question, said intent.Intent, tasks []todo.Task, text string) reply {
	t.kept.Asked = &Asked{Question: question, Intent: said, IDs: idsOf(tasks)}
	if question == intent.WhichTask {
		shown := tasks[:min(len(tasks), maxChoices)]
		t.kept.Asked.IDs = idsOf(shown)
		t.kept.list(t.kept.Asked.IDs) // whose numbers count from now on
		choices := []Choice{}
		for i, task := range shown {
			choices = append(choices, Choice{task.Title, t.person.phrase("say.number", values{"n": i + 1})})
		}
		return reply{Text: cmp.Or(text, t.person.phrase("ask.which", nil)) + t.listed(shown, 0), Parts: []Part{{Kind: Choices, Tasks: cards(shown), Total: len(tasks), Choices: choices}}}
	}
	t.kept.speakOf(t.kept.Asked.IDs)
	button := "yes.act"
	if said.Verb == intent.Delete {
		button = "yes.delete"
	}
	text += t.person.counted("ask."+string(said.Verb), len(tasks), values{"title": title(tasks[0])}) + t.bullets(tasks)
	return reply{Text: text, Parts: []Part{{Kind: Consent, Tasks: cards(tasks[:min(len(tasks), maxListed)]), Total: len(tasks), Destroys: said.Verb == intent.Delete, Choices: []Choice{
		{t.person.counted(button, len(tasks), nil), t.person.phrase("say.yes", nil)},
		{t.person.phrase("no", nil), t.person.phrase("say.no", nil)},
	}}}}
}

// act does what was said to tasks, whose ids it is bound to, also when it is done again because nobody
// knows whether it was.
func (t *turn) act(said intent.Intent, ids []string) (reply, error) {
	t.kept.Doing = &Doing{Key: t.key, Intent: said, IDs: ids}
	if err := t.memory.begin(t.ctx, t.kept); err != nil {
		return reply{}, err
	}
	touched, phrase, with, err := t.touch(said, tool.Which{IDs: ids})
	if err != nil {
		return reply{}, err
	}
	t.acted(said, ids, touched.Group)
	t.kept.speakOf(idsOf(touched.Tasks))
	return t.tell(phrase, touched, with), nil
}

// acted notes what was done to which tasks, which can be undone and corrected.
func (t *turn) acted(said intent.Intent, ids []string, group string) {
	t.kept.Last, t.kept.Acted = &said, ids
	t.done(group)
}

// done notes an act of this turn, which can be undone.
func (t *turn) done(group string) {
	if t.acts++; t.acts == 1 {
		t.kept.Groups = nil
	}
	t.kept.Groups = append(t.kept.Groups, group)
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
		return touched, "snoozed", values{"when": t.person.onMoment(until)}, err
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
		input.At, when = &at, t.person.onMoment(at)
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
	return t.undoable(t.person.counted(phrase, len(touched.Tasks), all)+t.bullets(touched.Tasks), touched)
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

// bullets are several tasks as a list without numbers, which leaves those of the list before what they are.
func (t *turn) bullets(tasks []todo.Task) string {
	if len(tasks) < 2 {
		return ""
	}
	text := "\n"
	for _, task := range tasks[:min(len(tasks), maxListed)] {
		text += "\n- " + t.line(task)
	}
	if rest := len(tasks) - maxListed; rest > 0 {
		text += "\n\n" + t.person.phrase("others", values{"n": rest})
	}
	return text
}

// line tells of a task and where it is.
func (t *turn) line(task todo.Task) string {
	line := t.person.task(task)
	if task.ProjectID == nil {
		return line
	}
	name := t.person.places.NameOf(*task.ProjectID)
	if name == "" {
		return line
	}
	return line + t.person.phrase("in", values{"project": escaped.Replace(name)})
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
