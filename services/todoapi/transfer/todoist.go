package transfer

import (
	"errors"
	"fmt"
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

// readTodoist reads the CSV that Todoist makes of a project.
func readTodoist(body io.Reader, around surroundings) (*world, error) {
	in, err := openTable(body)
	if err != nil {
		return nil, err
	}
	for _, column := range []string{"type", "content"} {
		if _, ok := in.columns[column]; !ok {
			return nil, failure.New(failure.Invalid, "the file is no template of Todoist: its first line names no column %s", strings.ToUpper(column))
		}
	}
	w := &world{}
	rows := todoistRows{table: in, world: w, around: around, places: newPlaces(w)}
	if around.project != "" {
		if rows.project, err = rows.places.project("project", around.project); err != nil {
			return nil, err
		}
	}
	others := map[string]bool{}
	for {
		row, at, err := in.next()
		if errors.Is(err, io.EOF) {
			return w, nil
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
				if !others[kind] {
					others[kind] = true
					w.passedOver = append(w.passedOver, fmt.Sprintf("rows of the type %q, from %s, are not known", shortened(kind), at))
				}
			}
		}
		if err != nil {
			return nil, err
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
	t.Title, t.Tags = labelled(cell("content"))
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

// labelled takes the labels out of the content of a task. A task that is all labels keeps them.
func labelled(content string) (title string, tags []string) {
	for _, found := range todoistLabel.FindAllStringSubmatch(content, -1) {
		if !containsFolded(tags, found[2]) {
			tags = append(tags, found[2])
		}
	}
	title = strings.TrimSpace(todoistLabel.ReplaceAllString(content, "$1"))
	title = strings.Join(strings.Fields(title), " ")
	if title == "" {
		return content, tags
	}
	return title, tags
}

func containsFolded(list []string, text string) bool {
	for _, other := range list {
		if strings.EqualFold(other, text) {
			return true
		}
	}
	return false
}
