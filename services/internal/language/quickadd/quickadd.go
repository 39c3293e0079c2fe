package quickadd

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Prefixes names the signs before tags and projects.
type Prefixes string

// The sets of prefixes, by the products that made them known. The empty one means
// PrefixesTodoist.
const (
	PrefixesTodoist Prefixes = "todoist" // @tag #project
	PrefixesVikunja Prefixes = "vikunja" // *tag +project
)

// Known reports whether there is such a set.
func (p Prefixes) Known() bool {
	return p == "" || p == PrefixesTodoist || p == PrefixesVikunja
}

func (p Prefixes) tag() byte {
	if p == PrefixesVikunja {
		return '*'
	}
	return '@'
}

func (p Prefixes) project() byte {
	if p == PrefixesVikunja {
		return '+'
	}
	return '#'
}

// Options is what the words of a text depend on.
type Options struct {
	// Now is the present in the zone of the user, whose location has an IANA name.
	Now time.Time
	// Locale has the words and the order of dates; nil means English.
	Locale    *words.Locale
	WeekStart recurrence.Weekday
	Prefixes  Prefixes
	// Ignore lists what stays text although it could be understood.
	Ignore []Range
}

// Range is a piece of a text, in bytes.
type Range struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Kind is what a span says.
type Kind string

// The kinds of spans.
const (
	Date       Kind = "date"
	Time       Kind = "time"
	Duration   Kind = "duration"
	Recurrence Kind = "recurrence"
	Deadline   Kind = "deadline"
	Start      Kind = "start"
	Priority   Kind = "priority"
	Tag        Kind = "tag"
	Project    Kind = "project"
	Section    Kind = "section"
	ReminderOn Kind = "reminder"
)

// Span is a piece of the text that was understood.
type Span struct {
	Kind  Kind `json:"kind" enum:"date,time,duration,recurrence,deadline,priority,tag,project,section,reminder"`
	Start int  `json:"start"` // bytes of UTF-8
	End   int  `json:"end"`
	// StartUTF16 and EndUTF16 count UTF-16 code units, as browsers do.
	StartUTF16 int    `json:"startUTF16"`
	EndUTF16   int    `json:"endUTF16"`
	Text       string `json:"text"`
}

// Repeat is the recurrence of a task as it is stored.
type Repeat struct {
	Rule   string            `json:"rule"`
	Anchor recurrence.Anchor `json:"anchor" enum:"schedule,completion"`
}

// Reminder is at an instant, or some minutes before the due.
type Reminder struct {
	At            string `json:"at,omitempty"` // RFC 3339
	MinutesBefore *int   `json:"minutesBefore,omitempty"`
}

// LowestPriority is the priority of a task that names none; 1 is the highest.
const LowestPriority = 4

// Task is what one line says. What it does not say is left out of the JSON.
type Task struct {
	Title           string          `json:"title"`
	Due             *recurrence.Due `json:"due,omitempty"`
	Deadline        *recurrence.Due `json:"deadline,omitempty"`
	Start           *recurrence.Due `json:"start,omitempty"`
	DurationSeconds int64           `json:"durationSeconds,omitempty"`
	Recurrence      *Repeat         `json:"recurrence,omitempty"`
	Priority        int             `json:"priority" enum:"1,2,3,4"`
	Tags            []string        `json:"tags"`
	Project         string          `json:"project,omitempty"`
	Section         string          `json:"section,omitempty"`
	Reminders       []Reminder      `json:"reminders"`
	Spans           []Span          `json:"spans"`
}

// MaxLine is the longest line, in bytes, in which anything is understood; a
// longer one is all title.
const MaxLine = dates.MaxText

// Parse gives one task for each line of a text that is not blank.
func Parse(text string, options Options) []Task {
	if options.Locale == nil {
		options.Locale = words.English()
	}
	tasks := []Task{}
	rows := rowsOf(text)
	for _, row := range rows {
		l := newLine(text[row.Start:row.End], row.Start, options)
		if len(rows) > 1 {
			l.leaveOutBullet()
		}
		tasks = append(tasks, l.parse())
	}
	countUTF16(text, tasks)
	return tasks
}

// rowsOf finds the lines that are not blank.
func rowsOf(text string) []Range {
	var rows []Range
	for start := 0; start < len(text); {
		end := strings.IndexAny(text[start:], "\r\n")
		if end < 0 {
			end = len(text) - start
		}
		if strings.TrimSpace(text[start:start+end]) != "" {
			rows = append(rows, Range{start, start + end})
		}
		start += end + 1
	}
	return rows
}

// countUTF16 fills in the offsets in UTF-16; the spans are in order.
func countUTF16(text string, tasks []Task) {
	at, units := 0, 0
	advance := func(to int) int {
		for _, r := range text[at:to] {
			units++
			if r > 0xFFFF {
				units++
			}
		}
		at = to
		return units
	}
	for i := range tasks {
		for j := range tasks[i].Spans {
			span := &tasks[i].Spans[j]
			span.StartUTF16 = advance(span.Start)
			span.EndUTF16 = advance(span.End)
		}
	}
}

// line is a task in the making.
type line struct {
	text    string
	offset  int // of the line in the whole text
	options Options
	// masked is the text in which what is settled is hidden from the next step: an
	// x for what is literal, as if it were an unknown word, and a NUL with spaces
	// for what was understood or is to be ignored.
	masked []byte
	// gone is what the title leaves out.
	gone []Range
	task Task
}

func newLine(text string, offset int, options Options) *line {
	masked := []byte(text)
	for i, r := range text {
		if r != ' ' && unicode.IsSpace(r) {
			copy(masked[i:], "   "[:utf8.RuneLen(r)])
		}
	}
	return &line{
		text: text, offset: offset, options: options, masked: masked,
		task: Task{Priority: LowestPriority, Tags: []string{}, Reminders: []Reminder{}, Spans: []Span{}},
	}
}

// dates are the options of the package for dates.
func (l *line) dates() dates.Options {
	return dates.Options{Now: l.options.Now, Locale: l.options.Locale, WeekStart: l.options.WeekStart}
}

func (l *line) parse() Task {
	if len(l.text) <= MaxLine {
		l.literals()
		l.signs()
		l.times()
	}
	l.task.Title = l.title()
	slices.SortFunc(l.task.Spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return l.task
}

// keep makes a piece of the line stay text.
func (l *line) keep(start, end int) {
	for i := start; i < end; i++ {
		l.masked[i] = 'x'
	}
}

// mark notes a span.
func (l *line) mark(kind Kind, start, end int) {
	l.task.Spans = append(l.task.Spans, Span{
		Kind: kind, Start: l.offset + start, End: l.offset + end, Text: l.text[start:end],
	})
}

// leaveOut takes a piece out of the title.
func (l *line) leaveOut(start, end int) {
	l.gone = append(l.gone, Range{start, end})
	l.hide(start, end)
}

// hide keeps a piece from the steps that follow.
func (l *line) hide(start, end int) {
	for i := start; i < end; i++ {
		l.masked[i] = ' '
	}
	if start < end {
		l.masked[start] = 0
	}
}

// understood is mark and leaveOut.
func (l *line) understood(kind Kind, start, end int) {
	l.mark(kind, start, end)
	l.leaveOut(start, end)
}
