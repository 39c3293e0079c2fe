package realtimesync

import (
	"time"

	json "github.com/go-json-experiment/json/v1"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// frameKind labels frames in metrics.
type frameKind string

const (
	kindWelcome  frameKind = "welcome"
	kindSnapshot frameKind = "snapshot_required"
	kindChange   frameKind = "change"
	kindReminder frameKind = "reminder"
	kindHead     frameKind = "head"
	kindPresence frameKind = "presence"
	kindClose    frameKind = "close"
)

// frame is one message to clients, encoded once for all of a user's sockets.
type frame struct {
	kind      frameKind
	seq       int64     // of a change; 0 for frames outside the sequence
	committed time.Time // when a change was committed
	live      bool      // whether its client was current before, and awaits it
	ended     string    // session or API token that the change ended
	deleted   bool      // whether the change is the end of the account
	cause     string    // what of the trace of its event it is part of, see package trace; empty: none
	head      int64     // no frame at all: word that changes reach up to this seq
	encoded   []byte
}

// feedItem is what realtime-sync needs to know of a change; the rest passes through.
type feedItem struct {
	Seq  int64     `json:"seq"`
	At   time.Time `json:"at"`
	Type string    `json:"type"`
	ID   string    `json:"id"`
}

// changeFrame makes the frame of a change from the JSON of an events.Change, which stays as
// it came. live says that its client awaits it, as one does what an event brings.
func changeFrame(change []byte, live bool) (frame, error) {
	var item feedItem
	if err := json.Unmarshal(change, &item); err != nil {
		return frame{}, failure.Wrap(failure.Invalid, err, "decode the change")
	}
	if item.Seq < 1 {
		return frame{}, failure.InvalidField("seq", "a change needs a positive seq, not %d", item.Seq)
	}
	f := frame{kind: kindChange, encoded: protocol.EncodeChange(item.Seq, change), seq: item.Seq, committed: item.At, live: live}
	if item.Type == events.TypeSessionEnded || item.Type == events.TypeTokenRevoked {
		f.ended = item.ID
	}
	f.deleted = item.Type == events.TypeAccountDeleted
	return f, nil
}

// reminderFrame makes the frame of a reminder event.
func reminderFrame(event events.Event) (frame, error) {
	return encodeFrame(kindReminder, protocol.NewReminder(event.Type, event.ID, event.Data))
}

func encodeFrame(kind frameKind, message any) (frame, error) {
	encoded, err := json.Marshal(message)
	if err != nil {
		return frame{}, failure.Wrap(failure.Invalid, err, "encode the "+string(kind)+" frame")
	}
	return frame{kind: kind, encoded: encoded}, nil
}
