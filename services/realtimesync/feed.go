package realtimesync

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxFeedReads bounds the reads of the change feed under way at once, so that many
// sockets with a gap do not bury todo-api.
const maxFeedReads = 32

// changeFeed is the truth about a user's changes.
type changeFeed interface {
	// open uses up a ticket and returns whom it stood for, and the changes that changes
	// would return. A ticket that is not good is failure.Unauthenticated.
	open(ctx context.Context, ticket string, after int64, limit int) (auth.Caller, feedPage, error)
	// changes returns up to limit changes after seq, in order, and the latest seq
	// there is. There may be fewer even if more follow.
	changes(ctx context.Context, user string, after int64, limit int) (feedPage, error)
	// heads returns the latest seq of each of users that has any.
	heads(ctx context.Context, users []string) ([]calls.UserHead, error)
}

// feedPage is a run of changes, and what the feed reached from and to at the same moment.
type feedPage struct {
	changes []frame
	head    int64
	floor   int64 // changes up to this one have been forgotten
}

// remoteFeed reads the change feed of todo-api.
type remoteFeed struct {
	todoAPI calls.Invoker
	slots   chan struct{}
}

func newRemoteFeed(todoAPI calls.Invoker) *remoteFeed {
	return &remoteFeed{todoAPI: todoAPI, slots: make(chan struct{}, maxFeedReads)}
}

func (f *remoteFeed) open(ctx context.Context, ticket string, after int64, limit int) (auth.Caller, feedPage, error) {
	if err := f.enter(ctx); err != nil {
		return auth.Caller{}, feedPage{}, err
	}
	defer f.leave()
	reply, err := calls.OpenFeed.Call(ctx, f.todoAPI, calls.OpenFeedRequest{Ticket: ticket, After: after, Limit: limit})
	if err != nil {
		return auth.Caller{}, feedPage{}, err
	}
	page, err := newFeedPage(reply.Changes)
	return reply.Caller, page, err
}

// enter waits for a turn to read, which lasts until leave.
func (f *remoteFeed) enter(ctx context.Context) error {
	select {
	case f.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return failure.Wrap(failure.Unavailable, ctx.Err(), "wait for a turn to read the change feed")
	}
}

func (f *remoteFeed) leave() { <-f.slots }

func (f *remoteFeed) changes(ctx context.Context, user string, after int64, limit int) (feedPage, error) {
	if err := f.enter(ctx); err != nil {
		return feedPage{}, err
	}
	defer f.leave()
	reply, err := calls.ListChanges.Call(ctx, f.todoAPI, calls.ListChangesRequest{UserID: user, After: after, Limit: limit})
	if err != nil {
		return feedPage{}, err
	}
	return newFeedPage(reply)
}

func newFeedPage(reply calls.ListChangesReply) (feedPage, error) {
	page := feedPage{head: reply.Head, floor: reply.Floor}
	for _, item := range reply.Items {
		change, err := changeFrame(item, false)
		if err != nil {
			return feedPage{}, failure.Wrap(failure.Internal, err, "read the change feed")
		}
		page.changes = append(page.changes, change)
	}
	return page, nil
}

func (f *remoteFeed) heads(ctx context.Context, users []string) ([]calls.UserHead, error) {
	reply, err := calls.ListHeads.Call(ctx, f.todoAPI, calls.ListHeadsRequest{Users: users, Limit: len(users)})
	return reply.Items, err
}
