package project

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

type createSectionInput struct {
	command.Keyed
	Body SectionDraft
}

func (h handlers) createSection(ctx context.Context, in *createSectionInput) (*sectionOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	c, err := CreateSection("", in.Body)
	return command.AnswerMade[todo.Section](ctx, h.commands, caller, in.IdempotencyKey, c, err)
}

func (h handlers) getSection(ctx context.Context, in *command.Addressed) (*command.Output[todo.Section], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(h.GetSection(ctx, caller, in.ID))
}

type editSectionInput struct {
	command.Changing
	Body SectionPatch `contentType:"application/merge-patch+json"`
}

func (h handlers) editSection(ctx context.Context, in *editSectionInput) (*sectionOutput, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	c, err := UpdateSection(target.ID, target.IfVersion, in.Body)
	return command.AnswerMade[todo.Section](ctx, h.commands, caller, target.Key, c, err)
}

type moveSectionInput struct {
	command.Changing
	Body SectionMove
}

func (h handlers) moveSection(ctx context.Context, in *moveSectionInput) (*sectionOutput, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	c, err := MoveSectionTo(target.ID, target.IfVersion, in.Body)
	return command.AnswerMade[todo.Section](ctx, h.commands, caller, target.Key, c, err)
}

func (h handlers) removeSection(ctx context.Context, in *command.Changing) (*command.Changed, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerDeleted(command.One[todo.Section](ctx, h.commands, caller, target.Key, command.On(commandDeleteSection, target)))
}
