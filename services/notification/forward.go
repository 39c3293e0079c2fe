package notification

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

const (
	// maxWaiting bounds the deliveries that wait for one webhook.
	maxWaiting = 10_000
	// logRetention is how long deliveries are remembered. Changes from before are not sent any
	// more: nobody would know whether they were.
	logRetention = 7 * 24 * time.Hour
)

// listener is what a person's changes are held against: a webhook that is enabled.
type listener struct {
	ID    string           `json:"id"`
	Since int64            `json:"since"` // seq of the change that made it
	Types []events.Pattern `json:"types"`

	Format string `json:"format"` // see todo.Webhook
}

// wants says whether a change is sent to the webhook. A test is for the one that it tests alone.
func (l listener) wants(change events.Change) bool {
	if change.Type == events.TypeWebhookTested {
		return change.ID == l.ID
	}
	return change.Seq > l.Since && slices.ContainsFunc(l.Types, func(p events.Pattern) bool { return p.Covers(change.Type) })
}

// forwarder sets up the deliveries of changes to webhooks. Sending is the courier's, so that an
// endpoint that is down holds up no event.
type forwarder struct {
	store     webhookStore
	people    *people
	todoAPI   calls.Invoker
	now       func() time.Time
	metrics   *metrics
	link      string // to the platform; empty when its address is not known
	onWaiting func() // called after deliveries were set up
}

// learn asks todo-api for a user's webhooks. They are stored before the change because of which it
// asks counts as handled. So whatever a replica remembers of a person at a seq, or reads from the
// database, holds the changes of webhooks up to that seq: later ones come, or show as a gap.
func (f *forwarder) learn(ctx context.Context, user string) error {
	told, err := calls.ListWebhooks.Call(ctx, f.todoAPI, calls.ListWebhooksRequest{UserID: user})
	if failure.KindOf(err) == failure.NotFound { // the account was deleted: the change that says so comes
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.store.save(ctx, user, told); err != nil {
		return err
	}
	f.people.forget(user)
	return nil
}

// forward sets up sending a change to the webhooks of its user that are for it.
func (f *forwarder) forward(ctx context.Context, change events.Change) error {
	listeners, err := f.listeners(ctx, change.UserID)
	if err != nil {
		return err
	}
	byFormat := map[string][]string{}
	for _, l := range listeners {
		if l.wants(change) {
			byFormat[l.Format] = append(byFormat[l.Format], l.ID)
		}
	}
	if len(byFormat) == 0 || change.At.Before(f.now().Add(-logRetention)) {
		return nil
	}
	for format, ids := range byFormat {
		body, err := f.body(ctx, change, format)
		if err != nil {
			return err
		}
		dropped, err := f.store.add(ctx, change, ids, format, body)
		if err != nil {
			return err
		}
		f.metrics.webhookDropped.Add(float64(dropped))
	}
	f.onWaiting()
	return nil
}

// body is what is sent of a change in a format.
func (f *forwarder) body(ctx context.Context, change events.Change, format string) ([]byte, error) {
	if format == todo.WebhookSigned {
		return bodyOf(change)
	}
	note, err := f.note(ctx, change)
	if err != nil {
		return nil, err
	}
	body, err := webhook.Body(format, note)
	return body, failure.Wrap(failure.Internal, err, "write a note of a change")
}

// listeners returns the webhooks of a user that are enabled.
func (f *forwarder) listeners(ctx context.Context, user string) ([]listener, error) {
	known, err := f.people.get(ctx, user)
	if err != nil || known.WebhooksAsOf != nil {
		return known.Webhooks, err
	}
	// The version before passed over their changes.
	if err := f.learn(ctx, user); err != nil {
		return nil, err
	}
	known, err = f.people.get(ctx, user)
	return known.Webhooks, err
}

// bodyOf is what is sent of a change: the event that Kafka carries.
func bodyOf(change events.Change) ([]byte, error) {
	data, err := json.Marshal(change)
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "encode the change")
	}
	return events.Encode(events.Event{
		ID: change.EventID, Source: contract.TodoAPI, Type: change.Type, Subject: change.ID, UserID: change.UserID, Time: change.At, Data: data,
	})
}
