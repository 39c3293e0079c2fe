package chat

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
)

// Bounds of what is kept.
const (
	maxMessages      = 200            // of a conversation; older ones are forgotten
	maxKept          = 512 << 10      // bytes of a conversation; its older half is forgotten
	maxConversations = 100            // of a user; the one that is longest silent is forgotten
	maxTitle         = 80             // characters
	maxTries         = 5              // to write what others write too
	usageTime        = 48 * time.Hour // for how long it is known what a person used on a day
)

// State is a state store.
type State interface {
	LoadState(ctx context.Context, store, key string) (dapr.State, error)
	SaveState(ctx context.Context, store, key string, state dapr.State, ttl time.Duration) error
	DeleteState(ctx context.Context, store, key string) error
}

// memory keeps conversations: one value each, and one for the list of a user.
type memory struct {
	state    State
	now      func() time.Time
	keepDays int // after the last word
}

func (m memory) keepTime() time.Duration { return time.Duration(m.keepDays) * 24 * time.Hour }

// kept is a conversation as it is kept: with what the next words depend on.
type kept struct {
	Conversation
	Talk
	userID, etag string
}

// Talk is what people may speak of without naming it.
type Talk struct {
	Shown   []string       `json:"shown,omitempty"`   // ids of the tasks that were listed last, by their numbers
	Handled []string       `json:"handled,omitempty"` // those of Shown that were spoken of since
	Ahead   []string       `json:"ahead,omitempty"`   // ids of what was found and is not listed yet
	Spoken  []string       `json:"spoken,omitempty"`  // ids of the tasks that were spoken of last
	Place   Place          `json:"place,omitzero"`    // of what was added last
	Last    *intent.Intent `json:"last,omitempty"`    // that was done, and can be corrected
	Acted   []string       `json:"acted,omitempty"`   // ids of the tasks that it was done to
	Groups  []string       `json:"groups,omitempty"`  // of the acts that were done for the last message that did any
	Asked   *Asked         `json:"asked,omitempty"`
	Doing   *Doing         `json:"doing,omitempty"` // what is being done, and perhaps was
	Work    *model.Work    `json:"work,omitempty"`  // of the language model on the message that is being answered
	Told    []reply        `json:"told,omitempty"`  // what Work has done
}

// Doing is an act that was begun for a message: on which tasks is decided, whatever comes to be of them.
type Doing struct {
	Key    string        `json:"key"`
	Intent intent.Intent `json:"intent"`
	IDs    []string      `json:"ids"`
}

// list notes the tasks that are listed with numbers; what was spoken of before is over.
func (k *Talk) list(ids []string) { k.Shown, k.Handled, k.Ahead, k.Spoken = ids, nil, nil, nil }

// speakOf notes the tasks that are spoken of.
func (k *Talk) speakOf(ids []string) {
	k.Spoken = ids
	for _, id := range ids {
		if slices.Contains(k.Shown, id) && !slices.Contains(k.Handled, id) {
			k.Handled = append(k.Handled, id)
		}
	}
}

// Place is where tasks are.
type Place struct {
	ProjectID string `json:"projectId,omitempty"`
	SectionID string `json:"sectionId,omitempty"`
	ParentID  string `json:"parentId,omitempty"`
}

// Asked is a question that is open: the intent waits for the answer.
type Asked struct {
	MessageID string          `json:"messageId"`
	Question  intent.Question `json:"question"`
	Intent    intent.Intent   `json:"intent"`
	IDs       []string        `json:"ids"` // of the tasks that it is about, or of those to choose from
}

func conversationKey(userID, id string) string { return userID + "/" + id }

