// Package intent reads what people say to the chatbot: which of the things that it can do they
// want, of which tasks, and with what. It knows no task and changes none. What it cannot read as a
// whole it does not read at all, so that nothing is done that was not said.
package intent

import "github.com/todoplatform/todoplatform/services/internal/language/recurrence"

// Verb is what a person wants.
type Verb string

// The verbs.
const (
	Add      Verb = "add"      // tasks: Lines
	Find     Verb = "find"     // tasks: Target
	Count    Verb = "count"    // how many tasks there are: Target
	When     Verb = "when"     // a task is due: Target
	Did      Verb = "did"      // whether a task is done: Target
	Show     Verb = "show"     // all of one task: Target
	Complete Verb = "complete" // tasks: Target
	Reopen   Verb = "reopen"   // tasks: Target
	Delete   Verb = "delete"   // tasks: Target
	Change   Verb = "change"   // tasks: Target, Changes
	Remind   Verb = "remind"   // of tasks: Target, Reminder
	Snooze   Verb = "snooze"   // reminders: Target, Reminder
	Skip     Verb = "skip"     // an occurrence: Target
	Pause    Verb = "pause"    // a series: Target
	Resume   Verb = "resume"   // a series: Target
	Comment  Verb = "comment"  // on a task: Target, Text

	Summarize Verb = "summarize" // days: Days, Past
	Free      Verb = "free"      // time in days: Days

	AddProject   Verb = "add-project" // Text is its name
	ListProjects Verb = "list-projects"
	ListTags     Verb = "list-tags"
	ListFilters  Verb = "list-filters"

	Undo Verb = "undo" // what was done last
	Help Verb = "help" // Text is the verb that is asked about, or ""

	Greet Verb = "greet"
	Thank Verb = "thank"

	// What makes sense as an answer alone; see Talk.
	Yes     Verb = "yes"
	No      Verb = "no"
	Choose  Verb = "choose"  // of what was asked: Target
	Correct Verb = "correct" // what was done last, with other Changes or another Target
	More    Verb = "more"    // of what was shown

	// Unknown is anything else; Nearest is what would have been understood.
	Unknown Verb = "unknown"
)

// Intent is what an utterance says.
type Intent struct {
	Verb     Verb      `json:"verb"`
	Target   Target    `json:"target,omitzero"`
	Lines    string    `json:"lines,omitempty"`    // of Add: tasks as quick-add reads them, one a line
	Also     bool      `json:"also,omitempty"`     // of Add: more of what was added last, at the same place
	Reminded bool      `json:"reminded,omitempty"` // of Add: it reminds when it is due ("remind me to …")
	Changes  Changes   `json:"changes,omitzero"`
	Reminder *Reminder `json:"reminder,omitempty"`
	Text     string    `json:"text,omitempty"` // what is to be kept as it was said
	Days     *Days     `json:"days,omitempty"`
	Past     bool      `json:"past,omitempty"`    // of Summarize: what was done, not what lies ahead
	Nearest  string    `json:"nearest,omitempty"` // of Unknown: something near to it that is understood, "" where nothing is
}

// Target says which tasks are meant. Of its parts the first that is set counts, and none means
// that nothing was named.
type Target struct {
	Positions []int  `json:"positions,omitempty"` // in the list that was shown last, from 1; -1 is the last one
	Those     bool   `json:"those,omitempty"`     // what was spoken of last: "it", "both", "them"
	Rest      bool   `json:"rest,omitempty"`      // of the list that was shown last, without what was spoken of since
	Filter    string `json:"filter,omitempty"`    // in the language of package filter, in its English form
	Saved     string `json:"saved,omitempty"`     // name of a filter that is kept
	Words     string `json:"words,omitempty"`     // of the title, as they were said
	First     int    `json:"first,omitempty"`     // how many of them at most, in order of due: "the next three"; 0: all
	// Done says whether tasks that are done are meant: nil where it was not said, which is open
	// ones for all verbs but Did, Reopen and Show.
	Done *bool `json:"done,omitempty"`
}

// Named reports whether t names any task.
func (t Target) Named() bool {
	return len(t.Positions) > 0 || t.Those || t.Rest || t.Filter != "" || t.Saved != "" || t.Words != ""
}

// Changes are what tasks are to become. What is not set stays.
type Changes struct {
	Date   string `json:"date,omitempty"`   // of the due, YYYY-MM-DD; the time stays
	Time   string `json:"time,omitempty"`   // of the due, HH:MM; the day stays, and is today where there is none
	Zone   string `json:"zone,omitempty"`   // IANA name, where one was said with Time
	Whole  bool   `json:"whole,omitempty"`  // the due is a whole day from now on
	NoDue  bool   `json:"noDue,omitempty"`  // the due goes, and with it the recurrence
	Days   int    `json:"days,omitempty"`   // that the due moves; before 0 is earlier
	Months int    `json:"months,omitempty"` // that the due moves
	// Minutes that the due moves; a task for a whole day does not move by it.
	Minutes int `json:"minutes,omitempty"`

	Priority        int      `json:"priority,omitempty"` // 1 to 4
	AddTags         []string `json:"addTags,omitempty"`
	RemoveTags      []string `json:"removeTags,omitempty"`
	Project         string   `json:"project,omitempty"` // its name
	Section         string   `json:"section,omitempty"` // its name, of Project or of the task's own
	Inbox           bool     `json:"inbox,omitempty"`   // out of every project
	Title           string   `json:"title,omitempty"`
	Notes           string   `json:"notes,omitempty"`
	Deadline        string   `json:"deadline,omitempty"` // YYYY-MM-DD
	NoDeadline      bool     `json:"noDeadline,omitempty"`
	Start           string   `json:"start,omitempty"` // YYYY-MM-DD
	DurationMinutes int      `json:"durationMinutes,omitempty"`
	Rule            string   `json:"rule,omitempty"` // RFC 5545
	// Anchor is from what Rule counts.
	Anchor recurrence.Anchor `json:"anchor,omitempty"`
	NoRule bool              `json:"noRule,omitempty"`
}

// Reminder is when to remind: at a moment, or before the due.
type Reminder struct {
	At            string `json:"at,omitempty"`            // RFC 3339
	MinutesBefore *int   `json:"minutesBefore,omitempty"` // the due; 0 is the due itself
	Minutes       int    `json:"minutes,omitempty"`       // from now
}

// Days are days from one to another, both YYYY-MM-DD and included.
type Days struct {
	From  string `json:"from"`
	Until string `json:"until"`
}
