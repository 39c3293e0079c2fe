package transfer

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// maxLevels is how deep projects nest, and tasks.
const maxLevels = 5

// step is a command of an import. Its fields are JSON already, which takes the least memory
// while the others wait.
type step struct {
	line   *Line
	name   string
	id     string
	fields json.RawMessage
}

// command makes the command of a step.
func (s step) command() command.Command {
	c := command.Command{Name: s.name, ID: s.id, Asked: []any{s.id, s.fields}}
	if s.fields != nil {
		c.Fields = s.fields
	}
	return c
}

// existing is what an account has already, by what objects of a file are told apart by.
type existing struct {
	ids      map[string]bool
	projects map[childName]string // ids
	sections map[childName]string
	tags     map[string]bool
	filters  map[string]string // queries
	room     int               // for tasks
}

// childName is a name among those of one parent, without regard to case.
type childName struct{ parent, name string }

func child(parent, name string) childName { return childName{parent, folded(name)} }

func folded(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// names gives the objects of a file the ids under which they are imported: the same for the same
// file, whenever it is imported under the same id.
type names struct{ space uuid.UUID }

// newNames makes the names of one import of one user's.
func newNames(importID uuid.UUID, userID string) names {
	return names{uuid.NewSHA1(importID, []byte(userID))}
}

func (n names) of(kind, id string) string {
	return uuid.NewSHA1(n.space, []byte(kind+"\x00"+id)).String()
}

// planner makes the steps of an import, and refuses in the report what cannot be imported.
type planner struct {
	*world
	names   names
	there   existing
	readers map[string]command.Reader
	now     time.Time
	options Options
	steps   []step
	met     bool // whether anything of this import is there already
	// placed are the ids under which places and tasks of the file are imported, by theirs there;
	// "" for one that is left out.
	projectIDs, sectionIDs, taskIDs map[string]string
	sectionProjects                 map[string]string // new ids of projects by ids of sections in the file
}

func newPlanner(w *world, n names, there existing, readers map[string]command.Reader, now time.Time, options Options) *planner {
	return &planner{world: w, names: n, there: there, readers: readers, now: now, options: options,
		projectIDs: map[string]string{}, sectionIDs: map[string]string{}, taskIDs: map[string]string{}, sectionProjects: map[string]string{}}
}

// plan makes all steps in their order. What is settled is let go of: only the steps and the
// lines remain.
func (p *planner) plan() {
	p.planSettings(p.options.Settings)
	p.planTags()
	p.planProjects()
	p.planSections()
	p.planFilters()
	p.planTasks()
	p.planComments()
}

// meet settles an object of this import that is there already.
func (p *planner) meet(line *Line) {
	p.met = true
	line.Outcome = There
	if p.options.resumed && p.options.fresh {
		line.Outcome = Added // by a turn before
	}
}

// add adds the step of a command with fields as people write them, unless they are wrong.
func (p *planner) add(line *Line, name, id string, fields any, wrap func(checked any) any) bool {
	raw, err := json.Marshal(fields)
	if err == nil && holdsNUL(raw) {
		err = failure.New(failure.Invalid, "must not contain the character U+0000")
	}
	if err == nil {
		var read command.Command
		if read, err = p.readers[name](command.Asked{Name: name, ID: id, Fields: raw}); err == nil {
			checked := read.Fields
			if wrap != nil {
				name, checked = strings.Replace(name, ".create", ".import", 1), wrap(checked)
			}
			raw, err = json.Marshal(checked)
		}
	}
	if err != nil {
		line.refuse("%s", inWords(err))
		return false
	}
	p.steps = append(p.steps, step{line: line, name: name, id: id, fields: raw})
	return true
}

// holdsNUL tells that a string of some JSON has the character that the database cannot store.
func holdsNUL(raw []byte) bool {
	for i := 0; i < len(raw)-1; i++ {
		if raw[i] != '\\' {
			continue
		}
		if i++; bytes.HasPrefix(raw[i:], []byte("u0000")) {
			return true
		}
	}
	return false
}

func (p *planner) planSettings(wanted bool) {
	if p.settings == nil || p.settings.line.Outcome == LeftOut {
		return
	}
	if !wanted {
		p.settings.line.Outcome, p.settings.line.Reason = There, "settings stay as they are; settings=true takes over those of the file"
		return
	}
	p.add(p.settings.line, "settings.update", "", p.settings.value, nil)
}

// identified gives an object the id by which the rest of the file names it, and refuses one whose
// id another has. One without an id is known by where it is.
func identified(id *string, line *Line, seen map[string]bool) bool {
	*id = cmp.Or(*id, line.At)
	if line.Outcome == LeftOut {
		return false
	}
	if seen[*id] {
		line.refuse("id: another one of the %s in the file has it", line.Kind)
		return false
	}
	seen[*id] = true
	return true
}

func (p *planner) planTags() {
	seen := map[string]bool{}
	for _, tag := range p.tags {
		if !identified(&tag.value.ID, tag.line, seen) {
			continue
		}
		id := p.names.of(kindTags, tag.value.ID)
		switch name := folded(tag.value.Name); {
		case p.there.ids[id]:
			p.meet(tag.line)
		case p.there.tags[name]:
			tag.line.Outcome, tag.line.Reason = There, "there is a tag of this name already, whose colour stays"
		case p.add(tag.line, "tag.create", id, map[string]any{
			"name": tag.value.Name, "colour": cmp.Or(tag.value.Colour, "grey"), "favourite": tag.value.Favourite,
		}, nil):
			p.there.tags[name] = true
		}
	}
	p.tags = nil
}

func (p *planner) planFilters() {
	slices.SortStableFunc(p.filters, func(a, b item[Filter]) int { return cmp.Compare(a.value.Position, b.value.Position) })
	seen := map[string]bool{}
	for _, filter := range p.filters {
		if !identified(&filter.value.ID, filter.line, seen) {
			continue
		}
		id := p.names.of(kindFilters, filter.value.ID)
		query, taken := p.there.filters[folded(filter.value.Name)]
		switch {
		case p.there.ids[id]:
			p.meet(filter.line)
		case taken && query == filter.value.Query:
			filter.line.Outcome = There
		case taken:
			filter.line.refuse("name: there is another filter of this name already")
		case p.add(filter.line, "filter.create", id, map[string]any{
			"name": filter.value.Name, "query": filter.value.Query,
			"colour": cmp.Or(filter.value.Colour, "grey"), "favourite": filter.value.Favourite,
		}, nil):
			p.there.filters[folded(filter.value.Name)] = filter.value.Query
		}
	}
	p.filters = nil
}

// tree tells how deep each of some objects lies, by their numbers: from 1, and 0 for one that is
// left out because something above it is missing, or is below it.
func tree(count int, id, parent func(int) string) (levels []int, above []int) {
	byID := make(map[string]int, count)
	for i := range count {
		byID[id(i)] = i
	}
	levels, above = make([]int, count), make([]int, count)
	const unknown, underway = -1, -2
	for i := range levels {
		levels[i] = unknown
		above[i] = -1
		if parent(i) != "" {
			if at, ok := byID[parent(i)]; ok {
				above[i] = at
			}
		}
	}
	var level func(i int) int
	level = func(i int) int {
		if levels[i] == underway {
			return 0 // it is below itself
		}
		if levels[i] != unknown {
			return levels[i]
		}
		levels[i] = underway
		found := 1
		switch {
		case parent(i) == "":
		case above[i] < 0:
			found = 0
		default:
			if found = level(above[i]); found > 0 {
				found++
			}
		}
		levels[i] = found
		return found
	}
	for i := range levels {
		level(i)
	}
	return levels, above
}

func (p *planner) planProjects() {
	seen := map[string]bool{}
	projects := p.projects
	for i := range projects {
		identified(&projects[i].value.ID, projects[i].line, seen)
	}
	projects = slices.DeleteFunc(projects, func(project item[Project]) bool { return project.line.Outcome == LeftOut })
	levels, above := tree(len(projects), func(i int) string { return projects[i].value.ID }, func(i int) string { return projects[i].value.ParentID })
	order := inOrder(levels, func(i int) string { return projects[i].value.Position })
	made := map[string]bool{}
	hidden := map[int]bool{} // with all below
	var archive []step
	for _, i := range order {
		project, line := projects[i].value, projects[i].line
		id := p.names.of(kindProjects, project.ID)
		parent := ""
		if above[i] >= 0 {
			parent = p.projectIDs[projects[above[i]].value.ID]
		}
		switch found := p.there.projects[child(parent, project.Name)]; {
		case levels[i] == 0:
			line.refuse("parentId: the project above is not in the file, or is below this one")
			continue
		case above[i] >= 0 && parent == "":
			line.refuse("the project above it is left out")
			continue
		case levels[i] > maxLevels:
			line.refuse("parentId: projects nest at most %d levels deep", maxLevels)
			continue
		case p.there.ids[id]:
			p.meet(line)
		case found != "":
			line.Outcome = There
			line.Reason = "there is a project of this name already, into which its tasks go"
			if made[found] {
				line.Reason = "the file has another project of this name, into which its tasks go"
			}
			id = found
		default:
			draft := map[string]any{"name": project.Name, "colour": cmp.Or(project.Colour, "grey"), "favourite": project.Favourite}
			if parent != "" {
				draft["parentId"] = parent
			}
			if !p.add(line, "project.create", id, draft, nil) {
				continue
			}
			made[id] = true
			p.there.projects[child(parent, project.Name)] = id
			// Hiding a project hides those below it: these follow, and say so for themselves.
			hidden[i] = above[i] >= 0 && hidden[above[i]]
			if archived := project.ArchivedAt != nil; archived != hidden[i] {
				name := "project.unarchive"
				if archived {
					name = "project.archive"
				}
				archive = append(archive, step{line: line, name: name, id: id})
			}
			hidden[i] = project.ArchivedAt != nil || hidden[i]
		}
		p.projectIDs[project.ID] = id
	}
	p.steps = append(p.steps, archive...)
	p.projects = nil
}

// inOrder gives numbers by level and then by position, of which equal ones stay as they are.
func inOrder(levels []int, position func(int) string) []int {
	order := make([]int, len(levels))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(levels[a], levels[b]), cmp.Compare(position(a), position(b)))
	})
	return order
}

