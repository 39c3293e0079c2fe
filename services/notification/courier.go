package notification

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

const (
	// webhooksWidth bounds the attempts of one replica that are under way, webhookWidth those to one
	// webhook and userWidth those to all of a user, of all replicas: slow endpoints leave the others
	// their turn.
	webhooksWidth, webhookWidth, userWidth = 32, 2, 4
	// maxClaimBytes is where a claim ends early, so that it fits into one message to the sidecar: two
	// of the longest deliveries do.
	maxClaimBytes = 1 << 20
	// webhookLease is longer than an attempt and recording it may take. For so long a delivery waits
	// whose replica was killed.
	webhookLease = 30 * time.Second
	// webhookTimeout bounds an attempt with all that follows from it.
	webhookTimeout = 25 * time.Second
	// disableAfter is for how long everything fails before a webhook is disabled.
	disableAfter = 3 * 24 * time.Hour
	// countInterval is how often what waits is counted.
	countInterval = 15 * time.Second
)

// courier sends what was set up to the webhooks.
type courier struct {
	store   webhookStore
	sender  *webhook.Sender
	todoAPI calls.Invoker
	now     func() time.Time
	metrics *metrics
	onEnded func() // called after an attempt: others to the webhook may have waited for it
}

// crew makes the one that has the courier send what is due.
func (c *courier) crew() *crew[webhookDelivery] {
	return &crew[webhookDelivery]{now: c.now, slots: make(chan struct{}, webhooksWidth), work: c.attempt, claim: c.store.claim}
}

// attempt sends one delivery and records what came of it. An outcome that cannot be recorded is
// found by the next claim, once the lease has run out: the endpoint knows the message again by its id.
func (c *courier) attempt(ctx context.Context, d webhookDelivery, _ time.Time) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	defer c.onEnded()
	result := c.sender.Send(ctx, webhook.Message{ID: d.EventID + "." + d.WebhookID, URL: d.URL, Format: d.Format, Body: []byte(d.Body), Secrets: d.Secrets})
	c.metrics.webhookAttempts.WithLabelValues(string(result.Outcome)).Inc()
	log := slog.With("delivery", d.ID, "webhook", d.WebhookID, "host", hostOf(d.URL), "attempt", d.Attempt, "outcome", result.Outcome, "status", result.Status)
	if result.Outcome == webhook.Delivered {
		c.metrics.webhookLateness.Observe(c.now().Sub(d.ChangedAt).Seconds())
	} else {
		log.WarnContext(ctx, "webhook not delivered")
	}
	retryAt := c.retryAt(d, result)
	if result.Outcome == webhook.Gone {
		if err := c.disable(ctx, d, "the endpoint answered 410 Gone: it wants nothing any more"); err != nil {
			log.ErrorContext(ctx, "disable a webhook that is gone", "error", err)
		} else {
			retryAt = nil
		}
	}
	failingSince, err := c.store.record(ctx, d, result, retryAt)
	if err != nil {
		log.ErrorContext(ctx, "record an attempt", "error", err)
		return
	}
	if retryAt == nil && failingSince != nil && !c.now().Before(failingSince.Add(disableAfter)) {
		reason := fmt.Sprintf("every attempt failed since %s; the last one because %s", failingSince.UTC().Format(time.RFC3339), result.Reason)
		if err := c.disable(ctx, d, reason); err != nil { // the next delivery that is given up asks again
			log.ErrorContext(ctx, "disable a webhook that fails", "error", err)
		}
	}
}

// retryAt is when to try d again after result, or nil when that is of no use.
func (c *courier) retryAt(d webhookDelivery, result webhook.Result) *time.Time {
	if result.Outcome == webhook.Delivered {
		return nil
	}
	pause, ok := webhook.NextAttempt(d.Attempt, result.RetryAfter)
	if !ok {
		return nil
	}
	at := c.now().Add(pause)
	return &at
}

// disable has todo-api stop the webhook, unless somebody has changed it meanwhile. The change that
// tells of it gives up what waits.
func (c *courier) disable(ctx context.Context, d webhookDelivery, reason string) error {
	_, err := calls.DisableWebhook.Call(ctx, c.todoAPI, calls.DisableWebhookRequest{UserID: d.UserID, ID: d.WebhookID, Version: d.WebhookVersion, Reason: reason})
	return err
}

// hostOf is what logs tell of an address: the rest may hold what only its user should know.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}

// webhookLoops make those that count what waits and forget what is over.
func webhookLoops(store webhookStore, metrics *metrics, now func() time.Time) []*loop.Loop {
	return []*loop.Loop{
		loop.New(loop.Config{Name: "count webhooks", Interval: countInterval, Pass: func(ctx context.Context) (bool, error) {
			n, err := store.waiting(ctx)
			if err == nil {
				metrics.webhookWaiting.Set(float64(n))
			}
			return false, err
		}}),
		loop.New(loop.Config{Name: "prune webhooks", Interval: pruneInterval, Pass: func(ctx context.Context) (bool, error) {
			return store.prune(ctx, now().Add(-logRetention))
		}}),
	}
}
