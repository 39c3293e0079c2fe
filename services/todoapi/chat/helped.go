package chat

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
)

// Bounds of the help that a language model gives with one message.
const (
	helpTime    = 40 * time.Second
	maxSteps    = 8        // answers of the model
	maxAdded    = 20       // tasks that are added and changed for one message
	maxBefore   = 12       // messages before that it is told
	maxBeforeOf = 1000     // characters of each
	maxNames    = 50       // projects, and tags, that it is told
	maxResult   = 16 << 10 // bytes of a tool's answer
	// maxWorkMessages bounds the calls of tools, with what was said before and the answers.
	maxWorkMessages = 60
)

// needsHelp reports whether a language model is to read what was said: where the engine does not
// understand, and where it speaks of what the model said.
func (t *turn) needsHelp(said intent.Intent, asked *Asked) bool {
	if !t.model.There() {
		return false
	}
	target := said.Target
	refers := said.Verb == intent.Yes || said.Verb == intent.No || said.Verb == intent.Choose || said.Verb == intent.Correct ||
		target.Those || target.Rest || len(target.Positions) > 0
	return said.Verb == intent.Unknown || refers && asked == nil && t.modelSpokeLast()
}

// modelSpokeLast reports whether the last answer was the model's and did nothing.
func (t *turn) modelSpokeLast() bool {
	for _, m := range slices.Backward(t.kept.Messages) {
		if m.Role == Assistant {
			return m.Model != "" && len(m.Parts) == 0
		}
	}
	return false
}

// helped has the language model answer. Where it does not, the engine does as well as it can.
func (t *turn) helped(text string, options intent.Options) (reply, error) {
	if t.kept.Work == nil || t.kept.Work.MessageID != t.message {
		t.kept.Work, t.kept.Told = t.model.Begin(t.message, t.briefing(options), t.before(), text), nil
	}
	ctx, cancel := context.WithTimeout(t.ctx, helpTime)
	defer cancel()
	for !t.kept.Work.Done() {
		question, err := t.useTools()
		if err != nil {
			return reply{}, err
		}
		if question != nil {
			return t.withTold("", *question), nil
		}
		hindrance, err := t.step(ctx)
		switch {
		case err != nil:
			return reply{}, err
		case hindrance != "":
			return t.unhelped(text, options, t.person.phrase(hindrance, nil))
		}
	}
	answer := t.withTold(t.kept.Work.Said())
	answer.model = t.model.Name
	if len(t.kept.Told) == 0 { // whatever it says
		t.kept.list(nil)
		answer.Text += "\n\n" + t.person.phrase("model.nothing", nil)
	}
	return answer, nil
}

// step has the model answer once more. hindrance is the phrase that says why it did not.
func (t *turn) step(ctx context.Context) (hindrance string, err error) {
	if t.kept.Work.Steps == maxSteps {
		return "model.cut", nil
	}
	used, err := t.memory.used(t.ctx, t.caller.UserID)
	if err != nil {
		return "", err
	}
	if used >= t.model.DailyTokens {
		return "model.spent", nil
	}
	tokens, err := t.model.Ask(ctx, t.kept.Work)
	if errors.Is(err, model.ErrTooLong) {
		return "model.cut", nil
	}
	if err != nil {
		slog.WarnContext(t.ctx, "the language model does not answer", "error", err)
		return "model.away", nil
	}
	if err := t.memory.use(t.ctx, t.caller.UserID, tokens); err != nil || t.kept.Work.Done() {
		return "", err
	}
	return "", t.memory.begin(t.ctx, t.kept) // what it wants is done once, and nothing else instead
}

// unhelped answers without the model, or tells what was done before it did not go on.
func (t *turn) unhelped(text string, options intent.Options, why string) (reply, error) {
	if len(t.kept.Told) > 0 {
		return t.withTold(why), nil
	}
	said := t.resolved(intent.Parse(text, options))
	if said.Verb == intent.Unknown {
		said = unknown(text, said, options)
	}
	answer, err := t.do(said)
	answer.Text = why + " " + answer.Text
	return answer, err
}

// withTold tells what was done for the model, after a text and before other replies.
func (t *turn) withTold(text string, others ...reply) reply {
	var texts []string
	if text != "" {
		texts = []string{text}
	}
	var parts []Part
	for _, r := range slices.Concat(t.kept.Told, others) {
		texts = append(texts, r.Text)
		parts = append(parts, r.Parts...)
	}
	return reply{Text: strings.Join(texts, "\n\n"), Parts: t.together(parts)}
}

// together are the parts of several acts as those of one.
func (t *turn) together(parts []Part) []Part {
	if len(t.kept.Told) < 2 {
		return parts
	}
	tasks, rest := Part{Kind: Tasks}, []Part{}
	for _, p := range parts {
		switch p.Kind {
		case Tasks:
			tasks.Tasks, tasks.Total = append(tasks.Tasks, p.Tasks...), tasks.Total+p.Total
		case Done: // which would take back a part alone
		default:
			rest = append(rest, p)
		}
	}
	rest = append(rest, Part{Kind: Suggestions, Choices: []Choice{{t.person.phrase("undo", nil), t.person.phrase("say.undo", nil)}}})
	if tasks.Total == 0 {
		return rest
	}
	return append([]Part{tasks}, rest...)
}
