package notification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/push"
)

// maxPushSubscriptions bounds those of a user.
const maxPushSubscriptions = 20

// pushesAnHour is how many messages all browsers of one person may get at once, and in each hour after that.
const pushesAnHour = 240

// pushStore holds the statements on subscriptions of browsers and what is sent to them; push.sql is
// its other half.
type pushStore struct {
	db              *store.DB
	claims, records string // operations
}

func reminderPushes(db *store.DB) pushStore {
	return pushStore{db, "claim_pushes", "record_push"}
}

func digestPushes(db *store.DB) pushStore {
	return pushStore{db, "claim_digest_pushes", "record_digest_push"}
}

// pushDelivery is one reminder at one of its fire times, or a notice, on its way to one browser.
type pushDelivery struct {
	UserID       string            `json:"userId"`
	Reminder     string            `json:"reminder"` // id of the row
	Version      int               `json:"version"`
	Subscription string            `json:"subscription"`
	Attempt      int               `json:"attempt"` // counts from 1
	FiredAt      time.Time         `json:"firedAt"`
	FireAt       time.Time         `json:"fireAt"` // when it was meant to fire
	ReminderID   string            `json:"reminderId"`
	TaskID       string            `json:"taskId"`
	Title        string            `json:"title"`
	Due          *todo.Due         `json:"due"`
	Day          string            `json:"day"` // of a notice that tells of what is due on it
	To           push.Subscription `json:"to"`
}

// claim leases up to limit messages that are due and may go now: no other replica gets them meanwhile.
func (s pushStore) claim(ctx context.Context, limit int) ([]pushDelivery, error) {
	var claimed []pushDelivery
	err := s.db.Call(ctx, s.claims, struct {
		Lease  float64 `json:"lease"` // seconds
		Limit  int     `json:"limit"`
		User   int     `json:"user"`
		AnHour int     `json:"anHour"`
	}{pushLease.Seconds(), limit, pushUserWidth, pushesAnHour}, &claimed)
	return claimed, err
}

// record notes what an attempt found, and when the next one is due: never when retryAt is nil.
func (s pushStore) record(ctx context.Context, d pushDelivery, result push.Result, retryAt *time.Time) error {
	return s.db.Call(ctx, s.records, struct {
		UserID       string       `json:"userId"`
		Reminder     string       `json:"reminder"`
		Version      int          `json:"version"`
		Subscription string       `json:"subscription"`
		Attempt      int          `json:"attempt"`
		Outcome      push.Outcome `json:"outcome"`
		Error        string       `json:"error"`
		RetryAt      *time.Time   `json:"retryAt,omitempty"`
	}{d.UserID, d.Reminder, d.Version, d.Subscription, d.Attempt, result.Outcome, result.Reason, retryAt}, nil)
}

// methods adds what todo-api asks about subscriptions. Without a public key nobody can subscribe.
func (s pushStore) methods(server *dapr.Server, publicKey string) {
	calls.GetPushKey.Handle(server, func(context.Context, struct{}) (calls.PushKey, error) {
		if publicKey == "" {
			return calls.PushKey{}, failure.New(failure.NotFound, "this platform sends nothing to browsers")
		}
		return calls.PushKey{PublicKey: publicKey}, nil
	})
	calls.ListPushSubscriptions.Handle(server, func(ctx context.Context, request calls.ListPushSubscriptionsRequest) (calls.PushSubscriptions, error) {
		var found calls.PushSubscriptions
		if uuid.Validate(request.UserID) != nil {
			return found, failure.InvalidField("userId", "must be a UUID")
		}
		err := s.db.Call(ctx, "list_push_subscriptions", request, &found)
		return found, err
	})
	calls.SavePushSubscription.Handle(server, func(ctx context.Context, request calls.SavePushSubscriptionRequest) (calls.PushSubscription, error) {
		var saved calls.PushSubscription
		if uuid.Validate(request.UserID) != nil {
			return saved, failure.InvalidField("userId", "must be a UUID")
		}
		err := s.db.Call(ctx, "save_push_subscription", struct {
			calls.SavePushSubscriptionRequest
			Most int `json:"most"`
		}{request, maxPushSubscriptions}, &saved)
		return saved, err
	})
	calls.DeletePushSubscription.Handle(server, func(ctx context.Context, request calls.DeletePushSubscriptionRequest) (struct{}, error) {
		if uuid.Validate(request.UserID) != nil || uuid.Validate(request.ID) != nil {
			return struct{}{}, failure.InvalidField("id", "userId and id must be UUIDs")
		}
		return struct{}{}, s.db.Call(ctx, "delete_push_subscription", request, nil)
	})
}
