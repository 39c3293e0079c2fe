package notification

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Delivery is one message on one outside channel for one fire time of one reminder.
type Delivery struct {
	UserID   string    `json:"userId"`
	Reminder string    `json:"reminder"`
	Version  int       `json:"version"`
	Channel  string    `json:"channel"` // email is the only one
	Attempt  int       `json:"attempt"` // counts from 1
	FiredAt  time.Time `json:"firedAt"`
	FireAt   time.Time `json:"fireAt"` // when it was meant to fire
	Title    string    `json:"title"`
	Due      *todo.Due `json:"due"`
}

// deliveryStore holds the statements about deliveries; sql/delivery.sql is its other half.
type deliveryStore struct {
	db *store.DB
}

// claim leases up to limit deliveries that are due: until leaseUntil no other replica gets them.
func (s deliveryStore) claim(ctx context.Context, now, leaseUntil time.Time, limit int) ([]Delivery, error) {
	var claimed []Delivery
	err := s.db.Call(ctx, "claim_deliveries", struct {
		Now        time.Time `json:"now"`
		LeaseUntil time.Time `json:"leaseUntil"`
		Limit      int       `json:"limit"`
	}{now, leaseUntil, limit}, &claimed)
	return claimed, err
}

// deliveryResult is the outcome of one attempt.
type deliveryResult struct {
	UserID   string     `json:"userId"`
	Reminder string     `json:"reminder"`
	Version  int        `json:"version"`
	Channel  string     `json:"channel"`
	Attempt  int        `json:"attempt"`
	Error    string     `json:"error,omitempty"`
	RetryAt  *time.Time `json:"retryAt,omitempty"`
}

func resultOf(d Delivery) deliveryResult {
	return deliveryResult{UserID: d.UserID, Reminder: d.Reminder, Version: d.Version, Channel: d.Channel, Attempt: d.Attempt}
}

// recordSent ends d: its message is out.
func (s deliveryStore) recordSent(ctx context.Context, d Delivery) error {
	return s.db.Call(ctx, "record_sent", resultOf(d), nil)
}

// recordFailed puts d off until retryAt, or gives it up when retryAt is nil. reason is shown to the user.
func (s deliveryStore) recordFailed(ctx context.Context, d Delivery, reason string, retryAt *time.Time) error {
	result := resultOf(d)
	result.Error, result.RetryAt = reason, retryAt
	return s.db.Call(ctx, "record_failed", result, nil)
}
