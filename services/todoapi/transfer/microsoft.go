package transfer

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// The objects of Microsoft To Do, as Microsoft Graph writes them.

type microsoftList struct {
	at, id, name string
	standard     bool // the list that tasks go to where none is named
	tasks        []microsoftTask
}

type microsoftTask struct {
	at string // where in the file it is

	ID                string               `json:"id"`
	Title             string               `json:"title"`
	Importance        string               `json:"importance"`
	Status            string               `json:"status"`
	Categories        []string             `json:"categories"`
	CreatedDateTime   string               `json:"createdDateTime"`
	StartDateTime     *microsoftTime       `json:"startDateTime"`
	DueDateTime       *microsoftTime       `json:"dueDateTime"`
	ReminderDateTime  *microsoftTime       `json:"reminderDateTime"`
	IsReminderOn      *bool                `json:"isReminderOn"`
	CompletedDateTime *microsoftTime       `json:"completedDateTime"`
	Recurrence        *microsoftRecurrence `json:"recurrence"`
	HasAttachments    bool                 `json:"hasAttachments"`
	Body              *struct {
		Content     string `json:"content"`
		ContentType string `json:"contentType"`
	} `json:"body"`
	ChecklistItems []struct {
		ID              string `json:"id"`
		DisplayName     string `json:"displayName"`
		IsChecked       bool   `json:"isChecked"`
		CheckedDateTime string `json:"checkedDateTime"`
		CreatedDateTime string `json:"createdDateTime"`
	} `json:"checklistItems"`
	LinkedResources []struct {
		DisplayName     string `json:"displayName"`
		ApplicationName string `json:"applicationName"`
		WebURL          string `json:"webUrl"`
	} `json:"linkedResources"`
}

