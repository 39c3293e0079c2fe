// Package chat talks with people about their tasks: it reads what they say with package intent, or where
// that does not understand has a language model read it, does it through package tool, and keeps what was
// said in Dapr's state store for a time.
package chat

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

// Service talks with people.
type Service struct {
	tools  *tool.Set
	memory memory
	model  *model.Model
	now    func() time.Time
}

// Config is what the service stands on.
type Config struct {
	Tools   *tool.Set // it acts through
	State   State     // where conversations are kept
	Model   model.Config
	Sidecar model.Sidecar
	Metrics prometheus.Registerer
	Now     func() time.Time
	// KeepDays is for how many days a conversation is kept after the last word.
	KeepDays int
}

// NewService makes the service.
func NewService(cfg Config) (*Service, error) {
	tools, err := modelTools(cfg.Tools)
	if err != nil {
		return nil, err
	}
	helper, err := model.New(cfg.Model, cfg.Sidecar, tools, cfg.Metrics)
	return &Service{tools: cfg.Tools, memory: memory{cfg.State, cfg.Now, cfg.KeepDays}, model: helper, now: cfg.Now}, err
}

// Abilities tells what the chatbot can do for the caller.
func (s *Service) Abilities(ctx context.Context, caller auth.Caller) (Abilities, error) {
	person, err := s.person(ctx, caller)
	if err != nil {
		return Abilities{}, err
	}
	can := Abilities{Model: s.model.There(), ModelName: s.model.Name, Languages: []string{}}
	for _, locale := range words.All() {
		can.Languages = append(can.Languages, locale.Tag)
	}
	can.Suggestions = person.suggestions(intent.Add, intent.Find, intent.Summarize, intent.Change, intent.Free, intent.Help)
	return can, nil
}

// List reads the caller's conversations, the last one first.
func (s *Service) List(ctx context.Context, caller auth.Caller) ([]Entry, error) {
	return s.memory.list(ctx, caller.UserID)
}

// Get reads a conversation; one that is not there, or forgotten, is failure.NotFound.
func (s *Service) Get(ctx context.Context, caller auth.Caller, id string) (Conversation, error) {
	kept, err := s.memory.load(ctx, caller.UserID, id)
	if err != nil {
		return Conversation{}, err
	}
	if len(kept.Messages) == 0 {
		return Conversation{}, failure.New(failure.NotFound, "there is no such conversation")
	}
	return kept.Conversation, nil
}

// Forget removes a conversation. What was done in it stays done.
func (s *Service) Forget(ctx context.Context, caller auth.Caller, id string) error {
	if _, err := s.Get(ctx, caller, id); err != nil {
		return err
	}
	return s.memory.forget(ctx, caller.UserID, id)
}

// ForgetAll removes all conversations of a user whose account ends.
func (s *Service) ForgetAll(ctx context.Context, userID string) error {
	entries, err := s.memory.list(ctx, userID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.memory.forget(ctx, userID, e.ID); err != nil {
			return err
		}
	}
	return errors.Join(s.memory.forgetIndex(ctx, userID), s.memory.forgetUsage(ctx, userID))
}

// Say answers what a person says. The same message said again is answered as before, and nothing is
// done twice; so it may be said again when the platform has failed and nobody knows what was done. While
// another one is answered it is failure.Conflict. write is called with the parts of
// the answer's text as they are made.
func (s *Service) Say(ctx context.Context, caller auth.Caller, conversationID string, saying Saying, write func(text string)) (Message, error) {
	caller.Kind = events.ActorChat
	var kept *kept
	var person person
	reading, readContext := errgroup.WithContext(ctx)
	reading.Go(func() (err error) { kept, err = s.memory.load(readContext, caller.UserID, conversationID); return err })
	reading.Go(func() (err error) { person, err = s.person(readContext, caller); return err })
	if err := reading.Wait(); err != nil {
		return Message{}, err
	}
	if answer, ok := kept.answerTo(saying.ID); ok {
		write(answer.Text)
		return answer, s.memory.enter(ctx, kept)
	}
	if err := kept.admit(saying); err != nil && !kept.begun(saying.ID) {
		return Message{}, err
	}
	kept.hear(saying, s.now())
	t := &turn{Service: s, ctx: ctx, caller: caller, person: person, kept: kept, message: saying.ID, key: saying.ID}
	said, err := t.answer(saying.Text)
	if err != nil {
		if said, err = person.refusal(err); err != nil {
			return Message{}, err
		}
	}
	answer := Message{ID: command.NewID(), Role: Assistant, At: s.now().UTC().Truncate(time.Millisecond), Text: said.Text, Parts: said.Parts, Model: said.model}
	kept.say(answer)
	if err := s.memory.save(ctx, kept); err != nil {
		return Message{}, err
	}
	write(said.Text)
	return answer, s.memory.enter(ctx, kept)
}

// answerTo finds the answer to a message that was said before.
func (k *kept) answerTo(messageID string) (Message, bool) {
	at := slices.IndexFunc(k.Messages, func(m Message) bool { return m.ID == messageID })
	if at < 0 || at+1 == len(k.Messages) || k.Messages[at+1].Role != Assistant {
		return Message{}, false
	}
	return k.Messages[at+1], true
}

// admit refuses the choice of a question that is no longer open.
func (k *kept) admit(saying Saying) error {
	if saying.To == "" || k.Asked != nil && k.Asked.MessageID == saying.To {
		return nil
	}
	at := slices.IndexFunc(k.Messages, func(m Message) bool { return m.ID == saying.To })
	if at >= 0 && !slices.ContainsFunc(k.Messages[at].Parts, func(p Part) bool { return p.Kind == Choices || p.Kind == Consent }) {
		return nil // a suggestion may be taken at any time
	}
	return failure.New(failure.Conflict, "this question is no longer open; say what you want")
}
