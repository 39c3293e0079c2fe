package audit

import (
	"context"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxPage bounds the entries of one page.
const maxPage = 500

// listEntries answers the invocation list-entries.
func (s entryStore) listEntries(ctx context.Context, request calls.ListEntriesRequest) (calls.ListEntriesReply, error) {
	switch {
	case uuid.Validate(request.UserID) != nil:
		return calls.ListEntriesReply{}, failure.InvalidField("userId", "must be a UUID")
	case request.After < 0:
		return calls.ListEntriesReply{}, failure.InvalidField("after", "must not be negative")
	case request.Before < 0:
		return calls.ListEntriesReply{}, failure.InvalidField("before", "must not be negative")
	case request.Limit < 1 || request.Limit > maxPage:
		return calls.ListEntriesReply{}, failure.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	found, err := s.list(ctx, request)
	reply := calls.ListEntriesReply{
		Items: make([]calls.AuditEntry, len(found.entries)),
		Head:  calls.AuditHead{Position: found.head.Position, Hash: found.head.Hash.String()},
		Next:  found.next,
	}
	if found.begin != nil {
		reply.Begin = &calls.AuditHead{Position: found.begin.Position, Hash: found.begin.Hash.String()}
	}
	for i, e := range found.entries {
		reply.Items[i] = calls.AuditEntry{Position: e.Position, Hash: e.Hash.String(), Record: e.Record}
	}
	return reply, err
}
