package notification

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// pruneBatch bounds the rows that one call of prune removes.
const pruneBatch = 1000

// reminderStore holds the statements about reminders; sql/reminder.sql is its other half.
type reminderStore struct {
	db *store.DB
}

// taskState is what one change makes of a task's reminders.
type taskState struct {
	UserID    string    `json:"userId"`
	TaskID    string    `json:"taskId"`
	Seq       int64     `json:"seq"`
	Title     string    `json:"title"`
	Due       *todo.Due `json:"due"`
	ProjectID *string   `json:"projectId"` // in an archived one, they pass in silence
	Notify    []string  `json:"notify"`    // the channels by which they go out; nil: as the person has chosen
	Priority  int       `json:"priority"`
	Firings   []Firing  `json:"firings"`
	Earliest  time.Time `json:"earliest"` // a new firing before it is too late to set
	Now       time.Time `json:"now"`
}

// applied says what a change did: Stale means that a newer one was applied before, so nothing;
// Set counts the reminders that got a new time.
type applied struct {
	Stale bool `json:"stale"`
	Set   int  `json:"set"`
}

// Alarm names one reminder at one of its fire times.
type Alarm struct {
	UserID  string    `json:"userId"`
	ID      string    `json:"id"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
}

// apply makes the reminders of a task what state says, in one transaction with the events that tell of it.
func (s reminderStore) apply(ctx context.Context, state taskState) (applied, error) {
	var result applied
	err := s.db.Call(ctx, "apply_change", state, &result)
	return result, err
}

// cancelOthers cancels the reminders of a user's tasks other than those named, as of seq.
func (s reminderStore) cancelOthers(ctx context.Context, user string, seq int64, tasks []string, now time.Time) error {
	return s.db.Call(ctx, "cancel_others", struct {
		UserID  string    `json:"userId"`
		Seq     int64     `json:"seq"`
		TaskIDs []string  `json:"taskIds"`
		Now     time.Time `json:"now"`
	}{user, seq, tasks, now}, nil)
}

// claimUnarmed leases for a time up to limit reminders that fire before horizon and have no
// job, soonest first.
func (s reminderStore) claimUnarmed(ctx context.Context, now, horizon time.Time, lease time.Duration, limit int) ([]Alarm, error) {
	var alarms []Alarm
	err := s.db.Call(ctx, "claim_unarmed", struct {
		Now     time.Time `json:"now"`
		Horizon time.Time `json:"horizon"`
		Lease   float64   `json:"lease"` // seconds
		Limit   int       `json:"limit"`
	}{now, horizon, lease.Seconds(), limit}, &alarms)
	return alarms, err
}

// markArmed records that the scheduler holds a job for each alarm.
func (s reminderStore) markArmed(ctx context.Context, alarms []Alarm) error {
	return s.db.Call(ctx, "mark_armed", struct {
		Alarms []Alarm `json:"alarms"`
	}{alarms}, nil)
}

// fired lists the times for which the reminders that a call fired had been set.
type fired struct {
	Fired []time.Time `json:"fired"`
}

// fire fires up to limit reminders of the user of alarm, up to that of alarm, unless this one has fired,
// moved or been cancelled since. mail says whether they go out by mail too.
func (s reminderStore) fire(ctx context.Context, alarm Alarm, mail bool, now time.Time, limit int) ([]time.Time, error) {
	var result fired
	err := s.db.Call(ctx, "fire_reminder", struct {
		UserID  string    `json:"userId"`
		ID      string    `json:"id"`
		Version int       `json:"version"`
		Mail    bool      `json:"mail"`
		Now     time.Time `json:"now"`
		Limit   int       `json:"limit"`
	}{alarm.UserID, alarm.ID, alarm.Version, mail, now, limit}, &result)
	return result.Fired, err
}

// fireOverdue fires up to limit reminders whose time has come, the most overdue first. next is when
// the next one's comes, or nil.
func (s reminderStore) fireOverdue(ctx context.Context, mail bool, now time.Time, limit int) (times []time.Time, next *time.Time, err error) {
	var result struct {
		fired
		Next *time.Time `json:"next"`
	}
	err = s.db.Call(ctx, "fire_overdue", struct {
		Mail  bool      `json:"mail"`
		Now   time.Time `json:"now"`
		Limit int       `json:"limit"`
	}{mail, now, limit}, &result)
	return result.Fired, result.Next, err
}

// prune removes rows that ended before a moment, at most pruneBatch of each kind, and says
// whether there may be more.
func (s reminderStore) prune(ctx context.Context, before time.Time) (more bool, err error) {
	var result struct {
		More bool `json:"more"`
	}
	err = s.db.Call(ctx, "prune", struct {
		Before time.Time `json:"before"`
		Limit  int       `json:"limit"`
	}{before, pruneBatch}, &result)
	return result.More, err
}
