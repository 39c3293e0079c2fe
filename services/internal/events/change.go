package events

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Change is the data of an event on the topics task-events and task-updates, and one
// entry of a user's change feed: what happened to one object, in one form for every
// kind of object. Entities lists the kinds; the schema of each type lies in schema/.
type Change struct {
	UserID  string          `json:"userId" format:"uuid"`
	Seq     int64           `json:"seq" doc:"Counts 1, 2, 3, … for each user, without gaps, in commit order"`
	EventID string          `json:"eventId" format:"uuid" doc:"UUIDv7"`
	Type    string          `json:"type" example:"task.updated" doc:"<entity>.<verb>"`
	Entity  string          `json:"entity" example:"task" doc:"Kind of the object"`
	ID      string          `json:"id" format:"uuid" doc:"Of the object; of account and settings it is the user's"`
	Version int64           `json:"version" doc:"Of the object after the change"`
	Before  json.RawMessage `json:"before,omitempty" doc:"The object before the change; absent when there was none"`
	After   json.RawMessage `json:"after,omitempty" doc:"The object after the change; absent when there is none"`
	Details json.RawMessage `json:"details,omitempty" doc:"What changes of some types tell besides"`
	By      Actor           `json:"by" doc:"Who made the change"`
	OpID    string          `json:"opId,omitempty" doc:"Idempotency key of the request"`
	Group   string          `json:"group,omitempty" format:"uuid" doc:"Ties the changes of one act together"`
	At      time.Time       `json:"at"`
	Zone    string          `json:"zone" doc:"The user's IANA zone when it happened"`

	// What is written for readers of the version before comes besides.
	_ struct{} `additionalProperties:"true"`
}

// Actor is who makes a change, and through what.
type Actor struct {
	Kind   ActorKind `json:"kind" enum:"person,token,chat,agent,link,system"`
	ID     string    `json:"id" doc:"User id, token id, or app id of the service that acted"`
	Client string    `json:"client,omitempty" doc:"Program that was used, as it names itself"`
}

// ActorKind says what kind of actor makes a change.
type ActorKind string

// Kinds of actors.
const (
	ActorPerson ActorKind = "person" // signed in
	ActorToken  ActorKind = "token"  // a program with an API token
	ActorChat   ActorKind = "chat"   // the chatbot, for a person
	ActorAgent  ActorKind = "agent"  // an outside agent
	ActorLink   ActorKind = "link"   // a person, by the link of a message; the client is its channel
	ActorSystem ActorKind = "system" // a service of the platform
)

// DecodeChange reads the data of an event. What is no change is failure.Invalid.
func DecodeChange(data []byte) (Change, error) {
	var c struct {
		Change
		former
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return Change{}, failure.Wrap(failure.Invalid, err, "decode the change")
	}
	if c.Entity == "" {
		c.upgrade(&c.Change)
	}
	if c.Seq < 1 || c.EventID == "" || c.UserID == "" || !strings.HasPrefix(c.Type, c.Entity+".") {
		return Change{}, failure.InvalidField("data", "a change needs userId, a positive seq, eventId, and a type of its entity")
	}
	return c.Change, nil
}

// former holds what changes had before they had one form for every kind of object.
// Topics and the outbox may still hold such changes after an upgrade.
type former struct {
	TaskID string `json:"taskId"`
	Actor  string `json:"actor"`
}

func (f former) upgrade(c *Change) {
	c.Entity, c.ID = EntityTask, f.TaskID
	if f.TaskID == "" {
		c.Entity, c.Type, c.ID = EntityAccount, TypeAccountCreated, c.UserID
	}
	c.By = Actor{Kind: ActorPerson, ID: f.Actor}
	if f.Actor != c.UserID {
		c.By.Kind = ActorSystem
	}
	for _, state := range []json.RawMessage{c.After, c.Before} {
		var versioned struct {
			Version int64 `json:"version"`
		}
		if c.Version == 0 && json.Unmarshal(state, &versioned) == nil {
			c.Version = versioned.Version
		}
	}
}

// States decodes what the object was before the change and is after it; nil where it
// was not or is not there. An object of another shape is failure.Invalid.
func States[T any](c Change) (before, after *T, err error) {
	if before, err = stateOf[T](c, c.Before); err != nil {
		return nil, nil, err
	}
	after, err = stateOf[T](c, c.After)
	return before, after, err
}

func stateOf[T any](c Change, encoded json.RawMessage) (*T, error) {
	if len(encoded) == 0 {
		return nil, nil
	}
	var state *T
	err := json.Unmarshal(encoded, &state)
	return state, failure.Wrap(failure.Invalid, err, "decode the "+c.Entity+" of change "+c.EventID)
}
