package transfer

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// todoistLabel is a label as Todoist writes it into the content of a task.
var todoistLabel = regexp.MustCompile(`(^|\s)@([^\s@]+)`)

// todoistRows makes a world of the rows of a project that Todoist exported as a template.
type todoistRows struct {
	*table
	world   *world
	around  surroundings
	places  *places
	project string
	section string
	above   []string // ids of the task in turn and those that it is part of
	last    string   // id of the task before, which notes are about
}

// readTodoistCSV reads the CSV that Todoist makes of a project, or the archive of such files that
// is its backup.
func readTodoistCSV(body io.Reader, around surroundings) (*world, error) {
	w := &world{}
	places := newPlaces(w)
	in := bufio.NewReader(body)
	if first, err := in.Peek(len(archiveMark)); err != nil || string(first) != archiveMark {
		return w, readTodoistProject(in, "", w, around, places)
	}
	packed, err := openArchive(in)
	if err != nil {
		return nil, err
	}
	read := 0
	for _, file := range packed.File {
		name, isTable := strings.CutSuffix(file.Name, ".csv")
		if !isTable {
			continue
		}
		read++
		data, err := packed.open(file)
		if err != nil {
			return nil, err
		}
		if err := readTodoistProject(data, file.Name, w, around.below(todoistFile.ReplaceAllString(name, "")), places); err != nil {
			return nil, err
		}
	}
	if read == 0 {
		return nil, failure.New(failure.Invalid, "the archive is no backup of Todoist: there is no CSV file in it")
	}
	return w, nil
}

// todoistFile is what comes after the name of a project in the name of its file.
var todoistFile = regexp.MustCompile(`\s*\[[0-9A-Za-z]+\]$`)

// below are the same surroundings for the tasks of a project, whose name is that of a file.
func (a surroundings) below(project string) surroundings {
	switch {
	case project == "Inbox":
	case a.project == "":
		a.project = escaped(project, '/')
	default:
		a.project += "/" + escaped(project, '/')
	}
	return a
}

// readTodoistProject reads the tasks of one project from a file of an archive, which has a name.
func readTodoistProject(body io.Reader, file string, w *world, around surroundings, places *places) error {
	in, err := openTable(body)
	if err != nil {
		return err
	}
	for _, column := range []string{"type", "content"} {
		if _, ok := in.columns[column]; !ok {
			return failure.New(failure.Invalid, "the file is no template of Todoist: its first line names no column %s", strings.ToUpper(column))
		}
	}
	in.file = file
	rows := todoistRows{table: in, world: w, around: around, places: places}
	if around.project != "" {
		if rows.project, err = rows.places.project(cmp.Or(file, "project"), around.project); err != nil {
			return err
		}
	}
	others := map[string]bool{}
	for {
		row, at, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			switch kind := strings.ToLower(strings.TrimSpace(rows.cell(row, "type"))); kind {
			case "task":
				err = rows.addTask(row, at)
			case "section":
				err = rows.addSection(row, at)
			case "note":
				err = rows.addNote(row, at)
			case "", "meta":
			default:
				if !others[kind] && len(others) < maxPassedOver {
					others[kind] = true
					w.passOver("rows of the type %q, from %s, are not known", shortened(kind), at)
				}
			}
		}
		if err != nil {
			return err
		}
	}
}

// addSection begins a section. Sections are of a project: where none is named, of one called Todoist.
func (r *todoistRows) addSection(row []string, at string) (err error) {
	if r.project == "" {
		if r.project, err = r.places.project(at, "Todoist"); err != nil {
			return err
		}
	}
	r.above = nil
	name := strings.TrimSpace(r.cell(row, "content"))
	r.section, err = r.places.section(at, r.project, name)
	return err
}

func (r *todoistRows) addTask(row []string, at string) error {
	cell := func(column string) string { return strings.TrimSpace(r.cell(row, column)) }
	t := Task{ID: at, Notes: r.cell(row, "description"), ProjectID: r.project, SectionID: r.section}
	t.label(cell("content"))
	indent, ok := numberOf(orFirst(cell("indent"), "1"))
	if !ok || indent < 1 {
		indent = 1
	}
	// An indent deeper than one below the task before means that.
	r.above = append(r.above[:min(indent-1, len(r.above))], t.ID)
	if level := len(r.above); level > 1 {
		t.ParentID = r.above[level-2]
	}
	r.last = t.ID
	line, err := r.world.addTask(at, t)
	if err != nil {
		return err
	}
	added := &r.world.tasks[len(r.world.tasks)-1].value
	if added.Priority, err = priorityOf(cell("priority")); err != nil {
		line.note("priority: %s", failure.Public(err).Message)
	}
	r.schedule(added, line, cell)
	if minutes, ok := numberOf(cell("duration")); ok && minutes > 0 {
		if strings.HasPrefix(strings.ToLower(cell("duration_unit")), "day") {
			minutes *= 24 * 60
		}
		added.DurationMinutes = minutes
	}
	for _, column := range []string{"responsible"} {
		if text := cell(column); text != "" {
			line.note("%s: %q is not taken over", column, text)
		}
	}
	return nil
}

// schedule reads the dates of a task. One that is not understood stays in its notes.
func (r *todoistRows) schedule(t *Task, line *Line, cell func(string) string) {
	around := r.around
	if language := cell("date_lang"); language != "" {
		around.locale = language
	}
	there, err := around.inZone(cell("timezone"))
	if err != nil {
		line.note("timezone: %s", failure.Public(err).Message)
	}
	if text := cell("date"); text != "" {
		if t.Due, t.Recurrence, err = there.dueOf(text); err != nil {
			r.keep(t, line, "date", text, err)
		} else if t.Due.Time != "" && t.Due.Zone == "" && there.zone() != r.around.zone() {
			t.Due.Zone = there.zone()
		}
	}
	if text := cell("deadline"); text != "" {
		if language := cell("deadline_lang"); language != "" {
			there.locale = language
		}
		if t.Deadline, err = there.dayOf(text); err != nil {
			r.keep(t, line, "deadline", text, err)
		}
	}
}

func (r *todoistRows) keep(t *Task, line *Line, what, text string, err error) {
	line.note("%s: %s; it stays in the notes", what, failure.Public(err).Message)
	t.Notes = strings.TrimSpace(t.Notes + "\n\n" + what + " in Todoist: " + text)
}

// addNote adds a comment on the task before. One about the project has no place here.
func (r *todoistRows) addNote(row []string, at string) error {
	text := strings.TrimSpace(r.cell(row, "content"))
	line, err := r.world.addComment(at, Comment{ID: at, TaskID: r.last, Text: text})
	if err == nil && r.last == "" {
		line.refuse("it is about the project, and here comments are about tasks")
	}
	return err
}

// label takes the labels out of the content of a task. A task that is all labels keeps them.
func (t *Task) label(content string) {
	for _, found := range todoistLabel.FindAllStringSubmatch(content, -1) {
		t.addTag(found[2])
	}
	t.Title = orFirst(oneLine(todoistLabel.ReplaceAllString(content, "$1")), content)
}

func containsFolded(list []string, text string) bool {
	for _, other := range list {
		if strings.EqualFold(other, text) {
			return true
		}
	}
	return false
}
