package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/catchup"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// appender is what the consumer needs of the store.
type appender interface {
	append(ctx context.Context, user string, entries []newEntry) (appended, error)
	// progress returns up to which seq the logs of users hold all changes.
	progress(ctx context.Context, users []string) (map[string]int64, error)
	// bury ends the log of a user whose account was deleted at a time.
	bury(ctx context.Context, user string, at time.Time) error
}

// consumer writes every event into its user's log, once and in order.
type consumer struct {
	log     appender
	todoAPI calls.Invoker
	metrics *metrics
	now     func() time.Time
	buried  func() // told after a log has ended
}

// typeGap is the type of an entry in place of changes that nobody has any more.
const typeGap = "audit.gap"

// change is what the log needs to know of an events.Change; the whole is kept unread.
type change struct {
	Seq     int64     `json:"seq"`
	EventID string    `json:"eventId"`
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
}

// handleChange handles an event of task-events. If changes before it are missing in
// the log, it reads them from the change feed first: the log has no holes. The deletion of the
// account ends the log, whatever is missing.
func (c *consumer) handleChange(ctx context.Context, event events.Event) error {
	entry, err := changeEntry(event.UserID, event.Data)
	if err != nil {
		return err
	}
	if entry.deletes {
		return c.bury(ctx, event.UserID, entry.at)
	}
	done, err := c.append(ctx, sourceEvent, event.UserID, []newEntry{entry})
	if err != nil || done.ChangeSeq >= entry.ChangeSeq {
		return err
	}
	return c.refill(ctx, event.UserID, done.ChangeSeq, entry.ChangeSeq)
}

// handleReminder handles an event of reminders.
func (c *consumer) handleReminder(ctx context.Context, event events.Event) error {
	body, err := bodyOf(chain.Record{UserID: event.UserID, EventID: event.ID, Type: event.Type, At: event.Time, Data: event.Data})
	if err != nil {
		return err
	}
	if err := checkUser(event.UserID); err != nil {
		return err
	}
	_, err = c.append(ctx, sourceEvent, event.UserID, []newEntry{{EventID: event.ID, Body: body}})
	return err
}

// refill appends the changes after seq up to target at least. Where the feed has forgotten
// some, the log says so in their place.
func (c *consumer) refill(ctx context.Context, user string, seq, target int64) error {
	return catchup.Read(ctx, c.todoAPI, user, seq, target,
		func(ctx context.Context, upTo int64) error { return c.appendGap(ctx, user, upTo) },
		func(ctx context.Context, changes []json.RawMessage) error {
			entries := make([]newEntry, len(changes))
			for i, encoded := range changes {
				entry, err := changeEntry(user, encoded)
				if err != nil {
					return err
				}
				if entry.deletes {
					return c.bury(ctx, user, entry.at)
				}
				entries[i] = entry
			}
			_, err := c.append(ctx, sourceFeed, user, entries)
			return err
		})
}

func (c *consumer) bury(ctx context.Context, user string, at time.Time) error {
	if err := c.log.bury(ctx, user, at); err != nil {
		return err
	}
	c.buried()
	return nil
}

// catchUp appends what is missing of a user's changes up to head, as catchup.Watch asks.
func (c *consumer) catchUp(ctx context.Context, user string, head int64) error {
	progress, err := c.log.progress(ctx, []string{user})
	if err != nil {
		return err
	}
	return c.refill(ctx, user, progress[user], head)
}

// appendGap notes that the changes up to a seq were forgotten before the log had them.
func (c *consumer) appendGap(ctx context.Context, user string, upTo int64) error {
	data, err := json.Marshal(map[string]int64{"upTo": upTo})
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode a gap")
	}
	id := fmt.Sprintf("gap-%d", upTo)
	body, err := bodyOf(chain.Record{UserID: user, EventID: id, Type: typeGap, At: c.now().UTC().Truncate(time.Millisecond), Data: data})
	if err != nil {
		return err
	}
	_, err = c.append(ctx, sourceGap, user, []newEntry{{EventID: id, ChangeSeq: upTo, Gap: true, Body: body}})
	return err
}

func (c *consumer) append(ctx context.Context, source, user string, entries []newEntry) (appended, error) {
	done, err := c.log.append(ctx, user, entries)
	if err == nil {
		c.metrics.entries.WithLabelValues(source).Add(float64(done.Appended))
	}
	return done, err
}

// changeEntry makes the entry of a change from the JSON of an events.Change.
func changeEntry(user string, data json.RawMessage) (newEntry, error) {
	var change change
	if err := json.Unmarshal(data, &change); err != nil {
		return newEntry{}, failure.Wrap(failure.Invalid, err, "decode the change")
	}
	if change.Seq < 1 || change.EventID == "" || change.Type == "" {
		return newEntry{}, failure.InvalidField("data", "a change needs a positive seq, an eventId and a type")
	}
	if err := checkUser(user); err != nil {
		return newEntry{}, err
	}
	body, err := bodyOf(chain.Record{UserID: user, EventID: change.EventID, Type: change.Type, At: change.At, Data: data})
	return newEntry{
		EventID: change.EventID, ChangeSeq: change.Seq, Body: body,
		deletes: change.Type == events.TypeAccountDeleted, at: change.At,
	}, err
}

// bodyOf returns what is kept of a record, and hashed. Data that is no JSON is failure.Invalid.
func bodyOf(record chain.Record) (string, error) {
	body, err := record.Canonical()
	return string(body), failure.Wrap(failure.Invalid, err, "bring event "+record.EventID+" into canonical form")
}

func checkUser(user string) error {
	if uuid.Validate(user) != nil {
		return failure.InvalidField("userid", "must be a UUID")
	}
	return nil
}
