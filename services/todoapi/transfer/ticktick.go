package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/icalendar"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// tickTickRows makes a world of the rows of a backup of TickTick.
type tickTickRows struct {
	*table
	world  *world
	around surroundings
	places *places
}

// readTickTick reads a backup of TickTick: a table after some lines that say what it is.
func readTickTick(body io.Reader, around surroundings) (*world, error) {
	in := bufio.NewReaderSize(body, maxHeader)
	skipped, err := toTickTickHeader(in)
	if err != nil {
		return nil, err
	}
	rows, err := openTable(in)
	if err != nil {
		return nil, err
	}
	rows.above = skipped
	w := &world{}
	r := tickTickRows{rows, w, around, newPlaces(w)}
	for {
		row, at, err := r.next()
		if errors.Is(err, io.EOF) {
			w.settleParents()
			return w, nil
		}
		if err == nil {
			err = r.add(row, at)
		}
		if err != nil {
			return nil, err
		}
	}
}

// toTickTickHeader discards the lines before the one that names the columns, and counts them.
func toTickTickHeader(in *bufio.Reader) (lines int, err error) {
	first, err := in.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, ofTable(err)
	}
	for begin := 0; begin < len(first); lines++ {
		line, _, _ := bytes.Cut(first[begin:], []byte("\n"))
		if bytes.Contains(line, []byte("List Name")) && bytes.Contains(line, []byte("Title")) {
			_, _ = in.Discard(begin) // it was peeked at
			return lines, nil
		}
		begin += len(line) + 1
	}
	return 0, failure.New(failure.Invalid, `the file is no backup of TickTick: no line names the columns "List Name" and "Title"`)
}

func (r tickTickRows) add(row []string, at string) (err error) {
	cell := func(column string) string { return strings.TrimSpace(r.cell(row, column)) }
	order, _ := strconv.ParseFloat(cell("order"), 64) // what is no number has no place among others
	t := Task{
		ID: orFirst(cell("taskid"), at), ParentID: cell("parentid"), Title: oneLine(cell("title")), Notes: r.cell(row, "content"),
		Priority: tickTickPriority(cell("priority")), Position: orderKey(order), CreatedAt: foreignMoment(cell("created time")),
	}
	for tag := range strings.SplitSeq(cell("tags"), ",") {
		t.addTag(tag)
	}
	if err := r.place(at, &t, cell); err != nil {
		return err
	}
	line, err := r.world.addTask(at, t)
	if err != nil {
		return err
	}
	added := r.world.lastTask()
	r.schedule(added, line, cell)
	switch cell("status") {
	case "", "0":
	case "-1":
		added.complete(foreignMoment(cell("completed time")), r.around.now, line)
		line.note("it is completed here, and will not be done in TickTick")
	default: // 1 is completed, and 2 completed and archived
		added.complete(foreignMoment(cell("completed time")), r.around.now, line)
	}
	if strings.EqualFold(cell("kind"), "note") {
		line.note("it is a task here, and a note in TickTick")
	}
	if strings.EqualFold(cell("is check list"), "y") {
		return r.addSteps(at, added)
	}
	return nil
}

// tickTickPriority is a priority of 5, 3, 1 or 0, which is none.
func tickTickPriority(text string) int {
	switch text {
	case "5":
		return 1
	case "3":
		return 2
	case "1":
		return 3
	}
	return 4
}

// place puts a task into the list of a folder that it is in, and into its column.
func (r tickTickRows) place(at string, t *Task, cell func(string) string) (err error) {
	list := escaped(cell("list name"), '/')
	if folder := escaped(cell("folder name"), '/'); folder != "" {
		list = folder + "/" + list
	}
	if list == "" || strings.EqualFold(strings.TrimPrefix(list, "📥"), "inbox") {
		list = r.around.project
	}
	if list == "" {
		return nil
	}
	if t.ProjectID, err = r.places.project(at, list); err != nil {
		return err
	}
	if column := cell("column name"); column != "" {
		t.SectionID, err = r.places.section(at, t.ProjectID, column)
	}
	return err
}

