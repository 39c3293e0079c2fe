package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/icalendar"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// What iCalendar has no place for is in properties of our own, which others pass over.
const (
	propProject  = "X-TODOPLATFORM-PROJECT"
	propSection  = "X-TODOPLATFORM-SECTION"
	propStart    = "X-TODOPLATFORM-START"
	propDeadline = "X-TODOPLATFORM-DEADLINE"
	propMinutes  = "X-TODOPLATFORM-MINUTES"
	propZone     = "X-TODOPLATFORM-ZONE" // of a day
	propAnchor   = "X-TODOPLATFORM-ANCHOR"
	propRule     = "X-TODOPLATFORM-RRULE" // with parts that only this platform knows
)

// icsPriorities are the priorities that others take for high, medium, low and none (RFC 5545
// section 3.8.1.9).
var icsPriorities = map[int]string{1: "1", 2: "5", 3: "9", 4: "0"}

// icsWriter writes tasks as VTODO.
type icsWriter struct {
	*icalendar.Writer
	begin    head
	zone     *time.Location  // of the user
	zones    map[string]bool // that were written
	projects map[string]Project
	sections map[string]string
}

// writeICS writes the caller's tasks as a calendar.
func (s *Service) writeICS(ctx context.Context, caller auth.Caller, begin head, to io.Writer) error {
	projects, sections, err := s.placeNames(ctx, caller)
	if err != nil {
		return err
	}
	zone, err := todo.Due{}.Location(begin.Settings.Zone)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(to, 64<<10)
	w := icsWriter{icalendar.NewWriter(buffered), begin, zone, map[string]bool{}, projects, sections}
	w.Begin("VCALENDAR")
	w.Line("VERSION", "2.0")
	w.Line("PRODID", "-//TodoPlatform//Tasks//EN")
	w.needZone(zone) // a calendar must have something in it
	err = each(ctx, s, caller.UserID, kindTasks, func(t Task) error {
		w.task(t)
		return w.Err()
	})
	if err != nil {
		return err
	}
	w.End("VCALENDAR")
	if err := w.Err(); err != nil {
		return err
	}
	return buffered.Flush()
}

// needZone writes the component of a zone before it is first named.
func (w icsWriter) needZone(zone *time.Location) {
	if !w.zones[zone.String()] {
		w.zones[zone.String()] = true
		w.Zone(zone, w.begin.ExportedAt.AddDate(-1, 0, 0))
	}
}

func (w icsWriter) task(t Task) {
	zone := w.zone
	if t.Due != nil && t.Due.Zone != "" {
		if named, err := t.Due.Location(""); err == nil {
			zone = named
		}
	}
	w.needZone(zone)
	w.Begin("VTODO")
	w.Line("UID", t.ID)
	w.Line("DTSTAMP", w.begin.ExportedAt.Format(icalendar.UTCForm))
	if t.CreatedAt != nil {
		w.Line("CREATED", t.CreatedAt.UTC().Format(icalendar.UTCForm))
	}
	w.Text("SUMMARY", t.Title)
	w.Text("DESCRIPTION", t.Notes)
	w.Line("PRIORITY", icsPriorities[t.Priority])
	w.Texts("CATEGORIES", t.Tags)
	if t.ParentID != "" {
		w.Line("RELATED-TO", t.ParentID)
	}
	if t.CompletedAt == nil {
		w.Line("STATUS", "NEEDS-ACTION")
	} else {
		w.Line("STATUS", "COMPLETED")
		w.Line("COMPLETED", t.CompletedAt.UTC().Format(icalendar.UTCForm))
		w.Line("PERCENT-COMPLETE", "100")
	}
	w.dates(t, zone)
	w.Text(propProject, pathOf(t.ProjectID, w.projects))
	w.Text(propSection, w.sections[t.SectionID])
	w.Text(propStart, t.Start)
	w.Text(propDeadline, t.Deadline)
	if t.DurationMinutes > 0 {
		w.Line(propMinutes, strconv.Itoa(t.DurationMinutes))
	}
	for _, reminder := range t.Reminders {
		w.alarm(t, reminder)
	}
	w.End("VTODO")
}

