package command

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
)

// The handlers that rooms have in common: each makes a command of its input, applies it, and
// answers with the object, a T.

// CreateInput is the input of operations that add an object.
type CreateInput[Draft any] struct {
	Keyed
	Body Draft
}

// Creating returns the handler that adds an object. build is given "" for the id.
func Creating[T, Draft any](s *Service, build func(id string, draft Draft) (Command, error)) func(context.Context, *CreateInput[Draft]) (*ChangedOutput[T], error) {
	return func(ctx context.Context, in *CreateInput[Draft]) (*ChangedOutput[T], error) {
		caller, err := auth.FromContext(ctx)
		if err != nil {
			return nil, err
		}
		c, err := build("", in.Body)
		if err != nil {
			return nil, err
		}
		return AnswerChanged(One[T](ctx, s, caller, in.IdempotencyKey, c))
	}
}

// EditInput is the input of operations that change fields of an object.
type EditInput[Patch any] struct {
	Changing
	Body Patch `contentType:"application/merge-patch+json"`
}

// Editing returns the handler that changes fields of an object.
func Editing[T, Patch any](s *Service, build func(id string, ifVersion int64, patch Patch) (Command, error)) func(context.Context, *EditInput[Patch]) (*ChangedOutput[T], error) {
	return func(ctx context.Context, in *EditInput[Patch]) (*ChangedOutput[T], error) {
		return changing[T](ctx, s, in.Changing, func(target Target) (Command, error) { return build(target.ID, target.IfVersion, in.Body) })
	}
}

// MoveInput is the input of operations that put an object elsewhere.
type MoveInput[Move any] struct {
	Changing
	Body Move
}

// Moving returns the handler that puts an object elsewhere.
func Moving[T, Move any](s *Service, build func(id string, ifVersion int64, to Move) (Command, error)) func(context.Context, *MoveInput[Move]) (*ChangedOutput[T], error) {
	return func(ctx context.Context, in *MoveInput[Move]) (*ChangedOutput[T], error) {
		return changing[T](ctx, s, in.Changing, func(target Target) (Command, error) { return build(target.ID, target.IfVersion, in.Body) })
	}
}

// Acting returns the handler of a command without fields.
func Acting[T any](s *Service, name string) func(context.Context, *Changing) (*ChangedOutput[T], error) {
	return func(ctx context.Context, in *Changing) (*ChangedOutput[T], error) {
		return changing[T](ctx, s, *in, func(target Target) (Command, error) { return On(name, target), nil })
	}
}

// Deleting returns the handler of a command after which the object is gone.
func Deleting(s *Service, name string) func(context.Context, *Changing) (*Changed, error) {
	return func(ctx context.Context, in *Changing) (*Changed, error) {
		caller, target, err := in.Target(ctx)
		if err != nil {
			return nil, err
		}
		made, err := One[any](ctx, s, caller, target.Key, On(name, target))
		if err != nil {
			return nil, err
		}
		changed := Changed(made.Act)
		return &changed, nil
	}
}

func changing[T any](ctx context.Context, s *Service, in Changing, build func(Target) (Command, error)) (*ChangedOutput[T], error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	c, err := build(target)
	if err != nil {
		return nil, err
	}
	return AnswerChanged(One[T](ctx, s, caller, target.Key, c))
}