func (p *planner) planSections() {
	slices.SortStableFunc(p.sections, func(a, b item[Section]) int { return cmp.Compare(a.value.Position, b.value.Position) })
	seen := map[string]bool{}
	for _, section := range p.sections {
		if !identified(&section.value.ID, section.line, seen) {
			continue
		}
		id := p.names.of(kindSections, section.value.ID)
		project, ok := p.project(section.value.ProjectID, section.line)
		if ok && project == "" {
			section.line.refuse("projectId: is needed")
			ok = false
		}
		if !ok {
			continue
		}
		switch found := p.there.sections[child(project, section.value.Name)]; {
		case p.there.ids[id]:
			p.meet(section.line)
		case found != "":
			section.line.Outcome, section.line.Reason = There, "the project has a section of this name already, into which its tasks go"
			id = found
		default:
			if !p.add(section.line, "section.create", id, map[string]any{"projectId": project, "name": section.value.Name}, nil) {
				continue
			}
			p.there.sections[child(project, section.value.Name)] = id
		}
		p.sectionIDs[section.value.ID] = id
		p.sectionProjects[section.value.ID] = project
	}
	p.sections = nil
}

// project gives the id under which a project of the file is imported, "" for none. It is not ok
// where there is no such project; then the line says so.
func (p *planner) project(id string, line *Line) (newID string, ok bool) {
	if id == "" {
		return "", true
	}
	if newID = p.projectIDs[id]; newID == "" {
		line.refuse("the project that it is in is left out, or not in the file")
	}
	return newID, newID != ""
}

