package calls

import "time"

// ListWebhooksRequest asks for all webhooks of a user, with what signs their deliveries.
type ListWebhooksRequest struct {
	UserID string `json:"userId"`
}

// ListWebhooksReply holds them, and where the change feed was when they were read.
type ListWebhooksReply struct {
	Head     int64     `json:"head"`
	Webhooks []Webhook `json:"webhooks"`
}

// Webhook is what sending to a webhook takes.
type Webhook struct {
	ID      string   `json:"id"`
	Version int64    `json:"version"`
	Since   int64    `json:"since"` // seq of the change that made it: what came before is not sent
	URL     string   `json:"url"`
	Types   []string `json:"types"` // events.Pattern each
	Enabled bool     `json:"enabled"`
	Format  string   `json:"format,omitempty"` // see todo.Webhook; a todo-api of the version before names none
	Secret  string   `json:"secret"`
	// FormerSecret signs as well until FormerUntil.
	FormerSecret string     `json:"formerSecret,omitempty"`
	FormerUntil  *time.Time `json:"formerUntil,omitempty"`
}

// NameProjectRequest asks what a user's project is called.
type NameProjectRequest struct {
	UserID string `json:"userId"`
	ID     string `json:"id"`
}

// ProjectName is what a project is called.
type ProjectName struct {
	Name string `json:"name"`
}

// DisableWebhookRequest stops a webhook at a version; one that is at another, stopped or gone
// stays as it is.
type DisableWebhookRequest struct {
	UserID  string `json:"userId"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Reason  string `json:"reason"` // as its user reads it
}

// ListWebhookDeliveriesRequest asks for a part of the log of a webhook, the newest first.
type ListWebhookDeliveriesRequest struct {
	UserID    string `json:"userId"`
	WebhookID string `json:"webhookId"`
	Before    string `json:"before,omitempty"` // id of the last delivery that is known
	Limit     int    `json:"limit"`            // 1 to 100
}

// WebhookDeliveries is a page of the log of a webhook.
type WebhookDeliveries struct {
	Items []WebhookDelivery `json:"items"`
	Next  string            `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

// WebhookDelivery is what became of sending one change to one webhook.
type WebhookDelivery struct {
	ID        string    `json:"id" format:"uuid"`
	WebhookID string    `json:"webhookId" format:"uuid"`
	EventID   string    `json:"eventId" format:"uuid" doc:"Of the change"`
	Type      string    `json:"type" example:"task.completed" doc:"Of the change"`
	Seq       int64     `json:"seq" doc:"Of the change"`
	State     string    `json:"state" enum:"waiting,delivered,failed,dropped" doc:"waiting: for the first attempt or the next; failed: given up; dropped: too many were waiting, nothing of it is kept"`
	CreatedAt time.Time `json:"createdAt"`
	Attempts  int       `json:"attempts" doc:"Since it was created or last replayed"`
	// What the last attempt found.
	AttemptedAt   *time.Time `json:"attemptedAt" doc:"When the last attempt ended; null: there was none"`
	Status        *int       `json:"status" doc:"HTTP status of the last answer; null: there was no answer"`
	DurationMs    *int       `json:"durationMs" doc:"How long the last attempt took"`
	Error         string     `json:"error" doc:"Why the last attempt failed; empty when it did not"`
	NextAttemptAt *time.Time `json:"nextAttemptAt" doc:"When the next attempt is due; null: there is none"`
}

// ReplayWebhookDeliveryRequest has a delivery begin anew.
type ReplayWebhookDeliveryRequest struct {
	UserID     string `json:"userId"`
	WebhookID  string `json:"webhookId"`
	DeliveryID string `json:"deliveryId"`
}
