package task

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// maxEditAttempts bounds how often an edit without a version is merged anew because
// someone else changed the task in between.
const maxEditAttempts = 5

// Service reads and changes tasks.
type Service struct {
	tasks       tasks
	occurrences occurrences
	changed     func() // told after a change was committed
}

// NewService makes the service on db. changed is called after each change that other
// services hear of.
func NewService(db *store.DB, changed func()) *Service {
	return &Service{tasks: tasks{db}, occurrences: occurrences{db}, changed: changed}
}

func (s *Service) create(ctx context.Context, op operation, d Draft) (events.Task, error) {
	d, err := d.Clean()
	if err != nil {
		return events.Task{}, err
	}
	op.TaskID = newID()
	return s.told(s.tasks.create(ctx, op, content{d, seriesFor(d, nil)}))
}

// edit replaces what a user has set of a task by what change makes of it. Without a
// version in op, an edit that lost a race is repeated on the newer task.
func (s *Service) edit(ctx context.Context, op operation, change func(events.Task) (Draft, error)) (events.Task, error) {
	wanted := op.Version
	for attempt := 1; ; attempt++ {
		op.Version = wanted
		t, err := s.editOnce(ctx, op, change)
		if wanted != 0 || failure.KindOf(err) != failure.VersionMismatch || attempt == maxEditAttempts {
			return t, err
		}
	}
}

func (s *Service) editOnce(ctx context.Context, op operation, change func(events.Task) (Draft, error)) (events.Task, error) {
	before, repeated, err := s.tasks.beginEdit(ctx, op)
	if err != nil || repeated {
		return before, err
	}
	if op.Version == 0 {
		op.Version = before.Version
	}
	d, err := change(before)
	if err != nil {
		return events.Task{}, err
	}
	d, err = d.Clean()
	if err != nil {
		return events.Task{}, err
	}
	if d.sameAs(before) && op.Version == before.Version {
		return before, nil
	}
	return s.told(s.tasks.update(ctx, op, content{d, seriesFor(d, &before)}))
}

func (s *Service) setCompleted(ctx context.Context, op operation, completed bool) (events.Task, error) {
	return s.told(s.tasks.setCompleted(ctx, op, completed))
}

func (s *Service) remove(ctx context.Context, op operation) error {
	err := s.tasks.remove(ctx, op)
	if err == nil {
		s.changed()
	}
	return err
}

// told passes the result of a write on and, if it succeeded, tells of it.
func (s *Service) told(t events.Task, err error) (events.Task, error) {
	if err == nil {
		s.changed()
	}
	return t, err
}