// schedule reads dates, which are moments: whole days are their midnights in the zone of the task,
// and what floats has the same time in each zone.
func (r tickTickRows) schedule(t *Task, line *Line, cell func(string) string) {
	zone := r.around.zoneOr(cell("timezone"), line)
	moment := func(column string) *time.Time {
		at := foreignMoment(cell(column))
		if at == nil && cell(column) != "" {
			line.note("%s: %q is not a date", column, shortened(cell(column)))
		}
		return at
	}
	start, end := moment("start date"), moment("due date")
	whole := strings.EqualFold(cell("is all day"), "true")
	due := func(at time.Time) *todo.Due {
		found := r.around.dueIn(zone, at)
		if whole {
			found.Time = ""
		}
		if whole || strings.EqualFold(cell("is floating"), "true") {
			found.Zone = ""
		}
		return found
	}
	switch {
	case end == nil && start != nil:
		t.Due = due(*start)
	case end != nil:
		t.Due = due(*end)
		if begin := start; begin != nil && begin.Before(*end) {
			from := due(*begin)
			if from.Date == t.Due.Date {
				t.Due = from
				t.takes(end.Sub(*begin), line)
			} else {
				t.Start = from.Date
			}
		}
	}
	for trigger := range strings.FieldsFuncSeq(cell("reminder"), func(c rune) bool { return c == ',' || c == '\n' }) {
		r.remind(t, strings.TrimPrefix(strings.TrimSpace(trigger), "TRIGGER:"), line)
	}
	if rule := cell("repeat"); rule != "" {
		r.repeat(t, line, rule)
	}
}

// remind adds a reminder: before the due, or at a time of the day that is due.
func (r tickTickRows) remind(t *Task, trigger string, line *Line) {
	offset, ok := icalendar.Duration(trigger)
	switch {
	case !ok:
		line.note("a reminder is left out: %q is not understood", shortened(trigger))
	case t.Due == nil:
		line.note("a reminder is left out, because it counts from nothing that the task has")
	case t.Due.Time != "":
		t.remindBefore(int(offset.Abs().Minutes()), line)
	default:
		if midnight, ok := r.around.instant(*t.Due); ok {
			t.remindAt(midnight.Add(offset))
		}
	}
}

// tickTickParts are parts of rules that only TickTick knows.
var tickTickParts = regexp.MustCompile(`(?i);?TT_[A-Z]+=[^;\n]*`)

// repeat reads a rule, which has parts of TickTick's own in it.
func (r tickTickRows) repeat(t *Task, line *Line, rule string) {
	if own := tickTickParts.FindString(rule); own != "" {
		line.note("recurrence: %q is not taken over", shortened(strings.Trim(own, ";")))
		rule = strings.Replace(tickTickParts.ReplaceAllString(rule, ""), ":;", ":", 1)
	}
	r.around.repeat(t, line, rule)
}

// Marks of the steps of a task in its content.
const (
	tickTickOpen = "▫"
	tickTickDone = "▪"
)

// addSteps makes tasks of the steps in the content of a task, which keeps the rest as its notes.
func (r tickTickRows) addSteps(at string, added *Task) error {
	parent := *added
	var rest []string
	var steps []Task
	for text := range strings.FieldsFuncSeq(parent.Notes, func(c rune) bool { return c == '\n' || c == '\r' }) {
		open, isOpen := strings.CutPrefix(text, tickTickOpen)
		done, isDone := strings.CutPrefix(text, tickTickDone)
		switch {
		case isOpen:
			steps = append(steps, Task{Title: oneLine(open)})
		case isDone:
			steps = append(steps, Task{Title: oneLine(done), CompletedAt: &r.around.now})
		default:
			rest = append(rest, text)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	added.Notes = strings.Join(rest, "\n")
	for n, step := range steps {
		step.ID, step.ParentID, step.ProjectID, step.SectionID, step.Priority = parent.ID+"/"+strconv.Itoa(n), parent.ID, parent.ProjectID, parent.SectionID, 4
		line, err := r.world.addTask(at, step)
		if err != nil {
			return err
		}
		if step.CompletedAt == nil {
			r.world.lastTask().completeWith(parent, line)
		}
	}
	return nil
}
