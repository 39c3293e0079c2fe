package events

import "time"

// Types of the events on the topic reminders. Their data is a Reminder.
const (
	TypeReminderScheduled = "reminder.scheduled"
	TypeReminderCancelled = "reminder.cancelled"
	TypeReminderFired     = "reminder.fired"
	TypeReminderSent      = "reminder.sent"
	TypeReminderFailed    = "reminder.failed"
)

// ReminderTypes lists them.
func ReminderTypes() []string {
	return []string{TypeReminderScheduled, TypeReminderCancelled, TypeReminderFired, TypeReminderSent, TypeReminderFailed}
}

// Reminder is the data of a reminder event: one step in a reminder's life.
type Reminder struct {
	UserID     string    `json:"userId" format:"uuid"`
	Seq        int64     `json:"seq" doc:"Counts 1, 2, 3, … the reminder events of each user"`
	EventID    string    `json:"eventId" format:"uuid" doc:"UUIDv7"`
	Type       string    `json:"type" example:"reminder.fired"`
	ReminderID string    `json:"reminderId" doc:"Of the reminder in its task"`
	TaskID     string    `json:"taskId" format:"uuid"`
	Title      string    `json:"title" doc:"Of the task"`
	At         time.Time `json:"at" doc:"When the reminder is due"`
	Channel    string    `json:"channel,omitempty" example:"email" doc:"How it goes out"`
	Error      string    `json:"error,omitempty" doc:"Why it could not be sent"`

	_ struct{} `additionalProperties:"true"`
}
