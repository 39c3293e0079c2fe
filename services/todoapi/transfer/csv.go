package transfer

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// csvColumns are the columns of a table of tasks, in their order in an export.
var csvColumns = []string{
	"id", "title", "notes", "project", "section", "parent", "priority", "tags", "due", "zone", "start", "deadline", "duration",
	"recurrence", "anchor", "completed", "created",
}

// writeCSV writes the caller's tasks as a table.
func (s *Service) writeCSV(ctx context.Context, caller auth.Caller, _ head, to io.Writer) error {
	projects, sections, err := s.placeNames(ctx, caller)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(to, 64<<10)
	out := csv.NewWriter(buffered)
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	err = each(ctx, s, caller.UserID, kindTasks, func(t Task) error { return out.Write(rowOf(t, projects, sections[t.SectionID])) })
	if err != nil {
		return err
	}
	out.Flush()
	return errors.Join(out.Error(), buffered.Flush())
}

// placeNames reads all projects and the names of all sections, by their ids.
func (s *Service) placeNames(ctx context.Context, caller auth.Caller) (projects map[string]Project, sections map[string]string, err error) {
	projects, sections = map[string]Project{}, map[string]string{}
	return projects, sections, errors.Join(
		each(ctx, s, caller.UserID, kindProjects, func(p Project) error {
			projects[p.ID] = p
			return nil
		}),
		each(ctx, s, caller.UserID, kindSections, func(section Section) error {
			sections[section.ID] = section.Name
			return nil
		}),
	)
}

// rowOf is a task as a row.
func rowOf(t Task, projects map[string]Project, section string) []string {
	row := map[string]string{
		"id": t.ID, "title": t.Title, "notes": t.Notes, "project": pathOf(t.ProjectID, projects), "section": section, "parent": t.ParentID,
		"priority": strconv.Itoa(t.Priority), "start": t.Start, "deadline": t.Deadline, "completed": stamp(t.CompletedAt), "created": stamp(t.CreatedAt),
	}
	tags := make([]string, len(t.Tags))
	for i, tag := range t.Tags {
		tags[i] = escaped(tag, ',')
	}
	row["tags"] = strings.Join(tags, ",")
	if t.Due != nil {
		row["due"], row["zone"] = strings.TrimSpace(t.Due.Date+" "+t.Due.Time), t.Due.Zone
	}
	if t.DurationMinutes > 0 {
		row["duration"] = strconv.Itoa(t.DurationMinutes)
	}
	if t.Recurrence != nil {
		row["recurrence"], row["anchor"] = t.Recurrence.Rule, t.Recurrence.Anchor
	}
	cells := make([]string, len(csvColumns))
	for i, column := range csvColumns {
		cells[i] = row[column]
	}
	return cells
}