// dates writes when a task is due and how it repeats. A rule needs a DTSTART to count from, which
// is the due: so others write it too, although RFC 5545 wants DUE to be later.
func (w icsWriter) dates(t Task, zone *time.Location) {
	if t.Due == nil {
		return
	}
	value, param := strings.ReplaceAll(t.Due.Date, "-", ""), "VALUE=DATE"
	if t.Due.Time != "" {
		value, param = value+"T"+strings.ReplaceAll(t.Due.Time, ":", "")+"00", "TZID="+zone.String()
	}
	w.Line("DUE", value, param)
	if t.Due.Time == "" {
		w.Text(propZone, t.Due.Zone)
	}
	if t.Recurrence == nil {
		return
	}
	w.Line("DTSTART", value, param)
	w.Text(propAnchor, t.Recurrence.Anchor)
	if strings.Contains(t.Recurrence.Rule, "X-") {
		w.Text(propRule, t.Recurrence.Rule)
		return
	}
	for line := range strings.SplitSeq(t.Recurrence.Rule, "\n") {
		name, value, named := strings.Cut(line, ":")
		if !named {
			name, value = "RRULE", line
		}
		w.Line(name, value)
	}
}

// alarm writes a reminder. One of a whole day counts from the start of the person's day, and in a
// calendar from midnight.
func (w icsWriter) alarm(t Task, reminder todo.Reminder) {
	w.Begin("VALARM")
	w.Line("ACTION", "DISPLAY")
	w.Text("DESCRIPTION", t.Title)
	switch {
	case reminder.At != nil:
		w.Line("TRIGGER", reminder.At.UTC().Format(icalendar.UTCForm), "VALUE=DATE-TIME")
	case reminder.MinutesBefore != nil:
		before := *reminder.MinutesBefore
		if t.Due != nil && t.Due.Time == "" {
			before -= minutesOfDay(w.begin.Settings.DayStart)
		}
		sign := "-"
		if before < 0 {
			sign, before = "", -before
		}
		w.Line("TRIGGER", fmt.Sprintf("%sPT%dM", sign, before), "RELATED=END")
	}
	w.End("VALARM")
}

// minutesOfDay gives how far a clock reading HH:MM is from midnight.
func minutesOfDay(clock string) int {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return 9 * 60 // where the day starts for people who have not chosen
	}
	return at.Hour()*60 + at.Minute()
}

// icsReader makes tasks of the VTODO of a calendar.
type icsReader struct {
	in     *icalendar.Reader
	world  *world
	around surroundings
	places *places
}

// readICS reads the tasks of a calendar.
func readICS(body io.Reader, around surroundings) (*world, error) {
	w := &world{}
	r := icsReader{icalendar.NewReader(body), w, around, newPlaces(w)}
	events, first := 0, true
	for {
		line, err := r.in.Next()
		switch {
		case isEnd(err) && first:
			return nil, failure.New(failure.Invalid, "the file is empty")
		case isEnd(err):
			w.passOverSome(events, "events: only tasks (VTODO) are read")
			w.settleParents()
			return w, nil
		case err != nil:
			return nil, ofICS(err)
		case first && (line.Name != "BEGIN" || !strings.EqualFold(line.Value, "VCALENDAR")):
			return nil, failure.New(failure.Invalid, "the file is no calendar: it does not begin with BEGIN:VCALENDAR")
		case line.Name == "BEGIN" && strings.EqualFold(line.Value, "VEVENT"):
			events++
		case line.Name == "BEGIN" && strings.EqualFold(line.Value, "VTODO"):
			if err := r.todo(line.Number); err != nil {
				return nil, ofICS(err)
			}
		}
		first = false
	}
}

// todo reads a VTODO to its end.
func (r *icsReader) todo(number int) error {
	v := vtodo{props: map[string]icalendar.Line{}}
	var alarm map[string]icalendar.Line
	for lines := 0; ; lines++ {
		line, err := r.in.Next()
		if err != nil {
			return unexpectedEnd(err)
		}
		if lines > maxTodoLines {
			return failure.New(failure.Invalid, "line %d: the task has more than %d lines", line.Number, maxTodoLines)
		}
		value := strings.ToUpper(line.Value)
		switch {
		case line.Name == "BEGIN" && value == "VALARM":
			alarm = map[string]icalendar.Line{}
		case line.Name == "END" && value == "VALARM":
			v.alarms, alarm = append(v.alarms, alarm), nil
		case line.Name == "END" && value == "VTODO":
			return r.add(v, fmt.Sprintf("line %d", number))
		case alarm != nil:
			alarm[line.Name] = line
		case line.Name == "CATEGORIES":
			v.tags = append(v.tags, line.Texts()...)
		case line.Name == "RRULE" || line.Name == "RDATE" || line.Name == "EXDATE":
			v.rules = append(v.rules, line.Raw)
		case line.Name == "RELATED-TO" && line.Params["RELTYPE"] != "" && !strings.EqualFold(line.Params["RELTYPE"], "PARENT"):
		default:
			if _, twice := v.props[line.Name]; !twice {
				v.props[line.Name] = line
			}
		}
	}
}

