package calls

import "time"

// ListGivenUpRequest asks for a part of a user's messages that were given up, the newest first.
type ListGivenUpRequest struct {
	UserID string `json:"userId"`
	Before string `json:"before,omitempty"` // id of the last one that is known
	Limit  int    `json:"limit"`            // 1 to 100
}

// GivenUpPage is a page of them.
type GivenUpPage struct {
	Items []GivenUp `json:"items"`
	Next  string    `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

// GivenUp is a reminder that did not reach its person by one channel.
type GivenUp struct {
	ID       string    `json:"id" format:"uuid"`
	Channel  string    `json:"channel" enum:"email,push"`
	Device   string    `json:"device" doc:"To which it was pushed; empty for a mail"`
	TaskID   string    `json:"taskId" format:"uuid"`
	Title    string    `json:"title" doc:"Of the task"`
	At       time.Time `json:"at" doc:"When the reminder was due"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error" doc:"Why it was given up"`
	State    string    `json:"state" enum:"failed,waiting" doc:"failed: given up; waiting: it was replayed"`
}

// ReplayGivenUpRequest has a message that was given up begin anew.
type ReplayGivenUpRequest struct {
	UserID string `json:"userId"`
	ID     string `json:"id"`
}

// MailStateRequest asks what a user's mail server makes of reminders, or forgets it.
type MailStateRequest struct {
	UserID string `json:"userId"`
}

// MailState is what the mail server of an address makes of reminders.
type MailState struct {
	Refusals int        `json:"refusals" doc:"How often the server refused the address since it last took a reminder, or since the address was verified"`
	Since    *time.Time `json:"since,omitempty" doc:"When it first did"`
	LastAt   *time.Time `json:"lastAt,omitempty" doc:"When it last did"`
	Reason   string     `json:"reason" doc:"What it answered; empty where it refused nothing"`
	Stopped  bool       `json:"stopped" doc:"Whether no reminders are sent there any more: it refused three in a row"`
}

// GivenUpCounts are counts over all users.
type GivenUpCounts struct {
	Mails            int `json:"mails" doc:"Reminders by mail that were given up in the last 30 days"`
	Pushes           int `json:"pushes" doc:"Reminders to browsers that were given up in the last 30 days"`
	StoppedAddresses int `json:"stoppedAddresses" doc:"Addresses to which no reminders are sent any more, because their server refused them"`
}
