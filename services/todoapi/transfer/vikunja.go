package transfer

import (
	"archive/zip"
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// vikunjaData is the file with projects and tasks in an export of Vikunja.
const vikunjaData = "data.json"

// The objects of Vikunja as its export has them. Before version 0.21 lists were in namespaces,
// which now are projects with others below them.

type vikunjaProject struct {
	at, id, parent string
	title          string
	description    string
	position       float64
	archived       bool
	favourite      bool
	tasks          []vikunjaTask
	buckets        []vikunjaBucket
	taskBuckets    []vikunjaTaskBucket
	below          []vikunjaProject
}

type vikunjaBucket struct {
	at string // where in the file it is

	ID       foreignID `json:"id"`
	Title    string    `json:"title"`
	Position float64   `json:"position"`
}

type vikunjaTaskBucket struct {
	BucketID foreignID `json:"bucket_id"`
	TaskID   foreignID `json:"task_id"`
}

type vikunjaTask struct {
	at string // where in the file it is

	ID            foreignID         `json:"id"`
	Title         string            `json:"title"`
	Description   string            `json:"description"`
	Done          bool              `json:"done"`
	DoneAt        string            `json:"done_at"`
	DueDate       string            `json:"due_date"`
	StartDate     string            `json:"start_date"`
	EndDate       string            `json:"end_date"`
	Created       string            `json:"created"`
	RepeatAfter   int64             `json:"repeat_after"`
	RepeatMode    int               `json:"repeat_mode"`
	Priority      int               `json:"priority"`
	PercentDone   float64           `json:"percent_done"`
	Position      float64           `json:"position"`
	BucketID      foreignID         `json:"bucket_id"`
	ReminderDates []string          `json:"reminder_dates"`
	Reminders     []vikunjaReminder `json:"reminders"`
	Assignees     []jsontext.Value  `json:"assignees"`
	Labels        []struct {
		Title string `json:"title"`
	} `json:"labels"`
	RelatedTasks map[string][]struct {
		ID foreignID `json:"id"`
	} `json:"related_tasks"`
	Attachments []struct {
		File struct {
			Name string `json:"name"`
		} `json:"file"`
	} `json:"attachments"`
	Comments []struct {
		ID      foreignID `json:"id"`
		Comment string    `json:"comment"`
		Created string    `json:"created"`
	} `json:"comments"`
}

type vikunjaReminder struct {
	Reminder       string `json:"reminder"`
	RelativePeriod int    `json:"relative_period"` // seconds
	RelativeTo     string `json:"relative_to"`
}

// Modes in which tasks of Vikunja repeat besides every so many seconds.
const (
	vikunjaMonthly         = 1
	vikunjaAfterCompletion = 2
)

// vikunjaExport makes a world of the projects of an export.
type vikunjaExport struct {
	*world
	around       surroundings
	parents      map[string]string // of tasks that others name as their subtasks, by ids
	descriptions int               // of projects
}

// readVikunja reads the archive that Vikunja exports, or the data.json in it.
func readVikunja(body io.Reader, around surroundings) (*world, error) {
	w := &world{}
	in := bufio.NewReader(body)
	if first, err := in.Peek(len(archiveMark)); err == nil && string(first) == archiveMark {
		packed, err := openArchive(in)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(packed.File, func(file *zip.File) bool { return file.Name == vikunjaData })
		if at < 0 {
			return nil, failure.New(failure.Invalid, "the archive is no export of Vikunja: there is no %s in it", vikunjaData)
		}
		data, err := packed.open(packed.File[at])
		if err != nil {
			return nil, err
		}
		in = bufio.NewReader(data)
		if slices.ContainsFunc(packed.File, func(file *zip.File) bool { return file.Name == "filters.json" }) {
			w.passOver("filters: write them anew")
		}
	}
	r := vikunjaExport{world: w, around: around, parents: map[string]string{}}
	document := jsontext.NewDecoder(in)
	err := eachElement(document, func(n int) error {
		project, err := r.read(document, fmt.Sprintf("[%d]", n))
		if err != nil {
			return err
		}
		return r.add(project)
	})
	if err == nil {
		err = readEnd(document)
	}
	if err != nil {
		return nil, ofJSON(err)
	}
	w.passOverSome(r.descriptions, "descriptions of projects, which projects here do not have")
	for i := range w.tasks {
		t := &w.tasks[i].value
		t.ParentID = cmp.Or(t.ParentID, r.parents[t.ID])
	}
	w.settleParents()
	return w, nil
}

// maxVikunjaNesting bounds how deep projects lie in others, in objects and lists of the file.
const maxVikunjaNesting = 100

// read reads a project, task by task.
func (r *vikunjaExport) read(in *jsontext.Decoder, at string) (p vikunjaProject, err error) {
	if in.StackDepth() > maxVikunjaNesting {
		return p, failure.New(failure.Invalid, "%s: projects lie too deep in others", shortened(at))
	}
	p.at = at
	var id, parent foreignID
	namespace := false
	readBelow := func(name string) error {
		return eachElement(in, func(n int) error {
			child, err := r.read(in, fmt.Sprintf("%s.%s[%d]", at, name, n))
			if err != nil {
				return err
			}
			return appendAtMost(&p.below, child, kindProjects)
		})
	}
	err = readMembers(in, func(name string) error {
		switch name {
		case "id":
			return readOne(in, &id)
		case "title":
			return readOne(in, &p.title)
		case "description":
			return readOne(in, &p.description)
		case "parent_project_id":
			return readOne(in, &parent)
		case "position":
			return readOne(in, &p.position)
		case "is_archived":
			return readOne(in, &p.archived)
		case "is_favorite":
			return readOne(in, &p.favourite)
		case "tasks":
			return readObjects(in, r.world, kindTasks, func(at string, task vikunjaTask) error {
				task.at = at
				return appendAtMost(&p.tasks, task, kindTasks)
			})
		case "buckets":
			return readObjects(in, r.world, kindSections, func(at string, bucket vikunjaBucket) error {
				bucket.at = at
				return appendAtMost(&p.buckets, bucket, kindSections)
			})
		case "task_buckets":
			return readObjects(in, r.world, kindTasks, func(_ string, place vikunjaTaskBucket) error {
				return appendAtMost(&p.taskBuckets, place, kindTasks)
			})
		case "lists":
			namespace = true
			return readBelow(name)
		case "child_projects":
			return readBelow(name)
		}
		return in.SkipValue()
	})
	p.id, p.parent = string(id), string(parent)
	if namespace {
		p.id = "namespace " + p.id // namespaces have ids of their own
	}
	return p, err
}

// appendAtMost appends an object to some that become objects of a kind.
func appendAtMost[T any](to *[]T, object T, kind string) error {
	if len(*to) == mostOf[kind] {
		return tooMany(kind)
	}
	*to = append(*to, object)
	return nil
}

// add adds a project with what is in it and those below it.
func (r *vikunjaExport) add(p vikunjaProject) error {
	project := Project{ID: p.id, Name: oneLine(p.title), Favourite: p.favourite, ParentID: p.parent, Position: orderKey(p.position)}
	if p.archived {
		project.ArchivedAt = &r.around.now
	}
	if strings.TrimSpace(p.description) != "" {
		r.descriptions++
	}
	if err := r.addProject(p.at, project); err != nil {
		return err
	}
	sections, err := r.addBuckets(p)
	if err != nil {
		return err
	}
	for _, task := range p.tasks {
		if err := r.addTask(p.id, sections[task.ID], task); err != nil {
			return err
		}
	}
	for _, child := range p.below {
		child.parent = p.id
		if err := r.add(child); err != nil {
			return err
		}
	}
	return nil
}

// addBuckets makes sections of the buckets of a project, and gives them by the ids of tasks. Each
// project has some, also where nobody uses them: where all open tasks lie in one, there are none.
func (r *vikunjaExport) addBuckets(p vikunjaProject) (map[foreignID]string, error) {
	of := map[foreignID]foreignID{}
	for _, place := range p.taskBuckets {
		of[place.TaskID] = cmp.Or(of[place.TaskID], place.BucketID)
	}
	used := map[foreignID]bool{}
	for _, task := range p.tasks {
		if of[task.ID] = cmp.Or(of[task.ID], task.BucketID); !task.Done {
			used[of[task.ID]] = true
		}
	}
	if len(used) < 2 {
		return nil, nil
	}
	for _, bucket := range p.buckets {
		if !used[bucket.ID] {
			continue
		}
		section := Section{ID: string(bucket.ID), ProjectID: p.id, Name: oneLine(bucket.Title), Position: orderKey(bucket.Position)}
		if err := r.addSection(bucket.at, section); err != nil {
			return nil, err
		}
		used[bucket.ID] = false // and not twice
	}
	sections := map[foreignID]string{}
	for task, bucket := range of {
		if made, ok := used[bucket]; ok && !made {
			sections[task] = string(bucket)
		}
	}
	return sections, nil
}

func (r *vikunjaExport) addTask(project, section string, task vikunjaTask) error {
	line, err := r.world.addTask(task.at, Task{
		ID: string(task.ID), Title: oneLine(task.Title), Notes: vikunjaText(task.Description), ProjectID: project, SectionID: section,
		Priority: vikunjaPriority(task.Priority), Position: orderKey(task.Position), CreatedAt: foreignMoment(task.Created),
	})
	if err != nil {
		return err
	}
	t := r.lastTask()
	for _, label := range task.Labels {
		t.addTag(label.Title)
	}
	r.schedule(t, task, line)
	if task.Done {
		t.complete(foreignMoment(task.DoneAt), r.around.now, line)
	}
	r.relate(t, task, line)
	if task.PercentDone > 0 && task.PercentDone < 1 && !task.Done {
		line.note("that it is done to %.0f %% is not taken over", 100*task.PercentDone)
	}
	if len(task.Assignees) > 0 {
		line.note("who is responsible for it is not taken over")
	}
	for _, attached := range task.Attachments {
		line.note("the file %q is not taken over", shortened(attached.File.Name))
	}
	for n, comment := range task.Comments {
		said := Comment{ID: string(comment.ID), TaskID: t.ID, Text: vikunjaText(comment.Comment), CreatedAt: foreignMoment(comment.Created)}
		if _, err := r.addComment(fmt.Sprintf("%s.comments[%d]", task.at, n), said); err != nil {
			return err
		}
	}
	return nil
}

// vikunjaText is a text as Markdown, which it was in versions before Vikunja wrote HTML.
func vikunjaText(text string) string {
	if isHTML(text) {
		return markdownOf(text)
	}
	return text
}

// vikunjaPriority is a priority from 5, do now, over 4, urgent, and 3, high, to 0, unset.
func vikunjaPriority(priority int) int {
	switch {
	case priority >= 4:
		return 1
	case priority == 3:
		return 2
	case priority >= 1:
		return 3
	}
	return 4
}

// schedule reads dates, which are moments. What is due at the first or in the last minute of a day
// in the user's zone is due on that day.
func (r *vikunjaExport) schedule(t *Task, task vikunjaTask, line *Line) {
	due, start, end := foreignMoment(task.DueDate), foreignMoment(task.StartDate), foreignMoment(task.EndDate)
	if due != nil && end != nil && !due.Equal(*end) {
		line.note("its end is not taken over, because it has a due date")
	}
	if at := cmp.Or(due, end); at != nil {
		t.Due = dueAt(at.In(r.around.now.Location()))
		if t.Due.Time == "00:00" || t.Due.Time == "23:59" {
			t.Due.Time = ""
		}
	}
	if start != nil {
		t.Start = start.In(r.around.now.Location()).Format(time.DateOnly)
	}
	for _, reminder := range task.Reminders {
		r.remind(t, reminder, line)
	}
	for _, moment := range task.ReminderDates {
		r.remind(t, vikunjaReminder{Reminder: moment}, line)
	}
	switch {
	case task.RepeatMode == vikunjaMonthly:
		r.around.repeat(t, line, "FREQ=MONTHLY")
	case task.RepeatAfter > 0:
		r.around.repeat(t, line, vikunjaRule(task.RepeatAfter))
	}
	if t.Recurrence != nil && task.RepeatMode == vikunjaAfterCompletion {
		t.Recurrence.Anchor = todo.AnchorCompletion
	}
}

// vikunjaRule is a rule for every so many seconds.
func vikunjaRule(seconds int64) string {
	for _, unit := range []struct {
		name    string
		seconds int64
	}{{"WEEKLY", 7 * 24 * 60 * 60}, {"DAILY", 24 * 60 * 60}, {"HOURLY", 60 * 60}, {"MINUTELY", 60}} {
		if seconds%unit.seconds == 0 {
			return fmt.Sprintf("FREQ=%s;INTERVAL=%d", unit.name, seconds/unit.seconds)
		}
	}
	return fmt.Sprintf("FREQ=SECONDLY;INTERVAL=%d", seconds)
}

// remind adds a reminder: before the due date, or at the moment that Vikunja has reckoned.
func (r *vikunjaExport) remind(t *Task, reminder vikunjaReminder, line *Line) {
	at := foreignMoment(reminder.Reminder)
	whole := t.Due != nil && t.Due.Time == ""
	switch {
	case reminder.RelativeTo == "due_date" && reminder.RelativePeriod <= 0 && t.Due != nil && !whole:
		t.remindBefore(-reminder.RelativePeriod/60, line)
	case at != nil:
		t.remindAt(*at)
	default:
		line.note("a reminder is left out, because it counts from nothing that the task has")
	}
}

// relate takes over what a task is part of, and notes its other relations.
func (r *vikunjaExport) relate(t *Task, task vikunjaTask, line *Line) {
	for _, kind := range slices.Sorted(maps.Keys(task.RelatedTasks)) {
		for _, other := range task.RelatedTasks[kind] {
			switch kind {
			case "parenttask":
				t.ParentID = cmp.Or(t.ParentID, string(other.ID))
			case "subtask":
				if id := string(other.ID); r.parents[id] == "" && len(r.parents) < mostOf[kindTasks] {
					r.parents[id] = t.ID
				}
			}
		}
		if kind != "parenttask" && kind != "subtask" && len(task.RelatedTasks[kind]) > 0 {
			line.note("its relation %q to other tasks is not taken over", shortened(kind))
		}
	}
}
