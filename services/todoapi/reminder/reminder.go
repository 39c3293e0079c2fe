// Package reminder has people answer a reminder where it reaches them, and end those that come by mail,
// by the links that it carries and without signing in.
package reminder

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// Answer is what is to be done about a reminder.
type Answer string

// The answers. All but the first put the reminder off.
const (
	Complete   Answer = "complete"
	TenMinutes Answer = "tenMinutes"
	Hour       Answer = "hour"
	Tomorrow   Answer = "tomorrow" // when the person's day begins
)

// State is how a task is, as far as its reminder is concerned.
type State string

// The states.
const (
	Open      State = "open"
	Completed State = "completed"
	Deleted   State = "deleted"
	Past      State = "past" // it repeats, and is another time of it by now
)

// Told is what a link is about, and what an answer makes of it.
type Told struct {
	Title string     `json:"title" doc:"Of the task; empty where it is deleted"`
	Due   *todo.Due  `json:"due"`
	State State      `json:"state" enum:"open,completed,deleted,past" doc:"past: the task repeats, and is another time of it by now. Only an open one can be answered"`
	Until *time.Time `json:"until" doc:"When the reminder comes again; null where the answer does not put it off"`
	Zone  string     `json:"zone" doc:"The person's IANA time zone"`

	Locale string `json:"locale" doc:"The person's language and region (BCP 47)"`
}

// maxTries bounds how often a reminder is put off anew because its task was edited in between.
const maxTries = 5

// Service answers reminders.
type Service struct {
	db       *store.DB
	keys     *auth.Keys
	tasks    *task.Service
	settings *settings.Service
	commands *command.Service
	now      func() time.Time
}

// NewService makes the service on db, which knows links by keys; now is the clock.
func NewService(db *store.DB, keys *auth.Keys, tasks *task.Service, settings *settings.Service, commands *command.Service, now func() time.Time) *Service {
	return &Service{db, keys, tasks, settings, commands, now}
}

// Tell says what the link of token is about, and what answer would do.
func (s *Service) Tell(ctx context.Context, token string, answer Answer) (Told, error) {
	l, err := s.open(ctx, token)
	if err != nil {
		return Told{}, err
	}
	return l.told(answer), nil
}

// Answer does what answer says about the task of the link of token. Once more with the same link is
// the same act, for as long as idempotency keys are kept.
func (s *Service) Answer(ctx context.Context, token string, answer Answer) (Told, command.Act, error) {
	for range maxTries {
		l, err := s.open(ctx, token)
		if err != nil {
			return Told{}, command.Act{}, err
		}
		told, act, err := s.answer(ctx, l, answer)
		if failure.KindOf(err) != failure.VersionMismatch {
			return told, act, err
		}
	}
	return Told{}, command.Act{}, failure.New(failure.Unavailable, "the task changes too fast, try again")
}

// opened is a link with what it is about.
type opened struct {
	auth.ReminderLink
	caller   auth.Caller
	task     *todo.Task // nil: deleted
	settings todo.Settings
	now      time.Time
}

// open reads what a link is about. One whose account is gone is failure.Expired.
func (s *Service) open(ctx context.Context, token string) (opened, error) {
	now := s.now()
	link, err := s.keys.VerifyReminderLink(token, now)
	if err != nil {
		return opened{}, err
	}
	l := opened{ReminderLink: link, now: now, caller: auth.Caller{UserID: link.UserID, Kind: events.ActorLink, Client: link.Via}}
	if l.settings, err = s.chosen(ctx, l.caller); err != nil {
		return opened{}, err
	}
	found, err := s.tasks.GetPresent(ctx, l.caller, []string{link.TaskID})
	if err == nil && len(found) == 1 {
		l.task = &found[0]
	}
	return l, err
}

// chosen reads the settings of the user of a link. An account that is gone is failure.Expired.
func (s *Service) chosen(ctx context.Context, caller auth.Caller) (todo.Settings, error) {
	found, err := s.settings.Get(ctx, caller)
	switch failure.KindOf(err) {
	case failure.Unauthenticated, failure.NotFound:
		return todo.Settings{}, failure.New(failure.Expired, "the link is not good any more")
	}
	if err != nil {
		return todo.Settings{}, err
	}
	chosen, err := found.Value()
	return chosen, failure.Wrap(failure.Internal, err, "read the settings of a user")
}

func (l opened) state() State {
	switch t := l.task; {
	case t == nil:
		return Deleted
	case t.Recurrence != nil && l.Due != nil && (t.Due == nil || *t.Due != *l.Due):
		return Past
	case t.CompletedAt != nil:
		return Completed
	}
	return Open
}

