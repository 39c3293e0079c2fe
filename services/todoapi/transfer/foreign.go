package transfer

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// foreignID is an id that another program writes as a text or as a number; zero and null are none.
type foreignID string

// UnmarshalJSON reads either form.
func (id *foreignID) UnmarshalJSON(raw []byte) error {
	switch jsontext.Value(raw).Kind() {
	case '0':
		*id = foreignID(raw)
	case '"':
		return jsonv2.Unmarshal(raw, (*string)(id))
	case 'n':
	default:
		return failure.New(failure.Invalid, "is no id")
	}
	if *id == "0" {
		*id = ""
	}
	return nil
}

// foreignFlag is a yes or no that another program writes as such or as 1 and 0.
type foreignFlag bool

// UnmarshalJSON reads either form.
func (f *foreignFlag) UnmarshalJSON(raw []byte) error {
	*f = string(raw) == "true" || string(raw) == "1"
	return nil
}

// countElements passes over a list and counts it.
func countElements(in *jsontext.Decoder, n *int) error {
	return eachElement(in, func(int) error {
		*n++
		return in.SkipValue()
	})
}

// orderKey is a position that sorts byte by byte as numbers do.
func orderKey(order float64) string {
	bits := math.Float64bits(order)
	if math.Signbit(order) {
		return fmt.Sprintf("%016x", ^bits)
	}
	return fmt.Sprintf("%016x", bits|1<<63)
}

// foreignMoment is a moment that a file gives as text, nil where it gives none. Programs write the year 1
// for none.
func foreignMoment(text string) *time.Time {
	at, ok := instantOf(text)
	if !ok || at.Year() <= 1 {
		return nil
	}
	return &at
}

// zoneNamed is the zone of an IANA or Windows name, that of the user for "".
func (a surroundings) zoneNamed(name string) (*time.Location, error) {
	if name == "" {
		return a.now.Location(), nil
	}
	canonical, err := zones.Canonical(name)
	if err != nil {
		return nil, failure.New(failure.Invalid, "%s", err)
	}
	return zones.Load(canonical)
}

// zoneOr is zoneNamed, which takes the user's zone for one that is not known, and says so.
func (a surroundings) zoneOr(name string, line *Line) *time.Location {
	zone, err := a.zoneNamed(name)
	if err != nil {
		line.note("the zone %q is not known, and yours is taken", shortened(name))
		return a.now.Location()
	}
	return zone
}

// dueIn is what clocks in a zone read at a moment, as a due.
func (a surroundings) dueIn(zone *time.Location, at time.Time) *todo.Due {
	due := dueAt(at.In(zone))
	if zone.String() != a.zone() {
		due.Zone = zone.String()
	}
	return due
}

// repeat makes a task recur by a rule or in words. A task keeps its due where that is not possible.
func (a surroundings) repeat(t *Task, line *Line, text string) {
	if t.Due == nil {
		line.note("recurrence: it does not repeat, because it has no due date to start from")
		return
	}
	words := !isRule(text)
	if !words {
		text = startLine(*t.Due, a.zone()) + "\n" + text
	}
	_, repeats, err := a.recurrenceOf(text, t.Due)
	switch {
	case err == nil:
		t.Recurrence = repeats
	case words:
		line.note("recurrence: %q is not understood; it has its date and does not repeat", shortened(text))
	default:
		line.note("recurrence: %s; it has its date and does not repeat", failure.Public(err).Message)
	}
}

// oneLine is a text without line ends and white space around it.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// maxTags is how many tags a task may have. One more is enough for it to be refused.
const maxTags = 50

// addTag gives a task a tag, once.
func (t *Task) addTag(name string) {
	if name = oneLine(name); name != "" && len(t.Tags) <= maxTags && !containsFolded(t.Tags, name) {
		t.Tags = append(t.Tags, name)
	}
}

// complete completes a task, now where it is not known when that was.
func (t *Task) complete(at *time.Time, now time.Time, line *Line) {
	if t.CompletedAt = at; at == nil {
		t.CompletedAt = &now
		line.note("it counts as completed now, because the file does not say when it was")
	}
}

// completeWith completes a step of a task that is completed.
func (t *Task) completeWith(parent Task, line *Line) {
	if t.CompletedAt = parent.CompletedAt; t.CompletedAt != nil {
		line.note("it is completed with the task that it is part of")
	}
}

// takes sets how long a task takes.
func (t *Task) takes(length time.Duration, line *Line) {
	minutes := int(length.Minutes())
	if minutes < 1 || minutes > maxDurationMinutes {
		line.note("its duration is not taken over: it must be from a minute to %d days", maxDurationMinutes/60/24)
		return
	}
	t.DurationMinutes = minutes
}

// maxDurationMinutes is the longest that a task can take.
const maxDurationMinutes = 527_040

// addNotes adds a paragraph to the notes.
func (t *Task) addNotes(text string) {
	t.Notes = strings.TrimSpace(t.Notes + "\n\n" + text)
}

// maxReminders is how many reminders a task may have. One more is enough for it to be refused.
const maxReminders = 20

// remind adds a reminder.
func (t *Task) remind(reminder todo.Reminder) {
	if len(t.Reminders) <= maxReminders {
		t.Reminders = append(t.Reminders, reminder)
	}
}

// remindBefore adds a reminder so many minutes before the due.
func (t *Task) remindBefore(minutes int, line *Line) {
	if t.Due == nil || minutes < 0 || minutes > maxMinutesBefore {
		line.note("a reminder is left out, because it counts from nothing that the task has")
		return
	}
	t.remind(todo.Reminder{MinutesBefore: &minutes})
}

// remindAt adds a reminder at a moment.
func (t *Task) remindAt(at time.Time) {
	utc := at.UTC()
	t.remind(todo.Reminder{At: &utc})
}

// settleParents takes tasks out of others that are not in the file.
func (w *world) settleParents() {
	ids := make(map[string]bool, len(w.tasks))
	for _, t := range w.tasks {
		ids[t.value.ID] = true
	}
	for i := range w.tasks {
		if t := &w.tasks[i]; t.value.ParentID != "" && !ids[t.value.ParentID] {
			t.value.ParentID = ""
			t.line.note("it is part of no task, because the one that it names is not in the file")
		}
	}
}

// htmlTag is by what a text is known to be HTML.
var htmlTag = regexp.MustCompile(`(?i)</?(a|b|blockquote|body|br|code|div|em|h[1-6]|html|i|img|input|label|li|ol|p|pre|s|span|strong|table|u|ul)(\s+[a-z-]+=("[^"<>]*"|'[^'<>]*'))*\s*/?>`)

// isHTML tells a text that is HTML from one that is Markdown or plain.
func isHTML(text string) bool { return htmlTag.MatchString(text) }

// maxHTML bounds what is made into Markdown. What is longer has more text than notes may have.
const maxHTML = 256 << 10

// markdownOf makes Markdown of HTML. What cannot be read stays as it is.
func markdownOf(html string) string {
	if len(html) > maxHTML {
		return html
	}
	markdown, err := htmltomarkdown.ConvertString(html)
	if err != nil {
		return html
	}
	return strings.TrimSpace(markdown)
}