// maxTodoLines bounds the properties of one task.
const maxTodoLines = 10_000

// vtodo is a task as a calendar has it.
type vtodo struct {
	props  map[string]icalendar.Line
	tags   []string
	rules  []string // lines
	alarms []map[string]icalendar.Line
}

func (v vtodo) text(name string) string { return strings.TrimSpace(v.props[name].Text()) }

func (r *icsReader) add(v vtodo, at string) (err error) {
	t := Task{ID: orFirst(v.text("UID"), at), Title: oneLine(v.text("SUMMARY")), Notes: v.props["DESCRIPTION"].Text(),
		ParentID: v.text("RELATED-TO"), Start: v.text(propStart), Deadline: v.text(propDeadline)}
	for _, tag := range v.tags {
		t.addTag(tag)
	}
	if project := orFirst(v.text(propProject), r.around.project); project != "" {
		if t.ProjectID, err = r.places.project(at, project); err != nil {
			return err
		}
		if section := v.text(propSection); section != "" {
			if t.SectionID, err = r.places.section(at, t.ProjectID, section); err != nil {
				return err
			}
		}
	}
	line, err := r.world.addTask(at, t)
	if err != nil {
		return err
	}
	r.fill(&r.world.tasks[len(r.world.tasks)-1].value, v, line)
	return nil
}

// fill reads what of a task can be wrong.
func (r *icsReader) fill(t *Task, v vtodo, line *Line) {
	if _, exception := v.props["RECURRENCE-ID"]; exception {
		line.refuse("RECURRENCE-ID: it changes one occurrence of a task that repeats, which is not read")
		return
	}
	if t.Title == "" {
		line.refuse("SUMMARY: is needed")
		return
	}
	t.Priority = 4
	if priority, ok := numberOf(v.text("PRIORITY")); ok && priority > 0 {
		t.Priority = map[bool]int{true: 1, false: 3}[priority < 5]
		if priority == 5 {
			t.Priority = 2
		}
	}
	if err := r.dates(t, v, line); err != nil {
		line.refuse("%s", inWords(err))
		return
	}
	if minutes, ok := numberOf(v.text(propMinutes)); ok {
		t.DurationMinutes = minutes
	}
	if created, ok := r.moment(v.props["CREATED"]); ok {
		t.CreatedAt = &created
	}
	r.status(t, v, line)
	for _, alarm := range v.alarms {
		r.reminder(t, v, alarm["TRIGGER"], line)
	}
}

func (r *icsReader) status(t *Task, v vtodo, line *Line) {
	status := strings.ToUpper(v.text("STATUS"))
	at, known := r.moment(v.props["COMPLETED"])
	switch {
	case known:
		t.CompletedAt = &at
	case status == "COMPLETED" || status == "CANCELLED" || v.text("PERCENT-COMPLETE") == "100":
		now := r.around.now
		t.CompletedAt = &now
		line.note("it counts as completed now, because the file does not say when it was")
	}
	if status == "CANCELLED" {
		line.note("it is completed here, and cancelled in the file")
	}
}

// moment reads a date or time as an instant.
func (r *icsReader) moment(line icalendar.Line) (time.Time, bool) {
	due, err := r.due(line, nil)
	if err != nil || due == nil {
		return time.Time{}, false
	}
	if utc, err := time.Parse(icalendar.UTCForm, line.Value); err == nil {
		return utc, true // to the second
	}
	return r.around.instant(*due)
}

// due reads a date or time: in its zone, or in that of the user where it is in UTC. A zone that is
// not known counts as the user's, which the line says.
func (r *icsReader) due(line icalendar.Line, report *Line) (*todo.Due, error) {
	if line.Name == "" {
		return nil, nil
	}
	if at, err := time.Parse(icalendar.UTCForm, line.Value); err == nil {
		return dueAt(at.In(r.around.now.Location())), nil
	}
	if at, err := time.Parse(icalendar.DateForm, line.Value); err == nil {
		return &todo.Due{Date: at.Format(time.DateOnly)}, nil
	}
	at, err := time.Parse(icalendar.LocalForm, line.Value)
	if err != nil {
		return nil, failure.InvalidField(line.Name, "%q is no date or time", shortened(line.Value))
	}
	due := dueAt(at)
	if name := line.Params["TZID"]; name != "" {
		canonical, err := zones.Canonical(name)
		switch {
		case err != nil && report != nil:
			report.note("%s: the zone %q is not known, and yours is taken", line.Name, shortened(name))
		case err == nil && canonical != r.around.zone():
			due.Zone = canonical
		}
	}
	return due, nil
}

