package realtimesync

import (
	"context"
	"encoding/json"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxFeedReads bounds the reads of the change feed under way at once, so that many
// sockets with a gap do not bury todo-api.
const maxFeedReads = 32

// changeFeed is the truth about a user's changes.
type changeFeed interface {
	// changes returns up to limit changes after seq, in order, and the latest seq
	// there is. There may be fewer even if more follow.
	changes(ctx context.Context, user string, after int64, limit int) (feedPage, error)
}

// feedPage is a run of changes and the user's head at the same moment.
type feedPage struct {
	changes []frame
	head    int64
}

// invoker is what the service needs of the sidecar to ask todo-api.
type invoker interface {
	Invoke(ctx context.Context, app, method string, in, out any) error
}

// remoteFeed reads the change feed of todo-api.
type remoteFeed struct {
	todoAPI invoker
	slots   chan struct{}
}

func newRemoteFeed(todoAPI invoker) *remoteFeed {
	return &remoteFeed{todoAPI: todoAPI, slots: make(chan struct{}, maxFeedReads)}
}

type listChangesRequest struct {
	UserID string `json:"userId"`
	After  int64  `json:"after"`
	Limit  int    `json:"limit"`
}

type listChangesReply struct {
	Items []json.RawMessage `json:"items"` // events.Change each
	Head  int64             `json:"head"`
}

func (f *remoteFeed) changes(ctx context.Context, user string, after int64, limit int) (feedPage, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return feedPage{}, failure.Wrap(failure.Unavailable, ctx.Err(), "wait for a turn to read the change feed")
	}
	var reply listChangesReply
	request := listChangesRequest{UserID: user, After: after, Limit: limit}
	if err := f.todoAPI.Invoke(ctx, contract.TodoAPI, contract.MethodListChanges, request, &reply); err != nil {
		return feedPage{}, err
	}
	page := feedPage{head: reply.Head}
	for _, item := range reply.Items {
		change, err := changeFrame(item, false)
		if err != nil {
			return feedPage{}, failure.Wrap(failure.Internal, err, "read the change feed")
		}
		page.changes = append(page.changes, change)
	}
	return page, nil
}