// microsoftTime is what clocks in a zone read.
type microsoftTime struct {
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

type microsoftRecurrence struct {
	Pattern struct {
		Type           string   `json:"type"`
		Interval       int      `json:"interval"`
		Month          int      `json:"month"`
		DayOfMonth     int      `json:"dayOfMonth"`
		DaysOfWeek     []string `json:"daysOfWeek"`
		FirstDayOfWeek string   `json:"firstDayOfWeek"`
		Index          string   `json:"index"`
	} `json:"pattern"`
	Range struct {
		Type                string `json:"type"`
		EndDate             string `json:"endDate"`
		NumberOfOccurrences int    `json:"numberOfOccurrences"`
	} `json:"range"`
}

// microsoftLists makes a world of lists with their tasks.
type microsoftLists struct {
	*world
	around surroundings
}

// readMicrosoft reads lists with their tasks: as Graph answers them (value), as programs write them
// (lists), or alone.
func readMicrosoft(body io.Reader, around surroundings) (*world, error) {
	w := &world{}
	r := microsoftLists{w, around}
	in := jsontext.NewDecoder(body)
	known := in.PeekKind() == '['
	var err error
	if known {
		err = r.readLists(in)
	} else {
		err = readMembers(in, func(name string) error {
			switch name {
			case "value", "lists":
				known = true
				return r.readLists(in)
			case "@odata.nextLink":
				w.passOver("there are more lists than the file holds: it names a next page (@odata.nextLink)")
			}
			return in.SkipValue()
		})
	}
	if err == nil {
		err = readEnd(in)
	}
	if err != nil {
		return nil, ofJSON(err)
	}
	if !known {
		return nil, failure.New(failure.Invalid, "the file holds no lists of Microsoft To Do: it has neither value nor lists")
	}
	return w, nil
}

// readLists reads lists, task by task.
func (r microsoftLists) readLists(in *jsontext.Decoder) error {
	place := placeOf(in.StackPointer())
	return eachElement(in, func(n int) error {
		l := microsoftList{at: fmt.Sprintf("%s[%d]", place, n)}
		err := readMembers(in, func(name string) error {
			switch name {
			case "id":
				return readOne(in, &l.id)
			case "displayName":
				return readOne(in, &l.name)
			case "wellknownListName":
				wellKnown := ""
				err := readOne(in, &wellKnown)
				l.standard = wellKnown == "defaultList"
				return err
			case "tasks":
				return readObjects(in, r.world, kindTasks, func(at string, task microsoftTask) error {
					task.at = at
					return appendAtMost(&l.tasks, task, kindTasks)
				})
			case "tasks@odata.nextLink":
				r.passOver("%s has more tasks than the file holds: it names a next page (tasks@odata.nextLink)", l.at)
			}
			return in.SkipValue()
		})
		if err != nil {
			return err
		}
		return r.add(l)
	})
}

// add adds a list and its tasks. Those of the standard list go to the inbox.
func (r microsoftLists) add(l microsoftList) error {
	project := ""
	if !l.standard {
		project = orFirst(l.id, l.at)
		if err := r.addProject(l.at, Project{ID: project, Name: oneLine(l.name)}); err != nil {
			return err
		}
	}
	for _, task := range l.tasks {
		if err := r.addTask(project, task); err != nil {
			return err
		}
	}
	return nil
}

func (r microsoftLists) addTask(project string, task microsoftTask) error {
	line, err := r.world.addTask(task.at, Task{
		ID: orFirst(task.ID, task.at), Title: oneLine(task.Title), ProjectID: project, Priority: 4, CreatedAt: foreignMoment(task.CreatedDateTime),
	})
	if err != nil {
		return err
	}
	t := r.lastTask()
	if task.Importance == "high" {
		t.Priority = 1
	}
	for _, category := range task.Categories {
		t.addTag(category)
	}
	r.describe(t, task)
	r.schedule(t, task, line)
	switch task.Status {
	case "completed":
		t.complete(r.moment(task.CompletedDateTime, line), r.around.now, line)
	case "inProgress", "waitingOnOthers", "deferred":
		line.note("its status %q is not taken over", task.Status)
	}
	if task.HasAttachments {
		line.note("its files are not taken over")
	}
	return r.addSteps(*t, task)
}

// describe makes notes of the body and of what the task is linked to.
func (r microsoftLists) describe(t *Task, task microsoftTask) {
	if task.Body != nil {
		t.Notes = task.Body.Content
		if strings.EqualFold(task.Body.ContentType, "html") {
			t.Notes = markdownOf(t.Notes)
		}
	}
	for _, link := range task.LinkedResources {
		name := oneLine(orFirst(link.DisplayName, link.ApplicationName))
		switch {
		case link.WebURL == "":
			t.addNotes(name)
		case name == "":
			t.addNotes("<" + link.WebURL + ">")
		default:
			t.addNotes("[" + name + "](" + link.WebURL + ")")
		}
	}
}

// addSteps makes tasks of the steps of a task. Those that are open when it is completed are
// completed with it.
func (r microsoftLists) addSteps(parent Task, task microsoftTask) error {
	for n, step := range task.ChecklistItems {
		at := fmt.Sprintf("%s.checklistItems[%d]", task.at, n)
		line, err := r.world.addTask(at, Task{
			ID: parent.ID + "/" + orFirst(step.ID, strconv.Itoa(n)), Title: oneLine(step.DisplayName), ProjectID: parent.ProjectID, ParentID: parent.ID,
			Priority: 4, CreatedAt: foreignMoment(step.CreatedDateTime),
		})
		if err != nil {
			return err
		}
		if step.IsChecked {
			r.lastTask().complete(foreignMoment(step.CheckedDateTime), r.around.now, line)
			continue
		}
		r.lastTask().completeWith(parent, line)
	}
	return nil
}

func (r microsoftLists) schedule(t *Task, task microsoftTask, line *Line) {
	t.Start = r.day(task.StartDateTime, line)
	if day := r.day(task.DueDateTime, line); day != "" {
		t.Due = &todo.Due{Date: day}
	}
	if task.IsReminderOn == nil || *task.IsReminderOn {
		if at := r.moment(task.ReminderDateTime, line); at != nil {
			t.remindAt(*at)
		}
	}
	if task.Recurrence == nil {
		return
	}
	rule, err := task.Recurrence.rule()
	if err != nil {
		line.note("recurrence: %s; it has its date and does not repeat", failure.Public(err).Message)
		return
	}
	r.around.repeat(t, line, rule)
}

// wall reads what clocks show, and their zone.
func (r microsoftLists) wall(d *microsoftTime, line *Line) (wall time.Time, zone *time.Location, ok bool) {
	if d == nil || d.DateTime == "" {
		return time.Time{}, nil, false
	}
	wall, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(d.DateTime, "Z")) // which reads fractions too
	if err != nil {
		line.note("%q is not a date", shortened(d.DateTime))
		return time.Time{}, nil, false
	}
	return wall, r.around.zoneOr(d.TimeZone, line), true
}

