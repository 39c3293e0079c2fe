package task

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// occurrences holds the statements on occurrences of recurring tasks.
type occurrences struct{ db *store.DB }

// Next is what differs in the occurrence that follows a completed one.
type Next struct {
	Due       events.Due            `json:"due"`
	Reminders []events.TaskReminder `json:"reminders"`
}

// Advanced says what became of a request for the next occurrence.
type Advanced struct {
	TaskID  string `json:"taskId,omitempty"` // the next occurrence; empty when there is none
	Created bool   `json:"created"`          // whether this request created it
}

func (o occurrences) advance(ctx context.Context, op operation, nextID string, next *Next) (Advanced, error) {
	var advanced Advanced
	err := o.db.Call(ctx, "advance_occurrence", struct {
		operation
		NextID string `json:"nextId"`
		Next   *Next  `json:"next"`
	}{op, nextID, next}, &advanced)
	return advanced, err
}

// Missing is a completed recurring task whose next occurrence nobody has settled.
type Missing struct {
	UserID string      `json:"userId"`
	Zone   string      `json:"zone"` // the user's
	Task   events.Task `json:"task"`
}

func (o occurrences) missing(ctx context.Context, limit int) ([]Missing, error) {
	var found struct {
		Tasks []Missing `json:"tasks"`
	}
	err := o.db.Call(ctx, "list_missing_occurrences", map[string]int{"limit": limit}, &found)
	return found.Tasks, err
}
