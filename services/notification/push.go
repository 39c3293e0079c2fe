package notification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/push"
	"github.com/todoplatform/todoplatform/services/notification/speech"
)

const (
	// pushWidth bounds the attempts of one replica that are under way, pushUserWidth is with how many
	// of all replicas a user waits.
	pushWidth, pushUserWidth = 32, 4
	// pushLease is longer than an attempt and recording it may take. For so long a message waits whose
	// replica was killed.
	pushLease = 30 * time.Second
	// pushTimeout bounds an attempt with all that follows from it.
	pushTimeout = 25 * time.Second
)

// pushRetry spaces out the attempts to send one message.
var pushRetry = loop.Backoff{First: 2 * time.Second, Most: 10 * time.Minute}

// unneeded is the outcome of a message that nobody waits for any more.
const unneeded push.Outcome = "unneeded"

// pusher sends messages of one kind to the browsers that people have subscribed with.
type pusher struct {
	store      pushStore
	sender     *push.Sender
	write      func(ctx context.Context, d pushDelivery) (pushed, error)
	now        func() time.Time
	metrics    *metrics
	onRecorded func() // called after the outcome of an attempt was recorded
}

// newPushers makes those for reminders and for lists of what is due; onRecorded is called after the outcome
// of a reminder was recorded.
func newPushers(cfg Config, keys push.Keys, db *store.DB, client *dapr.Client, metrics *metrics, onRecorded func()) (reminders, digests *pusher) {
	writer, sender := newWriter(cfg, client), push.NewSender(keys, cfg.PublicURL, cfg.WebhookNetworks, time.Now)
	reminders = &pusher{store: reminderPushes(db), sender: sender, write: writer.pushed, now: time.Now, metrics: metrics, onRecorded: onRecorded}
	digests = &pusher{store: digestPushes(db), sender: sender, write: writer.pushedDigest, now: time.Now, metrics: metrics, onRecorded: func() {}}
	return reminders, digests
}

// crew makes the one that has the pusher send what is due.
func (p *pusher) crew() *crew[pushDelivery] {
	return &crew[pushDelivery]{now: p.now, slots: make(chan struct{}, pushWidth), work: p.attempt, claim: p.store.claim}
}

// attempt sends one message and records what came of it. An outcome that cannot be recorded is found
// by the next claim, once the lease has run out: by its topic and its tag, the second takes the place
// of the first.
func (p *pusher) attempt(ctx context.Context, d pushDelivery, _ time.Time) {
	ctx, cancel := context.WithTimeout(ctx, pushTimeout)
	defer cancel()
	result := p.send(ctx, d)
	retryAt := p.retryAt(d, result)
	if result.Outcome == push.Deferred && retryAt == nil {
		result.Outcome = push.Refused
	}
	p.metrics.pushes.WithLabelValues(string(result.Outcome)).Inc()
	log := slog.With("reminder", d.Reminder, "version", d.Version, "subscription", d.Subscription, "host", hostOf(d.To.Endpoint),
		"attempt", d.Attempt, "outcome", result.Outcome, "status", result.Status)
	switch result.Outcome {
	case push.Delivered:
		p.metrics.pushLateness.Observe(p.now().Sub(d.FireAt).Seconds())
	case unneeded:
	default:
		log.WarnContext(ctx, "reminder not pushed", "reason", result.Reason)
	}
	if err := p.store.record(ctx, d, result, retryAt); err != nil {
		log.ErrorContext(ctx, "record a push", "error", err)
	}
	p.onRecorded()
}

// send makes one attempt, unless the account is gone or disabled.
func (p *pusher) send(ctx context.Context, d pushDelivery) push.Result {
	message, err := p.write(ctx, d)
	switch {
	case errors.Is(err, errNotNeeded):
		return push.Result{Outcome: unneeded}
	case failure.KindOf(err) == failure.NotFound:
		return push.Result{Outcome: push.Refused, Reason: "nothing may be sent to the account"}
	case err != nil:
		return push.Result{Outcome: push.Deferred, Reason: "the reminder could not be handed over yet"}
	}
	body, err := json.Marshal(message)
	if err != nil {
		return push.Result{Outcome: push.Refused, Reason: "the reminder cannot be written"}
	}
	return p.sender.Send(ctx, push.Message{
		// The id without its dashes has the length that a topic may have.
		To: d.To, Body: body, Topic: strings.ReplaceAll(d.Reminder, "-", ""), TTL: max(d.FiredAt.Add(giveUpAfter).Sub(p.now()), 0),
	})
}

// pushed writes a reminder.
func (w writer) pushed(ctx context.Context, d pushDelivery) (pushed, error) {
	contact, err := calls.GetContact.Call(ctx, w.services, calls.GetContactRequest{UserID: d.UserID, Link: &auth.ReminderLink{
		TaskID: d.TaskID, Ring: ringOf(d.Reminder, d.Version), Due: d.Due, Via: todo.ChannelPush,
	}})
	if err != nil {
		return pushed{}, err
	}
	to := speech.To(contact.Locale)
	due, _ := dueWords(to, d.Due, contact.Zone)
	return pushed{
		ReminderID: d.ReminderID, TaskID: d.TaskID, Lang: to.Lang(), Title: d.Title, Body: due, Due: d.Due, Token: contact.LinkToken,
		Complete: to.Say("push.complete"), Snooze: to.Say("push.snooze"),
	}, nil
}

// pushed is what the web app's service worker reads.
type pushed struct {
	ReminderID string    `json:"reminderId"`
	TaskID     string    `json:"taskId"` // empty: it is about no task in particular
	Lang       string    `json:"lang"`   // of the words
	Title      string    `json:"title"`
	Body       string    `json:"body"`
	Due        *todo.Due `json:"due"`             // of which service workers of the version before make the body
	Token      string    `json:"token,omitempty"` // by which it is answered without a window
	// Complete and Snooze are what the buttons say; empty where there are none.
	Complete string `json:"complete,omitempty"`
	Snooze   string `json:"snooze,omitempty"`
}

// retryAt is when to try d again after result, or nil when that is of no use: up to a fifth later
// at random, so that many who failed together do not try again in step.
func (p *pusher) retryAt(d pushDelivery, result push.Result) *time.Time {
	pause := max(pushRetry.After(d.Attempt), result.RetryAfter)
	at := p.now().Add(pause + rand.N(pause/5+1)) //nolint:gosec // nobody gains from guessing a pause
	if result.Outcome != push.Deferred || at.After(d.FiredAt.Add(giveUpAfter)) {
		return nil
	}
	return &at
}

// pushKeys reads the keys by which push services know the platform; without a Secret there are none.
func pushKeys(ctx context.Context, sidecar *dapr.Client, secret string) (push.Keys, error) {
	if secret == "" {
		return push.Keys{}, nil
	}
	if err := sidecar.WaitReady(ctx, contract.SecretStore); err != nil {
		return push.Keys{}, err
	}
	values, err := sidecar.Secret(ctx, secret)
	if err != nil {
		return push.Keys{}, err
	}
	keys := push.Keys{Private: values[contract.SecretKeyPushPrivate], Public: values[contract.SecretKeyPushPublic]}
	if keys.Private == "" || keys.Public == "" {
		return push.Keys{}, fmt.Errorf("the Secret %s lacks %s or %s", secret, contract.SecretKeyPushPrivate, contract.SecretKeyPushPublic)
	}
	return keys, nil
}
