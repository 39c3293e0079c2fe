package events

import "time"

// Types of the events on the topics task-events and task-updates. Their data is a Change.
const (
	TypeUserCreated   = "user.created"
	TypeTaskCreated   = "task.created"
	TypeTaskUpdated   = "task.updated"
	TypeTaskCompleted = "task.completed"
	TypeTaskReopened  = "task.reopened"
	TypeTaskDeleted   = "task.deleted"
)

// Anchors of a recurrence: from what the next occurrence is reckoned.
const (
	// AnchorSchedule reckons from the due date of the occurrence before.
	AnchorSchedule = "schedule"
	// AnchorCompletion reckons from the day on which the occurrence before was completed.
	AnchorCompletion = "completion"
)

// Task is a task as people, the change feed and all services see it.
type Task struct {
	ID          string         `json:"id" format:"uuid"` // UUIDv7
	Version     int64          `json:"version" doc:"Counts the changes of the task"`
	Title       string         `json:"title"`
	Notes       string         `json:"notes" doc:"Markdown"`
	Priority    int            `json:"priority" doc:"1 is the most urgent, 4 means none"`
	Tags        []string       `json:"tags"`
	Due         *Due           `json:"due"`
	Recurrence  *Recurrence    `json:"recurrence"`
	Reminders   []TaskReminder `json:"reminders"`
	Series      *Series        `json:"series"`
	CompletedAt *time.Time     `json:"completedAt"`
	CreatedAt   time.Time      `json:"createdAt"`
	UpdatedAt   time.Time      `json:"updatedAt"`
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
}

// TaskReminder is a moment at which to remind of a task: a fixed one, or minutes before due.
type TaskReminder struct {
	ID            string     `json:"id,omitempty" format:"uuid" doc:"Given by the platform to a new reminder; keep it to keep the reminder"`
	At            *time.Time `json:"at,omitempty" doc:"Moment of the reminder"`
	MinutesBefore *int       `json:"minutesBefore,omitempty" minimum:"0" maximum:"527040" doc:"Minutes before due; a whole day counts from 09:00"`
}

// Series ties the occurrences of a recurring task together.
type Series struct {
	ID         string `json:"id"`
	Occurrence int64  `json:"occurrence"` // counts from 0; one task at most for each number
	Start      Due    `json:"start"`      // due of occurrence 0
}

// Change is the data of a task event and one entry of a user's change feed.
type Change struct {
	UserID  string    `json:"userId"`
	Seq     int64     `json:"seq"` // 1, 2, 3, … for each user, without gaps, in commit order
	EventID string    `json:"eventId"`
	Type    string    `json:"type"`
	TaskID  string    `json:"taskId,omitempty"` // empty for user.created
	Before  *Task     `json:"before,omitempty"`
	After   *Task     `json:"after,omitempty"`
	Actor   string    `json:"actor"`          // user id, or app id of the service that acted
	OpID    string    `json:"opId,omitempty"` // idempotency key of the request
	Zone    string    `json:"zone"`           // the user's IANA zone when it happened
	At      time.Time `json:"at"`
}
