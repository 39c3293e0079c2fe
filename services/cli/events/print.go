package events

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

// printers print a line in each form of output.
var printers = map[string]func(io.Writer, line) error{"text": printText, "json": printJSON}

// printText tells of an event without anything that its user wrote.
func printText(out io.Writer, l line) error {
	if l.err != nil {
		_, err := fmt.Fprintf(out, "%s %s is no event: %v\n", l.record.Time.UTC().Format(time.RFC3339Nano), l.place(), l.err)
		return err
	}
	_, err := fmt.Fprintf(out, "%s %-22s user=%s subject=%s%s\n",
		l.event.Time.UTC().Format("2006-01-02T15:04:05.000Z"), l.event.Type, l.event.UserID, cmp.Or(l.event.Subject, "-"), detail(l.event))
	return err
}

// detail is what the data of an event tell besides: its place in the user's order and who acted.
func detail(event events.Event) string {
	var data struct {
		Seq     int64        `json:"seq"`
		By      events.Actor `json:"by"`
		Channel string       `json:"channel"`
	}
	if json.Unmarshal(event.Data, &data) != nil {
		return ""
	}
	text := ""
	if data.Seq > 0 {
		text += fmt.Sprintf(" seq=%d", data.Seq)
	}
	if data.By.Kind != "" {
		text += fmt.Sprintf(" by=%s", data.By.Kind)
	}
	if data.Channel != "" {
		text += fmt.Sprintf(" channel=%s", data.Channel)
	}
	return text
}

// printJSON prints a record as it is, or what says that it is no event.
func printJSON(out io.Writer, l line) error {
	if l.err == nil {
		return json.NewEncoder(out).Encode(json.RawMessage(l.record.Value)) // compact, so that it is one line
	}
	return json.NewEncoder(out).Encode(map[string]string{"place": l.place(), "error": l.err.Error()})
}

// place is where the record lies, as topic/partition:offset.
func (l line) place() string {
	return fmt.Sprintf("%s/%d:%d", l.topic, l.record.Partition, l.record.Offset)
}
