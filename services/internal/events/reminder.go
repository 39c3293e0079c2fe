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

// Reminder is the data of a reminder event: one step in a reminder's life.
type Reminder struct {
	UserID     string    `json:"userId"`
	ReminderID string    `json:"reminderId"`
	TaskID     string    `json:"taskId"`
	Title      string    `json:"title"`
	At         time.Time `json:"at"`                // when the reminder is due
	Channel    string    `json:"channel,omitempty"` // how it goes out, such as email
	Error      string    `json:"error,omitempty"`   // why it could not be sent
}