// load reads a conversation; one that is not there is empty.
func (m memory) load(ctx context.Context, userID, id string) (*kept, error) {
	state, err := m.state.LoadState(ctx, contract.ConversationStore, conversationKey(userID, id))
	if err != nil {
		return nil, err
	}
	k := &kept{userID: userID, etag: state.ETag}
	if len(state.Value) > 0 {
		if err := json.Unmarshal(state.Value, k); err != nil {
			return nil, failure.Wrap(failure.Internal, err, "read a conversation")
		}
	}
	k.ID = id
	return k, nil
}

// save keeps a conversation, unless it was changed since it was loaded: failure.Conflict.
func (m memory) save(ctx context.Context, k *kept) error {
	value, err := k.encode()
	if err != nil {
		return err
	}
	err = m.state.SaveState(ctx, contract.ConversationStore, conversationKey(k.userID, k.ID), dapr.State{Value: value, ETag: k.etag}, m.keepTime())
	if failure.KindOf(err) == failure.Conflict {
		return errAnotherMessage
	}
	return err
}

var errAnotherMessage = failure.New(failure.Conflict, "another message of this conversation is being answered; wait for it")

// begin keeps a conversation in the middle of a message, which saves it once more.
func (m memory) begin(ctx context.Context, k *kept) error {
	if err := m.save(ctx, k); err != nil {
		return err
	}
	now, err := m.load(ctx, k.userID, k.ID)
	if err != nil {
		return err
	}
	if !now.begun(k.Messages[len(k.Messages)-1].ID) { // another one came in between
		return errAnotherMessage
	}
	k.etag = now.etag
	return nil
}

// begun reports whether something was done for a message that is not answered yet.
func (k *kept) begun(messageID string) bool {
	return k.Doing != nil && strings.HasPrefix(k.Doing.Key, messageID) || k.Work != nil && k.Work.MessageID == messageID
}

// encode writes a conversation as it is kept, without its oldest messages where it is too long.
func (k *kept) encode() ([]byte, error) {
	for {
		value, err := json.Marshal(k)
		if err != nil {
			return nil, failure.Wrap(failure.Internal, err, "encode a conversation")
		}
		if len(value) <= maxKept || len(k.Messages) <= 2 {
			return value, nil
		}
		k.Messages = k.Messages[len(k.Messages)/2:]
	}
}

// enter puts a conversation last into the list of its user.
func (m memory) enter(ctx context.Context, k *kept) error {
	return m.index(ctx, k.userID, func(entries []Entry) []Entry {
		return append(without(entries, k.ID), Entry{k.ID, k.Title, k.UpdatedAt})
	})
}

// forget removes a conversation.
func (m memory) forget(ctx context.Context, userID, id string) error {
	if err := m.state.DeleteState(ctx, contract.ConversationStore, conversationKey(userID, id)); err != nil {
		return err
	}
	return m.index(ctx, userID, func(entries []Entry) []Entry { return without(entries, id) })
}

func (m memory) forgetIndex(ctx context.Context, userID string) error {
	return m.state.DeleteState(ctx, contract.ConversationStore, userID)
}

// usage is what a person used of the language model on a day (UTC).
type usage struct {
	Day    string `json:"day"`
	Tokens int64  `json:"tokens"`
}

func usageKey(userID string) string { return userID + "/model" }

// used reads how many tokens a user used today.
func (m memory) used(ctx context.Context, userID string) (int64, error) {
	today, _, err := m.usage(ctx, userID)
	return today.Tokens, err
}

func (m memory) usage(ctx context.Context, userID string) (usage, string, error) {
	today := usage{Day: time.Now().UTC().Format(time.DateOnly)}
	state, err := m.state.LoadState(ctx, contract.ConversationStore, usageKey(userID))
	if err != nil || len(state.Value) == 0 {
		return today, "", err
	}
	var last usage
	if err := json.Unmarshal(state.Value, &last); err != nil {
		return usage{}, "", failure.Wrap(failure.Internal, err, "read what was used of the language model")
	}
	if last.Day == today.Day {
		today = last
	}
	return today, state.ETag, nil
}