// moment is when clocks show a time, nil for none.
func (r microsoftLists) moment(d *microsoftTime, line *Line) *time.Time {
	wall, zone, ok := r.wall(d, line)
	if !ok {
		return nil
	}
	at := todo.Instant(wall, zone)
	return &at
}

// day is a day, which Graph gives as its midnight: in the zone that it names, where that is one,
// or else as the moment at which the day began for the user.
func (r microsoftLists) day(d *microsoftTime, line *Line) string {
	wall, zone, ok := r.wall(d, line)
	if !ok {
		return ""
	}
	if wall.Hour() != 0 || wall.Minute() != 0 {
		wall = todo.Instant(wall, zone).In(r.around.now.Location())
	}
	return wall.Format(time.DateOnly)
}

var (
	microsoftDays    = map[string]string{"monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA", "sunday": "SU"}
	microsoftIndexes = map[string]string{"": "1", "first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}
)

// rule is a recurrence as RFC 5545 writes it.
func (m microsoftRecurrence) rule() (string, error) {
	p := m.Pattern
	var days []string
	for _, name := range p.DaysOfWeek {
		day, ok := microsoftDays[strings.ToLower(name)]
		if !ok {
			return "", failure.New(failure.Invalid, "%q is no day of the week", shortened(name))
		}
		days = append(days, day)
	}
	var parts []string
	on := func(name, value string) { parts = append(parts, name+"="+value) }
	byDays := func() {
		if len(days) > 0 {
			on("BYDAY", strings.Join(days, ","))
		}
	}
	index, known := microsoftIndexes[strings.ToLower(p.Index)]
	kind := strings.ToLower(p.Type)
	switch kind {
	case "daily":
		on("FREQ", "DAILY")
	case "weekly":
		on("FREQ", "WEEKLY")
		byDays()
		if first, ok := microsoftDays[strings.ToLower(p.FirstDayOfWeek)]; ok {
			on("WKST", first)
		}
	case "absolutemonthly", "absoluteyearly", "relativemonthly", "relativeyearly":
		frequency := "MONTHLY"
		if strings.HasSuffix(kind, "yearly") {
			frequency = "YEARLY"
		}
		on("FREQ", frequency)
		if p.Month > 0 && frequency == "YEARLY" {
			on("BYMONTH", strconv.Itoa(p.Month))
		}
		if strings.HasPrefix(kind, "absolute") {
			if p.DayOfMonth > 0 {
				on("BYMONTHDAY", strconv.Itoa(p.DayOfMonth))
			}
			break
		}
		if !known || len(days) == 0 {
			return "", failure.New(failure.Invalid, "it names no day of the week, or not which of them")
		}
		byDays()
		on("BYSETPOS", index)
	default:
		return "", failure.New(failure.Invalid, "it repeats in a way that is not known: %q", shortened(p.Type))
	}
	if p.Interval > 1 {
		parts = slices.Insert(parts, 1, "INTERVAL="+strconv.Itoa(p.Interval))
	}
	switch strings.ToLower(m.Range.Type) {
	case "enddate":
		on("UNTIL", strings.ReplaceAll(m.Range.EndDate, "-", ""))
	case "numbered":
		on("COUNT", strconv.Itoa(m.Range.NumberOfOccurrences))
	}
	return strings.Join(parts, ";"), nil
}
