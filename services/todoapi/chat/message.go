package chat

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Role says who speaks.
type Role string

// The roles.
const (
	Person    Role = "person"
	Assistant Role = "assistant"
)

// Message is one turn of a conversation. Its text says all that its parts show.
type Message struct {
	ID    string    `json:"id" format:"uuid"`
	Role  Role      `json:"role" enum:"person,assistant"`
	At    time.Time `json:"at"`
	Text  string    `json:"text" doc:"Markdown of the assistant, and the very words of the person"`
	Parts []Part    `json:"parts,omitempty" doc:"What a page can show better than as text"`
	Model string    `json:"model,omitempty" doc:"Language model that wrote the text; absent where none did"`
}

// PartKind says what a part is.
type PartKind string

// The kinds of parts.
const (
	Tasks       PartKind = "tasks"       // Tasks and Total
	Choices     PartKind = "choices"     // of what was asked: Choices
	Consent     PartKind = "consent"     // to an act that waits for it: Tasks, Total and Choices
	Done        PartKind = "done"        // an act that can be undone: Group
	Suggestions PartKind = "suggestions" // what could be said next: Choices
)

// Part is something in a message that a page shows as cards or buttons.
type Part struct {
	Kind    PartKind `json:"kind" enum:"tasks,choices,consent,done,suggestions"`
	Tasks   []Card   `json:"tasks,omitempty" doc:"In the order of their numbers in the text"`
	Total   int      `json:"total,omitempty" doc:"How many tasks there are, of which tasks are the first"`
	Choices []Choice `json:"choices,omitempty"`
	// Destroys says of Consent that the act takes away what there is.
	Destroys bool   `json:"destroys,omitempty" doc:"Whether the act that waits takes away what there is"`
	Group    string `json:"group,omitempty" format:"uuid" doc:"Change-Group of the act, to undo it"`
}

// Card is a task as it was when the message was made.
type Card struct {
	ID          string     `json:"id" format:"uuid"`
	Title       string     `json:"title"`
	Due         *todo.Due  `json:"due,omitempty"`
	Priority    int        `json:"priority" enum:"1,2,3,4"`
	ProjectID   *string    `json:"projectId,omitempty"`
	CompletedAt *time.Time `json:"completedAt,omitempty"`
}

// Choice is something that a person may answer.
type Choice struct {
	Label string `json:"label" doc:"What a button reads"`
	Say   string `json:"say" doc:"What to send when it is chosen"`
}

// Conversation is what was said, the oldest first.
type Conversation struct {
	ID        string    `json:"id" format:"uuid"`
	Title     string    `json:"title" doc:"How it began"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt" doc:"When something was said last; it is forgotten keptDays later, see GET /chat/conversations"`
	Messages  []Message `json:"messages" doc:"The last 200 at most"`
}

// Entry is a conversation in the list of all.
type Entry struct {
	ID        string    `json:"id" format:"uuid"`
	Title     string    `json:"title"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Saying is what a person says.
type Saying struct {
	ID   string `json:"id" format:"uuid" doc:"Of the message, of the caller's making: sent again under it, the answer is the same and nothing is done twice"`
	Text string `json:"text" minLength:"1" maxLength:"2000" example:"What is due this week?"`
	To   string `json:"to,omitempty" format:"uuid" doc:"Message whose choice the text is; absent for what was typed. A choice that is no longer open is refused"`
}

// Abilities say what the chatbot can do here.
type Abilities struct {
	Model       bool     `json:"model" doc:"Whether a language model helps where the words are not understood"`
	ModelName   string   `json:"modelName,omitempty" doc:"Name of that model"`
	Languages   []string `json:"languages" doc:"What is understood without a model (BCP 47)"`
	Suggestions []Choice `json:"suggestions" doc:"How to begin"`
}
