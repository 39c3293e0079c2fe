package chat

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// add adds tasks, where those before were if more of them are added.
func (t *turn) add(said intent.Intent) (reply, error) {
	input := tool.AddInput{Text: said.Lines, Reminded: said.Reminded}
	if said.Also {
		input.ProjectID, input.SectionID, input.ParentID = t.kept.Place.ProjectID, t.kept.Place.SectionID, t.kept.Place.ParentID
	}
	return t.addOf(said, input)
}

// addOf adds the tasks of an input, which is what was said.
func (t *turn) addOf(said intent.Intent, input tool.AddInput) (reply, error) {
	added, err := t.tools.Add(t.ctx, t.call(), input)
	if err != nil {
		return reply{}, err
	}
	if err := t.learnPlaces(added.Tasks); err != nil {
		return reply{}, err
	}
	ids := idsOf(added.Tasks)
	if said.Also { // "make both p1" means those before too
		ids = append(t.kept.Acted, ids...)
	}
	t.acted(said, ids, added.Group)
	t.kept.list(ids)
	t.kept.Spoken, t.kept.Place = ids, placeOf(added.Tasks[0])
	if len(added.Tasks) == 1 {
		return t.tell("added", added, nil), nil
	}
	return t.undoable(t.person.counted("added", len(added.Tasks), nil)+t.listed(added.Tasks, len(ids)-len(added.Tasks)), added), nil
}

// learnPlaces reads the projects again where tasks are in one that was made with them.
func (t *turn) learnPlaces(tasks []todo.Task) (err error) {
	isNew := func(task todo.Task) bool {
		return task.ProjectID != nil && t.person.places.NameOf(*task.ProjectID) == ""
	}
	if slices.ContainsFunc(tasks, isNew) {
		t.person.places, err = t.tools.ListProjects(t.ctx, t.call(), tool.None{})
	}
	return err
}

func placeOf(t todo.Task) Place {
	text := func(id *string) string {
		if id == nil {
			return ""
		}
		return *id
	}
	return Place{text(t.ProjectID), text(t.SectionID), text(t.ParentID)}
}

// find lists or counts tasks.
func (t *turn) find(said intent.Intent) (reply, error) {
	found, err := t.found(said)
	if err != nil {
		return reply{}, err
	}
	t.kept.list(nil) // nobody means what was listed before, also where nothing is found
	if said.Verb == intent.Count {
		t.kept.Spoken = idsOf(found.Tasks)
		if found.Total >= 500 {
			return reply{Text: t.person.phrase("counted.many", values{"n": found.Total - 1})}, nil
		}
		return reply{Text: t.person.counted("counted", found.Total, nil)}, nil
	}
	if found.Total == 0 && said.Target.Words != "" && said.Target.Filter == "" {
		return t.like(said)
	}
	if found.Total == 0 {
		return reply{Text: t.person.phrase("found.none", nil)}, nil
	}
	return t.list(t.person.counted("found", found.Total, nil), found.Tasks), nil
}

// list lists the first of tasks, with numbers that go on from what was listed, and keeps the others for
// when more is wanted.
func (t *turn) list(text string, tasks []todo.Task) reply {
	shown := tasks[:min(len(tasks), maxListed)]
	text += t.listed(shown, len(t.kept.Shown))
	t.kept.Shown, t.kept.Ahead = append(t.kept.Shown, idsOf(shown)...), idsOf(tasks[len(shown):])
	if rest := len(t.kept.Ahead); rest > 0 {
		text += "\n\n" + t.person.phrase("more", values{"n": rest})
	}
	return reply{Text: text, Parts: []Part{{Kind: Tasks, Tasks: cards(shown), Total: len(tasks)}}}
}

func (t *turn) found(said intent.Intent) (tool.Found, error) {
	target := said.Target
	if !target.Named() && target.Done == nil {
		target.Filter = "all"
	}
	if len(target.Positions) > 0 || target.Those || target.Rest {
		tasks, _, err := t.meant(said)
		return tool.Found{Tasks: tasks, Total: len(tasks)}, err
	}
	found, err := t.tools.Find(t.ctx, t.call(), tool.FindInput{Filter: target.Filter, Words: target.Words, Status: statusOf(said), Limit: 500})
	if target.First > 0 && err == nil {
		found.Tasks = found.Tasks[:min(len(found.Tasks), target.First)]
		found.Total = len(found.Tasks)
	}
	return found, err
}

// more lists what was found and not listed yet, as it is now.
func (t *turn) more() (reply, error) {
	tasks, err := t.present(t.kept.Ahead)
	if err != nil || len(tasks) == 0 {
		return reply{Text: t.person.phrase("nothingMore", nil)}, err
	}
	t.kept.Spoken = nil
	return t.list(t.person.phrase("furthermore", nil), tasks), nil
}

