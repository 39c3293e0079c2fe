package transfer

import (
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// The objects of Todoist, as its Sync API writes them, and its REST API where that has other names.

type todoistProject struct {
	ID             foreignID   `json:"id"`
	Name           string      `json:"name"`
	Color          string      `json:"color"`
	ParentID       foreignID   `json:"parent_id"`
	ChildOrder     float64     `json:"child_order"`
	Order          float64     `json:"order"`
	IsFavorite     foreignFlag `json:"is_favorite"`
	IsArchived     foreignFlag `json:"is_archived"`
	IsDeleted      foreignFlag `json:"is_deleted"`
	InboxProject   foreignFlag `json:"inbox_project"`
	IsInboxProject foreignFlag `json:"is_inbox_project"`
}

type todoistSection struct {
	ID           foreignID   `json:"id"`
	ProjectID    foreignID   `json:"project_id"`
	Name         string      `json:"name"`
	SectionOrder float64     `json:"section_order"`
	Order        float64     `json:"order"`
	IsDeleted    foreignFlag `json:"is_deleted"`
}

type todoistTag struct {
	ID         foreignID   `json:"id"`
	Name       string      `json:"name"`
	Color      string      `json:"color"`
	IsFavorite foreignFlag `json:"is_favorite"`
	IsDeleted  foreignFlag `json:"is_deleted"`
}

type todoistItem struct {
	ID             foreignID        `json:"id"`
	ProjectID      foreignID        `json:"project_id"`
	SectionID      foreignID        `json:"section_id"`
	ParentID       foreignID        `json:"parent_id"`
	Content        string           `json:"content"`
	Description    string           `json:"description"`
	Priority       int              `json:"priority"`
	Labels         []string         `json:"labels"`
	Due            *todoistDue      `json:"due"`
	Deadline       *todoistDue      `json:"deadline"`
	Duration       *todoistDuration `json:"duration"`
	ChildOrder     float64          `json:"child_order"`
	Order          float64          `json:"order"`
	Checked        foreignFlag      `json:"checked"`
	IsCompleted    foreignFlag      `json:"is_completed"`
	IsDeleted      foreignFlag      `json:"is_deleted"`
	AddedAt        string           `json:"added_at"`
	CreatedAt      string           `json:"created_at"`
	CompletedAt    string           `json:"completed_at"`
	ResponsibleUID foreignID        `json:"responsible_uid"`
	AssigneeID     foreignID        `json:"assignee_id"`
}

type todoistDue struct {
	Date        string `json:"date"`
	Datetime    string `json:"datetime"`
	Timezone    string `json:"timezone"`
	String      string `json:"string"`
	Lang        string `json:"lang"`
	IsRecurring bool   `json:"is_recurring"`
}

type todoistDuration struct {
	Amount int    `json:"amount"`
	Unit   string `json:"unit"`
}

type todoistNote struct {
	ID             foreignID   `json:"id"`
	ItemID         foreignID   `json:"item_id"`
	TaskID         foreignID   `json:"task_id"`
	Content        string      `json:"content"`
	PostedAt       string      `json:"posted_at"`
	Posted         string      `json:"posted"`
	IsDeleted      foreignFlag `json:"is_deleted"`
	FileAttachment *struct {
		FileName string `json:"file_name"`
	} `json:"file_attachment"`
	Attachment *struct {
		FileName string `json:"file_name"`
	} `json:"attachment"`
}

type todoistReminder struct {
	ItemID       foreignID   `json:"item_id"`
	Type         string      `json:"type"`
	Due          *todoistDue `json:"due"`
	MinuteOffset int         `json:"minute_offset"`
	MmOffset     int         `json:"mm_offset"`
	IsDeleted    foreignFlag `json:"is_deleted"`
}

// todoistColours are the colours of Todoist as those here that look most like them.
var todoistColours = map[string]string{
	"berry_red": "red", "red": "red", "orange": "orange", "yellow": "yellow", "olive_green": "lime", "lime_green": "lime",
	"green": "green", "mint_green": "teal", "teal": "teal", "sky_blue": "blue", "light_blue": "blue", "blue": "blue",
	"grape": "violet", "violet": "violet", "lavender": "violet", "magenta": "pink", "salmon": "pink",
}

// todoistDocument makes a world of what Todoist's API answers.
type todoistDocument struct {
	*world
	around    surroundings
	inboxes   map[string]todoistProject // by ids
	numbers   map[string]int            // of tasks in the world, by ids
	deleted   map[string]bool
	reminders []todoistReminder
}

// readTodoistJSON reads projects, sections, tasks and what belongs to them in any order.
func readTodoistJSON(body io.Reader, around surroundings) (*world, error) {
	w := &world{}
	r := todoistDocument{world: w, around: around, inboxes: map[string]todoistProject{}, numbers: map[string]int{}, deleted: map[string]bool{}}
	in := jsontext.NewDecoder(body)
	known := false
	notes, filters := 0, 0 // that there is no place for
	err := readMembers(in, func(name string) error {
		switch name {
		case "projects":
			return readObjects(in, w, kindProjects, r.addProject)
		case "sections":
			return readObjects(in, w, kindSections, r.addSection)
		case "labels":
			return readObjects(in, w, kindTags, r.addLabel)
		case "items", "tasks":
			known = true
			return readObjects(in, w, kindTasks, r.addItem)
		case "notes", "comments":
			return readObjects(in, w, kindComments, r.addNote)
		case "reminders":
			return readObjects(in, w, kindTasks, r.keepReminder)
		case "project_notes":
			return countElements(in, &notes)
		case "filters":
			return countElements(in, &filters)
		}
		return in.SkipValue()
	})
	if err == nil {
		err = readEnd(in)
	}
	if err != nil {
		return nil, ofJSON(err)
	}
	if !known {
		return nil, failure.New(failure.Invalid, "the file is no backup of Todoist: it has neither items nor tasks")
	}
	w.passOverSome(notes, "comments on projects: here comments are about tasks")
	w.passOverSome(filters, "filters: write them anew")
	r.addReminders()
	if err := r.settleInbox(); err != nil {
		return nil, err
	}
	w.settleParents()
	return w, nil
}

func (r *todoistDocument) addProject(at string, p todoistProject) error {
	switch {
	case bool(p.IsDeleted):
		return nil
	case bool(p.InboxProject || p.IsInboxProject) && len(r.inboxes) < mostOf[kindProjects]:
		r.inboxes[string(p.ID)] = p
		return nil
	}
	return r.makeProject(at, p)
}

func (r *todoistDocument) makeProject(at string, p todoistProject) error {
	project := Project{ID: string(p.ID), Name: oneLine(p.Name), Colour: todoistColours[p.Color], Favourite: bool(p.IsFavorite), ParentID: string(p.ParentID),
		Position: orderKey(p.ChildOrder + p.Order)}
	if p.IsArchived {
		project.ArchivedAt = &r.around.now
	}
	return r.world.addProject(at, project)
}

func (r *todoistDocument) addSection(at string, s todoistSection) error {
	if s.IsDeleted {
		return nil
	}
	return r.world.addSection(at, Section{ID: string(s.ID), ProjectID: string(s.ProjectID), Name: oneLine(s.Name), Position: orderKey(s.SectionOrder + s.Order)})
}

func (r *todoistDocument) addLabel(at string, l todoistTag) error {
	if l.IsDeleted {
		return nil
	}
	return r.addTag(at, Tag{ID: string(l.ID), Name: oneLine(l.Name), Colour: todoistColours[l.Color], Favourite: bool(l.IsFavorite)})
}

func (r *todoistDocument) addItem(at string, i todoistItem) error {
	if i.IsDeleted {
		if r.deleted[string(i.ID)] = true; len(r.deleted) > mostOf[kindTasks] {
			return tooMany(kindTasks)
		}
		return nil
	}
	line, err := r.addTask(at, Task{
		ID: string(i.ID), Title: oneLine(i.Content), Notes: i.Description, ProjectID: string(i.ProjectID), SectionID: string(i.SectionID), ParentID: string(i.ParentID),
		Position: orderKey(i.ChildOrder + i.Order), Priority: 5 - min(max(i.Priority, 1), 4), CreatedAt: foreignMoment(orFirst(i.AddedAt, i.CreatedAt)),
	})
	if err != nil {
		return err
	}
	r.numbers[string(i.ID)] = len(r.tasks) - 1
	t := r.lastTask()
	for _, label := range i.Labels {
		t.addTag(label)
	}
	if i.Checked || i.IsCompleted || i.CompletedAt != "" {
		t.complete(foreignMoment(i.CompletedAt), r.around.now, line)
	}
	r.schedule(t, i, line)
	if i.ResponsibleUID+i.AssigneeID != "" {
		line.note("who is responsible for it is not taken over")
	}
	return nil
}

// schedule reads when a task is due, how it repeats and how long it takes.
func (r *todoistDocument) schedule(t *Task, i todoistItem, line *Line) {
	if i.Due != nil {
		due, err := r.due(*i.Due, line)
		if err != nil {
			line.note("due: %s", failure.Public(err).Message)
		}
		t.Due = due
		if i.Due.IsRecurring {
			there := r.around
			if i.Due.Lang != "" {
				there.locale = i.Due.Lang
			}
			there.repeat(t, line, i.Due.String)
		}
	}
	if i.Deadline != nil && i.Deadline.Date != "" {
		if _, err := time.Parse(time.DateOnly, i.Deadline.Date); err != nil {
			line.note("deadline: %q is not a date", shortened(i.Deadline.Date))
		} else {
			t.Deadline = i.Deadline.Date
		}
	}
	if i.Duration != nil {
		unit := time.Minute
		if strings.HasPrefix(i.Duration.Unit, "day") {
			unit = 24 * time.Hour
		}
		t.takes(time.Duration(min(i.Duration.Amount, maxDurationMinutes+1))*unit, line)
	}
}

// due reads a due: a day, a time on the clock, or a moment that is shown in a zone.
func (r *todoistDocument) due(d todoistDue, line *Line) (*todo.Due, error) {
	text := orFirst(d.Datetime, d.Date)
	if at, ok := instantOf(text); ok {
		return r.around.dueIn(r.around.zoneOr(d.Timezone, line), at), nil
	}
	text = strings.TrimSuffix(text, ".000000")
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return &todo.Due{Date: text}, nil
	}
	for _, layout := range dueLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return dueAt(at), nil
		}
	}
	return nil, failure.New(failure.Invalid, "%q is not a date", shortened(text))
}

