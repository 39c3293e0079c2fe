package model

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// Work is what a model is told and does about one thing that a person says. It is kept between its steps,
// so that it goes on with what the model wanted if the platform dies in between.
type Work struct {
	MessageID string              `json:"messageId"`
	Veil      Veil                `json:"veil,omitzero"`
	Messages  []dapr.ModelMessage `json:"messages"` // as the model sees them
	Steps     int                 `json:"steps"`    // answers of the model
}

// Begin makes the work on a message of a person: what holds, what was said before, and what is said now.
func (m *Model) Begin(messageID, briefing string, before []dapr.ModelMessage, said string) *Work {
	w := &Work{MessageID: messageID, Veil: Veil{Private: m.Private}}
	w.add(dapr.ModelMessage{Role: dapr.SystemRole, Text: briefing})
	for _, message := range before {
		w.add(message)
	}
	w.add(dapr.ModelMessage{Role: dapr.UserRole, Text: said})
	return w
}

func (w *Work) add(m dapr.ModelMessage) {
	m.Text = w.Veil.Hide(m.Text)
	w.Messages = append(w.Messages, m)
}

// hear adds what the model says, in which things are hidden as it has seen them.
func (w *Work) hear(answer dapr.ModelMessage) {
	w.Steps++
	w.Messages = append(w.Messages, answer)
}

func (w *Work) last() dapr.ModelMessage { return w.Messages[len(w.Messages)-1] }

// Done reports whether the model has answered and wants nothing more done.
func (w *Work) Done() bool {
	return w.last().Role == dapr.AssistantRole && w.Steps > 0 && len(w.last().Calls) == 0
}

// Pending are the calls of the model's last answer that have no answer yet, with what was hidden.
func (w *Work) Pending() []dapr.ModelCall {
	at := len(w.Messages) - 1
	for at >= 0 && w.Messages[at].Role == dapr.ToolRole {
		at--
	}
	if at < 0 || w.Messages[at].Role != dapr.AssistantRole {
		return nil
	}
	calls := slices.Clone(w.Messages[at].Calls[len(w.Messages)-1-at:])
	for i := range calls {
		calls[i].Arguments = w.Veil.Show(calls[i].Arguments)
	}
	return calls
}

// Answer answers the first of the pending calls.
func (w *Work) Answer(call dapr.ModelCall, text string) {
	if call.Arguments = w.Veil.Hide(call.Arguments); !json.Valid([]byte(call.Arguments)) {
		call.Arguments = "{}" // providers take nothing else back
	}
	w.add(dapr.ModelMessage{Role: dapr.ToolRole, To: call, Text: text})
}

// turns are the messages as Dapr's components hand them on to every provider whole: an answer of the
// model has one part, and a call stands directly before its answer.
func (w *Work) turns() []dapr.ModelMessage {
	var turns []dapr.ModelMessage
	for _, m := range w.Messages {
		switch {
		case len(m.Calls) > 0: // each comes with its answer; what was said beside them is no answer
		case m.Role == dapr.ToolRole:
			turns = append(turns, dapr.ModelMessage{Role: dapr.AssistantRole, Calls: []dapr.ModelCall{m.To}}, m)
		default:
			turns = append(turns, m)
		}
	}
	return turns
}

// told reports whether the model was told a text.
func (w *Work) told(text string) bool {
	return slices.ContainsFunc(w.Messages, func(m dapr.ModelMessage) bool {
		return m.Role != dapr.AssistantRole && strings.Contains(w.Veil.Show(m.Text), text)
	})
}

// size is how long the work is, in bytes.
func (w *Work) size() int {
	size := 0
	for _, m := range w.Messages {
		size += len(m.Text)
		for _, call := range slices.Concat(m.Calls, []dapr.ModelCall{m.To}) {
			size += len(call.Name) + len(call.Arguments)
		}
	}
	return size
}
