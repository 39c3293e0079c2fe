package audit

import (
	"context"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxPage bounds the entries of one page.
const maxPage = 500

// ListEntriesRequest asks for a page of a user's log.
type ListEntriesRequest struct {
	UserID string `json:"userId"`
	After  int64  `json:"after"` // position of the last entry already known; 0: from the start
	Limit  int    `json:"limit"` // 1 to 500
}

// ListEntriesReply is a page of a user's log, and where the log ends. A page may be
// shorter than asked for; more follow as long as its last position is less than Head's.
type ListEntriesReply struct {
	Items []Entry `json:"items"`
	Head  Head    `json:"head"`
}

// listEntries answers the invocation list-entries.
func (s entryStore) listEntries(ctx context.Context, request ListEntriesRequest) (ListEntriesReply, error) {
	switch {
	case uuid.Validate(request.UserID) != nil:
		return ListEntriesReply{}, failure.InvalidField("userId", "must be a UUID")
	case request.After < 0:
		return ListEntriesReply{}, failure.InvalidField("after", "must not be negative")
	case request.Limit < 1 || request.Limit > maxPage:
		return ListEntriesReply{}, failure.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	return s.list(ctx, request.UserID, request.After, request.Limit)
}
