package notification

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Delivery is one message on one outside channel: for one fire time of one reminder, or a
// notice, which is about the account.
type Delivery struct {
	UserID  string    `json:"userId"`
	ID      string    `json:"reminder"` // of the reminder or the notice
	Version int       `json:"version"`
	Channel string    `json:"channel"` // email is the only one
	Attempt int       `json:"attempt"` // counts from 1
	FiredAt time.Time `json:"firedAt"`
	FireAt  time.Time `json:"fireAt"` // when it was meant to fire
	TaskID  string    `json:"taskId"` // of a reminder
	Title   string    `json:"title"`
	Due     *todo.Due `json:"due"`
	Stopped bool      `json:"stopped"` // the address was refused so often that nothing goes there any more
	Day     string    `json:"day"`     // of a notice that tells of what is due on it
}

// deliveryStore holds the statements about one kind of deliveries; sql/delivery.sql and
// sql/notice.sql are its other half.
type deliveryStore struct {
	db                         *store.DB
	aMinute                    int    // most mails to all people; 0: any number
	claims, renews, sent, fail string // operations
}

func reminderMails(db *store.DB, aMinute int) deliveryStore {
	return deliveryStore{db, aMinute, "claim_deliveries", "renew_delivery", "record_sent", "record_failed"}
}

func noticeMails(db *store.DB, aMinute int) deliveryStore {
	return deliveryStore{db, aMinute, "claim_notices", "renew_notice", "record_notice_sent", "record_notice_failed"}
}

// mailsAnHour is how many mails one person may get by reminders at once, and in each hour after that.
const mailsAnHour = 60

// claim leases for a time up to limit deliveries that are due and may go now: no other replica gets them
// meanwhile.
func (s deliveryStore) claim(ctx context.Context, lease time.Duration, limit int) ([]Delivery, error) {
	var claimed []Delivery
	err := s.db.Call(ctx, s.claims, struct {
		Lease   float64 `json:"lease"` // seconds
		Limit   int     `json:"limit"`
		AnHour  int     `json:"anHour"`
		AMinute int     `json:"aMinute,omitzero"`
		Digests bool    `json:"digests"`
	}{lease.Seconds(), limit, mailsAnHour, s.aMinute, true}, &claimed)
	return claimed, err
}

// renew prolongs the lease of d. held says that it had not been lost: no other replica has
// taken d over, and nobody cancelled it.
func (s deliveryStore) renew(ctx context.Context, d Delivery, lease time.Duration) (held bool, err error) {
	err = s.db.Call(ctx, s.renews, struct {
		deliveryResult
		Lease float64 `json:"lease"` // seconds
	}{resultOf(d), lease.Seconds()}, &held)
	return held, err
}

// deliveryResult is the outcome of one attempt.
type deliveryResult struct {
	UserID   string     `json:"userId"`
	Reminder string     `json:"reminder"`
	Version  int        `json:"version"`
	Channel  string     `json:"channel"`
	Attempt  int        `json:"attempt"`
	Error    string     `json:"error,omitempty"`
	Refused  bool       `json:"refused,omitempty"` // the address was
	RetryAt  *time.Time `json:"retryAt,omitempty"`
}

func resultOf(d Delivery) deliveryResult {
	return deliveryResult{UserID: d.UserID, Reminder: d.ID, Version: d.Version, Channel: d.Channel, Attempt: d.Attempt}
}

// recordSent ends d: its message is out.
func (s deliveryStore) recordSent(ctx context.Context, d Delivery) error {
	return s.db.Call(ctx, s.sent, resultOf(d), nil)
}

// recordFailed puts d off until retryAt, or gives it up when retryAt is nil. reason is shown to the user;
// refused says that the mail server refuses the address.
func (s deliveryStore) recordFailed(ctx context.Context, d Delivery, reason string, refused bool, retryAt *time.Time) error {
	result := resultOf(d)
	result.Error, result.Refused, result.RetryAt = reason, refused, retryAt
	return s.db.Call(ctx, s.fail, result, nil)
}