func (r *todoistDocument) addNote(at string, n todoistNote) error {
	task := orFirst(string(n.ItemID), string(n.TaskID))
	if bool(n.IsDeleted) || r.deleted[task] {
		return nil
	}
	file := ""
	for _, attached := range []*struct {
		FileName string `json:"file_name"`
	}{n.FileAttachment, n.Attachment} {
		if attached != nil {
			file = orFirst(attached.FileName, "a file")
		}
	}
	line, err := r.addComment(at, Comment{ID: string(n.ID), TaskID: task, Text: orFirst(n.Content, file), CreatedAt: foreignMoment(orFirst(n.PostedAt, n.Posted))})
	if err == nil && file != "" {
		line.note("the file %q is not taken over", shortened(file))
	}
	return err
}

// maxTodoistReminders bounds the reminders in a file.
const maxTodoistReminders = 200_000

func (r *todoistDocument) keepReminder(_ string, reminder todoistReminder) error {
	if len(r.reminders) == maxTodoistReminders {
		return failure.New(failure.Invalid, "the file has more than %d reminders; import it in parts", maxTodoistReminders)
	}
	if !reminder.IsDeleted {
		r.reminders = append(r.reminders, reminder)
	}
	return nil
}

// addReminders gives tasks their reminders, which may come before the tasks in the file.
func (r *todoistDocument) addReminders() {
	for _, reminder := range r.reminders {
		number, ok := r.numbers[string(reminder.ItemID)]
		if !ok {
			continue // it is one of a task that is deleted or completed
		}
		t, line := &r.tasks[number].value, r.tasks[number].line
		if reminder.Type == "location" {
			line.note("a reminder at a place is left out")
			continue
		}
		if reminder.Due == nil || reminder.Due.Date == "" {
			t.remindBefore(reminder.MinuteOffset+reminder.MmOffset, line)
			continue
		}
		due, err := r.due(*reminder.Due, line)
		if err != nil {
			line.note("a reminder is left out: %s", failure.Public(err).Message)
			continue
		}
		if at, ok := r.around.instant(*due); ok {
			t.remindAt(at)
		}
	}
}

// settleInbox has the tasks of Todoist's inbox in the inbox, unless that has sections, which are
// of projects here: then it is a project as any other.
func (r *todoistDocument) settleInbox() error {
	for _, section := range r.sections {
		id := section.value.ProjectID
		if inbox, ok := r.inboxes[id]; ok {
			delete(r.inboxes, id)
			if err := r.makeProject(section.line.At, inbox); err != nil {
				return err
			}
		}
	}
	for i := range r.tasks {
		t := &r.tasks[i].value
		if _, ok := r.inboxes[t.ProjectID]; ok {
			t.ProjectID = ""
		}
	}
	return nil
}
