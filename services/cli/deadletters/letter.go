package deadletters

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

// letter is one dead letter.
type letter struct {
	topic     string // without prefix
	partition int
	offset    int64
	kept      time.Time // when it was put there
	record    kafka.Message
	event     events.Event // what could be read of it
}

// place is where the letter lies, as topic/partition:offset.
func (l letter) place() string { return fmt.Sprintf("%s/%d:%d", l.topic, l.partition, l.offset) }

// entry is what list tells of a letter.
type entry struct {
	Place     string    `json:"place"`
	Topic     string    `json:"topic"`
	Partition int       `json:"partition"`
	Offset    int64     `json:"offset"`
	Event     string    `json:"event"`
	Type      string    `json:"type"`
	User      string    `json:"user"`
	Time      time.Time `json:"time"` // of the event
	Kept      time.Time `json:"kept"` // as a dead letter
}

func (l letter) entry() entry {
	return entry{
		Place: l.place(), Topic: l.topic, Partition: l.partition, Offset: l.offset,
		Event: l.event.ID, Type: l.event.Type, User: l.event.UserID, Time: l.event.Time, Kept: l.kept,
	}
}

// whole is what show tells of a letter.
type whole struct {
	entry
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value,omitempty"` // the event
	Text  string          `json:"text,omitempty"`  // what is there instead of an event
}

func (l letter) whole() whole {
	all := whole{entry: l.entry(), Key: string(l.record.Key)}
	if json.Valid(l.record.Value) {
		all.Value = l.record.Value
	} else {
		all.Text = string(l.record.Value)
	}
	return all
}