func (p *planner) planTasks() {
	seen := make(map[string]bool, len(p.tasks))
	tasks := p.tasks
	for i := range tasks {
		identified(&tasks[i].value.ID, tasks[i].line, seen)
	}
	tasks = slices.DeleteFunc(tasks, func(task item[Task]) bool { return task.line.Outcome == LeftOut })
	levels, above := tree(len(tasks), func(i int) string { return tasks[i].value.ID }, func(i int) string { return tasks[i].value.ParentID })
	order := inOrder(levels, func(i int) string { return tasks[i].value.Position })
	open := make([]bool, len(tasks))
	occurrences := map[string]bool{}
	for _, i := range order {
		task, line := &tasks[i].value, tasks[i].line
		open[i] = task.CompletedAt == nil
		id := p.names.of(kindTasks, task.ID)
		parent := ""
		if above[i] >= 0 {
			parent = p.taskIDs[tasks[above[i]].value.ID]
		}
		if open[i] && parent != "" && !open[above[i]] {
			line.note("it is part of no task any more, because the one above it is completed and it is open")
			above[i], parent = -1, ""
		}
		switch {
		case levels[i] == 0:
			line.refuse("parentId: the task that it is part of is not in the file, or is part of this one")
		case above[i] >= 0 && parent == "":
			line.refuse("the task that it is part of is left out")
		case levels[i] > maxLevels:
			line.refuse("parentId: tasks nest at most %d levels deep", maxLevels)
		case p.there.ids[id]:
			p.meet(line)
			p.taskIDs[task.ID] = id
		case p.planTask(id, parent, task, line, occurrences):
			p.taskIDs[task.ID] = id
		}
		*task = Task{ID: task.ID}
	}
	p.tasks = nil
}

