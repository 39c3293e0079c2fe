// Package transfer takes all that a user has out of the platform as one file, and brings files in:
// its own and those of other products.
package transfer

import (
	"embed"
	"encoding/json"
	"io/fs"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// The document that an export is says what it is in these two members.
const (
	formatName    = "todoplatform"
	formatVersion = 1
)

// The parts of a document, by the names of their members.
const (
	kindSettings = "settings"
	kindProjects = "projects"
	kindSections = "sections"
	kindTags     = "tags"
	kindFilters  = "filters"
	kindTasks    = "tasks"
	kindComments = "comments"
)

// kinds lists them in the order in which they are imported.
var kinds = []string{kindSettings, kindProjects, kindSections, kindTags, kindFilters, kindTasks, kindComments}

// Settings are a person's choices.
type Settings struct {
	Zone      string `json:"zone,omitempty"`
	Locale    string `json:"locale,omitempty"`
	WeekStart int    `json:"weekStart,omitempty"`
	DayStart  string `json:"dayStart,omitempty"`

	// A file from before there were these does not change them.
	RemindersBy []string        `json:"remindersBy,omitzero"`
	DigestBy    []string        `json:"digestBy,omitzero"`
	DigestAt    string          `json:"digestAt,omitempty"`
	OverdueBy   []string        `json:"overdueBy,omitzero"`
	OverdueAt   string          `json:"overdueAt,omitempty"`
	QuietHours  json.RawMessage `json:"quietHours,omitempty"` // null: none
}

// Project is a list of tasks, perhaps below another one.
type Project struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Colour     string     `json:"colour,omitempty"`
	Favourite  bool       `json:"favourite,omitempty"`
	ParentID   string     `json:"parentId,omitempty"`
	Position   string     `json:"position,omitempty"`
	ArchivedAt *time.Time `json:"archivedAt,omitempty"`
	CreatedAt  *time.Time `json:"createdAt,omitempty"`
}

// Section is a part of a project.
type Section struct {
	ID        string     `json:"id"`
	ProjectID string     `json:"projectId"`
	Name      string     `json:"name"`
	Position  string     `json:"position,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
}

// Tag is what a person knows of a tag besides its name.
type Tag struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Colour    string     `json:"colour,omitempty"`
	Favourite bool       `json:"favourite,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
}

// Filter is one that a person keeps.
type Filter struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Query     string     `json:"query"`
	Colour    string     `json:"colour,omitempty"`
	Favourite bool       `json:"favourite,omitempty"`
	Position  string     `json:"position,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
}

// Task is one thing to do, or that was done.
type Task struct {
	ID              string           `json:"id"`
	Title           string           `json:"title"`
	Notes           string           `json:"notes,omitempty"`
	Priority        int              `json:"priority,omitempty"`
	Tags            []string         `json:"tags,omitempty"`
	Due             *todo.Due        `json:"due,omitempty"`
	Recurrence      *todo.Recurrence `json:"recurrence,omitempty"`
	Reminders       []todo.Reminder  `json:"reminders,omitempty"`
	Series          *todo.Series     `json:"series,omitempty"`
	Usual           json.RawMessage  `json:"usual,omitempty"` // what those that follow have where this one was changed alone
	ProjectID       string           `json:"projectId,omitempty"`
	SectionID       string           `json:"sectionId,omitempty"`
	ParentID        string           `json:"parentId,omitempty"`
	Start           string           `json:"start,omitempty"`
	Deadline        string           `json:"deadline,omitempty"`
	DurationMinutes int              `json:"durationMinutes,omitempty"`
	Notify          []string         `json:"notify,omitzero"` // an empty one is not as the settings say
	Position        string           `json:"position,omitempty"`
	CompletedAt     *time.Time       `json:"completedAt,omitempty"`
	CreatedAt       *time.Time       `json:"createdAt,omitempty"`
}

// Comment is what was said about a task.
type Comment struct {
	ID        string     `json:"id"`
	TaskID    string     `json:"taskId"`
	Text      string     `json:"text"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
}