func (t *turn) when(tasks []todo.Task) reply {
	var lines []string
	for _, task := range tasks[:min(len(tasks), maxListed)] {
		if task.Due == nil {
			lines = append(lines, t.person.phrase("when.none", values{"title": title(task)}))
		} else {
			lines = append(lines, t.person.phrase("when", values{"title": title(task), "due": t.person.due(*task.Due)}))
		}
	}
	return t.spokenOf(strings.Join(lines, "\n"), tasks)
}

func (t *turn) did(tasks []todo.Task) reply {
	var lines []string
	for _, task := range tasks[:min(len(tasks), maxListed)] {
		if task.CompletedAt == nil {
			lines = append(lines, t.person.phrase("did.no", values{"title": title(task)}))
		} else {
			day := t.person.onDay(task.CompletedAt.In(t.person.now.Location()).Format(time.DateOnly))
			lines = append(lines, t.person.phrase("did.yes", values{"title": title(task), "due": day}))
		}
	}
	return t.spokenOf(strings.Join(lines, "\n"), tasks)
}

// spokenOf tells of tasks, which people may speak of from then on.
func (t *turn) spokenOf(text string, tasks []todo.Task) reply {
	t.kept.speakOf(idsOf(tasks))
	return reply{Text: text, Parts: []Part{{Kind: Tasks, Tasks: cards(tasks[:min(len(tasks), maxListed)]), Total: len(tasks)}}}
}

// show tells all of a task. Several are listed.
func (t *turn) show(tasks []todo.Task) (reply, error) {
	if len(tasks) > 1 {
		return t.spokenOf(t.person.counted("found", len(tasks), nil)+t.bullets(tasks), tasks), nil
	}
	shown, err := t.tools.Show(t.ctx, t.call(), tool.ShowInput{ID: tasks[0].ID})
	if err != nil {
		return reply{}, err
	}
	lines := []string{t.line(shown.Task)}
	if shown.Task.Notes != "" {
		lines = append(lines, shown.Task.Notes)
	}
	if len(shown.Subtasks) > 0 {
		lines = append(lines, t.person.phrase("shown.subtasks", nil)+t.listed(shown.Subtasks, 0))
		t.kept.list(idsOf(shown.Subtasks))
	}
	if len(shown.Comments) > 0 {
		lines = append(lines, t.person.phrase("shown.comments", nil))
		for _, c := range shown.Comments {
			lines = append(lines, "> "+strings.ReplaceAll(c.Text, "\n", "\n> "))
		}
	}
	return t.spokenOf(strings.Join(lines, "\n\n"), []todo.Task{shown.Task}), nil
}

// chapter is a list of tasks under a heading.
type chapter struct {
	name  string
	tasks []todo.Task
}

// counts says how many tasks there are in each chapter that has any.
func (t *turn) counts(chapters []chapter) string {
	var counts []string
	for _, c := range chapters {
		if len(c.tasks) > 0 {
			counts = append(counts, t.person.phrase("count."+c.name, values{"n": len(c.tasks)}))
		}
	}
	if len(counts) == 0 {
		return t.person.phrase("nothing", nil)
	}
	return strings.Join(counts, ", ")
}

func (t *turn) summarize(said intent.Intent) (reply, error) {
	summary, err := t.tools.Summarize(t.ctx, t.call(), tool.DaysInput(*said.Days))
	if err != nil {
		return reply{}, err
	}
	chapters := []chapter{{"completed", summary.Completed}}
	if !said.Past {
		chapters = append([]chapter{{"overdue", summary.Overdue}, {"due", notIn(summary.Due, summary.Overdue)}}, chapters...)
	}
	text := t.person.phrase("summary", values{"days": t.days(*said.Days), "counts": t.counts(chapters)})
	var shown []todo.Task
	total := 0
	for _, c := range chapters {
		total += len(c.tasks)
		part := c.tasks[:min(len(c.tasks), maxListed-len(shown))]
		if len(part) > 0 {
			text += "\n\n" + t.person.phrase("summary."+c.name, nil) + t.listed(part, len(shown))
			shown = append(shown, part...)
		}
	}
	if !said.Past {
		text += t.upcoming(summary.Upcoming)
	}
	t.kept.list(idsOf(shown))
	return reply{Text: text, Parts: []Part{{Kind: Tasks, Tasks: cards(shown), Total: total}}}, nil
}

// days names days at the beginning of a sentence.
func (t *turn) days(d intent.Days) string {
	days := t.person.day(d.From)
	if d.Until != d.From {
		days = t.person.phrase("summary.days", values{"from": days, "until": t.person.day(d.Until)})
	}
	first, size := utf8.DecodeRuneInString(days)
	return string(unicode.ToUpper(first)) + days[size:]
}

// upcoming tells of occurrences that are no tasks yet.
func (t *turn) upcoming(occurrences []view.Upcoming) string {
	if len(occurrences) == 0 {
		return ""
	}
	text := "\n\n" + t.person.phrase("summary.upcoming", nil) + "\n"
	for _, o := range occurrences[:min(len(occurrences), maxListed)] {
		text += "\n- " + escaped.Replace(o.Title) + " – " + t.person.due(o.Due)
	}
	return text
}