// importedTask are the fields of the command that imports a task.
type importedTask struct {
	Task        any          `json:"task"`
	CreatedAt   *time.Time   `json:"createdAt,omitempty"`
	CompletedAt *time.Time   `json:"completedAt,omitempty"`
	Series      *todo.Series `json:"series,omitempty"`
	Usual       any          `json:"usual,omitempty"`
}

// planTask adds the step of a task.
func (p *planner) planTask(id, parent string, task *Task, line *Line, occurrences map[string]bool) bool {
	draft := map[string]any{"title": task.Title}
	set := func(name string, value any, given bool) {
		if given {
			draft[name] = value
		}
	}
	set("notes", task.Notes, task.Notes != "")
	set("priority", task.Priority, task.Priority != 0)
	set("tags", task.Tags, len(task.Tags) > 0)
	set("due", task.Due, task.Due != nil)
	set("recurrence", task.Recurrence, task.Recurrence != nil)
	set("start", task.Start, task.Start != "")
	set("deadline", task.Deadline, task.Deadline != "")
	set("durationMinutes", task.DurationMinutes, task.DurationMinutes != 0)
	set("notify", task.Notify, task.Notify != nil)
	if !p.planPlace(draft, parent, task, line) {
		return false
	}
	if len(task.Reminders) > 0 {
		reminders := slices.Clone(task.Reminders)
		for i := range reminders {
			reminders[i].ID = p.names.of("reminders", task.ID+"\x00"+cmp.Or(reminders[i].ID, strconv.Itoa(i)))
		}
		draft["reminders"] = reminders
	}
	series, err := p.seriesOf(task, occurrences)
	if err != nil {
		line.refuse("%s", inWords(err))
		return false
	}
	usual, err := p.usualOf(id, task)
	if err != nil {
		line.refuse("usual: %s", inWords(err))
		return false
	}
	more := importedTask{CreatedAt: p.past(task.CreatedAt), CompletedAt: p.past(task.CompletedAt), Series: series, Usual: usual}
	return p.add(line, "task.create", id, draft, func(checked any) any {
		more.Task = checked
		return more
	})
}

// planPlace puts a task where its parent is, or else where the file says.
func (p *planner) planPlace(draft map[string]any, parent string, task *Task, line *Line) bool {
	if parent != "" {
		draft["parentId"] = parent
		return true
	}
	project, ok := p.project(task.ProjectID, line)
	if !ok {
		return false
	}
	if project != "" {
		draft["projectId"] = project
	}
	if task.SectionID == "" {
		return true
	}
	section := p.sectionIDs[task.SectionID]
	switch {
	case section == "":
		line.refuse("the section that it is in is left out, or not in the file")
		return false
	case project != "" && p.sectionProjects[task.SectionID] != project:
		line.refuse("sectionId: is a section of another project")
		return false
	}
	draft["sectionId"] = section
	return true
}

