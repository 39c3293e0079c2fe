package todo

import "time"

// Formats of webhooks.
const (
	WebhookSigned  = "todoplatform" // the change, signed
	WebhookSlack   = "slack"
	WebhookDiscord = "discord"
	WebhookNtfy    = "ntfy"
)

// Webhook is an address to which changes are sent, without anything of its secret.
type Webhook struct {
	ID             string    `json:"id" format:"uuid"`
	Version        int64     `json:"version" doc:"Counts the changes of the webhook, new secrets too"`
	URL            string    `json:"url" example:"https://example.com/hooks/todo"`
	Types          []string  `json:"types" doc:"Types of the changes that are sent there; task.* stands for all of tasks, * for all"`
	Description    string    `json:"description"`
	Format         string    `json:"format" enum:"todoplatform,slack,discord,ntfy" doc:"As what changes are sent: todoplatform is the change, signed; the others are a short text for people"`
	Enabled        bool      `json:"enabled" doc:"Whether anything is sent there"`
	DisabledReason string    `json:"disabledReason" doc:"Why the platform stopped to send; empty where it did not"`
	CreatedAt      time.Time `json:"createdAt"`
	UpdatedAt      time.Time `json:"updatedAt"`
}
