package notification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

// maxLogPage bounds the deliveries of one page of the log.
const maxLogPage = 100

// webhookStore holds the statements on webhooks and their deliveries; webhook.sql is its other half.
type webhookStore struct{ db *store.DB }

// save keeps what todo-api told of a user's webhooks.
func (s webhookStore) save(ctx context.Context, user string, told calls.ListWebhooksReply) error {
	return s.db.Call(ctx, "save_webhooks", struct {
		UserID   string          `json:"userId"`
		AsOf     int64           `json:"asOf"`
		Webhooks []calls.Webhook `json:"webhooks,omitempty"`
	}{user, told.Head, told.Webhooks}, nil)
}

// add sets up sending a change to webhooks, once for each, and says for how many it was dropped.
func (s webhookStore) add(ctx context.Context, change events.Change, webhooks []string, format string, body []byte) (dropped int, err error) {
	var added struct {
		Dropped int `json:"dropped"`
	}
	err = s.db.Call(ctx, "add_webhook_deliveries", struct {
		UserID     string    `json:"userId"`
		WebhookIDs []string  `json:"webhookIds"`
		EventID    string    `json:"eventId"`
		Type       string    `json:"type"`
		Seq        int64     `json:"seq"`
		ChangedAt  time.Time `json:"changedAt"`
		Format     string    `json:"format,omitempty"`
		Body       string    `json:"body"`
		Most       int       `json:"most"`
	}{change.UserID, webhooks, change.EventID, change.Type, change.Seq, change.At, format, string(body), maxWaiting}, &added)
	return added.Dropped, err
}

// webhookDelivery is one change on its way to one webhook.
type webhookDelivery struct {
	ID             string    `json:"id"`
	UserID         string    `json:"userId"`
	WebhookID      string    `json:"webhookId"`
	WebhookVersion int64     `json:"webhookVersion"`
	EventID        string    `json:"eventId"`
	Attempt        int       `json:"attempt"` // counts from 1
	ChangedAt      time.Time `json:"changedAt"`
	URL            string    `json:"url"`
	Secrets        []string  `json:"secrets"`
	Format         string    `json:"format"`
	Body           string    `json:"body"`
}

// claim leases up to limit deliveries that are due: no other replica gets them meanwhile.
func (s webhookStore) claim(ctx context.Context, limit int) ([]webhookDelivery, error) {
	var claimed []webhookDelivery
	err := s.db.Call(ctx, "claim_webhook_deliveries", struct {
		Lease float64 `json:"lease"` // seconds
		Limit int     `json:"limit"`
		Each  int     `json:"each"`
		User  int     `json:"user"`
		Bytes int     `json:"bytes"`
	}{webhookLease.Seconds(), limit, webhookWidth, userWidth, maxClaimBytes}, &claimed)
	return claimed, err
}

// record notes what an attempt found, and when the next one is due: never when retryAt is nil.
// It returns since when all of the webhook's attempts fail, or nil.
func (s webhookStore) record(ctx context.Context, d webhookDelivery, result webhook.Result, retryAt *time.Time) (failingSince *time.Time, err error) {
	var recorded struct {
		FailingSince *time.Time `json:"failingSince"`
	}
	var status *int
	if result.Status != 0 {
		status = &result.Status
	}
	err = s.db.Call(ctx, "record_webhook_attempt", struct {
		UserID     string     `json:"userId"`
		ID         string     `json:"id"`
		WebhookID  string     `json:"webhookId"`
		Attempt    int        `json:"attempt"`
		Delivered  bool       `json:"delivered"`
		Status     *int       `json:"status"`
		DurationMs int64      `json:"durationMs"`
		Error      string     `json:"error"`
		RetryAt    *time.Time `json:"retryAt"`
	}{d.UserID, d.ID, d.WebhookID, d.Attempt, result.Outcome == webhook.Delivered, status, result.Took.Milliseconds(), result.Reason, retryAt}, &recorded)
	return recorded.FailingSince, err
}

// waiting counts the deliveries that wait for an attempt.
func (s webhookStore) waiting(ctx context.Context) (n int, err error) {
	err = s.db.Call(ctx, "count_webhook_deliveries", struct{}{}, &n)
	return n, err
}

// prune forgets deliveries that are over and were set up before a moment, and says whether there
// may be more.
func (s webhookStore) prune(ctx context.Context, before time.Time) (more bool, err error) {
	var result struct {
		More bool `json:"more"`
	}
	err = s.db.Call(ctx, "prune_webhook_deliveries", struct {
		Before time.Time `json:"before"`
		Limit  int       `json:"limit"`
	}{before, pruneBatch}, &result)
	return result.More, err
}

// methods adds what todo-api asks about deliveries; replayed is called after one began anew.
func (s webhookStore) methods(server *dapr.Server, replayed func()) {
	calls.ListWebhookDeliveries.Handle(server, func(ctx context.Context, request calls.ListWebhookDeliveriesRequest) (calls.WebhookDeliveries, error) {
		switch {
		case uuid.Validate(request.UserID) != nil || uuid.Validate(request.WebhookID) != nil || request.Before != "" && uuid.Validate(request.Before) != nil:
			return calls.WebhookDeliveries{}, failure.InvalidField("webhookId", "userId, webhookId and before must be UUIDs")
		case request.Limit < 1 || request.Limit > maxLogPage:
			return calls.WebhookDeliveries{}, failure.InvalidField("limit", "must be from 1 to %d", maxLogPage)
		}
		var page calls.WebhookDeliveries
		err := s.db.Call(ctx, "list_webhook_deliveries", request, &page)
		return page, err
	})
	calls.ReplayWebhookDelivery.Handle(server, func(ctx context.Context, request calls.ReplayWebhookDeliveryRequest) (calls.WebhookDelivery, error) {
		if uuid.Validate(request.UserID) != nil || uuid.Validate(request.WebhookID) != nil || uuid.Validate(request.DeliveryID) != nil {
			return calls.WebhookDelivery{}, failure.InvalidField("deliveryId", "userId, webhookId and deliveryId must be UUIDs")
		}
		var delivery calls.WebhookDelivery
		err := s.db.Call(ctx, "replay_webhook_delivery", request, &delivery)
		if err == nil {
			replayed()
		}
		return delivery, err
	})
}
