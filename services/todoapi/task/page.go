package task

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// position is where a page of the list ends: the sort key of its last task.
type position struct {
	Due      string `json:"due"` // local clock reading, or "infinity"
	Priority int    `json:"priority"`
	ID       string `json:"id"`
}

const (
	positionLayout = "2006-01-02T15:04:05"
	noDue          = "infinity"
)

// cursor returns p as text that clients hand back unread; "" for nil, where no page follows.
func (p *position) cursor() (string, error) {
	if p == nil {
		return "", nil
	}
	encoded, err := json.Marshal(p)
	if err != nil {
		return "", failure.Wrap(failure.Internal, err, "encode the cursor")
	}
	return base64.RawURLEncoding.EncodeToString(encoded), nil
}

func parseCursor(cursor string) (*position, error) {
	if cursor == "" {
		return nil, nil
	}
	refused := failure.InvalidField("query.cursor", "is not a cursor of this list; use next of the page before, or none")
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, refused
	}
	var p position
	if err := json.Unmarshal(decoded, &p); err != nil {
		return nil, refused
	}
	if _, err := time.Parse(positionLayout, p.Due); err != nil && p.Due != noDue {
		return nil, refused
	}
	if uuid.Validate(p.ID) != nil || p.Priority < 1 || p.Priority > lowestPriority {
		return nil, refused
	}
	return &p, nil
}
