package transfer

import (
	"cmp"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// vocabulary gives the words of a language, or those of English where it has none here.
func vocabulary(locale string) *words.Locale {
	found, err := words.Find(locale)
	if err != nil {
		return words.English()
	}
	return found
}

func (a surroundings) zone() string { return a.now.Location().String() }

func (a surroundings) weekday() recurrence.Weekday {
	return recurrence.Weekday(max(a.weekStart, 1) - 1)
}

// dueLayouts are how programs write a due, without words.
var dueLayouts = []string{
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
}

var instantLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00"}

// dueOf reads when something is due, and how it repeats if the text says so: a date or time as
// programs write it, or words. The zone is the user's, where due names none.
func (a surroundings) dueOf(text string) (*todo.Due, *todo.Recurrence, error) {
	text = strings.TrimSpace(text)
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return &todo.Due{Date: text}, nil, nil
	}
	for _, layout := range dueLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return dueAt(at), nil, nil
		}
	}
	if at, ok := instantOf(text); ok {
		return dueAt(at.In(a.now.Location())), nil, nil
	}
	read := quickadd.Parse(text, quickadd.Options{Now: a.now, Locale: vocabulary(a.locale), WeekStart: a.weekday()})
	if len(read) != 1 || read[0].Due == nil || !isAllOf(text, read[0].Spans) {
		return nil, nil, failure.New(failure.Invalid, "%q is no date that is understood; write one such as 2026-12-01 or 2026-12-01 09:00", text)
	}
	found := read[0]
	due := &todo.Due{Date: found.Due.Date, Time: found.Due.Time[:min(len(found.Due.Time), len("15:04"))], Zone: found.Due.Zone}
	if due.Zone == a.zone() {
		due.Zone = ""
	}
	if found.Recurrence == nil {
		return due, nil, nil
	}
	return due, &todo.Recurrence{Rule: found.Recurrence.Rule, Anchor: string(found.Recurrence.Anchor)}, nil
}

func dueAt(at time.Time) *todo.Due {
	return &todo.Due{Date: at.Format(time.DateOnly), Time: at.Format("15:04")}
}

