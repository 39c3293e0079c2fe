// Package todo holds what the product is about, in the form in which people, the change
// feed and all services see it: tasks, when they are due and how they repeat, and the
// settings of a person.
package todo

import "time"

// Anchors of a recurrence: from what the next occurrence is reckoned.
const (
	// AnchorSchedule reckons from the due date of the occurrence before.
	AnchorSchedule = "schedule"
	// AnchorCompletion reckons from the day on which the occurrence before was completed.
	AnchorCompletion = "completion"
)

// Task is one thing to do.
type Task struct {
	ID          string      `json:"id" format:"uuid"` // UUIDv7
	Version     int64       `json:"version" doc:"Counts the changes of the task"`
	Title       string      `json:"title"`
	Notes       string      `json:"notes" doc:"Markdown"`
	Priority    int         `json:"priority" enum:"1,2,3,4" doc:"1 is the most urgent, 4 means none"`
	Tags        []string    `json:"tags"`
	Due         *Due        `json:"due"`
	Recurrence  *Recurrence `json:"recurrence"`
	Reminders   []Reminder  `json:"reminders"`
	Series      *Series     `json:"series"`
	CompletedAt *time.Time  `json:"completedAt"`
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`

	ProjectID       *string  `json:"projectId" doc:"The project that the task is in; null: the inbox"`
	SectionID       *string  `json:"sectionId" doc:"The section of the project"`
	ParentID        *string  `json:"parentId" doc:"The task that this one is part of"`
	Start           *string  `json:"start" format:"date" doc:"Day from which the task can be done, YYYY-MM-DD"`
	Deadline        *string  `json:"deadline" format:"date" doc:"Day by which the task must be done, YYYY-MM-DD"`
	DurationMinutes *int     `json:"durationMinutes" doc:"How long the task takes"`
	Notify          []string `json:"notify" nullable:"true" enum:"email,push" doc:"How reminders of the task come besides in the page; null: as the settings say"`
	Usual           *Usual   `json:"usual" doc:"Of a recurring task: what the occurrences that follow have where this one was changed alone"`
	Position        string   `json:"position" doc:"Order key: tasks of one list sort by it, byte by byte, as people have put them into order"`
}

// Usual holds fields of a series that one occurrence has otherwise. What it lacks is the same.
type Usual struct {
	Title           *string     `json:"title,omitempty"`
	Notes           *string     `json:"notes,omitempty"`
	Priority        *int        `json:"priority,omitempty"`
	Tags            *[]string   `json:"tags,omitempty"`
	Reminders       *[]Reminder `json:"reminders,omitempty"`
	Start           *string     `json:"start,omitempty" nullable:"true" format:"date"`
	Deadline        *string     `json:"deadline,omitempty" nullable:"true" format:"date"`
	DurationMinutes *int        `json:"durationMinutes,omitempty" nullable:"true"`
	Notify          *[]string   `json:"notify,omitempty" nullable:"true" enum:"email,push"`
}

// Due is a day, or a local time on it in a zone.
type Due struct {
	Date string `json:"date" format:"date" example:"2026-12-01" doc:"Day, YYYY-MM-DD"`
	Time string `json:"time,omitempty" example:"09:00" doc:"Local time, HH:MM; the whole day when absent"`
	Zone string `json:"zone,omitempty" maxLength:"64" example:"Europe/Berlin" doc:"IANA zone of date and time; the user's zone when absent"`
}

// Recurrence says how a task repeats.
type Recurrence struct {
	Rule   string `json:"rule" maxLength:"500" example:"FREQ=WEEKLY;BYDAY=MO" doc:"RFC 5545 recurrence rule"`
	Anchor string `json:"anchor,omitempty" enum:"schedule,completion" default:"schedule" doc:"From what the next occurrence is reckoned: the due date, or the day of completion"`
	Paused bool   `json:"paused,omitempty" doc:"Whether the task waits for the time being: it counts as due at no time and reminds of nothing"`
}

// Reminder is a moment at which to remind of a task: a fixed one, or minutes before due.
type Reminder struct {
	ID            string     `json:"id,omitempty" format:"uuid" doc:"Given by the platform to a new reminder; keep it to keep the reminder"`
	At            *time.Time `json:"at,omitempty" doc:"Moment of the reminder"`
	MinutesBefore *int       `json:"minutesBefore,omitempty" minimum:"0" maximum:"527040" doc:"Minutes before due; a whole day counts from the person's start of the day"`
}

// Series ties the occurrences of a recurring task together.
type Series struct {
	ID         string `json:"id"`
	Occurrence int64  `json:"occurrence" doc:"Counts from 0; one task at most for each number"`
	Start      Due    `json:"start" doc:"Due of occurrence 0"`
	Ended      string `json:"ended,omitempty" doc:"Why no occurrence could follow this one, where that is not the rule's own end"`
}
