package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Note is a change in a few words, for people.
type Note struct {
	What    string   `json:"what"` // happened, such as "Task completed"
	Name    string   `json:"name"` // of what it happened to; may be empty
	Details []string `json:"details,omitempty"`
	Link    string   `json:"link,omitempty"` // to the platform
	Urgent  bool     `json:"urgent,omitempty"`
	Tag     string   `json:"tag,omitempty"` // of ntfy: the name of an emoji
}

// maxName cuts names, in characters: the text of all formats stays well below what their targets
// take, of which Discord's 2,000 characters are the least.
const maxName = 300

// Body is what is kept of a note until it is sent.
func Body(format string, note Note) ([]byte, error) {
	note.Name = cut(note.Name, maxName)
	var message any
	switch format {
	case todo.WebhookSlack:
		// Text as it is, without mentions: Slack reads nothing into what is escaped.
		message = struct {
			Text   string `json:"text"`
			Mrkdwn bool   `json:"mrkdwn"`
		}{note.lines(slackText), false}
	case todo.WebhookDiscord:
		message = discordMessage{Content: note.lines(discordText), Flags: discordWithoutPreviews}
	case todo.WebhookNtfy:
		message = note
	default:
		return nil, fmt.Errorf("there is no format %q for notes", format)
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return nil, fmt.Errorf("encode a note: %w", err)
	}
	return bytes.TrimSpace(body.Bytes()), nil
}

// discordWithoutPreviews is the flag SUPPRESS_EMBEDS.
const discordWithoutPreviews = 1 << 2

type discordMessage struct {
	Content string `json:"content"`
	// AllowedMentions are none: nobody is called by what a task is named.
	AllowedMentions struct {
		Parse [0]string `json:"parse"`
	} `json:"allowed_mentions"`
	Flags int `json:"flags"`
}

// lines are the note as text, with what people wrote escaped.
func (n Note) lines(escape func(string) string) string {
	lines := []string{strings.TrimSuffix(n.What+": "+escape(n.Name), ": ")}
	for _, detail := range n.Details {
		lines = append(lines, escape(detail))
	}
	if n.Link != "" {
		lines = append(lines, n.Link)
	}
	return strings.Join(lines, "\n")
}

var (
	slackEscapes   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	discordEscapes = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `~`, `\~`, "`", "\\`", `|`, `\|`, `>`, `\>`, `<`, `\<`, `#`, `\#`, `[`, `\[`, `]`, `\]`, `(`, `\(`, `)`, `\)`, `@`, `\@`)
)

func slackText(text string) string   { return slackEscapes.Replace(text) }
func discordText(text string) string { return discordEscapes.Replace(text) }

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	characters := []rune(text)
	if len(characters) <= most {
		return text
	}
	return string(characters[:most-1]) + "…"
}

// ntfyRequest makes the request by which a note is published to a topic of ntfy.
func ntfyRequest(request *http.Request, body []byte) error {
	var note Note
	if err := json.Unmarshal(body, &note); err != nil {
		return fmt.Errorf("read a note: %w", err)
	}
	title, text := note.What, note.Name
	if text == "" {
		text = note.What
	}
	if len(note.Details) > 0 {
		text += "\n" + strings.Join(note.Details, "\n")
	}
	setBody(request, []byte(text))
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("Title", mime.BEncoding.Encode("utf-8", title))
	request.Header.Set("Priority", map[bool]string{true: "high", false: "default"}[note.Urgent])
	if note.Tag != "" {
		request.Header.Set("Tags", note.Tag)
	}
	if note.Link != "" {
		request.Header.Set("Click", note.Link)
	}
	return nil
}
