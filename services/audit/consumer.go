package audit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// refillPage is how many changes are read from the change feed at once. With the
// largest tasks they still fit one call.
const refillPage = 100

// invoker is what the service needs of the sidecar to ask todo-api.
type invoker interface {
	Invoke(ctx context.Context, app, method string, in, out any) error
}

// appender is what the consumer needs of the store.
type appender interface {
	append(ctx context.Context, user string, entries []newEntry) (appended, error)
}

// consumer writes every event into its user's log, once and in order.
type consumer struct {
	log     appender
	todoAPI invoker
	metrics *metrics
}

// change is what the log needs to know of an events.Change; the whole is kept unread.
type change struct {
	Seq     int64     `json:"seq"`
	EventID string    `json:"eventId"`
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
}

// handleChange handles an event of task-events. If changes before it are missing in
// the log, it reads them from the change feed first: the log has no holes.
func (c *consumer) handleChange(ctx context.Context, event events.Event) error {
	entry, err := changeEntry(event.UserID, event.Data)
	if err != nil {
		return err
	}
	done, err := c.append(ctx, sourceEvent, event.UserID, []newEntry{entry})
	if err != nil || done.ChangeSeq >= entry.ChangeSeq {
		return err
	}
	return c.refill(ctx, event.UserID, done.ChangeSeq, entry.ChangeSeq)
}

// handleReminder handles an event of reminders.
func (c *consumer) handleReminder(ctx context.Context, event events.Event) error {
	body, err := Record{UserID: event.UserID, EventID: event.ID, Type: event.Type, At: event.Time, Data: event.Data}.canonical()
	if err != nil {
		return err
	}
	if err := checkUser(event.UserID); err != nil {
		return err
	}
	_, err = c.append(ctx, sourceEvent, event.UserID, []newEntry{{EventID: event.ID, Body: string(body)}})
	return err
}

// refill appends the changes after seq up to target at least.
func (c *consumer) refill(ctx context.Context, user string, seq, target int64) error {
	for seq < target {
		entries, err := c.readChanges(ctx, user, seq)
		if err != nil {
			return err
		}
		done, err := c.append(ctx, sourceFeed, user, entries)
		if err != nil {
			return err
		}
		if done.ChangeSeq <= seq {
			return failure.New(failure.Unavailable, "the change feed does not hold change %d yet", seq+1)
		}
		seq = done.ChangeSeq
	}
	return nil
}

func (c *consumer) readChanges(ctx context.Context, user string, after int64) ([]newEntry, error) {
	request := struct {
		UserID string `json:"userId"`
		After  int64  `json:"after"`
		Limit  int    `json:"limit"`
	}{user, after, refillPage}
	var page struct {
		Items []json.RawMessage `json:"items"` // events.Change each
	}
	if err := c.todoAPI.Invoke(ctx, contract.TodoAPI, contract.MethodListChanges, request, &page); err != nil {
		return nil, err
	}
	entries := make([]newEntry, len(page.Items))
	for i, item := range page.Items {
		entry, err := changeEntry(user, item)
		if err != nil {
			return nil, err
		}
		entries[i] = entry
	}
	return entries, nil
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
	body, err := Record{UserID: user, EventID: change.EventID, Type: change.Type, At: change.At, Data: data}.canonical()
	return newEntry{EventID: change.EventID, ChangeSeq: change.Seq, Body: string(body)}, err
}

func checkUser(user string) error {
	if uuid.Validate(user) != nil {
		return failure.InvalidField("userid", "must be a UUID")
	}
	return nil
}