// past gives a moment of the file, or now where it has not come yet.
func (p *planner) past(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	earliest := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	moment := at.UTC()
	if moment.After(p.now) {
		moment = p.now.UTC()
	}
	if moment.Before(earliest) {
		moment = earliest
	}
	return &moment
}

// maxReason bounds what a file says of why a series ended, and about where a line of a report ends.
const maxReason = 1000

// seriesOf gives the series of a task as it is imported, nil for a new one.
func (p *planner) seriesOf(task *Task, occurrences map[string]bool) (*todo.Series, error) {
	if task.Series == nil || task.Recurrence == nil {
		return nil, nil
	}
	series := *task.Series
	if series.ID == "" || series.Occurrence < 0 || series.Occurrence > 1<<40 {
		return nil, failure.InvalidField("series", "needs an id, and the number of the occurrence from 0")
	}
	if _, err := series.Start.Wall(todo.DefaultDayStart); err != nil {
		return nil, failure.InvalidField("series.start", "%s", failure.Public(err).Message)
	}
	if _, err := series.Start.Location("UTC"); err != nil {
		return nil, failure.InvalidField("series.start", "%s", failure.Public(err).Message)
	}
	if len(series.Ended) > maxReason || strings.ContainsRune(series.Ended, 0) {
		return nil, failure.InvalidField("series.ended", "must be at most %d bytes of text", maxReason)
	}
	place := series.ID + "\x00" + strconv.FormatInt(series.Occurrence, 10)
	if occurrences[place] {
		return nil, failure.InvalidField("series", "another task in the file has this place in the series")
	}
	occurrences[place] = true
	series.ID = p.names.of("series", series.ID)
	return &series, nil
}

// usualOf gives what the occurrences after a task have otherwise, nil for nothing.
func (p *planner) usualOf(id string, task *Task) (any, error) {
	if len(task.Usual) == 0 || string(task.Usual) == "null" || task.Recurrence == nil {
		return nil, nil
	}
	if holdsNUL(task.Usual) {
		return nil, failure.New(failure.Invalid, "must not contain the character U+0000")
	}
	const name = "task.update_occurrence"
	read, err := p.readers[name](command.Asked{Name: name, ID: id, Fields: task.Usual})
	return read.Fields, err
}

func (p *planner) planComments() {
	slices.SortStableFunc(p.comments, func(a, b item[Comment]) int { return compareTimes(a.value.CreatedAt, b.value.CreatedAt) })
	seen := make(map[string]bool, len(p.comments))
	for i := range p.comments {
		comment, line := &p.comments[i].value, p.comments[i].line
		if !identified(&comment.ID, line, seen) {
			continue
		}
		id, task := p.names.of(kindComments, comment.ID), p.taskIDs[comment.TaskID]
		switch {
		case task == "":
			line.refuse("the task that it is about is left out, or not in the file")
		case p.there.ids[id]:
			p.meet(line)
		case p.add(line, "comment.create", id, map[string]any{"taskId": task, "text": comment.Text}, nil):
			said := p.past(comment.CreatedAt)
			if said == nil { // in the order of the file
				at := p.now.UTC().Add(-time.Duration(len(p.comments)-i) * time.Millisecond)
				said = &at
			}
			dated(&p.steps[len(p.steps)-1], *said)
		}
		*comment = Comment{}
	}
	p.comments = nil
}

// dated adds to a step that makes a comment when it was said.
func dated(s *step, at time.Time) {
	stamp, _ := json.Marshal(at) // a moment of these years has a form in JSON
	s.fields = append(append(append(s.fields[:len(s.fields)-1:len(s.fields)-1], `,"createdAt":`...), stamp...), '}')
}

func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}
