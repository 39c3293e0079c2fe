package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestKindOf(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		name string
		err  error
		want failure.Kind
	}{
		{"no error", nil, ""},
		{"plain error", cause, failure.Internal},
		{"error of a kind", failure.New(failure.NotFound, "no task %d", 7), failure.NotFound},
		{"wrapped in a plain error", fmt.Errorf("read: %w", failure.New(failure.Conflict, "taken")), failure.Conflict},
		{"the outermost kind wins", failure.Wrap(failure.Unavailable, failure.New(failure.Conflict, "taken"), "save"), failure.Unavailable},
		{"passed deadline", fmt.Errorf("read: %w", context.DeadlineExceeded), failure.Unavailable},
		{"cancelled call", context.Canceled, failure.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := failure.KindOf(c.err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPublicHidesTheCause(t *testing.T) {
	cause := errors.New("password=1234")
	for name, err := range map[string]error{
		"wrapped":  failure.Wrap(failure.Unavailable, cause, "read the tasks"),
		"plain":    cause,
		"deadline": errors.Join(context.DeadlineExceeded, cause),
	} {
		t.Run(name, func(t *testing.T) {
			public := failure.Public(err)
			if public.Message == "read the tasks" || public.Error() == "" || public.Unwrap() != nil || public.Error() == err.Error() {
				t.Errorf("the caller would see %q", public.Error())
			}
			if public.Kind != failure.KindOf(err) {
				t.Errorf("the kind became %q", public.Kind)
			}
		})
	}
	if got := failure.Public(failure.Wrap(failure.Invalid, cause, "read the body")); got.Message != "read the body" {
		t.Errorf("got %+v", got)
	}
	if got := failure.Public(failure.InvalidField("due.zone", "unknown zone %q", "Mars")); got.Field != "due.zone" || got.Message != `unknown zone "Mars"` {
		t.Errorf("got %+v", got)
	}
}

func TestWrap(t *testing.T) {
	if failure.Wrap(failure.Internal, nil, "nothing") != nil {
		t.Error("no error became one")
	}
	cause := errors.New("cause")
	err := failure.Wrap(failure.Internal, cause, "save the task")
	if !errors.Is(err, cause) || err.Error() != "save the task: cause" {
		t.Errorf("got %v", err)
	}
}