func (l opened) told(answer Answer) Told {
	told := Told{State: l.state(), Zone: l.settings.Zone, Locale: l.settings.Locale}
	if l.task != nil {
		told.Title, told.Due = l.task.Title, l.task.Due
	}
	if answer != Complete && told.State == Open {
		until := l.until(answer)
		told.Until = &until
	}
	return told
}

// until is when a reminder comes again that is put off now.
func (l opened) until(answer Answer) time.Time {
	now := l.now.UTC().Truncate(time.Millisecond)
	switch answer {
	case TenMinutes:
		return now.Add(10 * time.Minute)
	case Hour:
		return now.Add(time.Hour)
	}
	return nextMorning(now, l.settings)
}

// nextMorning is when the person's next day begins.
func nextMorning(now time.Time, of todo.Settings) time.Time {
	zone, err := todo.Due{}.Location(of.Zone)
	if err != nil { // one that was stored is known
		zone = time.UTC
	}
	tomorrow := todo.Due{Date: now.In(zone).AddDate(0, 0, 1).Format(time.DateOnly)}
	wall, err := tomorrow.Wall(of.DayStart)
	if err != nil {
		wall, _ = tomorrow.Wall(todo.DefaultDayStart)
	}
	return todo.Instant(wall, zone).UTC()
}

func (s *Service) answer(ctx context.Context, l opened, answer Answer) (Told, command.Act, error) {
	told := l.told(answer)
	switch told.State {
	case Deleted:
		return Told{}, command.Act{}, failure.New(failure.Expired, "the task is not there any more")
	case Past:
		return Told{}, command.Act{}, failure.New(failure.Conflict, "the task repeats, and this time of it is over")
	case Completed:
		if answer != Complete {
			return Told{}, command.Act{}, failure.New(failure.Conflict, "the task is completed already")
		}
	}
	change, err := l.change(answer)
	if err != nil {
		return Told{}, command.Act{}, err
	}
	// What repeats the act is the ringing and the answer, whichever message it comes from and whatever
	// the task is by then.
	return s.once(ctx, l, told, answer, "reminder."+l.Ring+"."+string(answer), change)
}

// once applies the command of an answer under an idempotency key, and says what came of it. One that was
// put off before, until a moment that is past, is put off once more.
func (s *Service) once(ctx context.Context, l opened, told Told, answer Answer, key string, change command.Command) (Told, command.Act, error) {
	done, err := s.commands.Apply(ctx, l.caller, command.Request{Key: key, Asked: []any{l.TaskID, l.Ring, answer}, Commands: []command.Command{change}})
	if err != nil {
		return Told{}, command.Act{}, err
	}
	if answer == Complete {
		told.State = Completed
	} else if told.Until, err = lastMoment(done.Results[0].Object); err != nil {
		return Told{}, command.Act{}, err
	}
	switch {
	case !done.Repeated:
		return told, done.Act, nil
	case told.Until != nil && !told.Until.After(l.now):
		return s.once(ctx, l, told, answer, fmt.Sprintf("reminder.%s.%s.%d", l.Ring, answer, told.Until.UnixMilli()), change)
	}
	return told, done.Act, s.stands(ctx, l, told)
}

// lastMoment is that of the reminder that was added to a task last.
func lastMoment(object json.RawMessage) (*time.Time, error) {
	var changed todo.Task
	if err := json.Unmarshal(object, &changed); err != nil {
		return nil, failure.Wrap(failure.Internal, err, "read the task that was changed")
	}
	return changed.Reminders[len(changed.Reminders)-1].At, nil
}

// stands refuses to tell of what was done before as if it still were so.
func (s *Service) stands(ctx context.Context, l opened, told Told) error {
	found, err := s.tasks.GetPresent(ctx, l.caller, []string{l.TaskID})
	if err != nil {
		return err
	}
	isSet := func(r todo.Reminder) bool { return r.At != nil && r.At.Equal(*told.Until) }
	if len(found) == 1 && (found[0].CompletedAt != nil || told.Until != nil && slices.ContainsFunc(found[0].Reminders, isSet)) {
		return nil
	}
	return failure.New(failure.Conflict, "this was done before, and taken back since; open the task to do it once more")
}

// change makes the command of an answer.
func (l opened) change(answer Answer) (command.Command, error) {
	if answer == Complete {
		return command.On(task.CommandComplete, command.Target{ID: l.TaskID}), nil
	}
	return task.Snooze(*l.task, l.until(answer), l.now)
}
