package realtimesync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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
)

// frame is one message to clients, encoded once for all of a user's sockets.
type frame struct {
	kind      frameKind
	seq       int64     // of a change; 0 for frames outside the sequence
	committed time.Time // when a change was committed
	live      bool      // whether an event brought it, just after its commit
	ended     string    // session that the change ended
	head      int64     // no frame at all: word that changes reach up to this seq
	encoded   []byte
}

// feedItem is what realtime-sync needs to know of a change; the rest passes through unread.
type feedItem struct {
	seq      int64
	at       time.Time
	kind, id string
}

// readItem reads no further than it must: the object before and after, which may be long,
// come last where PostgreSQL wrote the change. That the rest is JSON has been checked with
// the message that brought it.
func readItem(change json.RawMessage) (feedItem, error) {
	var item feedItem
	wanted := map[string]any{"seq": &item.seq, "at": &item.at, "type": &item.kind, "id": &item.id}
	decoder := json.NewDecoder(bytes.NewReader(change))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return feedItem{}, failure.New(failure.Invalid, "a change must be a JSON object")
	}
	for len(wanted) > 0 && decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return feedItem{}, failure.Wrap(failure.Invalid, err, "decode the change")
		}
		key, _ := name.(string) // the decoder takes no other name
		into, ok := wanted[key]
		if !ok {
			into = &json.RawMessage{}
		}
		if err := decoder.Decode(into); err != nil {
			return feedItem{}, failure.Wrap(failure.Invalid, err, "decode the change")
		}
		delete(wanted, key)
	}
	return item, nil
}

// changeFrame makes the frame of a change, a protocol.Change, from the JSON of an
// events.Change as it came: it may be long. live says that an event brought it.
func changeFrame(change json.RawMessage, live bool) (frame, error) {
	item, err := readItem(change)
	if err != nil {
		return frame{}, err
	}
	if item.seq < 1 {
		return frame{}, failure.InvalidField("seq", "a change needs a positive seq, not %d", item.seq)
	}
	f := frame{kind: kindChange, seq: item.seq, committed: item.at, live: live}
	before := fmt.Appendf(nil, `{"type":"change","seq":%d,"change":`, item.seq)
	f.encoded = slices.Concat(before, change, []byte("}"))
	if item.kind == events.TypeSessionEnded {
		f.ended = item.id
	}
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