// dates reads due, start and recurrence.
func (r *icsReader) dates(t *Task, v vtodo, line *Line) (err error) {
	begin, err := r.due(v.props["DTSTART"], line)
	if err != nil {
		return err
	}
	if t.Due, err = r.due(v.props["DUE"], line); err != nil {
		return err
	}
	if t.Due != nil && t.Due.Time == "" {
		t.Due.Zone = v.text(propZone)
	}
	rule := v.text(propRule)
	repeats := len(v.rules) > 0 || rule != ""
	if length, ok := icalendar.Duration(v.text("DURATION")); ok && begin != nil && t.Due == nil {
		if end, ok := r.around.instant(*begin); ok && begin.Time != "" {
			t.Due = dueAt(end.Add(length).In(r.around.now.Location()))
		}
		t.DurationMinutes = int(length.Minutes())
	}
	switch {
	case begin == nil:
	case repeats && t.Due == nil:
		t.Due = begin
	case !repeats && t.Start == "":
		t.Start = begin.Date
	}
	if !repeats {
		return nil
	}
	if t.Due == nil {
		return failure.InvalidField("RRULE", "needs a DUE or DTSTART to start from")
	}
	if rule == "" {
		rule = strings.Join(append([]string{startLine(*t.Due, r.around.zone())}, v.rules...), "\n")
	}
	if _, t.Recurrence, err = r.around.recurrenceOf(rule, t.Due); err != nil {
		return failure.InvalidField("RRULE", "%s", failure.Public(err).Message)
	}
	if anchor := v.text(propAnchor); anchor == todo.AnchorCompletion {
		t.Recurrence.Anchor = anchor
	}
	return nil
}

// startLine is a due as the start of a recurrence.
func startLine(due todo.Due, zone string) string {
	date := strings.ReplaceAll(due.Date, "-", "")
	if due.Time == "" {
		return "DTSTART;VALUE=DATE:" + date
	}
	if due.Zone != "" {
		zone = due.Zone
	}
	return "DTSTART;TZID=" + zone + ":" + date + "T" + strings.ReplaceAll(due.Time, ":", "") + "00"
}

// maxMinutesBefore is how long before a due a reminder can be.
const maxMinutesBefore = 527_040

// reminder adds a reminder, as minutes before the due where it can be that.
func (r *icsReader) reminder(t *Task, v vtodo, trigger icalendar.Line, line *Line) {
	if at, err := time.Parse(icalendar.UTCForm, trigger.Value); err == nil {
		t.remindAt(at)
		return
	}
	offset, ok := icalendar.Duration(trigger.Value)
	base := t.Due
	if !strings.EqualFold(trigger.Params["RELATED"], "END") || base == nil {
		if begin, err := r.due(v.props["DTSTART"], nil); err == nil && begin != nil {
			base = begin
		}
	}
	if !ok || base == nil {
		line.note("a reminder is left out, because it counts from nothing that the task has")
		return
	}
	before := -int(offset.Minutes())
	if base.Time == "" {
		before += minutesOfDay(r.around.dayStart)
	}
	if t.Due != nil && *base == *t.Due && before >= 0 && before <= maxMinutesBefore {
		t.remindBefore(before, line)
		return
	}
	if at, ok := r.around.instant(*base); ok {
		t.remindAt(at.Add(offset))
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }

// unexpectedEnd is an end in the middle of a task.
func unexpectedEnd(err error) error {
	if isEnd(err) {
		return failure.New(failure.Invalid, "the file ends in the middle of a task")
	}
	return err
}

// ofICS says in words for people why a calendar cannot be read.
func ofICS(err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	if known, ok := errors.AsType[*failure.Error](err); ok {
		return known
	}
	if fault, ok := errors.AsType[*icalendar.Fault](err); ok {
		return failure.New(failure.Invalid, "the file is no calendar: %s", fault)
	}
	return notArrived(err)
}