// use adds to the tokens that a user used today.
func (m memory) use(ctx context.Context, userID string, tokens int64) error {
	for range maxTries {
		today, etag, err := m.usage(ctx, userID)
		if err != nil {
			return err
		}
		today.Tokens += tokens
		value, err := json.Marshal(today)
		if err != nil {
			return failure.Wrap(failure.Internal, err, "encode what was used of the language model")
		}
		err = m.state.SaveState(ctx, contract.ConversationStore, usageKey(userID), dapr.State{Value: value, ETag: etag}, usageTime)
		if failure.KindOf(err) != failure.Conflict {
			return err
		}
	}
	return failure.New(failure.Unavailable, "too many conversations go on at once; try again")
}

func (m memory) forgetUsage(ctx context.Context, userID string) error {
	return m.state.DeleteState(ctx, contract.ConversationStore, usageKey(userID))
}

func without(entries []Entry, id string) []Entry {
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.ID == id })
}

// list reads the conversations of a user that are not forgotten, the last one first.
func (m memory) list(ctx context.Context, userID string) ([]Entry, error) {
	entries, _, err := m.entries(ctx, userID)
	slices.Reverse(entries)
	return entries, err
}

func (m memory) entries(ctx context.Context, userID string) ([]Entry, string, error) {
	state, err := m.state.LoadState(ctx, contract.ConversationStore, userID)
	if err != nil {
		return nil, "", err
	}
	entries := []Entry{}
	if len(state.Value) > 0 {
		if err := json.Unmarshal(state.Value, &entries); err != nil {
			return nil, "", failure.Wrap(failure.Internal, err, "read the list of conversations")
		}
	}
	forgotten := m.now().Add(-m.keepTime())
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.UpdatedAt.Before(forgotten) }), state.ETag, nil
}

// index changes the list of a user's conversations, and forgets those that are too many.
func (m memory) index(ctx context.Context, userID string, change func([]Entry) []Entry) error {
	for range maxTries {
		entries, etag, err := m.entries(ctx, userID)
		if err != nil {
			return err
		}
		entries = change(entries)
		tooMany := max(len(entries)-maxConversations, 0)
		for _, e := range entries[:tooMany] {
			if err := m.state.DeleteState(ctx, contract.ConversationStore, conversationKey(userID, e.ID)); err != nil {
				return err
			}
		}
		value, err := json.Marshal(entries[tooMany:])
		if err != nil {
			return failure.Wrap(failure.Internal, err, "encode the list of conversations")
		}
		err = m.state.SaveState(ctx, contract.ConversationStore, userID, dapr.State{Value: value, ETag: etag}, m.keepTime())
		if failure.KindOf(err) != failure.Conflict {
			return err
		}
	}
	return failure.New(failure.Unavailable, "too many conversations go on at once; try again")
}

// hear adds what a person says, unless it was added before its answer was lost.
func (k *kept) hear(saying Saying, now time.Time) {
	at := now.UTC().Truncate(time.Millisecond)
	if len(k.Messages) == 0 {
		k.CreatedAt = at
		title := []rune(saying.Text)
		k.Title = string(title[:min(len(title), maxTitle)])
	}
	if len(k.Messages) == 0 || k.Messages[len(k.Messages)-1].ID != saying.ID {
		k.add(Message{ID: saying.ID, Role: Person, At: at, Text: saying.Text})
	}
}

// say adds an answer, with which all that was begun is done. A question that it asks is the one that is open.
func (k *kept) say(answer Message) {
	k.Doing, k.Work, k.Told = nil, nil, nil
	if k.Asked != nil && k.Asked.MessageID == "" {
		k.Asked.MessageID = answer.ID
	}
	k.add(answer)
}

func (k *kept) add(m Message) {
	k.Messages = append(k.Messages, m)
	k.Messages = k.Messages[max(len(k.Messages)-maxMessages, 0):]
	k.UpdatedAt = m.At
}
