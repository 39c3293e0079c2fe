package realtimesync

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

type issueTicketReply struct {
	Body protocol.Ticket
}

// ticketInput is who asks, and from which page.
type ticketInput struct{ authorization, origin, host string }

// Resolve implements huma.Resolver.
func (in *ticketInput) Resolve(ctx huma.Context) []error {
	in.authorization, in.origin, in.host = ctx.Header("Authorization"), ctx.Header("Origin"), ctx.Host()
	return nil
}

// registerTickets adds the operation that gives tickets to users. A page that
// could not open a socket gets none: browsers do not tell a page why a socket was refused.
func registerTickets(api huma.API, t *tickets, origins origins, room *room) {
	operation := httpapi.TakeBearer(huma.Operation{
		OperationID: "issue-ticket",
		Method:      http.MethodPost,
		Path:        "/tickets",
		Summary:     "Get a ticket that opens one WebSocket or stream of events",
		Description: "The ticket is good for one use within 30 seconds. Send it in the first frame of a WebSocket, " + `{"type":"hello","ticket":"…"}` +
			", or with the request for a stream, " + `Authorization: Ticket …`,
		DefaultStatus: http.StatusCreated,
	}, auth.ScopeTasksRead)
	operation.Middlewares = append(huma.Middlewares{onlyWithRoom(api, room)}, operation.Middlewares...)
	httpapi.Register(api, operation, func(ctx context.Context, in *ticketInput) (*issueTicketReply, error) {
		token, err := auth.ParseBearer(in.authorization)
		if err != nil {
			return nil, err
		}
		if err := origins.check(ctx, in.origin, in.host); err != nil {
			return nil, err
		}
		ticket, err := t.issue(ctx, token)
		if err != nil {
			return nil, err
		}
		return &issueTicketReply{Body: ticket}, nil
	})
}

// onlyWithRoom refuses a ticket for which there is no room, before anybody is asked who wants it.
func onlyWithRoom(api huma.API, room *room) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := room.check(); err != nil {
			setRetryAfter(ctx.SetHeader)
			_ = huma.WriteErr(api, ctx, http.StatusServiceUnavailable, failure.Public(err).Message) // a client that hung up needs no answer
			return
		}
		next(ctx)
	}
}
