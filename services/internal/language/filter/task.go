package filter

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

// Task is what a filter looks at.
type Task struct {
	Title    string
	Notes    string
	Priority int // 1 the most urgent, 4 none
	Tags     []string
	Project  string // id; "" for none
	Section  string // id; "" for none
	// Due is zero for none. A time without a zone is in that of the user.
	Due       recurrence.Due
	Deadline  string // YYYY-MM-DD; "" for none
	Start     string // YYYY-MM-DD; "" for none
	Created   time.Time
	Completed time.Time // zero while the task is open
	Rule      string    // RFC 5545; "" when the task does not recur
	Paused    bool      // whether it recurs, but not for the time being: then it counts as due at no time
	Parent    string    // id; "" when the task is no subtask
	Reminders int       // how many
}

// instant is when a task with a time is due.
func (t *Task) instant(zone *time.Location) (time.Time, bool) {
	due := t.Due
	if due.Zone == "" {
		due.Zone = zone.String()
	}
	instant, err := due.Instant(nil)
	return instant, err == nil
}