// notIn are tasks without others.
func notIn(tasks, others []todo.Task) []todo.Task {
	there := map[string]bool{}
	for _, t := range others {
		there[t.ID] = true
	}
	var rest []todo.Task
	for _, t := range tasks {
		if !there[t.ID] {
			rest = append(rest, t)
		}
	}
	return rest
}

func (t *turn) free(said intent.Intent) (reply, error) {
	found, err := t.tools.FreeTime(t.ctx, t.call(), tool.DaysInput(*said.Days))
	if err != nil {
		return reply{}, err
	}
	lines := []string{t.person.phrase("free", nil)}
	if len(found.Free) == 0 {
		lines = []string{t.person.phrase("free.none", nil)}
	}
	for _, span := range found.Free {
		lines = append(lines, t.person.phrase("free.span", values{
			"date": t.person.day(span.From.Format(time.DateOnly)), "from": span.From.Format("15:04"), "until": span.Until.Format("15:04"),
		}))
	}
	text := strings.Join(lines, "\n")
	if found.Whole > 0 {
		text += "\n\n" + t.person.counted("free.whole", found.Whole, nil)
	}
	return reply{Text: text}, nil
}

func (t *turn) addProject(input tool.AddProjectInput) (reply, error) {
	added, err := t.tools.AddProject(t.ctx, t.call(), input)
	if err != nil {
		return reply{}, err
	}
	t.acted(intent.Intent{Verb: intent.AddProject, Text: input.Name}, nil, added.Group)
	return reply{Text: t.person.phrase("projectAdded", values{"title": "**" + escaped.Replace(added.Project.Name) + "**"}),
		Parts: []Part{{Kind: Done, Group: added.Group}}}, nil
}

// names lists projects, tags or filters.
func (t *turn) names(verb intent.Verb) reply {
	var names []string
	var phrase string
	switch verb {
	case intent.ListProjects:
		phrase = "projects"
		for _, p := range t.person.places.Projects {
			names = append(names, "#"+p.Name)
		}
	case intent.ListTags:
		phrase = "tags"
		for _, tag := range t.person.tags {
			names = append(names, "@"+tag.Name)
		}
	default:
		phrase = "filters"
		for _, f := range t.person.filters {
			names = append(names, f.Name+": "+f.Query)
		}
	}
	text := t.person.counted(phrase, len(names), values{"example": strings.Join(firstOf(intent.Examples(t.person.locale, intent.AddProject)), "")})
	for _, name := range names {
		text += "\n- " + escaped.Replace(name)
	}
	return reply{Text: text}
}

// undo takes back what was done last in this conversation.
func (t *turn) undo() (reply, error) {
	if len(t.kept.Groups) == 0 {
		return reply{Text: t.person.phrase("undone.none", nil)}, nil
	}
	changes, groups, err := t.takeBack()
	said := reply{Text: t.person.counted("undone", changes, nil)}
	for _, group := range groups {
		t.done(group)
		said.Parts = append(said.Parts, Part{Kind: Done, Group: group})
	}
	return said, err
}

// takeBack takes back what was done for the last message that did anything, the last of it first; undone
// are the groups of that.
func (t *turn) takeBack() (changes int, undone []string, err error) {
	call := t.call()
	for i, group := range slices.Backward(t.kept.Groups) {
		call.Key = fmt.Sprintf("%s/back/%d", t.key, i) // apart from what is done instead
		back, err := t.tools.Undo(t.ctx, call, tool.UndoInput{Group: group})
		if err != nil {
			return 0, nil, err
		}
		changes += back.Changes
		undone = append(undone, back.Group)
	}
	t.kept.Groups, t.kept.Last = undone, nil
	return changes, undone, nil
}

// correct does again what was done last, with what was said otherwise.
func (t *turn) correct(said intent.Intent) (reply, error) {
	last := t.kept.Last
	switch {
	case last == nil || len(t.kept.Acted) == 0:
	case said.Target.Named() || said.Reminder != nil:
		return t.instead(*last, said)
	case last.Verb == intent.Change || last.Verb == intent.Add:
		return t.act(intent.Intent{Verb: intent.Change, Changes: said.Changes}, t.kept.Acted)
	}
	return reply{Text: t.person.phrase("correct.none", nil)}, nil
}

// instead takes back what was done last and does it to other tasks, or reminds at another time.
func (t *turn) instead(last, said intent.Intent) (reply, error) {
	if _, _, err := t.takeBack(); err != nil {
		return reply{}, err
	}
	last.Target = said.Target
	if said.Reminder != nil {
		last.Reminder, last.Target, t.kept.Spoken = said.Reminder, intent.Target{Those: true}, t.kept.Acted
	}
	answer, err := t.do(last)
	answer.Text = t.person.phrase("undone.one", nil) + " " + answer.Text
	return answer, err
}