func stamp(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

// pathOf gives the names of a project and those above it.
func pathOf(id string, projects map[string]Project) string {
	var names []string
	for range maxLevels {
		project, ok := projects[id]
		if !ok {
			break
		}
		names = append(names, escaped(project.Name, '/'))
		id = project.ParentID
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// readCSV reads a table of tasks.
func readCSV(body io.Reader, around surroundings) (*world, error) {
	in, err := openTable(body)
	if err != nil {
		return nil, err
	}
	if err := in.rename(around.columns); err != nil {
		return nil, err
	}
	if _, ok := in.columns["title"]; !ok {
		return nil, failure.New(failure.Invalid, "the first line names no column title; it must name the columns, among %s, or the query's column must say which is which, as in column=title=Name", strings.Join(csvColumns, ", "))
	}
	w := &world{}
	for _, name := range in.header {
		if known := strings.ToLower(strings.TrimSpace(name)); !slices.Contains(csvColumns, known) && known != "" {
			w.passOver("the column %q is not known", shortened(name))
		}
	}
	rows := csvRows{table: in, world: w, around: around, places: newPlaces(w), titles: map[string]string{}}
	for {
		row, at, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && strings.TrimSpace(strings.Join(row, "")) != "" {
			err = rows.add(row, at)
		}
		if err != nil {
			return nil, err
		}
	}
	rows.settleParents()
	return w, nil
}

// csvRows makes tasks of rows.
type csvRows struct {
	*table
	world  *world
	around surroundings
	places *places
	titles map[string]string // ids by titles of the rows so far
}

// add adds the task of a row. What is wrong with the row is in its line; an error ends the import.
func (r *csvRows) add(row []string, at string) error {
	cell := func(column string) string { return strings.TrimSpace(r.cell(row, column)) }
	t := Task{ID: orFirst(cell("id"), at), Title: cell("title"), Notes: r.cell(row, "notes"), ParentID: cell("parent"), Tags: splitEscaped(r.cell(row, "tags"), ',')}
	var faults []string
	try := func(column string, read func(text string) error) {
		if text := cell(column); text != "" {
			if err := read(text); err != nil {
				faults = append(faults, column+": "+failure.Public(err).Message)
			}
		}
	}
	var err error
	try("priority", func(text string) error { t.Priority, err = priorityOf(text); return err })
	try("due", func(text string) error { t.Due, t.Recurrence, err = r.around.dueOf(text); return err })
	try("recurrence", func(text string) error { t.Due, t.Recurrence, err = r.around.recurrenceOf(text, t.Due); return err })
	try("zone", func(text string) error {
		if t.Due != nil {
			t.Due.Zone = text
		}
		return nil
	})
	try("anchor", func(text string) error {
		if text = strings.ToLower(text); text != todo.AnchorCompletion && text != todo.AnchorSchedule {
			return failure.New(failure.Invalid, "%q is neither %s nor %s", text, todo.AnchorSchedule, todo.AnchorCompletion)
		}
		if t.Recurrence != nil {
			t.Recurrence.Anchor = text
		}
		return nil
	})
	try("start", func(text string) error { t.Start, err = r.around.dayOf(text); return err })
	try("deadline", func(text string) error { t.Deadline, err = r.around.dayOf(text); return err })
	try("duration", func(text string) error { t.DurationMinutes, err = r.around.minutesOf(text); return err })
	try("completed", func(text string) error { t.CompletedAt, err = r.around.completedOf(text); return err })
	try("created", func(text string) error { t.CreatedAt, err = r.around.completedOf(text); return err })
	if t.ParentID == "" {
		if err := r.place(at, &t, orFirst(cell("project"), r.around.project), cell("section")); err != nil {
			return err
		}
	}
	line, err := r.world.addTask(at, t)
	if err != nil {
		return err
	}
	if section := cell("section"); section != "" && t.SectionID == "" && t.ParentID == "" {
		line.note("section: %q is not taken over, because the row names no project", shortened(section))
	}
	if len(faults) > 0 {
		line.refuse("%s", strings.Join(faults, "; "))
	}
	r.titles[strings.ToLower(t.Title)] = t.ID
	return nil
}

// place puts a task into the project and section that it names.
func (r *csvRows) place(at string, t *Task, project, section string) (err error) {
	if project == "" {
		return nil // a section is one of a project: without it, there is none
	}
	if t.ProjectID, err = r.places.project(at, project); err != nil || section == "" {
		return err
	}
	t.SectionID, err = r.places.section(at, t.ProjectID, section)
	return err
}

// settleParents finds the tasks that others name as theirs: by id, or else by title.
func (r *csvRows) settleParents() {
	ids := make(map[string]bool, len(r.world.tasks))
	for _, t := range r.world.tasks {
		ids[t.value.ID] = true
	}
	for i := range r.world.tasks {
		t := &r.world.tasks[i].value
		if id, ok := r.titles[strings.ToLower(t.ParentID)]; ok && t.ParentID != "" && !ids[t.ParentID] {
			t.ParentID = id
		}
	}
}
