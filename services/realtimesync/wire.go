package realtimesync

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// transport is a way in which clients connect; it labels metrics.
type transport string

const (
	transportSocket transport = "websocket"
	transportStream transport = "sse"
)

// wire brings frames to one client, by whichever transport. write and end belong to one
// goroutine at a time.
type wire interface {
	transport() transport
	// write returns when f is on its way, or when ctx has ended.
	write(ctx context.Context, f frame) error
	// ping drops the connection of a client that has not answered when ctx ends.
	ping(ctx context.Context)
	// watch returns when the client has left, or, with talks, when it says what nobody asked for.
	// ctx lasts longer than the session.
	watch(ctx context.Context) (talks bool)
	// end tells the client how it ends, and closes the connection.
	end(c closing)
}

// closing is how and why a connection is closed. Code 0: it is lost already.
type closing struct {
	code   protocol.CloseCode
	reason string
}

// failure is the closing of a connection that has not begun, as HTTP knows it.
func (c closing) failure() error {
	kind := failure.Unavailable // which is tried again, elsewhere or later
	switch c.code {
	case protocol.CloseBadFrame:
		kind = failure.Invalid
	case protocol.CloseUnauthenticated:
		kind = failure.Unauthenticated
	case protocol.CloseTooMany:
		kind = failure.RateLimited
	}
	return failure.New(kind, "%s", c.reason)
}