func instantOf(text string) (time.Time, bool) {
	for _, layout := range instantLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// instant is the moment of a due; a whole day begins at midnight.
func (a surroundings) instant(due todo.Due) (time.Time, bool) {
	wall, err := due.Wall("00:00")
	if err != nil {
		return time.Time{}, false
	}
	zone, err := due.Location(a.zone())
	if err != nil {
		return time.Time{}, false
	}
	return todo.Instant(wall, zone), true
}

// isAllOf tells that nothing of a text is outside of what was understood as a date, a time or a
// recurrence.
func isAllOf(text string, spans []quickadd.Span) bool {
	rest := []byte(text)
	for _, span := range spans {
		switch span.Kind {
		case quickadd.Date, quickadd.Time, quickadd.Recurrence:
			copy(rest[span.Start:span.End], strings.Repeat(" ", span.End-span.Start))
		default:
			return false
		}
	}
	return strings.Trim(string(rest), " ,;.\u00a0") == ""
}

// recurrenceOf reads how something repeats, as a rule (RFC 5545) or in words. due is the first
// time of it, where the text says that or due was nil.
func (a surroundings) recurrenceOf(text string, due *todo.Due) (*todo.Due, *todo.Recurrence, error) {
	text = strings.TrimSpace(text)
	if !isRule(text) {
		first, repeat, err := a.dueOf(text)
		if err != nil || repeat == nil {
			return nil, nil, failure.New(failure.Invalid, "%q is no recurrence that is understood; write one such as every week, or FREQ=WEEKLY", text)
		}
		if due == nil {
			due = first
		}
		return due, repeat, nil
	}
	set, err := recurrence.Import(text, a.zone())
	if err != nil {
		return nil, nil, failure.New(failure.Invalid, "the rule cannot be followed: %s", err)
	}
	if start := set.Start; !start.IsZero() {
		if due == nil {
			due = &todo.Due{Date: start.Date, Time: start.Time[:min(len(start.Time), len("15:04"))], Zone: start.Zone}
		}
		set.Start = recurrence.Due{}
	}
	return due, &todo.Recurrence{Rule: set.String(), Anchor: todo.AnchorSchedule}, nil
}

func isRule(text string) bool {
	upper := strings.ToUpper(text)
	for _, beginning := range []string{"FREQ=", "RRULE", "DTSTART", "RSCALE=", "INTERVAL=", "RDATE"} {
		if strings.HasPrefix(upper, beginning) {
			return true
		}
	}
	return false
}

// minutesOf reads how long something takes: a number of minutes, or words such as 1h 30m.
func (a surroundings) minutesOf(text string) (int, error) {
	text = strings.TrimSpace(text)
	if minutes, ok := numberOf(text); ok {
		return minutes, nil
	}
	length, end, ok := dates.DurationAt(text, 0, dates.Options{Now: a.now, Locale: vocabulary(a.locale), WeekStart: a.weekday()})
	if !ok || end != len(text) || length < time.Minute {
		return 0, failure.New(failure.Invalid, "%q is no length of time that is understood; write minutes, such as 90", text)
	}
	return int(length.Minutes()), nil
}

func numberOf(text string) (n int, ok bool) {
	for _, digit := range text {
		if digit < '0' || digit > '9' || n > 1_000_000 {
			return 0, false
		}
		n = 10*n + int(digit-'0')
	}
	return n, text != ""
}

// dayOf reads a day.
func (a surroundings) dayOf(text string) (string, error) {
	due, _, err := a.dueOf(text)
	if err != nil {
		return "", err
	}
	return due.Date, nil
}

// places makes projects and sections of a file as tasks name them, each once.
type places struct {
	world    *world
	projects map[string]string // ids by paths in lower case
	sections map[string]string
}

func newPlaces(w *world) *places {
	return &places{w, map[string]string{}, map[string]string{}}
}

// project gives the id of the project at a path such as Work/Clients.
func (p *places) project(at, path string) (string, error) {
	id, key := "", ""
	for _, name := range splitEscaped(path, '/') {
		parent := id
		key += "/" + escaped(strings.ToLower(name), '/')
		if id = p.projects[key]; id != "" {
			continue
		}
		id = "path:" + key
		if err := p.world.addProject(at, Project{ID: id, Name: name, ParentID: parent}); err != nil {
			return "", err
		}
		p.projects[key] = id
	}
	return id, nil
}

// section gives the id of a section of a project.
func (p *places) section(at, project, name string) (string, error) {
	key := project + "\x00" + strings.ToLower(name)
	if id := p.sections[key]; id != "" {
		return id, nil
	}
	id := "section:" + key
	if err := p.world.addSection(at, Section{ID: id, ProjectID: project, Name: name}); err != nil {
		return "", err
	}
	p.sections[key] = id
	return id, nil
}

// escaped writes a name so that it can stand among others between separators.
func escaped(name string, separator byte) string {
	return strings.NewReplacer(`\`, `\\`, string(separator), `\`+string(separator)).Replace(name)
}

// splitEscaped is the opposite: the names between separators, without white space around them and
// without empty ones.
func splitEscaped(text string, separator byte) []string {
	var names []string
	var name strings.Builder
	end := func() {
		if trimmed := strings.TrimSpace(name.String()); trimmed != "" {
			names = append(names, trimmed)
		}
		name.Reset()
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '\\' || text[i+1] == separator):
			i++
			name.WriteByte(text[i])
		case text[i] == separator:
			end()
		default:
			name.WriteByte(text[i])
		}
	}
	end()
	return names
}

// completedOf reads whether and when something was completed.
func (a surroundings) completedOf(text string) (*time.Time, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "", "no", "false", "0", "open", "nein":
		return nil, nil
	case "yes", "true", "1", "x", "done", "completed", "ja":
		now := a.now
		return &now, nil
	}
	if at, ok := instantOf(text); ok {
		return &at, nil
	}
	due, _, err := a.dueOf(text)
	if err != nil {
		return nil, err
	}
	wall, err := due.Wall(todo.DefaultDayStart)
	if err != nil {
		return nil, err
	}
	zone, err := due.Location(a.zone())
	at := todo.Instant(wall, zone)
	return &at, err
}

// priorityOf reads a priority from 1 to 4.
func priorityOf(text string) (int, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return 4, nil
	case "1", "p1", "high", "urgent":
		return 1, nil
	case "2", "p2", "medium":
		return 2, nil
	case "3", "p3", "low":
		return 3, nil
	case "4", "p4", "none":
		return 4, nil
	}
	return 0, failure.New(failure.Invalid, "%q is no priority from 1, the most urgent, to 4", text)
}

// inZone are the same surroundings where clocks are those of another zone, if a name is given.
func (a surroundings) inZone(name string) (surroundings, error) {
	if name == "" {
		return a, nil
	}
	zone, err := a.zoneNamed(name)
	if err != nil {
		return a, err
	}
	a.now = a.now.In(zone)
	return a, nil
}

// orFirst is the first of two texts that is not blank.
func orFirst(a, b string) string { return cmp.Or(strings.TrimSpace(a), strings.TrimSpace(b)) }
